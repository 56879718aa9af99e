/** Printed MRZ against DG1, field by field, as they stand in the lines (BSI TR-03135-1 section 5.7.2). */
import { type Finding, failed, passed, undetermined } from '../finding.ts';
import { type MRZ, rawFieldsOf } from './mrz.ts';

type Zone = Pick<MRZ, 'format' | 'lines'>;

/** Fillers in the date of birth agree with anything; a difference in optional data alone proves nothing. */
export function compareMRZ(printed: Zone, chip: Zone): Finding {
  const [one, other] = [rawFieldsOf(printed), rawFieldsOf(chip)];
  const isSame = printed.format === chip.format && areEqual(one.exact, other.exact);
  if (!isSame || !agreeUpToFillers(one.birthDate, other.birthDate)) return failed('MRZ_DIFFERS');
  if (areEqual(one.optional, other.optional)) return passed;
  return undetermined('MRZ_OPTIONAL_DATA_DIFFERS');
}

function areEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((field, i) => field === other[i]);
}

function agreeUpToFillers(a: string, b: string): boolean {
  const isAlike = (one: string, other: string | undefined): boolean => one === other || one === '<' || other === '<';
  return a.length === b.length && Array.from(a).every((character, i) => isAlike(character, b[i]));
}
