/** Key pairs of simulated issuers, and signatures with them. */
import { type KeyObject, constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { context, integer, nullValue, oid, sequence } from './der.ts';

export type KeyKind = 'ecdsa-p256' | 'ecdsa-brainpoolP256r1' | 'ecdsa-brainpoolP384r1' | 'rsa-2048' | 'rsa-pss-2048';

export type SigningKey = {
  readonly kind: KeyKind;
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** SHA-1 over the public key, as RFC 5280 section 4.2.1.2 builds a key identifier. */
  readonly keyId: Uint8Array;
  readonly hash: 'sha256' | 'sha384';
};

const curves: Readonly<Partial<Record<KeyKind, string>>> = {
  'ecdsa-p256': 'prime256v1',
  'ecdsa-brainpoolP256r1': 'brainpoolP256r1',
  'ecdsa-brainpoolP384r1': 'brainpoolP384r1',
};

const hashOids = { sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2' } as const;

const ecdsaOids = { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3' } as const;

/** A fresh key pair. EC keys carry explicit curve parameters, as ICAO 9303-12 section 4.1.6 asks of certificates. */
export function generateSigningKey(kind: KeyKind): SigningKey {
  const { publicKey, privateKey } = generate(kind);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const hash = kind === 'ecdsa-brainpoolP384r1' ? 'sha384' : 'sha256';
  return { kind, privateKey, publicKey: spki, keyId: createHash('sha1').update(spki).digest(), hash };
}

export function signWith(key: SigningKey, content: Uint8Array): Uint8Array {
  if (key.kind !== 'rsa-pss-2048') return sign(key.hash, content, key.privateKey);
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return sign(key.hash, content, { key: key.privateKey, ...padding });
}

/** AlgorithmIdentifier of `signWith`. */
export function signatureIdentifier(key: SigningKey): Uint8Array {
  if (key.kind === 'rsa-2048') return sequence(oid('1.2.840.113549.1.1.11'), nullValue());
  if (key.kind !== 'rsa-pss-2048') return sequence(oid(ecdsaOids[key.hash]));
  // RFC 4055 section 3.1: hash, mask generation with the same hash, salt of the hash's length.
  const hash = hashIdentifier(key.hash);
  const mask = sequence(oid('1.2.840.113549.1.1.8'), hash);
  return sequence(oid('1.2.840.113549.1.1.10'), sequence(context(0, hash), context(1, mask), context(2, integer(32))));
}

export function hashIdentifier(hash: SigningKey['hash']): Uint8Array {
  return sequence(oid(hashOids[hash]));
}

function generate(kind: KeyKind): { publicKey: KeyObject; privateKey: KeyObject } {
  const namedCurve = curves[kind];
  return namedCurve === undefined
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve, paramEncoding: 'explicit' });
}
