/**
 * Reading elementary files (ICAO 9303-10 section 3.6) with as few commands as the chip allows: opened by short
 * identifier where the chip has shown that it knows them, a whole block first, then blocks up to the length that the
 * header says, never beyond. Whatever a chip refuses once is not asked of it again, and every file ends in a bounded
 * number of commands.
 */
import { type CommandAPDU, Instruction, type ResponseAPDU, StatusWord } from './apdu.ts';
import { DocumentError } from '../codes.ts';
import { type ElementaryFile, shortIdentifierOf } from '../lds/data-groups.ts';
import * as binary from './read-binary.ts';
import { TLVError, concatBytes, readTLVHeader } from './tlv.ts';

/** Enough for one tag byte and a length of two; a longer header takes a second read. */
const HEADER_BYTES = 4;
const HEADER_BYTES_MAX = 8;
/** A chip that gives less than this many bytes a command on average, beyond some spare commands, is given up. */
const BYTES_PER_COMMAND_MIN = 32;
const SPARE_COMMANDS = 16;
/** What some chips answer to everything they did not expect (ISO/IEC 7816-4 section 5.6, 6F00). */
const NO_DIAGNOSIS = 0x6f00;

export type FileProgress = { readonly bytesRead: number; readonly bytesTotal: number | null };

/** How a reader may go about its chip; every field has a default that suits any chip. */
export type FileReaderOptions = {
  /**
   * Whether READ BINARY may be of extended length. False: never. True (default): from `useExtendedLength` on. A number:
   * from the start, with that many bytes of response APDU.
   */
  readonly extendedLength?: boolean | number;
  /** Longest response APDU that the line carries, in bytes: caps what the chip allows. Default 65,536. */
  readonly responseBytes_max?: number;
  /** Bytes of a short block, 1..256; default 223. */
  readonly blockBytes?: number;
  /** Bytes of the first read of a file, 4 or more; default a whole block. */
  readonly headerBytes?: number;
  /**
   * Whether files are opened by short identifier. 'proven' (default): tried in the master file, and in the application
   * only where it worked there. A refusal in a protected session can end it, so nothing is tried there first.
   */
  readonly shortIdentifiers?: 'proven' | 'always' | 'never';
};

type Budget = { commands: number };
type Directory = ElementaryFile['directory'];

export class FileReader {
  readonly #exchange: (command: CommandAPDU) => Promise<ResponseAPDU>;
  readonly #o: FileReaderOptions;
  /** Bytes of a block, extended or short; only ever steps down. */
  #block: number;
  #shortBlock: number;
  /** The chip refuses a read that goes beyond the end of a file: the header comes first. */
  #isHeaderFirst = false;
  #extendedRefused = false;
  /** Bytes that the last READ BINARY asked for. */
  #asked = 0;
  readonly #shortIdentifiers: Record<Directory, 'untried' | 'work' | 'refused'> = {
    'master-file': 'untried',
    application: 'untried',
  };

  constructor(exchange: (command: CommandAPDU) => Promise<ResponseAPDU>, options: FileReaderOptions = {}) {
    this.#exchange = exchange;
    this.#o = options;
    this.#shortBlock = Math.min(options.blockBytes ?? binary.SHORT_BLOCK_BYTES, binary.SHORT_BLOCK_BYTES_MAX);
    this.#block = this.#shortBlock;
    if (typeof options.extendedLength === 'number') this.useExtendedLength(options.extendedLength);
  }

  /** Bytes of the blocks that are asked for now. */
  get blockBytes(): number {
    return this.#block;
  }

  /**
   * Reads in blocks of extended length from here on: EF.ATR/INFO said how long a response APDU may be, in bytes.
   * Without effect when that is no more than a short block, when the options forbid it, or once the chip has refused
   * it.
   */
  useExtendedLength(responseBytes_max: number): void {
    if (this.#o.extendedLength === false || this.#extendedRefused) return;
    const block = binary.blockOfResponse(Math.min(responseBytes_max, this.#o.responseBytes_max ?? 0x10000));
    if (block > binary.SHORT_BLOCK_BYTES_MAX) this.#block = block;
  }

  /**
   * The whole file, header included. Throws DocumentError FILE_ABSENT, FILE_REFUSED, FILE_MALFORMED, FILE_TOO_LARGE,
   * FILE_TRUNCATED or FILE_STALLED, and what `exchange` throws.
   */
  async read(file: ElementaryFile, onProgress: (progress: FileProgress) => void): Promise<Uint8Array> {
    onProgress({ bytesRead: 0, bytesTotal: null });
    const budget = { commands: SPARE_COMMANDS };
    let start = await this.#open(file, budget);
    if (file.tag === null) return this.#readRow(file, start, budget, onProgress);
    let total = fileLength(file, start);
    while (total === undefined) {
      if (start.length >= HEADER_BYTES_MAX) throw new DocumentError('FILE_MALFORMED', 'header too long');
      start = concatBytes(start, await this.#readBlock(start.length, HEADER_BYTES, budget));
      total = fileLength(file, start);
    }
    start = start.subarray(0, total);
    onProgress({ bytesRead: start.length, bytesTotal: total });
    return this.#readRest(start, total, onProgress);
  }

  /** Makes the file the current one and gives its first bytes, at least one. */
  async #open(file: ElementaryFile, budget: Budget): Promise<Uint8Array> {
    if (!this.#mayUseShortIdentifier(file.directory)) return this.#openByIdentifier(file, budget);
    const shortIdentifier = shortIdentifierOf(file);
    if (this.#shortIdentifiers[file.directory] === 'work') return this.#readStart(file, budget, shortIdentifier);
    const start = await this.#readStart(file, budget, shortIdentifier).catch(refusalOf);
    if (start instanceof Uint8Array && mayBegin(file, start)) {
      this.#shortIdentifiers[file.directory] = 'work';
      return start;
    }
    const opened = await this.#openByIdentifier(file, budget);
    // Where both ways find no file, nothing was learnt about short identifiers.
    this.#shortIdentifiers[file.directory] = 'refused';
    return opened;
  }

  #mayUseShortIdentifier(directory: Directory): boolean {
    const { shortIdentifiers = 'proven' } = this.#o;
    if (shortIdentifiers === 'never' || this.#shortIdentifiers[directory] === 'refused') return false;
    if (shortIdentifiers === 'always' || directory === 'master-file') return true;
    return this.#shortIdentifiers['master-file'] === 'work';
  }

  async #openByIdentifier(file: ElementaryFile, budget: Budget): Promise<Uint8Array> {
    const data = Uint8Array.of(file.id >> 8, file.id & 0xff);
    // Without Le: some chips refuse SELECT with one.
    const { statusWord } = await this.#exchange({ cla: 0, ins: Instruction.SELECT, p1: 0x02, p2: 0x0c, data });
    if (statusWord !== StatusWord.OK) throw refused(statusWord);
    return this.#readStart(file, budget);
  }

  /**
   * The first bytes, a whole block if the chip gives it. A file may be shorter than a block, and a chip may refuse to
   * be asked beyond the end of a file: then its header is read first, of this and of every later file.
   */
  async #readStart(file: ElementaryFile, budget: Budget, shortIdentifier?: number): Promise<Uint8Array> {
    const asked = this.#isHeaderFirst ? HEADER_BYTES : Math.min(this.#o.headerBytes ?? this.#block, this.#block);
    let length = asked;
    for (;;) {
      spend(budget);
      this.#asked = length;
      const answer = await this.#exchange(
        shortIdentifier === undefined ? binary.readBinary(0, length) : binary.readBinaryOf(shortIdentifier, length),
      );
      if (binary.isGiven(answer.statusWord) && answer.data.length > 0) {
        const start = answer.data.subarray(0, length);
        if (length < asked) this.#learnFrom(file, start, asked, length);
        return start;
      }
      const named = binary.lengthNamed(answer.statusWord, length);
      if (length <= HEADER_BYTES || !mayBeOverrun(answer.statusWord, length)) throw refusedBlock(answer);
      length = named ?? HEADER_BYTES;
    }
  }

  /**
   * Why the chip refused `asked` bytes but gave `given` shows in the length of the file. A length that it named and
   * that is more than the file has is the longest it gives at all.
   */
  #learnFrom(file: ElementaryFile, start: Uint8Array, asked: number, given: number): void {
    const total = file.tag === null ? start.length : (fileLength(file, start) ?? 0);
    const isNamed = given > HEADER_BYTES;
    if (total >= asked || (isNamed && given > total)) this.#stepDown(asked, isNamed ? given : undefined);
    else if (!isNamed) this.#isHeaderFirst = true;
  }

  /**
   * Blocks of `refused` bytes are not asked for again. What seemed to be about the end of a file may have been this.
   */
  #stepDown(refused: number, next: number | undefined): void {
    this.#isHeaderFirst = false;
    if (refused > binary.SHORT_BLOCK_BYTES_MAX) {
      this.#extendedRefused = true;
      this.#block = this.#shortBlock;
      return;
    }
    this.#block = next ?? binary.shorterLength(refused, StatusWord.OK, this.#shortBlock) ?? refused;
    this.#shortBlock = this.#block;
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

  /** Data objects one after the other, with nothing around them that says how long they are: read to their end. */
  async #readRow(
    file: ElementaryFile,
    start: Uint8Array,
    budget: Budget,
    onProgress: (progress: FileProgress) => void,
  ): Promise<Uint8Array> {
    const isShort = start.length < this.#asked;
    let row = start;
    for (;;) {
      onProgress({ bytesRead: row.length, bytesTotal: null });
      const { end, isComplete } = rowLength(row);
      if (end > file.size_max) throw new DocumentError('FILE_TOO_LARGE', `${end} bytes`);
      // A row that ends in padding or with a short first answer is whole; otherwise two bytes tell whether it goes on.
      if (isComplete && (end < row.length || (isShort && row === start))) return row.subarray(0, end);
      const wanted = isComplete ? 2 : end - row.length;
      const more = await this.#readBlock(row.length, wanted, budget).catch(refusalOf);
      if (!(more instanceof Uint8Array)) {
        if (isComplete) return row;
        throw more;
      }
      row = concatBytes(row, more);
    }
  }

  /** At least one and at most `wanted` bytes from `offset`; takes smaller and smaller bites while the chip refuses. */
  async #readBlock(offset: number, wanted: number, budget: Budget): Promise<Uint8Array> {
    let length = binary.lengthFor(offset, wanted, this.#block);
    for (;;) {
      spend(budget);
      this.#asked = length;
      const answer = await this.#exchange(binary.readBinary(offset, length));
      const { statusWord } = answer;
      if (binary.isGiven(statusWord)) {
        const bytes = binary.bytesIn(answer, offset);
        if (bytes.length > 0) return bytes.subarray(0, wanted);
        if (statusWord === StatusWord.END_OF_FILE) throw new DocumentError('FILE_TRUNCATED');
      } else if (!binary.isLengthComplaint(statusWord, length)) {
        throw refusedBlock(answer);
      }
      const shorter = binary.shorterLength(length, statusWord, this.#shortBlock);
      if (shorter === undefined) throw refusedBlock(answer);
      if (length === this.#block || length > binary.SHORT_BLOCK_BYTES_MAX) this.#stepDown(length, shorter);
      length = Math.min(shorter, length);
    }
  }
}

function spend(budget: Budget): void {
  if (budget.commands === 0) throw new DocumentError('FILE_STALLED');
  budget.commands -= 1;
}

/** Whether a refused first read may have been refused for its length alone. */
function mayBeOverrun(statusWord: number, length: number): boolean {
  return (
    binary.isGiven(statusWord) ||
    statusWord === StatusWord.OFFSET_OUTSIDE_FILE ||
    statusWord === StatusWord.WRONG_PARAMETERS ||
    statusWord === NO_DIAGNOSIS ||
    binary.isLengthComplaint(statusWord, length)
  );
}

function mayBegin(file: ElementaryFile, start: Uint8Array): boolean {
  return file.tag === null || start[0] === file.tag;
}

function refused(statusWord: number): DocumentError {
  const code = statusWord === StatusWord.FILE_NOT_FOUND ? 'FILE_ABSENT' : 'FILE_REFUSED';
  return new DocumentError(code, `status ${statusWord.toString(16)}`);
}

function refusedBlock({ statusWord, data }: ResponseAPDU): DocumentError {
  const isEnd = statusWord === StatusWord.END_OF_FILE && data.length === 0;
  if (isEnd || statusWord === StatusWord.OFFSET_OUTSIDE_FILE) return new DocumentError('FILE_TRUNCATED');
  return refused(statusWord);
}

/** What the chip did not want to give, as a value; anything else is still thrown. */
function refusalOf(error: unknown): DocumentError {
  if (error instanceof DocumentError) return error;
  throw error;
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

/** Where the data objects end; beyond `row` when the last of them is not all there. Zeros are padding. */
function rowLength(row: Uint8Array): { end: number; isComplete: boolean } {
  try {
    let end = 0;
    while (end < row.length && row[end] !== 0) {
      const header = readTLVHeader(row, end);
      if (header === undefined) return { end: row.length + 1, isComplete: false };
      end += header.headerLength + header.valueLength;
    }
    return { end, isComplete: end <= row.length };
  } catch (error) {
    if (error instanceof TLVError) throw new DocumentError('FILE_MALFORMED', error.message);
    throw error;
  }
}
