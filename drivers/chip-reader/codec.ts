/**
 * PN532 frames on its high-speed UART (NXP UM0701-02, section 6.2.1), both directions. Pure.
 *
 * normal    00 00 FF LEN LCS TFI PD… DCS 00          LEN counts TFI and PD; LEN+LCS and TFI+PD+DCS are 0 mod 256
 * extended  00 00 FF FF FF LENM LENL LCS TFI PD… DCS 00
 */

export type PN532Frame =
  | { readonly kind: 'ack' }
  | { readonly kind: 'nack' }
  /** The chip did not accept the application-level content of a command. */
  | { readonly kind: 'error' }
  /** `bytes`: command or response code and its parameters, without TFI. */
  | { readonly kind: 'toChip'; readonly bytes: Uint8Array }
  | { readonly kind: 'toHost'; readonly bytes: Uint8Array }
  /** A frame whose data checksum is wrong. */
  | { readonly kind: 'corrupt' };

const toChip = 0xd4;
const toHost = 0xd5;
const errorIdentifier = 0x7f;

/** TFI and up to 264 bytes (UM0701-02 section 6.2.1.2). */
export const longestContent_bytes = 265;
/** Extended header, content, checksum, postamble. */
export const longestFrame_bytes = 3 + 5 + longestContent_bytes + 2;

export const ackFrame: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0x00, 0xff, 0x00);
export const nackFrame: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00, 0x00);
export const errorFrame: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0x01, 0xff, 0x7f, 0x81, 0x00);
/** Wakes a sleeping chip: the first bytes are lost while its oscillator starts. */
export const wakeUp: Uint8Array = Uint8Array.of(0x55, 0x55, ...Array.from({ length: 14 }, () => 0));

const sum = (bytes: Uint8Array): number => bytes.reduce((total, byte) => (total + byte) & 0xff, 0);

function encode(identifier: number, bytes: Uint8Array): Uint8Array {
  const length = bytes.length + 1;
  if (length > longestContent_bytes) throw new RangeError(`${bytes.length} bytes do not fit into one frame`);
  const head =
    length <= 0xff
      ? [0x00, 0x00, 0xff, length, -length & 0xff]
      : [0x00, 0x00, 0xff, 0xff, 0xff, length >> 8, length & 0xff, -((length >> 8) + (length & 0xff)) & 0xff];
  return Uint8Array.of(...head, identifier, ...bytes, -(identifier + sum(bytes)) & 0xff, 0x00);
}

export const encodeToChip = (bytes: Uint8Array): Uint8Array => encode(toChip, bytes);
export const encodeToHost = (bytes: Uint8Array): Uint8Array => encode(toHost, bytes);

type Found = { readonly frame: PN532Frame; readonly end: number } | 'incomplete' | 'no-frame';

/** The frame whose start code 00 FF stands at `start`. */
function frameAt(bytes: Uint8Array, start: number): Found {
  const first = bytes[start + 2];
  const second = bytes[start + 3];
  if (first === undefined || second === undefined) return 'incomplete';
  if (first === 0x00 && second === 0xff) return { frame: { kind: 'ack' }, end: start + 4 };
  if (first === 0xff && second === 0x00) return { frame: { kind: 'nack' }, end: start + 4 };
  let length = first;
  let content = start + 4;
  if (first === 0xff && second === 0xff) {
    const [high, low, check] = [bytes[start + 4], bytes[start + 5], bytes[start + 6]];
    if (high === undefined || low === undefined || check === undefined) return 'incomplete';
    if (((high + low + check) & 0xff) !== 0) return 'no-frame';
    length = (high << 8) | low;
    content = start + 7;
  } else if (((first + second) & 0xff) !== 0) {
    return 'no-frame';
  }
  if (length === 0 || length > longestContent_bytes) return 'no-frame';
  const end = content + length + 1;
  if (bytes.length < end) return 'incomplete';
  return { frame: contentOf(bytes.slice(content, end)), end };
}

function contentOf(content: Uint8Array): PN532Frame {
  if (sum(content) !== 0) return { kind: 'corrupt' };
  const bytes = content.subarray(1, -1);
  if (content[0] === toChip) return { kind: 'toChip', bytes };
  if (content[0] === toHost) return { kind: 'toHost', bytes };
  return { kind: content[0] === errorIdentifier && bytes.length === 0 ? 'error' : 'corrupt' };
}

/** Fillers between frames: preamble, postamble, wake-up. */
const isFiller = (byte: number): boolean => byte === 0x00 || byte === 0x55;

/** Bytes in, frames out, whatever the chunks. Holds at most one longest frame and one chunk. */
export class PN532Parser {
  #held = new Uint8Array(0);
  #discarded_bytes = 0;

  /** Bytes thrown away because they belong to no frame, since the last call. */
  takeDiscarded_bytes(): number {
    const count = this.#discarded_bytes;
    this.#discarded_bytes = 0;
    return count;
  }

  get held_bytes(): number {
    return this.#held.length;
  }

  /** A frame has begun and is not complete. */
  get isInFrame(): boolean {
    return this.#held.length > 1;
  }

  push(chunk: Uint8Array): PN532Frame[] {
    const bytes = new Uint8Array(this.#held.length + chunk.length);
    bytes.set(this.#held);
    bytes.set(chunk, this.#held.length);
    return this.#scan(bytes);
  }

  /** The line has been silent in mid-frame: what looked like a beginning was none, the frame may lie behind it. */
  idle(): PN532Frame[] {
    if (!this.isInFrame) return [];
    const bytes = this.#held;
    this.#held = new Uint8Array(0);
    this.#discard(bytes.subarray(0, 2));
    const frames = this.#scan(bytes.subarray(2));
    return this.isInFrame ? [...frames, ...this.idle()] : frames;
  }

  reset(): void {
    this.#held = new Uint8Array(0);
  }

  #scan(bytes: Uint8Array): PN532Frame[] {
    const frames: PN532Frame[] = [];
    let position = 0;
    for (;;) {
      const start = findStart(bytes, position);
      if (start < 0) break;
      this.#discard(bytes.subarray(position, start));
      const found = frameAt(bytes, start);
      if (found === 'incomplete') {
        this.#held = bytes.slice(start);
        return frames;
      }
      if (found === 'no-frame') {
        this.#discard(bytes.subarray(start, start + 2));
        position = start + 2;
        continue;
      }
      frames.push(found.frame);
      // A wrong checksum may mean that the length was wrong: a good frame may begin inside.
      position = found.frame.kind === 'corrupt' ? start + 2 : found.end;
    }
    // The last 00 may be the first half of a start code.
    const keep = bytes.length > position && bytes.at(-1) === 0x00 ? 1 : 0;
    this.#discard(bytes.subarray(position, bytes.length - keep));
    this.#held = bytes.slice(bytes.length - keep);
    return frames;
  }

  #discard(bytes: Uint8Array): void {
    for (const byte of bytes) if (!isFiller(byte)) this.#discarded_bytes++;
  }
}

function findStart(bytes: Uint8Array, from: number): number {
  for (let i = bytes.indexOf(0xff, from + 1); i > 0; i = bytes.indexOf(0xff, i + 1)) {
    if (bytes[i - 1] === 0x00) return i - 1;
  }
  return -1;
}

/** Commands used here (UM0701-02 section 7); a response has the code of its command plus one. */
export const pn532Command = {
  diagnose: 0x00,
  getFirmwareVersion: 0x02,
  getGeneralStatus: 0x04,
  readRegister: 0x06,
  writeRegister: 0x08,
  setSerialBaudRate: 0x10,
  setParameters: 0x12,
  samConfiguration: 0x14,
  powerDown: 0x16,
  rfConfiguration: 0x32,
  inDataExchange: 0x40,
  inCommunicateThru: 0x42,
  inDeselect: 0x44,
  inListPassiveTarget: 0x4a,
  inPSL: 0x4e,
  inRelease: 0x52,
  inSelect: 0x54,
  inAutoPoll: 0x60,
} as const;

/** Index in the list is the parameter of SetSerialBaudRate. */
export const serialBaudRates = [9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600, 1288000] as const;

/** Data bytes in one InDataExchange, each direction (UM0701-02 section 7.3.8). */
export const longestExchange_bytes = 262;

/** Bit rates on the air in kbit/s; index in the list is the parameter of InPSL (UM0701-02 section 7.3.7). */
export const radioRates_kbps = [106, 212, 424] as const;

/** More Information: another part of the same APDU follows. Bit of Tg to the chip, of the status from it. */
export const moreInformation = 0x40;
/** Error code in the status byte; 0 is success. */
export const statusMask = 0x3f;
