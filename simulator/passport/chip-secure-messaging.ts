/**
 * The chip's half of secure messaging (ICAO 9303-11 section 9.8), written apart from the reader's: two halves from one
 * source would share their errors.
 */
import {
  type CipherSuite,
  blockBytesOf,
  decryptBlocks,
  deriveKey,
  encryptBlocks,
  macOf,
} from '../../drivers/emrtd/access/cipher-suite.ts';
import { padMethod2, unpadMethod2 } from '../../drivers/emrtd/access/triple-des.ts';
import { type CommandAPDU, StatusWord, encodeResponse } from '../../drivers/emrtd/iso7816/apdu.ts';
import { type TLV, concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { equalBytes, objectsIn } from './chip-answer.ts';
import type { ProtectedAnswer } from './misbehaviour.ts';

export type ChipSessionKeys = {
  /** Default '3des'. */
  readonly suite?: CipherSuite;
  readonly encryptionKey: Uint8Array;
  readonly macKey: Uint8Array;
  /** Default 0: everywhere but after Basic Access Control (sections 9.8.6.3 and 9.8.7.3). */
  readonly sendSequenceCounter?: bigint;
};

/** Why a protected command is refused; the status word goes out unprotected and the session is over (section 9.8.5). */
export type Refusal = { readonly refusedWith: number };

type Alteration = (answer: ProtectedAnswer, checksumOver: (objects: Uint8Array) => Uint8Array) => ProtectedAnswer;

const PADDING_METHOD_2 = 0x01;
/** DO'99' of 4 bytes and DO'8E' of 10 accompany every answer. */
const STATUS_AND_CHECKSUM_BYTES = 14;
/** In the order in which a command has them (section 9.8.4). */
const commandTags = [0x85, 0x87, 0x97, 0x8e];
const missing: Refusal = { refusedWith: StatusWord.SECURE_MESSAGING_OBJECT_MISSING };
const wrong: Refusal = { refusedWith: StatusWord.SECURE_MESSAGING_OBJECT_WRONG };

export class ChipSecureMessaging {
  readonly #suite: CipherSuite;
  readonly #block: 8 | 16;
  readonly #encryptionKey: Uint8Array;
  readonly #macKey: Uint8Array;
  #counter: bigint;

  constructor(keys: ChipSessionKeys) {
    this.#suite = keys.suite ?? '3des';
    this.#block = blockBytesOf(this.#suite);
    this.#encryptionKey = keys.encryptionKey;
    this.#macKey = keys.macKey;
    this.#counter = keys.sendSequenceCounter ?? 0n;
  }

  /** The plain command, or why it is refused. */
  open(command: CommandAPDU): CommandAPDU | Refusal {
    this.#count();
    const objects = objectsIn(command.data);
    if (objects === undefined || !isInOrder(objects)) return wrong;
    const checksum = objects.at(-1);
    if (command.data === undefined || checksum?.tag !== 0x8e) return missing;
    const header = Uint8Array.of(command.cla, command.ins, command.p1, command.p2);
    const covered = command.data.subarray(0, command.data.length - checksum.raw.length);
    if (!equalBytes(this.#mac(padMethod2(header, this.#block), covered), checksum.value)) return wrong;
    const le = lengthIn(objects.find(({ tag }) => tag === 0x97));
    const data = this.#dataIn(
      objects.find(({ tag }) => tag === 0x85 || tag === 0x87),
      command.ins,
    );
    if (le === 'wrong' || data === 'wrong') return wrong;
    return {
      cla: command.cla & ~0x0c,
      ins: command.ins,
      p1: command.p1,
      p2: command.p2,
      ...(data === undefined ? {} : { data }),
      ...(le === undefined ? {} : { le }),
    };
  }

  /** The protected answer to a command with instruction `ins`. */
  seal(ins: number, statusWord: number, data: Uint8Array, alter: Alteration = (answer) => answer): Uint8Array {
    this.#count();
    const status = writeTLV(0x99, Uint8Array.of(statusWord >> 8, statusWord & 0xff));
    const cryptogram = data.length === 0 ? null : this.#encipher(ins, data);
    const checksumOver = (objects: Uint8Array): Uint8Array => writeTLV(0x8e, this.#mac(objects));
    const honest = { cryptogram, status, checksum: checksumOver(joined(cryptogram, status)), statusWord };
    const answer = alter(honest, checksumOver);
    return encodeResponse(answer.statusWord, joined(answer.cryptogram, answer.status, answer.checksum));
  }

  /** Most plain bytes whose protected form fits in `responseBytes`, the status word behind them not counted. */
  capacity(responseBytes: number): number {
    const room = responseBytes - STATUS_AND_CHECKSUM_BYTES;
    // DO'87' of n blocks: tag, length, padding indicator; the padding takes one byte at least.
    let blocks = Math.max(0, Math.floor((room - 3) / this.#block));
    while (blocks > 0 && writeTLV(0x87, new Uint8Array(1 + blocks * this.#block)).length > room) blocks -= 1;
    return Math.max(0, blocks * this.#block - 1);
  }

  #encipher(ins: number, data: Uint8Array): Uint8Array {
    const padded = padMethod2(data, this.#block);
    const cryptogram = encryptBlocks(this.#suite, this.#encryptionKey, this.#vector(), padded);
    return ins % 2 === 1 ? writeTLV(0x85, cryptogram) : writeTLV(0x87, Uint8Array.of(PADDING_METHOD_2), cryptogram);
  }

  #dataIn(object: TLV | undefined, ins: number): Uint8Array | undefined | 'wrong' {
    if (object === undefined) return undefined;
    if ((object.tag === 0x85) !== (ins % 2 === 1)) return 'wrong';
    if (object.tag === 0x87 && object.value[0] !== PADDING_METHOD_2) return 'wrong';
    const cryptogram = object.tag === 0x87 ? object.value.subarray(1) : object.value;
    if (cryptogram.length === 0 || cryptogram.length % this.#block !== 0) return 'wrong';
    const padded = decryptBlocks(this.#suite, this.#encryptionKey, this.#vector(), cryptogram);
    return unpadMethod2(padded) ?? 'wrong';
  }

  /** 3DES starts from zeros, AES from the encrypted counter (sections 9.8.6.1 and 9.8.7.1). */
  #vector(): Uint8Array {
    const zeros = new Uint8Array(this.#block);
    return this.#suite === '3des'
      ? zeros
      : encryptBlocks(this.#suite, this.#encryptionKey, zeros, this.#counterBytes());
  }

  /** The layer pads the datagram (section 9.8.1); the retail MAC primitive brings the same padding with it. */
  #mac(...parts: readonly Uint8Array[]): Uint8Array {
    const datagram = concatBytes(this.#counterBytes(), ...parts);
    return macOf(this.#suite, this.#macKey, this.#suite === '3des' ? datagram : padMethod2(datagram, this.#block));
  }

  #counterBytes(): Uint8Array {
    return Uint8Array.from(Buffer.from(this.#counter.toString(16).padStart(2 * this.#block, '0'), 'hex'));
  }

  #count(): void {
    this.#counter = BigInt.asUintN(8 * this.#block, this.#counter + 1n);
  }
}

/** Secure messaging from a shared secret, with the counter at zero (section 9.7.4): after PACE and chip authentication. */
export function chipSessionFrom(suite: CipherSuite, sharedSecret: Uint8Array): ChipSecureMessaging {
  return new ChipSecureMessaging({
    suite,
    encryptionKey: deriveKey(suite, sharedSecret, 1),
    macKey: deriveKey(suite, sharedSecret, 2),
  });
}

/** Known objects, each once at most, in the order of the standard; DO'85' and DO'87' exclude each other. */
function isInOrder(objects: readonly TLV[]): boolean {
  const ranks = objects.map(({ tag }) => Math.max(1, commandTags.indexOf(tag)));
  const isKnown = objects.every(({ tag }) => commandTags.includes(tag));
  return isKnown && ranks.every((rank, i) => i === 0 || rank > (ranks[i - 1] ?? 0));
}

/** Le from DO'97': one byte, or two of extended length; zeros stand for the maximum. */
function lengthIn(object: TLV | undefined): number | undefined | 'wrong' {
  if (object === undefined) return undefined;
  const [high = 0, low] = object.value;
  if (object.value.length === 1) return high === 0 ? 256 : high;
  if (object.value.length !== 2 || low === undefined) return 'wrong';
  return high * 256 + low === 0 ? 65_536 : high * 256 + low;
}

function joined(...objects: readonly (Uint8Array | null)[]): Uint8Array {
  return concatBytes(...objects.filter((object) => object !== null));
}
