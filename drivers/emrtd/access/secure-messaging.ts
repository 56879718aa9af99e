/**
 * Secure messaging (ICAO 9303-11 section 9.8): every command is encrypted and authenticated, every answer is checked
 * before anything in it is believed.
 */
import { timingSafeEqual } from 'node:crypto';
import { type CommandAPDU, type ResponseAPDU, decodeResponse, encodeCommand } from '../iso7816/apdu.ts';
import type { SecureMessaging } from '../iso7816/chip-session.ts';
import { ConversationError } from '../codes.ts';
import { type TLV, TLVError, concatBytes, readTLVs, writeTLV } from '../iso7816/tlv.ts';
import { decryptTripleDES, encryptTripleDES, padMethod2, retailMAC, unpadMethod2 } from './triple-des.ts';

export type TripleDESSessionKeys = {
  /** 16 bytes each. */
  readonly encryptionKey: Uint8Array;
  readonly macKey: Uint8Array;
  /** Initial send sequence counter, 8 bytes. */
  readonly sendSequenceCounter: Uint8Array;
};

/** DO'85' and DO'87' hold the same thing in two forms: an answer has one of them at most. */
const Tag = { CRYPTOGRAM_PLAIN: 0x85, CRYPTOGRAM: 0x87, CHECKSUM: 0x8e, EXPECTED_LENGTH: 0x97, STATUS: 0x99 } as const;
const BLOCK_BYTES = 8;
const PADDING_METHOD_2 = 0x01;

/** Secure messaging with two-key triple DES (ICAO 9303-11 section 9.8.6.1). */
export class TripleDESSecureMessaging implements SecureMessaging {
  readonly #encryptionKey: Uint8Array;
  readonly #macKey: Uint8Array;
  readonly #counter: Uint8Array;

  constructor(keys: TripleDESSessionKeys) {
    this.#encryptionKey = keys.encryptionKey;
    this.#macKey = keys.macKey;
    this.#counter = Uint8Array.from(keys.sendSequenceCounter);
  }

  protect(command: CommandAPDU): Uint8Array {
    this.#increment();
    const header = Uint8Array.of(command.cla | 0x0c, command.ins, command.p1, command.p2);
    const objects = concatBytes(
      command.data === undefined ? new Uint8Array(0) : this.#cryptogram(command.data, command.ins),
      command.le === undefined ? new Uint8Array(0) : writeTLV(Tag.EXPECTED_LENGTH, Uint8Array.of(command.le & 0xff)),
    );
    const checksum = retailMAC(this.#macKey, concatBytes(this.#counter, padMethod2(header, BLOCK_BYTES), objects));
    const data = concatBytes(objects, writeTLV(Tag.CHECKSUM, checksum));
    return encodeCommand({ cla: command.cla | 0x0c, ins: command.ins, p1: command.p1, p2: command.p2, data, le: 256 });
  }

  unprotect(response: Uint8Array): ResponseAPDU {
    this.#increment();
    const outer = decodeResponse(response);
    if (outer === undefined || outer.data.length === 0) {
      // An unprotected status word proves nothing: anyone between reader and chip could have sent it.
      throw failed(`unprotected answer${outer === undefined ? '' : ` ${outer.statusWord.toString(16)}`}`);
    }
    const { cryptogram, status, checksum } = answerObjects(outer.data);
    const covered = outer.data.subarray(0, outer.data.length - checksum.raw.length);
    const expected = retailMAC(this.#macKey, concatBytes(this.#counter, covered));
    if (checksum.value.length !== expected.length || !timingSafeEqual(checksum.value, expected)) {
      throw failed('wrong checksum');
    }
    const statusWord = (status.value[0] ?? 0) * 256 + (status.value[1] ?? 0);
    if (statusWord !== outer.statusWord) throw failed(`status ${outer.statusWord.toString(16)} outside`);
    return { data: cryptogram === undefined ? new Uint8Array(0) : this.#decipher(cryptogram), statusWord };
  }

  /** DO'87', or DO'85' for odd instructions, whose data field is itself BER-TLV (ISO/IEC 7816-4 section 10.2.2). */
  #cryptogram(data: Uint8Array, ins: number): Uint8Array {
    const encrypted = encryptTripleDES(this.#encryptionKey, padMethod2(data, BLOCK_BYTES));
    return ins % 2 === 1
      ? writeTLV(Tag.CRYPTOGRAM_PLAIN, encrypted)
      : writeTLV(Tag.CRYPTOGRAM, Uint8Array.of(PADDING_METHOD_2), encrypted);
  }

  #decipher(object: TLV): Uint8Array {
    if (object.tag === Tag.CRYPTOGRAM && object.value[0] !== PADDING_METHOD_2) throw failed('unknown padding method');
    const encrypted = object.tag === Tag.CRYPTOGRAM ? object.value.subarray(1) : object.value;
    if (encrypted.length === 0 || encrypted.length % BLOCK_BYTES !== 0) throw failed('cryptogram not in blocks');
    const data = unpadMethod2(decryptTripleDES(this.#encryptionKey, encrypted));
    if (data === undefined) throw failed('cryptogram without padding');
    return data;
  }

  #increment(): void {
    for (let i = this.#counter.length - 1; i >= 0; i--) {
      const next = ((this.#counter[i] ?? 0) + 1) & 0xff;
      this.#counter[i] = next;
      if (next !== 0) return;
    }
  }
}

type AnswerObjects = { readonly cryptogram: TLV | undefined; readonly status: TLV; readonly checksum: TLV };

/** At most one cryptogram, then status and checksum, and nothing else (ICAO 9303-11 section 9.8.5). */
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
