/** Issues a simulated passport: genuine, or altered after it was signed. */
import { FileId, type FileName } from '../../drivers/emrtd/lds/data-groups.ts';
import type { Issuer } from './issuer.ts';
import { type Portrait, writeCOM, writeDG1, writeDG2, writeSOD } from './logical-data-structure.ts';
import { type Holder, writeTD3 } from './mrz-writer.ts';

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
};

export type Passport = {
  /** As printed on the data page. */
  readonly mrzLines: readonly string[];
  /** Elementary files by file identifier. */
  readonly files: ReadonlyMap<number, Uint8Array>;
};

export function issuePassport(o: PassportOptions): Passport {
  const mrzLines = writeTD3(o.holder, o.issuer.state);
  const dg1 = writeDG1(mrzLines);
  const dg2 = writeDG2(o.portrait);
  const signed = new Map([
    [1, dg1],
    [2, dg2],
  ]);
  const files = new Map<number, Uint8Array>([
    [FileId.COM, writeCOM([1, 2])],
    [FileId.SOD, writeSOD(signed, o.issuer, o.signedAt_ms)],
    [FileId.DG1, dg1],
    [FileId.DG2, dg2],
  ]);
  return o.alter === undefined ? { mrzLines, files } : altered({ mrzLines, files }, o.alter, o.issuer.state);
}

function altered(passport: Passport, alteration: Alteration, state: string): Passport {
  const files = new Map(passport.files);
  if (alteration.kind === 'replace-holder') {
    const mrzLines = writeTD3(alteration.holder, state);
    files.set(FileId.DG1, writeDG1(mrzLines));
    return { mrzLines, files };
  }
  if (alteration.kind === 'replace-portrait') files.set(FileId.DG2, writeDG2(alteration.portrait));
  else files.set(FileId[alteration.file], withFlippedBit(files.get(FileId[alteration.file]), alteration.offset));
  return { ...passport, files };
}

function withFlippedBit(original: Uint8Array | undefined, offset: number): Uint8Array {
  const file = Uint8Array.from(original ?? []);
  const at = offset < 0 ? file.length + offset : offset;
  const octet = file[at];
  if (octet === undefined) throw new RangeError(`the file has no byte ${offset}`);
  file[at] = octet ^ 1;
  return file;
}
