/** DER by hand (ITU-T X.690): only what certificates, signed lists and chip files need, written, never read. */
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';

export function sequence(...elements: readonly Uint8Array[]): Uint8Array {
  return writeTLV(0x30, ...elements);
}

/** SET OF: elements in ascending order of their encodings (X.690 section 11.6). */
export function setOf(...elements: readonly Uint8Array[]): Uint8Array {
  return writeTLV(0x31, ...[...elements].sort((a, b) => Buffer.compare(a, b)));
}

/** Constructed element with context tag [n]. */
export function context(tag: number, ...elements: readonly Uint8Array[]): Uint8Array {
  return writeTLV(0xa0 | tag, ...elements);
}

/** Primitive element with context tag [n]. */
export function contextPrimitive(tag: number, content: Uint8Array): Uint8Array {
  return writeTLV(0x80 | tag, content);
}

/** Non-negative integer from a number or from big-endian bytes. */
export function integer(value: number | bigint | Uint8Array): Uint8Array {
  return writeTLV(0x02, integerContent(value));
}

/** Content of an integer, for those under a context tag. */
export function integerContent(value: number | bigint | Uint8Array): Uint8Array {
  const bytes = value instanceof Uint8Array ? value : bigEndian(BigInt(value));
  const firstUsed = bytes.findIndex((octet) => octet !== 0);
  const digits = firstUsed < 0 ? Uint8Array.of(0) : bytes.subarray(firstUsed);
  return (digits[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), digits) : digits;
}

export function enumerated(value: number): Uint8Array {
  return writeTLV(0x0a, integerContent(value));
}

export function octetString(content: Uint8Array): Uint8Array {
  return writeTLV(0x04, content);
}

/** Bit string of whole bytes. */
export function bitString(content: Uint8Array, unusedBits = 0): Uint8Array {
  return writeTLV(0x03, Uint8Array.of(unusedBits), content);
}

export function boolean(value: boolean): Uint8Array {
  return writeTLV(0x01, Uint8Array.of(value ? 0xff : 0));
}

export function nullValue(): Uint8Array {
  return writeTLV(0x05);
}

export function utf8String(text: string): Uint8Array {
  return writeTLV(0x0c, Buffer.from(text, 'utf8'));
}

export function printableString(text: string): Uint8Array {
  return writeTLV(0x13, Buffer.from(text, 'ascii'));
}

/** Time in UTC: UTCTime up to 2049, GeneralizedTime from 2050 (RFC 5280 section 4.1.2.5). */
export function time(at_ms: number): Uint8Array {
  const digits = timeDigits(at_ms);
  return Number(digits.slice(0, 4)) < 2050
    ? writeTLV(0x17, Buffer.from(digits.slice(2), 'ascii'))
    : writeTLV(0x18, Buffer.from(digits, 'ascii'));
}

/** YYYYMMDDhhmmssZ: content of a GeneralizedTime. */
export function timeDigits(at_ms: number): string {
  return new Date(at_ms).toISOString().replace(/[-:T]|\.\d+/g, '');
}

/** Object identifier from its dotted form. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return writeTLV(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const octets = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) octets.unshift(0x80 | (rest & 0x7f));
  return octets;
}

function bigEndian(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return Uint8Array.from(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'));
}
