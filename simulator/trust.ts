/** What a gate needs to judge the documents of the simulated issuer, as an authority would have brought it to the gate. */
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JOURNAL, readJournal } from '../drivers/emrtd/pki/import-journal.ts';
import { folders } from '../drivers/emrtd/pki/trust-folder.ts';
import { importTrustFile } from '../drivers/emrtd/pki/trust-import.ts';
import type { Issuers } from './backstage.ts';
import { writeCRL } from './passport/crl.ts';
import { DEFECT_LIST_SIGNING, DefectType, writeDefectList } from './passport/defect-list.ts';
import { createListSigner } from './passport/list-signer.ts';

/** In the record of imports. */
const importer = 'simulator';
const day_ms = 86_400_000;
/** ICAO 9303-12: the next list comes after 90 days at the latest. */
const revokedFor_days = 30;
const listAge_days = 1;
const listValidFor_days = 89;
/** So long ago the newest list of the other issuer was up to date. */
const staleFor_days = 200;

/**
 * The certificate of the trusted issuer and its revocation list, in place of those that an earlier simulator brought. What
 * others put into the folder stays.
 */
export async function writeTrust(folder: string, issuers: Issuers, now_ms: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await withdrawLists(folder);
  const { trusted, revoked } = issuers;
  const stale = issuers['stale-list'];
  const name = `simulated-csca-${trusted.state.toLowerCase()}`;
  await writeWhole(join(folder, `${name}.cer`), trusted.cscaCertificate);
  await writeWhole(join(folder, `${name}-with-stale-list.cer`), stale.cscaCertificate);
  // Who vouches for signers of lists is pinned apart: no trust in documents follows from it.
  await mkdir(join(folder, folders.root), { recursive: true });
  await writeWhole(join(folder, folders.root, `${name}.cer`), trusted.cscaCertificate);
  const revocation = { serialNumber: revoked.signerSerialNumber, at_ms: now_ms - revokedFor_days * day_ms };
  await importList(folder, writeCRL(trusted, { ...listDates(now_ms), revoked: [revocation], number: 1 }), now_ms);
  await importList(
    folder,
    writeCRL(stale, { ...listDates(now_ms - staleFor_days * day_ms), revoked: [], number: 1 }),
    now_ms,
  );
  await importList(folder, defectList(issuers, now_ms), now_ms);
}

const listDates = (now_ms: number) => ({
  thisUpdate_ms: now_ms - listAge_days * day_ms,
  nextUpdate_ms: now_ms + listValidFor_days * day_ms,
});

/** Documents of one signer whose EF.COM does not say what is in them. */
function defectList({ trusted, 'known-defect': signer }: Issuers, now_ms: number): Uint8Array {
  const by = createListSigner(trusted, {
    now_ms: () => now_ms,
    entropy: (bytes) => randomBytes(bytes),
    purposes: [DEFECT_LIST_SIGNING],
  });
  const { cscaName: issuer, signerSerialNumber: serialNumber } = signer;
  const reference = { by: 'issuer-and-serial', issuer, serialNumber } as const;
  const defects = [{ signer: reference, known: [{ type: DefectType.COM_SOD_DISCREPANCY }] }];
  return writeDefectList(by, { defects, signedAt_ms: now_ms - listAge_days * day_ms });
}

async function importList(folder: string, list: Uint8Array, now_ms: number): Promise<void> {
  // A name that begins with a dot is none that a gate looks at.
  const file = join(folder, '.simulated-list');
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
