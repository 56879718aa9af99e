/** The test cases of BSI TR-03105-5.1 version 1.5 by their numbers, and why some of them have no misfortune. */
import { NEVER_ASKED } from './never-asked.ts';

/** Cases of each unit: numbered from 01 without a gap. */
const casesOfUnit = {
  ISO7816_A: 3,
  ISO7816_B: 10,
  ISO7816_C: 8,
  ISO7816_D: 15,
  ISO7816_E: 38,
  ISO7816_F: 9,
  ISO7816_G: 41,
  LDS_A: 10,
  LDS_B: 28,
  LDS_C: 28,
  LDS_D: 16,
  LDS_E: 14,
  LDS_F: 7,
  LDS_G: 2,
  LDS_H: 98,
  LDS_I: 3,
  LDS_J: 4,
  LDS_K: 4,
} as const;

export type Unit = keyof typeof casesOfUnit;

/** Every case, in the order of the guideline. */
export const caseIds: readonly string[] = Object.entries(casesOfUnit).flatMap(([unit, count]) =>
  Array.from({ length: count }, (_, i) => `${unit}_${String(i + 1).padStart(2, '0')}`),
);

/** Units about what a gate that reads no fingerprints does not do. */
const notApplicable: Partial<Record<Unit, string>> = {
  ISO7816_E: `terminal authentication: this gate reads no fingerprints, and asks for none (${NEVER_ASKED})`,
  LDS_D: 'DG3 is read after terminal authentication only',
  LDS_E: 'DG4 is read after terminal authentication only',
  LDS_G: 'EF.CVCA is for terminal authentication only',
};

const DSA =
  'DSA: the reader has no such algorithm and refers the document (KEY_UNUSABLE); no published CSCA has such a key';

const notCovered: Readonly<Record<string, string>> = {
  ISO7816_F_03:
    'ICAO 9303-11 section 6.1 knows RSA with message recovery only; what the case expects is not known here',
  LDS_H_08: DSA,
  LDS_H_93: 'ICAO 9303-10 knows no hash of EF.CardSecurity in EF.SOD; what the case expects is not known here',
  LDS_H_97: DSA,
  LDS_H_98: DSA,
};

export type Gap = { readonly kind: 'not applicable' | 'not covered'; readonly because: string };

/** Why nothing brings this case about; undefined: no reason is known. */
export function gapOf(caseId: string): Gap | undefined {
  const because = notCovered[caseId];
  if (because !== undefined) return { kind: 'not covered', because };
  const [, reason] = Object.entries(notApplicable).find(([unit]) => caseId.startsWith(`${unit}_`)) ?? [];
  return reason === undefined ? undefined : { kind: 'not applicable', because: reason };
}
