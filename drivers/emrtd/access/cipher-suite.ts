/**
 * The four suites of ciphers that eMRTD protocols name (ICAO 9303-11 sections 4.4, 6.2 and 9.8): block cipher in CBC
 * mode, message authentication code of 8 bytes, and the derivation of keys for both.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { cmac } from '@noble/ciphers/aes.js';
import { deriveTripleDESKey, retailMAC } from './triple-des.ts';

export type CipherSuite = '3des' | 'aes-128' | 'aes-192' | 'aes-256';

type Properties = {
  readonly cbc: string;
  readonly keyBytes: number;
  readonly blockBytes: 8 | 16;
  /** Hash of the key derivation function. */
  readonly hash: 'sha1' | 'sha256';
};

const properties: Readonly<Record<CipherSuite, Properties>> = {
  '3des': { cbc: 'des-ede-cbc', keyBytes: 16, blockBytes: 8, hash: 'sha1' },
  'aes-128': { cbc: 'aes-128-cbc', keyBytes: 16, blockBytes: 16, hash: 'sha1' },
  'aes-192': { cbc: 'aes-192-cbc', keyBytes: 24, blockBytes: 16, hash: 'sha256' },
  'aes-256': { cbc: 'aes-256-cbc', keyBytes: 32, blockBytes: 16, hash: 'sha256' },
};

const MAC_BYTES = 8;

/** Length of the block, 8 or 16 bytes. */
export function blockBytesOf(suite: CipherSuite): 8 | 16 {
  return properties[suite].blockBytes;
}

/** An initial vector of zeros, one block. */
export function zeroVector(suite: CipherSuite): Uint8Array {
  return new Uint8Array(properties[suite].blockBytes);
}

/** Length of an encryption or MAC key, 16, 24 or 32 bytes. */
export function keyBytesOf(suite: CipherSuite): number {
  return properties[suite].keyBytes;
}

/**
 * Key derivation function (ICAO 9303-11 section 9.7.1): counter 1 gives a key for encryption, 2 one for checksums, 3
 * the key that encrypts the nonce of PACE.
 */
export function deriveKey(suite: CipherSuite, secret: Uint8Array, counter: 1 | 2 | 3): Uint8Array {
  if (suite === '3des') return deriveTripleDESKey(secret, counter);
  const { hash, keyBytes } = properties[suite];
  const digest = createHash(hash)
    .update(secret)
    .update(Uint8Array.of(0, 0, 0, counter))
    .digest();
  return Uint8Array.from(digest.subarray(0, keyBytes));
}

/** CBC without padding: `data` is a whole number of blocks, `iv` one block. Throws for anything else. */
export function encryptBlocks(suite: CipherSuite, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv(properties[suite].cbc, key, iv).setAutoPadding(false);
  return Uint8Array.from([...cipher.update(data), ...cipher.final()]);
}

/** Undoes `encryptBlocks`. */
export function decryptBlocks(suite: CipherSuite, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(properties[suite].cbc, key, iv).setAutoPadding(false);
  return Uint8Array.from([...decipher.update(data), ...decipher.final()]);
}

/**
 * Message authentication code, 8 bytes. 3DES: retail MAC, which pads `message` by method 2 itself. AES: CMAC over
 * `message` as it stands, cut to its first 8 bytes (ICAO 9303-11 sections 4.4.3.4, 9.8.6.2 and 9.8.7.2); secure messaging pads
 * before it calls, an authentication token is not padded.
 */
export function macOf(suite: CipherSuite, key: Uint8Array, message: Uint8Array): Uint8Array {
  return suite === '3des' ? retailMAC(key, message) : cmac(message, key).slice(0, MAC_BYTES);
}
