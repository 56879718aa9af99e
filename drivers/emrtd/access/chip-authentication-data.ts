/** What a chip adds to the last message of PACE with chip authentication mapping (ICAO 9303-11 section 4.4.3.5). */
import { type CipherSuite, blockBytesOf, decryptBlocks, encryptBlocks, zeroVector } from './cipher-suite.ts';
import { unpadMethod2 } from './triple-des.ts';

/** Chip authentication data, unpadded; undefined when `encrypted` is not in blocks or has no padding. AES only. */
export function decryptChipAuthenticationData(
  suite: CipherSuite,
  encryptionKey: Uint8Array,
  encrypted: Uint8Array,
): Uint8Array | undefined {
  const blockBytes = blockBytesOf(suite);
  if (encrypted.length === 0 || encrypted.length % blockBytes !== 0) return undefined;
  const minusOne = new Uint8Array(blockBytes).fill(0xff);
  const iv = encryptBlocks(suite, encryptionKey, zeroVector(suite), minusOne);
  return unpadMethod2(decryptBlocks(suite, encryptionKey, iv, encrypted));
}
