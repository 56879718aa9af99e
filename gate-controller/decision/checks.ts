import type { CheckResult } from '../../drivers/contracts/evidence.ts';
import type { ReferralReason } from './reasons.ts';

export type CheckGroup = 'document' | 'chip' | 'lane' | 'face' | 'risk';

type CheckDefinition = {
  readonly label: string;
  readonly group: CheckGroup;
  /** Reason by result; `default` serves every other result that is not `passed`. A reason may also follow from `because`. */
  readonly refers: { readonly default: ReferralReason } & { readonly [R in CheckResult]?: ReferralReason };
  readonly refersBecause?: Readonly<Record<string, ReferralReason>>;
};

const chipReadFailure: Readonly<Record<string, ReferralReason>> = {
  CHIP_LOST: 'CHIP_NOT_READ',
  CHIP_ABSENT: 'CHIP_NOT_READ',
  CHIP_TIMEOUT: 'CHIP_NOT_READ',
};

const faceEngineFailure: Readonly<Record<string, ReferralReason>> = {
  BIOMETRICS_DEADLINE: 'FACE_NOT_COMPARED',
  BIOMETRICS_DOWN: 'FACE_NOT_COMPARED',
};

/**
 * Every check a transaction can have. Chip checks keep the names of the document inspection (BSI TR-03135-1 section 5.6).
 * Which of them are required is the policy's business; what follows from a result is written here once.
 */
export const checkDefinitions = {
  'mrz-check-digits': {
    label: 'Printed zone: check digits',
    group: 'document',
    refers: { default: 'DOCUMENT_UNREADABLE', failed: 'MRZ_CHECK_DIGIT_WRONG' },
  },
  'document-type': {
    label: 'Kind of document',
    group: 'document',
    refers: { default: 'DOCUMENT_TYPE_NOT_ELIGIBLE' },
  },
  'document-expiry': { label: 'Date of expiry', group: 'document', refers: { default: 'DOCUMENT_EXPIRED' } },
  nationality: { label: 'Nationality', group: 'document', refers: { default: 'NATIONALITY_NOT_ELIGIBLE' } },
  age: { label: 'Age', group: 'document', refers: { default: 'AGE_NOT_ELIGIBLE' } },
  'chip-access': {
    label: 'Access to the chip',
    group: 'chip',
    refers: { default: 'CHIP_NOT_READ', failed: 'CHIP_ACCESS_REFUSED' },
  },
  'files-consistent': {
    label: 'List of files agrees with the security object',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_ALTERED' },
    refersBecause: chipReadFailure,
  },
  'security-object-hash': {
    label: 'Security object: digest',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_ALTERED' },
    refersBecause: chipReadFailure,
  },
  'security-object-signature': {
    label: 'Security object: signature',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_SIGNATURE_INVALID' },
    refersBecause: chipReadFailure,
  },
  'issuer-certificate': {
    label: 'Signer under a trusted issuer',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'ISSUER_CERTIFICATE_INVALID', undetermined: 'ISSUER_UNKNOWN' },
    refersBecause: chipReadFailure,
  },
  'certificate-validity': {
    label: 'Certificates valid today',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'ISSUER_CERTIFICATE_INVALID', undetermined: 'ISSUER_UNKNOWN' },
    refersBecause: chipReadFailure,
  },
  'certificate-revocation': {
    label: 'Signer not revoked',
    group: 'chip',
    refers: { default: 'SIGNER_REVOKED' },
    refersBecause: chipReadFailure,
  },
  'data-group-1-hash': {
    label: 'Holder data unaltered (DG1)',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_ALTERED' },
    refersBecause: chipReadFailure,
  },
  'data-group-2-hash': {
    label: 'Portrait unaltered (DG2)',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_ALTERED' },
    refersBecause: chipReadFailure,
  },
  'mrz-matches-chip': {
    label: 'Printed zone equals chip',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'MRZ_DIFFERS_FROM_CHIP' },
    refersBecause: chipReadFailure,
  },
  'issuing-state-matches': {
    label: 'Issuing state equals signer’s country',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'ISSUER_CERTIFICATE_INVALID', undetermined: 'ISSUER_UNKNOWN' },
    refersBecause: chipReadFailure,
  },
  'chip-authenticity': {
    label: 'Chip is the original',
    group: 'chip',
    refers: { default: 'CHIP_NOT_GENUINE' },
    refersBecause: chipReadFailure,
  },
  'single-occupant': {
    label: 'One person in the cabin',
    group: 'lane',
    refers: { default: 'OCCUPANCY_UNKNOWN', failed: 'TAILGATING' },
  },
  portrait: {
    label: 'Portrait usable',
    group: 'face',
    refers: { default: 'PORTRAIT_UNUSABLE' },
    refersBecause: faceEngineFailure,
  },
  'face-captured': {
    label: 'Face captured',
    group: 'face',
    refers: { default: 'FACE_NOT_CAPTURED' },
    refersBecause: { ...faceEngineFailure, PORTRAIT_UNUSABLE: 'PORTRAIT_UNUSABLE' },
  },
  'face-match': {
    label: 'Face matches the portrait',
    group: 'face',
    refers: { default: 'FACE_NOT_COMPARED', failed: 'FACE_MISMATCH' },
    refersBecause: {
      ...faceEngineFailure,
      FACE_NOT_CAPTURED: 'FACE_NOT_CAPTURED',
      PORTRAIT_UNUSABLE: 'PORTRAIT_UNUSABLE',
    },
  },
  watchlist: {
    label: 'Watchlist',
    group: 'risk',
    refers: { default: 'RISK_UNAVAILABLE', failed: 'WATCHLIST_HIT' },
    refersBecause: { RISK_LATE: 'RISK_LATE', RISK_MALFORMED: 'RISK_MALFORMED' },
  },
} as const satisfies Record<string, CheckDefinition>;

export type CheckId = keyof typeof checkDefinitions;

export const checkIds = Object.keys(checkDefinitions) as readonly CheckId[];

export type Check = {
  readonly id: CheckId;
  readonly result: CheckResult;
  /** Stable code that explains a result other than `passed`; null where the result says it all. */
  readonly because: string | null;
  /** Wall-clock milliseconds at which the result stood. */
  readonly at_ms: number;
};

/** What follows when a required check has not passed. */
export function reasonOf(check: Check): ReferralReason {
  const definition: CheckDefinition = checkDefinitions[check.id];
  const byCode = check.because === null ? undefined : definition.refersBecause?.[check.because];
  return (
    byCode ??
    (check.result === 'passed'
      ? definition.refers.default
      : (definition.refers[check.result] ?? definition.refers.default))
  );
}
