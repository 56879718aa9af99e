/** DG12 (ICAO 9303-10 section 4.7.12): additional details of the document. Every one of them is optional. */
import { type Name, nameOf } from './dg11.ts';
import { type Template, parseFile, textOf } from './template.ts';

const FILE = 0x6c;
const Tag = {
  ISSUING_AUTHORITY: 0x5f19,
  ISSUE_DATE: 0x5f26,
  OTHER_PERSON: 0x5f1a,
  ENDORSEMENTS: 0x5f1b,
  TAX_EXIT: 0x5f1c,
  FRONT: 0x5f1d,
  REAR: 0x5f1e,
  PERSONALIZED_AT: 0x5f55,
  PERSONALIZED_BY: 0x5f56,
} as const;

/** What the document does not say is null or empty. */
export type DocumentDetails = {
  readonly issuingAuthority: string | null;
  /** CCYYMMDD, zeros for unknown parts. */
  readonly issueDate: string | null;
  readonly otherPersons: readonly Name[];
  readonly endorsements: string | null;
  readonly taxExitRequirements: string | null;
  /** Images of the document (ISO/IEC 10918 or 15444), never decoded here. */
  readonly front: Uint8Array | null;
  readonly rear: Uint8Array | null;
  /** CCYYMMDDhhmmss, or CCYYMMDD where only the day was written. */
  readonly personalizedAt: string | null;
  /** Serial number of the personalization system. */
  readonly personalizedBy: string | null;
  readonly isTagListConsistent: boolean;
};

/**
 * Throws DocumentError DG12_MALFORMED. Elements are taken wherever they stand, whether the tag list names them or
 * not.
 */
export function parseDG12(file: Uint8Array): DocumentDetails {
  return parseFile(file, FILE, 'DG12_MALFORMED', documentDetailsOf);
}

function documentDetailsOf(template: Template): DocumentDetails {
  return {
    issuingAuthority: template.text(Tag.ISSUING_AUTHORITY),
    issueDate: template.date(Tag.ISSUE_DATE),
    otherPersons: template.repeated(Tag.OTHER_PERSON).map((name) => nameOf(textOf(name))),
    endorsements: template.text(Tag.ENDORSEMENTS),
    taxExitRequirements: template.text(Tag.TAX_EXIT),
    front: template.bytes(Tag.FRONT),
    rear: template.bytes(Tag.REAR),
    personalizedAt: template.date(Tag.PERSONALIZED_AT),
    personalizedBy: template.text(Tag.PERSONALIZED_BY),
    isTagListConsistent: template.isTagListConsistent(Tag.OTHER_PERSON),
  };
}
