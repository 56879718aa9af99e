/** DG11 (ICAO 9303-10 section 4.7.11): additional personal details. Every one of them is optional. */
import { type Template, parseFile, textOf } from './template.ts';

const FILE = 0x6b;
const Tag = {
  FULL_NAME: 0x5f0e,
  OTHER_NAME: 0x5f0f,
  PERSONAL_NUMBER: 0x5f10,
  BIRTH_DATE: 0x5f2b,
  BIRTH_PLACE: 0x5f11,
  ADDRESS: 0x5f42,
  TELEPHONE: 0x5f12,
  PROFESSION: 0x5f13,
  TITLE: 0x5f14,
  SUMMARY: 0x5f15,
  PROOF_OF_CITIZENSHIP: 0x5f16,
  OTHER_DOCUMENTS: 0x5f17,
  CUSTODY: 0x5f18,
} as const;

/** A name in the writing of its holder; both parts as they stand, fillers as spaces. */
export type Name = { readonly primary: string; readonly secondary: string };

/** What the document does not say is null or empty. Texts are as long as the file allows, in any script. */
export type PersonalDetails = {
  readonly fullName: Name | null;
  readonly otherNames: readonly Name[];
  readonly personalNumber: string | null;
  /** CCYYMMDD, zeros for unknown parts. */
  readonly birthDate: string | null;
  readonly birthPlace: readonly string[];
  readonly address: readonly string[];
  readonly telephone: string | null;
  readonly profession: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  /** Image (ISO/IEC 10918 or 15444), never decoded here. */
  readonly proofOfCitizenship: Uint8Array | null;
  /** Numbers of other valid travel documents. */
  readonly otherDocuments: readonly string[];
  readonly custody: string | null;
  readonly isTagListConsistent: boolean;
};

/**
 * Throws DocumentError DG11_MALFORMED. Elements are taken wherever they stand, whether the tag list names them or
 * not.
 */
export function parseDG11(file: Uint8Array): PersonalDetails {
  return parseFile(file, FILE, 'DG11_MALFORMED', personalDetailsOf);
}

function personalDetailsOf(template: Template): PersonalDetails {
  const fullName = template.text(Tag.FULL_NAME);
  return {
    fullName: fullName === null ? null : nameOf(fullName),
    otherNames: template.repeated(Tag.OTHER_NAME).map((name) => nameOf(textOf(name))),
    personalNumber: template.text(Tag.PERSONAL_NUMBER),
    birthDate: template.date(Tag.BIRTH_DATE),
    birthPlace: template.parts(Tag.BIRTH_PLACE),
    address: template.parts(Tag.ADDRESS),
    telephone: template.text(Tag.TELEPHONE),
    profession: template.text(Tag.PROFESSION),
    title: template.text(Tag.TITLE),
    summary: template.text(Tag.SUMMARY),
    proofOfCitizenship: template.bytes(Tag.PROOF_OF_CITIZENSHIP),
    otherDocuments: template.parts(Tag.OTHER_DOCUMENTS),
    custody: template.text(Tag.CUSTODY),
    isTagListConsistent: template.isTagListConsistent(Tag.OTHER_NAME),
  };
}

/**
 * ICAO 9303-10 section 4.7.11: names as in the MRZ, a double filler between the primary and the secondary identifier.
 */
export function nameOf(text: string): Name {
  const border = text.indexOf('<<');
  const [primary, secondary] = border < 0 ? [text, ''] : [text.slice(0, border), text.slice(border)];
  const readable = (part: string): string =>
    part
      .split(/[<\s]+/)
      .filter((word) => word !== '')
      .join(' ');
  return { primary: readable(primary), secondary: readable(secondary) };
}
