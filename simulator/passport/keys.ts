/** Key pairs of simulated issuers, and signatures with them: the algorithms of ICAO 9303-12 section 4. */
import { type KeyObject, constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { context, integer, nullValue, oid, sequence } from './der.ts';

export type HashName = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** Default hash: about as strong as the key (ICAO 9303-12 section 4.1). */
const keyKinds = {
  'ecdsa-p224': { curve: 'secp224r1', hash: 'sha224' },
  'ecdsa-p256': { curve: 'prime256v1', hash: 'sha256' },
  'ecdsa-p384': { curve: 'secp384r1', hash: 'sha384' },
  'ecdsa-p521': { curve: 'secp521r1', hash: 'sha512' },
  'ecdsa-brainpoolP224r1': { curve: 'brainpoolP224r1', hash: 'sha224' },
  'ecdsa-brainpoolP256r1': { curve: 'brainpoolP256r1', hash: 'sha256' },
  'ecdsa-brainpoolP320r1': { curve: 'brainpoolP320r1', hash: 'sha256' },
  'ecdsa-brainpoolP384r1': { curve: 'brainpoolP384r1', hash: 'sha384' },
  'ecdsa-brainpoolP512r1': { curve: 'brainpoolP512r1', hash: 'sha512' },
  'rsa-2048': { modulus_bits: 2048, hash: 'sha256' },
  'rsa-3072': { modulus_bits: 3072, hash: 'sha256' },
  'rsa-4096': { modulus_bits: 4096, hash: 'sha256' },
  'rsa-pss-2048': { modulus_bits: 2048, hash: 'sha256' },
  'rsa-pss-3072': { modulus_bits: 3072, hash: 'sha256' },
  'rsa-pss-4096': { modulus_bits: 4096, hash: 'sha512' },
} as const satisfies Record<string, { hash: HashName } & ({ curve: string } | { modulus_bits: number })>;

export type KeyKind = keyof typeof keyKinds;
export const keyKindNames = Object.keys(keyKinds) as readonly KeyKind[];

export type SigningKey = {
  readonly kind: KeyKind;
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** SHA-1 over the public key, as RFC 5280 section 4.2.1.2 builds a key identifier. */
  readonly keyId: Uint8Array;
  readonly hash: HashName;
};

export type SigningKeyOptions = {
  /** Default: that of the kind. Documents from before 2010 have SHA-1. */
  readonly hash?: HashName;
  /** How an EC key says its curve; default 'explicit', as ICAO 9303-12 section 4.1.6 asks of certificates. */
  readonly curveParameters?: 'explicit' | 'named';
};

const hashOids: Readonly<Record<HashName, string>> = {
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

const ecdsaOids: Readonly<Record<HashName, string>> = {
  sha1: '1.2.840.10045.4.1',
  sha224: '1.2.840.10045.4.3.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};

const rsaOids: Readonly<Record<HashName, string>> = {
  sha1: '1.2.840.113549.1.1.5',
  sha224: '1.2.840.113549.1.1.14',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
};

const hashBytes: Readonly<Record<HashName, number>> = { sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 };

/** A fresh key pair. Takes seconds for the longest RSA keys. */
export function generateSigningKey(kind: KeyKind, o: SigningKeyOptions = {}): SigningKey {
  const parts = keyKinds[kind];
  const { publicKey, privateKey } =
    'curve' in parts
      ? generateKeyPairSync('ec', { namedCurve: parts.curve, paramEncoding: o.curveParameters ?? 'explicit' })
      : generateKeyPairSync('rsa', { modulusLength: parts.modulus_bits });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha1').update(spki).digest();
  return { kind, privateKey, publicKey: spki, keyId, hash: o.hash ?? parts.hash };
}

export function signWith(key: SigningKey, content: Uint8Array): Uint8Array {
  if (!isPSS(key)) return sign(key.hash, content, key.privateKey);
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return sign(key.hash, content, { key: key.privateKey, ...padding });
}

/** AlgorithmIdentifier of `signWith`. */
export function signatureIdentifier(key: SigningKey): Uint8Array {
  if ('curve' in keyKinds[key.kind]) return sequence(oid(ecdsaOids[key.hash]));
  if (!isPSS(key)) return sequence(oid(rsaOids[key.hash]), nullValue());
  // RFC 4055 section 3.1: hash, mask generation with the same hash, salt of the hash's length.
  const hash = hashIdentifier(key.hash);
  const mask = sequence(oid('1.2.840.113549.1.1.8'), hash);
  const salt = integer(hashBytes[key.hash]);
  return sequence(oid('1.2.840.113549.1.1.10'), sequence(context(0, hash), context(1, mask), context(2, salt)));
}

export function hashIdentifier(hash: HashName): Uint8Array {
  return sequence(oid(hashOids[hash]));
}

export function hashOid(hash: HashName): string {
  return hashOids[hash];
}

function isPSS(key: SigningKey): boolean {
  return key.kind.startsWith('rsa-pss');
}
