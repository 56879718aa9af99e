/** Certificate files of a trust folder: what somebody imported is what is loaded. */
import { expect, test } from 'vitest';
import { fingerprint } from '../../drivers/emrtd/pki/certificate-evidence.ts';
import { loadTrustFolder, readTrustFolder } from '../../drivers/emrtd/pki/trust-folder.ts';
import { octetString } from '../../simulator/passport/der.ts';
import { certificateAuthority, csca, cscaKey, extension, keyUsage, subjectKeyId } from './forged-document.ts';
import { utopia } from './simulated-document.ts';
import { emptyFolder, importBytes } from './trust-material.ts';

/** Not at the begin of a line, where a PEM reader would look for it. */
function hiding(hidden: Uint8Array): Uint8Array {
  const text = `comment -----BEGIN CERTIFICATE-----${Buffer.from(hidden).toString('base64')}-----END CERTIFICATE-----`;
  return csca({
    extensions: [
      subjectKeyId(cscaKey.keyId),
      keyUsage(0x06),
      certificateAuthority,
      extension('1.2.3.4', false, octetString(Buffer.from(text))),
    ],
  });
}

test('a CSCA certificate that holds another one in text form is trusted itself, the other is not', async () => {
  const folder = await emptyFolder();
  const carrier = hiding(utopia.cscaCertificate);
  expect((await importBytes(folder, carrier)).kind).toBe('anchor');
  const { trust, refused } = await loadTrustFolder(folder);
  expect(refused).toEqual([]);
  expect(trust.certificates.map(({ der }) => fingerprint(der))).toEqual([fingerprint(carrier)]);
});

test('a root that holds another one in text form is pinned itself, the other is not', async () => {
  const folder = await emptyFolder();
  const carrier = hiding(utopia.cscaCertificate);
  await importBytes(folder, carrier, { root: true });
  const { roots } = await readTrustFolder(folder);
  expect(roots.map(({ value }) => fingerprint(value.der))).toEqual([fingerprint(carrier)]);
});
