/** Lists of simulated authorities and folders to import them into. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import type { ImportRecord } from '../../drivers/emrtd/pki/import-journal.ts';
import { type TrustCode, TrustError } from '../../drivers/emrtd/pki/trust-codes.ts';
import { type ImportOptions, importTrustFile } from '../../drivers/emrtd/pki/trust-import.ts';
import type { ListTrust } from '../../drivers/emrtd/pki/signed-list.ts';
import { type Issuer, createIssuer } from '../../simulator/passport/issuer.ts';
import { type ListSigner, type ListSignerOptions, createListSigner } from '../../simulator/passport/list-signer.ts';
import { NOW_MS, seededEntropy } from './simulated-document.ts';

export const DAY_MS = 86_400_000;
/** Stands for the extended key usage of defect list signers, whose number is not known here. */
export const DEFECT_LIST_SIGNING = '0.4.0.127.0.7.3.1.99';

const made = { now_ms: () => NOW_MS, entropy: seededEntropy('lists') };

/** The state that signs lists; another one than those whose documents are inspected. */
export const publisher: Issuer = createIssuer({ state: 'XOM', country: 'XM', ...made });

export function listSigner(o: Partial<ListSignerOptions> = {}, issuer = publisher): ListSigner {
  return createListSigner(issuer, { ...made, ...o });
}

export const trustIn = (...roots: readonly Uint8Array[]): ListTrust => ({
  roots: roots.map(parseCertificate),
  importedAt_ms: NOW_MS,
});

/** The code of the TrustError that `act` throws; 'taken' when it throws none. */
export function refusalOf(act: () => unknown): TrustCode | 'taken' {
  try {
    act();
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
  return 'taken';
}

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trust-'));
  folders.push(folder);
  return folder;
}

/** Imports these bytes as somebody with a file would. */
export async function importBytes(
  folder: string,
  bytes: Uint8Array | string,
  o: Partial<ImportOptions> = {},
): Promise<ImportRecord> {
  const path = join(await emptyFolder(), 'received');
  await writeFile(path, bytes);
  return importTrustFile(folder, path, { by: 'an officer', now_ms: NOW_MS, ...o });
}

/** The code with which an import is refused; 'taken' when it is not. */
export async function importRefusal(...args: Parameters<typeof importBytes>): Promise<TrustCode | 'taken'> {
  try {
    await importBytes(...args);
  } catch (error) {
    if (error instanceof TrustError) return error.code;
    throw error;
  }
  return 'taken';
}
