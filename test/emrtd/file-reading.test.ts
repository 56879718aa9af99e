/** Chips that give files in their own ways: small blocks, odd status words, and chips that mean harm. */
import { expect, test } from 'vitest';
import { type CommandAPDU, type ResponseAPDU, StatusWord } from '../../drivers/emrtd/iso7816/apdu.ts';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import { elementaryFiles } from '../../drivers/emrtd/lds/data-groups.ts';
import { FileReader } from '../../drivers/emrtd/iso7816/file-reader.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
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

test('a file is read by its header first, then in blocks of 223 bytes, and not beyond its end', async () => {
  const result = await read(({ le = 0 }, offset) => give(file, offset, le));
  expect(result.file).toEqual(file);
  expect(result.lengths).toEqual([4, ...Array.from({ length: 13 }, () => 223), file.length - 4 - 13 * 223]);
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
