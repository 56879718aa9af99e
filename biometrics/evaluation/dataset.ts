/** A folder of person folders: which pictures there are, whose they are, and which are the same file twice. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Picture = {
  /** Person folder and file name, with `/`. */
  readonly file: string;
  /** Index into `persons`. */
  readonly person: number;
  /** SHA-256 of the bytes: two files with the same one are one original and are never compared. */
  readonly original: string;
};

export type Dataset = {
  readonly folder: string;
  /** Names of the person folders, sorted. */
  readonly persons: readonly string[];
  readonly pictures: readonly Picture[];
  /** Files in person folders that are no pictures by their extension. */
  readonly passedOver: number;
  /** Files that repeat the bytes of an earlier one. */
  readonly repeated: number;
  /** SHA-256 over names and contents: which data a figure was measured on. */
  readonly digest: string;
};

/** The folder is not a data set; the message says in plain words what is missing. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

/** What a gate is given: JPEG from cameras and chips, JPEG 2000 from chips. */
export const pictureExtension = /\.(?:jpe?g|jp2|j2k|jpf|jpc)$/i;

/** All pairs of this many pictures take some 150 MB; more is a case for parts of the set. */
export const pictures_max = 6000;

/** Throws `DatasetError`. Reads every file once for its digest and keeps none. */
export async function readDataset(folder: string): Promise<Dataset> {
  const persons = (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const pictures: Picture[] = [];
  let passedOver = 0;
  for (const [person, name] of persons.entries()) {
    for (const entry of await entriesOf(join(folder, name))) {
      if (!entry.isFile()) continue;
      if (!pictureExtension.test(entry.name)) {
        passedOver += 1;
        continue;
      }
      if (pictures.length >= pictures_max) throw new DatasetError(`More than ${pictures_max} pictures: split the set.`);
      const original = createHash('sha256').update(await readFile(join(folder, name, entry.name)));
      pictures.push({ file: `${name}/${entry.name}`, person, original: original.digest('hex') });
    }
  }
  const withPictures = new Set(pictures.map(({ person }) => person)).size;
  if (withPictures < 2) {
    throw new DatasetError(
      `The data set has ${withPictures} person folders with pictures (.jpg, .jp2) and needs at least 2: ` +
        'one folder for each person, the pictures inside.',
    );
  }
  const digest = createHash('sha256').update(pictures.map(({ file, original }) => `${file} ${original}\n`).join(''));
  const repeated = pictures.length - new Set(pictures.map(({ original }) => original)).size;
  return { folder, persons, pictures, passedOver, repeated, digest: digest.digest('hex') };
}

/** Visible entries in the order of their names, the same on every machine. */
export async function entriesOf(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new DatasetError(`The folder "${folder}" cannot be read.`, { cause });
  }
}
