/**
 * Basic Access Control (ICAO 9303-11 section 4.3): reader and chip prove to each other that they know what is printed
 * in the MRZ, and agree on session keys.
 */
import { timingSafeEqual } from 'node:crypto';
import { Instruction, StatusWord } from '../iso7816/apdu.ts';
import { DocumentError } from '../codes.ts';
import type { Exchange, SecureMessaging } from '../iso7816/chip-session.ts';
import { type SessionKeys, createSecureMessaging } from './secure-messaging.ts';
import { concatBytes } from '../iso7816/tlv.ts';
import { decryptTripleDES, deriveTripleDESKey, encryptTripleDES, retailMAC } from './triple-des.ts';

const CHALLENGE_BYTES = 8;
const KEY_BYTES = 16;
const CRYPTOGRAM_BYTES = 32;
const MAC_BYTES = 8;

export type BasicAccessKeys = { readonly encryptionKey: Uint8Array; readonly macKey: Uint8Array };

/** Document basic access keys from the seed of `accessKeySeed` (ICAO 9303-11 section 9.7.2). */
export function deriveBasicAccessKeys(seed: Uint8Array): BasicAccessKeys {
  return { encryptionKey: deriveTripleDESKey(seed, 1), macKey: deriveTripleDESKey(seed, 2) };
}

/** What the reader contributes to one run: fresh random bytes, 8 and 16 of them. */
export type ReaderSecrets = { readonly challenge: Uint8Array; readonly keyShare: Uint8Array };

/** Command data of EXTERNAL AUTHENTICATE: cryptogram and checksum, 40 bytes. */
export function authenticationData(
  keys: BasicAccessKeys,
  chipChallenge: Uint8Array,
  secrets: ReaderSecrets,
): Uint8Array {
  const plain = concatBytes(secrets.challenge, chipChallenge, secrets.keyShare);
  const cryptogram = encryptTripleDES(keys.encryptionKey, plain);
  return concatBytes(cryptogram, retailMAC(keys.macKey, cryptogram));
}

/** Checks the chip's answer and derives the session keys; undefined when the chip does not know the access keys. */
export function sessionKeysFrom(
  keys: BasicAccessKeys,
  chipChallenge: Uint8Array,
  secrets: ReaderSecrets,
  answer: Uint8Array,
): Required<SessionKeys> | undefined {
  if (answer.length !== CRYPTOGRAM_BYTES + MAC_BYTES) return undefined;
  const cryptogram = answer.subarray(0, CRYPTOGRAM_BYTES);
  if (!timingSafeEqual(retailMAC(keys.macKey, cryptogram), answer.subarray(CRYPTOGRAM_BYTES))) return undefined;
  const plain = decryptTripleDES(keys.encryptionKey, cryptogram);
  const expected = concatBytes(chipChallenge, secrets.challenge);
  if (!timingSafeEqual(plain.subarray(0, 2 * CHALLENGE_BYTES), expected)) return undefined;
  const chipKeyShare = plain.subarray(2 * CHALLENGE_BYTES);
  const seed = secrets.keyShare.map((octet, i) => octet ^ (chipKeyShare[i] ?? 0));
  return {
    encryptionKey: deriveTripleDESKey(seed, 1),
    macKey: deriveTripleDESKey(seed, 2),
    sendSequenceCounter: concatBytes(chipChallenge.subarray(4), secrets.challenge.subarray(4)),
  };
}

/**
 * Runs the protocol over `exchange`. Throws DocumentError ACCESS_PROTOCOL_UNSUPPORTED (no challenge given),
 * ACCESS_REFUSED (the chip did not accept the keys) or ACCESS_UNPROVEN (the chip did not prove its own knowledge).
 */
export async function performBasicAccessControl(
  exchange: Exchange,
  keys: BasicAccessKeys,
  entropy: (bytes: number) => Uint8Array,
): Promise<SecureMessaging> {
  const challenge = await exchange({ cla: 0, ins: Instruction.GET_CHALLENGE, p1: 0, p2: 0, le: CHALLENGE_BYTES });
  if (challenge.statusWord !== StatusWord.OK || challenge.data.length !== CHALLENGE_BYTES) {
    throw new DocumentError('ACCESS_PROTOCOL_UNSUPPORTED', `status ${challenge.statusWord.toString(16)}`);
  }
  const chipChallenge = Uint8Array.from(challenge.data);
  const secrets = { challenge: entropy(CHALLENGE_BYTES), keyShare: entropy(KEY_BYTES) };
  const data = authenticationData(keys, chipChallenge, secrets);
  const answer = await exchange({
    cla: 0,
    ins: Instruction.EXTERNAL_AUTHENTICATE,
    p1: 0,
    p2: 0,
    data,
    le: data.length,
  });
  if (answer.statusWord !== StatusWord.OK) {
    throw new DocumentError('ACCESS_REFUSED', `status ${answer.statusWord.toString(16)}`);
  }
  const sessionKeys = sessionKeysFrom(keys, chipChallenge, secrets, answer.data);
  if (sessionKeys === undefined) throw new DocumentError('ACCESS_UNPROVEN');
  return createSecureMessaging('3des', sessionKeys);
}
