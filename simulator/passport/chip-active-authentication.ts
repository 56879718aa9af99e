/** The chip's half of Active Authentication (ICAO 9303-11 section 6.1): it signs the reader's challenge. */
import { type KeyObject, constants, createHash, privateEncrypt, sign } from 'node:crypto';
import { type CommandAPDU, StatusWord } from '../../drivers/emrtd/iso7816/apdu.ts';
import { concatBytes } from '../../drivers/emrtd/iso7816/tlv.ts';
import type { Answer } from './chip-answer.ts';
import type { ActiveAuthenticationOffer } from './document-profile.ts';

export type ChipSigner = { readonly key: KeyObject; readonly hash: ActiveAuthenticationOffer['hash'] };

const CHALLENGE_BYTES = 8;

/** Trailers of ISO/IEC 9796-2: option 1 for SHA-1, option 2 for the others (section 6.1.2.2). */
const trailers = {
  sha1: [0xbc],
  sha224: [0x38, 0xcc],
  sha256: [0x34, 0xcc],
  sha384: [0x36, 0xcc],
  sha512: [0x35, 0xcc],
} as const;

/** INTERNAL AUTHENTICATE. */
export function signChallenge(
  signer: ChipSigner,
  command: CommandAPDU,
  entropy: (bytes: number) => Uint8Array,
): Answer {
  if (command.p1 !== 0 || command.p2 !== 0) return { statusWord: StatusWord.WRONG_PARAMETERS };
  if (command.data?.length !== CHALLENGE_BYTES) return { statusWord: StatusWord.WRONG_LENGTH };
  const data =
    signer.key.asymmetricKeyType === 'rsa'
      ? signRecoverably(signer, command.data, entropy)
      : sign(signer.hash, command.data, { key: signer.key, dsaEncoding: 'ieee-p1363' });
  return { statusWord: StatusWord.OK, data: Uint8Array.from(data) };
}

/**
 * Digital signature scheme 1 of ISO/IEC 9796-2 with partial recovery: the chip's own nonce M1 is in the signature, the
 * reader's challenge M2 is not. Header 6A: more than the message begins here, and M1 fills its place.
 */
function signRecoverably(
  { key, hash }: ChipSigner,
  challenge: Uint8Array,
  entropy: (bytes: number) => Uint8Array,
): Uint8Array {
  const trailer = Uint8Array.from(trailers[hash]);
  const digestBytes = createHash(hash).digest().length;
  const modulusBytes = Math.floor((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  const nonce = entropy(modulusBytes - 1 - digestBytes - trailer.length);
  const digest = createHash(hash).update(nonce).update(challenge).digest();
  const representative = concatBytes(Uint8Array.of(0x6a), nonce, digest, trailer);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, representative);
}
