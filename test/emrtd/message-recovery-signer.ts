/**
 * The chip's half of ISO/IEC 9796-2 scheme 1, written apart from the reader's: builds the message that a chip signs byte by
 * byte, so that a test can build a wrong one.
 */
import { type KeyObject, constants, createHash, privateEncrypt } from 'node:crypto';

export type Trailer = 'bc' | '33cc' | '34cc' | '35cc' | '36cc' | '38cc';

export const trailerHashes: Readonly<Record<Trailer, string>> = {
  bc: 'sha1',
  '33cc': 'sha1',
  '34cc': 'sha256',
  '35cc': 'sha512',
  '36cc': 'sha384',
  '38cc': 'sha224',
};

export type Recipe = {
  readonly modulus_bytes: number;
  readonly challenge: Uint8Array;
  readonly trailer: Trailer;
  /** First bytes; default 6A. The rest of the room is M1. */
  readonly header?: string;
  /** What M1 is filled with, four bytes over and over. */
  readonly filling?: number;
  /** Put in place of the trailer. */
  readonly trailerBytes?: string;
};

/** The message before the private key is used. */
export function messageToSign(recipe: Recipe): Uint8Array {
  const header = Buffer.from(recipe.header ?? '6a', 'hex');
  const trailer = Buffer.from(recipe.trailerBytes ?? recipe.trailer, 'hex');
  const hash = createHash(trailerHashes[recipe.trailer]);
  const digest_bytes = hash.copy().digest().length;
  const room = recipe.modulus_bytes - header.length - digest_bytes - trailer.length;
  const filling = Buffer.alloc(4);
  filling.writeUInt32BE(recipe.filling ?? 0x5c5c5c5c);
  const recovered = Buffer.alloc(room, filling);
  const digest = hash.update(recovered).update(recipe.challenge).digest();
  return Uint8Array.from(Buffer.concat([header, recovered, digest, trailer]));
}

/** RSA private operation without padding. */
export function signMessage(privateKey: KeyObject, message: Uint8Array): Uint8Array {
  return Uint8Array.from(privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, message));
}

/** n - s: what a signer sends that takes the smaller of the two. */
export function otherRoot(privateKey: KeyObject, signature: Uint8Array): Uint8Array {
  const { n = '' } = privateKey.export({ format: 'jwk' });
  const modulus = Buffer.from(n, 'base64url');
  const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const difference = (number(modulus) - number(signature)).toString(16).padStart(modulus.length * 2, '0');
  return Uint8Array.from(Buffer.from(difference, 'hex'));
}
