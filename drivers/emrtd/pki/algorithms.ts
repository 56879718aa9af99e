/** Hash and signature algorithms of the eMRTD PKI (ICAO 9303-12 section 4), by object identifier. */
import { type KeyObject, constants, verify } from 'node:crypto';
import { type ASN1Element, UniversalTag } from './asn1.ts';

export type HashAlgorithm = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

export type SignatureAlgorithm =
  | { readonly scheme: 'ecdsa' | 'ecdsa-plain' | 'rsa-pkcs1'; readonly hash: HashAlgorithm }
  | { readonly scheme: 'rsa-pss'; readonly hash: HashAlgorithm; readonly saltLength_bytes: number };

const hashes: Readonly<Record<string, HashAlgorithm>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

const signatures: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.10045.4.1': { scheme: 'ecdsa', hash: 'sha1' },
  '1.2.840.10045.4.3.1': { scheme: 'ecdsa', hash: 'sha224' },
  '1.2.840.10045.4.3.2': { scheme: 'ecdsa', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { scheme: 'ecdsa', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { scheme: 'ecdsa', hash: 'sha512' },
  // BSI TR-03111 section 5.2.1: r and s one after the other, each as long as the order.
  '0.4.0.127.0.7.1.1.4.1.1': { scheme: 'ecdsa-plain', hash: 'sha1' },
  '0.4.0.127.0.7.1.1.4.1.2': { scheme: 'ecdsa-plain', hash: 'sha224' },
  '0.4.0.127.0.7.1.1.4.1.3': { scheme: 'ecdsa-plain', hash: 'sha256' },
  '0.4.0.127.0.7.1.1.4.1.4': { scheme: 'ecdsa-plain', hash: 'sha384' },
  '0.4.0.127.0.7.1.1.4.1.5': { scheme: 'ecdsa-plain', hash: 'sha512' },
  '1.2.840.113549.1.1.5': { scheme: 'rsa-pkcs1', hash: 'sha1' },
  '1.2.840.113549.1.1.14': { scheme: 'rsa-pkcs1', hash: 'sha224' },
  '1.2.840.113549.1.1.11': { scheme: 'rsa-pkcs1', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { scheme: 'rsa-pkcs1', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { scheme: 'rsa-pkcs1', hash: 'sha512' },
};

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const RSASSA_PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';

/** Undefined for an algorithm that is not known. Throws ASN1Error for what is no AlgorithmIdentifier. */
export function hashAlgorithmOf(identifier: ASN1Element): HashAlgorithm | undefined {
  return hashAlgorithmNamed(identifier.child(0).oid);
}

/** By object identifier. */
export function hashAlgorithmNamed(oid: string): HashAlgorithm | undefined {
  return hashes[oid];
}

/**
 * Undefined for an algorithm that is not known. `digest` is the hash the signer names beside it: with the plain
 * "rsaEncryption" of AU, NZ and US documents it is the only place where the hash is said.
 */
export function signatureAlgorithmOf(
  identifier: ASN1Element,
  digest: HashAlgorithm | undefined,
): SignatureAlgorithm | undefined {
  const { oid } = identifier.child(0);
  if (oid === RSA_ENCRYPTION) return digest === undefined ? undefined : { scheme: 'rsa-pkcs1', hash: digest };
  return oid === RSASSA_PSS ? pssAlgorithmOf(identifier) : signatures[oid];
}

/** Defaults of RFC 4055 section 3.1, for fields that are left out. */
const PSS_SALT_BYTES = 20;
const PSS_TRAILER = 1;

/**
 * RFC 4055 section 3.1: a signature must have parameters; fields left out in them mean SHA-1, a salt of 20 bytes and
 * trailer 1, the only one there is. The mask must use the same hash, as node:crypto assumes.
 */
function pssAlgorithmOf(identifier: ASN1Element): SignatureAlgorithm | undefined {
  const parameters = identifier.children[1];
  if (parameters?.isUniversal(UniversalTag.SEQUENCE) !== true) return undefined;
  const hashField = parameters.context(0);
  const mask = parameters.context(1)?.child(0);
  const hash = hashField === undefined ? 'sha1' : hashAlgorithmOf(hashField.child(0));
  const maskHash = mask === undefined ? 'sha1' : hashAlgorithmOf(mask.child(1));
  const isMGF1 = mask === undefined || mask.child(0).oid === MGF1;
  const saltLength_bytes = parameters.context(2)?.child(0).integer ?? PSS_SALT_BYTES;
  const trailer = parameters.context(3)?.child(0).integer ?? PSS_TRAILER;
  const isKnown = hash !== undefined && hash === maskHash && isMGF1 && trailer === PSS_TRAILER;
  return isKnown ? { scheme: 'rsa-pss', hash, saltLength_bytes } : undefined;
}

/** True only for a signature that verifies. A key of another kind than the algorithm verifies nothing. */
export function verifySignature(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  const isElliptic = key.asymmetricKeyType === 'ec';
  if (isElliptic !== algorithm.scheme.startsWith('ecdsa')) return false;
  // OpenSSL would verify with the padding that such a key is limited to, whatever the algorithm says.
  if (key.asymmetricKeyType === 'rsa-pss' && algorithm.scheme !== 'rsa-pss') return false;
  try {
    if (algorithm.scheme === 'rsa-pss') {
      const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength_bytes };
      return verify(algorithm.hash, signed, { key, ...options }, signature);
    }
    const dsaEncoding = algorithm.scheme === 'ecdsa-plain' ? 'ieee-p1363' : 'der';
    return verify(algorithm.hash, signed, { key, dsaEncoding }, signature);
  } catch {
    // OpenSSL throws instead of answering false for a signature or key that does not fit the operation.
    return false;
  }
}

/** 'ec brainpoolP256r1', 'rsa 3072': public, for records. */
export function describeKey(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  return [key.asymmetricKeyType, namedCurve ?? modulusLength].filter((part) => part !== undefined).join(' ');
}

/** 'ecdsa sha256', for records. */
export function describeSignature(algorithm: SignatureAlgorithm | undefined): string | null {
  return algorithm === undefined ? null : `${algorithm.scheme} ${algorithm.hash}`;
}

export type KeyProblem = 'KEY_UNUSABLE' | 'KEY_CURVE_UNKNOWN' | 'KEY_TOO_WEAK';

/**
 * Curves of ICAO 9303-12 section 4.1.6 by the names of OpenSSL: Brainpool (RFC 5639) from 192 and NIST (FIPS 186-4)
 * from 224 bits. Published lists and documents hold none beside these.
 */
const curves: readonly string[] = [
  'brainpoolP192r1',
  'brainpoolP224r1',
  'brainpoolP256r1',
  'brainpoolP320r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
  'secp224r1',
  'prime256v1',
  'secp384r1',
  'secp521r1',
];

/** Least RSA modulus: what early editions of ICAO 9303 allowed document signers, and what CSCAs have at least. */
export const RSA_BITS_MIN = { documentSigner: 1024, trustAnchor: 2048 } as const;
const RSA_EXPONENT_MIN = 3n;

/**
 * Why a key must not be used, or undefined. Explicit curve parameters are usual in this PKI; parameters that belong to
 * no known curve are how a forged key borrows a trusted public point (CVE-2020-0601). With an RSA exponent of 1
 * everybody signs (RFC 8017 section 3.1 asks for an odd one from 3).
 */
export function keyProblem(key: KeyObject, rsaBits_min: number = RSA_BITS_MIN.documentSigner): KeyProblem | undefined {
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') {
    return namedCurve !== undefined && curves.includes(namedCurve) ? undefined : 'KEY_CURVE_UNKNOWN';
  }
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'rsa-pss') return 'KEY_UNUSABLE';
  const isStrong = modulusLength >= rsaBits_min && publicExponent >= RSA_EXPONENT_MIN && publicExponent % 2n === 1n;
  return isStrong ? undefined : 'KEY_TOO_WEAK';
}
