/** Data groups that not every document has (ICAO 9303-10 sections 4.7.7 to 4.7.16): DG7, DG11, DG12, DG13, DG16. */
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';

/** DG11. Texts in national characters; several parts of one text are written with fillers between them. */
export type PersonalDetails = {
  readonly fullName?: { readonly primary: string; readonly secondary: string };
  readonly otherNames?: readonly string[];
  readonly personalNumber?: string;
  /** YYYY-MM-DD. */
  readonly birthDate?: string;
  /** Place, region, state. */
  readonly birthPlace?: readonly string[];
  readonly address?: readonly string[];
  readonly telephone?: string;
  readonly profession?: string;
  readonly title?: string;
  readonly summary?: string;
  readonly otherDocumentNumbers?: readonly string[];
  readonly custody?: string;
};

/** DG12. */
export type IssueDetails = {
  readonly authority?: string;
  /** YYYY-MM-DD. */
  readonly issueDate?: string;
  readonly otherPersons?: readonly string[];
  readonly observations?: string;
  readonly exitRequirements?: string;
  /** YYYYMMDDhhmmss. */
  readonly personalisedAt?: string;
  readonly personalisationSystem?: string;
};

/** A person to notify, of DG16. */
export type Contact = {
  /** YYYY-MM-DD. */
  readonly recordedOn: string;
  readonly name: string;
  readonly telephone: string;
  readonly address: readonly string[];
};

/** Displayed signature: a JPEG or JPEG 2000 file. */
export function writeDG7(image: Uint8Array): Uint8Array {
  return writeTLV(0x67, count(1), writeTLV(0x5f43, image));
}

export function writeDG11(details: PersonalDetails): Uint8Array {
  const name = details.fullName;
  return writeListed(0x6b, [
    textField(0x5f0e, name === undefined ? undefined : `${spelt(name.primary)}<<${spelt(name.secondary)}`),
    nameList(0x5f0f, details.otherNames),
    textField(0x5f10, details.personalNumber),
    textField(0x5f2b, details.birthDate?.replaceAll('-', '')),
    textField(0x5f11, joined(details.birthPlace)),
    textField(0x5f42, joined(details.address)),
    textField(0x5f12, details.telephone),
    textField(0x5f13, details.profession),
    textField(0x5f14, details.title),
    textField(0x5f15, details.summary),
    textField(0x5f17, joined(details.otherDocumentNumbers)),
    textField(0x5f18, details.custody),
  ]);
}

export function writeDG12(details: IssueDetails): Uint8Array {
  return writeListed(0x6c, [
    textField(0x5f19, details.authority),
    textField(0x5f26, details.issueDate?.replaceAll('-', '')),
    nameList(0x5f1a, details.otherPersons),
    textField(0x5f1b, details.observations),
    textField(0x5f1c, details.exitRequirements),
    textField(0x5f55, details.personalisedAt),
    textField(0x5f56, details.personalisationSystem),
  ]);
}

/** Whatever the issuing state likes. */
export function writeDG13(content: Uint8Array): Uint8Array {
  return writeTLV(0x6d, content);
}

/** Throws RangeError for more than 15 contacts: their templates are numbered A1 to AF. */
export function writeDG16(contacts: readonly Contact[]): Uint8Array {
  if (contacts.length > 15) throw new RangeError('at most 15 contacts');
  const templates = contacts.map((contact, i) =>
    writeTLV(
      0xa1 + i,
      writeTLV(0x5f50, text(contact.recordedOn.replaceAll('-', ''))),
      writeTLV(0x5f51, text(spelt(contact.name))),
      writeTLV(0x5f52, text(contact.telephone)),
      writeTLV(0x5f53, text(contact.address.map(spelt).join('<'))),
    ),
  );
  return writeTLV(0x70, count(contacts.length), ...templates);
}

/** A field with the tag by which the tag list announces it. */
type Field = { readonly tag: number; readonly encoded: Uint8Array };

/** The tag list and the fields that are there, in one template. */
function writeListed(tag: number, fields: readonly (Field | undefined)[]): Uint8Array {
  const present = fields.filter((field) => field !== undefined);
  const tags = concatBytes(...present.map((field) => Uint8Array.of(field.tag >> 8, field.tag & 0xff)));
  return writeTLV(tag, writeTLV(0x5c, tags), ...present.map((field) => field.encoded));
}

function textField(tag: number, value: string | undefined): Field | undefined {
  return value === undefined ? undefined : { tag, encoded: writeTLV(tag, text(value)) };
}

/** Names in a template of their own: how many, then each under the tag (section 4.7.11, content-specific A0). */
function nameList(tag: number, names: readonly string[] | undefined): Field | undefined {
  if (names === undefined) return undefined;
  const written = names.map((name) => writeTLV(tag, text(spelt(name))));
  return { tag, encoded: writeTLV(0xa0, count(names.length), ...written) };
}

function joined(parts: readonly string[] | undefined): string | undefined {
  return parts?.map(spelt).join('<');
}

/** Fillers between words. */
function spelt(name: string): string {
  return name.trim().replace(/\s+/g, '<');
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'utf8');
}

function count(value: number): Uint8Array {
  return writeTLV(0x02, Uint8Array.of(value));
}
