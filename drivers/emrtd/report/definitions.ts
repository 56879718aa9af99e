/**
 * The tree of checks, with their sections in BSI TR-03135-1 version 2.5 and what they come from. Requirements are those
 * of the profile "self service" (part 2 of the standard).
 */
import type { CheckResult } from '../../contracts/evidence.ts';
import type { InspectionCheck, InspectionCheckId } from '../check-sheet.ts';
import type { CheckEvidence } from '../finding.ts';
import { type Requirement, provenOverall, provenTogether, provenWhereMade } from './results.ts';

type KnownOutcome = { readonly result: CheckResult; readonly code: string; readonly evidence: CheckEvidence | null };

type Source =
  /** From the sheet; `otherwise`: code when the sheet does not have it although nothing was cut off. */
  | { readonly kind: 'sheet'; readonly check: InspectionCheckId; readonly otherwise?: string }
  | { readonly kind: 'printed'; readonly field: 'checkDigits' | 'expiry' }
  | { readonly kind: 'known'; readonly outcome: KnownOutcome }
  /** This gate cannot make it, for this reason. */
  | { readonly kind: 'unable'; readonly code: string };

export type Definition = {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  readonly requirement: Requirement;
  /** Where the result comes from; without one it follows from the parts by `rule`. */
  readonly source?: Source;
  readonly rule?: (results: readonly CheckResult[]) => CheckResult;
  readonly parts?: readonly Definition[];
  /** Added to what the check itself rests on. */
  readonly evidence?: CheckEvidence;
};

type Place = readonly [section: string, id: string, title: string];

const mandatory = (place: Place, source: Source): Definition => leaf(place, 'mandatory', source);
const optional = (place: Place, source: Source): Definition => leaf(place, 'optional', source);
const unable = (code: string): Source => ({ kind: 'unable', code });
const sheet = (check: InspectionCheckId, otherwise?: string): Source =>
  otherwise === undefined ? { kind: 'sheet', check } : { kind: 'sheet', check, otherwise };

function leaf([section, id, title]: Place, requirement: Requirement, source: Source): Definition {
  return { section, id, title, requirement, source };
}

function group(
  [section, id, title]: Place,
  rule: NonNullable<Definition['rule']>,
  ...parts: readonly Definition[]
): Definition {
  return { section, id, title, requirement: 'mandatory', rule, parts };
}

/** A group whose result the inspection has found itself. */
function judged(place: Place, source: Source, ...parts: readonly Definition[]): Definition {
  return { ...leaf(place, 'mandatory', source), parts };
}

const optical = group(
  ['5.5', 'optical', 'Printed document'],
  provenTogether,
  mandatory(['5.5.2', 'document-captured', 'Document captured completely'], unable('OPTICAL_SCANNER_ABSENT')),
  mandatory(['5.5.3', 'model-identified', 'Model of the document'], unable('OPTICAL_SCANNER_ABSENT')),
  group(
    ['5.5.4.1', 'printed-zone', 'Printed zone'],
    provenTogether,
    mandatory(['5.5.4.1.1', 'mrz-check-digits', 'Check digits'], { kind: 'printed', field: 'checkDigits' }),
    mandatory(['5.5.4.1.2', 'mrz-infrared', 'Readable in infrared'], unable('OPTICAL_SCANNER_ABSENT')),
    mandatory(['5.5.4.1.3', 'mrz-font', 'Printed in OCR-B'], unable('OPTICAL_SCANNER_ABSENT')),
  ),
  mandatory(['5.5.4.2', 'spectral', 'Infrared and ultraviolet'], unable('OPTICAL_SCANNER_ABSENT')),
  optional(['5.5.4.3', 'vendor-checks', 'Checks of the manufacturer'], unable('OPTICAL_SCANNER_ABSENT')),
);

const access = judged(
  ['5.6.3', 'access', 'Access to the chip'],
  sheet('chip-access'),
  mandatory(['5.6.3', 'access-pace', 'PACE'], sheet('access-pace')),
  mandatory(['5.6.3', 'access-bac', 'Basic Access Control'], sheet('access-bac')),
  optional(['5.6.3.2', 'terminal-authentication', 'Terminal authentication'], unable('TERMINAL_AUTHENTICATION_ABSENT')),
);

const chipAuthenticity = judged(
  ['5.6.4.1', 'chip-authenticity', 'Chip is the original'],
  sheet('chip-authenticity'),
  mandatory(['5.6.4.1', 'active-authentication', 'Active authentication'], sheet('active-authentication')),
  mandatory(['5.6.4.1', 'chip-authentication', 'Chip authentication'], sheet('chip-authentication')),
  mandatory(
    ['5.6.4.1', 'pace-chip-authentication-mapping', 'Chip authentication mapping of PACE'],
    sheet('pace-chip-authentication-mapping'),
  ),
);

const notRead = 'CARD_SECURITY_NOT_READ';

const securityObjects = group(
  ['5.6.4.2', 'security-objects', 'Signed content'],
  provenTogether,
  group(
    ['5.6.4.2.1', 'ef-sod', 'EF.SOD'],
    provenTogether,
    mandatory(['5.6.4.2.2', 'security-object-hash', 'Digest'], sheet('security-object-hash')),
    mandatory(['5.6.4.2.2', 'security-object-signature', 'Signature'], sheet('security-object-signature')),
  ),
  {
    ...group(
      ['5.6.4.2.1', 'ef-card-security', 'EF.CardSecurity'],
      provenTogether,
      optional(['5.6.4.2.2', 'card-security-hash', 'Digest'], sheet('card-security-hash', notRead)),
      optional(['5.6.4.2.2', 'card-security-signature', 'Signature'], sheet('card-security-signature', notRead)),
    ),
    requirement: 'optional',
  },
  optional(['5.6.4.2.1', 'ef-chip-security', 'EF.ChipSecurity'], unable('CHIP_SECURITY_NOT_READ')),
);

const certificates = group(
  ['5.6.4.3', 'certificates', 'Certificates of the signer'],
  provenTogether,
  group(
    ['5.6.4.3.1', 'certificates-sod', 'EF.SOD'],
    provenTogether,
    mandatory(['5.6.4.3.3', 'issuer-certificate', 'Signer under a trusted issuer'], sheet('issuer-certificate')),
    judged(
      ['5.6.4.3.4', 'certificate-validity', 'Valid at the time of checking'],
      sheet('certificate-validity'),
      mandatory(['5.6.4.3.4', 'signer-validity', 'Signer'], sheet('signer-validity')),
      mandatory(['5.6.4.3.4', 'issuer-validity', 'Issuer'], sheet('issuer-validity')),
    ),
    mandatory(['5.6.4.3.5', 'certificate-revocation', 'Signer not revoked'], sheet('certificate-revocation')),
    // Section 5.6.4.3.6: limits the electronic result, and counts in no other way.
    leaf(['5.6.4.3.6', 'signer-trust', 'Trust status of the signer'], 'evaluatory', sheet('signer-trust')),
  ),
  {
    ...group(
      ['5.6.4.3.1', 'certificates-card-security', 'EF.CardSecurity'],
      provenTogether,
      optional(
        ['5.6.4.3.3', 'card-security-issuer', 'Signer under a trusted issuer'],
        sheet('card-security-issuer', notRead),
      ),
      optional(
        ['5.6.4.3.4', 'card-security-validity', 'Valid at the time of checking'],
        sheet('card-security-validity', notRead),
      ),
      optional(
        ['5.6.4.3.5', 'card-security-revocation', 'Signer not revoked'],
        sheet('card-security-revocation', notRead),
      ),
    ),
    requirement: 'optional',
  },
);

const dataGroups = group(
  ['5.6.4.4', 'data-groups', 'Data groups'],
  provenWhereMade,
  mandatory(['5.6.4.4.1', 'files-consistent', 'EF.COM lists what EF.SOD does'], sheet('files-consistent')),
  { ...group(['5.6.4.4.2', 'data-group-hashes', 'Unaltered since they were signed'], provenWhereMade) },
);

const electronic = group(
  ['5.6', 'electronic', 'Chip'],
  provenTogether,
  // What the gate has for lists says nothing about the document: each check that misses one says so.
  {
    ...group(['5.6.1', 'trust-lists', 'Lists of certificates and defects'], provenWhereMade),
    requirement: 'evaluatory',
  },
  access,
  group(
    ['5.6.4', 'content', 'Content of the chip'],
    provenTogether,
    chipAuthenticity,
    securityObjects,
    certificates,
    dataGroups,
    mandatory(
      ['5.6.4.5', 'issuing-state-matches', 'Issuing state is that of the signer'],
      sheet('issuing-state-matches'),
    ),
    optional(
      ['ICAO 9303-11 4.2', 'card-access-matches', 'EF.CardAccess agrees with the signed DG14'],
      sheet('card-access-matches'),
    ),
  ),
);

const combined = group(
  ['5.7', 'combined', 'Print and chip together'],
  provenWhereMade,
  mandatory(['5.7.1', 'document-expiry', 'Date of expiry'], { kind: 'printed', field: 'expiry' }),
  mandatory(['5.7.2', 'mrz-matches-chip', 'Printed zone equals DG1'], sheet('mrz-matches-chip')),
  optional(['5.7.3', 'both-sides', 'Both sides of a card'], unable('OPTICAL_SCANNER_ABSENT')),
  optional(['5.7.4', 'several-documents', 'Several documents of one traveller'], unable('CHECK_NOT_IMPLEMENTED')),
  optional(['5.7.5', 'visual-zone', 'Visual zone against printed zone and chip'], unable('OPTICAL_SCANNER_ABSENT')),
  optional(['5.7.6', 'printed-portrait', 'Printed portrait against DG2'], unable('OPTICAL_SCANNER_ABSENT')),
  optional(['5.7.7', 'seal-matches', 'Printed zone against the digital seal'], unable('DIGITAL_SEAL_NOT_READ')),
);

const digitalSeal: Definition = {
  ...mandatory(['5.9.1', 'digital-seal', 'Digital seal'], unable('DIGITAL_SEAL_NOT_READ')),
  // Section 5.9.1: no seal expected and none found is "not supported", which spoils nothing.
  requirement: 'optional',
};

export const reportDefinition: Definition = group(
  ['5.4', 'overall', 'Inspection of the document'],
  provenOverall,
  optical,
  electronic,
  combined,
  digitalSeal,
);

/** Section 5.6.4.4.2, in its words. */
type DataGroupStatus =
  | 'identical'
  | 'not identical'
  | 'present (not read)'
  | 'not present'
  | 'non conformance'
  | 'aborted';

/** One node for each of the sixteen data groups. */
export function dataGroupNodes(input: {
  readonly checks: readonly InspectionCheck[];
  readonly listedDataGroups: readonly number[] | null;
  readonly aborted: string | null;
}): readonly Definition[] {
  return Array.from({ length: 16 }, (_, index) => {
    const number = index + 1;
    const id = `data-group-${number}-hash`;
    const check = input.checks.find((one) => one.id === id);
    const isListed = input.listedDataGroups?.includes(number) ?? null;
    const place = ['5.6.4.4.2', id, `DG${number}`] as const;
    const isMandatory = number <= 2;
    // A group that was left out for want of time is as good as one that nobody wanted.
    if (check?.because === 'DATA_GROUP_NOT_READ') return leaf(place, 'optional', { kind: 'known', outcome: leftOut });
    if (check !== undefined || (isMandatory && isListed !== false)) {
      const status = check === undefined ? 'aborted' : statusOf(check);
      const source = sheet(id as InspectionCheckId);
      return { ...leaf(place, isMandatory ? 'mandatory' : 'optional', source), evidence: { status } };
    }
    return leaf(place, 'optional', { kind: 'known', outcome: withoutCheck(isListed) });
  });
}

const leftOut: KnownOutcome = {
  result: 'not-supported',
  code: 'DATA_GROUP_NOT_READ',
  evidence: { status: 'present (not read)' satisfies DataGroupStatus },
};

/** Null: no EF.SOD says whether there is such a data group. */
function withoutCheck(isListed: boolean | null): KnownOutcome {
  const result = 'not-supported';
  if (isListed === null) return { result, code: 'SECURITY_OBJECT_UNUSABLE', evidence: null };
  const status: DataGroupStatus = isListed ? 'present (not read)' : 'not present';
  return { result, code: isListed ? 'DATA_GROUP_NOT_WANTED' : 'DATA_GROUP_ABSENT', evidence: { status } };
}

function statusOf({ result, because }: InspectionCheck): DataGroupStatus {
  if (result === 'passed') return 'identical';
  if (result === 'aborted') return 'aborted';
  if (because === 'DATA_GROUP_HASH_MISMATCH') return 'not identical';
  if (because === 'FILE_ABSENT' || because === 'DATA_GROUP_NOT_LISTED') return 'not present';
  if (because === 'SECURITY_OBJECT_UNUSABLE') return 'present (not read)';
  return 'non conformance';
}
