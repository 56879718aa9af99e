/** The chip's halves of the protocols against the reader's, which others wrote from the same standard. */
import { type KeyObject, createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveBasicAccessKeys, performBasicAccessControl } from '../../../drivers/emrtd/access/bac.ts';
import { numberFrom } from '../../../drivers/emrtd/access/domain-parameters.ts';
import { objectIdentifierBytes } from '../../../drivers/emrtd/access/object-identifier.ts';
import { type PACEResult, performPACE } from '../../../drivers/emrtd/access/pace.ts';
import { sessionFrom } from '../../../drivers/emrtd/access/secure-messaging.ts';
import { performActiveAuthentication } from '../../../drivers/emrtd/authenticity/active-authentication.ts';
import type { CommandAPDU } from '../../../drivers/emrtd/iso7816/apdu.ts';
import type { Exchange, SecureMessaging } from '../../../drivers/emrtd/iso7816/chip-session.ts';
import { writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import type { PACEInfo } from '../../../drivers/emrtd/lds/security-infos.ts';
import { protocolOfPACE } from '../../../simulator/passport/chip-protocol-ids.ts';
import type { Chip } from '../../../simulator/passport/chip.ts';
import type { PACEOffer } from '../../../simulator/passport/document-profile.ts';
import { seededEntropy } from '../../emrtd/simulated-document.ts';
import {
  CAN,
  type ChipSetUp,
  bytes,
  cardSecurity,
  chipWith,
  dg1,
  groupNameOf,
  groupOf,
  hex,
  readAt,
  select,
  selectApplication,
  send,
} from './chip-under-test.ts';

const suites = ['3des', 'aes-128', 'aes-192', 'aes-256'] as const;
const curveIds = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];
const finiteIds = [0, 1, 2];
/** P-224 is no curve of the integrated mapping (ICAO 9303-11 section 9.5.1). */
const mappable = curveIds.filter((id) => id !== 10);
const MRZ_SECRET = '239ab9cb282daf66231dc5a4df6bfbaedf477565';

const offers: readonly PACEOffer[] = suites.flatMap((suite) => [
  ...curveIds.map((parameterId) => ({ mapping: 'generic', keyAgreement: 'ecdh', suite, parameterId }) as const),
  ...mappable.map((parameterId) => ({ mapping: 'integrated', keyAgreement: 'ecdh', suite, parameterId }) as const),
  ...finiteIds.map((parameterId) => ({ mapping: 'generic', keyAgreement: 'dh', suite, parameterId }) as const),
  ...finiteIds.map((parameterId) => ({ mapping: 'integrated', keyAgreement: 'dh', suite, parameterId }) as const),
  ...(suite === '3des' ? [] : curveIds).map(
    (parameterId) => ({ mapping: 'chip-authentication', keyAgreement: 'ecdh', suite, parameterId }) as const,
  ),
]);

function infoOf(offer: PACEOffer): PACEInfo {
  const [mapping, suite] = protocolOfPACE(offer).slice(-2);
  return { ...offer, protocol: `0.4.0.127.0.7.2.2.4.${mapping}.${suite}`, version: 2 };
}

const STATIC_SECRET = 0x1234567890abcdefn;

function chipOffering(offer: PACEOffer, more: ChipSetUp = {}): Chip {
  const group = groupNameOf(offer.parameterId);
  const isCAM = offer.mapping === 'chip-authentication';
  return chipWith({
    pace: [offer],
    bac: false,
    ...more,
    keys: { chipAuthenticationMapping: isCAM ? { group, secret: STATIC_SECRET } : null, ...more.keys },
    profile: { extendedLength_bytes: 2048, ...more.profile },
  });
}

async function pace(chip: Chip, offer: PACEOffer, seed = 'reader', secret = MRZ_SECRET): Promise<PACEResult> {
  return performPACE({
    exchange: (command) => send(chip, command),
    info: infoOf(offer),
    sendParameterId: false,
    password: { kind: 'mrz', seed: bytes(secret) },
    entropy: seededEntropy(seed),
  });
}

function under(chip: Chip, messaging: SecureMessaging): Exchange {
  return async (command) => messaging.unprotect((await chip.transceive(messaging.protect(command))) ?? bytes(''));
}

async function openedByBAC(chip: Chip): Promise<Exchange> {
  await send(chip, selectApplication);
  const keys = deriveBasicAccessKeys(bytes(MRZ_SECRET).subarray(0, 16));
  return under(chip, await performBasicAccessControl((c) => send(chip, c), keys, seededEntropy('reader')));
}

async function expectOpen(exchange: Exchange): Promise<void> {
  expect((await exchange(select(0x011d))).statusWord).toBe(0x9000);
  expect((await exchange(readAt(0, 100))).data).toEqual(cardSecurity);
  expect((await exchange(selectApplication)).statusWord).toBe(0x9000);
  expect((await exchange(select(0x0101))).statusWord).toBe(0x9000);
  expect((await exchange(readAt(100, 200))).data).toEqual(dg1.subarray(100, 300));
}

test.each(offers.filter(({ parameterId }, i) => (parameterId + i) % 4 === 0 || parameterId === 13))(
  'PACE opens the chip: $keyAgreement, $mapping mapping, $suite, parameters $parameterId',
  async (offer) => {
    const chip = chipOffering(offer);
    const { secureMessaging, mapping } = await pace(chip, offer);
    await expectOpen(under(chip, secureMessaging));
    if (offer.mapping !== 'chip-authentication') return expect(mapping).toBeNull();
    // 9303-11 section 4.4.3.5.2: the proof times the static public key is the key of the mapping.
    const { point } = mapping?.group ?? {};
    const product = point?.BASE.multiply(STATIC_SECRET).multiply(numberFrom(mapping?.decrypted ?? bytes('')));
    return expect(hex(product?.toBytes(false))).toBe(hex(mapping?.chipMappingKey));
  },
);

test('PACE opens the chip whatever the random numbers', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...offers), fc.string(), fc.string(), async (offer, one, other) => {
      const chip = chipOffering(offer, { chip: { entropy: seededEntropy(`chip ${one}`) } });
      const { secureMessaging } = await pace(chip, offer, `reader ${other}`);
      await expectOpen(under(chip, secureMessaging));
    }),
    { numRuns: 30 },
  );
});

const usual: PACEOffer = { mapping: 'generic', keyAgreement: 'ecdh', suite: 'aes-128', parameterId: 12 };

test('the card access number opens a chip that has one, and no other chip', async () => {
  const attempt = async (can: string | null, digits: string): Promise<unknown> => {
    const chip = chipOffering(usual, { can });
    const password = { kind: 'can', digits } as const;
    const exchange: Exchange = (command) => send(chip, command);
    return performPACE({ exchange, info: infoOf(usual), sendParameterId: true, password, entropy: seededEntropy('r') });
  };
  await expect(attempt(CAN, CAN)).resolves.toMatchObject({ mapping: null });
  await expect(attempt(CAN, '500541')).rejects.toMatchObject({ code: 'ACCESS_REFUSED' });
  await expect(attempt(null, CAN)).rejects.toMatchObject({ code: 'ACCESS_PROTOCOL_UNSUPPORTED' });
});

test.each(offers.filter(({ parameterId }) => parameterId === 12 || parameterId === 0))(
  'a wrong password is refused in the last step, and the right one opens the chip after it: $mapping, $suite',
  async (offer) => {
    const chip = chipOffering(offer);
    await expect(pace(chip, offer, 'reader', MRZ_SECRET.replace('2', '3'))).rejects.toMatchObject({
      code: 'ACCESS_REFUSED',
    });
    await expectOpen(under(chip, (await pace(chip, offer)).secureMessaging));
  },
);

const agreements = [
  { name: 'P-256', parameterId: 12, suite: 'aes-128', oid: '0.4.0.127.0.7.2.2.3.2.2' },
  { name: 'brainpoolP320r1', parameterId: 14, suite: 'aes-192', oid: '0.4.0.127.0.7.2.2.3.2.3' },
  { name: 'P-521', parameterId: 18, suite: 'aes-256', oid: '0.4.0.127.0.7.2.2.3.2.4' },
  { name: 'brainpoolP256r1 with 3DES', parameterId: 13, suite: '3des', oid: '0.4.0.127.0.7.2.2.3.2.1' },
  { name: 'DH of 1024 bits', parameterId: 0, suite: 'aes-128', oid: '0.4.0.127.0.7.2.2.3.1.2' },
  { name: 'DH of 2048 bits', parameterId: 2, suite: 'aes-256', oid: '0.4.0.127.0.7.2.2.3.1.4' },
] as const;

type Agreement = (typeof agreements)[number];

function keyOf(
  a: Agreement,
  keyId: number | 'none',
  form: 'general-authenticate' | 'set-kat' = 'general-authenticate',
) {
  const group = groupNameOf(a.parameterId);
  const offer = { group, suite: a.suite, keyId, form };
  return {
    group,
    secret: STATIC_SECRET + BigInt(keyId === 'none' ? 0 : keyId),
    keyId: keyId === 'none' ? null : keyId,
    offer,
  };
}

/** Ephemeral key of a reader, and what it agrees on with the chip's static key: written here, from the group alone. */
function ephemeral(a: Agreement, chipSecret: bigint): { readonly publicKey: Uint8Array; readonly shared: Uint8Array } {
  const group = groupOf(a.parameterId);
  const secret = 0xfedcba987654321n;
  if (group.kind === 'ec') {
    const shared = group.point.BASE.multiply((secret * chipSecret) % group.order);
    return { publicKey: group.point.BASE.multiply(secret).toBytes(false), shared: shared.toBytes(true).subarray(1) };
  }
  const toBytes = (n: bigint, length: number): Uint8Array => bytes(n.toString(16).padStart(2 * length, '0'));
  const power = (exponent: bigint): bigint => {
    let [result, base] = [1n, group.g];
    for (let rest = exponent; rest > 0n; rest >>= 1n) {
      if (rest & 1n) result = (result * base) % group.p;
      base = (base * base) % group.p;
    }
    return result;
  };
  const y = power(secret);
  return {
    publicKey: toBytes(y, Math.ceil(y.toString(16).length / 2)),
    shared: toBytes(power(secret * chipSecret), group.p_bytes),
  };
}

function setAT(oid: string, reference = ''): CommandAPDU {
  const data = Uint8Array.from([...writeTLV(0x80, objectIdentifierBytes(oid)), ...bytes(reference)]);
  return { cla: 0, ins: 0x22, p1: 0x41, p2: 0xa4, data };
}

function authenticate(publicKey: Uint8Array): CommandAPDU {
  return { cla: 0, ins: 0x86, p1: 0, p2: 0, data: writeTLV(0x7c, writeTLV(0x80, publicKey)), le: 256 };
}

test.each(agreements)(
  'chip authentication with $name starts a new session, and the old keys are refused',
  async (a) => {
    for (const accessSuite of ['3des', 'aes-256'] as const) {
      const offer = { ...usual, suite: accessSuite };
      const chip = chipOffering(offer, { keys: { chipAuthentication: [keyOf(a, 'none')] } });
      const old = under(chip, (await pace(chip, offer)).secureMessaging);
      await old(selectApplication);
      const { publicKey, shared } = ephemeral(a, STATIC_SECRET);
      expect((await old(setAT(a.oid))).statusWord).toBe(0x9000);
      expect((await old(authenticate(publicKey))).statusWord).toBe(0x9000);
      const renewed = under(chip, sessionFrom(a.suite, shared));
      expect((await renewed(select(0x0101))).statusWord).toBe(0x9000);
      expect((await renewed(readAt(0, 16))).data).toEqual(dg1.subarray(0, 16));
      await expect(old(readAt(0, 16))).rejects.toMatchObject({ code: 'SECURE_MESSAGING_FAILED' });
      await expect(renewed(readAt(0, 16))).rejects.toMatchObject({ code: 'SECURE_MESSAGING_FAILED' });
    }
  },
);

test('a chip with several keys for chip authentication takes the one that the reader names', async () => {
  const [p256, , , , dh] = agreements;
  const keys = { chipAuthentication: [keyOf(p256, 1), keyOf(p256, 0xc3), keyOf(dh, 2)] };
  const attempt = async (reference: string, secret: bigint): Promise<string> => {
    const chip = chipOffering(usual, { keys });
    const exchange = under(chip, (await pace(chip, usual)).secureMessaging);
    const { statusWord } = await exchange(setAT(p256.oid, reference));
    if (statusWord !== 0x9000) return statusWord.toString(16);
    const { publicKey, shared } = ephemeral(p256, secret);
    await exchange(authenticate(publicKey));
    return (await under(chip, sessionFrom('aes-128', shared))(selectApplication)).statusWord.toString(16);
  };
  expect(await attempt('840101', STATIC_SECRET + 1n)).toBe('9000');
  expect(await attempt('8401c3', STATIC_SECRET + 0xc3n)).toBe('9000');
  for (const unknown of ['840105', '840102', '840200c3', '8400', '']) {
    expect(await attempt(unknown, 1n), unknown).toBe('6a88');
  }
});

test('MSE:Set KAT agrees on 3DES keys at once, and there is none for AES', async () => {
  const a = agreements[3];
  const chip = chipWith({ keys: { chipAuthentication: [keyOf(a, 7, 'set-kat'), keyOf(agreements[0], 8)] } });
  const old = await openedByBAC(chip);
  const { publicKey, shared } = ephemeral(a, STATIC_SECRET + 7n);
  const setKAT = (reference: string): CommandAPDU => {
    const data = Uint8Array.from([...writeTLV(0x91, publicKey), ...bytes(reference)]);
    return { cla: 0, ins: 0x22, p1: 0x41, p2: 0xa6, data };
  };
  expect((await old(setAT(a.oid, '840107'))).statusWord).toBe(0x6a80);
  expect((await old(setKAT('840108'))).statusWord).toBe(0x6a88);
  expect((await old(setKAT('840107'))).statusWord).toBe(0x9000);
  const renewed = under(chip, sessionFrom('3des', shared));
  expect((await renewed(select(0x0101))).statusWord).toBe(0x9000);
});

test('a public key that is none leaves the session as it was', async () => {
  const a = agreements[0];
  const chip = chipOffering(usual, { keys: { chipAuthentication: [keyOf(a, 'none')] } });
  const exchange = under(chip, (await pace(chip, usual)).secureMessaging);
  const { publicKey } = ephemeral(a, STATIC_SECRET);
  const offCurve = publicKey.map((octet, i) => (i === 64 ? octet ^ 1 : octet));
  for (const wrong of [offCurve, publicKey.subarray(0, 64), bytes('00'), bytes('')]) {
    await exchange(setAT(a.oid));
    expect((await exchange(authenticate(wrong))).statusWord).toBe(0x6a80);
    expect((await exchange(authenticate(publicKey))).statusWord).toBe(0x6985);
  }
  expect((await exchange(selectApplication)).statusWord).toBe(0x9000);
});

const dg15Of = (key: KeyObject): Uint8Array => writeTLV(0x6f, key.export({ type: 'spki', format: 'der' }));

async function activeAuthentication(exchange: Exchange, key: KeyObject): Promise<string> {
  const entropy = seededEntropy('challenge');
  return (await performActiveAuthentication({ exchange, dg15: dg15Of(key), info: null, entropy })).result;
}

test.each(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const)(
  'active authentication with RSA and %s is believed by the reader, and by nobody under another key',
  async (hash) => {
    for (const modulusLength of [1024, 1536]) {
      const [own, another] = [1, 2].map(() => generateKeyPairSync('rsa', { modulusLength }));
      if (own === undefined || another === undefined) throw new Error('two key pairs');
      const profile = { activeAuthentication: { kind: 'rsa-1024', hash } } as const;
      const exchange = await openedByBAC(chipWith({ keys: { activeAuthentication: own.privateKey }, profile }));
      expect(await activeAuthentication(exchange, own.publicKey)).toBe('passed');
      expect(await activeAuthentication(exchange, another.publicKey)).toBe('failed');
    }
  },
);

test('no answer is longer than the chip can send', async () => {
  for (const [extendedLength_bytes, le, sent] of [
    // AES: DO'87' of n blocks has 16n + 5 bytes from 256 on, DO'99' and DO'8E' have 14, the status word has 2.
    [308, 65_536, 293],
    [309, 65_536, 309],
    [308, 256, 244],
  ] as const) {
    const chip = chipOffering(usual, { profile: { extendedLength_bytes } });
    const { secureMessaging } = await pace(chip, usual);
    const open = under(chip, secureMessaging);
    await open(selectApplication);
    await open(select(0x0101));
    const answer = await chip.transceive(secureMessaging.protect(readAt(0, le)));
    expect(answer?.length).toBe(sent);
  }
});

test('a signature of 2048 bits needs extended length: without it the chip cannot send it', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const activeAuthenticationOffer = { activeAuthentication: { kind: 'rsa-2048', hash: 'sha256' } } as const;
  const signing = (extendedLength_bytes: number): Promise<Exchange> =>
    openedByBAC(
      chipWith({
        keys: { activeAuthentication: privateKey },
        profile: { ...activeAuthenticationOffer, extendedLength_bytes },
      }),
    );
  expect(await activeAuthentication(await signing(1000), publicKey)).toBe('passed');
  const challenge = { cla: 0, ins: 0x88, p1: 0, p2: 0, data: bytes('0102030405060708') };
  expect((await (await signing(1000))({ ...challenge, le: 256 })).statusWord).toBe(0x6700);
  expect((await (await signing(280))({ ...challenge, le: 1000 })).statusWord).toBe(0x6700);
});

test.each([
  ['prime256v1', 'sha256', '0.4.0.127.0.7.1.1.4.1.3', 64],
  ['brainpoolP384r1', 'sha384', '0.4.0.127.0.7.1.1.4.1.4', 96],
  ['secp521r1', 'sha512', '0.4.0.127.0.7.1.1.4.1.5', 132],
] as const)(
  'active authentication on %s answers r and s in plain',
  async (namedCurve, hash, signatureAlgorithm, length) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve });
    const profile = { activeAuthentication: { kind: `ecdsa-${namedCurve}`, hash } } as const;
    const exchange = await openedByBAC(chipWith({ keys: { activeAuthentication: privateKey }, profile }));
    const challenge = { cla: 0, ins: 0x88, p1: 0, p2: 0, data: bytes('0102030405060708'), le: 256 };
    expect((await exchange(challenge)).data).toHaveLength(length);
    const dg15 = dg15Of(createPublicKey(privateKey));
    const info = { version: 1, signatureAlgorithm };
    const found = await performActiveAuthentication({ exchange, dg15, info, entropy: seededEntropy('challenge') });
    expect(found.result).toBe('passed');
  },
);
