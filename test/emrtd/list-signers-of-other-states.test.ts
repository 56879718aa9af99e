/** Signers of lists: a pinned root speaks for its own state and for no other. */
import { expect, test } from 'vitest';
import { openMasterList } from '../../drivers/emrtd/pki/master-list.ts';
import { oid, sequence } from '../../simulator/passport/der.ts';
import { generateSigningKey } from '../../simulator/passport/keys.ts';
import { writeMasterList } from '../../simulator/passport/master-list.ts';
import { certificate, certificateAuthority, cscaKey, extension, keyUsage } from './forged-document.ts';
import { NOW_MS, utopia } from './simulated-document.ts';
import { DAY_MS, importBytes, emptyFolder, importRefusal, listSigner, publisher } from './trust-material.ts';
import { refusalOf, trustIn } from './trust-material.ts';

const purpose = extension('2.5.29.37', true, sequence(oid('2.23.136.1.1.3')));

/** A master list under an authority of this country, for which the pinned publisher, of XM, vouches. */
function listThrough(country: string, day: number): Uint8Array {
  const middle = { ...publisher.cscaName, country, commonName: 'Next' };
  const key = generateSigningKey('ecdsa-p256');
  const link = certificate({
    issuer: publisher.cscaName,
    issuerKey: publisher.cscaKey,
    subject: middle,
    publicKey: cscaKey.publicKey,
    extensions: [keyUsage(0x06), certificateAuthority],
  });
  const signer = certificate({
    issuer: middle,
    issuerKey: cscaKey,
    publicKey: key.publicKey,
    extensions: [keyUsage(0x80), purpose],
  });
  const by = { certificate: signer, cscaCertificate: link, cscaName: middle, serialNumber: Uint8Array.of(7), key };
  return writeMasterList(by, { certificates: [utopia.cscaCertificate], signedAt_ms: NOW_MS + day * DAY_MS });
}

test('a link certificate leads to a new name of the same state, never to another state', () => {
  const pinned = trustIn(publisher.cscaCertificate);
  expect(refusalOf(() => openMasterList(listThrough('XM', 0), pinned))).toBe('taken');
  expect(refusalOf(() => openMasterList(listThrough('UT', 0), pinned))).toBe('LIST_SIGNER_UNTRUSTED');
});

test('a list under the root of one state never takes the place of the list of another', async () => {
  const folder = await emptyFolder();
  await importBytes(folder, publisher.cscaCertificate, { root: true });
  await importBytes(folder, utopia.cscaCertificate, { root: true });
  const genuine = writeMasterList(listSigner({}, utopia), {
    certificates: [utopia.cscaCertificate],
    signedAt_ms: NOW_MS - DAY_MS,
  });
  await importBytes(folder, genuine);
  expect(await importRefusal(folder, listThrough('UT', 0))).toBe('LIST_SIGNER_UNTRUSTED');
});
