/**
 * Reading elementary files (ICAO 9303-10 section 3.6): first the header, which says how long the file is, then blocks,
 * never beyond that length. Every file ends in a bounded number of commands, whatever the chip does.
 */
import { type CommandAPDU, Instruction, type ResponseAPDU, StatusWord } from './apdu.ts';
import { DocumentError } from '../codes.ts';
import type { ElementaryFile } from '../lds/data-groups.ts';
import { TLVError, concatBytes, expectTLV, readTLVHeader, writeTLV } from './tlv.ts';

/** Enough for one tag byte and a length of two; a longer header takes a second read. */
const HEADER_BYTES = 4;
const HEADER_BYTES_MAX = 8;
/**
 * Block sizes, largest first. With 223 the protected answer fits every frame (244 bytes); field reports name chips that
 * give at most 192 or 160 bytes. The size that worked is kept for the files that follow.
 */
const blockSizes = [223, 192, 160, 128, 96, 64, 32] as const;
/** A chip that gives less than this many bytes a command on average, beyond some spare commands, is given up. */
const BYTES_PER_COMMAND_MIN = 32;
const SPARE_COMMANDS = 16;
/** Offsets from here on do not fit P1 and P2 (ISO/IEC 7816-4 section 11.3.3). */
const EVEN_OFFSET_LIMIT = 0x8000;
const Tag = { OFFSET: 0x54, DISCRETIONARY: 0x53 } as const;
const DISCRETIONARY_HEADER_BYTES = 3;

export type FileProgress = { readonly bytesRead: number; readonly bytesTotal: number | null };

export class FileReader {
  readonly #exchange: (command: CommandAPDU) => Promise<ResponseAPDU>;
  #block: number = blockSizes[0];

  constructor(exchange: (command: CommandAPDU) => Promise<ResponseAPDU>) {
    this.#exchange = exchange;
  }

  /**
   * The whole file, header included. Throws DocumentError FILE_ABSENT, FILE_REFUSED, FILE_MALFORMED, FILE_TOO_LARGE,
   * FILE_TRUNCATED or FILE_STALLED, and what `exchange` throws.
   */
  async read(file: ElementaryFile, onProgress: (progress: FileProgress) => void): Promise<Uint8Array> {
    await this.#select(file.id);
    onProgress({ bytesRead: 0, bytesTotal: null });
    let start: Uint8Array = new Uint8Array(0);
    let total: number | undefined;
    while (total === undefined) {
      if (start.length >= HEADER_BYTES_MAX) throw new DocumentError('FILE_MALFORMED', 'header too long');
      const budget = { commands: SPARE_COMMANDS };
      start = concatBytes(start, await this.#readBlock(start.length, HEADER_BYTES, budget));
      total = fileLength(file, start);
    }
    return this.#readRest(start.subarray(0, total), total, onProgress);
  }

  async #readRest(start: Uint8Array, total: number, onProgress: (progress: FileProgress) => void): Promise<Uint8Array> {
    const file = new Uint8Array(total);
    file.set(start);
    const budget = { commands: SPARE_COMMANDS + Math.ceil(total / BYTES_PER_COMMAND_MIN) };
    for (let offset = start.length; offset < total; ) {
      const block = await this.#readBlock(offset, total - offset, budget);
      file.set(block, offset);
      offset += block.length;
      onProgress({ bytesRead: offset, bytesTotal: total });
    }
    return file;
  }

  async #select(fileId: number): Promise<void> {
    const data = Uint8Array.of(fileId >> 8, fileId & 0xff);
    // Without Le: some chips refuse SELECT with one.
    const { statusWord } = await this.#exchange({ cla: 0, ins: Instruction.SELECT, p1: 0x02, p2: 0x0c, data });
    if (statusWord === StatusWord.OK) return;
    const code = statusWord === StatusWord.FILE_NOT_FOUND ? 'FILE_ABSENT' : 'FILE_REFUSED';
    throw new DocumentError(code, `status ${statusWord.toString(16)}`);
  }

  /** At least one and at most `wanted` bytes from `offset`; takes smaller and smaller bites while the chip refuses. */
  async #readBlock(offset: number, wanted: number, budget: { commands: number }): Promise<Uint8Array> {
    let length = Math.min(wanted, this.#block);
    for (;;) {
      if (budget.commands === 0) throw new DocumentError('FILE_STALLED');
      budget.commands -= 1;
      const { data, statusWord } = await this.#exchange(readBinary(offset, length));
      if (statusWord === StatusWord.OFFSET_OUTSIDE_FILE) throw new DocumentError('FILE_TRUNCATED');
      if (statusWord === StatusWord.OK || statusWord === StatusWord.END_OF_FILE) {
        const bytes = offset >= EVEN_OFFSET_LIMIT ? discretionaryData(data) : data;
        if (bytes.length > 0) return bytes.subarray(0, wanted);
        if (statusWord === StatusWord.END_OF_FILE) throw new DocumentError('FILE_TRUNCATED');
      } else if (!isLengthComplaint(statusWord)) {
        throw new DocumentError('FILE_REFUSED', `status ${statusWord.toString(16)}`);
      }
      const shorter = shorterLength(length, statusWord);
      if (shorter === undefined) throw new DocumentError('FILE_REFUSED', `status ${statusWord.toString(16)}`);
      if (length === this.#block) this.#block = shorter;
      length = shorter;
    }
  }
}

function readBinary(offset: number, length: number): CommandAPDU {
  if (offset < EVEN_OFFSET_LIMIT) {
    return { cla: 0, ins: Instruction.READ_BINARY, p1: offset >> 8, p2: offset & 0xff, le: length };
  }
  const offsetBytes = [offset >> 16, (offset >> 8) & 0xff, offset & 0xff];
  const data = writeTLV(Tag.OFFSET, Uint8Array.from(offsetBytes[0] === 0 ? offsetBytes.slice(1) : offsetBytes));
  // The answer stands in a data object whose header counts towards Le.
  const le = Math.min(length + DISCRETIONARY_HEADER_BYTES, blockSizes[0]);
  return { cla: 0, ins: Instruction.READ_BINARY_ODD, p1: 0, p2: 0, data, le };
}

function discretionaryData(data: Uint8Array): Uint8Array {
  if (data.length === 0) return data;
  try {
    return expectTLV(data, Tag.DISCRETIONARY).value;
  } catch (error) {
    if (error instanceof TLVError) throw new DocumentError('FILE_REFUSED', error.message);
    throw error;
  }
}

/** Length of the whole file from its first bytes; undefined when more of them are needed. */
function fileLength(file: ElementaryFile, start: Uint8Array): number | undefined {
  try {
    const header = readTLVHeader(start);
    if (header === undefined) return undefined;
    if (header.tag !== file.tag) throw new DocumentError('FILE_MALFORMED', `tag ${header.tag.toString(16)}`);
    const total = header.headerLength + header.valueLength;
    if (total > file.size_max) throw new DocumentError('FILE_TOO_LARGE', `${total} bytes`);
    return total;
  } catch (error) {
    if (error instanceof TLVError) throw new DocumentError('FILE_MALFORMED', error.message);
    throw error;
  }
}

/** 6Cxx names the length the chip would give; 6700 and an empty answer name none. */
function shorterLength(length: number, statusWord: number): number | undefined {
  const named = statusWord & 0xff;
  if (isWrongLe(statusWord) && named > 0 && named < length) return named;
  return blockSizes.find((size) => size < length);
}

function isLengthComplaint(statusWord: number): boolean {
  return isWrongLe(statusWord) || statusWord === StatusWord.WRONG_LENGTH;
}

function isWrongLe(statusWord: number): boolean {
  return (statusWord & 0xff00) === StatusWord.WRONG_LE;
}
