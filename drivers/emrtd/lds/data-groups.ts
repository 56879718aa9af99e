/** The elementary files of an eMRTD and their identifiers (ICAO 9303-10 sections 3.11 and 4, table 38). */

/**
 * File identifiers. Data group n has 0x0100 + n. EF.CardSecurity and EF.SOD share theirs: one stands in the master
 * file, the other in the eMRTD application. DG3 and DG4 are not listed: without Terminal Authentication no chip gives
 * them.
 */
export const FileId = {
  CardAccess: 0x011c,
  CardSecurity: 0x011d,
  ATRInfo: 0x2f01,
  COM: 0x011e,
  SOD: 0x011d,
  DG1: 0x0101,
  DG2: 0x0102,
  DG7: 0x0107,
  DG11: 0x010b,
  DG12: 0x010c,
  DG13: 0x010d,
  DG14: 0x010e,
  DG15: 0x010f,
  DG16: 0x0110,
} as const;
export type FileName = keyof typeof FileId;

/** What the reader has to know of a file before it reads it. */
export type ElementaryFile = {
  readonly id: number;
  /** Where the file stands: it can be read only while that is the current directory. */
  readonly directory: 'master-file' | 'application';
  /** First tag; null for a file that is a row of data objects with no frame around them. */
  readonly tag: number | null;
  /** Most bytes the file may announce: far above what issuers use, far below what would hurt. */
  readonly size_max: number;
};

const masterFile = 'master-file';
const application = 'application';

export const elementaryFiles: Readonly<Record<FileName, ElementaryFile>> = {
  // Security infos stand in a bare SET, a signed object in a bare SEQUENCE (ICAO 9303-11 section 9.2.11).
  CardAccess: { id: FileId.CardAccess, directory: masterFile, tag: 0x31, size_max: 8192 },
  CardSecurity: { id: FileId.CardSecurity, directory: masterFile, tag: 0x30, size_max: 32_768 },
  ATRInfo: { id: FileId.ATRInfo, directory: masterFile, tag: null, size_max: 1024 },
  COM: { id: FileId.COM, directory: application, tag: 0x60, size_max: 512 },
  SOD: { id: FileId.SOD, directory: application, tag: 0x77, size_max: 32_768 },
  DG1: { id: FileId.DG1, directory: application, tag: 0x61, size_max: 256 },
  DG2: { id: FileId.DG2, directory: application, tag: 0x75, size_max: 131_072 },
  DG7: { id: FileId.DG7, directory: application, tag: 0x67, size_max: 65_536 },
  DG11: { id: FileId.DG11, directory: application, tag: 0x6b, size_max: 65_536 },
  DG12: { id: FileId.DG12, directory: application, tag: 0x6c, size_max: 131_072 },
  DG13: { id: FileId.DG13, directory: application, tag: 0x6d, size_max: 65_536 },
  DG14: { id: FileId.DG14, directory: application, tag: 0x6e, size_max: 16_384 },
  DG15: { id: FileId.DG15, directory: application, tag: 0x6f, size_max: 8192 },
  DG16: { id: FileId.DG16, directory: application, tag: 0x70, size_max: 16_384 },
};

/** Short identifier of a file (ICAO 9303-10 table 38): everywhere the low five bits of its identifier. */
export function shortIdentifierOf(file: Pick<ElementaryFile, 'id'>): number {
  return file.id & 0x1f;
}

/** Tag of data group n at index n - 1. */
const dataGroupTags = [
  0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70,
] as const;

/** Number (1..16) of the data group with this tag, or undefined. */
export function dataGroupOfTag(tag: number): number | undefined {
  const index = dataGroupTags.findIndex((known) => known === tag);
  return index < 0 ? undefined : index + 1;
}

/** Tag of data group 1..16, or undefined. */
export function tagOfDataGroup(number: number): number | undefined {
  return dataGroupTags[number - 1];
}
