/** The trust folder over months: imports, older lists, power cuts, files that somebody copied or changed. */
import { appendFile, copyFile, mkdir, readFile, readdir, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTrustFolder } from '../../drivers/emrtd/pki/trust-folder.ts';
import { listTrust, renderImport, renderTrust } from '../../drivers/emrtd/pki/trust-report.ts';
import type { Name } from '../../simulator/passport/certificates.ts';
import { writeCRL } from '../../simulator/passport/crl.ts';
import { DefectType, writeDefectList } from '../../simulator/passport/defect-list.ts';
import { integer, sequence } from '../../simulator/passport/der.ts';
import { withNewCSCA } from '../../simulator/passport/issuer.ts';
import { signList } from '../../simulator/passport/list-signer.ts';
import { writeMasterList } from '../../simulator/passport/master-list.ts';
import { NOW_MS, inspect, issuerOf, outcomeOf, passportOf, seededEntropy, utopia } from './simulated-document.ts';
import { csca } from './forged-document.ts';
import {
  DAY_MS,
  DEFECT_LIST_SIGNING,
  emptyFolder,
  importBytes,
  importRefusal,
  listSigner,
  publisher,
} from './trust-material.ts';

const signer = listSigner({ signerValidity_days: 30 });
const masterList = (day: number, ...certificates: readonly Uint8Array[]): Uint8Array =>
  writeMasterList(signer, {
    certificates: certificates.length === 0 ? [utopia.cscaCertificate] : certificates,
    signedAt_ms: NOW_MS + day * DAY_MS,
  });
const crl = (day: number, revoked: readonly Uint8Array[] = [], issuer = utopia): Uint8Array =>
  writeCRL(issuer, {
    revoked: revoked.map((serialNumber) => ({ serialNumber, at_ms: NOW_MS })),
    thisUpdate_ms: NOW_MS + day * DAY_MS,
    nextUpdate_ms: NOW_MS + (day + 30) * DAY_MS,
    number: 1,
  });
const at = (day: number): { now_ms: number } => ({ now_ms: NOW_MS + day * DAY_MS });

async function folderWithRoot(): Promise<string> {
  const folder = await emptyFolder();
  await importBytes(folder, publisher.cscaCertificate, { root: true });
  return folder;
}
const anchorsIn = async (folder: string): Promise<number> => (await loadTrustFolder(folder)).trust.certificates.length;

test('a folder of imported lists judges a document as its lists say', async () => {
  const folder = await folderWithRoot();
  await importBytes(folder, masterList(-1));
  const outcomes = async (): Promise<readonly string[]> => {
    const { trust, refused } = await loadTrustFolder(folder);
    expect(refused).toEqual([]);
    const inspection = await inspect(passportOf(), { trust });
    return [outcomeOf(inspection, 'issuer-certificate'), outcomeOf(inspection, 'certificate-revocation')];
  };
  expect(await outcomes()).toEqual(['passed', 'undetermined REVOCATION_UNKNOWN']);
  await importBytes(folder, crl(-1));
  expect(await outcomes()).toEqual(['passed', 'passed']);
  await importBytes(folder, crl(0, [utopia.signerSerialNumber]));
  expect(await outcomes()).toEqual(['passed', 'failed SIGNER_REVOKED']);
  expect(await readdir(join(folder, 'revocation'))).toHaveLength(1);
});

test('a root that is pinned for lists makes no document trusted', async () => {
  const folder = await emptyFolder();
  await importBytes(folder, utopia.cscaCertificate, { root: true });
  expect(await anchorsIn(folder)).toBe(0);
});

test('what a file is, it says itself: CSCA, document signer, lists; anything else is refused', async () => {
  const folder = await folderWithRoot();
  const kinds = [
    await importBytes(folder, utopia.cscaCertificate),
    await importBytes(folder, utopia.signerCertificate),
    await importBytes(folder, masterList(-1)),
    await importBytes(folder, crl(-1)),
    await importBytes(
      folder,
      writeDefectList(listSigner({ purposes: [DEFECT_LIST_SIGNING] }), { defects: [], signedAt_ms: NOW_MS }),
    ),
  ].map(({ kind }) => kind);
  expect(kinds).toEqual(['anchor', 'document-signer', 'master-list', 'crl', 'defect-list']);
  expect(await importRefusal(folder, 'garbage')).toBe('FILE_KIND_UNKNOWN');
  expect(await importRefusal(folder, sequence(integer(1)))).toBe('FILE_KIND_UNKNOWN');
  expect(await importRefusal(folder, crl(-1, [], issuerOf({ state: 'XXA', country: 'XA' })))).toBe(
    'CRL_ISSUER_UNKNOWN',
  );
  expect(await importRefusal(folder, crl(2))).toBe('LIST_FROM_THE_FUTURE');
  expect(await importRefusal(folder, masterList(-1), { root: true })).toBe('CERTIFICATE_REFUSED');
  const data = signList(signer, { contentType: '1.2.840.113549.1.7.1', content: sequence(), signedAt_ms: NOW_MS });
  expect(await importRefusal(folder, data)).toBe('LIST_CONTENT_TYPE_WRONG');
});

test('PEM is taken as DER is; two blocks in one file are two imports', async () => {
  const folder = await folderWithRoot();
  const pem = (label: string, der: Uint8Array): string =>
    `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;
  await importBytes(folder, pem('CERTIFICATE', utopia.cscaCertificate));
  expect((await importBytes(folder, pem('X509 CRL', crl(-1)))).kind).toBe('crl');
  const two = pem('X509 CRL', crl(-1)) + pem('X509 CRL', crl(0));
  expect(await importRefusal(folder, two)).toBe('FILE_KIND_UNKNOWN');
});

test('an older list is refused while a newer one is at hand, unless somebody says so', async () => {
  const folder = await folderWithRoot();
  await importBytes(folder, masterList(-1, utopia.cscaCertificate, issuerOf().cscaCertificate));
  expect(await importRefusal(folder, masterList(-9))).toBe('LIST_OLDER');
  expect(await anchorsIn(folder)).toBe(2);
  expect(await importRefusal(folder, masterList(-9), { allowOlder: true })).toBe('taken');
  expect(await anchorsIn(folder)).toBe(1);
  await importBytes(folder, crl(-1, [utopia.signerSerialNumber]));
  expect(await importRefusal(folder, crl(-2))).toBe('LIST_OLDER');
  expect(await importRefusal(folder, crl(-1, [utopia.signerSerialNumber]))).toBe('taken');
});

test('a newer list is the only one of its issuer that counts; what it left out is not trusted any more', async () => {
  const folder = await folderWithRoot();
  await importBytes(folder, masterList(-9, utopia.cscaCertificate, issuerOf().cscaCertificate));
  await importBytes(folder, masterList(-1));
  expect(await anchorsIn(folder)).toBe(1);
  expect(await readdir(join(folder, 'master-lists'))).toHaveLength(1);
});

test('lists under the old and the new key of one authority stand beside each other', async () => {
  const folder = await emptyFolder();
  const { issuer: renewed } = withNewCSCA(utopia, { now_ms: () => NOW_MS, entropy: seededEntropy('renewed') });
  await importBytes(folder, utopia.cscaCertificate);
  await importBytes(folder, renewed.cscaCertificate);
  await importBytes(folder, crl(-1));
  await importBytes(folder, crl(-2, [], renewed));
  expect((await loadTrustFolder(folder)).trust.lists).toHaveLength(2);
});

test('a list stays in force when its signer expires after the import, and is not taken after that', async () => {
  const folder = await folderWithRoot();
  await importBytes(folder, masterList(-1));
  expect(await importRefusal(folder, masterList(0), at(40))).toBe('LIST_SIGNER_NOT_VALID');
  expect(await anchorsIn(folder)).toBe(1);
});

test('a list that was copied into the folder, changed there, or lost its root does not count', async () => {
  const folder = await folderWithRoot();
  const list = masterList(-1);
  const { file } = await importBytes(folder, list);
  await copyFile(join(folder, file), join(folder, 'master-lists/copied.ml'));
  expect((await loadTrustFolder(folder)).refused).toEqual([
    { file: 'master-lists/copied.ml', because: 'IMPORT_UNRECORDED' },
  ]);
  await appendFile(join(folder, file), '\0');
  const changed = await loadTrustFolder(folder);
  expect(changed.trust.certificates).toEqual([]);
  expect(changed.refused).toContainEqual({ file, because: 'FILE_ALTERED' });
  await writeFile(join(folder, file), list);
  await rename(join(folder, 'roots'), join(folder, 'pinned'));
  const { trust, refused } = await loadTrustFolder(folder);
  expect(trust.certificates).toEqual([]);
  expect(refused).toContainEqual({ file, because: 'LIST_SIGNER_UNTRUSTED' });
});

test('an import that a power cut interrupts leaves the list that was there', async () => {
  const folder = await folderWithRoot();
  await importBytes(folder, masterList(-9));
  // Before the rename: a part of the file. After it: the whole file and no record, or a part of the record.
  await writeFile(join(folder, 'master-lists/.XM-20261121.ml.part'), masterList(-1).subarray(0, 99));
  expect(await loadTrustFolder(folder)).toMatchObject({ refused: [], trust: { lists: [{ entries: 1 }] } });
  await writeFile(join(folder, 'master-lists/XM-20261121.ml'), masterList(-1));
  await appendFile(join(folder, 'imports.jsonl'), '{"by":"an offi');
  const { trust, refused } = await loadTrustFolder(folder);
  expect(trust.lists[0]?.issued_ms).toBe(NOW_MS - 9 * DAY_MS);
  expect(refused).toEqual([
    { file: 'imports.jsonl', because: 'IMPORT_RECORD_MALFORMED' },
    { file: 'master-lists/XM-20261121.ml', because: 'IMPORT_UNRECORDED' },
  ]);
  await importBytes(folder, masterList(-1));
  expect((await loadTrustFolder(folder)).trust.lists[0]?.issued_ms).toBe(NOW_MS - DAY_MS);
});

test('a record that leads out of the folder, or says no date, is no record', async () => {
  const folder = await folderWithRoot();
  const record = await importBytes(folder, masterList(-1));
  for (const change of [{ file: '../outside.ml' }, { at_ms: null }, { kind: 'other' }, { sha256: 7 }]) {
    await writeFile(join(folder, 'imports.jsonl'), `${JSON.stringify({ ...record, ...change })}\n`);
    const { trust, refused } = await loadTrustFolder(folder);
    expect(trust.lists).toEqual([]);
    expect(refused.map(({ because }) => because)).toEqual(['IMPORT_RECORD_MALFORMED', 'IMPORT_UNRECORDED']);
  }
});

test('a file larger than any list is refused before it is read, also where it lies in the folder', async () => {
  const folder = await folderWithRoot();
  const { file } = await importBytes(folder, masterList(-1));
  await truncate(join(folder, file), 9_000_000);
  expect((await loadTrustFolder(folder)).refused).toContainEqual({ file, because: 'FILE_TOO_LARGE' });
  const large = join(await emptyFolder(), 'large');
  await writeFile(large, '');
  await truncate(large, 9_000_000);
  expect(await importRefusal(folder, await readFile(large))).toBe('FILE_TOO_LARGE');
});

test('an import that is refused leaves the folder as it was', async () => {
  const folder = await folderWithRoot();
  const before = [await readdir(folder, { recursive: true }), await readFile(join(folder, 'imports.jsonl'), 'utf8')];
  await importRefusal(folder, masterList(-1).subarray(0, 500));
  await importRefusal(folder, crl(-1));
  const after = [await readdir(folder, { recursive: true }), await readFile(join(folder, 'imports.jsonl'), 'utf8')];
  expect(after).toEqual(before);
});

test('the table names everything that counts, what is stale, and what is refused', async () => {
  const folder = await folderWithRoot();
  await importBytes(folder, utopia.cscaCertificate);
  await importBytes(folder, crl(-1));
  await mkdir(join(folder, 'defects'), { recursive: true });
  const known = [{ type: DefectType.COM_SOD_DISCREPANCY }];
  const defects = [{ signer: { by: 'subject-key-id', keyId: Uint8Array.of(1) }, known }] as const;
  await writeFile(join(folder, 'defects/x.dl'), writeDefectList(signer, { defects, signedAt_ms: NOW_MS }));
  const listing = await listTrust(folder, NOW_MS + 40 * DAY_MS);
  expect(listing.rows.map(({ kind, country, state, entries }) => [kind, country, state, entries])).toEqual([
    ['root', 'XM', 'fresh', 1],
    ['anchor', 'UT', 'fresh', 1],
    ['crl', 'UT', 'stale', 0],
  ]);
  expect(listing.rows.every(({ imported }) => imported?.by === 'an officer')).toBe(true);
  const text = renderTrust(listing);
  expect(text).toMatch(/^crl +UT +2026-11-21 +2026-12-21 +stale +0 +2026-11-22 +an officer +revocation\//m);
  expect(text).toMatch(/^1 CSCA certificates of 1 countries\nrefused defects\/x\.dl: IMPORT_UNRECORDED$/m);
});

test('a certificate that calls its country a path stays in the folder, one that moves the cursor does not move it', async () => {
  const folder = await emptyFolder();
  const nameOf = (country: string): Name => ({ country, organisation: 'Simulated issuer', commonName: 'Authority' });
  const path = csca({ issuer: nameOf('../../x'), subject: nameOf('../../x') });
  expect((await importBytes(folder, path)).file).toMatch(/^XX-[0-9A-FT]+-[0-9a-f]{12}\.cer$/);
  const bell = csca({ issuer: nameOf('U\u001b[2J'), subject: nameOf('U\u001b[2J') });
  expect(renderImport(await importBytes(folder, bell))).toMatch(/^imported anchor of U\?\[2J,/);
  const text = renderTrust(await listTrust(folder, NOW_MS));
  expect(text).toMatch(/^anchor +U\?\[2J +/m);
  expect(text.split('\n')).toHaveLength(4);
});
