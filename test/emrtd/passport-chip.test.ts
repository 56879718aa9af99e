/** The simulated chip as any reader meets it: status words before and after access. */
import { expect, test } from 'vitest';
import {
  type CommandAPDU,
  EMRTD_APPLICATION,
  type ResponseAPDU,
  decodeResponse,
  encodeCommand,
} from '../../drivers/emrtd/iso7816/apdu.ts';
import { deriveBasicAccessKeys, performBasicAccessControl } from '../../drivers/emrtd/access/bac.ts';
import { accessKeySeed } from '../../drivers/emrtd/mrz/mrz.ts';
import type { Chip } from '../../simulator/passport/chip.ts';
import { createPassportChip } from '../../simulator/passport/passport-chip.ts';
import { chipOf, mrzOf, passportOf, seededEntropy } from './simulated-document.ts';

const passport = passportOf();
const dg2 = passport.files.get(0x0102) ?? new Uint8Array(0);
const select = (id: number): CommandAPDU => {
  return { cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: Uint8Array.of(id >> 8, id & 0xff) };
};
const readAt = (offset: number, le: number): CommandAPDU => {
  return { cla: 0, ins: 0xb0, p1: offset >> 8, p2: offset & 0xff, le };
};
const selectApplication = { cla: 0, ins: 0xa4, p1: 4, p2: 0x0c, data: EMRTD_APPLICATION };
const challenge = (le: number): CommandAPDU => ({ cla: 0, ins: 0x84, p1: 0, p2: 0, le });

async function plain(chip: Chip, command: CommandAPDU): Promise<ResponseAPDU> {
  const response = decodeResponse((await chip.transceive(encodeCommand(command))) ?? new Uint8Array(0));
  if (response === undefined) throw new Error('no answer');
  return response;
}

async function statusOf(chip: Chip, command: CommandAPDU): Promise<string> {
  return (await plain(chip, command)).statusWord.toString(16);
}

async function opened(chip: Chip): Promise<(command: CommandAPDU) => Promise<ResponseAPDU>> {
  await plain(chip, selectApplication);
  const keys = deriveBasicAccessKeys(accessKeySeed(mrzOf(passport.mrzLines)));
  const messaging = await performBasicAccessControl((c) => plain(chip, c), keys, seededEntropy('reader'));
  return async (command) => {
    const answer = await chip.transceive(messaging.protect(command));
    return messaging.unprotect(answer ?? new Uint8Array(0));
  };
}

test('before access the files are there but locked, and EF.CardAccess is not there', async () => {
  const chip = chipOf(passport);
  expect(await statusOf(chip, select(0x011c))).toBe('6a82');
  expect(await statusOf(chip, selectApplication)).toBe('9000');
  expect(await statusOf(chip, select(0x011e))).toBe('6982');
  expect(await statusOf(chip, readAt(0, 4))).toBe('6982');
  expect(await statusOf(chip, readAt(0x8100, 4))).toBe('6982');
  expect(await statusOf(chip, { cla: 0, ins: 0xca, p1: 0, p2: 0, le: 4 })).toBe('6d00');
  expect(await statusOf(chip, { ...selectApplication, data: Uint8Array.of(1, 2, 3, 4, 5) })).toBe('6a82');
});

test('a challenge of another length is answered with the right one, and serves one attempt', async () => {
  const chip = chipOf(passport);
  await plain(chip, selectApplication);
  expect(await statusOf(chip, challenge(16))).toBe('6c08');
  expect((await plain(chip, challenge(8))).data).toHaveLength(8);
  const authenticate = { cla: 0, ins: 0x82, p1: 0, p2: 0, data: new Uint8Array(40), le: 40 };
  expect(await statusOf(chip, authenticate)).toBe('6300');
  expect(await statusOf(chip, authenticate)).toBe('6985');
});

test('an authentication that was listened to does not open the chip again', async () => {
  const chip = chipOf(passport);
  const heard: Uint8Array[] = [];
  const overheard: Chip = {
    kind: chip.kind,
    uid: chip.uid,
    historicalBytes: chip.historicalBytes,
    reset: () => chip.reset(),
    transceive: async (command) => {
      heard.push(command);
      return chip.transceive(command);
    },
  };
  await opened(overheard);
  const authentication = heard.find((command) => command[1] === 0x82);
  chip.reset();
  await plain(chip, selectApplication);
  await plain(chip, challenge(8));
  expect(await chip.transceive(authentication ?? new Uint8Array(0))).toEqual(Uint8Array.of(0x63, 0x00));
});

test('after access a file is read in blocks of 100 bytes, and its end is told', async () => {
  const send = await opened(chipOf(passport));
  expect((await send(select(0x0102))).statusWord).toBe(0x9000);
  const file: number[] = [];
  while (file.length < dg2.length) {
    const { data, statusWord } = await send(readAt(file.length, 100));
    expect(statusWord).toBe(file.length + 100 > dg2.length ? 0x6282 : 0x9000);
    file.push(...data);
  }
  expect(Uint8Array.from(file)).toEqual(dg2);
  expect((await send(readAt(dg2.length, 1))).statusWord).toBe(0x6b00);
  expect((await send(readAt(0, 256))).data).toHaveLength(231);
  expect((await send(select(0x0103))).statusWord).toBe(0x6a82);
  expect((await send(readAt(0x8100, 4))).data).toEqual(passport.files.get(0x0101)?.subarray(0, 4));
});

test('a protected command that was changed on the way ends the session', async () => {
  const chip = chipOf(passport);
  const send = await opened(chip);
  await send(select(0x011e));
  expect(await statusOf(chip, { cla: 0x0c, ins: 0xb0, p1: 0, p2: 0, data: new Uint8Array(10), le: 256 })).toBe('6988');
  await expect(send(readAt(0, 4))).rejects.toMatchObject({ code: 'SECURE_MESSAGING_FAILED' });
});

test('a plain command, or a new field, ends the session', async () => {
  for (const end of [(chip: Chip) => plain(chip, readAt(0, 4)), async (chip: Chip) => chip.reset()]) {
    const chip = chipOf(passport);
    const send = await opened(chip);
    await end(chip);
    await expect(send(select(0x011e))).rejects.toMatchObject({ code: 'SECURE_MESSAGING_FAILED' });
  }
});

test('a chip of type A has a random identifier of four bytes that says so', () => {
  const chip = createPassportChip(passport, { kind: 'type-a', entropy: seededEntropy('uid') });
  expect([chip.uid.length, chip.uid[0]]).toEqual([4, 0x08]);
});

test('bytes that are no command are refused by the chip', async () => {
  const chip = chipOf(passport);
  for (const bytes of [[], [0], [0, 0xa4, 4], [0, 0xa4, 4, 0, 9, 1], [0, 0xa4, 4, 0, 0, 0, 2, 2]]) {
    expect(await chip.transceive(Uint8Array.from(bytes))).toEqual(Uint8Array.of(0x67, 0x00));
  }
});
