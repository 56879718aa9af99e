/** What the chip gives to whom, in which order of commands, and in which portions. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveKey, encryptBlocks, macOf } from '../../../drivers/emrtd/access/cipher-suite.ts';
import { curveNamed } from '../../../drivers/emrtd/access/domain-parameters.ts';
import { createSecureMessaging } from '../../../drivers/emrtd/access/secure-messaging.ts';
import { padMethod2 } from '../../../drivers/emrtd/access/triple-des.ts';
import { type CommandAPDU, decodeCommand, decodeResponse } from '../../../drivers/emrtd/iso7816/apdu.ts';
import { concatBytes, writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { ChipFiles } from '../../../simulator/passport/chip-files.ts';
import { ChipSecureMessaging } from '../../../simulator/passport/chip-secure-messaging.ts';
import type { PACEOffer } from '../../../simulator/passport/document-profile.ts';
import {
  bytes,
  cardAccess,
  chipWith,
  dg1,
  hex,
  publicKeyOfSecret,
  readAt,
  select,
  selectApplication,
  selectMasterFile,
  send,
  statusWords,
} from './chip-under-test.ts';

const offer: PACEOffer = { mapping: 'generic', keyAgreement: 'ecdh', suite: 'aes-128', parameterId: 12 };
const SET_AT = '0022c1a40f800a04007f00070202040202830101';
const NONCE = '10860000027c0000';
const MAP = `1086000045${hex(writeTLV(0x7c, writeTLV(0x81, publicKeyOfSecret(12, 5n))))}00`;
const OFF_CURVE = MAP.replace(/(..)00$/, (_, last: string) => (last === '01' ? '0200' : '0100'));
const AGREE = MAP.replace('7c438141', '7c438341');
const TOKEN = '008600000c7c0a8508010203040506070800';

test('EF.CardAccess is for everybody, EF.CardSecurity and the application are not', async () => {
  const chip = chipWith({ pace: [offer] });
  expect(await statusWords(chip, select(0x011c), readAt(0, 256))).toEqual(['9000', '9000']);
  expect((await send(chip, readAt(0, 256))).data).toEqual(cardAccess);
  expect((await send(chip, '00b09c0000')).data).toEqual(cardAccess);
  expect(await statusWords(chip, select(0x011d), '00b09d0000', select(0x0101))).toEqual(['6982', '6982', '6a82']);
  const inApplication = [selectApplication, select(0x0101), '00b0810000', select(0x011c), readAt(0, 4)];
  expect(await statusWords(chip, ...inApplication)).toEqual(['9000', '6982', '6982', '6a82', '6982']);
  expect(await statusWords(chip, selectMasterFile, select(0x011c), '00a4000c', readAt(0, 4))).toEqual([
    '9000',
    '9000',
    '9000',
    '6986',
  ]);
});

test('a chip without PACE does not know it, and a chip with PACE alone refuses Basic Access Control', async () => {
  expect(await statusWords(chipWith(), select(0x011c), SET_AT, NONCE)).toEqual(['6a82', '6d00', '6985']);
  const modern = chipWith({ pace: [offer], bac: false });
  expect(await statusWords(modern, selectApplication, '0084000008')).toEqual(['9000', '6d00']);
});

test('MSE:Set AT names a protocol, parameters and a password that the chip has', async () => {
  const both = [offer, { ...offer, parameterId: 13 }];
  const oid = '800a04007f00070202040202';
  const answers: readonly (readonly [string, string])[] = [
    [`${oid}830101`, '6a80'],
    [`${oid}83010184010d`, '9000'],
    [`${oid}83010284010c`, '9000'],
    [`7f4c00${oid}83010184010c`, '9000'],
    [`${oid}83010384010c`, '6a88'],
    [`${oid}83010184010e`, '6a88'],
    [`${oid}8301018402000c`, '6a88'],
    [`${oid}84010c`, '6a80'],
    ['83010184010c', '6a80'],
    ['800a04007f0007020204060283010184010c', '6a80'],
    ['800b', '6a80'],
  ];
  for (const [data, answer] of answers) {
    const length = (data.length / 2).toString(16).padStart(2, '0');
    expect(await statusWords(chipWith({ pace: both }), `0022c1a4${length}${data}`), data).toEqual([answer]);
  }
  expect(await statusWords(chipWith({ pace: both }), selectApplication, SET_AT)).toEqual(['9000', '6985']);
});

test.each([
  ['without MSE:Set AT', [NONCE], '6985'],
  ['the nonce twice', [SET_AT, NONCE, NONCE], '6a80'],
  ['the key agreement before the mapping', [SET_AT, NONCE, AGREE], '6a80'],
  ['the token before the key agreement', [SET_AT, NONCE, MAP, TOKEN], '6985'],
  ['the first command out of the chain', [SET_AT, NONCE.replace('10', '00')], '6985'],
  ['the last command within the chain', [SET_AT, NONCE, MAP, AGREE, TOKEN.replace('00', '10')], '6985'],
  ['another command between', [SET_AT, NONCE, select(0x011c), MAP], '6985'],
  ['another attempt after a failure', [SET_AT, NONCE, MAP, AGREE, TOKEN, AGREE], '6985'],
  ['a point that is none', [SET_AT, NONCE, OFF_CURVE], '6a80'],
  ['P1 and P2', [SET_AT, NONCE.replace('860000', '860100')], '6a86'],
  ['two objects', [SET_AT, '10860000047c02800000'], '6a80'],
  ['an object after the template', [SET_AT, '10860000047c00800000'], '6a80'],
])('PACE goes step by step: %s ends it', async (_name, commands, last) => {
  const words = await statusWords(chipWith({ pace: [offer] }), ...commands);
  expect(words.at(-1)).toBe(last);
  expect(words.slice(0, -1)).not.toContain('6985');
});

test('a token made with a wrong password is refused, whatever is sent', async () => {
  const chip = chipWith({ pace: [offer] });
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(await statusWords(chip, SET_AT, NONCE, MAP, AGREE, TOKEN)).toEqual(['9000', '9000', '9000', '9000', '6300']);
  }
});

test.each([
  ['3des', '01', 16],
  ['aes-128', '02', 16],
  ['aes-192', '03', 24],
  ['aes-256', '04', 32],
] as const)(
  'the nonce of integrated mapping is as long as the key of %s, or it is refused',
  async (suite, arc, length) => {
    const integrated = { ...offer, mapping: 'integrated', suite } as const;
    const setAT = `0022c1a40f800a04007f000702020404${arc}830101`;
    for (const bytesSent of [1, 8, 15, 16, 17, 24, 32, 48]) {
      const data = hex(writeTLV(0x7c, writeTLV(0x81, new Uint8Array(bytesSent).fill(7))));
      const map = `10860000${(data.length / 2).toString(16).padStart(2, '0')}${data}00`;
      const words = await statusWords(chipWith({ pace: [integrated] }), setAT, NONCE, map);
      expect(words, `${bytesSent}`).toEqual(['9000', '9000', bytesSent === length ? '9000' : '6a80']);
    }
  },
);

test('a reader that sends the key of the chip back is refused', async () => {
  const ones = (length: number): Uint8Array => new Uint8Array(length).fill(1);
  const number = (length: number): bigint => BigInt(`0x${'01'.repeat(length)}`);
  const { point, order } = curveNamed('prime256v1');
  // Nonce, mapping secret and ephemeral secret of the chip are known here: G' = sG + 5aG, and its key is aG'.
  const [s, a] = [number(16), number(32)];
  const attempt = async (secret: bigint): Promise<string[]> => {
    const key = point.BASE.multiply(((s + 5n * a) * secret) % order).toBytes(false);
    const agree = `1086000045${hex(writeTLV(0x7c, writeTLV(0x83, key)))}00`;
    return statusWords(chipWith({ pace: [offer], chip: { entropy: ones } }), SET_AT, NONCE, MAP, agree);
  };
  expect(await attempt(a + 1n)).toEqual(['9000', '9000', '9000', '9000']);
  expect(await attempt(a)).toEqual(['9000', '9000', '9000', '6300']);
});

test('before access no command of chip or active authentication is carried out', async () => {
  const group = 'prime256v1' as const;
  const chipOffer = { group, suite: 'aes-128', keyId: 'none', form: 'general-authenticate' } as const;
  const chip = chipWith({
    keys: { chipAuthentication: [{ group, secret: 7n, keyId: null, offer: chipOffer }] },
    profile: { activeAuthentication: { kind: 'rsa-1024', hash: 'sha256' } },
  });
  const setAT = '002241a40c800a04007f00070202030202';
  expect(await statusWords(chip, setAT, '002241a602840101', '00220000', '0088000008010203040506070800')).toEqual([
    '6982',
    '6982',
    '6a86',
    '6982',
  ]);
});

test('classes and instructions that the chip does not know are told apart', async () => {
  const commands = ['80a4040c', '10b0000000', '00ca000004', '0ca4040c', '1c86000000', '00c0000010'];
  expect(await statusWords(chipWith(), ...commands)).toEqual(['6e00', '6e00', '6d00', '6982', '6e00', '6d00']);
});

const files = new ChipFiles({ 'master-file': new Map(), emrtd: new Map([[0x0101, dg1]]) });
files.select(selectApplication, 'bac');
files.select(select(0x0101), 'bac');

test('a read gives what was asked for, what there is, or what fits, and tells the end of the file', () => {
  fc.assert(
    fc.property(fc.nat(900), fc.integer({ min: 1, max: 1200 }), fc.integer({ min: 1, max: 1200 }), (at, le, room) => {
      const { statusWord, data } = files.read(readAt(at, le), 'bac', room);
      if (at >= dg1.length) return statusWord === 0x6b00 && data === undefined;
      const given = dg1.subarray(at, at + Math.min(le, room));
      const isShort = le !== 256 && at + le > dg1.length;
      return hex(data) === hex(given) && statusWord === (isShort ? 0x6282 : 0x9000);
    }),
  );
  expect(files.read({ cla: 0, ins: 0xb0, p1: 0, p2: 0 }, 'bac', 256).statusWord).toBe(0x6700);
  expect(files.read(readAt(0, 4), 'none', 256).statusWord).toBe(0x6982);
});

test('READ BINARY with an offset object answers within Le, the header of its own object included', () => {
  fc.assert(
    fc.property(fc.nat(699), fc.integer({ min: 3, max: 900 }), (at, le) => {
      const data = writeTLV(0x54, Uint8Array.of(at >> 8, at & 0xff));
      const answer = files.readOdd({ cla: 0, ins: 0xb1, p1: 0, p2: 0, data, le }, 'bac', 800);
      const content = answer.data?.subarray(answer.data.length < 130 ? 2 : answer.data.length < 259 ? 3 : 4);
      return (
        (answer.data?.length ?? 0) <= Math.min(le, 800) &&
        hex(dg1.subarray(at)).startsWith(hex(content)) &&
        (content?.length ?? 0) > 0
      );
    }),
  );
  const asking = (data: string): CommandAPDU => ({ cla: 0, ins: 0xb1, p1: 0, p2: 0, data: bytes(data), le: 100 });
  expect(files.readOdd(asking('54020400'), 'bac', 256).statusWord).toBe(0x6b00);
  expect(files.readOdd({ ...asking('540100'), p2: 1 }, 'bac', 256).statusWord).toBe(0x6a86);
  for (const wrong of ['5400', '540400000001', '5502', '']) {
    expect(files.readOdd(asking(wrong), 'bac', 256).statusWord).toBe(0x6a80);
  }
});

test('parameters that mean nothing are refused', async () => {
  const chip = chipWith({ pace: [offer] });
  const selecting = ['00a4040407a0000002471001', '00a4010c023f00', '00a4020401011c'];
  const reading = ['00b0fc0000', '00b0800000', '00b09f0000'];
  expect(await statusWords(chip, ...selecting, ...reading)).toEqual(Array.from({ length: 6 }, () => '6a86'));
  expect(await statusWords(chip, '00a4020c03011c00', '00a4020c', '00b09c0000')).toEqual(['6700', '6700', '9000']);
});

test('fingerprints stay closed: nobody here authenticates as a terminal that may read them', () => {
  const chip = new ChipFiles({ 'master-file': new Map(), emrtd: new Map([[0x0103, dg1]]) });
  chip.select(selectApplication, 'pace');
  expect(chip.select(select(0x0103), 'pace').statusWord).toBe(0x6982);
});

test.each(['3des', 'aes-128', 'aes-192', 'aes-256'] as const)(
  'the two halves of secure messaging with %s understand each other for any command and answer',
  (suite) => {
    const encryptionKey = deriveKey(suite, bytes('0102'), 1);
    const macKey = deriveKey(suite, bytes('0102'), 2);
    const chip = new ChipSecureMessaging({ suite, encryptionKey, macKey });
    const reader = createSecureMessaging(suite, { encryptionKey, macKey });
    const commands = fc.record(
      {
        ins: fc.integer({ min: 0, max: 255 }),
        p1: fc.integer({ min: 0, max: 255 }),
        p2: fc.integer({ min: 0, max: 255 }),
        data: fc.uint8Array({ minLength: 1, maxLength: 600 }),
        le: fc.oneof(fc.constantFrom(255, 256, 257, 65_535, 65_536), fc.integer({ min: 1, max: 65_536 })),
      },
      { requiredKeys: ['ins', 'p1', 'p2'] },
    );
    fc.assert(
      fc.property(commands, fc.uint8Array({ maxLength: 700 }), (rest, answer) => {
        const outer = decodeCommand(reader.protect({ cla: 0, ...rest }));
        if (outer === undefined) return false;
        expect(chip.open(outer)).toEqual({ cla: 0, ...rest });
        const back = reader.unprotect(chip.seal(rest.ins, 0x6282, answer));
        return back.statusWord === 0x6282 && hex(back.data) === hex(answer);
      }),
    );
    for (const room of [256, 300, 998, 2046]) {
      const fits = (length: number): boolean =>
        (decodeResponse(chip.seal(0xb0, 0x9000, new Uint8Array(length)))?.data.length ?? 0) <= room;
      expect([fits(chip.capacity(room)), fits(chip.capacity(room) + 1)], `${room}`).toEqual([true, false]);
    }
  },
);

test('the chip protects an AES answer by the formulas of the standard', () => {
  const encryptionKey = bytes('F5F0E35C0D7161EE6724EE513A0D9A7F');
  const macKey = bytes('FE251C7858B356B24514B3BD5F4297D1');
  const counter = bytes('00000000000000000000000000000001');
  const chip = new ChipSecureMessaging({ suite: 'aes-128', encryptionKey, macKey });
  const vector = encryptBlocks('aes-128', encryptionKey, new Uint8Array(16), counter);
  const cryptogram = encryptBlocks('aes-128', encryptionKey, vector, padMethod2(bytes('60145f01'), 16));
  const objects = concatBytes(writeTLV(0x87, bytes('01'), cryptogram), bytes('99029000'));
  const checksum = macOf('aes-128', macKey, padMethod2(concatBytes(counter, objects), 16));
  const expected = concatBytes(objects, writeTLV(0x8e, checksum), bytes('9000'));
  expect(hex(chip.seal(0xb0, 0x9000, bytes('60145f01')))).toBe(hex(expected));
});

test('a protected command with an object too many, too few or in the wrong place is refused', () => {
  const keys = { encryptionKey: bytes('00'.repeat(16)), macKey: bytes('11'.repeat(16)) };
  const sealed = (objects: string): CommandAPDU => {
    const body = bytes(objects);
    const header = padMethod2(bytes('0cb00000'), 8);
    const checksum = macOf('3des', keys.macKey, concatBytes(bytes('0000000000000001'), header, body));
    return { cla: 0x0c, ins: 0xb0, p1: 0, p2: 0, data: concatBytes(body, writeTLV(0x8e, checksum)), le: 256 };
  };
  const opened = (command: CommandAPDU): unknown => new ChipSecureMessaging(keys).open(command);
  expect(opened(sealed('970104'))).toMatchObject({ ins: 0xb0, le: 4 });
  const cryptogram = `870901${hex(encryptBlocks('3des', keys.encryptionKey, new Uint8Array(8), padMethod2(bytes('01'), 8)))}`;
  expect(opened(sealed(`${cryptogram}970104`))).toMatchObject({ data: bytes('01') });
  const wrong = [
    `970104${cryptogram}`,
    '970104970104',
    '9700',
    '9703000001',
    '8701018501',
    '870101',
    '8709020000000000000000',
  ];
  // DO'85' belongs to odd instructions.
  const inWrongObject = cryptogram.replace('870901', '8508');
  const withOtherPadding = cryptogram.replace('870901', '870902');
  for (const objects of [
    ...wrong,
    inWrongObject,
    withOtherPadding,
    '870401000000',
    '8709010000000000000000',
    '99029000',
    '850801020304050607088708',
  ]) {
    expect(opened(sealed(objects)), objects).toEqual({ refusedWith: 0x6988 });
  }
  const withoutChecksum = { cla: 0x0c, ins: 0xb0, p1: 0, p2: 0, data: bytes('970104'), le: 256 };
  expect(opened(withoutChecksum)).toEqual({ refusedWith: 0x6987 });
  const { data: _data, ...empty } = withoutChecksum;
  expect(opened(empty)).toEqual({ refusedWith: 0x6987 });
});
