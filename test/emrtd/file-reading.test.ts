/** Chips that give files in their own ways: small blocks, odd status words, and chips that mean harm. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CommandAPDU, type ResponseAPDU, StatusWord } from '../../drivers/emrtd/iso7816/apdu.ts';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import { elementaryFiles } from '../../drivers/emrtd/lds/data-groups.ts';
import { FileReader } from '../../drivers/emrtd/iso7816/file-reader.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { type Overrun, fileCard } from './file-card.ts';
import { seededEntropy } from './simulated-document.ts';

type Answer = (command: CommandAPDU, offset: number) => ResponseAPDU;

const file = writeTLV(0x75, seededEntropy('file')(3000));
const status = (statusWord: number): ResponseAPDU => ({ data: new Uint8Array(0), statusWord });
const give = (content: Uint8Array, offset: number, length: number): ResponseAPDU => ({
  data: content.subarray(offset, offset + length),
  statusWord: StatusWord.OK,
});

/** Reads DG2 from a chip that answers READ BINARY like this; counts the commands. */
async function read(answer: Answer): Promise<{ file: Uint8Array | string; commands: number; lengths: number[] }> {
  const lengths: number[] = [];
  const reader = new FileReader(async (command) => {
    if (command.ins === 0xa4) return status(StatusWord.OK);
    lengths.push(command.le ?? 0);
    return answer(command, command.p1 * 256 + command.p2);
  });
  try {
    const content = await reader.read(elementaryFiles.DG2, () => undefined);
    return { file: content, commands: lengths.length, lengths };
  } catch (error) {
    if (error instanceof DocumentError) return { file: error.code, commands: lengths.length, lengths };
    throw error;
  }
}

test('a file is read in blocks of 223 bytes from the first on, and not beyond its end', async () => {
  const result = await read(({ le = 0 }, offset) => give(file, offset, le));
  expect(result.file).toEqual(file);
  expect(result.lengths).toEqual([...Array.from({ length: 13 }, () => 223), file.length - 13 * 223]);
});

test.each([
  ['6700', (limit: number) => status(limit * 0 + StatusWord.WRONG_LENGTH)],
  ['6C and the length it would give', (limit: number) => status(StatusWord.WRONG_LE | limit)],
  ['no bytes at all', () => status(StatusWord.OK)],
])('a chip that gives at most 192 bytes and otherwise answers %s is asked once too much only', async (_, refusal) => {
  const result = await read(({ le = 0 }, offset) => (le > 192 ? refusal(192) : give(file, offset, le)));
  expect(result.file).toEqual(file);
  expect(result.lengths.filter((length) => length > 192)).toEqual([223]);
});

test('a chip that gives less than it was asked for is asked again for the rest', async () => {
  const result = await read(({ le = 0 }, offset) => give(file, offset, Math.min(le, 100)));
  expect(result.file).toEqual(file);
});

test('end of file announced with the last bytes is no error, and bytes beyond the file are dropped', async () => {
  const result = await read(({ le = 0 }, offset) => {
    const isLast = offset + le >= file.length;
    const data = isLast ? Uint8Array.from([...file.subarray(offset), 0x80, 0, 0]) : file.subarray(offset, offset + le);
    return { data, statusWord: isLast ? StatusWord.END_OF_FILE : StatusWord.OK };
  });
  expect(result.file).toEqual(file);
});

test('a file that ends before its announced length is truncated', async () => {
  const short = file.subarray(0, 1000);
  const outside = await read(({ le = 0 }, offset) =>
    offset >= short.length ? status(StatusWord.OFFSET_OUTSIDE_FILE) : give(short, offset, le),
  );
  expect(outside.file).toBe('FILE_TRUNCATED');
  const ended = await read(({ le = 0 }, offset) =>
    offset >= short.length ? status(StatusWord.END_OF_FILE) : give(short, offset, le),
  );
  expect(ended.file).toBe('FILE_TRUNCATED');
});

test('a file of another kind, or with a length no such file has, is not read on', async () => {
  const begin =
    (...octets: number[]): Answer =>
    (_, offset) =>
      give(Uint8Array.from(octets), offset, 4);
  expect(await read(begin(0x61, 0x03, 1, 2, 3))).toMatchObject({ file: 'FILE_MALFORMED', commands: 1 });
  expect(await read(begin(0x75, 0x84, 0xff, 0xff, 0xff, 0xff))).toMatchObject({ file: 'FILE_TOO_LARGE', commands: 2 });
  expect(await read(begin(0x75, 0x83, 0x7f, 0xff, 0xff))).toMatchObject({ file: 'FILE_TOO_LARGE', commands: 2 });
  expect(await read(begin(0x75, 0x80, 0, 0))).toMatchObject({ file: 'FILE_MALFORMED', commands: 1 });
  expect(await read(begin(0x7f, 0xff, 0xff, 0xff))).toMatchObject({ file: 'FILE_MALFORMED', commands: 1 });
});

test('a chip that gives one byte a command is given up after a bounded number of commands', async () => {
  const result = await read((_, offset) => give(file, offset, 1));
  expect(result.file).toBe('FILE_STALLED');
  expect(result.commands).toBeLessThan(130);
});

test.each([
  ['names an ever smaller length', (le: number) => StatusWord.WRONG_LE | Math.max(le - 1, 0)],
  ['names the same length', (le: number) => StatusWord.WRONG_LE | (le & 0xff)],
  ['names no length', () => StatusWord.WRONG_LE],
  ['refuses every length', () => StatusWord.WRONG_LENGTH],
])('a chip that %s is given up after a bounded number of commands', async (_, refusal) => {
  const result = await read(({ le = 0 }) => status(refusal(le)));
  expect(['FILE_REFUSED', 'FILE_STALLED']).toContain(result.file);
  expect(result.commands).toBeLessThan(20);
  const late = await read(({ le = 0 }, offset) => (offset < 1000 ? give(file, offset, le) : status(refusal(le))));
  expect(['FILE_REFUSED', 'FILE_STALLED']).toContain(late.file);
  expect(late.commands).toBeLessThan(130);
});

test('a missing file and a refused one are told apart', async () => {
  const select = async (statusWord: number): Promise<unknown> =>
    new FileReader(async () => status(statusWord)).read(elementaryFiles.DG1, () => undefined);
  await expect(select(0x6a82)).rejects.toMatchObject({ code: 'FILE_ABSENT' });
  await expect(select(0x6982)).rejects.toMatchObject({ code: 'FILE_REFUSED' });
});

const overruns: readonly Overrun[] = [
  'give',
  '6282',
  '6282-padded',
  '6282-empty',
  '6B00',
  '6700',
  '6Cxx',
  '6F00',
  'empty',
];
const card = fc.record(
  {
    overrun: fc.constantFrom(...overruns),
    block_max: fc.integer({ min: 40, max: 4000 }),
    tooLong: fc.constantFrom('6700' as const, 'empty' as const, 'less' as const),
    extendedRefusal: fc.constantFrom(0x6700, 0x6f00, 0x6d00, 0x6e00),
    shortIdentifierRefusal: fc.constantFrom(0x6a82, 0x6a86, 0x6d00, 0x6b00, 0x6700),
  },
  { requiredKeys: [] },
);
const way = fc.record(
  {
    extendedLength: fc.oneof(fc.boolean(), fc.integer({ min: 300, max: 65_536 })),
    blockBytes: fc.integer({ min: 100, max: 256 }),
    headerBytes: fc.integer({ min: 4, max: 300 }),
    shortIdentifiers: fc.constantFrom('proven' as const, 'always' as const, 'never' as const),
  },
  { requiredKeys: [] },
);

test('whatever a chip refuses, its files are read whole, and in few commands more than there are blocks', async () => {
  await fc.assert(
    fc.asyncProperty(
      card,
      way,
      fc.array(fc.integer({ min: 2, max: 5000 }), { minLength: 1, maxLength: 4 }),
      async (chip, options, lengths) => {
        const contents = lengths.map((length) => writeTLV(0x75, seededEntropy('any file')(length)));
        let held = new Map<number, Uint8Array>();
        let commands = 0;
        const reader = new FileReader(async (command) => {
          commands += 1;
          return holder.exchange(command);
        }, options);
        let holder = fileCard(held, chip);
        let blocks = 0;
        for (const content of contents) {
          held = new Map([[elementaryFiles.DG2.id, content]]);
          holder = fileCard(held, chip);
          expect(await reader.read(elementaryFiles.DG2, () => undefined)).toEqual(content);
          blocks += Math.ceil(content.length / Math.min(reader.blockBytes, chip.block_max ?? 0x10000));
        }
        // Selection, header and the rest of the first block for each file, and what is learnt by a refusal.
        expect(commands).toBeLessThanOrEqual(2 * blocks + 4 * contents.length + 16);
      },
    ),
    { numRuns: 600, seed: 12 },
  );
});

test('a chip that answers anything at all gives a file or an error with a code, in a bounded number of commands', async () => {
  const answer = fc.record({
    data: fc.uint8Array({ maxLength: 300 }),
    statusWord: fc.oneof(
      fc.constantFrom(0x9000, 0x9000, 0x6282, 0x6700, 0x6b00, 0x6c10, 0x6a82, 0x6982, 0x6f00),
      fc.integer({ min: 0x6000, max: 0x9fff }),
    ),
  });
  const names = ['ATRInfo', 'CardAccess', 'COM', 'DG2', 'DG14'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(answer, { minLength: 1, maxLength: 12 }),
      way,
      fc.constantFrom(...names),
      async (answers, options, name) => {
        let commands = 0;
        const reader = new FileReader(async () => {
          const { data, statusWord } = answers[commands++ % answers.length] ?? status(0x6f00);
          // Now and then the start of a file of this kind, so that the reading goes on.
          const begins = commands % 3 === 0 ? [elementaryFiles[name].tag ?? 0x45, 0x82, 0x02, 0x00] : [];
          return { data: Uint8Array.from([...begins, ...data]), statusWord };
        }, options);
        const result = await reader.read(elementaryFiles[name], () => undefined).catch((error: unknown) => error);
        expect(result instanceof Uint8Array || result instanceof DocumentError).toBe(true);
        expect(commands).toBeLessThan(4200);
      },
    ),
    { numRuns: 1500, seed: 13 },
  );
});

test('the block size that worked is kept for the next file', async () => {
  const lengths: number[] = [];
  const reader = new FileReader(async ({ ins, le = 0, p1, p2 }) => {
    if (ins === 0xa4) return status(StatusWord.OK);
    lengths.push(le);
    return le > 160 ? status(StatusWord.WRONG_LENGTH) : give(file, p1 * 256 + p2, le);
  });
  await reader.read(elementaryFiles.DG2, () => undefined);
  const before = lengths.length;
  await reader.read(elementaryFiles.DG2, () => undefined);
  expect(lengths.slice(0, before).filter((length) => length > 160)).toEqual([223, 192]);
  expect(lengths.slice(before).every((length) => length <= 160)).toBe(true);
});
