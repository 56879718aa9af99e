/** What a gate needs to judge the documents of the simulated issuer, as an authority would have brought it to the gate. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JOURNAL, readJournal } from '../drivers/emrtd/pki/import-journal.ts';
import { importTrustFile } from '../drivers/emrtd/pki/trust-import.ts';
import type { Issuers } from './backstage.ts';
import { writeCRL } from './passport/crl.ts';

/** In the record of imports. */
const importer = 'simulator';
const day_ms = 86_400_000;
/** ICAO 9303-12: the next list comes after 90 days at the latest. */
const revokedFor_days = 30;
const listAge_days = 1;
const listValidFor_days = 89;

/**
 * The certificate of the trusted issuer and its revocation list, in place of those that an earlier simulator brought. What
 * others put into the folder stays.
 */
export async function writeTrust(folder: string, issuers: Issuers, now_ms: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await withdrawLists(folder);
  const { trusted, revoked } = issuers;
  await writeWhole(join(folder, `simulated-csca-${trusted.state.toLowerCase()}.cer`), trusted.cscaCertificate);
  const list = writeCRL(trusted, {
    revoked: [{ serialNumber: revoked.signerSerialNumber, at_ms: now_ms - revokedFor_days * day_ms }],
    thisUpdate_ms: now_ms - listAge_days * day_ms,
    nextUpdate_ms: now_ms + listValidFor_days * day_ms,
    number: 1,
  });
  // A name that begins with a dot is none that a gate looks at.
  const file = join(folder, '.simulated.crl');
  await writeFile(file, list);
  try {
    await importTrustFile(folder, file, { by: importer, now_ms });
  } finally {
    await rm(file, { force: true });
  }
}

/** Keys are new at every start: nobody can verify the lists of an earlier one any more. */
async function withdrawLists(folder: string): Promise<void> {
  const { records } = await readJournal(folder);
  const own = records.filter(({ by }) => by === importer);
  if (own.length === 0) return;
  const kept = records.filter(({ by }) => by !== importer);
  await writeWhole(join(folder, JOURNAL), kept.map((record) => `${JSON.stringify(record)}\n`).join(''));
  for (const { file } of own) await rm(join(folder, file), { force: true });
}

/** A half-written file is never seen. */
async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}
