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

/** Why the conversation with a chip ended early: codes of drivers/emrtd, and CHIP_ABSENT for a chip that never came. */
const conversationEnd: Readonly<Record<string, ReferralReason>> = {
  CHIP_LOST: 'CHIP_NOT_READ',
  CHIP_ABSENT: 'CHIP_NOT_READ',
  CHIP_TIMEOUT: 'CHIP_NOT_READ',
  READER_DISCONNECTED: 'CHIP_NOT_READ',
  READER_ERROR: 'CHIP_NOT_READ',
  INSPECTION_CANCELLED: 'CHIP_NOT_READ',
  INSPECTION_TIMEOUT: 'CHIP_NOT_READ',
  INSPECTION_ERROR: 'CHIP_NOT_READ',
  // The chip did answer, and the line checks its own bytes: the answer itself breaks the standard.
  SECURE_MESSAGING_FAILED: 'CHIP_DATA_MALFORMED',
  CHIP_ANSWER_ENDLESS: 'CHIP_DATA_MALFORMED',
};

/** Codes of a check that could not be made because of what another check reports: `decide` names the cause alone. */
const consequence: Readonly<Record<string, ReferralReason>> = {
  APPLICATION_ABSENT: 'CHECK_MISSING',
  ACCESS_PROTOCOL_UNSUPPORTED: 'CHECK_MISSING',
  ACCESS_REFUSED: 'CHECK_MISSING',
  ACCESS_UNPROVEN: 'CHECK_MISSING',
  ACCESS_SECRET_MISSING: 'CHECK_MISSING',
  ACCESS_ENDED: 'CHECK_MISSING',
  PACE_MALFORMED: 'CHECK_MISSING',
  PACE_INTERRUPTED: 'CHECK_MISSING',
  SECURITY_OBJECT_UNUSABLE: 'CHECK_MISSING',
  DATA_GROUP_UNVERIFIED: 'CHECK_MISSING',
};

const notJudged: Readonly<Record<string, ReferralReason>> = { ...conversationEnd, ...consequence };

/** A file that is missing or obeys no standard is not one that was changed after signing. */
const malformed: Readonly<Record<string, ReferralReason>> = {
  ...notJudged,
  FILE_ABSENT: 'CHIP_DATA_MALFORMED',
  COM_MALFORMED: 'CHIP_DATA_MALFORMED',
  SECURITY_OBJECT_MALFORMED: 'CHIP_DATA_MALFORMED',
};

/** Checks that need a trusted issuer: they say the same about it, whichever of them is required. */
const issuerTrouble: Readonly<Record<string, ReferralReason>> = {
  ...notJudged,
  ISSUER_UNKNOWN: 'ISSUER_UNKNOWN',
  ISSUER_SIGNATURE_INVALID: 'ISSUER_CERTIFICATE_INVALID',
  ISSUER_COUNTRY_DIFFERS: 'ISSUER_CERTIFICATE_INVALID',
  SIGNER_NOT_PERMITTED: 'ISSUER_CERTIFICATE_INVALID',
  ISSUER_REVOKED: 'ISSUER_CERTIFICATE_INVALID',
  SIGNER_REVOKED: 'SIGNER_REVOKED',
  // A list that doubts a signer without revoking it says more than that nothing is known.
  SIGNER_ON_HOLD: 'SIGNER_REVOKED',
  SIGNER_DEFECT_UNKNOWN: 'SIGNER_REVOKED',
};

/** A data group that only some documents have: what is wrong with it counts, that it was not read does not. */
const furtherDataGroup = (label: string): CheckDefinition => ({
  label,
  group: 'chip',
  refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_ALTERED' },
  refersBecause: malformed,
});

const faceEngineFailure: Readonly<Record<string, ReferralReason>> = {
  BIOMETRICS_DEADLINE: 'FACE_NOT_COMPARED',
  BIOMETRICS_DOWN: 'FACE_NOT_COMPARED',
  BIOMETRICS_BUSY: 'FACE_NOT_COMPARED',
  // The child that held the reference was replaced.
  REFERENCE_MISSING: 'FACE_NOT_COMPARED',
};

/** What is wrong with the portrait, said by whichever check needed it. */
const portraitTrouble: Readonly<Record<string, ReferralReason>> = {
  ...faceEngineFailure,
  PORTRAIT_MISSING: 'PORTRAIT_UNUSABLE',
  PORTRAIT_UNDECODABLE: 'PORTRAIT_UNUSABLE',
  PORTRAIT_TOO_LARGE: 'PORTRAIT_UNUSABLE',
  PORTRAIT_TOO_SMALL: 'PORTRAIT_TOO_SMALL',
  PORTRAIT_NO_FACE: 'PORTRAIT_NO_FACE',
  PORTRAIT_SEVERAL_FACES: 'PORTRAIT_SEVERAL_FACES',
};

/** Why a face was not captured: the portrait, the machinery, the camera, or the traveller. */
const captureTrouble: Readonly<Record<string, ReferralReason>> = {
  ...portraitTrouble,
  FACE_NOT_CAPTURED: 'FACE_NOT_CAPTURED',
  FRAMES_REPEATED: 'CAMERA_UNUSABLE',
  FRAMES_STALE: 'CAMERA_UNUSABLE',
  FRAME_UNDECODABLE: 'CAMERA_UNUSABLE',
  FRAME_SIZE_CHANGED: 'CAMERA_UNUSABLE',
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
  'document-use': {
    label: 'Not used here a moment ago',
    group: 'document',
    refers: { default: 'DOCUMENT_USED_AGAIN' },
  },
  age: { label: 'Age', group: 'document', refers: { default: 'AGE_NOT_ELIGIBLE' } },
  'chip-access': {
    label: 'Access to the chip',
    group: 'chip',
    refers: { default: 'CHIP_NOT_READ', failed: 'CHIP_ACCESS_REFUSED' },
    refersBecause: {
      ...conversationEnd,
      APPLICATION_ABSENT: 'CHIP_DATA_MALFORMED',
      PACE_MALFORMED: 'CHIP_DATA_MALFORMED',
      PACE_INTERRUPTED: 'CHIP_NOT_READ',
    },
  },
  'files-consistent': {
    label: 'List of files agrees with the security object',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_ALTERED' },
    refersBecause: malformed,
  },
  'security-object-hash': {
    label: 'Security object: digest',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_ALTERED' },
    refersBecause: malformed,
  },
  'security-object-signature': {
    label: 'Security object: signature',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_SIGNATURE_INVALID' },
    refersBecause: notJudged,
  },
  'issuer-certificate': {
    label: 'Signer under a trusted issuer',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'ISSUER_CERTIFICATE_INVALID' },
    refersBecause: issuerTrouble,
  },
  'certificate-validity': {
    label: 'Certificates valid today',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'ISSUER_CERTIFICATE_INVALID' },
    refersBecause: issuerTrouble,
  },
  'certificate-revocation': {
    label: 'Signer not revoked',
    group: 'chip',
    refers: { default: 'REVOCATION_UNKNOWN', failed: 'SIGNER_REVOKED' },
    refersBecause: issuerTrouble,
  },
  'signer-trust': {
    label: 'Signer trusted',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'ISSUER_CERTIFICATE_INVALID' },
    refersBecause: issuerTrouble,
  },
  'data-group-1-hash': {
    label: 'Holder data unaltered (DG1)',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_ALTERED' },
    refersBecause: notJudged,
  },
  'data-group-2-hash': {
    label: 'Portrait unaltered (DG2)',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_ALTERED' },
    refersBecause: notJudged,
  },
  'data-group-7-hash': furtherDataGroup('Signature image unaltered (DG7)'),
  'data-group-11-hash': furtherDataGroup('Personal details unaltered (DG11)'),
  'data-group-12-hash': furtherDataGroup('Document details unaltered (DG12)'),
  'data-group-13-hash': furtherDataGroup('Optional details unaltered (DG13)'),
  'data-group-14-hash': furtherDataGroup('Security options unaltered (DG14)'),
  'data-group-15-hash': furtherDataGroup('Active authentication key unaltered (DG15)'),
  'data-group-16-hash': furtherDataGroup('Persons to notify unaltered (DG16)'),
  'card-access-matches': {
    label: 'Way of access is the one that was signed',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'DOCUMENT_ALTERED' },
    refersBecause: notJudged,
  },
  'mrz-matches-chip': {
    label: 'Printed zone equals chip',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'MRZ_DIFFERS_FROM_CHIP' },
    refersBecause: { ...notJudged, MRZ_OPTIONAL_DATA_DIFFERS: 'MRZ_DIFFERS_FROM_CHIP' },
  },
  'issuing-state-matches': {
    label: 'Issuing state equals signer’s country',
    group: 'chip',
    refers: { default: 'CHIP_DATA_MALFORMED', failed: 'ISSUER_CERTIFICATE_INVALID' },
    refersBecause: issuerTrouble,
  },
  'chip-authenticity': {
    label: 'Chip is the original',
    group: 'chip',
    refers: { default: 'CHIP_AUTHENTICITY_UNPROVEN', failed: 'CHIP_NOT_GENUINE' },
    refersBecause: {
      ...notJudged,
      // Keys in other hands prove nothing: neither an original nor a copy.
      CHIP_AUTHENTICATION_KEYS_COMPROMISED: 'CHIP_AUTHENTICITY_UNPROVEN',
      ACTIVE_AUTHENTICATION_KEYS_COMPROMISED: 'CHIP_AUTHENTICITY_UNPROVEN',
    },
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
    refersBecause: portraitTrouble,
  },
  'face-captured': {
    label: 'Face captured',
    group: 'face',
    refers: { default: 'FACE_NOT_CAPTURED' },
    refersBecause: captureTrouble,
  },
  'face-match': {
    label: 'Face matches the portrait',
    group: 'face',
    refers: { default: 'FACE_NOT_COMPARED', failed: 'FACE_MISMATCH' },
    refersBecause: captureTrouble,
  },
  'presentation-attack': {
    label: 'A living face, no picture or mask',
    group: 'face',
    refers: { default: 'ATTACK_NOT_RULED_OUT', failed: 'PRESENTATION_ATTACK_SUSPECTED' },
    refersBecause: captureTrouble,
  },
  morph: {
    label: 'Portrait is not a mixture of two faces',
    group: 'face',
    refers: { default: 'MORPH_NOT_EXAMINED' },
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
  /** Stable code that explains the result, a remark where it has passed; null where the result says it all. */
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
