/** The chip's half of Basic Access Control (ICAO 9303-11 section 4.3.1). */
import { decryptBlocks, deriveKey, encryptBlocks, macOf } from '../../drivers/emrtd/access/cipher-suite.ts';
import { type CommandAPDU, StatusWord } from '../../drivers/emrtd/iso7816/apdu.ts';
import { concatBytes } from '../../drivers/emrtd/iso7816/tlv.ts';
import { type Answer, equalBytes } from './chip-answer.ts';
import { ChipSecureMessaging } from './chip-secure-messaging.ts';

export type BasicAccessOutcome = Answer & { readonly session?: ChipSecureMessaging };

const CHALLENGE_BYTES = 8;
const CRYPTOGRAM_BYTES = 32;
const AUTHENTICATION_BYTES = 40;
const KEY_SHARE_BYTES = 16;
const SHORT_LE_MAX = 256;
const ZERO_VECTOR = new Uint8Array(8);
const refused: Answer = { statusWord: StatusWord.AUTHENTICATION_FAILED };

export class ChipBasicAccess {
  readonly #encryptionKey: Uint8Array;
  readonly #macKey: Uint8Array;
  readonly #entropy: (bytes: number) => Uint8Array;
  #challenge: Uint8Array | undefined;

  /** `password`: that of the printed MRZ. */
  constructor(password: Uint8Array, entropy: (bytes: number) => Uint8Array) {
    const seed = password.subarray(0, 16);
    this.#encryptionKey = deriveKey('3des', seed, 1);
    this.#macKey = deriveKey('3des', seed, 2);
    this.#entropy = entropy;
  }

  forget(): void {
    this.#challenge = undefined;
  }

  /** GET CHALLENGE. */
  giveChallenge(command: CommandAPDU): Answer {
    if (command.le !== CHALLENGE_BYTES && command.le !== SHORT_LE_MAX) {
      return { statusWord: StatusWord.WRONG_LE | CHALLENGE_BYTES };
    }
    this.#challenge = this.#entropy(CHALLENGE_BYTES);
    return { statusWord: StatusWord.OK, data: this.#challenge };
  }

  /** EXTERNAL AUTHENTICATE. A challenge serves one attempt. */
  authenticate(command: CommandAPDU): BasicAccessOutcome {
    const challenge = this.#challenge;
    this.#challenge = undefined;
    if (challenge === undefined) return { statusWord: StatusWord.CONDITIONS_NOT_SATISFIED };
    if (command.data?.length !== AUTHENTICATION_BYTES) return { statusWord: StatusWord.WRONG_LENGTH };
    const cryptogram = command.data.subarray(0, CRYPTOGRAM_BYTES);
    if (!equalBytes(macOf('3des', this.#macKey, cryptogram), command.data.subarray(CRYPTOGRAM_BYTES))) return refused;
    const plain = decryptBlocks('3des', this.#encryptionKey, ZERO_VECTOR, cryptogram);
    const readerChallenge = plain.subarray(0, 8);
    if (!equalBytes(plain.subarray(8, 16), challenge)) return refused;
    const keyShare = this.#entropy(KEY_SHARE_BYTES);
    const answer = encryptBlocks(
      '3des',
      this.#encryptionKey,
      ZERO_VECTOR,
      concatBytes(challenge, readerChallenge, keyShare),
    );
    const secret = plain.subarray(16, 32).map((octet, i) => octet ^ (keyShare[i] ?? 0));
    const counter = concatBytes(challenge.subarray(4), readerChallenge.subarray(4));
    const session = new ChipSecureMessaging({
      encryptionKey: deriveKey('3des', secret, 1),
      macKey: deriveKey('3des', secret, 2),
      sendSequenceCounter: Buffer.from(counter).readBigUInt64BE(),
    });
    return { statusWord: StatusWord.OK, data: concatBytes(answer, macOf('3des', this.#macKey, answer)), session };
  }
}
