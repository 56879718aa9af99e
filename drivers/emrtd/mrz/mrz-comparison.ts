/** Printed MRZ against DG1, field by field, as they stand in the lines (BSI TR-03135-1 section 5.7.2). */
import { type Finding, failed, passed, undetermined } from '../finding.ts';
import { type ComparedField, type MRZ, comparedFields, rawFieldsOf } from './mrz.ts';

type Zone = Pick<MRZ, 'format' | 'lines'>;

/** What the comparison of two zones shows: names of fields, never what stands in them. */
export type ZoneComparison = {
  readonly finding: Finding;
  /** In the order of `comparedFields`; `format` alone when the zones are of different kinds of document. */
  readonly differingFields: readonly (ComparedField | 'format')[];
};

/** Fillers in the date of birth agree with anything; a difference in optional data alone proves nothing. */
export function compareZones(printed: Zone, chip: Zone): ZoneComparison {
  if (printed.format !== chip.format) return { finding: failed('MRZ_DIFFERS'), differingFields: ['format'] };
  const [one, other] = [rawFieldsOf(printed), rawFieldsOf(chip)];
  const differingFields = comparedFields.filter((name) =>
    name === 'birthDate' ? !agreeUpToFillers(one[name], other[name]) : one[name] !== other[name],
  );
  if (differingFields.length === 0) return { finding: passed, differingFields };
  const isOptionalOnly = differingFields.every((name) => name === 'optionalData');
  const finding = isOptionalOnly ? undetermined('MRZ_OPTIONAL_DATA_DIFFERS') : failed('MRZ_DIFFERS');
  return { finding, differingFields };
}

function agreeUpToFillers(a: string, b: string): boolean {
  const isAlike = (one: string, other: string | undefined): boolean => one === other || one === '<' || other === '<';
  return a.length === b.length && Array.from(a).every((character, i) => isAlike(character, b[i]));
}
