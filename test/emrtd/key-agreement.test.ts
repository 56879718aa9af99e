/** Groups of PACE and Chip Authentication: eleven curves against OpenSSL, three MODP groups against their definition. */
import { type ECDH, checkPrimeSync, createDiffieHellman, createECDH } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type FiniteGroup,
  type Group,
  bytesFrom,
  curveNamed,
  encodePublicKey,
  isCurveName,
  numberFrom,
  orderOf,
  parsePublicKey,
  publicKeyBytes,
  publicKeyOf,
  randomSecret,
  sharedSecretBytes,
  standardizedGroup,
} from '../../drivers/emrtd/access/domain-parameters.ts';
import { pointClasses } from '../../drivers/emrtd/access/curves.ts';
import { entropyFrom } from './pace-chip.ts';
import { text } from './scripted-chip.ts';

const curveNames = Object.keys(pointClasses).filter(isCurveName);
const finiteGroups = [0, 1, 2].map((id) => standardizedGroup(id)).filter((group) => group?.kind === 'dh');

/** OpenSSL wants the secret in the length of the order. */
function opensslKey(name: string, secret: bigint, order: bigint): ECDH {
  const ecdh = createECDH(name);
  ecdh.setPrivateKey(bytesFrom(secret, Math.ceil(order.toString(2).length / 8)));
  return ecdh;
}

test('the identifiers of the standard name eleven curves and three groups, and nothing else', () => {
  const named = (id: number): string | undefined => standardizedGroup(id)?.name;
  expect([0, 1, 2].map(named)).toEqual(['rfc5114-1024-160', 'rfc5114-2048-224', 'rfc5114-2048-256']);
  const curves =
    'prime192v1 brainpoolP192r1 secp224r1 brainpoolP224r1 prime256v1 brainpoolP256r1 brainpoolP320r1 secp384r1 brainpoolP384r1 brainpoolP512r1 secp521r1';
  expect(Array.from({ length: 11 }, (_, i) => named(8 + i))).toEqual(curves.split(' '));
  for (const id of [-1, 3, 4, 5, 6, 7, 19, 31, 0.5, Number.NaN]) expect(named(id)).toBeUndefined();
});

test.each(curveNames)('on %s both sides and OpenSSL agree on the same secret', (name) => {
  const group = curveNamed(name);
  const entropy = entropyFrom(name);
  for (let round = 0; round < 4; round++) {
    const [reader, chip] = [randomSecret(group, entropy), randomSecret(group, entropy)];
    const openssl = opensslKey(name, chip, group.order);
    expect(text(publicKeyBytes(group, chip))).toBe(text(openssl.getPublicKey()));
    const chipKey = parsePublicKey(group, openssl.getPublicKey());
    if (chipKey === undefined) throw new Error('OpenSSL gave no public key');
    const secret = text(sharedSecretBytes(group, reader, chipKey));
    expect(secret).toBe(text(openssl.computeSecret(publicKeyBytes(group, reader))));
    expect(secret.length).toBe(2 * group.coordinate_bytes);
  }
});

test.each(curveNames)('on %s what is no point in its uncompressed form is no public key', (name) => {
  const group = curveNamed(name);
  const key = publicKeyBytes(group, 7n);
  const { p } = group.point.CURVE();
  const withX = (x: bigint): Uint8Array => {
    const changed = Uint8Array.from(key);
    changed.set(bytesFrom(x, group.coordinate_bytes), 1);
    return changed;
  };
  expect(parsePublicKey(group, key)).toBeDefined();
  const compressed = group.generator.multiply(7n).toBytes(true);
  const hybrid = Uint8Array.from(key, (octet, i) => (i === 0 ? 6 : octet));
  const zeros = Uint8Array.from(key, (octet, i) => (i === 0 ? octet : 0));
  const infinity = Uint8Array.of(0);
  const beyondField = withX(p);
  for (const bad of [compressed, hybrid, zeros, infinity, beyondField, new Uint8Array(0), key.subarray(1)]) {
    expect(parsePublicKey(group, bad)).toBeUndefined();
  }
  for (const bad of [key.subarray(0, -1), Uint8Array.of(...key, 0)]) expect(parsePublicKey(group, bad)).toBeUndefined();
});

test('a point with any one bit changed is off its curve', () => {
  const group = curveNamed('brainpoolP256r1');
  const key = publicKeyBytes(group, 12_345n);
  for (let bit = 0; bit < 8 * key.length; bit++) {
    const changed = Uint8Array.from(key, (octet, i) => (i === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet));
    expect(parsePublicKey(group, changed), `bit ${bit}`).toBeUndefined();
  }
});

test.each(finiteGroups)('$name is what RFC 5114 says: two primes, and a generator of just that order', (group) => {
  expect(group.p.toString(2).length).toBe(Number(group.name.split('-')[1]));
  expect(group.q.toString(2).length).toBe(Number(group.name.split('-')[2]));
  expect(checkPrimeSync(group.p)).toBe(true);
  expect(checkPrimeSync(group.q)).toBe(true);
  expect((group.p - 1n) % group.q).toBe(0n);
  expect(group.g).toBeGreaterThan(1n);
  expect(parsePublicKey(group, bytesFrom(group.g, group.p_bytes))).toBeDefined();
});

test.each(finiteGroups)('in $name both sides and OpenSSL agree on the same secret', (group) => {
  const entropy = entropyFrom(group.name);
  const [reader, chip] = [randomSecret(group, entropy), randomSecret(group, entropy)];
  const openssl = createDiffieHellman(bytesFrom(group.p, group.p_bytes), bytesFrom(group.g, group.p_bytes));
  openssl.setPrivateKey(bytesFrom(chip, group.p_bytes));
  const secret = text(sharedSecretBytes(group, reader, publicKeyOf(group, chip)));
  expect(secret).toBe(text(openssl.computeSecret(publicKeyBytes(group, reader))).padStart(2 * group.p_bytes, '0'));
});

test.each(finiteGroups)('in $name a number outside the subgroup is no public key', (group) => {
  const key = (number: bigint): Uint8Array => bytesFrom(number, group.p_bytes);
  for (const bad of [0n, 1n, group.p - 1n, outsiderOf(group)]) expect(parsePublicKey(group, key(bad))).toBeUndefined();
  expect(parsePublicKey(group, bytesFrom(group.p + group.g, group.p_bytes + 1))).toBeUndefined();
  expect(parsePublicKey(group, bytesFrom(group.g, group.p_bytes + 1))).toBeUndefined();
  expect(parsePublicKey(group, new Uint8Array(0))).toBeUndefined();
});

/** A member of the group of all numbers modulo p, of an order that q does not divide. */
function outsiderOf({ p, q }: FiniteGroup): bigint {
  for (let base = 2n; base < 50n; base++) {
    const candidate = power(base, q, p);
    if (candidate !== 1n && candidate !== p - 1n) return candidate;
  }
  throw new Error('no outsider found');
}

function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) result = (result * result * (bit === '1' ? base : 1n)) % p;
  return result;
}

test('a number that begins with zeros is written without them, and read with or without', () => {
  const group = standardizedGroup(0);
  if (group?.kind !== 'dh') throw new Error('no group');
  const short = firstShortKey(group);
  expect(encodePublicKey(group, short).length).toBeLessThan(group.p_bytes);
  expect(parsePublicKey(group, encodePublicKey(group, short))).toEqual(short);
  expect(parsePublicKey(group, bytesFrom(short.y, group.p_bytes))).toEqual(short);
  expect(sharedSecretBytes(group, 1n, short).length).toBe(group.p_bytes);
});

function firstShortKey(group: FiniteGroup): { readonly kind: 'dh'; readonly y: bigint } {
  for (let secret = 2n; secret < 5000n; secret++) {
    const key = publicKeyOf(group, secret);
    if (key.kind === 'dh' && key.y < 1n << BigInt(8 * (group.p_bytes - 1))) return { kind: 'dh', y: key.y };
  }
  throw new Error('no short key found');
}

test('a secret is one of the group, whatever the random bytes; without random bytes there is none', () => {
  const groups: readonly Group[] = [...finiteGroups, ...curveNames.map(curveNamed)];
  for (const group of groups) {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const secret = randomSecret(group, entropyFrom(seed));
        return secret > 0n && secret < orderOf(group);
      }),
      { numRuns: 20 },
    );
    expect(() => randomSecret(group, (length) => new Uint8Array(length))).toThrow(RangeError);
  }
});

test('the largest secret and the smallest are drawn, the order itself is not', () => {
  const group = curveNamed('secp521r1');
  const draws = [group.order, group.order - 1n, 1n].map((number) => bytesFrom(number, 66));
  expect(randomSecret(group, () => draws.shift() ?? new Uint8Array(66))).toBe(group.order - 1n);
  expect(randomSecret(group, () => draws.shift() ?? new Uint8Array(66))).toBe(1n);
});

test('a number keeps its value through bytes', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
      (number) => numberFrom(bytesFrom(number, 32)) === number,
    ),
  );
});
