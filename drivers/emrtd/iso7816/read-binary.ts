/** READ BINARY (ISO/IEC 7816-4 section 11.3.3): how many bytes to ask for, how to ask, and what an answer holds. */
import { DocumentError } from '../codes.ts';
import { type CommandAPDU, Instruction, type ResponseAPDU, StatusWord } from './apdu.ts';
import { TLVError, expectTLV, writeTLV } from './tlv.ts';

/**
 * Short blocks, largest first. With 223 the protected answer has 244 bytes under any cipher and fits every frame; 231
 * is the most under 3DES. Field reports name chips that give at most 192 or 160 bytes.
 */
const shortBlocks = [256, 231, 223, 192, 160, 128, 96, 64, 32] as const;
export const SHORT_BLOCK_BYTES = 223;
export const SHORT_BLOCK_BYTES_MAX = 256;

/** Offsets from here on do not fit P1 and P2. */
const EVEN_OFFSET_LIMIT = 0x8000;
const Tag = { OFFSET: 0x54, DISCRETIONARY: 0x53 } as const;

/** What secure messaging and the status word add to a protected answer, beside the padding of the data. */
const EXTENDED_ANSWER_OVERHEAD_BYTES = 21;
const CIPHER_BLOCK_BYTES = 16;

/** Most bytes of a file that fit a response APDU of so many bytes, protected or not; 0 when none do. */
export function blockOfResponse(responseBytes: number): number {
  const padded = Math.floor((responseBytes - EXTENDED_ANSWER_OVERHEAD_BYTES) / CIPHER_BLOCK_BYTES) * CIPHER_BLOCK_BYTES;
  return Math.max(padded - 1, 0);
}

/** The command for `length` bytes from `offset` of the current file. */
export function readBinary(offset: number, length: number): CommandAPDU {
  if (offset < EVEN_OFFSET_LIMIT) {
    return { cla: 0, ins: Instruction.READ_BINARY, p1: offset >> 8, p2: offset & 0xff, le: length };
  }
  const offsetBytes = [offset >> 16, (offset >> 8) & 0xff, offset & 0xff];
  const data = writeTLV(Tag.OFFSET, Uint8Array.from(offsetBytes[0] === 0 ? offsetBytes.slice(1) : offsetBytes));
  return { cla: 0, ins: Instruction.READ_BINARY_ODD, p1: 0, p2: 0, data, le: length };
}

/** The command for the first `length` bytes of the file with this short identifier, which then is the current one. */
export function readBinaryOf(shortIdentifier: number, length: number): CommandAPDU {
  return { cla: 0, ins: Instruction.READ_BINARY, p1: 0x80 | shortIdentifier, p2: 0, le: length };
}

/**
 * Le for `wanted` bytes from `offset` when an answer holds at most `block`: far into a file they come in a data object
 * whose header counts too.
 */
export function lengthFor(offset: number, wanted: number, block: number): number {
  if (offset < EVEN_OFFSET_LIMIT) return Math.min(wanted, block);
  const headerBytes = wanted < 0x80 ? 2 : wanted < 0x100 ? 3 : 4;
  return Math.min(wanted + headerBytes, block);
}

/** Bytes of the file in an answer to a read from `offset`. Throws DocumentError FILE_REFUSED. */
export function bytesIn(answer: ResponseAPDU, offset: number): Uint8Array {
  const { data } = answer;
  if (offset < EVEN_OFFSET_LIMIT || data.length === 0) return data;
  try {
    return expectTLV(data, Tag.DISCRETIONARY).value;
  } catch (error) {
    if (error instanceof TLVError) throw new DocumentError('FILE_REFUSED', error.message);
    throw error;
  }
}

/** 6282 too: data may come with the notice that the file ends in them. */
export function isGiven(statusWord: number): boolean {
  return statusWord === StatusWord.OK || statusWord === StatusWord.END_OF_FILE;
}

/** Whether the chip says that so many bytes at once are wrong, rather than that it will not give the file. */
export function isLengthComplaint(statusWord: number, length: number): boolean {
  if (isWrongLe(statusWord) || statusWord === StatusWord.WRONG_LENGTH) return true;
  // Chips that know no extended length say so in many ways.
  return length > SHORT_BLOCK_BYTES_MAX && !isRefusalOfFile(statusWord);
}

/** The next length to try after a complaint about `length`: 6Cxx names one, 6700 and an empty answer name none. */
export function shorterLength(length: number, statusWord: number, shortBlock: number): number | undefined {
  if (length > SHORT_BLOCK_BYTES_MAX) return shortBlock;
  return lengthNamed(statusWord, length) ?? shortBlocks.find((size) => size < length);
}

/** The length that a 6Cxx names, when it is one that helps. */
export function lengthNamed(statusWord: number, length: number): number | undefined {
  const named = isWrongLe(statusWord) ? statusWord & 0xff : 0;
  return named > 0 && named < length ? named : undefined;
}

function isRefusalOfFile(statusWord: number): boolean {
  return (
    statusWord === StatusWord.SECURITY_STATUS_NOT_SATISFIED ||
    statusWord === StatusWord.NO_CURRENT_FILE ||
    statusWord === StatusWord.FILE_NOT_FOUND ||
    statusWord === StatusWord.OFFSET_OUTSIDE_FILE
  );
}

function isWrongLe(statusWord: number): boolean {
  return (statusWord & 0xff00) === StatusWord.WRONG_LE;
}
