/** How the chip turns the nonce of PACE into a generator (ICAO 9303-11 section 4.4.3.3 and appendix B). */
import { type CipherSuite, blockBytesOf, encryptBlocks, keyBytesOf } from '../../drivers/emrtd/access/cipher-suite.ts';
import {
  type EllipticGroup,
  type FiniteGroup,
  type Group,
  type PublicKey,
  numberFrom,
  sharedPoint,
} from '../../drivers/emrtd/access/domain-parameters.ts';
import { concatBytes } from '../../drivers/emrtd/iso7816/tlv.ts';

/** Constants c0 and c1 of the pseudo-random function, by the bits of the nonce s. */
const pseudoRandomConstants = {
  128: ['a668892a7c41e3ca739f40b057d85904', 'a4e136ac725f738b01c1f60217c188ad'],
  256: [
    'd463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676',
    '54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517',
  ],
} as const;

/** Bits beyond those of the field, which make the result as good as even. */
const SURPLUS_BITS = 64;

/** Bytes of the nonce s for integrated mapping: whole blocks, as many as the key needs at least. */
export function integratedNonceBytes(suite: CipherSuite): 16 | 32 {
  return keyBytesOf(suite) > 16 ? 32 : 16;
}

/** Generic mapping: s times the generator plus what both sides have agreed on; undefined when that is neutral. */
export function mapGenerically(group: Group, nonce: Uint8Array, secret: bigint, other: PublicKey): Group | undefined {
  const s = numberFrom(nonce);
  if (group.kind === 'ec' && other.kind === 'ec') {
    const agreed = sharedPoint(secret, other);
    const scalar = s % group.order;
    const generator = scalar === 0n ? agreed : group.point.BASE.multiply(scalar).add(agreed);
    return generator.is0() ? undefined : { ...group, generator };
  }
  if (group.kind !== 'dh' || other.kind !== 'dh') return undefined;
  const g = (power(group.g, s % group.q, group.p) * power(other.y, secret, group.p)) % group.p;
  return g === 1n ? undefined : { ...group, g };
}

/** Integrated mapping of the chip's nonce s and the reader's nonce t; undefined when they lead to no generator. */
export function mapIntegrated(group: Group, suite: CipherSuite, s: Uint8Array, t: Uint8Array): Group | undefined {
  const prime = group.kind === 'ec' ? group.point.CURVE().p : group.p;
  const element = pseudoRandomElement(suite, s, t, prime);
  return group.kind === 'ec' ? mapToCurve(group, element) : mapToSubgroup(group, element);
}

/** R_p(s,t): block cipher in CBC mode, keyed by its own output, read as one number (figure 2). */
export function pseudoRandomElement(suite: CipherSuite, s: Uint8Array, t: Uint8Array, prime: bigint): bigint {
  const [c0, c1] = pseudoRandomConstants[s.length === 32 ? 256 : 128].map((hex) => Buffer.from(hex, 'hex'));
  if (c0 === undefined || c1 === undefined) throw new TypeError('two constants');
  const bits_min = prime.toString(2).length + SURPLUS_BITS;
  const keyBytes = keyBytesOf(suite);
  const parts: Uint8Array[] = [];
  let key = encipher(suite, t, s).subarray(0, keyBytes);
  for (let bits = 0; bits < bits_min; bits += 8 * s.length) {
    parts.push(encipher(suite, key, c1));
    key = encipher(suite, key, c0).subarray(0, keyBytes);
  }
  return numberFrom(concatBytes(...parts)) % prime;
}

/**
 * The point of appendix B. With h the curve's right side at X2 and r = h^((p+1)/4), r is a root of h or of -h: in the
 * first case the point lies above X2, in the second above X3 = -t^2 X2, where the right side is -t^6 h. Either way the
 * ordinate is h/r, times t^3 in the second case. Needs p = 3 mod 4.
 */
export function mapToCurve(group: EllipticGroup, t: bigint): EllipticGroup | undefined {
  const field = group.point.Fp;
  const { a, b } = group.point.CURVE();
  if (t === 0n || field.ORDER % 4n !== 3n) return undefined;
  const alpha = field.neg(field.sqr(t));
  const denominator = field.mul(a, field.add(alpha, field.sqr(alpha)));
  if (field.is0(denominator)) return undefined;
  const numerator = field.neg(field.mul(b, field.add(field.ONE, field.add(alpha, field.sqr(alpha)))));
  const x2 = field.mul(numerator, field.inv(denominator));
  const h = field.add(field.add(field.mul(field.sqr(x2), x2), field.mul(a, x2)), b);
  if (field.is0(h)) return undefined;
  const root = field.pow(h, (field.ORDER + 1n) / 4n);
  const ordinate = field.mul(h, field.inv(root));
  const isSquare = field.eql(field.sqr(root), h);
  const generator = isSquare
    ? group.point.fromAffine({ x: x2, y: ordinate })
    : group.point.fromAffine({ x: field.mul(alpha, x2), y: field.mul(ordinate, field.pow(t, 3n)) });
  generator.assertValidity();
  return { ...group, generator };
}

/** x^((p-1)/q): in the subgroup, and not neutral. */
function mapToSubgroup(group: FiniteGroup, x: bigint): FiniteGroup | undefined {
  const g = power(x, (group.p - 1n) / group.q, group.p);
  return g <= 1n ? undefined : { ...group, g };
}

/** Square and multiply from the highest bit down. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

/** CBC from a vector of zeros. */
function encipher(suite: CipherSuite, key: Uint8Array, data: Uint8Array): Uint8Array {
  return encryptBlocks(suite, key, new Uint8Array(blockBytesOf(suite)), data);
}
