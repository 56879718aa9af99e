/** Each ingredient of a misbehaviour spoils what it names and nothing else; and an honest chip cannot be made to fail. */
import { expect, test } from 'vitest';
import { deriveBasicAccessKeys, performBasicAccessControl } from '../../../drivers/emrtd/access/bac.ts';
import { type CommandAPDU, encodeCommand } from '../../../drivers/emrtd/iso7816/apdu.ts';
import type { SecureMessaging } from '../../../drivers/emrtd/iso7816/chip-session.ts';
import { type TLV, readTLVs } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { paceStepOf } from '../../../simulator/passport/chip-pace.ts';
import { plausibleTiming } from '../../../simulator/passport/chip-timing.ts';
import type { Chip } from '../../../simulator/passport/chip.ts';
import type { PACEOffer } from '../../../simulator/passport/document-profile.ts';
import {
  aboutFile,
  all,
  endingFilesWith,
  endlessMoreData,
  enormousLength,
  fromCommand,
  instruction,
  refusing,
  refusingExtendedLength,
  refusingLongReads,
  replaying,
  sayingInstead,
  shortReads,
  silent,
  slow,
  underProtection,
  unprotectedStatus,
  withData,
  without,
  wrongChecksum,
  wrongCryptogram,
  wrongTag,
  zeroBytes,
} from '../../../simulator/passport/misbehaviour-ingredients.ts';
import { type Misbehaviour, misbehavingAs } from '../../../simulator/passport/misbehaviour.ts';
import { seededEntropy } from '../../emrtd/simulated-document.ts';
import {
  bytes,
  chipWith,
  dg1,
  hex,
  publicKeyOfSecret,
  readAt,
  select,
  selectApplication,
  send,
  statusWords,
} from './chip-under-test.ts';

const offer: PACEOffer = { mapping: 'generic', keyAgreement: 'ecdh', suite: 'aes-128', parameterId: 12 };

/** Opened by Basic Access Control, in commands 1 to 3. */
async function opened(
  misbehaviour: Misbehaviour,
): Promise<{ readonly chip: Chip; readonly messaging: SecureMessaging }> {
  const chip = chipWith({ pace: [offer], profile: { extendedLength_bytes: 1000 }, chip: { misbehaviour } });
  await send(chip, selectApplication);
  const keys = deriveBasicAccessKeys(bytes('239ab9cb282daf66231dc5a4df6bfbae'));
  return { chip, messaging: await performBasicAccessControl((c) => send(chip, c), keys, seededEntropy('reader')) };
}

/** What a reader makes of the answer to each command: the data's length and status word, or the error's code. */
async function heard(misbehaviour: Misbehaviour, ...commands: readonly CommandAPDU[]): Promise<string[]> {
  const { chip, messaging } = await opened(misbehaviour);
  const words: string[] = [];
  for (const command of commands) {
    const answer = await chip.transceive(messaging.protect(command));
    try {
      const { data, statusWord } = messaging.unprotect(answer ?? bytes(''));
      words.push(`${data.length} ${statusWord.toString(16)}`);
    } catch (error) {
      words.push(error instanceof Error && 'code' in error ? String(error.code) : 'unknown');
    }
  }
  return words;
}

/** Tags of the objects in a protected answer. */
async function objectsOf(misbehaviour: Misbehaviour, command: CommandAPDU): Promise<readonly TLV[]> {
  const { chip, messaging } = await opened(misbehaviour);
  messaging.unprotect((await chip.transceive(messaging.protect(select(0x0101)))) ?? bytes(''));
  return readTLVs((await chip.transceive(messaging.protect(command)))?.subarray(0, -2) ?? bytes(''));
}

const reading = instruction(0xb0);
const FAILED = 'SECURE_MESSAGING_FAILED';

test.each<[string, Misbehaviour, string]>([
  ['without a checksum', without('checksum', reading), FAILED],
  ['without a status', without('status', reading), FAILED],
  ['without the data', without('cryptogram', reading), '0 9000'],
  ['with a wrong checksum', wrongChecksum(reading), FAILED],
  ['with a bare status word', unprotectedStatus(0x6982, reading), FAILED],
  ['with zero bytes', zeroBytes(reading), FAILED],
  ['with another status word', refusing(reading, 0x6f00), '0 6f00'],
  ['with one status word in place of another', sayingInstead(0x9000, 0x63c2, reading), '100 63c2'],
  ['that is the one before', replaying(reading), FAILED],
  ['that promises more for ever', endlessMoreData(reading), FAILED],
  ['that is shorter', shortReads(10), '10 9000'],
  ['that says that Le was too long', refusingLongReads(64), '0 6700'],
  ['that says which Le would do', refusingLongReads(64, 0x6c00), '0 6c40'],
  ['with other data', withData(reading, (data) => data.subarray(1)), '99 9000'],
])('a chip may give an answer %s', async (_name, misbehaviour, expected) => {
  const words = await heard(misbehaviour, select(0x0101), readAt(0, 100));
  expect(words).toEqual(['0 9000', expected]);
});

test('a wrong cryptogram comes with the checksum that fits it', async () => {
  const [honest, , honestChecksum] = await objectsOf({}, readAt(0, 100));
  const [wrong, , checksum] = await objectsOf(wrongCryptogram(reading), readAt(0, 100));
  expect(wrong?.value.length).toBe(honest?.value.length);
  expect(hex(wrong?.value)).not.toBe(hex(honest?.value));
  // Both chips and readers take the same random numbers: over the same cryptogram the checksum would be the same.
  expect(hex(checksum?.value)).not.toBe(hex(honestChecksum?.value));
  const [, outcome] = await heard(wrongCryptogram(reading), select(0x0101), readAt(0, 100));
  expect(outcome).not.toBe('100 9000');
});

test.each(['checksum', 'status', 'cryptogram'] as const)('the part that is left out is the %s', async (part) => {
  const tags = { cryptogram: 0x87, status: 0x99, checksum: 0x8e };
  const present = (await objectsOf(without(part, reading), readAt(0, 100))).map(({ tag }) => tag);
  expect(present).toEqual(Object.values(tags).filter((tag) => tag !== tags[part]));
});

test.each<[Parameters<typeof endingFilesWith>[0], string]>([
  ['6282 without data', '0 6282'],
  ['6b00', '0 6b00'],
  ['6cxx', '0 6c14'],
  ['9000', '20 9000'],
])('the end of a file may be told by %s', async (style, expected) => {
  const words = await heard(endingFilesWith(style), select(0x0101), readAt(dg1.length - 20, 100), readAt(0, 100));
  expect(words).toEqual(['0 9000', expected, '100 9000']);
});

test('a chip may refuse extended length, or announce four gigabytes in one file', async () => {
  expect(await heard(refusingExtendedLength, select(0x0101), readAt(0, 500))).toEqual(['0 9000', FAILED]);
  expect(await heard({}, select(0x0101), readAt(0, 500))).toEqual(['0 9000', '500 9000']);
  const { chip, messaging } = await opened(enormousLength(0x011e));
  const read = async (p1: number, p2: number): Promise<string> => {
    const command = { cla: 0, ins: 0xb0, p1, p2, le: 8 };
    return hex(messaging.unprotect((await chip.transceive(messaging.protect(command))) ?? bytes('')).data);
  };
  expect(await read(0x9e, 0)).toBe('6084ffffffff3130');
  expect(await read(0, 8)).toBe('365f360630343030');
  expect(await read(0x81, 0)).toBe(hex(dg1.subarray(0, 8)));
});

test('behaviours are told which step, file and command they are about', async () => {
  const plain = (misbehaviour: Misbehaviour): Chip => chipWith({ pace: [offer], chip: { misbehaviour } });
  const setAT = '0022c1a40f800a04007f00070202040202830101';
  const nonce = '10860000027c0000';
  const secondStep = plain(refusing(({ command }) => command !== undefined && paceStepOf(command) === 2, 0x6300));
  const map = `10860000457c438141${hex(publicKeyOfSecret(12, 5n))}00`;
  expect(await statusWords(secondStep, setAT, nonce, map)).toEqual(['9000', '9000', '6300']);
  expect(hex((await send(plain(wrongTag(instruction(0x86))), setAT)).data)).toBe('');
  const mislabelled = plain(wrongTag(instruction(0x86)));
  await send(mislabelled, setAT);
  expect(hex((await send(mislabelled, nonce)).data).slice(0, 8)).toBe('7c129010');
  const hidden = plain(refusing(all(instruction(0xa4), aboutFile(0x011c, 'master-file')), 0x6a82));
  expect(await statusWords(hidden, select(0x011c), select(0x011d))).toEqual(['6a82', '6982']);
  const dying = plain(silent(fromCommand(2)));
  expect(await statusWords(dying, select(0x011c))).toEqual(['9000']);
  expect(await dying.transceive(encodeCommand(readAt(0, 4)))).toBeUndefined();
  dying.reset();
  expect(await statusWords(dying, select(0x011c))).toEqual(['9000']);
});

test('of several behaviours the first is nearest the antenna', async () => {
  const order: string[] = [];
  const named = (name: string): Misbehaviour => ({
    answer: (_moment, honest) => {
      order.push(name);
      return honest();
    },
    transmit: (response) => {
      order.push(`${name} sends`);
      return response;
    },
  });
  const chip = chipWith({ chip: { misbehaviour: misbehavingAs(named('outer'), {}, named('inner')) } });
  await send(chip, selectApplication);
  expect(order).toEqual(['outer', 'inner', 'inner sends', 'outer sends']);
  expect(await heard(misbehavingAs(shortReads(50), refusingLongReads(60)), select(0x0101), readAt(0, 100))).toEqual([
    '0 9000',
    '50 9000',
  ]);
  const all64 = misbehavingAs(unprotectedStatus(0x6f00, underProtection), wrongChecksum(), without('status'));
  expect(await heard(all64, select(0x0101))).toEqual([FAILED]);
});

test('a chip whose behaviour skips chip authentication keeps the old keys', async () => {
  const pretending: Misbehaviour = {
    answer: ({ command }, honest) => (command?.p2 === 0xa6 ? { statusWord: 0x9000 } : honest()),
  };
  const setKAT = { cla: 0, ins: 0x22, p1: 0x41, p2: 0xa6, data: bytes('9101ff') };
  expect(await heard(pretending, setKAT, select(0x0101))).toEqual(['0 9000', '0 9000']);
});

test('the time for a command follows the timing of the chip and the behaviours on it', () => {
  const moment = { number: 1, command: undefined, isProtected: false, isExtended: false, file: undefined };
  const command = { cla: 0, ins: 0x86, p1: 0, p2: 0 };
  expect(plausibleTiming(command)).toBeGreaterThanOrEqual(100);
  expect(plausibleTiming({ ...command, ins: 0xb0 })).toBeLessThanOrEqual(20);
  expect(plausibleTiming({ ...command, ins: 0x22, p1: 0x41, p2: 0xa6 })).toBeGreaterThan(
    plausibleTiming({ ...command, ins: 0x22, p1: 0xc1, p2: 0xa4 }),
  );
  const twice = misbehavingAs(
    slow({ extra_ms: 5 }),
    slow({ factor: 2, extra_ms: 1 }),
    slow({ factor: 9, when: () => false }),
  );
  expect(twice.delay_ms?.(10, moment)).toBe(26);
});

test('an answer is not there before its time', async () => {
  const timing = ({ ins }: { readonly ins: number }): number => (ins === 0xa4 ? 30 : 0);
  const chip = chipWith({ chip: { processing_ms: timing, misbehaviour: slow({ factor: 2 }) } });
  const began_ms = performance.now();
  await send(chip, '00ca000000');
  const between_ms = performance.now();
  await send(chip, selectApplication);
  // A timer may fire up to a millisecond early.
  expect(performance.now() - between_ms).toBeGreaterThanOrEqual(59);
  expect(between_ms - began_ms).toBeLessThan(performance.now() - between_ms);
});
