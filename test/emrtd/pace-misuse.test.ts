/** PACE with chips that keep to it, and with chips that do not: which code each misfortune ends with. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import { bytesFrom, curveNamed, publicKeyOf, standardizedGroup } from '../../drivers/emrtd/access/domain-parameters.ts';
import { mapGenerically } from '../../drivers/emrtd/access/mapping-generic.ts';
import { choosePACE } from '../../drivers/emrtd/access/pace-choice.ts';
import { type PACEPassword, type PACEResult, performPACE } from '../../drivers/emrtd/access/pace.ts';
import { createSecureMessaging } from '../../drivers/emrtd/access/secure-messaging.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import type { PACEInfo } from '../../drivers/emrtd/lds/security-infos.ts';
import { type Misbehaviour, type PACEChipOptions, dynamic, entropyFrom, paceChip, paceInfo } from './pace-chip.ts';
import { bytes, text } from './scripted-chip.ts';

const CAN = '123456';
const can: PACEPassword = { kind: 'can', digits: CAN };
const canBytes = Uint8Array.from(Buffer.from(CAN, 'latin1'));
const quick = paceInfo('ecdh generic', 'aes-128', 12);

async function outcomeOf(o: Partial<PACEChipOptions>, password = can): Promise<string | PACEResult> {
  const info = o.info ?? quick;
  const { exchange } = paceChip({ info, password: canBytes, ...o });
  try {
    return await performPACE({ exchange, info, sendParameterId: false, password, entropy: entropyFrom('reader') });
  } catch (error) {
    if (error instanceof DocumentError) return error.code;
    throw error;
  }
}

async function codeOf(o: Partial<PACEChipOptions>, password = can): Promise<string> {
  const outcome = await outcomeOf(o, password);
  return typeof outcome === 'string' ? outcome : 'opened';
}

/** The honest answers but for one step. */
const at =
  (wanted: number, change: (honest: Uint8Array, command: Uint8Array) => Uint8Array): Misbehaviour =>
  (step, honest, { data = new Uint8Array(0) }) =>
    step === wanted ? change(honest, data) : honest;

const curves = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];
const suites = ['3des', 'aes-128', 'aes-192', 'aes-256'] as const;
const variants: readonly (readonly [string, PACEInfo])[] = [
  ...curves.map((id) => paceInfo('ecdh generic', 'aes-256', id)),
  ...curves.filter((id) => id !== 10).map((id) => paceInfo('ecdh integrated', 'aes-192', id)),
  ...curves.map((id) => paceInfo('ecdh chip-authentication', 'aes-128', id)),
  ...[0, 1, 2].flatMap((id) => [paceInfo('dh generic', 'aes-128', id), paceInfo('dh integrated', 'aes-256', id)]),
  ...suites.flatMap((suite) => [paceInfo('ecdh generic', suite, 12), paceInfo('ecdh integrated', suite, 12)]),
  ...suites.flatMap((suite) => [paceInfo('dh generic', suite, 0), paceInfo('dh integrated', suite, 0)]),
].map((info) => [`${info.keyAgreement} ${info.mapping} ${info.suite} parameters ${info.parameterId}`, info]);

test.each(variants)('%s ends with the same keys on both sides', async (_, info) => {
  const chip = paceChip({ info, password: canBytes });
  const result = await performPACE({
    exchange: chip.exchange,
    info,
    sendParameterId: true,
    password: can,
    entropy: entropyFrom('reader'),
  });
  const keys = chip.keys();
  if (keys === undefined) throw new Error('no keys');
  const command = { cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 4 };
  const expected = createSecureMessaging(info.suite, keys).protect(command);
  expect(text(result.secureMessaging.protect(command))).toBe(text(expected));
  const parameters = (info.parameterId ?? 0).toString(16).toUpperCase().padStart(2, '0');
  expect(text(chip.commands[0]?.data ?? new Uint8Array(0)).slice(-12)).toBe(`8301028401${parameters}`);
  expect(chip.commands.map(({ cla }) => cla)).toEqual([0, 0x10, 0x10, 0x10, 0]);
  expect(result.mapping === null).toBe(info.mapping !== 'chip-authentication');
  if (result.mapping !== null) expect(text(result.mapping.decrypted)).toBe('CA'.repeat(32));
});

test('keys of 2048 bits go in extended length, everything else in short', async () => {
  for (const [id, les] of [
    [1, [256, 65_536, 65_536, 256]],
    [0, [256, 256, 256, 256]],
  ] as const) {
    const info = paceInfo('dh generic', 'aes-128', id);
    const chip = paceChip({ info, password: canBytes });
    await performPACE({
      exchange: chip.exchange,
      info,
      sendParameterId: false,
      password: can,
      entropy: entropyFrom('reader'),
    });
    expect(chip.commands.slice(1).map(({ le }) => le)).toEqual(les);
    expect(chip.commands[0]?.le).toBeUndefined();
  }
});

test('the printed zone opens the chip as the card access number does, and one is not taken for the other', async () => {
  const seed = bytes('00112233445566778899AABBCCDDEEFF00112233');
  expect(await codeOf({ password: seed }, { kind: 'mrz', seed })).toBe('opened');
  expect(await codeOf({ password: seed }, can)).toBe('ACCESS_REFUSED');
  expect(await codeOf({}, { kind: 'mrz', seed })).toBe('ACCESS_REFUSED');
});

test.each(['ecdh generic', 'ecdh integrated', 'dh generic', 'dh integrated'] as const)(
  'with %s a wrong password is refused by the chip, and a chip that does not know the password is found out',
  async (variant) => {
    const info = paceInfo(variant, 'aes-128', variant.startsWith('dh') ? 0 : 12);
    const wrong: PACEPassword = { kind: 'can', digits: '654321' };
    expect(await codeOf({ info }, wrong)).toBe('ACCESS_REFUSED');
    expect(await codeOf({ info, isGullible: true }, wrong)).toBe('ACCESS_UNPROVEN');
  },
);

test.each([
  [0, '6A80', 'ACCESS_PROTOCOL_UNSUPPORTED'],
  [0, '6A88', 'ACCESS_PROTOCOL_UNSUPPORTED'],
  [0, '63C1', 'ACCESS_PROTOCOL_UNSUPPORTED'],
  [1, '6300', 'PACE_INTERRUPTED'],
  [1, '6985', 'PACE_INTERRUPTED'],
  [2, '6A80', 'PACE_INTERRUPTED'],
  [3, '6300', 'PACE_INTERRUPTED'],
  [3, '6D00', 'PACE_INTERRUPTED'],
  [4, '6300', 'ACCESS_REFUSED'],
  [4, '63C2', 'ACCESS_REFUSED'],
  [4, '6A80', 'PACE_INTERRUPTED'],
  [4, '6982', 'PACE_INTERRUPTED'],
])('a chip that answers command %i with %s ends it with %s', async (step, status, code) => {
  expect(await codeOf({ misbehaviour: at(step, () => bytes(status)) })).toBe(code);
});

test.each([1, 2, 3, 4])(
  'in step %i an answer without its object, with it twice, or no TLV is malformed',
  async (step) => {
    const tag = [0x80, 0x82, 0x84, 0x86][step - 1] ?? 0;
    const value = new Uint8Array(16).fill(1);
    const object = writeTLV(tag, value);
    const forms = [
      bytes('9000'),
      bytes('7C009000'),
      dynamic(writeTLV(0x9f70, value)),
      dynamic(object, object),
      dynamic(object.subarray(0, -1)),
      dynamic(writeTLV(tag)),
      bytes(`7D02${tag.toString(16)}009000`),
      bytes('7C05800801029000'),
    ];
    for (const form of forms) {
      expect(await codeOf({ misbehaviour: at(step, () => form) }), text(form)).toBe('PACE_MALFORMED');
    }
  },
);

test.each([
  ['ecdh generic', 'aes-128', [0, 1, 15, 17, 80, 4096]],
  ['ecdh generic', '3des', [0, 7, 9, 72]],
  ['ecdh integrated', 'aes-128', [0, 15, 32]],
  ['ecdh integrated', 'aes-192', [16, 24, 48]],
  ['ecdh integrated', 'aes-256', [16, 48]],
] as const)('with %s and %s a nonce of another length than its own is malformed', async (variant, suite, lengths) => {
  const info = paceInfo(variant, suite, 12);
  for (const length of lengths) {
    const misbehaviour = at(1, () => dynamic(writeTLV(0x80, new Uint8Array(length))));
    expect(await codeOf({ info, misbehaviour }), `${length} bytes`).toBe('PACE_MALFORMED');
  }
});

test.each([2, 3])('in step %i a key that is no key of the group is malformed', async (step) => {
  const tag = step === 2 ? 0x82 : 0x84;
  const keys = async (info: PACEInfo, key: (honest: Uint8Array, own: Uint8Array) => Uint8Array): Promise<string> => {
    // 7C, its length, and the object with tag and length; a 1024-bit number has lengths of two bytes.
    const start = info.keyAgreement === 'ecdh' ? 4 : 6;
    const misbehaviour = at(step, (honest, own) =>
      dynamic(writeTLV(tag, key(honest.subarray(start, -2), own.subarray(start)))),
    );
    return codeOf({ info, misbehaviour });
  };
  const curve = paceInfo('ecdh generic', 'aes-128', 12);
  expect(await keys(curve, (_, own) => own)).toBe('PACE_MALFORMED');
  expect(await keys(curve, (honest) => honest.with(64, (honest[64] ?? 0) ^ 1))).toBe('PACE_MALFORMED');
  expect(await keys(curve, () => new Uint8Array(1))).toBe('PACE_MALFORMED');
  expect(await keys(curve, () => curveNamed('prime256v1').generator.toBytes(true))).toBe('PACE_MALFORMED');
  expect(await keys(curve, () => curveNamed('brainpoolP256r1').generator.toBytes(false))).toBe('PACE_MALFORMED');

  const group = standardizedGroup(0);
  if (group?.kind !== 'dh') throw new Error('no group');
  const finite = paceInfo('dh generic', 'aes-128', 0);
  expect(await keys(finite, (_, own) => own)).toBe('PACE_MALFORMED');
  for (const number of [0n, 1n, 2n, group.p - 1n, group.p]) {
    expect(await keys(finite, () => bytesFrom(number, group.p_bytes))).toBe('PACE_MALFORMED');
  }
});

test('nonce and shared secret that cancel each other give no generator', () => {
  const group = curveNamed('prime256v1');
  const chipKey = { kind: 'ec', point: group.generator.multiply(group.order - 5n) } as const;
  expect(mapGenerically(group, bytes('05'), 1n, chipKey)).toBeUndefined();
  expect(mapGenerically(group, bytes('04'), 1n, chipKey)).toBeDefined();
  expect(mapGenerically(group, bytes('00'), 1n, chipKey)).toBeDefined();
  const finite = standardizedGroup(0);
  if (finite?.kind !== 'dh') throw new Error('no group');
  const opposite = publicKeyOf(finite, finite.q - 5n);
  expect(mapGenerically(finite, bytes('05'), 1n, opposite)).toBeUndefined();
  expect(mapGenerically(finite, bytes('04'), 1n, opposite)).toBeDefined();
});

test('integrated mapping takes an empty answer or none, and no other', async () => {
  const info = paceInfo('ecdh integrated', 'aes-128', 12);
  expect(await codeOf({ info, misbehaviour: at(2, () => bytes('7C009000')) })).toBe('opened');
  expect(await codeOf({ info, misbehaviour: at(2, () => bytes('7C038201009000')) })).toBe('PACE_MALFORMED');
});

test.each([
  ['missing', new Uint8Array(0)],
  ['empty', writeTLV(0x8a)],
  ['not in blocks', writeTLV(0x8a, new Uint8Array(17))],
  ['without padding', writeTLV(0x8a, new Uint8Array(32))],
])('chip authentication data that are %s are malformed', async (_, data) => {
  const info = paceInfo('ecdh chip-authentication', 'aes-128', 12);
  // 7C, its length, and the token of ten bytes.
  const misbehaviour = at(4, (honest) => dynamic(honest.subarray(2, 12), data));
  expect(await codeOf({ info, misbehaviour })).toBe('PACE_MALFORMED');
});

test('a token of another length is malformed, another token proves nothing', async () => {
  const token = (value: Uint8Array): Misbehaviour => at(4, () => dynamic(writeTLV(0x86, value)));
  for (const length of [0, 7, 9, 16]) {
    expect(await codeOf({ misbehaviour: token(new Uint8Array(length)) })).toBe('PACE_MALFORMED');
  }
  expect(await codeOf({ misbehaviour: token(new Uint8Array(8)) })).toBe('ACCESS_UNPROVEN');
  // The reader's own token sent back.
  const mirror = at(4, (_, command) => dynamic(writeTLV(0x86, command.subarray(4))));
  expect(await codeOf({ misbehaviour: mirror })).toBe('ACCESS_UNPROVEN');
});

test('references of a certification authority beside the token are passed over', async () => {
  const misbehaviour = at(4, (honest) => dynamic(honest.subarray(2, -2), writeTLV(0x87, bytes('4445'))));
  expect(await codeOf({ misbehaviour })).toBe('opened');
});

test('one changed bit in any answer never opens a session', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 4 }), fc.nat(), async (step, position) => {
      const misbehaviour = at(step, (honest) => {
        const bit = position % (8 * honest.length);
        return honest.with(bit >> 3, (honest[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
      });
      expect(await codeOf({ misbehaviour })).toMatch(/^(PACE|ACCESS)_/);
    }),
    { numRuns: 80 },
  );
});

test('answers of any content end with a code', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 4 }),
      fc.uint8Array({ minLength: 2, maxLength: 300 }),
      async (step, answer) => {
        for (const given of [answer, Uint8Array.of(...answer, 0x90, 0x00), dynamic(answer)]) {
          const code = await codeOf({ misbehaviour: at(step, () => given) });
          expect(code).toMatch(step === 0 ? /./ : /^(PACE|ACCESS)_/);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test.each([
  ['no domain parameters', paceInfo('ecdh generic', 'aes-128', null)],
  ['parameters reserved for later', paceInfo('ecdh generic', 'aes-128', 19)],
  ['a finite group for a curve', paceInfo('ecdh generic', 'aes-128', 0)],
  ['a curve for a finite group', paceInfo('dh generic', 'aes-128', 13)],
  ['integrated mapping onto NIST P-224', paceInfo('ecdh integrated', 'aes-128', 10)],
  ['chip authentication mapping with 3DES', paceInfo('ecdh chip-authentication', '3des', 13)],
  ['version 1', paceInfo('ecdh generic', 'aes-128', 13, 1)],
])('with %s nothing is sent and nothing is chosen', async (_, info) => {
  expect(choosePACE({ pace: [info] })).toBeUndefined();
  const exchange = async (): Promise<never> => {
    throw new Error('sent');
  };
  const run = performPACE({ exchange, info, sendParameterId: false, password: can, entropy: entropyFrom('reader') });
  await expect(run).rejects.toThrowError(/ACCESS_PROTOCOL_UNSUPPORTED/);
});

test('of several variants the best is taken: chip authentication mapping, then AES, then the stronger group', () => {
  const cam = paceInfo('ecdh chip-authentication', 'aes-128', 12);
  const im = paceInfo('ecdh integrated', 'aes-256', 18);
  const strong = paceInfo('ecdh generic', 'aes-128', 15);
  const weak = paceInfo('ecdh generic', 'aes-256', 12);
  const modp = paceInfo('dh generic', 'aes-256', 2);
  const tripleDES = paceInfo('ecdh generic', '3des', 18);
  const unusable = paceInfo('ecdh chip-authentication', 'aes-256', 31);
  const order = [cam, im, strong, weak, modp, tripleDES];
  for (let from = 0; from < order.length; from++) {
    const offered = [unusable, ...order.slice(from).toReversed()];
    expect(choosePACE({ pace: offered })).toBe(order[from]);
    expect(choosePACE({ pace: offered.toReversed() })).toBe(order[from]);
  }
  const twin = { ...weak };
  expect(choosePACE({ pace: [twin, weak] })).toBe(twin);
  expect(choosePACE({ pace: [] })).toBeUndefined();
});
