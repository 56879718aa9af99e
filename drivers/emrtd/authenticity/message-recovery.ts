/**
 * RSA signatures with partial message recovery, ISO/IEC 9796-2 digital signature scheme 1, as ICAO 9303-11 section 6.1
 * uses them for Active Authentication. The signature carries M1, a part of the message that the chip chose, and the hash
 * over M1 and M2, the challenge.
 */
import { type KeyObject, constants, createHash, publicDecrypt } from 'node:crypto';
import { bytesFrom, numberFrom } from '../access/domain-parameters.ts';
import { concatBytes } from '../iso7816/tlv.ts';
import type { HashAlgorithm } from '../pki/algorithms.ts';
import { fixedLength } from './fixed-length.ts';

/** First byte: bits 01, one bit for "M2 follows", border nibble A, or B while padding goes on. */
const Header = { WHOLE: 0x6a, PADDED: 0x6b, PADDING: 0xbb, PADDING_END: 0xba } as const;
/** Last byte: the hash goes without saying, or the byte before names it. */
const Trailer = { IMPLICIT: 0xbc, EXPLICIT: 0xcc } as const;
const IMPLICIT_HASH: HashAlgorithm = 'sha1';

/** Hash identifiers of ISO/IEC 10118-3. */
const hashes: ReadonlyMap<number, HashAlgorithm> = new Map([
  [0x33, 'sha1'],
  [0x34, 'sha256'],
  [0x35, 'sha512'],
  [0x36, 'sha384'],
  [0x38, 'sha224'],
]);

/** What a signature says about itself before its hash is compared. */
type Recovered = {
  readonly hash: HashAlgorithm;
  readonly digest: Uint8Array;
  /** M1. */
  readonly recovered: Uint8Array;
};

/**
 * The hash under which `signature` is one over `challenge`, or undefined when it is none. `key` is RSA with a modulus of
 * whole bytes. Leading zeros of the signature may be missing or too many, as some chips send them.
 */
export function verifyMessageRecovery(
  key: KeyObject,
  challenge: Uint8Array,
  signature: Uint8Array,
): HashAlgorithm | undefined {
  const modulus = modulusOf(key);
  const opened = open(key, fixedLength(signature, modulus.length));
  if (opened === undefined) return undefined;
  const readings = [opened, complement(modulus, opened)].map(parseRecovered);
  return readings.find((reading) => reading !== undefined && covers(reading, challenge))?.hash;
}

function covers({ hash, recovered, digest }: Recovered, challenge: Uint8Array): boolean {
  return createHash(hash).update(concatBytes(recovered, challenge)).digest().equals(digest);
}

/** RSA public operation without padding; undefined for a number that is no less than the modulus. */
function open(key: KeyObject, signature: Uint8Array | undefined): Uint8Array | undefined {
  if (signature === undefined) return undefined;
  try {
    return Uint8Array.from(publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature));
  } catch {
    // OpenSSL throws for a number out of range instead of answering.
    return undefined;
  }
}

/** ISO/IEC 9796-2 lets a signer send the smaller of s and n - s: with the other one, n minus the message comes out. */
function complement(modulus: Uint8Array, opened: Uint8Array): Uint8Array {
  return bytesFrom(numberFrom(modulus) - numberFrom(opened), modulus.length);
}

/** Header, M1, hash, trailer; undefined when they are not there. */
function parseRecovered(message: Uint8Array): Recovered | undefined {
  const start = startOfContent(message);
  const last = message.at(-1);
  const isImplicit = last === Trailer.IMPLICIT;
  const hash = isImplicit ? IMPLICIT_HASH : last === Trailer.EXPLICIT ? hashes.get(message.at(-2) ?? 0) : undefined;
  if (start === undefined || hash === undefined) return undefined;
  const end = message.length - (isImplicit ? 1 : 2);
  const digestStart = end - createHash(hash).digest().length;
  if (digestStart < start) return undefined;
  return { hash, recovered: message.subarray(start, digestStart), digest: message.subarray(digestStart, end) };
}

function startOfContent(message: Uint8Array): number | undefined {
  if (message[0] === Header.WHOLE) return 1;
  if (message[0] !== Header.PADDED) return undefined;
  const end = message.findIndex((octet, index) => index > 0 && octet !== Header.PADDING);
  return message[end] === Header.PADDING_END ? end + 1 : undefined;
}

function modulusOf(key: KeyObject): Uint8Array {
  const { n = '' } = key.export({ format: 'jwk' });
  return Uint8Array.from(Buffer.from(n, 'base64url'));
}
