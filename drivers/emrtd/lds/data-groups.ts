/** The elementary files of the eMRTD application and their identifiers (ICAO 9303-10 section 4 and table 38). */

/** File identifiers. Data group n has 0x0100 + n. */
export const FileId = { COM: 0x011e, SOD: 0x011d, DG1: 0x0101, DG2: 0x0102 } as const;
export type FileName = keyof typeof FileId;

/** What the reader has to know of a file before it reads it. */
export type ElementaryFile = {
  readonly id: number;
  /** First tag. */
  readonly tag: number;
  /** Most bytes the file may announce: far above what issuers use, far below what would hurt. */
  readonly size_max: number;
};

export const elementaryFiles: Readonly<Record<FileName, ElementaryFile>> = {
  COM: { id: FileId.COM, tag: 0x60, size_max: 512 },
  SOD: { id: FileId.SOD, tag: 0x77, size_max: 32_768 },
  DG1: { id: FileId.DG1, tag: 0x61, size_max: 256 },
  DG2: { id: FileId.DG2, tag: 0x75, size_max: 131_072 },
};

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
