/**
 * BER-TLV as eMRTD files and secure messaging use it (ISO/IEC 7816-4, ISO/IEC 8825-1): definite lengths, tags up to
 * three bytes, lengths up to four. Every length is checked against the bytes that are really there.
 */

/** The bytes are not well-formed TLV. Carries a position, never content. */
export class TLVError extends Error {
  constructor(problem: string, offset: number) {
    super(`${problem} at byte ${offset}`);
    this.name = 'TLVError';
  }
}

export type TLV = {
  /** Tag bytes as one number: 0x61, 0x5f1f, 0x7f61. */
  readonly tag: number;
  readonly value: Uint8Array;
  /** The element as it stood in the input, tag and length included. */
  readonly raw: Uint8Array;
};

export type TLVHeader = { readonly tag: number; readonly headerLength: number; readonly valueLength: number };

const TAG_BYTES_MAX = 3;
const LENGTH_BYTES_MAX = 4;
const ELEMENTS_MAX = 256;

/**
 * Tag and length at the start of `bytes`; the value need not be there. Undefined when more bytes are needed.
 * Throws TLVError for an indefinite or oversized length field.
 */
export function readTLVHeader(bytes: Uint8Array, offset = 0): TLVHeader | undefined {
  let at = offset;
  let octet = bytes[at++];
  if (octet === undefined) return undefined;
  let tag = octet;
  if ((octet & 0x1f) === 0x1f) {
    do {
      if (at - offset >= TAG_BYTES_MAX) throw new TLVError('tag too long', offset);
      octet = bytes[at++];
      if (octet === undefined) return undefined;
      tag = tag * 256 + octet;
    } while ((octet & 0x80) !== 0);
  }
  const first = bytes[at++];
  if (first === undefined) return undefined;
  if (first < 0x80) return { tag, headerLength: at - offset, valueLength: first };
  const count = first & 0x7f;
  if (count === 0 || count > LENGTH_BYTES_MAX) throw new TLVError('length field not supported', at - 1);
  let valueLength = 0;
  for (let i = 0; i < count; i++) {
    const next = bytes[at++];
    if (next === undefined) return undefined;
    valueLength = valueLength * 256 + next;
  }
  return { tag, headerLength: at - offset, valueLength };
}

/** The element at `offset`. Throws TLVError when it is malformed or longer than the bytes that are there. */
export function readTLV(bytes: Uint8Array, offset = 0): TLV {
  const header = readTLVHeader(bytes, offset);
  if (header === undefined) throw new TLVError('element cut short', offset);
  const start = offset + header.headerLength;
  const end = start + header.valueLength;
  if (end > bytes.length) throw new TLVError('value longer than its container', offset);
  return { tag: header.tag, value: bytes.subarray(start, end), raw: bytes.subarray(offset, end) };
}

/** All elements, one after the other, with nothing left over. Throws TLVError, also beyond 256 elements. */
export function readTLVs(bytes: Uint8Array): readonly TLV[] {
  const elements: TLV[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    if (elements.length === ELEMENTS_MAX) throw new TLVError('too many elements', offset);
    const element = readTLV(bytes, offset);
    elements.push(element);
    offset += element.raw.length;
  }
  return elements;
}

/** The one element with this tag that fills `bytes`; padding after it is allowed. Throws TLVError. */
export function expectTLV(bytes: Uint8Array, tag: number): TLV {
  const element = readTLV(bytes);
  if (element.tag !== tag) throw new TLVError(`tag ${element.tag.toString(16)} instead of ${tag.toString(16)}`, 0);
  return element;
}

/** Tag, shortest definite length, and the values joined. */
export function writeTLV(tag: number, ...values: readonly Uint8Array[]): Uint8Array {
  const length = values.reduce((sum, value) => sum + value.length, 0);
  const lengthBytes = length < 0x80 ? [length] : [0x80 | bigEndian(length).length, ...bigEndian(length)];
  return concatBytes(Uint8Array.from([...bigEndian(tag), ...lengthBytes]), ...values);
}

/** The arrays one after the other, in new memory. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function bigEndian(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes.length === 0 ? [0] : bytes;
}
