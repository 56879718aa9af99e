/** Codes of the report in words, and the numbers of aborts. */
import type { CheckResult } from '../../contracts/evidence.ts';
import { type ConversationCode, type InspectionCode, inspectionCodes } from '../codes.ts';

/** Codes that only a report can have: what this gate cannot do, and what comes from outside the chip. */
export const reportCodes = {
  OPTICAL_SCANNER_ABSENT: 'the gate reads the printed zone only: it has no scanner for pages of documents',
  CHECK_NOT_IMPLEMENTED: 'this version does not make this check',
  DIGITAL_SEAL_NOT_READ: 'the gate reads no digital seals; the documents it admits carry none',
  TERMINAL_AUTHENTICATION_ABSENT: 'the gate has no certificates for terminal authentication and reads no fingerprints',
  CHIP_SECURITY_NOT_READ: 'EF.ChipSecurity is readable after terminal authentication only',
  CARD_SECURITY_NOT_READ: 'EF.CardSecurity is read only for the chip authentication mapping of PACE',
  DATA_GROUP_ABSENT: 'the document has no such data group',
  DATA_GROUP_NOT_WANTED: 'the data group is there and was not read: the gate does not need it, or may not',
  NOT_APPLICABLE: 'the check does not apply to this document',
  MRZ_CHECK_DIGIT: 'a check digit of the printed zone is wrong',
  MRZ_NOT_READ: 'the printed zone was not read',
  EXPIRED: 'the date of expiry has passed',
  EXPIRY_UNKNOWN: 'the printed zone gives no valid date of expiry',
  CHIP_ABSENT: 'no chip came into the field of the reader',
  LISTS_ABSENT: 'no list of certificates or defects is at hand',
  LIST_STALE: 'the list is older than it may be',
  SIGNER_NOT_TRUSTED: 'all checks of the chip passed, but its signer is not trusted, or nobody knows whether it is',
} as const satisfies Record<string, string>;

/** The code in words; a code from elsewhere stands for itself. */
export function describe(code: string): string {
  const words: Readonly<Record<string, string>> = { ...inspectionCodes, ...reportCodes };
  return words[code] ?? code;
}

type AbortNumbers = { readonly [Code in InspectionCode | keyof typeof reportCodes]?: number };

/** BSI TR-03135-1 section 5.3: numbers 1000 to 999999 are the manufacturers'. A number is never used again. */
export const abortNumbers: Readonly<Record<string, number>> = {
  CHIP_ABSENT: 1001,
  CHIP_LOST: 1002,
  CHIP_TIMEOUT: 1003,
  READER_DISCONNECTED: 1004,
  READER_ERROR: 1005,
  INSPECTION_CANCELLED: 1006,
  INSPECTION_TIMEOUT: 1007,
  SECURE_MESSAGING_FAILED: 1008,
  INSPECTION_ERROR: 1009,
  APPLICATION_ABSENT: 1010,
  ACCESS_PROTOCOL_UNSUPPORTED: 1011,
  ACCESS_REFUSED: 1012,
  ACCESS_UNPROVEN: 1013,
  ACCESS_SECRET_MISSING: 1014,
  ACCESS_ENDED: 1015,
  PACE_MALFORMED: 1016,
  PACE_INTERRUPTED: 1017,
  CHIP_ANSWER_ENDLESS: 1018,
} satisfies Readonly<Record<ConversationCode, number>> & AbortNumbers;

/** Null for what is no abort. */
export const errorNumberOf = (result: CheckResult, code: string | null): number | null =>
  result === 'aborted' && code !== null ? (abortNumbers[code] ?? null) : null;
