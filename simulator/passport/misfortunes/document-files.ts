/** Files of a document altered, before its issuer signs them or after. */
import { FileId } from '../../../drivers/emrtd/lds/data-groups.ts';
import { readTLV, readTLVs, writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { setOf } from '../der.ts';
import { writeCOM } from '../logical-data-structure.ts';
import type { Passport } from '../passport.ts';
import { type SecurityObjectParts, writeSecurityObject } from './security-object.ts';
import type { Workshop } from './workshop.ts';

const FIRST_DATA_GROUP = FileId.DG1;
const DATA_GROUPS = 16;

/** The data groups of a document by number. */
export function dataGroupsOf(passport: Passport): ReadonlyMap<number, Uint8Array> {
  const files = [...passport.files].map(([id, file]) => [id - FIRST_DATA_GROUP + 1, file] as const);
  return new Map(files.filter(([number]) => number >= 1 && number <= DATA_GROUPS));
}

export function dataGroup(passport: Passport, number: number): Uint8Array {
  return fileOf(passport.files, FIRST_DATA_GROUP - 1 + number);
}

/** The file with this identifier. Throws RangeError when there is none. */
export function fileOf(files: ReadonlyMap<number, Uint8Array>, id: number): Uint8Array {
  const file = files.get(id);
  if (file === undefined) throw new RangeError(`no file ${id.toString(16)}`);
  return file;
}

/** Another file in this place, whatever the issuer signed. */
export function withFile(passport: Passport, id: number, file: Uint8Array): Passport {
  return { ...passport, files: new Map(passport.files).set(id, file) };
}

export function withMasterFile(passport: Passport, id: number, file: Uint8Array): Passport {
  return { ...passport, masterFiles: new Map(passport.masterFiles).set(id, file) };
}

/** These data groups in the place of others or beside them, listed in EF.COM and signed. */
export function withSignedGroups(
  workshop: Workshop,
  passport: Passport,
  groups: Readonly<Record<number, Uint8Array>>,
): Passport {
  const entries = Object.entries(groups).map(([number, file]) => [Number(number), file] as const);
  const all = new Map([...dataGroupsOf(passport), ...entries].sort(([one], [other]) => one - other));
  const files = new Map(passport.files);
  for (const [number, file] of all) files.set(FIRST_DATA_GROUP - 1 + number, file);
  files.set(FileId.COM, writeCOM([...all.keys()]));
  return signedAs(workshop, { ...passport, files }, {});
}

/** The document with an EF.SOD over its data groups in which some parts are others. */
export function signedAs(workshop: Workshop, passport: Passport, parts: SecurityObjectParts): Passport {
  return withFile(passport, FileId.SOD, writeSecurityObject(workshop, dataGroupsOf(passport), parts));
}

/** The file under another tag of one byte. */
export function retagged(file: Uint8Array, tag: number): Uint8Array {
  return file.map((octet, i) => (i === 0 ? tag : octet));
}

/** The file whose outermost length says so many bytes more or less than there are. */
export function withLengthOff(file: Uint8Array, by: number): Uint8Array {
  const first = file[1] ?? 0;
  const [from, to] = first < 0x80 ? [1, 2] : [2, 2 + (first & 0x7f)];
  const length = file.subarray(from, to).reduce((sum, octet) => sum * 256 + octet, 0) + by;
  return file.map((octet, i) => (i < from || i >= to ? octet : Math.floor(length / 256 ** (to - 1 - i)) % 256));
}

/** A bit of one byte changed; a negative offset counts from the end. */
export function flipped(bytes: Uint8Array, offset: number): Uint8Array {
  const at = offset < 0 ? bytes.length + offset : offset;
  return bytes.map((octet, i) => (i === at ? octet ^ 1 : octet));
}

/** The SecurityInfos of DG14, each as it stands there. */
export function infosOfDG14(file: Uint8Array): readonly Uint8Array[] {
  return infosOfSet(readTLV(file).value);
}

/** The SecurityInfos of EF.CardAccess. */
export function infosOfSet(set: Uint8Array): readonly Uint8Array[] {
  return readTLVs(readTLV(set).value).map(({ raw }) => raw);
}

export function writeInfosAsDG14(infos: readonly Uint8Array[]): Uint8Array {
  return writeTLV(0x6e, setOf(...infos));
}
