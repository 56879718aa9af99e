/**
 * Domain parameters of PACE and Chip Authentication (ICAO 9303-11 sections 9.4.5, 9.5.1 and 9.6): the groups, their
 * public keys as bytes, and the key agreement. A public key that came from a chip is only ever used after
 * `parsePublicKey` has found it in the group.
 *
 * The arithmetic is not constant in time: fit for keys that live for one session, not for a lasting one.
 */
import { pow } from '@noble/curves/abstract/modular.js';
import { type CurveName, type CurvePoint, type PointClass, pointClasses } from './curves.ts';
import { type ModpParameters, modp1024q160, modp2048q224, modp2048q256 } from './modp-groups.ts';

export type { CurveName } from './curves.ts';

export type EllipticGroup = {
  readonly kind: 'ec';
  /** As OpenSSL calls the curve. */
  readonly name: CurveName;
  readonly point: PointClass;
  /** The standard one, or the one that PACE has mapped the nonce to. */
  readonly generator: CurvePoint;
  /** Bytes of a coordinate and of the order: the field and the order of these curves are equally long. */
  readonly coordinate_bytes: number;
  readonly order: bigint;
};

export type FiniteGroup = {
  readonly kind: 'dh';
  /** 'explicit': spelt out by the key that uses it. */
  readonly name: 'rfc5114-1024-160' | 'rfc5114-2048-224' | 'rfc5114-2048-256' | 'explicit';
  readonly p: bigint;
  /** The standard generator, or the one that PACE has mapped the nonce to. */
  readonly g: bigint;
  /** Order of the subgroup that the generator spans. */
  readonly q: bigint;
  readonly p_bytes: number;
};

export type Group = EllipticGroup | FiniteGroup;

/** A public key that is known to lie in its group. */
export type PublicKey =
  | { readonly kind: 'ec'; readonly point: CurvePoint }
  | { readonly kind: 'dh'; readonly y: bigint };

/** Standardized domain parameters by their identifier (ICAO 9303-11 section 9.5.1); undefined for any other number. */
export function standardizedGroup(parameterId: number): Group | undefined {
  const entry = standardizedParameters.get(parameterId);
  return entry === undefined || typeof entry !== 'string' ? entry : curveNamed(entry);
}

/** The curve with its standard generator. */
export function curveNamed(name: CurveName): EllipticGroup {
  const point = pointClasses[name];
  const coordinate_bytes = bytesOf(point.CURVE().p);
  return { kind: 'ec', name, point, generator: point.BASE, coordinate_bytes, order: point.CURVE().n };
}

/** Whether a name, as OpenSSL and node:crypto give it, is that of a known curve. */
export function isCurveName(name: string): name is CurveName {
  return Object.hasOwn(pointClasses, name);
}

/** Length of the field in bits: how strong one group is beside another of its kind. */
export function fieldBits(group: Group): number {
  return bitsOf(group.kind === 'ec' ? group.point.CURVE().p : group.p);
}

/**
 * A secret of this group, 1..order-1, evenly distributed: takes the bytes of the order from `entropy` until they form
 * one. Throws RangeError when `entropy` does not give one in many attempts: it is not random then.
 */
export function randomSecret(group: Group, entropy: (bytes: number) => Uint8Array): bigint {
  const order = orderOf(group);
  const bits = bitsOf(order);
  for (let attempt = 0; attempt < ENTROPY_ATTEMPTS; attempt++) {
    const secret = BigInt.asUintN(bits, numberFrom(entropy(bytesOf(order))));
    if (secret > 0n && secret < order) return secret;
  }
  throw new RangeError('entropy is not random');
}

/** The public key to this secret (1..order-1) under the group's generator. */
export function publicKeyOf(group: Group, secret: bigint): PublicKey {
  return group.kind === 'ec'
    ? { kind: 'ec', point: group.generator.multiply(secret) }
    : { kind: 'dh', y: pow(group.g, secret, group.p) };
}

/** `encodePublicKey` of `publicKeyOf`. */
export function publicKeyBytes(group: Group, secret: bigint): Uint8Array {
  return encodePublicKey(group, publicKeyOf(group, secret));
}

/** Uncompressed point, or an unsigned integer without leading zeros (ICAO 9303-11 section 9.4.5). */
export function encodePublicKey(group: Group, key: PublicKey): Uint8Array {
  if (key.kind === 'ec') return key.point.toBytes(false);
  if (group.kind !== 'dh') throw new TypeError('public key of another kind of group');
  return bytesFrom(key.y, bytesOf(key.y));
}

/**
 * The public key in `bytes`, or undefined when they are none: another form than the uncompressed one, a point off the
 * curve, the point at infinity, a number that is 0, 1, p-1 or above, or one outside the subgroup (RFC 2631 section
 * 2.1.5). The curves have cofactor 1, so every other point of them is in the group.
 */
export function parsePublicKey(group: Group, bytes: Uint8Array): PublicKey | undefined {
  if (group.kind === 'ec') {
    const point = pointFrom(group, bytes);
    return point === undefined ? undefined : { kind: 'ec', point };
  }
  if (bytes.length > group.p_bytes) return undefined;
  const y = numberFrom(bytes);
  const isMember = y > 1n && y < group.p - 1n && pow(y, group.q, group.p) === 1n;
  return isMember ? { kind: 'dh', y } : undefined;
}

/** What both sides know: the x coordinate, or the number, in the full length of the field (FE2OS, TR-03111). */
export function sharedSecretBytes(group: Group, secret: bigint, other: PublicKey): Uint8Array {
  if (group.kind === 'ec' && other.kind === 'ec') {
    return bytesFrom(sharedPoint(secret, other).x, group.coordinate_bytes);
  }
  if (group.kind === 'dh' && other.kind === 'dh') return bytesFrom(pow(other.y, secret, group.p), group.p_bytes);
  throw new TypeError('public key of another kind of group');
}

/** The whole shared point, which the generic mapping of PACE adds to. */
export function sharedPoint(secret: bigint, other: Extract<PublicKey, { kind: 'ec' }>): CurvePoint {
  return other.point.multiply(secret);
}

/** Number of elements of the group: secrets are smaller. */
export function orderOf(group: Group): bigint {
  return group.kind === 'ec' ? group.order : group.q;
}

/** Length of a number above zero in bits. */
export function bitsOf(number: bigint): number {
  return number.toString(2).length;
}

/** Big endian, unsigned; 0 for no bytes. */
export function numberFrom(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

/** Big endian in exactly `length` bytes. The number must fit. */
export function bytesFrom(number: bigint, length: number): Uint8Array {
  return Uint8Array.from(Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex'));
}

/** A draw misses with one in two at worst: 2^-128 that an honest source comes this far. */
const ENTROPY_ATTEMPTS = 128;
const UNCOMPRESSED = 0x04;

function pointFrom(group: EllipticGroup, bytes: Uint8Array): CurvePoint | undefined {
  if (bytes.length !== 1 + 2 * group.coordinate_bytes || bytes[0] !== UNCOMPRESSED) return undefined;
  try {
    const point = group.point.fromBytes(bytes);
    return point.is0() ? undefined : point;
  } catch {
    // The library has no other way to say that these bytes are no point of the curve.
    return undefined;
  }
}

/** Bytes that hold the number, at least one. */
function bytesOf(number: bigint): number {
  return Math.ceil(bitsOf(number) / 8);
}

function finiteGroup(name: FiniteGroup['name'], parameters: ModpParameters): FiniteGroup {
  return { kind: 'dh', name, ...parameters, p_bytes: bytesOf(parameters.p) };
}

const standardizedParameters: ReadonlyMap<number, FiniteGroup | CurveName> = new Map<number, FiniteGroup | CurveName>([
  [0, finiteGroup('rfc5114-1024-160', modp1024q160)],
  [1, finiteGroup('rfc5114-2048-224', modp2048q224)],
  [2, finiteGroup('rfc5114-2048-256', modp2048q256)],
  [8, 'prime192v1'],
  [9, 'brainpoolP192r1'],
  [10, 'secp224r1'],
  [11, 'brainpoolP224r1'],
  [12, 'prime256v1'],
  [13, 'brainpoolP256r1'],
  [14, 'brainpoolP320r1'],
  [15, 'secp384r1'],
  [16, 'brainpoolP384r1'],
  [17, 'brainpoolP512r1'],
  [18, 'secp521r1'],
]);
