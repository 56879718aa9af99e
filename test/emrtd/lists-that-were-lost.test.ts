/** An imported list that cannot be used any more is named: without it, signers that it revokes would pass. */
import { appendFile, copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type * as FS from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { loadTrustFolder } from '../../drivers/emrtd/pki/trust-folder.ts';
import { writeCRL } from '../../simulator/passport/crl.ts';
import { writeDefectList } from '../../simulator/passport/defect-list.ts';
import { NOW_MS, utopia } from './simulated-document.ts';
import { DAY_MS, DEFECT_LIST_SIGNING, emptyFolder, importBytes, listSigner, publisher } from './trust-material.ts';

/** What happens beside the loading, at the moment a list is looked at. */
const meanwhile = vi.hoisted(() => ({ path: '', act: async (): Promise<void> => undefined }));
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof FS>();
  return {
    ...fs,
    stat: async (path: string) => {
      if (path === meanwhile.path) {
        meanwhile.path = '';
        await meanwhile.act();
      }
      return fs.stat(path);
    },
  };
});
afterEach(() => {
  meanwhile.path = '';
});

const crl = (day: number): Uint8Array =>
  writeCRL(utopia, {
    revoked: [{ serialNumber: utopia.signerSerialNumber, at_ms: NOW_MS }],
    thisUpdate_ms: NOW_MS + day * DAY_MS,
    nextUpdate_ms: NOW_MS + 30 * DAY_MS,
    number: 1,
  });

async function folderWithCRL(): Promise<{ folder: string; file: string }> {
  const folder = await emptyFolder();
  await importBytes(folder, utopia.cscaCertificate);
  const { file } = await importBytes(folder, crl(-2));
  expect((await loadTrustFolder(folder)).missingLists).toEqual([]);
  return { folder, file };
}
const missingIn = async (folder: string): Promise<readonly string[]> =>
  (await loadTrustFolder(folder)).missingLists.map(({ file, because }) => `${file} ${because}`);

test('a revocation list that was changed, cut to nothing or taken away is missing until it is imported again', async () => {
  const { folder, file } = await folderWithCRL();
  await appendFile(join(folder, file), '\0');
  expect(await missingIn(folder)).toEqual([`${file} FILE_ALTERED`]);
  await writeFile(join(folder, file), '');
  expect(await missingIn(folder)).toEqual([`${file} FILE_ALTERED`]);
  await rm(join(folder, file));
  expect(await missingIn(folder)).toEqual([`${file} FILE_UNREADABLE`]);
  await importBytes(folder, crl(-2));
  expect(await missingIn(folder)).toEqual([]);
});

test('a revocation list whose issuer is not trusted any more is missing', async () => {
  const { folder, file } = await folderWithCRL();
  const [certificate] = (await readFile(join(folder, 'imports.jsonl'), 'utf8')).split('\n');
  await rm(join(folder, (JSON.parse(certificate ?? '') as { file: string }).file));
  expect(await missingIn(folder)).toEqual([`${file} CRL_ISSUER_UNKNOWN`]);
});

test('a defect list whose root was taken away is missing', async () => {
  const folder = await emptyFolder();
  const root = await importBytes(folder, publisher.cscaCertificate, { root: true });
  const signer = listSigner({ purposes: [DEFECT_LIST_SIGNING] });
  const { file } = await importBytes(folder, writeDefectList(signer, { defects: [], signedAt_ms: NOW_MS }));
  expect(await missingIn(folder)).toEqual([]);
  await rm(join(folder, root.file));
  expect(await missingIn(folder)).toEqual([`${file} LIST_SIGNER_UNTRUSTED`]);
});

test('a list whose record was damaged or lost is missing', async () => {
  const { folder, file } = await folderWithCRL();
  const journal = await readFile(join(folder, 'imports.jsonl'), 'utf8');
  await writeFile(join(folder, 'imports.jsonl'), journal.slice(0, -20));
  expect(await missingIn(folder)).toEqual([`${file} IMPORT_UNRECORDED`]);
  await rm(join(folder, 'imports.jsonl'));
  expect(await missingIn(folder)).toEqual([`${file} IMPORT_UNRECORDED`]);
  await importBytes(folder, crl(-2));
  expect(await missingIn(folder)).toEqual([]);
});

test('a certificate that is refused, a copied list and a superseded one are not missing', async () => {
  const { folder, file } = await folderWithCRL();
  await writeFile(join(folder, 'garbage.cer'), 'garbage');
  await mkdir(join(folder, 'defects'), { recursive: true });
  await copyFile(join(folder, file), join(folder, 'defects/copied.dl'));
  await importBytes(folder, crl(-1));
  const { refused, missingLists } = await loadTrustFolder(folder);
  expect(refused.map(({ because }) => because).toSorted()).toEqual(['IMPORT_UNRECORDED', 'not-a-certificate']);
  expect(missingLists).toEqual([]);
});

test('a list that an import supersedes while the folder is read is not missing', async () => {
  const { folder, file } = await folderWithCRL();
  meanwhile.act = async () => {
    await importBytes(folder, crl(-1));
    await expect(stat(join(folder, file))).rejects.toThrow('ENOENT');
  };
  meanwhile.path = join(folder, file);
  const { trust, refused, missingLists } = await loadTrustFolder(folder);
  expect(meanwhile.path).toBe('');
  expect([refused, missingLists]).toEqual([[], []]);
  expect(trust.lists.map(({ issued_ms }) => issued_ms)).toEqual([NOW_MS - DAY_MS]);
});
