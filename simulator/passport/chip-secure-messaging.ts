/**
 * The chip's half of secure messaging (ICAO 9303-11 section 9.8.6.1), written apart from the reader's: two halves from
 * one source would share their errors.
 */
import { type CommandAPDU, encodeResponse } from '../../drivers/emrtd/iso7816/apdu.ts';
import { concatBytes, readTLVs, TLVError, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import {
  decryptTripleDES,
  encryptTripleDES,
  padMethod2,
  retailMAC,
  unpadMethod2,
} from '../../drivers/emrtd/access/triple-des.ts';

const BLOCK = 8;
const COUNTER_LIMIT = 1n << 64n;

export type ChipSessionKeys = {
  readonly encryptionKey: Uint8Array;
  readonly macKey: Uint8Array;
  readonly sendSequenceCounter: bigint;
};

export class ChipSecureMessaging {
  readonly #keys: ChipSessionKeys;
  #counter: bigint;

  constructor(keys: ChipSessionKeys) {
    this.#keys = keys;
    this.#counter = keys.sendSequenceCounter;
  }

  /** The plain command, or undefined when its checksum is missing or wrong: the chip then ends the session. */
  open(command: CommandAPDU): CommandAPDU | undefined {
    this.#counter = (this.#counter + 1n) % COUNTER_LIMIT;
    const objects = this.#objects(command.data);
    const checksum = objects.at(-1);
    if (command.data === undefined || checksum?.tag !== 0x8e) return undefined;
    const header = Uint8Array.of(command.cla, command.ins, command.p1, command.p2);
    const covered = command.data.subarray(0, command.data.length - checksum.raw.length);
    const expected = this.#mac(padMethod2(header, BLOCK), covered);
    if (Buffer.compare(expected, checksum.value) !== 0) return undefined;
    const cryptogram = objects.find(({ tag }) => tag === 0x87 || tag === 0x85);
    const le = objects.find(({ tag }) => tag === 0x97)?.value[0];
    const data = cryptogram === undefined ? undefined : this.#decipher(cryptogram.tag, cryptogram.value);
    if (cryptogram !== undefined && data === undefined) return undefined;
    return {
      cla: command.cla & ~0x0c,
      ins: command.ins,
      p1: command.p1,
      p2: command.p2,
      ...(data === undefined ? {} : { data }),
      ...(le === undefined ? {} : { le: le === 0 ? 256 : le }),
    };
  }

  /** The protected answer to a command with instruction `ins`. */
  seal(ins: number, statusWord: number, data: Uint8Array): Uint8Array {
    this.#counter = (this.#counter + 1n) % COUNTER_LIMIT;
    const status = writeTLV(0x99, Uint8Array.of(statusWord >> 8, statusWord & 0xff));
    const body = data.length === 0 ? status : concatBytes(this.#encipher(ins, data), status);
    return encodeResponse(statusWord, concatBytes(body, writeTLV(0x8e, this.#mac(body))));
  }

  #encipher(ins: number, data: Uint8Array): Uint8Array {
    const cryptogram = encryptTripleDES(this.#keys.encryptionKey, padMethod2(data, BLOCK));
    return ins % 2 === 1 ? writeTLV(0x85, cryptogram) : writeTLV(0x87, Uint8Array.of(1), cryptogram);
  }

  #decipher(tag: number, value: Uint8Array): Uint8Array | undefined {
    const cryptogram = tag === 0x87 ? value.subarray(1) : value;
    if (cryptogram.length === 0 || cryptogram.length % BLOCK !== 0) return undefined;
    return unpadMethod2(decryptTripleDES(this.#keys.encryptionKey, cryptogram));
  }

  #mac(...parts: readonly Uint8Array[]): Uint8Array {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(this.#counter);
    return retailMAC(this.#keys.macKey, concatBytes(counter, ...parts));
  }

  #objects(data: Uint8Array | undefined): ReturnType<typeof readTLVs> {
    try {
      return readTLVs(data ?? new Uint8Array(0));
    } catch (error) {
      if (error instanceof TLVError) return [];
      throw error;
    }
  }
}
