/**
 * Chip Authentication, version 1 (ICAO 9303-11 section 6.2): reader and chip agree on new session keys, the chip with the
 * static key whose public part is in DG14. Only the holder of the private part can go on under the new keys. DG14 must
 * have been verified against EF.SOD.
 */
import type { CipherSuite } from '../access/cipher-suite.ts';
import { fieldBits, publicKeyBytes, randomSecret, sharedSecretBytes } from '../access/domain-parameters.ts';
import { objectIdentifierBytes } from '../access/object-identifier.ts';
import { sessionFrom } from '../access/secure-messaging.ts';
import { ConversationError, DocumentError } from '../codes.ts';
import { type CheckEvidence, type Finding, failed, passed } from '../finding.ts';
import { type CommandAPDU, Instruction, StatusWord } from '../iso7816/apdu.ts';
import type { Exchange, SecureMessaging } from '../iso7816/chip-session.ts';
import { concatBytes, writeTLV } from '../iso7816/tlv.ts';
import type { SecurityInfos } from '../lds/security-infos.ts';
import { type ChipAuthenticationAttempt, chipAuthenticationAttempts } from './chip-authentication-attempts.ts';

const Tag = {
  PROTOCOL: 0x80,
  PUBLIC_KEY_IN_ANSWER: 0x80,
  KEY_REFERENCE: 0x84,
  EPHEMERAL_KEY: 0x91,
  DYNAMIC_AUTHENTICATION_DATA: 0x7c,
} as const;
/** MSE:Set for computation (41): control reference template for authentication (A4), for key agreement (A6). */
const SET_FOR_COMPUTATION = 0x41;
const AUTHENTICATION_TEMPLATE = 0xa4;
const KEY_AGREEMENT_TEMPLATE = 0xa6;
const SHORT_LE = 256;
/** SELECT EF.DG14 without an answer: it has just been read, so it is there. */
const SELECT_DG14: CommandAPDU = {
  cla: 0,
  ins: Instruction.SELECT,
  p1: 0x02,
  p2: 0x0c,
  data: Uint8Array.of(0x01, 0x0e),
};

export type ChipAuthentication = {
  /** The new session, send sequence counter zero; nothing is proven until an answer under it verified. */
  readonly secureMessaging: SecureMessaging;
  /** The key of DG14 that was used; null: it has no number. */
  readonly keyId: bigint | null;
  /** Of the new session. */
  readonly suite: CipherSuite;
  /** What was agreed: protocol, group, cipher suite, form of the commands. */
  readonly evidence: CheckEvidence;
};

/**
 * Agrees on new keys over `exchange`, which is protected by the old ones. The strongest usable key is tried first and the
 * next one when the chip refuses it; an ephemeral key is used once. The caller installs the new session and then has the
 * chip prove itself: with `proveChipAuthentication`, or by any other exchange that verifies.
 *
 * Throws DocumentError CHIP_AUTHENTICATION_NOT_OFFERED, _KEY_UNUSABLE, _UNSUPPORTED (before anything is sent) or _REFUSED
 * (the chip answered every attempt with an error), and ConversationError.
 */
export async function performChipAuthentication(o: {
  readonly exchange: Exchange;
  /** Of the verified DG14. */
  readonly infos: SecurityInfos;
  entropy(bytes: number): Uint8Array;
}): Promise<ChipAuthentication> {
  let refusal = StatusWord.OK as number;
  for (const attempt of chipAuthenticationAttempts(o.infos)) {
    const { group, publicKey } = attempt.key;
    const secret = randomSecret(group, (bytes) => o.entropy(bytes));
    refusal = await sendEphemeralKey(o.exchange, attempt, publicKeyBytes(group, secret));
    if (refusal !== StatusWord.OK) continue;
    const secureMessaging = sessionFrom(attempt.suite, sharedSecretBytes(group, secret, publicKey));
    const { suite, protocol, form } = attempt;
    const evidence = { protocol, group: group.name, group_bits: fieldBits(group), suite, form };
    return { secureMessaging, keyId: attempt.keyId, suite, evidence };
  }
  throw new DocumentError('CHIP_AUTHENTICATION_REFUSED', `status ${refusal.toString(16)}`);
}

/**
 * The first exchange under the new keys: passed when its answer verifies, whatever it says; failed with
 * CHIP_AUTHENTICATION_UNPROVEN when it does not, and the session is over then. Throws every other ConversationError.
 */
export async function proveChipAuthentication(exchange: Exchange): Promise<Finding> {
  try {
    await exchange(SELECT_DG14);
    return passed;
  } catch (error) {
    if (error instanceof ConversationError && error.code === 'SECURE_MESSAGING_FAILED') {
      return failed('CHIP_AUTHENTICATION_UNPROVEN');
    }
    throw error;
  }
}

/** The status word of the first command that the chip refused, or 9000. What it says beside that is not needed. */
async function sendEphemeralKey(
  exchange: Exchange,
  attempt: ChipAuthenticationAttempt,
  ephemeralKey: Uint8Array,
): Promise<number> {
  for (const command of commandsOf(attempt, ephemeralKey)) {
    const { statusWord } = await exchange(command);
    if (statusWord !== StatusWord.OK) return statusWord;
  }
  return StatusWord.OK;
}

/** Section 6.2.4.1: MSE:Set KAT; section 6.2.4.2: MSE:Set AT and GENERAL AUTHENTICATE. */
function commandsOf(attempt: ChipAuthenticationAttempt, ephemeralKey: Uint8Array): readonly CommandAPDU[] {
  const reference =
    attempt.keyId === null ? new Uint8Array(0) : writeTLV(Tag.KEY_REFERENCE, keyReference(attempt.keyId));
  const manage = { cla: 0, ins: Instruction.MANAGE_SECURITY_ENVIRONMENT, p1: SET_FOR_COMPUTATION };
  if (attempt.form === 'set-kat') {
    const data = concatBytes(writeTLV(Tag.EPHEMERAL_KEY, ephemeralKey), reference);
    return [{ ...manage, p2: KEY_AGREEMENT_TEMPLATE, data }];
  }
  const protocol = writeTLV(Tag.PROTOCOL, objectIdentifierBytes(attempt.protocol));
  const dynamicData = writeTLV(Tag.DYNAMIC_AUTHENTICATION_DATA, writeTLV(Tag.PUBLIC_KEY_IN_ANSWER, ephemeralKey));
  return [
    { ...manage, p2: AUTHENTICATION_TEMPLATE, data: concatBytes(protocol, reference) },
    { cla: 0, ins: Instruction.GENERAL_AUTHENTICATE, p1: 0, p2: 0, data: dynamicData, le: SHORT_LE },
  ];
}

/** The shortest unsigned form: the chip of a German document takes C3 and not 00C3. */
function keyReference(keyId: bigint): Uint8Array {
  const digits = keyId.toString(16);
  return Uint8Array.from(Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex'));
}
