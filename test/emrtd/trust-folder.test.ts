import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadTrustFolder } from '../../drivers/emrtd/pki/trust-folder.ts';
import { inspect, issuerOf, outcomeOf, passportOf, utopia } from './simulated-document.ts';

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function folderWith(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trust-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;

test('a folder of DER and PEM files is a trust store; the same certificate twice counts once', async () => {
  const other = issuerOf();
  const folder = await folderWith({
    'utopia.der': utopia.cscaCertificate,
    'both.pem': pem(utopia.cscaCertificate) + pem(other.cscaCertificate),
    'notes.txt': 'not looked at',
  });
  const { trust, refused } = await loadTrustFolder(folder);
  expect(trust.certificates).toHaveLength(2);
  expect(refused).toEqual([]);
  expect(outcomeOf(await inspect(passportOf(), { trust }), 'issuer-certificate')).toBe('passed');
});

test('a document signer or garbage in the folder is refused by name and trusts nothing', async () => {
  const folder = await folderWith({ 'signer.cer': utopia.signerCertificate, 'garbage.crt': 'garbage' });
  const { trust, refused } = await loadTrustFolder(folder);
  expect(trust.certificates).toEqual([]);
  expect(refused).toEqual([
    { file: 'garbage.crt', because: 'not-a-certificate' },
    { file: 'signer.cer', because: 'not-a-certificate-authority' },
  ]);
});

test('a folder that is not there is an error of the file system', async () => {
  await expect(loadTrustFolder(join(tmpdir(), 'no-such-folder-here'))).rejects.toMatchObject({ code: 'ENOENT' });
});
