/**
 * Two-key triple DES as ICAO 9303-11 section 9.8.6 uses it: CBC with a zero vector, and the "retail MAC", ISO/IEC
 * 9797-1 MAC algorithm 3 with padding method 2.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

const BLOCK_BYTES = 8;
const ZERO_VECTOR = new Uint8Array(BLOCK_BYTES);

/** `data` must be a whole number of blocks of 8 bytes; `key` has 16 bytes. */
export function encryptTripleDES(key: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv('des-ede-cbc', key, ZERO_VECTOR).setAutoPadding(false);
  return Uint8Array.from([...cipher.update(data), ...cipher.final()]);
}

/** `data` must be a whole number of blocks of 8 bytes; `key` has 16 bytes. */
export function decryptTripleDES(key: Uint8Array, data: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('des-ede-cbc', key, ZERO_VECTOR).setAutoPadding(false);
  return Uint8Array.from([...decipher.update(data), ...decipher.final()]);
}

/** MAC of 8 bytes over `message`, which is padded here. `key` has 16 bytes. */
export function retailMAC(key: Uint8Array, message: Uint8Array): Uint8Array {
  const padded = padMethod2(message, BLOCK_BYTES);
  const left = key.subarray(0, BLOCK_BYTES);
  // OpenSSL 3 offers no single DES without its legacy provider; triple DES with three equal keys is single DES.
  const single = createCipheriv('des-ede3-cbc', Uint8Array.from([...left, ...left, ...left]), ZERO_VECTOR);
  const chained = single.setAutoPadding(false).update(padded.subarray(0, -BLOCK_BYTES));
  const previous = chained.length === 0 ? ZERO_VECTOR : chained.subarray(-BLOCK_BYTES);
  const last = padded.subarray(-BLOCK_BYTES).map((octet, i) => octet ^ (previous[i] ?? 0));
  return encryptTripleDES(key, last);
}

/** Key derivation function of ICAO 9303-11 section 9.7.1 for two-key triple DES; what a counter means: `deriveKey`. */
export function deriveTripleDESKey(secret: Uint8Array, counter: 1 | 2 | 3): Uint8Array {
  const digest = createHash('sha1')
    .update(secret)
    .update(Uint8Array.of(0, 0, 0, counter))
    .digest();
  return Uint8Array.from(digest.subarray(0, 16), withOddParity);
}

/** Padding method 2 of ISO/IEC 9797-1: one 0x80, then zeros up to the next block. */
export function padMethod2(data: Uint8Array, blockBytes: number): Uint8Array {
  const padded = new Uint8Array(data.length + blockBytes - (data.length % blockBytes));
  padded.set(data);
  padded[data.length] = 0x80;
  return padded;
}

/** Undoes `padMethod2`; undefined when the padding is not there. */
export function unpadMethod2(data: Uint8Array): Uint8Array | undefined {
  const end = data.findLastIndex((octet) => octet !== 0);
  return end >= 0 && data[end] === 0x80 ? data.subarray(0, end) : undefined;
}

function withOddParity(octet: number): number {
  let ones = 0;
  for (let bits = octet >> 1; bits > 0; bits >>= 1) ones += bits & 1;
  return (octet & 0xfe) | (ones % 2 === 0 ? 1 : 0);
}
