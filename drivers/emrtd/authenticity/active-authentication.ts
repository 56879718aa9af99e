/**
 * Active Authentication (ICAO 9303-11 section 6.1): the chip signs a challenge with the private key that belongs to DG15.
 * DG15 must have been verified against EF.SOD: whoever may choose the key may sign.
 */
import type { KeyObject } from 'node:crypto';
import type { CipherSuite } from '../access/cipher-suite.ts';
import { curveNamed, isCurveName } from '../access/domain-parameters.ts';
import { type Finding, failed, passed, undetermined, withEvidence } from '../finding.ts';
import { Instruction, StatusWord } from '../iso7816/apdu.ts';
import type { Exchange } from '../iso7816/chip-session.ts';
import type { ActiveAuthenticationInfo } from '../lds/security-infos.ts';
import type { HashAlgorithm } from '../pki/algorithms.ts';
import { verifyECDSA } from './ecdsa-signature.ts';
import { keyOfDG15 } from './key-of-spki.ts';
import { verifyMessageRecovery } from './message-recovery.ts';

const CHALLENGE_BYTES = 8;
const SHORT_LE = 256;
const EXTENDED_LE = 65_536;
/** Longest data in a protected answer of 256 bytes, with blocks of 8 and of 16 bytes (ICAO 9303-11 section 9.8.4). */
const SHORT_ANSWER_BYTES = { tripleDES: 231, AES: 223 } as const;

/** ecdsa-plain-SHA… (BSI TR-03111 section 5.2.1) and, as some documents write, ecdsa-with-SHA… (RFC 5758). */
const ecdsaHashes: Readonly<Record<string, HashAlgorithm>> = {
  '0.4.0.127.0.7.1.1.4.1.1': 'sha1',
  '0.4.0.127.0.7.1.1.4.1.2': 'sha224',
  '0.4.0.127.0.7.1.1.4.1.3': 'sha256',
  '0.4.0.127.0.7.1.1.4.1.4': 'sha384',
  '0.4.0.127.0.7.1.1.4.1.5': 'sha512',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.1': 'sha224',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};
const allHashes: readonly HashAlgorithm[] = ['sha256', 'sha1', 'sha224', 'sha384', 'sha512'];

/** A key of DG15 and what its signatures look like. */
type Verifier = {
  readonly signature_bytes: number;
  /** What is known of the algorithm before a signature is seen. */
  readonly evidence: Readonly<Record<string, string | number>>;
  /** The hash under which the signature is right, or undefined. */
  verify(challenge: Uint8Array, signature: Uint8Array): HashAlgorithm | undefined;
};

/**
 * Asks the chip to sign eight random bytes. `info` is that of DG14, which names the hash of ECDSA; without it every hash
 * is tried, for a right signature under any of them is proof. Passed: `evidence` names algorithm, key size or curve, and
 * hash. Failed: the chip refused, or the signature is wrong. Undetermined: the key or its algorithm is not one to go by.
 * Throws ConversationError.
 */
export async function performActiveAuthentication(o: {
  readonly exchange: Exchange;
  /** The whole file, verified against EF.SOD. */
  readonly dg15: Uint8Array;
  readonly info: ActiveAuthenticationInfo | null;
  /** Of the session, which decides what fits a short answer; default: an AES one. */
  readonly suite?: CipherSuite;
  entropy(bytes: number): Uint8Array;
}): Promise<Finding> {
  const opened = keyOfDG15(o.dg15);
  if ('because' in opened) return undetermined(opened.because);
  const verifier = verifierOf(opened.key, o.info);
  if (verifier === undefined) return undetermined('ALGORITHM_UNKNOWN');
  const challenge = o.entropy(CHALLENGE_BYTES);
  const short_bytes = o.suite === '3des' ? SHORT_ANSWER_BYTES.tripleDES : SHORT_ANSWER_BYTES.AES;
  const forms = verifier.signature_bytes <= short_bytes ? [SHORT_LE, EXTENDED_LE] : [EXTENDED_LE, SHORT_LE];
  const { hash, isAnswered } = await askForSignature(o.exchange, forms, challenge, verifier);
  if (hash !== undefined) return withEvidence(passed, { ...verifier.evidence, hash });
  const because = isAnswered ? 'ACTIVE_AUTHENTICATION_UNPROVEN' : 'ACTIVE_AUTHENTICATION_REFUSED';
  return withEvidence(failed(because), verifier.evidence);
}

/**
 * Asks with each Le in turn until a whole signature came: short form first where the signature fits, extended form first
 * where it does not. Some chips know one of the two only. A refusal in short form that is not about length is final:
 * there are chips that an extended command puts out of step.
 */
async function askForSignature(
  exchange: Exchange,
  forms: readonly number[],
  challenge: Uint8Array,
  verifier: Verifier,
): Promise<{ readonly hash: HashAlgorithm | undefined; readonly isAnswered: boolean }> {
  const command = { cla: 0, ins: Instruction.INTERNAL_AUTHENTICATE, p1: 0, p2: 0, data: challenge };
  let isAnswered = false;
  for (const le of forms) {
    const { data, statusWord } = await exchange({ ...command, le });
    if (statusWord !== StatusWord.OK && le === SHORT_LE && !isAboutLength(statusWord)) break;
    if (statusWord !== StatusWord.OK || data.length === 0) continue;
    const hash = verifier.verify(challenge, data);
    isAnswered = true;
    if (hash !== undefined || data.length >= verifier.signature_bytes) return { hash, isAnswered };
  }
  return { hash: undefined, isAnswered };
}

function isAboutLength(statusWord: number): boolean {
  const kind = statusWord & 0xff00;
  return statusWord === StatusWord.WRONG_LENGTH || kind === StatusWord.WRONG_LE || kind === StatusWord.MORE_DATA;
}

/** Undefined: the algorithm is not known. */
function verifierOf(key: KeyObject, info: ActiveAuthenticationInfo | null): Verifier | undefined {
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') {
    return {
      signature_bytes: modulusLength / 8,
      evidence: { algorithm: 'rsa-message-recovery', key_bits: modulusLength },
      verify: (challenge, signature) => verifyMessageRecovery(key, challenge, signature),
    };
  }
  const announced = info === null ? undefined : hashNamedBy(info);
  const hashes = announced === undefined ? allHashes : [announced];
  if (!isCurveName(namedCurve) || (info !== null && announced === undefined)) return undefined;
  const order_bytes = curveNamed(namedCurve).coordinate_bytes;
  return {
    signature_bytes: 2 * order_bytes,
    evidence: { algorithm: 'ecdsa', curve: namedCurve },
    verify: (message, signature) => hashes.find((hash) => verifyECDSA({ key, order_bytes, hash, message, signature })),
  };
}

function hashNamedBy(info: ActiveAuthenticationInfo): HashAlgorithm | undefined {
  return Object.hasOwn(ecdsaHashes, info.signatureAlgorithm) ? ecdsaHashes[info.signatureAlgorithm] : undefined;
}
