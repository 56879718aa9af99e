/**
 * The contactless chip of a simulated passport (ICAO 9303-10 and 9303-11): it takes commands apart, keeps the session,
 * and hands each command to the part that answers it. Which protocols it speaks follows from the passport's profile and
 * keys.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  COMMAND_CHAINING,
  type CommandAPDU,
  Instruction,
  StatusWord,
  decodeCommand,
  encodeResponse,
} from '../../drivers/emrtd/iso7816/apdu.ts';
import { signChallenge } from './chip-active-authentication.ts';
import type { Answer } from './chip-answer.ts';
import { ChipAuthentication, type ChipAuthenticationOutcome } from './chip-authentication.ts';
import { ChipBasicAccess } from './chip-bac.ts';
import { type ChipAccess, ChipFiles } from './chip-files.ts';
import { ChipPACE } from './chip-pace.ts';
import { passwordOfCAN, passwordOfMRZ } from './chip-passwords.ts';
import type { ChipSecureMessaging } from './chip-secure-messaging.ts';
import type { ChipTiming } from './chip-timing.ts';
import type { Chip } from './chip.ts';
import type { ChipMoment, Misbehaviour } from './misbehaviour.ts';
import type { Passport } from './passport.ts';

export type PassportChipOptions = {
  readonly kind: Chip['kind'];
  /** Random bytes: UID, challenges, nonces and ephemeral keys. ECDSA signatures take theirs from OpenSSL. */
  readonly entropy: (bytes: number) => Uint8Array;
  /** How long the chip works on a command, ms; default 0. */
  readonly processing_ms?: number | ChipTiming;
  /** Default: an honest chip. */
  readonly misbehaviour?: Misbehaviour;
};

/** What the honest chip sends, and what a behaviour may know of the command. */
type Response = { readonly moment: ChipMoment; readonly response: Uint8Array };

const PROTECTED_CLASS = 0x0c;
/** Most data of an answer to a command with short length fields. */
const SHORT_RESPONSE_BYTES = 256;
const STATUS_BYTES = 2;
const status = (statusWord: number): Answer => ({ statusWord });

/** A chip with the passport's files and keys. Throws RangeError when its MRZ has no format of ICAO 9303. */
export function createPassportChip(passport: Passport, o: PassportChipOptions): Chip {
  return new PassportChip(passport, o);
}

class PassportChip implements Chip {
  readonly kind: Chip['kind'];
  readonly uid: Uint8Array;
  readonly historicalBytes = Uint8Array.of(0x80);
  readonly #o: PassportChipOptions;
  readonly #passport: Passport;
  readonly #misbehaviour: Misbehaviour;
  readonly #files: ChipFiles;
  readonly #bac: ChipBasicAccess;
  readonly #pace: ChipPACE;
  readonly #chipAuthentication: ChipAuthentication;
  #session: ChipSecureMessaging | undefined;
  #access: ChipAccess = 'none';
  /** Commands since the field came on. */
  #commands = 0;

  constructor(passport: Passport, o: PassportChipOptions) {
    const { chipKeys, can, profile } = passport;
    const mrz = passwordOfMRZ(passport.mrzLines);
    this.kind = o.kind;
    // ICAO 9303-11 section 4.1: identifiers are random; ISO/IEC 14443-3 marks a random UID by its first byte 08.
    this.uid = Uint8Array.from(o.entropy(4), (octet, i) => (i === 0 && o.kind === 'type-a' ? 0x08 : octet));
    this.#o = o;
    this.#passport = passport;
    this.#misbehaviour = o.misbehaviour ?? {};
    this.#files = new ChipFiles({ 'master-file': passport.masterFiles, emrtd: passport.files });
    this.#bac = new ChipBasicAccess(mrz, o.entropy);
    this.#pace = new ChipPACE({
      offers: profile.access.pace,
      passwords: { mrz, can: can === null ? null : passwordOfCAN(can) },
      mappingKey: chipKeys.chipAuthenticationMapping,
      entropy: o.entropy,
    });
    this.#chipAuthentication = new ChipAuthentication(chipKeys.chipAuthentication);
  }

  reset(): void {
    this.#files.reset();
    this.#bac.forget();
    this.#pace.forget();
    this.#chipAuthentication.forget();
    this.#endSession();
    this.#commands = 0;
  }

  async transceive(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    this.#commands += 1;
    const command = decodeCommand(bytes);
    const { moment, response } = this.#respond(bytes, command);
    const { transmit, delay_ms } = this.#misbehaviour;
    const sent = transmit === undefined ? response : transmit(response, moment);
    const honest_ms = this.#timeOf(command);
    const wait_ms = delay_ms?.(honest_ms, moment) ?? honest_ms;
    if (wait_ms > 0) await delay(wait_ms);
    return sent;
  }

  #timeOf(command: CommandAPDU | undefined): number {
    const time = this.#o.processing_ms ?? 0;
    if (typeof time === 'number') return time;
    return command === undefined ? 0 : time(command);
  }

  #respond(bytes: Uint8Array, command: CommandAPDU | undefined): Response {
    const isExtended = bytes.length > 5 && bytes[4] === 0;
    const isProtected = command?.cla === PROTECTED_CLASS;
    const moment = { number: this.#commands, command, isProtected, isExtended, file: undefined };
    const longest = this.#passport.profile.extendedLength_bytes;
    if (command === undefined || (isExtended && (longest === undefined || bytes.length > longest))) {
      return { moment, response: encodeResponse(StatusWord.WRONG_LENGTH) };
    }
    const room = isExtended ? (longest ?? 0) - STATUS_BYTES : SHORT_RESPONSE_BYTES;
    if (isProtected) return this.#respondProtected(command, moment, room);
    // ICAO 9303-11 section 9.8.3: a command without protection ends the session.
    this.#endSession();
    const { answer, moment: seen } = this.#decide(command, moment, room);
    return { moment: seen, response: encodeResponse(answer.statusWord, answer.data) };
  }

  #respondProtected(outer: CommandAPDU, moment: ChipMoment, room: number): Response {
    const session = this.#session;
    if (session === undefined) {
      return { moment, response: encodeResponse(StatusWord.SECURITY_STATUS_NOT_SATISFIED) };
    }
    const command = session.open(outer);
    if ('refusedWith' in command) {
      this.#endSession();
      return { moment: { ...moment, command: undefined }, response: encodeResponse(command.refusedWith) };
    }
    const { answer, moment: seen } = this.#decide(command, moment, session.capacity(room));
    const { protect } = this.#misbehaviour;
    const response = session.seal(
      command.ins,
      answer.statusWord,
      answer.data ?? new Uint8Array(0),
      protect && ((parts, checksumOver) => protect(parts, seen, checksumOver)),
    );
    return { moment: seen, response };
  }

  /** What the chip says to a plain or unwrapped command; data beyond `capacity` bytes cannot be sent. */
  #decide(
    command: CommandAPDU,
    moment: ChipMoment,
    capacity: number,
  ): { readonly answer: Answer; readonly moment: ChipMoment } {
    const seen = { ...moment, command, file: this.#files.fileOf(command) };
    const honest = (given: CommandAPDU = command): Answer => {
      const answer = this.#answer(given, moment.isProtected, capacity);
      return (answer.data?.length ?? 0) > capacity ? status(StatusWord.WRONG_LENGTH) : answer;
    };
    return { answer: this.#misbehaviour.answer?.(seen, honest) ?? honest(), moment: seen };
  }

  #answer(command: CommandAPDU, isProtected: boolean, capacity: number): Answer {
    if (command.ins !== Instruction.GENERAL_AUTHENTICATE) {
      this.#pace.forget();
      this.#chipAuthentication.forget();
      if (command.cla !== 0) return status(StatusWord.CLASS_NOT_SUPPORTED);
    }
    switch (command.ins) {
      case Instruction.SELECT:
        return this.#files.select(command, this.#access);
      case Instruction.READ_BINARY:
        return this.#files.read(command, this.#access, capacity);
      case Instruction.READ_BINARY_ODD:
        return this.#files.readOdd(command, this.#access, capacity);
      case Instruction.GET_CHALLENGE:
      case Instruction.EXTERNAL_AUTHENTICATE:
        return this.#basicAccess(command, isProtected);
      case Instruction.MANAGE_SECURITY_ENVIRONMENT:
        return this.#manageSecurityEnvironment(command, isProtected);
      case Instruction.GENERAL_AUTHENTICATE:
        return this.#generalAuthenticate(command, isProtected);
      case Instruction.INTERNAL_AUTHENTICATE:
        return this.#internalAuthenticate(command);
      default:
        return status(StatusWord.INSTRUCTION_NOT_SUPPORTED);
    }
  }

  #basicAccess(command: CommandAPDU, isProtected: boolean): Answer {
    if (!this.#passport.profile.access.bac) return status(StatusWord.INSTRUCTION_NOT_SUPPORTED);
    // Either protocol opens the chip, but not one inside the other (ICAO 9303-11 section 4.1).
    if (isProtected || this.#files.directory !== 'emrtd') return status(StatusWord.CONDITIONS_NOT_SATISFIED);
    if (command.ins === Instruction.GET_CHALLENGE) return this.#bac.giveChallenge(command);
    const { session, ...answer } = this.#bac.authenticate(command);
    if (session !== undefined) this.#startSession(session, 'bac');
    return answer;
  }

  #manageSecurityEnvironment(command: CommandAPDU, isProtected: boolean): Answer {
    const { pace } = this.#passport.profile.access;
    const hasKeys = this.#passport.chipKeys.chipAuthentication.length > 0;
    if (pace.length === 0 && !hasKeys) return status(StatusWord.INSTRUCTION_NOT_SUPPORTED);
    switch (command.p1 * 256 + command.p2) {
      case 0xc1a4:
        // Section 4.4: the security context is established in the master file.
        if (isProtected || this.#files.directory !== 'master-file') return status(StatusWord.CONDITIONS_NOT_SATISFIED);
        return this.#pace.select(command.data);
      case 0x41a4:
        return isProtected
          ? this.#chipAuthentication.select(command.data)
          : status(StatusWord.SECURITY_STATUS_NOT_SATISFIED);
      case 0x41a6:
        if (!isProtected) return status(StatusWord.SECURITY_STATUS_NOT_SATISFIED);
        return this.#continueWith(this.#chipAuthentication.agreeAtOnce(command.data));
      default:
        return status(StatusWord.WRONG_PARAMETERS);
    }
  }

  #generalAuthenticate(command: CommandAPDU, isProtected: boolean): Answer {
    if ((command.cla & ~COMMAND_CHAINING) !== 0) return status(StatusWord.CLASS_NOT_SUPPORTED);
    if (isProtected) return this.#continueWith(this.#chipAuthentication.authenticate(command));
    const { session, ...answer } = this.#pace.authenticate(command);
    if (session !== undefined) this.#startSession(session, 'pace');
    return answer;
  }

  /** Active authentication: part of the application, so behind the same access as its files. */
  #internalAuthenticate(command: CommandAPDU): Answer {
    const { chipKeys, profile } = this.#passport;
    const key = chipKeys.activeAuthentication;
    if (profile.activeAuthentication === undefined) return status(StatusWord.INSTRUCTION_NOT_SUPPORTED);
    if (this.#access === 'none') return status(StatusWord.SECURITY_STATUS_NOT_SATISFIED);
    if (this.#files.directory !== 'emrtd') return status(StatusWord.CONDITIONS_NOT_SATISFIED);
    if (key === null) return status(StatusWord.REFERENCED_DATA_NOT_FOUND);
    return signChallenge({ key, hash: profile.activeAuthentication.hash }, command, this.#o.entropy);
  }

  #startSession(session: ChipSecureMessaging, access: ChipAccess): void {
    this.#session = session;
    this.#access = access;
    this.#files.deselectFile();
  }

  /** Section 9.8.5: keys and access rights go. The directory may stay. */
  #endSession(): void {
    if (this.#session !== undefined) this.#files.deselectFile();
    this.#session = undefined;
    this.#access = 'none';
  }

  /** Section 6.2.2: new keys, same rights. The answer to this command is still sealed with the old keys. */
  #continueWith({ nextSession, ...answer }: ChipAuthenticationOutcome): Answer {
    this.#session = nextSession ?? this.#session;
    return answer;
  }
}
