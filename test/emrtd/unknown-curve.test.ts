/** An elliptic-curve key on a curve that is none of the known ones, as a forger would make it (CVE-2020-0601). */
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { inspect, outcomeOf, passportOf, trusting, utopia } from './simulated-document.ts';

/** Generator of P-256 with which the simulated certificates spell out their curve. */
const GENERATOR = Buffer.from(
  '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
    '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  'hex',
);

/** The same certificate with its own public point as generator: the private key to it would be 1. */
function withOwnGenerator(certificate: Uint8Array): Uint8Array {
  const { publicKey } = new X509Certificate(certificate);
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  const forged = Uint8Array.from(certificate);
  const at = Buffer.from(certificate).indexOf(GENERATOR);
  expect(at).toBeGreaterThan(0);
  forged.set(point, at);
  return forged;
}

test('a signer whose key lies on a curve of its own making is refused, whatever it signed', async () => {
  const signerCertificate = withOwnGenerator(utopia.signerCertificate);
  const inspection = await inspect(passportOf({ issuer: { ...utopia, signerCertificate } }), {
    trust: trusting(utopia),
  });
  expect(outcomeOf(inspection, 'security-object-signature')).toBe('failed KEY_CURVE_UNKNOWN');
  expect(outcomeOf(inspection, 'issuer-certificate')).not.toBe('passed');
  expect(inspection.portrait).toBeNull();
});

test('a certificate with such a key does not become a trust anchor', () => {
  const { trust, refused } = createTrustStore([withOwnGenerator(utopia.cscaCertificate)]);
  expect(trust.certificates).toEqual([]);
  expect(refused).toEqual([{ index: 0, because: 'KEY_CURVE_UNKNOWN' }]);
});
