/** Issues a simulated passport: genuine, altered after it was signed, or copied to another chip. */
import { randomBytes } from 'node:crypto';
import { FileId, type FileName, elementaryFiles } from '../../drivers/emrtd/lds/data-groups.ts';
import { type ChipKeys, createChipKeys, noChipKeys } from './document-keys.ts';
import { type DocumentProfile, basicProfile } from './document-profile.ts';
import { type HolderDetails, inventedDetails } from './invented-details.ts';
import type { Issuer } from './issuer.ts';
import {
  type Portrait,
  type SecurityObjectOptions,
  writeCOM,
  writeDG1,
  writeDG2,
  writeSOD,
} from './logical-data-structure.ts';
import { type Holder, writeMRZ } from './mrz-writer.ts';
import { writeDG7, writeDG11, writeDG12, writeDG13, writeDG16 } from './optional-data-groups.ts';
import { writeATRInfo, writeCardAccess, writeCardSecurity, writeDG14, writeDG15 } from './security-info-writer.ts';

/** What a forger did after the issuer had signed. */
export type Alteration =
  /** One bit of a byte changed; a negative offset counts from the end of the file. */
  | { readonly kind: 'flip-bit'; readonly file: FileName; readonly offset: number }
  /** A well-formed DG2 with another picture. */
  | { readonly kind: 'replace-portrait'; readonly portrait: Portrait }
  /** A well-formed DG1 with another holder; the printed MRZ follows it. */
  | { readonly kind: 'replace-holder'; readonly holder: Holder };

export type PassportOptions = {
  readonly holder: Holder;
  readonly portrait: Portrait;
  readonly issuer: Issuer;
  /** Signing time, ms since the epoch. */
  readonly signedAt_ms: number;
  readonly alter?: Alteration;
  /** Default: Basic Access Control, DG1 and DG2. */
  readonly profile?: DocumentProfile;
  /** As in the MRZ; default 'P' for booklets, 'I' for cards. */
  readonly documentCode?: string;
  /** Content of the groups that say more than the MRZ; default invented. */
  readonly details?: Partial<HolderDetails>;
  readonly securityObject?: SecurityObjectOptions;
  /** Random bytes for the chip's key agreement keys; default from OpenSSL. */
  readonly entropy?: (bytes: number) => Uint8Array;
};

export type Passport = {
  /** As printed on the data page. */
  readonly mrzLines: readonly string[];
  /** Elementary files of the eMRTD application by file identifier. */
  readonly files: ReadonlyMap<number, Uint8Array>;
  /** Elementary files of the master file: EF.CardAccess 011C, EF.CardSecurity 011D, EF.ATR/INFO 2F01, when there are. */
  readonly masterFiles: ReadonlyMap<number, Uint8Array>;
  readonly chipKeys: ChipKeys;
  /** Six digits, as printed; null: the document has none. */
  readonly can: string | null;
  readonly profile: DocumentProfile;
};

/** A passport of the basic profile around files that were made elsewhere. */
export function basicPassport(o: Pick<Passport, 'mrzLines' | 'files'>): Passport {
  return { ...o, masterFiles: new Map(), chipKeys: noChipKeys, can: null, profile: basicProfile };
}

/** Throws RangeError for a holder that does not fit the MRZ. */
export function issuePassport(o: PassportOptions): Passport {
  const profile = o.profile ?? basicProfile;
  const holder = profile.hasLongNumber === true ? withLongNumber(o.holder) : o.holder;
  const mrzLines = writeMRZ(profile.format, holder, o.issuer.state, o.documentCode);
  const chipKeys = createChipKeys(profile, o.entropy ?? randomBytes);
  const signed = writeDataGroups({ ...o, holder }, { profile, mrzLines, chipKeys });
  const files = new Map<number, Uint8Array>([
    [FileId.COM, writeCOM([...signed.keys()])],
    [FileId.SOD, writeSOD(signed, o.issuer, o.signedAt_ms, o.securityObject)],
    ...[...signed].map(([number, file]) => [FIRST_DATA_GROUP - 1 + number, file] as const),
  ]);
  const masterFiles = writeMasterFiles(profile, chipKeys, o);
  const passport = { mrzLines, files, masterFiles, chipKeys, can: profile.access.can ?? null, profile };
  return o.alter === undefined ? passport : altered(passport, o.alter, o);
}

/**
 * A copy of a passport on another chip: every file, which anybody may read who opens the document, and none of its
 * private keys. Where the original proves itself, the copy answers with keys of its own.
 */
export function cloneOf(passport: Passport, entropy: (bytes: number) => Uint8Array = randomBytes): Passport {
  return { ...passport, chipKeys: createChipKeys(passport.profile, entropy) };
}

const FIRST_DATA_GROUP = FileId.DG1;

/** Signed data groups by number, in ascending order. */
function writeDataGroups(
  o: PassportOptions,
  { profile, mrzLines, chipKeys }: Pick<Passport, 'profile' | 'mrzLines' | 'chipKeys'>,
): ReadonlyMap<number, Uint8Array> {
  const details = { ...inventedDetails(o.holder, o.signedAt_ms), ...o.details };
  const groups = new Map<number, Uint8Array>([
    [1, writeDG1(mrzLines)],
    [2, writeDG2(o.portrait, profile.portraitEncoding)],
  ]);
  const writers = new Map<number, () => Uint8Array>([
    [7, () => writeDG7(details.signature)],
    [11, () => writeDG11(details.personal)],
    [12, () => writeDG12(details.issue)],
    [13, () => writeDG13(details.national)],
  ]);
  for (const [number, write] of writers) {
    if (profile.dataGroups.some((listed) => listed === number)) groups.set(number, write());
  }
  const dg14 = writeDG14(profile, chipKeys);
  if (dg14 !== undefined) groups.set(14, dg14);
  if (chipKeys.activeAuthentication !== null) groups.set(15, writeDG15(chipKeys.activeAuthentication));
  if (profile.dataGroups.includes(16)) groups.set(16, writeDG16(details.contacts));
  return groups;
}

function writeMasterFiles(
  profile: DocumentProfile,
  chipKeys: ChipKeys,
  o: Pick<PassportOptions, 'issuer' | 'signedAt_ms'>,
): ReadonlyMap<number, Uint8Array> {
  const files = new Map<number, Uint8Array>();
  const cardAccess = writeCardAccess(profile);
  const cardSecurity = writeCardSecurity(profile, chipKeys, o);
  if (cardAccess !== undefined) files.set(FileId.CardAccess, cardAccess);
  if (cardSecurity !== undefined) files.set(FileId.CardSecurity, cardSecurity);
  if (profile.extendedLength_bytes !== undefined) files.set(FileId.ATRInfo, writeATRInfo(profile.extendedLength_bytes));
  return files;
}

/** More characters than the field of the document number has room for. */
function withLongNumber(holder: Holder): Holder {
  return holder.documentNumber.length > 9
    ? holder
    : { ...holder, documentNumber: `${holder.documentNumber.padEnd(9, '0')}X7K` };
}

function altered(
  passport: Passport,
  alteration: Alteration,
  o: Pick<PassportOptions, 'issuer' | 'documentCode'>,
): Passport {
  if (alteration.kind === 'flip-bit') return withFlippedBit(passport, alteration);
  const files = new Map(passport.files);
  if (alteration.kind === 'replace-portrait') {
    files.set(FileId.DG2, writeDG2(alteration.portrait, passport.profile.portraitEncoding));
    return { ...passport, files };
  }
  const mrzLines = writeMRZ(passport.profile.format, alteration.holder, o.issuer.state, o.documentCode);
  files.set(FileId.DG1, writeDG1(mrzLines));
  return { ...passport, mrzLines, files };
}

function withFlippedBit(passport: Passport, o: { readonly file: FileName; readonly offset: number }): Passport {
  const { id, directory } = elementaryFiles[o.file];
  const place = directory === 'master-file' ? 'masterFiles' : 'files';
  const file = Uint8Array.from(passport[place].get(id) ?? []);
  const at = o.offset < 0 ? file.length + o.offset : o.offset;
  const octet = file[at];
  if (octet === undefined) throw new RangeError(`the file has no byte ${o.offset}`);
  file[at] = octet ^ 1;
  return { ...passport, [place]: new Map(passport[place]).set(id, file) };
}
