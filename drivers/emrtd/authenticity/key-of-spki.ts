/**
 * The public keys of a document: those of DG14 and EF.CardSecurity for key agreement, that of DG15 for signatures. A key
 * only comes out of here when nobody but its owner can use it.
 */
import { type KeyObject, createPublicKey } from 'node:crypto';
import { pow } from '@noble/curves/abstract/modular.js';
import {
  type FiniteGroup,
  type Group,
  type PublicKey,
  bytesFrom,
  curveNamed,
  isCurveName,
  numberFrom,
  parsePublicKey,
  standardizedGroup,
} from '../access/domain-parameters.ts';
import { TLVError, expectTLV } from '../iso7816/tlv.ts';
import { type KeyProblem, keyProblem } from '../pki/algorithms.ts';
import { type ASN1Element, ASN1Error, UniversalTag, parseASN1 } from '../pki/asn1.ts';

/** A static public key of a chip, known to lie in its group. */
export type AgreementKey = { readonly group: Group; readonly publicKey: PublicKey };

const Oid = {
  /** Parameter identifier of ICAO 9303-11 section 9.5.1 in place of parameters: German EF.CardSecurity. */
  STANDARDIZED_DOMAIN_PARAMETERS: '0.4.0.127.0.7.1.2',
  EC_PUBLIC_KEY: '1.2.840.10045.2.1',
  /** X9.42 (RFC 3279 section 2.3.3): p, g, q. */
  DH_PUBLIC_NUMBER: '1.2.840.10046.2.1',
  /** PKCS #3: p, g and perhaps the length of secrets. */
  DH_KEY_AGREEMENT: '1.2.840.113549.1.3.1',
} as const;

const BIT_STRING = 3;
/** The smallest and the largest group of ICAO 9303-11 section 9.5.1 have 1024 and 2048 bits. */
const P_BITS_MIN = 1024;
/** 4096 bits and a leading zero: in larger groups the arithmetic takes too long. */
const NUMBER_BYTES_MAX = 513;
const Q_BITS_MIN = 160;
/** Bases of the Miller-Rabin test. OpenSSL takes 64 at least, half a second on a busy machine. */
const PRIME_BASES: readonly bigint[] = [2n, 3n, 5n, 7n];
/** Groups of RFC 5114 by their parameter identifiers. */
const KNOWN_FINITE_GROUPS: readonly number[] = [0, 1, 2];

/**
 * The key in a SubjectPublicKeyInfo for key agreement, or undefined when it must not be used: a curve that is none of the
 * known ones, in name, number or explicit parameters; a DH group that is too small or none; a public key outside its group.
 */
export function groupOfPublicKey(spki: Uint8Array): AgreementKey | undefined {
  try {
    const [algorithm, bits] = parseASN1(spki).children;
    if (algorithm === undefined || bits === undefined) return undefined;
    const { oid } = algorithm.child(0);
    if (oid === Oid.EC_PUBLIC_KEY) return ellipticKeyOf(spki, bitsOf(bits));
    if (oid === Oid.STANDARDIZED_DOMAIN_PARAMETERS) return standardizedKeyOf(algorithm.child(1).integer, bitsOf(bits));
    const isFinite = oid === Oid.DH_PUBLIC_NUMBER || oid === Oid.DH_KEY_AGREEMENT;
    return isFinite ? finiteKeyOf(algorithm.child(1), oid === Oid.DH_PUBLIC_NUMBER, bitsOf(bits)) : undefined;
  } catch (error) {
    if (error instanceof ASN1Error) return undefined;
    throw error;
  }
}

/** The key in DG15 (ICAO 9303-10 section 4.7.15) for checking signatures, or why there is none. */
export function keyOfDG15(
  dg15: Uint8Array,
): { readonly key: KeyObject } | { readonly because: KeyProblem | 'ACTIVE_AUTHENTICATION_KEY_MALFORMED' } {
  try {
    const key = openKey(parseASN1(expectTLV(dg15, 0x6f).value).raw);
    const problem = key === undefined ? 'KEY_UNUSABLE' : (keyProblem(key) ?? formProblem(key));
    return key === undefined || problem !== undefined ? { because: problem ?? 'KEY_UNUSABLE' } : { key };
  } catch (error) {
    if (error instanceof ASN1Error || error instanceof TLVError) {
      return { because: 'ACTIVE_AUTHENTICATION_KEY_MALFORMED' };
    }
    throw error;
  }
}

/** RSA limited to PSS signs nothing with message recovery, and message recovery here takes a modulus of whole bytes. */
function formProblem(key: KeyObject): KeyProblem | undefined {
  const isRSA = key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 1) % 8 === 0;
  return isRSA || key.asymmetricKeyType === 'ec' ? undefined : 'KEY_UNUSABLE';
}

function openKey(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    // OpenSSL refuses to decode the key at all: an algorithm, a curve or a point that it does not know.
    return undefined;
  }
}

/** OpenSSL names the curve when all explicit parameters are those of a known one, generator and order included. */
function ellipticKeyOf(spki: Uint8Array, point: Uint8Array): AgreementKey | undefined {
  const name = openKey(spki)?.asymmetricKeyDetails?.namedCurve;
  if (name === undefined || !isCurveName(name)) return undefined;
  return keyIn(curveNamed(name), point);
}

function standardizedKeyOf(parameterId: number, encoded: Uint8Array): AgreementKey | undefined {
  const group = standardizedGroup(parameterId);
  if (group === undefined) return undefined;
  return keyIn(group, group.kind === 'ec' ? encoded : trimmed(unsigned(parseASN1(encoded))));
}

function finiteKeyOf(parameters: ASN1Element, hasOrder: boolean, encoded: Uint8Array): AgreementKey | undefined {
  const [p, g, q] = [parameters.child(0), parameters.child(1), hasOrder ? parameters.child(2) : undefined];
  const group = finiteGroupOf(unsigned(p), unsigned(g), q === undefined ? undefined : unsigned(q));
  return group === undefined ? undefined : keyIn(group, trimmed(unsigned(parseASN1(encoded))));
}

/**
 * A group in which the discrete logarithm is hard. Where the order q of the subgroup is said, it must be a prime and the
 * order of g, and so a divisor of p - 1. Where it is not, membership cannot be told: p - 1 stands for it, which only keeps 0, 1 and
 * p - 1 out.
 */
function finiteGroupOf(p: bigint, g: bigint, q: bigint | undefined): FiniteGroup | undefined {
  const known = KNOWN_FINITE_GROUPS.map((id) => standardizedGroup(id)).find(
    (group): group is FiniteGroup => group?.kind === 'dh' && group.p === p && group.g === g,
  );
  if (known !== undefined) return q === undefined || q === known.q ? known : undefined;
  const bits = bitLength(p);
  if (bits < P_BITS_MIN || !isPrime(p)) return undefined;
  if (q !== undefined && (bitLength(q) < Q_BITS_MIN || !isPrime(q))) return undefined;
  const group: FiniteGroup = { kind: 'dh', name: 'explicit', p, g, q: q ?? p - 1n, p_bytes: Math.ceil(bits / 8) };
  return parsePublicKey(group, trimmed(g)) === undefined ? undefined : group;
}

function keyIn(group: Group, bytes: Uint8Array): AgreementKey | undefined {
  const publicKey = parsePublicKey(group, bytes);
  return publicKey === undefined ? undefined : { group, publicKey };
}

/** Content of a BIT STRING of whole bytes. */
function bitsOf(element: ASN1Element): Uint8Array {
  const { content } = element;
  if (!element.isUniversal(BIT_STRING) || content[0] !== 0) throw new ASN1Error('bit string of whole bytes expected');
  return content.subarray(1);
}

/** A non-negative INTEGER. */
function unsigned(element: ASN1Element): bigint {
  const { content } = element;
  const isUnsigned = element.isUniversal(UniversalTag.INTEGER) && content.length > 0 && (content[0] ?? 0) < 0x80;
  if (!isUnsigned || content.length > NUMBER_BYTES_MAX) throw new ASN1Error('unsigned integer expected');
  return numberFrom(content);
}

function trimmed(value: bigint): Uint8Array {
  return bytesFrom(value, Math.ceil(bitLength(value) / 8));
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/**
 * Miller-Rabin (FIPS 186-4 appendix C.3.1) for an odd number of many bits. Who wants a composite number to pass can build
 * one, but must get the issuer to sign it: what this finds is a number that was corrupted.
 */
function isPrime(value: bigint): boolean {
  if (value % 2n === 0n) return false;
  let odd = value - 1n;
  let twos = 0;
  for (; odd % 2n === 0n; odd /= 2n) twos += 1;
  return PRIME_BASES.every((base) => {
    let root = pow(base, odd, value);
    if (root === 1n) return true;
    for (let squared = 1; squared < twos && root !== value - 1n; squared++) root = (root * root) % value;
    return root === value - 1n;
  });
}
