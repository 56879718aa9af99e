/** Printed MRZ against DG1, field by field (BSI TR-03135-1 section 5.7.2). */
import type { MRZ } from './mrz.ts';
import { type Finding, passed } from './passive-authentication.ts';

const exactFields = [
  'format',
  'documentCode',
  'issuingState',
  'nationality',
  'surname',
  'givenNames',
  'documentNumber',
  'sex',
  'expiryDate',
] as const;

/** Fillers in the date of birth agree with anything; a difference in optional data alone proves nothing. */
export function compareMRZ(printed: MRZ, chip: MRZ): Finding {
  const isSame = exactFields.every((field) => printed[field] === chip[field]);
  if (!isSame || !agreeUpToFillers(printed.birthDate, chip.birthDate))
    return { result: 'failed', because: 'MRZ_DIFFERS' };
  if (printed.optionalData !== chip.optionalData) {
    return { result: 'undetermined', because: 'MRZ_OPTIONAL_DATA_DIFFERS' };
  }
  return passed;
}

function agreeUpToFillers(a: string, b: string): boolean {
  const isAlike = (one: string, other: string | undefined): boolean => one === other || one === '<' || other === '<';
  return a.length === b.length && Array.from(a).every((character, i) => isAlike(character, b[i]));
}
