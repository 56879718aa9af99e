/** Keeps a trust folder: takes files of authorities in, and says what is there. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importTrustFile } from '../../drivers/emrtd/pki/trust-import.ts';
import { listTrust, renderImport, renderTrust } from '../../drivers/emrtd/pki/trust-report.ts';
import { TrustError } from '../../drivers/emrtd/pki/trust-codes.ts';
import type { Arrangement } from '../passport/misfortunes/misfortune.ts';
import type { Command } from './command-line.ts';
import type { Surroundings } from './surroundings.ts';

/** 1 when the file was refused; the folder is then what it was. */
export async function trustImport(
  { file, folder, by, isRoot, allowsOlder }: Extract<Command, { command: 'trust-import' }>,
  { say, complain }: Surroundings,
): Promise<number> {
  try {
    const record = await importTrustFile(folder, file, {
      by,
      now_ms: Date.now(),
      root: isRoot,
      allowOlder: allowsOlder,
    });
    say(renderImport(record));
    return 0;
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    complain(`not imported: ${error.message}`);
    return 1;
  }
}

export async function trustList(
  { folder, isJSON }: Extract<Command, { command: 'trust-list' }>,
  { say }: Surroundings,
): Promise<number> {
  const listing = await listTrust(folder, Date.now());
  say(isJSON ? JSON.stringify(listing) : renderTrust(listing));
  return 0;
}

const giver = 'npm run emrtd -- chip';

/** Puts what a reader has to trust for a simulated document into a folder; its CSCAs in place of those of the last one. */
export async function giveTrust(
  folder: string,
  { trusted, revocationLists, documentSigners }: Arrangement,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, certificate] of trusted.entries()) {
    await writeFile(join(folder, `simulated-csca-${index + 1}.cer`), certificate);
  }
  const work = await mkdtemp(join(tmpdir(), 'emrtd-'));
  try {
    const file = join(work, 'file');
    for (const content of [...(revocationLists ?? []), ...(documentSigners ?? [])]) {
      await writeFile(file, content);
      await importTrustFile(folder, file, { by: giver, now_ms: Date.now() });
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
