/**
 * Integrated mapping of the PACE nonce (ICAO 9303-11 section 4.4.3.3.2 and appendix B.2): both nonces, through a
 * pseudo-random function into the field, and from there into the group.
 */
import { invert, mod, pow } from '@noble/curves/abstract/modular.js';
import { concatBytes } from '../iso7816/tlv.ts';
import { type CipherSuite, encryptBlocks, keyBytesOf, zeroVector } from './cipher-suite.ts';
import type { CurvePoint } from './curves.ts';
import { type EllipticGroup, type Group, bitsOf, numberFrom } from './domain-parameters.ts';

/** So many bits more than the field has, so that the remainder is as good as evenly distributed. */
const SPARE_BITS = 64;

type Constants = { readonly c0: Uint8Array; readonly c1: Uint8Array };

const constants128: Constants = {
  c0: bytes('a668892a7c41e3ca739f40b057d85904'),
  c1: bytes('a4e136ac725f738b01c1f60217c188ad'),
};
const constants256: Constants = {
  c0: bytes('d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676'),
  c1: bytes('54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517'),
};

/** Length of the chip's nonce: the smallest multiple of the block that is not shorter than the key. */
export function integratedNonceBytes(suite: CipherSuite): 16 | 32 {
  return keyBytesOf(suite) > 16 ? 32 : 16;
}

/** Whether the point encoding works on the group's curve: p = 3 mod 4, which NIST P-224 does not fulfil. */
export function isIntegratedMappingPossible(group: Group): boolean {
  return group.kind === 'dh' || group.point.CURVE().p % 4n === 3n;
}

/**
 * The group with the generator that the nonces determine. Undefined when they determine none, which an honest nonce does
 * with negligible probability only.
 *
 * @param nonce of the chip, `integratedNonceBytes` of them
 * @param readerNonce as long as a key of the suite
 */
export function mapIntegrated(
  suite: CipherSuite,
  group: Group,
  nonce: Uint8Array,
  readerNonce: Uint8Array,
): Group | undefined {
  const p = group.kind === 'ec' ? group.point.CURVE().p : group.p;
  return withGeneratorFor(group, pseudoRandom(suite, nonce, readerNonce, p));
}

/** f_G and f_g: the group with the generator for a number below p, or undefined when that number gives none. */
export function withGeneratorFor(group: Group, number: bigint): Group | undefined {
  if (group.kind === 'ec') {
    const generator = pointFor(group, number);
    return generator === undefined ? undefined : { ...group, generator };
  }
  const g = pow(number, (group.p - 1n) / group.q, group.p);
  return g <= 1n ? undefined : { ...group, g };
}

/** R_p(s,t): a number below `p` from both nonces. The first key encrypts the chip's nonce under the reader's. */
export function pseudoRandom(suite: CipherSuite, nonce: Uint8Array, readerNonce: Uint8Array, p: bigint): bigint {
  const { c0, c1 } = integratedNonceBytes(suite) === 16 ? constants128 : constants256;
  const encrypt = (key: Uint8Array, data: Uint8Array): Uint8Array =>
    encryptBlocks(suite, key.subarray(0, keyBytesOf(suite)), zeroVector(suite), data);
  const count = Math.ceil((bitsOf(p) + SPARE_BITS) / (8 * c1.length));
  const parts: Uint8Array[] = [];
  let key = encrypt(readerNonce, nonce);
  for (let i = 0; i < count; i++) {
    parts.push(encrypt(key, c1));
    key = encrypt(key, c0);
  }
  return numberFrom(concatBytes(...parts)) % p;
}

/** Appendix B.2, with its names; undefined for the few t at which its divisor is zero. The cofactor is 1. */
function pointFor(group: EllipticGroup, t: bigint): CurvePoint | undefined {
  const { a, b, p } = group.point.CURVE();
  const alpha = mod(-t * t, p);
  const divisor = mod(alpha + alpha * alpha, p);
  if (divisor === 0n) return undefined;
  const x2 = mod(-b * invert(a, p) * (1n + invert(divisor, p)), p);
  const h2 = mod(x2 ** 3n + a * x2 + b, p);
  const u = mod(t ** 3n * h2, p);
  const root = pow(h2, p - 1n - (p + 1n) / 4n, p);
  const isSquare = mod(root * root * h2, p) === 1n;
  const point = group.point.fromAffine(
    isSquare ? { x: x2, y: mod(root * h2, p) } : { x: mod(alpha * x2, p), y: mod(root * u, p) },
  );
  point.assertValidity();
  return point;
}

function bytes(hexadecimal: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hexadecimal, 'hex'));
}
