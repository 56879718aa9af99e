/** Published documents, lists and recordings beside the repository; whoever has none skips the tests that need them. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { certificatesIn } from '../../drivers/emrtd/pki/trust-folder.ts';
import { readTLV, readTLVs } from '../../drivers/emrtd/iso7816/tlv.ts';

const folder = fileURLToPath(new URL('../../../shared/data/emrtd/', import.meta.url));

/** Why tests that need the data are skipped, or false. */
export const isDataAbsent = !existsSync(`${folder}README.md`);
if (isDataAbsent) console.warn('published eMRTD data not found beside the repository: conformance tests are skipped');

export function recorded(path: string): Uint8Array {
  return Uint8Array.from(readFileSync(folder + path));
}

export function recordedNames(path: string): readonly string[] {
  return readdirSync(folder + path).sort();
}

export function recordedCertificates(path: string): readonly Uint8Array[] {
  return existsSync(folder + path) ? certificatesIn(recorded(path)) : [];
}

/**
 * The CSCA certificates in a master list (ICAO 9303-12 section 9): CMS SignedData around SEQUENCE { version, SET OF
 * Certificate }. Walked here without authenticating the list, whose certificates serve these tests only.
 */
export function masterListCertificates(name: string): readonly Uint8Array[] {
  const value = (bytes: Uint8Array, ...path: readonly number[]): Uint8Array =>
    path.reduce((inner, index) => readTLVs(inner)[index]?.value ?? new Uint8Array(0), bytes);
  const signedData = value(readTLV(recorded(`masterlists/${name}`)).value, 1, 0);
  const list = value(signedData, 2, 1, 0, 0);
  const set = value(list, 1);
  const certificates: Uint8Array[] = [];
  for (let offset = 0; offset < set.length; ) {
    const certificate = readTLV(set, offset);
    certificates.push(certificate.raw);
    offset += certificate.raw.length;
  }
  return certificates;
}
