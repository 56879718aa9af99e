/** APDUs beyond 255 bytes, and answers that a chip gives in pieces (ISO/IEC 7816-4 sections 5.2 and 7.6.1). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCommand, encodeCommand } from '../../drivers/emrtd/iso7816/apdu.ts';
import { ChipSession } from '../../drivers/emrtd/iso7816/chip-session.ts';
import { bytes, text } from './scripted-chip.ts';

const head = { cla: 0x10, ins: 0x86, p1: 0, p2: 0 } as const;
const ofLength = (length: number): Uint8Array => new Uint8Array(length).fill(0x5a);

test.each([
  ['nothing', {}, '10860000'],
  ['Le 1', { le: 1 }, '1086000001'],
  ['Le 256', { le: 256 }, '1086000000'],
  ['Le 257', { le: 257 }, '10860000000101'],
  ['Le 65,536', { le: 65_536 }, '10860000000000'],
  ['one byte', { data: ofLength(1) }, '10860000015A'],
  ['one byte, Le 256', { data: ofLength(1), le: 256 }, '10860000015A00'],
  ['one byte, Le 257', { data: ofLength(1), le: 257 }, '108600000000015A0101'],
  ['one byte, Le 65,536', { data: ofLength(1), le: 65_536 }, '108600000000015A0000'],
])('a command with %s is written in the form it needs', (_, rest, expected) => {
  expect(text(encodeCommand({ ...head, ...rest }))).toBe(expected);
});

test('255 bytes of data are written short, 256 extended', () => {
  const [short, long] = [
    encodeCommand({ ...head, data: ofLength(255) }),
    encodeCommand({ ...head, data: ofLength(256) }),
  ];
  expect([short.length, text(short.subarray(4, 5))]).toEqual([260, 'FF']);
  expect([long.length, text(long.subarray(4, 7))]).toEqual([263, '000100']);
  expect(text(encodeCommand({ ...head, data: ofLength(256), le: 256 }).subarray(-2))).toBe('0100');
  expect(text(encodeCommand({ ...head, data: ofLength(65_535), le: 65_536 }).subarray(4, 7))).toBe('00FFFF');
});

test('any command is read as it was written', () => {
  const octet = fc.nat(255);
  const data = fc.option(
    fc.oneof(
      fc.constantFrom(1, 254, 255, 256, 257, 65_535).map(ofLength),
      fc.uint8Array({ minLength: 1, maxLength: 600 }),
    ),
    { nil: undefined },
  );
  const edges = fc.constantFrom(1, 255, 256, 257, 65_535, 65_536);
  const le = fc.option(fc.oneof(edges, fc.integer({ min: 1, max: 65_536 })), { nil: undefined });
  fc.assert(
    fc.property(octet, octet, octet, octet, data, le, (cla, ins, p1, p2, body, length) => {
      const command = { cla, ins, p1, p2, ...(body && { data: body }), ...(length && { le: length }) };
      expect(decodeCommand(encodeCommand(command))).toEqual(command);
    }),
  );
});

test('what no APDU can hold is refused, not cut', () => {
  for (const data of [ofLength(0), ofLength(65_536)]) {
    expect(() => encodeCommand({ ...head, data })).toThrow(RangeError);
  }
  for (const le of [0, -1, 65_537, 1.5, Number.NaN]) expect(() => encodeCommand({ ...head, le })).toThrow(RangeError);
});

test('bytes that end in the middle of a command, or go on after it, are none', () => {
  const whole = encodeCommand({ ...head, data: ofLength(300), le: 500 });
  for (let length = 0; length < whole.length; length++) {
    // Without its two last bytes it is the same command without Le.
    const isCommand = length === 4 || length === 5 || length === 7 || length === whole.length - 2;
    expect(decodeCommand(whole.subarray(0, length)) !== undefined, `${length} bytes`).toBe(isCommand);
  }
  expect(decodeCommand(Uint8Array.of(...whole, 0))).toBeUndefined();
  for (const empty of ['0086000000000001', '008600000000000101']) expect(decodeCommand(bytes(empty))).toBeUndefined();
});

test('no bytes lead to anything but a command or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (input) => {
      const command = decodeCommand(input);
      if (command?.data !== undefined) expect(command.data.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});

type Chip = { readonly session: ChipSession; readonly commands: string[] };

function sessionWith(answer: (command: string, count: number) => string): Chip {
  const commands: string[] = [];
  const transceiver = {
    transceive: async (command: Uint8Array) => {
      commands.push(text(command));
      return bytes(answer(text(command), commands.length - 1));
    },
  };
  const session = new ChipSession({ transceiver, signal: new AbortController().signal, apduTimeout_ms: 1000 });
  return { session, commands };
}

test('an answer in pieces is fetched to its end and put together', async () => {
  const answers = [`${'AA'.repeat(4)}6100`, `${'BB'.repeat(256)}6103`, 'CCCCCC9000'];
  const { session, commands } = sessionWith((_, count) => answers[count] ?? '6F00');
  const response = await session.exchange({ ...head, le: 256 });
  expect(response.statusWord).toBe(0x9000);
  expect(text(response.data)).toBe(`${'AA'.repeat(4)}${'BB'.repeat(256)}CCCCCC`);
  expect(commands).toEqual(['1086000000', '00C0000000', '00C0000003']);
  expect(session.apdus).toBe(3);
});

test('an error in the middle of the pieces is the answer', async () => {
  const { session } = sessionWith((_, count) => (count === 0 ? '0161FF' : '6F00'));
  expect((await session.exchange({ ...head, le: 256 })).statusWord).toBe(0x6f00);
});

test.each([
  ['nothing', '6110'],
  ['a byte', 'AA6110'],
  ['256 bytes', `${'AA'.repeat(256)}6100`],
])('a chip that gives %s at a time and never ends is given up', async (_, answer) => {
  const { session, commands } = sessionWith(() => answer);
  await expect(session.exchange({ ...head, le: 256 })).rejects.toThrowError(/CHIP_ANSWER_ENDLESS/);
  expect(commands.length).toBeLessThan(400);
});

test('pieces are not fetched beyond the longest answer there is', async () => {
  const { session, commands } = sessionWith((_, count) => `${'AA'.repeat(count === 0 ? 65_536 : 1)}6101`);
  await expect(session.exchange({ ...head, le: 65_536 })).rejects.toThrowError(/CHIP_ANSWER_ENDLESS/);
  expect(commands).toHaveLength(2);
});

test('an answer of 65,536 bytes is taken where it was asked for, and nowhere else', async () => {
  const { session } = sessionWith(() => `${'AA'.repeat(65_536)}9000`);
  expect((await session.exchange({ ...head, le: 65_536 })).data.length).toBe(65_536);
  await expect(session.exchange({ ...head, le: 256 })).rejects.toThrowError(/READER_ERROR/);
  await expect(session.exchange({ ...head, le: 65_535 })).rejects.toThrowError(/READER_ERROR/);
});

test('in the protected phase an announcement of more is an unprotected answer', async () => {
  const { session, commands } = sessionWith(() => '6110');
  session.protectWith({
    protect: () => bytes('0CB0000000'),
    unprotect: (response) => {
      throw new Error(`unprotected ${text(response)}`);
    },
  });
  await expect(session.exchange({ ...head, le: 256 })).rejects.toThrowError('unprotected 6110');
  expect(commands).toHaveLength(1);
});
