/** Keys that anybody could break, and signatures whose algorithm this version does not know. */
import { type KeyObject, constants, generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { concatBytes } from '../../drivers/emrtd/iso7816/tlv.ts';
import { bitString, context, integer, nullValue, oid, sequence } from '../../simulator/passport/der.ts';
import { csca, inspectForged, sha256, signer } from './forged-document.ts';
import { outcomeOf } from './simulated-document.ts';

const spki = (key: KeyObject): Uint8Array => key.export({ type: 'spki', format: 'der' });
const rsaIdentifier = (algorithm: string): Uint8Array => sequence(oid(algorithm), nullValue());
const SHA256_WITH_RSA = rsaIdentifier('1.2.840.113549.1.1.11');

/** SubjectPublicKeyInfo of an RSA key with this exponent, which only 65537 fits. */
function withExponent(key: KeyObject, exponent: number): Uint8Array {
  const modulus = Buffer.from(key.export({ format: 'jwk' }).n ?? '', 'base64url');
  return sequence(rsaIdentifier('1.2.840.113549.1.1.1'), bitString(sequence(integer(modulus), integer(exponent))));
}

test.each([
  [512, 'failed KEY_TOO_WEAK'],
  [768, 'failed KEY_TOO_WEAK'],
  [1024, 'passed'],
  [2048, 'passed'],
])('the signature of an RSA key of %d bits ends as %s', async (modulusLength, outcome) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const inspection = await inspectForged({
    certificates: [signer({ publicKey: spki(publicKey) })],
    algorithm: SHA256_WITH_RSA,
    sign: (attributes) => sign('sha256', attributes, privateKey),
  });
  expect(outcomeOf(inspection, 'security-object-signature')).toBe(outcome);
  expect(inspection.portrait !== null).toBe(outcome === 'passed');
});

test('an RSA key with exponent 1, under which everybody can sign, signs nothing and is no trust anchor', async () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const head = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const own = withExponent(publicKey, 1);
  const inspection = await inspectForged({
    certificates: [signer({ publicKey: own })],
    algorithm: SHA256_WITH_RSA,
    // With e = 1 the signature is the padded hash itself (RFC 8017 section 9.2).
    sign: (attributes) =>
      concatBytes(
        Uint8Array.of(0, 1),
        new Uint8Array(256 - 3 - head.length - 32).fill(0xff),
        Uint8Array.of(0),
        head,
        sha256(attributes),
      ),
  });
  expect(outcomeOf(inspection, 'security-object-signature')).toBe('failed KEY_TOO_WEAK');
  expect(inspection.portrait).toBeNull();
  for (const exponent of [1, 2, 65536]) {
    const { refused } = createTrustStore([csca({ publicKey: withExponent(publicKey, exponent) })]);
    expect(refused, `exponent ${exponent}`).toEqual([{ index: 0, because: 'KEY_TOO_WEAK' }]);
  }
  expect(createTrustStore([csca({ publicKey: withExponent(publicKey, 3) })]).refused).toEqual([]);
});

test('an RSA key below 2048 bits is no trust anchor, although it may sign documents', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1536 });
  const { trust, refused } = createTrustStore([csca({ publicKey: spki(publicKey) })]);
  expect(trust.certificates).toEqual([]);
  expect(refused).toEqual([{ index: 0, because: 'KEY_TOO_WEAK' }]);
});

test.each(['secp112r1', 'secp128r1', 'sect113r1', 'secp160k1', 'brainpoolP160r1', 'secp256k1'])(
  'the curve %s is none that states sign with',
  async (namedCurve) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
    const inspection = await inspectForged({
      certificates: [signer({ publicKey: spki(publicKey) })],
      sign: (attributes) => sign('sha256', attributes, privateKey),
    });
    expect(outcomeOf(inspection, 'security-object-signature')).toBe('failed KEY_CURVE_UNKNOWN');
    const { refused } = createTrustStore([csca({ publicKey: spki(publicKey) })]);
    expect(refused).toEqual([{ index: 0, because: 'KEY_CURVE_UNKNOWN' }]);
  },
);

test.each(['brainpoolP192r1', 'brainpoolP224r1', 'brainpoolP320r1', 'brainpoolP512r1', 'secp224r1', 'secp521r1'])(
  'the curve %s is one that states sign with',
  async (namedCurve) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve, paramEncoding: 'explicit' });
    const inspection = await inspectForged({
      certificates: [signer({ publicKey: spki(publicKey) })],
      sign: (attributes) => sign('sha256', attributes, privateKey),
    });
    expect(outcomeOf(inspection, 'security-object-signature')).toBe('passed');
  },
);

test.each([
  ['MD5 with RSA', '1.2.840.113549.1.1.4', 'md5', 'undetermined ALGORITHM_UNKNOWN'],
  ['RIPEMD-160 with RSA', '1.3.36.3.3.1.2', 'ripemd160', 'undetermined ALGORITHM_UNKNOWN'],
  ['SHA3-256 with RSA', '2.16.840.1.101.3.4.3.14', 'sha3-256', 'undetermined ALGORITHM_UNKNOWN'],
  ['SHA-512/256 with RSA', '1.2.840.113549.1.1.16', 'sha512-256', 'undetermined ALGORITHM_UNKNOWN'],
  ['SHA-1 with RSA', '1.2.840.113549.1.1.5', 'sha1', 'passed SHA1_USED'],
])('a signer certified with %s ends as %s %s %s', async (_, algorithm, hash, outcome) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificates = [signer({ algorithm: rsaIdentifier(algorithm), sign: (body) => sign(hash, body, privateKey) })];
  const inspection = await inspectForged({ certificates }, [csca({ publicKey: spki(publicKey) })]);
  expect(outcomeOf(inspection, 'issuer-certificate')).toBe(outcome);
  const isKnown = outcome.startsWith('passed');
  expect(outcomeOf(inspection, 'certificate-validity')).toBe(isKnown ? 'passed' : outcome);
  expect(outcomeOf(inspection, 'issuing-state-matches')).toBe(isKnown ? 'passed' : outcome);
});

const pss = (...parameters: readonly Uint8Array[]): Uint8Array => sequence(oid('1.2.840.113549.1.1.10'), ...parameters);
const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'));
const pssParameters = (salt: number, ...more: readonly Uint8Array[]): Uint8Array =>
  sequence(
    context(0, SHA256),
    context(1, sequence(oid('1.2.840.113549.1.1.8'), SHA256)),
    context(2, integer(salt)),
    ...more,
  );

test.each([
  ['salt as announced', pss(pssParameters(32)), 32, 'passed'],
  ['no salt, as announced', pss(pssParameters(0)), 0, 'passed'],
  ['another salt than announced', pss(pssParameters(32)), 20, 'failed SIGNATURE_INVALID'],
  ['more salt than the key has room for', pss(pssParameters(4000)), 32, 'failed SIGNATURE_INVALID'],
  ['another trailer', pss(pssParameters(32, context(3, integer(2)))), 32, 'undetermined ALGORITHM_UNKNOWN'],
  ['the usual trailer, said', pss(pssParameters(32, context(3, integer(1)))), 32, 'passed'],
  ['NULL for parameters', pss(nullValue()), 32, 'undetermined ALGORITHM_UNKNOWN'],
  ['no parameters', pss(), 20, 'undetermined ALGORITHM_UNKNOWN'],
])('RSA-PSS with %s ends as expected', async (_, algorithm, saltLength, outcome) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const inspection = await inspectForged({
    certificates: [signer({ publicKey: spki(publicKey) })],
    algorithm,
    sign: (attributes) =>
      sign('sha256', attributes, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }),
  });
  expect(outcomeOf(inspection, 'security-object-signature')).toBe(outcome);
});

test('a key for RSA-PSS only does not sign under another name', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
  const inspection = await inspectForged({
    certificates: [signer({ publicKey: spki(publicKey) })],
    algorithm: SHA256_WITH_RSA,
    sign: (attributes) => sign('sha256', attributes, privateKey),
  });
  expect(outcomeOf(inspection, 'security-object-signature')).toBe('failed SIGNATURE_INVALID');
});
