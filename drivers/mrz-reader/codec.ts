/**
 * Elyctis scanner command set (v1.7, 2020): one command letter, 16-bit length, high byte first, data; both directions
 * alike. No checksum, so the parser believes only what fits the letter. Pure.
 */

/** Letters of the command set. Continuous reading: data 01 on, 00 off; echoed. */
export const command = {
  inquire: 0x49, // I
  continuous: 0x43, // C
  version: 0x56, // V
  product: 0x54, // T
} as const;

export type MRZReaderMessage = { readonly command: number; readonly data: Uint8Array };

const header_bytes = 3;
/** Three lines of 30 with separators are 94 bytes; texts of the reader about itself are short. */
const dataLimit_bytes = 256;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

export function encodeMessage(letter: number, data: Uint8Array | readonly number[] = []): Uint8Array {
  if (data.length > dataLimit_bytes) throw new RangeError(`${data.length} bytes do not fit into one message`);
  return Uint8Array.of(letter, data.length >> 8, data.length & 0xff, ...data);
}

const isText = (byte: number): boolean =>
  (byte >= 0x20 && byte <= 0x7e) || byte === carriageReturn || byte === lineFeed;
const isSwitch = (byte: number): boolean => byte === 0 || byte === 1;

/** Length and content that a message of this kind may have. */
function rule(
  letter: number,
): { readonly fits: (length: number) => boolean; readonly isData: (byte: number) => boolean } | undefined {
  switch (letter) {
    case command.continuous:
      return { fits: (length) => length === 1, isData: isSwitch };
    case command.inquire:
    case command.version:
    case command.product:
      return { fits: (length) => length <= dataLimit_bytes, isData: isText };
    default:
      return undefined;
  }
}

/** So much text behind the header of a read is a read that broke off, less may be noise. */
const brokenRead_bytes = 10;

type Found = { readonly message: MRZReaderMessage; readonly end: number } | 'incomplete' | 'no-message' | 'broken-read';

function messageAt(bytes: Uint8Array, start: number): Found {
  const letter = bytes[start] ?? 0;
  const expected = rule(letter);
  if (expected === undefined) return 'no-message';
  const [high, low] = [bytes[start + 1], bytes[start + 2]];
  if (high === undefined) return 'incomplete';
  if (high > dataLimit_bytes >> 8) return 'no-message';
  if (low === undefined) return 'incomplete';
  const length = (high << 8) | low;
  if (!expected.fits(length)) return 'no-message';
  const data = bytes.slice(start + header_bytes, start + header_bytes + length);
  const firstWrong = data.findIndex((byte) => !expected.isData(byte));
  if (firstWrong >= 0) {
    return letter === command.inquire && firstWrong >= brokenRead_bytes ? 'broken-read' : 'no-message';
  }
  if (data.length < length) return 'incomplete';
  return { message: { command: letter, data }, end: start + header_bytes + length };
}

/** Bytes in, messages out, whatever the chunks. Holds at most one message. */
export class MRZReaderParser {
  #held = new Uint8Array(0);
  #discarded_bytes = 0;
  #brokenReads = 0;

  /** Reads that began and broke off, since the last call. */
  takeBrokenReads(): number {
    const count = this.#brokenReads;
    this.#brokenReads = 0;
    return count;
  }

  /** Bytes thrown away because they belong to no message, since the last call. */
  takeDiscarded_bytes(): number {
    const count = this.#discarded_bytes;
    this.#discarded_bytes = 0;
    return count;
  }

  get held_bytes(): number {
    return this.#held.length;
  }

  get isInMessage(): boolean {
    return this.#held.length > 0;
  }

  push(chunk: Uint8Array): MRZReaderMessage[] {
    const bytes = new Uint8Array(this.#held.length + chunk.length);
    bytes.set(this.#held);
    bytes.set(chunk, this.#held.length);
    const messages: MRZReaderMessage[] = [];
    let position = 0;
    while (position < bytes.length) {
      const found = messageAt(bytes, position);
      if (found === 'incomplete') break;
      if (found === 'no-message' || found === 'broken-read') {
        if (found === 'broken-read') this.#brokenReads++;
        position++;
        this.#discarded_bytes++;
        continue;
      }
      messages.push(found.message);
      position = found.end;
    }
    this.#held = bytes.slice(position);
    return messages;
  }

  /** The line has been silent in mid-message: what looked like a beginning was none, or its end is lost. */
  idle(): MRZReaderMessage[] {
    const messages: MRZReaderMessage[] = [];
    while (this.isInMessage) {
      const bytes = this.#held;
      if (bytes[0] === command.inquire && bytes.length >= header_bytes + brokenRead_bytes) this.#brokenReads++;
      this.#held = new Uint8Array(0);
      this.#discarded_bytes++;
      messages.push(...this.push(bytes.subarray(1)));
    }
    return messages;
  }

  reset(): void {
    this.#held = new Uint8Array(0);
  }
}

export type ZoneText =
  | { readonly lines: readonly string[] }
  | { readonly because: 'no-text' | 'bad-shape' | 'reject-characters' };

/** Lines and characters of TD1, TD2 and TD3 (ICAO 9303-5, -6 and -4). */
const shapes = [
  { lines: 3, characters: 30 },
  { lines: 2, characters: 36 },
  { lines: 2, characters: 44 },
] as const;

/** Data of an inquire message as lines of the zone; a line the reader could not read holds other characters. */
export function parseZoneText(data: Uint8Array): ZoneText {
  const text = String.fromCharCode(...data);
  const lines = text.split(/[\r\n]+/).filter((line) => line.length > 0);
  if (lines.length === 0) return { because: 'no-text' };
  const hasShape = shapes.some(
    (shape) => lines.length === shape.lines && lines.every((line) => line.length === shape.characters),
  );
  if (!hasShape) return { because: 'bad-shape' };
  if (!lines.every((line) => /^[A-Z0-9<]+$/.test(line))) return { because: 'reject-characters' };
  return { lines };
}

/** Lines separated by CR, the last followed by two. */
export function encodeZoneText(lines: readonly string[]): Uint8Array {
  return Uint8Array.from(Buffer.from(`${lines.join('\r')}\r\r`, 'latin1'));
}
