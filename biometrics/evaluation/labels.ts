/** `labels.csv`: to which group a person belongs, for rates by group. Messages name lines, never a person. */
import { DatasetError } from './dataset.ts';

export type Groups = {
  /** Sorted. */
  readonly names: readonly string[];
  /** Group of each person of the data set; undefined without a label. */
  readonly byPerson: readonly (string | undefined)[];
};

/**
 * Two columns with the header `person,group`; a person is named by the folder. Persons may be left out. Throws
 * `DatasetError` for anything that cannot be understood: a label that is passed over would move the figures unseen.
 */
export function parseLabels(text: string, persons: readonly string[]): Groups {
  const [header, ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (header?.replaceAll(' ', '').toLowerCase() !== 'person,group') {
    throw new DatasetError('labels.csv: the first line has to be "person,group".');
  }
  const indices = new Map(persons.map((name, index) => [name, index]));
  const byPerson: (string | undefined)[] = persons.map(() => undefined);
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const refuse = (what: string) => new DatasetError(`labels.csv, line ${i + 2}: ${what}.`);
    const cells = line.split(',').map((cell) => cell.trim());
    const [person = '', group = ''] = cells;
    if (cells.length !== 2) throw refuse('two values with one comma between them were expected');
    if (person === '') throw refuse('the person is missing');
    if (group === '') throw refuse('the group is missing');
    const index = indices.get(person);
    if (index === undefined) throw refuse('this person has no folder in the data set');
    if (byPerson[index] !== undefined) throw refuse('this person has a group already');
    byPerson[index] = group;
  }
  const names = [...new Set(byPerson.filter((group) => group !== undefined))].sort();
  if (names.length === 0) throw new DatasetError('labels.csv: no person has a group.');
  return { names, byPerson };
}
