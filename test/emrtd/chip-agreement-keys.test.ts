/** Public keys for key agreement: only such as lie in a group where nobody but the owner knows the secret. */
import { createPublicKey, generateKeyPairSync, generatePrimeSync, getDiffieHellman } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CurveName,
  type FiniteGroup,
  curveNamed,
  encodePublicKey,
  publicKeyBytes,
  standardizedGroup,
} from '../../drivers/emrtd/access/domain-parameters.ts';
import { groupOfPublicKey } from '../../drivers/emrtd/authenticity/key-of-spki.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { parseASN1 } from '../../drivers/emrtd/pki/asn1.ts';
import { bitString, integer, oid, sequence } from '../../simulator/passport/der.ts';
import { isDataAbsent, recorded } from './recorded-data.ts';
import { parseDG14 } from '../../drivers/emrtd/lds/security-infos.ts';

const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const STANDARDIZED = '0.4.0.127.0.7.1.2';

const curveIds: Readonly<Record<CurveName, number>> = {
  prime192v1: 8,
  brainpoolP192r1: 9,
  secp224r1: 10,
  brainpoolP224r1: 11,
  prime256v1: 12,
  brainpoolP256r1: 13,
  brainpoolP320r1: 14,
  secp384r1: 15,
  brainpoolP384r1: 16,
  brainpoolP512r1: 17,
  secp521r1: 18,
};
const curveNames = Object.keys(curveIds) as readonly CurveName[];

function spkiOf(namedCurve: string, paramEncoding: 'named' | 'explicit' = 'named'): Uint8Array {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve, paramEncoding });
  return Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }));
}

/** The point at the end of a SubjectPublicKeyInfo. */
function pointIn(spki: Uint8Array, curve: CurveName): Uint8Array {
  return spki.subarray(-1 - 2 * curveNamed(curve).coordinate_bytes);
}

function hexOf(spki: Uint8Array): string | undefined {
  const key = groupOfPublicKey(spki);
  return key && Buffer.from(encodePublicKey(key.group, key.publicKey)).toString('hex');
}

for (const curve of curveNames) {
  test(`a key on ${curve} is read in name, in explicit parameters and by number`, () => {
    for (const encoding of ['named', 'explicit'] as const) {
      const spki = spkiOf(curve, encoding);
      expect(groupOfPublicKey(spki)?.group.name).toBe(curve);
      expect(hexOf(spki)).toBe(Buffer.from(pointIn(spki, curve)).toString('hex'));
    }
    const point = pointIn(spkiOf(curve), curve);
    const numbered = sequence(sequence(oid(STANDARDIZED), integer(curveIds[curve])), bitString(point));
    expect(groupOfPublicKey(numbered)?.group.name).toBe(curve);
    expect(hexOf(numbered)).toBe(Buffer.from(point).toString('hex'));
  });
}

test('curves that documents do not use are refused, named or spelt out', () => {
  for (const curve of ['secp256k1', 'brainpoolP256t1', 'brainpoolP160r1', 'sect283r1', 'prime239v1']) {
    for (const encoding of ['named', 'explicit'] as const) {
      expect(groupOfPublicKey(spkiOf(curve, encoding)), `${curve} ${encoding}`).toBeUndefined();
    }
  }
});

test('explicit parameters that differ from the known curve in any one number are refused', () => {
  for (const curve of ['prime256v1', 'brainpoolP256r1'] as const) {
    const spki = spkiOf(curve, 'explicit');
    const { p, a, b, n } = curveNamed(curve).point.CURVE();
    const hex = (number: bigint): string => number.toString(16).padStart(64, '0');
    const generator = curveNamed(curve).generator.toBytes(false);
    const point = Buffer.from(pointIn(spki, curve)).toString('hex');
    const changes: readonly (readonly [what: string, from: string, to: string])[] = [
      // The public point as generator: the private key would be 1 (CVE-2020-0601).
      ['generator', Buffer.from(generator).toString('hex'), point],
      ['order', hex(n), hex(n - 2n)],
      ['a', hex(a), hex(a + 1n)],
      ['b', hex(b), hex(b + 1n)],
      ['p', hex(p), hex(p - 4n)],
    ];
    for (const [what, from, to] of changes) {
      const text = Buffer.from(spki).toString('hex');
      expect(text.split(from).length, `${what} is there once`).toBe(2);
      expect(groupOfPublicKey(Buffer.from(text.replace(from, to), 'hex')), what).toBeUndefined();
    }
  }
});

test('what is no point of the curve is refused', () => {
  for (const curve of curveNames) {
    const spki = spkiOf(curve);
    const point = pointIn(spki, curve);
    const compressed = Uint8Array.of(2 + ((point.at(-1) ?? 0) & 1), ...point.subarray(1, 1 + (point.length - 1) / 2));
    const other = curve === 'prime256v1' ? 'brainpoolP256r1' : 'prime256v1';
    const wrong: readonly Uint8Array[] = [
      Uint8Array.of(...point.subarray(0, -1), (point.at(-1) ?? 0) ^ 1),
      Uint8Array.of(0),
      new Uint8Array(0),
      Uint8Array.of(4, ...new Uint8Array(point.length - 1)),
      Uint8Array.of(4, ...new Uint8Array(point.length - 1).fill(0xff)),
      compressed,
      point.subarray(0, -1),
      Uint8Array.of(...point, 0),
      pointIn(spkiOf(other), other),
    ];
    for (const bytes of wrong) {
      const algorithm = sequence(oid(STANDARDIZED), integer(curveIds[curve]));
      expect(groupOfPublicKey(sequence(algorithm, bitString(bytes)))).toBeUndefined();
      const named = parseASN1(spki).child(0).raw;
      expect(groupOfPublicKey(sequence(named, bitString(bytes)))).toBeUndefined();
    }
  }
});

test('a number of parameters that the standard does not have is refused', () => {
  const point = pointIn(spkiOf('prime256v1'), 'prime256v1');
  for (const id of [3, 7, 19, 31, 32]) {
    const algorithm = sequence(oid(STANDARDIZED), integer(id));
    expect(groupOfPublicKey(sequence(algorithm, bitString(point)))).toBeUndefined();
  }
});

type Parameters = { readonly p: bigint; readonly g: bigint; readonly q?: bigint };

/** X9.42 with q, PKCS #3 without. */
function dhSPKI({ p, g, q }: Parameters, y: bigint): Uint8Array {
  const protocol = q === undefined ? '1.2.840.113549.1.3.1' : '1.2.840.10046.2.1';
  const numbers = [p, g, ...(q === undefined ? [] : [q])].map((number) => integer(number));
  return sequence(sequence(oid(protocol), sequence(...numbers)), bitString(integer(y)));
}

function finite(parameterId: number): FiniteGroup {
  const group = standardizedGroup(parameterId);
  if (group?.kind !== 'dh') throw new Error('a group of numbers expected');
  return group;
}

const memberOf = (group: FiniteGroup): bigint =>
  BigInt(`0x${Buffer.from(publicKeyBytes(group, 0x1234567890abcdefn)).toString('hex')}`);

/** The first number from 2 on that is not in the subgroup. */
function strangerTo({ p, q }: FiniteGroup): bigint {
  for (let y = 2n; ; y++) if (modpow(y, q, p) !== 1n) return y;
}

function modpow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

for (const id of [0, 1, 2]) {
  const group = finite(id);
  const { p, g, q } = group;

  test(`a key in ${group.name} is read with and without its order and by number`, () => {
    const y = memberOf(group);
    const numbered = sequence(sequence(oid(STANDARDIZED), integer(id)), bitString(integer(y)));
    for (const spki of [dhSPKI({ p, g, q }, y), dhSPKI({ p, g }, y), numbered]) {
      const key = groupOfPublicKey(spki);
      expect(key?.group.name).toBe(group.name);
      expect(key?.publicKey).toEqual({ kind: 'dh', y });
    }
  });

  test(`0, 1, p - 1, p, what is above, and numbers outside the subgroup are no keys in ${group.name}`, () => {
    for (const y of [0n, 1n, p - 1n, p, p + 1n, p + memberOf(group), strangerTo(group)]) {
      expect(groupOfPublicKey(dhSPKI({ p, g, q }, y))).toBeUndefined();
      expect(groupOfPublicKey(dhSPKI({ p, g }, y))).toBeUndefined();
    }
  });

  test(`${group.name} with another order is refused`, () => {
    for (const order of [q + 2n, 2n * q, p - 1n, 1n, 0n]) {
      expect(groupOfPublicKey(dhSPKI({ p, g, q: order }, memberOf(group)))).toBeUndefined();
    }
  });
}

/** Numbers of a DSA key: a group that nobody knows by name, made by OpenSSL. */
function unknownGroup(): Required<Parameters> & { readonly y: bigint } {
  const { publicKey } = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
  const spki = parseASN1(publicKey.export({ type: 'spki', format: 'der' }));
  const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const [p = 0n, q = 0n, g = 0n] = spki
    .child(0)
    .child(1)
    .children.map((child) => number(child.content));
  return { p, q, g, y: number(parseASN1(spki.child(1).content.subarray(1)).content) };
}

test('a group that is spelt out is used when it is one, and refused when any part is wrong', () => {
  const { p, q, g, y } = unknownGroup();
  const key = groupOfPublicKey(dhSPKI({ p, g, q }, y));
  expect(key?.group).toEqual({ kind: 'dh', name: 'explicit', p, g, q, p_bytes: 128 });
  expect(key?.publicKey).toEqual({ kind: 'dh', y });
  const stranger = strangerTo({ ...finite(0), p, q });
  const wrong: Readonly<Record<string, readonly [Parameters, bigint]>> = {
    'a key outside the subgroup': [{ p, g, q }, stranger],
    'a generator outside the subgroup': [{ p, g: stranger, q }, y],
    'the generator 1': [{ p, g: 1n, q }, y],
    'the generator 0': [{ p, g: 0n, q }, y],
    'the generator p - 1': [{ p, g: p - 1n, q }, y],
    'an order that does not divide p - 1': [{ p, g, q: q + 2n }, y],
    'an order that is no prime': [{ p, g, q: 2n * q }, y],
    'the order 0': [{ p, g, q: 0n }, y],
    'a modulus that is no prime': [{ p: p + 2n, g, q }, y],
    'a modulus that is no prime, without order': [{ p: p + 1n, g }, y],
  };
  for (const [what, [parameters, number]] of Object.entries(wrong)) {
    expect(groupOfPublicKey(dhSPKI(parameters, number)), what).toBeUndefined();
  }
});

/** p = r s with subgroups of order q in both halves, and a generator of order q: a group that whoever made it can break. */
function compositeGroup(): Required<Parameters> {
  const q = generatePrimeSync(160, { bigint: true });
  const [r, s] = [513, 512].map((bits) => generatePrimeSync(bits, { bigint: true, add: 2n * q, rem: 1n }));
  if (r === undefined || s === undefined) throw new Error('two primes expected');
  const [inR, inS] = [modpow(2n, (r - 1n) / q, r), modpow(2n, (s - 1n) / q, s)];
  // The number that is inR modulo r and inS modulo s.
  const g = (inR * s * modpow(s, r - 2n, r) + inS * r * modpow(r, s - 2n, s)) % (r * s);
  return { p: r * s, g, q };
}

test('a modulus that is the product of two primes is refused, however well the rest fits', () => {
  const { p, g, q } = compositeGroup();
  expect([modpow(g, q, p), (p - 1n) % q, p.toString(2).length >= 1024]).toEqual([1n, 0n, true]);
  expect(groupOfPublicKey(dhSPKI({ p, g, q }, modpow(g, 5n, p)))).toBeUndefined();
});

test('a group without a said order keeps 0, 1 and p - 1 out', () => {
  const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const modp14 = getDiffieHellman('modp14');
  const [p, g] = [number(modp14.getPrime()), number(modp14.getGenerator())];
  const key = groupOfPublicKey(dhSPKI({ p, g }, number(modp14.generateKeys())));
  expect(key?.group).toEqual({ kind: 'dh', name: 'explicit', p, g, q: p - 1n, p_bytes: 256 });
  for (const y of [0n, 1n, p - 1n, p, p + 2n]) expect(groupOfPublicKey(dhSPKI({ p, g }, y))).toBeUndefined();
  expect(groupOfPublicKey(dhSPKI({ p, g }, 4n))).toBeDefined();
});

test('groups that are too small to be safe, or too large to compute in, are refused', () => {
  for (const bits of [512, 1023]) {
    const p = generatePrimeSync(bits, { bigint: true });
    expect(groupOfPublicKey(dhSPKI({ p, g: 2n }, 4n)), `${bits} bits`).toBeUndefined();
  }
  for (const name of ['modp17', 'modp18']) {
    const large = BigInt(`0x${getDiffieHellman(name).getPrime('hex')}`);
    expect(groupOfPublicKey(dhSPKI({ p: large, g: 2n }, 4n)), name).toBeUndefined();
  }
  const p = generatePrimeSync(1024, { bigint: true });
  expect(groupOfPublicKey(dhSPKI({ p, g: 2n }, 4n))?.group.name).toBe('explicit');
  // p - 1 = 2 r: of order 2 are only 1 and p - 1, so an order this small has no key worth keeping.
  expect(groupOfPublicKey(dhSPKI({ p, g: 4n, q: 2n }, 4n))).toBeUndefined();
});

test('keys for other things are none for key agreement', () => {
  for (const { publicKey } of [
    generateKeyPairSync('rsa', { modulusLength: 1024 }),
    generateKeyPairSync('x25519'),
    generateKeyPairSync('ed25519'),
    // The same three numbers in another order, and the same kind of public key.
    generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }),
  ]) {
    expect(groupOfPublicKey(publicKey.export({ type: 'spki', format: 'der' }))).toBeUndefined();
  }
});

test('whatever the bytes are, they are a key in its group or none', () => {
  const seeds = [spkiOf('brainpoolP256r1', 'explicit'), spkiOf('prime256v1'), dhSPKI(finite(0), memberOf(finite(0)))];
  const changed = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(1000), fc.nat(255)), { minLength: 1, maxLength: 3 }))
    .map(([seed, changes]) => {
      const bytes = Uint8Array.from(seed);
      for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), (bytes) => {
      const key = groupOfPublicKey(bytes);
      if (key?.publicKey.kind === 'ec') key.publicKey.point.assertValidity();
      if (key?.publicKey.kind === 'dh') expect(key.publicKey.y > 1n).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('a bit string with bits left over, and a negative number, are refused', () => {
  const spki = spkiOf('prime256v1');
  const algorithm = parseASN1(spki).child(0).raw;
  expect(groupOfPublicKey(sequence(algorithm, bitString(pointIn(spki, 'prime256v1'), 1)))).toBeUndefined();
  const byNumber = sequence(oid(STANDARDIZED), integer(curveIds.prime256v1));
  expect(groupOfPublicKey(sequence(byNumber, bitString(pointIn(spki, 'prime256v1'))))).toBeDefined();
  expect(groupOfPublicKey(sequence(byNumber, bitString(pointIn(spki, 'prime256v1'), 1)))).toBeUndefined();
  const { p, g, q } = finite(0);
  const parameters = sequence(oid('1.2.840.10046.2.1'), sequence(integer(p), integer(g), integer(q)));
  // A key whose first bit is set, which without a zero before it is the sign.
  let y = g;
  while (y.toString(2).length < 1024) y = (y * g) % p;
  const digits = Buffer.from(y.toString(16), 'hex');
  expect(groupOfPublicKey(sequence(parameters, bitString(integer(digits))))).toBeDefined();
  expect(groupOfPublicKey(sequence(parameters, bitString(writeTLV(0x02, digits))))).toBeUndefined();
});

for (const [path, curve] of [
  ['lds/bsi2008/Datagroup14.bin', 'brainpoolP224r1'],
  ['sod/gmrtd/dg14_TestNewDG14_0.bin', 'brainpoolP384r1'],
  ['sod/gmrtd/dg14_TestNewDG14AT_0.bin', 'brainpoolP256r1'],
  ['sod/gmrtd/dg14_TestNewDG14MY_0.bin', 'brainpoolP256r1'],
] as const) {
  test.skipIf(isDataAbsent)(`published ${path} holds a key on ${curve}`, () => {
    const keys = parseDG14(recorded(path)).chipAuthenticationKeys.map(({ spki }) => groupOfPublicKey(spki)?.group.name);
    expect(keys).toEqual([curve]);
  });
}

test('an EC key of node:crypto is read as node:crypto reads it', () => {
  const spki = sequence(
    sequence(oid(EC_PUBLIC_KEY), oid('1.2.840.10045.3.1.7')),
    bitString(pointIn(spkiOf('prime256v1'), 'prime256v1')),
  );
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const coordinates = [x, y].map((part) => Buffer.from(part, 'base64url').toString('hex'));
  expect(hexOf(spki)).toBe(`04${coordinates.join('')}`);
});
