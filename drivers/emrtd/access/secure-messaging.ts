/**
 * Secure messaging (ICAO 9303-11 section 9.8): every command is encrypted and authenticated, every answer is checked
 * before anything in it is believed.
 */
import { timingSafeEqual } from 'node:crypto';
import { type CommandAPDU, type ResponseAPDU, decodeResponse, encodeCommand } from '../iso7816/apdu.ts';
import type { SecureMessaging } from '../iso7816/chip-session.ts';
import { ConversationError } from '../codes.ts';
import { type TLV, TLVError, concatBytes, readTLVs, writeTLV } from '../iso7816/tlv.ts';
import {
  type CipherSuite,
  blockBytesOf,
  decryptBlocks,
  deriveKey,
  encryptBlocks,
  keyBytesOf,
  macOf,
  zeroVector,
} from './cipher-suite.ts';
import { padMethod2, unpadMethod2 } from './triple-des.ts';

export type SessionKeys = {
  /** 16, 24 or 32 bytes each, as the suite demands. */
  readonly encryptionKey: Uint8Array;
  readonly macKey: Uint8Array;
  /** Initial send sequence counter, one block: 8 bytes for 3DES, 16 for AES. Default: zeros. */
  readonly sendSequenceCounter?: Uint8Array;
};

/** Secure messaging under these keys. Throws RangeError for keys or a counter of another length than the suite's. */
export function createSecureMessaging(suite: CipherSuite, keys: SessionKeys): SecureMessaging {
  return new SuiteSecureMessaging(suite, keys);
}

/**
 * Secure messaging after PACE or Chip Authentication: keys from the shared secret, counter zero (ICAO 9303-11
 * sections 9.7.4, 9.8.6.3 and 9.8.7.3).
 */
export function sessionFrom(suite: CipherSuite, sharedSecret: Uint8Array): SecureMessaging {
  return createSecureMessaging(suite, {
    encryptionKey: deriveKey(suite, sharedSecret, 1),
    macKey: deriveKey(suite, sharedSecret, 2),
  });
}

/** DO'85' and DO'87' hold the same thing in two forms: an answer has one of them at most. */
const Tag = { CRYPTOGRAM_PLAIN: 0x85, CRYPTOGRAM: 0x87, CHECKSUM: 0x8e, EXPECTED_LENGTH: 0x97, STATUS: 0x99 } as const;
const PADDING_METHOD_2 = 0x01;
const SHORT_DATA_MAX = 255;
const SHORT_LE_MAX = 256;
const EXTENDED_LE_MAX = 65_536;

class SuiteSecureMessaging implements SecureMessaging {
  readonly #suite: CipherSuite;
  readonly #blockBytes: number;
  readonly #encryptionKey: Uint8Array;
  readonly #macKey: Uint8Array;
  readonly #counter: Uint8Array;
  #isOver = false;

  constructor(suite: CipherSuite, keys: SessionKeys) {
    const { encryptionKey, macKey, sendSequenceCounter = zeroVector(suite) } = keys;
    const keyBytes = keyBytesOf(suite);
    if (encryptionKey.length !== keyBytes || macKey.length !== keyBytes) throw new RangeError(`${keyBytes}-byte keys`);
    if (sendSequenceCounter.length !== blockBytesOf(suite)) throw new RangeError('counter of one block');
    this.#suite = suite;
    this.#blockBytes = blockBytesOf(suite);
    this.#encryptionKey = Uint8Array.from(encryptionKey);
    this.#macKey = Uint8Array.from(macKey);
    this.#counter = Uint8Array.from(sendSequenceCounter);
  }

  protect(command: CommandAPDU): Uint8Array {
    if (this.#isOver) throw failed('session is over');
    this.#increment();
    const header = { cla: command.cla | 0x0c, ins: command.ins, p1: command.p1, p2: command.p2 };
    const objects = concatBytes(
      command.data === undefined ? new Uint8Array(0) : this.#cryptogram(command.data, command.ins),
      command.le === undefined ? new Uint8Array(0) : writeTLV(Tag.EXPECTED_LENGTH, lengthField(command.le)),
    );
    const headerBlock = padMethod2(Uint8Array.of(header.cla, header.ins, header.p1, header.p2), this.#blockBytes);
    const data = concatBytes(objects, writeTLV(Tag.CHECKSUM, this.#checksum(headerBlock, objects)));
    const isExtended = data.length > SHORT_DATA_MAX || (command.le ?? 0) > SHORT_LE_MAX;
    return encodeCommand({ ...header, data, le: isExtended ? EXTENDED_LE_MAX : SHORT_LE_MAX });
  }

  unprotect(response: Uint8Array): ResponseAPDU {
    if (this.#isOver) throw failed('session is over');
    this.#isOver = true;
    this.#increment();
    const opened = this.#open(response);
    this.#isOver = false;
    return opened;
  }

  #open(response: Uint8Array): ResponseAPDU {
    const outer = decodeResponse(response);
    if (outer === undefined || outer.data.length === 0) {
      // An unprotected status word proves nothing: anyone between reader and chip could have sent it.
      throw failed(`unprotected answer${outer === undefined ? '' : ` ${outer.statusWord.toString(16)}`}`);
    }
    const { cryptogram, status, checksum } = answerObjects(outer.data);
    const covered = outer.data.subarray(0, outer.data.length - checksum.raw.length);
    const expected = this.#checksum(covered);
    if (checksum.value.length !== expected.length || !timingSafeEqual(checksum.value, expected)) {
      throw failed('wrong checksum');
    }
    const statusWord = (status.value[0] ?? 0) * 256 + (status.value[1] ?? 0);
    if (statusWord !== outer.statusWord) throw failed(`status ${outer.statusWord.toString(16)} outside`);
    return { data: cryptogram === undefined ? new Uint8Array(0) : this.#decipher(cryptogram), statusWord };
  }

  /** Over counter and parts, padded by method 2 for either cipher (ICAO 9303-11 sections 9.8.6.2 and 9.8.7.2). */
  #checksum(...parts: readonly Uint8Array[]): Uint8Array {
    const message = concatBytes(this.#counter, ...parts);
    const padded = this.#suite === '3des' ? message : padMethod2(message, this.#blockBytes);
    return macOf(this.#suite, this.#macKey, padded);
  }

  /** DO'87', or DO'85' for odd instructions, whose data field is itself BER-TLV (ISO/IEC 7816-4 section 10.2.2). */
  #cryptogram(data: Uint8Array, ins: number): Uint8Array {
    const padded = padMethod2(data, this.#blockBytes);
    const encrypted = encryptBlocks(this.#suite, this.#encryptionKey, this.#initialVector(), padded);
    return ins % 2 === 1
      ? writeTLV(Tag.CRYPTOGRAM_PLAIN, encrypted)
      : writeTLV(Tag.CRYPTOGRAM, Uint8Array.of(PADDING_METHOD_2), encrypted);
  }

  #decipher(object: TLV): Uint8Array {
    if (object.tag === Tag.CRYPTOGRAM && object.value[0] !== PADDING_METHOD_2) throw failed('unknown padding method');
    const encrypted = object.tag === Tag.CRYPTOGRAM ? object.value.subarray(1) : object.value;
    if (encrypted.length === 0 || encrypted.length % this.#blockBytes !== 0) throw failed('cryptogram not in blocks');
    const padded = decryptBlocks(this.#suite, this.#encryptionKey, this.#initialVector(), encrypted);
    const data = unpadMethod2(padded);
    if (data === undefined || padded.length - data.length > this.#blockBytes)
      throw failed('cryptogram without padding');
    return data;
  }

  /** Zeros for 3DES, the encrypted counter for AES (ICAO 9303-11 sections 9.8.6.1 and 9.8.7.1). */
  #initialVector(): Uint8Array {
    const zeros = zeroVector(this.#suite);
    return this.#suite === '3des' ? zeros : encryptBlocks(this.#suite, this.#encryptionKey, zeros, this.#counter);
  }

  #increment(): void {
    for (let i = this.#counter.length - 1; i >= 0; i--) {
      const next = ((this.#counter[i] ?? 0) + 1) & 0xff;
      this.#counter[i] = next;
      if (next !== 0) return;
    }
  }
}

/** Le as DO'97' holds it: one byte up to 256, two beyond; zeros are the largest of each. */
function lengthField(le: number): Uint8Array {
  return le <= SHORT_LE_MAX ? Uint8Array.of(le & 0xff) : Uint8Array.of((le >> 8) & 0xff, le & 0xff);
}

type AnswerObjects = { readonly cryptogram: TLV | undefined; readonly status: TLV; readonly checksum: TLV };

/** At most one cryptogram, then status and checksum, and nothing else (ICAO 9303-11 section 9.8.4). */
function answerObjects(data: Uint8Array): AnswerObjects {
  const objects = parseObjects(data);
  const [checksum, status, cryptogram, ...more] = objects.toReversed();
  if (checksum?.tag !== Tag.CHECKSUM) throw failed('no checksum at the end');
  if (status?.tag !== Tag.STATUS || status.value.length !== 2) throw failed('no protected status');
  const isCryptogram =
    cryptogram === undefined || cryptogram.tag === Tag.CRYPTOGRAM || cryptogram.tag === Tag.CRYPTOGRAM_PLAIN;
  if (!isCryptogram || more.length > 0) throw failed(`${objects.length} objects`);
  return { cryptogram, status, checksum };
}

function parseObjects(data: Uint8Array): readonly TLV[] {
  try {
    return readTLVs(data);
  } catch (error) {
    if (error instanceof TLVError) throw failed('answer is not TLV');
    throw error;
  }
}

function failed(detail: string): ConversationError {
  return new ConversationError('SECURE_MESSAGING_FAILED', detail);
}
