/** Loads a folder of CSCA certificates into a trust store. */
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type RefusedAnchor, type TrustStore, createTrustStore } from './trust-store.ts';

export type LoadedTrust = {
  readonly trust: TrustStore;
  /** Files, or certificates in files, that were not taken. */
  readonly refused: readonly { readonly file: string; readonly because: RefusedAnchor | 'file-too-large' }[];
};

const FILE_BYTES_MAX = 1_048_576;
const extensions = ['.cer', '.crt', '.der', '.pem'];
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/**
 * Every .cer, .crt, .der and .pem file directly in `folder`: one DER certificate, or PEM blocks. Rejects only with the
 * file system's own error, when the folder or a file in it cannot be read.
 */
export async function loadTrustFolder(folder: string): Promise<LoadedTrust> {
  const names = (await readdir(folder)).filter((name) => extensions.some((end) => name.toLowerCase().endsWith(end)));
  const found: { file: string; der: Uint8Array }[] = [];
  const refused: { file: string; because: RefusedAnchor | 'file-too-large' }[] = [];
  for (const file of names.sort()) {
    const path = join(folder, file);
    if ((await stat(path)).size > FILE_BYTES_MAX) refused.push({ file, because: 'file-too-large' });
    else found.push(...certificatesIn(await readFile(path)).map((der) => ({ file, der })));
  }
  const store = createTrustStore(found.map(({ der }) => der));
  const notTaken = store.refused.map(({ index, because }) => ({ file: found[index]?.file ?? '', because }));
  return { trust: store.trust, refused: [...refused, ...notTaken] };
}

/** The DER certificates in a file: its PEM blocks, or the file itself when it has none. */
export function certificatesIn(file: Uint8Array): readonly Uint8Array[] {
  const blocks = [...Buffer.from(file).toString('latin1').matchAll(PEM_BLOCK)];
  if (blocks.length === 0) return [Uint8Array.from(file)];
  return blocks.map((block) => Uint8Array.from(Buffer.from(block[1] ?? '', 'base64')));
}
