/** How many commands a document takes, and how few more when its chip refuses some of them. */
import { expect, test } from 'vitest';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import { type FileName, elementaryFiles } from '../../drivers/emrtd/lds/data-groups.ts';
import { FileReader, type FileReaderOptions } from '../../drivers/emrtd/iso7816/file-reader.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { type FileCardOptions, type Overrun, fileCard } from './file-card.ts';
import { seededEntropy } from './simulated-document.ts';

/** Whole length, header included. */
function fileOf(name: FileName, length: number): [number, Uint8Array] {
  const { id, tag } = elementaryFiles[name];
  const header = length < 130 ? 2 : length < 260 ? 3 : 4;
  return [id, writeTLV(tag ?? 0, seededEntropy(name)(length - header))];
}

const application = new Map([
  fileOf('COM', 24),
  fileOf('SOD', 1782),
  fileOf('DG1', 93),
  fileOf('DG2', 15_083),
  fileOf('DG14', 334),
]);
const cardAccess = fileOf('CardAccess', 46);
/**
 * Card service data, capabilities with extended length, limits of 1000 bytes each way (ISO/IEC 7816-4 section
 * 12.2.2).
 */
const atrInfo = Uint8Array.from(Buffer.from('4301b8470394018 07f660802020400020203e8'.replace(' ', ''), 'hex'));
const masterFile = new Map([cardAccess, [elementaryFiles.ATRInfo.id, atrInfo]]);
const names = ['COM', 'SOD', 'DG1', 'DG2', 'DG14'] as const;

type Reading = { readonly commands: number; readonly selects: number; readonly lengths: readonly number[] };

/** Reads the application's files; with the master file before them where the chip has one. */
async function readDocument(
  card: FileCardOptions = {},
  options: FileReaderOptions = {},
  master?: ReadonlyMap<number, Uint8Array>,
): Promise<Reading> {
  let files = fileCard(master ?? application, card);
  const reader = new FileReader(async (command) => files.exchange(command), options);
  if (master !== undefined) {
    expect(await reader.read(elementaryFiles.CardAccess, () => undefined)).toEqual(cardAccess[1]);
    files = fileCard(application, card);
  }
  for (const name of names) {
    const content = await reader.read(elementaryFiles[name], () => undefined);
    expect(content, name).toEqual(application.get(elementaryFiles[name].id));
  }
  const lengths = files.commands.map(({ le }) => le ?? 0);
  return {
    commands: files.commands.length,
    selects: files.commands.filter(({ ins }) => ins === 0xa4).length,
    lengths: lengths.filter((le) => le > 0),
  };
}

/** As many reads as there are blocks. */
const blocks = (block: number): number =>
  [...application.values()].reduce((sum, file) => sum + Math.ceil(file.length / block), 0);

test('a chip that serves every command takes one for each block and one selection for each file', async () => {
  expect(await readDocument()).toMatchObject({ commands: blocks(223) + 5, selects: 5 });
  expect(await readDocument({}, { blockBytes: 231 })).toMatchObject({ commands: blocks(231) + 5 });
});

test('a chip that knew short identifiers in the master file needs no selection in the application', async () => {
  expect(await readDocument({}, {}, masterFile)).toMatchObject({ commands: blocks(223), selects: 0 });
});

test.each([0x6a82, 0x6a86, 0x6b00, 0x6d00, 0x6700, 0x6f00])(
  'a chip that answers short identifiers with %i is not asked for them in the application',
  async (statusWord) => {
    const reading = await readDocument({ shortIdentifierRefusal: statusWord }, {}, masterFile);
    expect(reading).toMatchObject({ commands: blocks(223) + 5, selects: 5 });
  },
);

test('a chip that drops short identifiers in the application is asked once in vain', async () => {
  const refusing = await readDocument({ shortIdentifierRefusal: 0x6a82 }, { shortIdentifiers: 'always' });
  expect(refusing).toMatchObject({ commands: blocks(223) + 5 + 1, selects: 5 });
});

test('no file is selected in vain when it is known by its short identifier to be absent', async () => {
  const card = fileCard(new Map([fileOf('DG1', 93)]));
  const reader = new FileReader(async (command) => card.exchange(command), { shortIdentifiers: 'always' });
  await reader.read(elementaryFiles.DG1, () => undefined);
  await expect(reader.read(elementaryFiles.DG2, () => undefined)).rejects.toMatchObject({ code: 'FILE_ABSENT' });
  expect(card.commands).toHaveLength(2);
});

test('an absent file is looked for in both ways before short identifiers are proven', async () => {
  const card = fileCard(masterFile, { shortIdentifierRefusal: 0x6a82 });
  const reader = new FileReader(async (command) => card.exchange(command));
  expect(await reader.read(elementaryFiles.CardAccess, () => undefined)).toEqual(cardAccess[1]);
  await expect(reader.read(elementaryFiles.CardSecurity, () => undefined)).rejects.toMatchObject({
    code: 'FILE_ABSENT',
  });
});

test.each<[Overrun, number]>([
  ['give', 0],
  ['6282', 0],
  ['6282-padded', 0],
  // The length that is named is asked for, for each of the two files that are shorter than a block.
  ['6Cxx', 2],
  // A refusal, then the header, then the rest of the first file; from then on a header before each file.
  ['6282-empty', 6],
  ['6B00', 6],
  ['6700', 6],
  ['6F00', 6],
  ['empty', 6],
])('a chip that answers %s beyond the end of a file costs few commands more', async (overrun, more) => {
  const reading = await readDocument({ overrun });
  expect(reading.commands - (blocks(223) + 5)).toBe(more);
});

test.each([
  // The first file is shorter than a block: only the next one shows that it is the block that is refused.
  ['6700', 2, 4],
  ['empty', 2, 4],
  ['6Cxx', 1, 1],
] as const)(
  'a chip that gives 192 bytes and answers %s to more is soon read in blocks of 192, the first block too',
  async (tooLong, refusals, more) => {
    const reading = await readDocument({ block_max: 192, tooLong });
    expect(reading.lengths.filter((le) => le > 192)).toHaveLength(refusals);
    expect(reading.commands - (blocks(192) + 5)).toBe(more);
  },
);

test('a refused first block of a long file says nothing about the end of files', async () => {
  const long = new Map([fileOf('DG2', 15_083), fileOf('DG1', 93)]);
  const card = fileCard(long, { block_max: 192, tooLong: '6700' });
  const reader = new FileReader(async (command) => card.exchange(command));
  await reader.read(elementaryFiles.DG2, () => undefined);
  const before = card.commands.length;
  await reader.read(elementaryFiles.DG1, () => undefined);
  expect(card.commands.slice(before).map(({ le }) => le)).toEqual([undefined, 192]);
});

test('extended length is used once the chip has said so, as far as chip and line allow', async () => {
  const read = async (limit: number, options: FileReaderOptions, card: FileCardOptions = {}): Promise<Reading> => {
    const files = fileCard(application, card);
    const reader = new FileReader(async (command) => files.exchange(command), options);
    reader.useExtendedLength(limit);
    for (const name of names) await reader.read(elementaryFiles[name], () => undefined);
    const lengths = files.commands.map(({ le }) => le ?? 0).filter((le) => le > 0);
    return { commands: files.commands.length, selects: 5, lengths };
  };
  // 975 bytes, a padding byte and the cipher's blocks of 16, with 21 bytes around them, fit 1000.
  expect((await read(1000, {})).commands).toBe(blocks(975) + 5);
  expect((await read(65_536, {})).commands).toBe(5 + 5);
  expect(Math.max(...(await read(65_536, { responseBytes_max: 2000 })).lengths)).toBe(1967);
  expect(Math.max(...(await read(65_536, { extendedLength: false })).lengths)).toBe(223);
  expect(Math.max(...(await read(256, {})).lengths)).toBe(223);
});

test.each([0x6700, 0x6f00, 0x6d00, 0x6a86])(
  'a chip that says it knows extended length and answers it with %i is read in short blocks',
  async (statusWord) => {
    const reading = await readDocument({ extendedRefusal: statusWord }, { extendedLength: 4000 });
    // The first file is shorter than the block: only the next one shows that it is the form that is refused.
    expect(reading.lengths.filter((le) => le > 256).length).toBeLessThanOrEqual(2);
    expect(reading.commands).toBeLessThanOrEqual(blocks(223) + 5 + 5);
  },
);

test('a chip that refuses extended length is not asked for it again', async () => {
  const reader = new FileReader(fileCard(application, { extendedRefusal: 0x6700 }).exchange, { extendedLength: 4000 });
  await reader.read(elementaryFiles.DG2, () => undefined);
  reader.useExtendedLength(4000);
  expect(reader.blockBytes).toBe(223);
});

test('a file of more than 32 kilobytes is read to its end with offsets in data objects', async () => {
  for (const [length, options] of [
    [70_000, {}],
    [70_000, { extendedLength: 4000 }],
    [32_768 + 230, {}],
    [32_768 + 130, { blockBytes: 128 }],
  ] as const) {
    const files = new Map([fileOf('DG2', length)]);
    const card = fileCard(files);
    const reader = new FileReader(card.exchange, options);
    expect(await reader.read(elementaryFiles.DG2, () => undefined)).toEqual(files.get(elementaryFiles.DG2.id));
    expect(card.commands.some(({ ins }) => ins === 0xb1)).toBe(true);
  }
});

test('a row of data objects without a frame is read to its end, whatever the chip says there', async () => {
  const long = Uint8Array.from([...atrInfo, ...writeTLV(0x45, new Uint8Array(300).fill(7))]);
  const exact = writeTLV(0x45, new Uint8Array(220).fill(7));
  const padded = Uint8Array.from([...atrInfo, ...new Uint8Array(20)]);
  for (const overrun of ['give', '6282', '6282-empty', '6B00', '6700', '6Cxx', 'empty'] as const) {
    for (const [held, expected] of [
      [atrInfo, atrInfo],
      [long, long],
      [exact, exact],
      [padded, atrInfo],
    ] as const) {
      const card = fileCard(new Map([[elementaryFiles.ATRInfo.id, held]]), { overrun });
      const reader = new FileReader(card.exchange);
      expect(await reader.read(elementaryFiles.ATRInfo, () => undefined), overrun).toEqual(expected);
      expect(card.commands.length).toBeLessThan(16);
      expect(reader.blockBytes).toBe(223);
    }
  }
});

test('a row is read to its end from a chip that gives less than it is asked for', async () => {
  const row = Uint8Array.from([...writeTLV(0x45, new Uint8Array(28).fill(7)), ...writeTLV(0x46, new Uint8Array(9))]);
  const card = fileCard(new Map([[elementaryFiles.ATRInfo.id, row]]), { block_max: 20 });
  expect(await new FileReader(card.exchange).read(elementaryFiles.ATRInfo, () => undefined)).toEqual(row);
});

test('a row without end, or of more bytes than any such file has, is given up', async () => {
  const endless = fileCard(new Map([[elementaryFiles.ATRInfo.id, Uint8Array.from({ length: 9000 }, () => 1)]]));
  await expect(new FileReader(endless.exchange).read(elementaryFiles.ATRInfo, () => undefined)).rejects.toBeInstanceOf(
    DocumentError,
  );
  expect(endless.commands.length).toBeLessThan(30);
  const huge = fileCard(new Map([[elementaryFiles.ATRInfo.id, writeTLV(0x45, new Uint8Array(5000))]]));
  await expect(new FileReader(huge.exchange).read(elementaryFiles.ATRInfo, () => undefined)).rejects.toMatchObject({
    code: 'FILE_TOO_LARGE',
  });
});

test('the end of every file is told as bytes read, in rising order', async () => {
  const card = fileCard(application);
  const reader = new FileReader(card.exchange);
  const seen: (readonly [number, number | null])[] = [];
  await reader.read(elementaryFiles.SOD, ({ bytesRead, bytesTotal }) => seen.push([bytesRead, bytesTotal]));
  expect(seen[0]).toEqual([0, null]);
  expect(seen[1]).toEqual([223, 1782]);
  expect(seen.at(-1)).toEqual([1782, 1782]);
  expect(seen.map(([read]) => read)).toEqual(seen.map(([read]) => read).toSorted((a, b) => a - b));
});
