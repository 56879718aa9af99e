/**
 * The contactless chip of a simulated passport: ISO/IEC 7816-4 file system, Basic Access Control and 3DES secure
 * messaging (ICAO 9303-10 section 3, 9303-11 sections 4.3 and 9.8). No PACE, hence no EF.CardAccess.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type CommandAPDU,
  EMRTD_APPLICATION,
  Instruction,
  StatusWord,
  decodeCommand,
  encodeResponse,
} from '../../drivers/emrtd/iso7816/apdu.ts';
import { accessKeySeed, parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { concatBytes, readTLVs, TLVError, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import {
  decryptTripleDES,
  deriveTripleDESKey,
  encryptTripleDES,
  retailMAC,
} from '../../drivers/emrtd/access/triple-des.ts';
import type { Chip } from './chip.ts';
import { ChipSecureMessaging } from './chip-secure-messaging.ts';
import type { Passport } from './passport.ts';

export type PassportChipOptions = {
  readonly kind: Chip['kind'];
  /** Random bytes: UID, challenges and key shares. */
  entropy(bytes: number): Uint8Array;
  /** How long the chip thinks about a command; default 0. */
  readonly processing_ms?: number;
};

type Answer = { readonly statusWord: number; readonly data?: Uint8Array };

const CHALLENGE_BYTES = 8;
const AUTHENTICATION_BYTES = 40;
/** Most plain bytes whose protected form fits 256: DO'87' of 235, DO'99' of 4, DO'8E' of 10 bytes. */
const PROTECTED_DATA_MAX = 231;
const EXTENDED_HEADER_BYTES = 3;
const SECURE_MESSAGING = 0x0c;

/** A chip with the passport's files that opens to whoever knows its printed MRZ. Throws RangeError for a bad MRZ. */
export function createPassportChip(passport: Passport, o: PassportChipOptions): Chip {
  return new PassportChip(passport, o);
}

class PassportChip implements Chip {
  readonly kind: Chip['kind'];
  readonly uid: Uint8Array;
  readonly historicalBytes = Uint8Array.of(0x80);
  readonly #o: PassportChipOptions;
  readonly #files: ReadonlyMap<number, Uint8Array>;
  readonly #encryptionKey: Uint8Array;
  readonly #macKey: Uint8Array;
  #isApplicationSelected = false;
  #file: Uint8Array | undefined;
  #challenge: Uint8Array | undefined;
  #session: ChipSecureMessaging | undefined;

  constructor(passport: Passport, o: PassportChipOptions) {
    const parsed = parseMRZ(passport.mrzLines);
    if (!parsed.ok) throw new RangeError(`MRZ not usable: ${parsed.because}`);
    const seed = accessKeySeed(parsed.mrz);
    this.kind = o.kind;
    // ICAO 9303-11 section 4.1: identifiers are random; ISO/IEC 14443-3 marks a random UID by its first byte 08.
    this.uid = Uint8Array.from(o.entropy(4), (octet, i) => (i === 0 && o.kind === 'type-a' ? 0x08 : octet));
    this.#o = o;
    this.#files = passport.files;
    this.#encryptionKey = deriveTripleDESKey(seed, 1);
    this.#macKey = deriveTripleDESKey(seed, 2);
  }

  reset(): void {
    this.#isApplicationSelected = false;
    this.#file = undefined;
    this.#challenge = undefined;
    this.#session = undefined;
  }

  async transceive(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.#o.processing_ms !== undefined && this.#o.processing_ms > 0) await delay(this.#o.processing_ms);
    const command = decodeCommand(bytes);
    if (command === undefined) return encodeResponse(StatusWord.WRONG_LENGTH);
    if ((command.cla & SECURE_MESSAGING) === SECURE_MESSAGING) return this.#answerProtected(command);
    // ICAO 9303-11 section 9.8.1: a command without protection ends the session.
    this.#session = undefined;
    const { statusWord, data } =
      command.cla === 0 ? this.#answerPlain(command) : { statusWord: StatusWord.CLASS_NOT_SUPPORTED };
    return encodeResponse(statusWord, data);
  }

  #answerProtected(command: CommandAPDU): Uint8Array {
    const session = this.#session;
    if (session === undefined) return encodeResponse(StatusWord.SECURITY_STATUS_NOT_SATISFIED);
    const plain = session.open(command);
    if (plain === undefined) {
      this.#session = undefined;
      return encodeResponse(StatusWord.SECURE_MESSAGING_OBJECT_WRONG);
    }
    const { statusWord, data } = this.#answerInSession(plain);
    return session.seal(command.ins, statusWord, data ?? new Uint8Array(0));
  }

  #answerPlain(command: CommandAPDU): Answer {
    switch (command.ins) {
      case Instruction.SELECT:
        return command.p1 === 0x04 ? this.#selectApplication(command) : this.#refuseFile(command);
      case Instruction.GET_CHALLENGE:
        return this.#giveChallenge(command);
      case Instruction.EXTERNAL_AUTHENTICATE:
        return this.#authenticate(command);
      case Instruction.READ_BINARY:
      case Instruction.READ_BINARY_ODD:
        return { statusWord: StatusWord.SECURITY_STATUS_NOT_SATISFIED };
      default:
        return { statusWord: StatusWord.INSTRUCTION_NOT_SUPPORTED };
    }
  }

  #answerInSession(command: CommandAPDU): Answer {
    switch (command.ins) {
      case Instruction.SELECT:
        return command.p1 === 0x04 ? this.#selectApplication(command) : this.#selectFile(command);
      case Instruction.READ_BINARY:
        return this.#readBinary(command);
      case Instruction.READ_BINARY_ODD:
        return this.#readBinaryOdd(command);
      default:
        return { statusWord: StatusWord.INSTRUCTION_NOT_SUPPORTED };
    }
  }

  #selectApplication(command: CommandAPDU): Answer {
    if (command.data === undefined || Buffer.compare(command.data, EMRTD_APPLICATION) !== 0) {
      return { statusWord: StatusWord.FILE_NOT_FOUND };
    }
    this.#isApplicationSelected = true;
    this.#file = undefined;
    return { statusWord: StatusWord.OK };
  }

  /** Before access: files of the application are protected, everything else (EF.CardAccess, EF.DIR) does not exist. */
  #refuseFile(command: CommandAPDU): Answer {
    const isProtected = this.#isApplicationSelected && this.#files.has(fileIdOf(command));
    return { statusWord: isProtected ? StatusWord.SECURITY_STATUS_NOT_SATISFIED : StatusWord.FILE_NOT_FOUND };
  }

  #selectFile(command: CommandAPDU): Answer {
    if (command.data?.length !== 2) return { statusWord: StatusWord.WRONG_LENGTH };
    const file = this.#files.get(fileIdOf(command));
    if (file === undefined) return { statusWord: StatusWord.FILE_NOT_FOUND };
    this.#file = file;
    return { statusWord: StatusWord.OK };
  }

  #giveChallenge(command: CommandAPDU): Answer {
    if (!this.#isApplicationSelected) return { statusWord: StatusWord.CONDITIONS_NOT_SATISFIED };
    if (command.le !== CHALLENGE_BYTES && command.le !== 256) {
      return { statusWord: StatusWord.WRONG_LE | CHALLENGE_BYTES };
    }
    this.#challenge = this.#o.entropy(CHALLENGE_BYTES);
    return { statusWord: StatusWord.OK, data: this.#challenge };
  }

  /** ICAO 9303-11 section 4.3.1, the chip's side. A challenge serves one attempt. */
  #authenticate(command: CommandAPDU): Answer {
    const challenge = this.#challenge;
    this.#challenge = undefined;
    if (challenge === undefined) return { statusWord: StatusWord.CONDITIONS_NOT_SATISFIED };
    if (command.data?.length !== AUTHENTICATION_BYTES) return { statusWord: StatusWord.WRONG_LENGTH };
    const cryptogram = command.data.subarray(0, 32);
    if (Buffer.compare(retailMAC(this.#macKey, cryptogram), command.data.subarray(32)) !== 0) {
      return { statusWord: StatusWord.AUTHENTICATION_FAILED };
    }
    const plain = decryptTripleDES(this.#encryptionKey, cryptogram);
    const readerChallenge = plain.subarray(0, 8);
    if (Buffer.compare(plain.subarray(8, 16), challenge) !== 0) return { statusWord: StatusWord.AUTHENTICATION_FAILED };
    const keyShare = this.#o.entropy(16);
    const answer = encryptTripleDES(this.#encryptionKey, concatBytes(challenge, readerChallenge, keyShare));
    const secret = plain.subarray(16, 32).map((octet, i) => octet ^ (keyShare[i] ?? 0));
    const counter = concatBytes(challenge.subarray(4), readerChallenge.subarray(4));
    this.#session = new ChipSecureMessaging({
      encryptionKey: deriveTripleDESKey(secret, 1),
      macKey: deriveTripleDESKey(secret, 2),
      sendSequenceCounter: Buffer.from(counter).readBigUInt64BE(),
    });
    return { statusWord: StatusWord.OK, data: concatBytes(answer, retailMAC(this.#macKey, answer)) };
  }

  /** P1 with its highest bit set names a file by short identifier: the low byte of its file identifier. */
  #readBinary(command: CommandAPDU): Answer {
    if ((command.p1 & 0x80) === 0) return this.#readAt(command.p1 * 256 + command.p2, command.le);
    const file = this.#files.get(0x0100 | (command.p1 & 0x1f));
    if (file === undefined) return { statusWord: StatusWord.FILE_NOT_FOUND };
    this.#file = file;
    return this.#readAt(command.p2, command.le);
  }

  /** Offset in DO'54', answer in DO'53' (ISO/IEC 7816-4 section 11.3.3). */
  #readBinaryOdd(command: CommandAPDU): Answer {
    const offset = offsetOf(command.data);
    if (offset === undefined) return { statusWord: StatusWord.WRONG_DATA };
    const length = Math.min(command.le ?? 256, PROTECTED_DATA_MAX) - EXTENDED_HEADER_BYTES;
    if (length < 1) return { statusWord: StatusWord.WRONG_LENGTH };
    const { statusWord, data } = this.#readAt(offset, length);
    return data === undefined ? { statusWord } : { statusWord, data: writeTLV(0x53, data) };
  }

  #readAt(offset: number, le: number | undefined): Answer {
    const file = this.#file;
    if (file === undefined) return { statusWord: StatusWord.NO_CURRENT_FILE };
    if (le === undefined) return { statusWord: StatusWord.WRONG_LENGTH };
    if (offset >= file.length) return { statusWord: StatusWord.OFFSET_OUTSIDE_FILE };
    const data = file.subarray(offset, offset + Math.min(le, PROTECTED_DATA_MAX));
    // Le 256 ("00") asks for whatever there is.
    const isShort = le !== 256 && offset + le > file.length;
    return { statusWord: isShort ? StatusWord.END_OF_FILE : StatusWord.OK, data };
  }
}

function fileIdOf(command: CommandAPDU): number {
  const [high, low] = command.data ?? [];
  return high === undefined || low === undefined ? 0 : high * 256 + low;
}

function offsetOf(data: Uint8Array | undefined): number | undefined {
  try {
    const object = readTLVs(data ?? new Uint8Array(0)).find(({ tag }) => tag === 0x54);
    if (object === undefined || object.value.length === 0 || object.value.length > 3) return undefined;
    return object.value.reduce((offset, octet) => offset * 256 + octet, 0);
  } catch (error) {
    if (error instanceof TLVError) return undefined;
    throw error;
  }
}
