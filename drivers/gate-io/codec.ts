/**
 * Modbus RTU frames, both directions (Modbus over serial line V1.02; application protocol V1.1b3, section 6). Pure.
 * Addresses count from 0. Function 23 is left out: public masters lose its answer.
 */

export type ReadFunction = 1 | 2 | 3 | 4;

export type ModbusRequest =
  | { readonly function: ReadFunction; readonly address: number; readonly quantity: number }
  | { readonly function: 5; readonly address: number; readonly value: boolean }
  | { readonly function: 6; readonly address: number; readonly value: number }
  | { readonly function: 15; readonly address: number; readonly values: readonly boolean[] }
  | { readonly function: 16; readonly address: number; readonly values: readonly number[] };

export type ModbusAnswer =
  | { readonly kind: 'bits'; readonly bits: readonly boolean[] }
  | { readonly kind: 'registers'; readonly registers: readonly number[] }
  | { readonly kind: 'written' }
  | { readonly kind: 'exception'; readonly code: number };

/** Application protocol V1.1b3, section 7. */
export const exceptionCode = { illegalFunction: 1, illegalAddress: 2, illegalValue: 3 } as const;

/** Longest frame on a serial line (serial line V1.02, section 2.5.1). */
export const longestFrame_bytes = 256;

const exceptionFlag = 0x80;
const shortestFrame_bytes = 4;
export const readBitsMax = 2000;
export const readRegistersMax = 125;
export const writeBitsMax = 1968;
export const writeRegistersMax = 123;

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
});

/** CRC-16 of serial line V1.02, section 6.2.2; goes on the line low byte first. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = (crc >> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0);
  return crc;
}

function seal(body: readonly number[]): Uint8Array {
  const frame = new Uint8Array(body.length + 2);
  frame.set(body);
  const crc = crc16(frame.subarray(0, -2));
  frame[body.length] = crc & 0xff;
  frame[body.length + 1] = crc >> 8;
  return frame;
}

export function isSealed(frame: Uint8Array): boolean {
  return frame.length >= shortestFrame_bytes && crc16(frame.subarray(0, -2)) === uint16LE(frame, frame.length - 2);
}

const uint16LE = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
const uint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const word = (value: number): [number, number] => [(value >> 8) & 0xff, value & 0xff];

function packBits(bits: readonly boolean[]): number[] {
  const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, () => 0);
  for (const [i, bit] of bits.entries()) if (bit) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7));
  return bytes;
}

function unpackBits(bytes: Uint8Array, quantity: number): boolean[] {
  return Array.from({ length: quantity }, (_, i) => (((bytes[i >> 3] ?? 0) >> (i & 7)) & 1) === 1);
}

function unpackRegisters(bytes: Uint8Array): number[] {
  return Array.from({ length: bytes.length >> 1 }, (_, i) => uint16(bytes, 2 * i));
}

export function encodeRequest(unit: number, request: ModbusRequest): Uint8Array {
  const head = [unit, request.function, ...word(request.address)];
  switch (request.function) {
    case 1:
    case 2:
    case 3:
    case 4:
      return seal([...head, ...word(request.quantity)]);
    case 5:
      return seal([...head, request.value ? 0xff : 0, 0]);
    case 6:
      return seal([...head, ...word(request.value)]);
    case 15: {
      const bytes = packBits(request.values);
      return seal([...head, ...word(request.values.length), bytes.length, ...bytes]);
    }
    default: {
      const bytes = request.values.flatMap(word);
      return seal([...head, ...word(request.values.length), bytes.length, ...bytes]);
    }
  }
}

export function encodeAnswer(unit: number, request: ModbusRequest, answer: ModbusAnswer): Uint8Array {
  const { function: code, address } = request;
  switch (answer.kind) {
    case 'bits': {
      const bytes = packBits(answer.bits);
      return seal([unit, code, bytes.length, ...bytes]);
    }
    case 'registers': {
      const bytes = answer.registers.flatMap(word);
      return seal([unit, code, bytes.length, ...bytes]);
    }
    case 'written': {
      if (request.function === 5 || request.function === 6) return encodeRequest(unit, request);
      const quantity = 'values' in request ? request.values.length : 0;
      return seal([unit, code, ...word(address), ...word(quantity)]);
    }
    default:
      return encodeException(unit, code, answer.code);
  }
}

export function encodeException(unit: number, functionCode: number, code: number): Uint8Array {
  return seal([unit, (functionCode | exceptionFlag) & 0xff, code]);
}

/** Length that a frame with this beginning has as a request; undefined: more bytes needed; null: unknown function. */
export function requestLength(bytes: Uint8Array): number | undefined | null {
  const code = bytes[1];
  if (code === undefined) return undefined;
  if (code >= 1 && code <= 6) return 8;
  if (code === 15 || code === 16) {
    const count = bytes[6];
    return count === undefined ? undefined : 9 + count;
  }
  return null;
}

/**
 * Body of a complete request frame whose CRC is right. A quantity out of range, or one that the byte count does not
 * fit, is `illegal-value`, as the application protocol wants it.
 */
export function decodeRequest(frame: Uint8Array): ModbusRequest | 'illegal-value' | 'illegal-function' {
  const code = frame[1] ?? 0;
  const address = uint16(frame, 2);
  const value = uint16(frame, 4);
  const isQuantityUpTo = (max: number): boolean => value >= 1 && value <= max;
  switch (code) {
    case 1:
    case 2:
      return isQuantityUpTo(readBitsMax) ? { function: code, address, quantity: value } : 'illegal-value';
    case 3:
    case 4:
      return isQuantityUpTo(readRegistersMax) ? { function: code, address, quantity: value } : 'illegal-value';
    case 5:
      return value === 0 || value === 0xff00 ? { function: 5, address, value: value !== 0 } : 'illegal-value';
    case 6:
      return { function: 6, address, value };
    case 15: {
      const isWhole = isQuantityUpTo(writeBitsMax) && frame[6] === Math.ceil(value / 8);
      return isWhole ? { function: 15, address, values: unpackBits(frame.subarray(7, -2), value) } : 'illegal-value';
    }
    case 16: {
      const isWhole = isQuantityUpTo(writeRegistersMax) && frame[6] === value * 2;
      return isWhole ? { function: 16, address, values: unpackRegisters(frame.subarray(7, -2)) } : 'illegal-value';
    }
    default:
      return 'illegal-function';
  }
}

/** Length of the answer to a request, when it is not an exception. */
export function answerLength(request: ModbusRequest): number {
  switch (request.function) {
    case 1:
    case 2:
      return 5 + Math.ceil(request.quantity / 8);
    case 3:
    case 4:
      return 5 + request.quantity * 2;
    default:
      return 8;
  }
}

const exceptionLength = 5;

function answerAt(bytes: Uint8Array, unit: number, request: ModbusRequest): ModbusAnswer | undefined {
  if (bytes[0] !== unit) return undefined;
  if (bytes[1] === (request.function | exceptionFlag)) {
    const frame = bytes.subarray(0, exceptionLength);
    if (frame.length < exceptionLength || !isSealed(frame)) return undefined;
    return { kind: 'exception', code: frame[2] ?? 0 };
  }
  const length = answerLength(request);
  const frame = bytes.subarray(0, length);
  if (frame[1] !== request.function || frame.length < length || !isSealed(frame)) return undefined;
  if (request.function <= 4) {
    if (frame[2] !== length - 5) return undefined;
    const values = frame.subarray(3, -2);
    return 'quantity' in request && request.function <= 2
      ? { kind: 'bits', bits: unpackBits(values, request.quantity) }
      : { kind: 'registers', registers: unpackRegisters(values) };
  }
  // A write is echoed: all of it for single values, address and quantity for several.
  const echo = encodeAnswer(unit, request, { kind: 'written' });
  return echo.every((byte, i) => byte === frame[i]) ? { kind: 'written' } : undefined;
}

/** The answer to exactly this request, wherever it begins in the bytes, and how many bytes of noise stood before it. */
export function findAnswer(
  bytes: Uint8Array,
  unit: number,
  request: ModbusRequest,
): { readonly answer: ModbusAnswer; readonly noise_bytes: number } | undefined {
  for (let i = 0; i + exceptionLength <= bytes.length; i++) {
    const answer = answerAt(bytes.subarray(i), unit, request);
    if (answer !== undefined) return { answer, noise_bytes: i };
  }
  return undefined;
}
