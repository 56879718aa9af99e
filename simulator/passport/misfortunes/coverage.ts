/** Which test cases of BSI TR-03105-5.1 are brought about by which misfortunes, as a table for people. */
import { caseIds, gapOf } from './cases.ts';
import { misfortunes } from './catalogue.ts';
import type { Misfortune } from './misfortune.ts';

type Row = { readonly state: 'covered' | 'open' | 'not applicable' | 'not covered'; readonly text: string };

const byCase: ReadonlyMap<string, readonly Misfortune[]> = new Map(
  caseIds.map((caseId) => [caseId, misfortunes.filter(({ cases }) => cases.includes(caseId))]),
);

const preface = `<!-- Written from the catalogue; test/emrtd/conformity-coverage.test.ts compares it. -->
# Test cases of BSI TR-03105-5.1 and the misfortunes that bring them about

Numbers are those of BSI TR-03105 part 5.1, version 1.5; its words are not repeated here, and its test data were not at
hand. *Covered* means: what the case is about is brought about, in one way or in several, and what an inspection finds
of it is stated in the catalogue from ICAO 9303, RFC 5652, RFC 5280 and BSI TR-03135-1, and tested. *Tolerated*: the
document breaks a rule and is taken all the same. *Open*: brought about, and the reader does not yet find what the
standard asks.`;

/** The whole file. */
export function coverageTable(): string {
  const rows = caseIds.map((caseId) => ({ caseId, ...rowOf(caseId) }));
  const count = (state: Row['state']): number => rows.filter((row) => row.state === state).length;
  const marked = (is: (misfortune: Misfortune) => boolean): number =>
    caseIds.filter((caseId) => byCase.get(caseId)?.some(is)).length;
  const totals = [
    ['cases', rows.length],
    ['covered', count('covered')],
    ['of these tolerated', marked(({ tolerated }) => tolerated !== undefined)],
    ['open', count('open')],
    ['not applicable', count('not applicable')],
    ['not covered', count('not covered')],
    ['misfortunes', misfortunes.length],
  ] as const;
  return [
    preface,
    '',
    '| total | |',
    '| --- | --- |',
    ...totals.map(([name, number]) => `| ${name} | ${number} |`),
    '',
    '| case | state | by, or why not |',
    '| --- | --- | --- |',
    ...rows.map(({ caseId, state, text }) => `| ${caseId} | ${state} | ${text} |`),
    '',
  ].join('\n');
}

function rowOf(caseId: string): Row {
  const made = byCase.get(caseId) ?? [];
  if (made.length > 0) {
    const state = made.some(({ openDefect }) => openDefect !== undefined) ? 'open' : 'covered';
    return { state, text: [namesOf(made), ...remarksOn(made)].join('; ') };
  }
  const gap = gapOf(caseId);
  return gap === undefined ? { state: 'not covered', text: '' } : { state: gap.kind, text: gap.because };
}

const namesOf = (made: readonly Misfortune[]): string => made.map(({ name }) => `\`${name}\``).join(', ');

function remarksOn(made: readonly Misfortune[]): readonly string[] {
  const remarks = made.flatMap(({ tolerated, openDefect }) => [
    ...(tolerated === undefined ? [] : [`tolerated: ${tolerated}`]),
    ...(openDefect === undefined ? [] : [openDefect]),
  ]);
  return [...new Set(remarks)];
}
