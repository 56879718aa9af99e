/**
 * The conversation with one chip: one APDU at a time, each with a deadline, plain until secure messaging is installed.
 * Turns every way in which a line can fail into one ConversationError.
 */
import type { Transceiver } from '../../contracts/chip-reader.ts';
import { DeviceError, type DeviceErrorCode } from '../../contracts/device.ts';
import {
  type CommandAPDU,
  Instruction,
  type ResponseAPDU,
  StatusWord,
  decodeCommand,
  decodeResponse,
  encodeCommand,
} from './apdu.ts';
import { type ConversationCode, ConversationError } from '../codes.ts';
import { concatBytes } from './tlv.ts';

/** One command and its whole answer, as every protocol step and file reader needs it. Throws ConversationError. */
export type Exchange = (command: CommandAPDU) => Promise<ResponseAPDU>;

/** Protects commands and unwraps answers, strictly in turn. */
export interface SecureMessaging {
  /** The protected command as bytes for the chip. */
  protect(command: CommandAPDU): Uint8Array;
  /**
   * What the chip said. Throws ConversationError SECURE_MESSAGING_FAILED when the answer is not protected, lacks its
   * status or checksum or has anything beside them, says another status outside, or when the checksum is wrong: after
   * that the session is over.
   */
  unprotect(response: Uint8Array): ResponseAPDU;
}

/** How much later than its deadline a transceiver may reject before it is no longer waited for. */
const GRACE_MS = 1000;
const STATUS_BYTES = 2;
const SHORT_LE_MAX = 256;
/** Longest answer there is, in one piece or in many. */
const RESPONSE_DATA_MAX = 65_536;
/** GET RESPONSE for one answer: enough for the longest in full pieces, with some to spare for smaller ones. */
const GET_RESPONSES_MAX = 320;

const codeOfDeviceError: Readonly<Record<DeviceErrorCode, ConversationCode>> = {
  CHIP_LOST: 'CHIP_LOST',
  CHIP_ABSENT: 'CHIP_LOST',
  DEVICE_TIMEOUT: 'CHIP_TIMEOUT',
  DEVICE_DISCONNECTED: 'READER_DISCONNECTED',
  DEVICE_STOPPED: 'READER_DISCONNECTED',
  DEVICE_PROTOCOL: 'READER_ERROR',
  DEVICE_REFUSED: 'READER_ERROR',
  DEVICE_BUSY: 'READER_ERROR',
};

const GET_RESPONSE = { cla: 0, ins: Instruction.GET_RESPONSE, p1: 0, p2: 0 } as const;

export class ChipSession {
  readonly #transceiver: Transceiver;
  readonly #signal: AbortSignal;
  readonly #apduTimeout_ms: number;
  #secureMessaging: SecureMessaging | undefined;
  #apdus = 0;

  /** The signal ends the conversation: with its reason where that is a ConversationError, otherwise as cancelled. */
  constructor(o: { transceiver: Transceiver; signal: AbortSignal; apduTimeout_ms: number }) {
    this.#transceiver = o.transceiver;
    this.#signal = o.signal;
    this.#apduTimeout_ms = o.apduTimeout_ms;
  }

  /** APDUs sent so far. */
  get apdus(): number {
    return this.#apdus;
  }

  /** From here on every command is protected, and an unprotected answer ends the conversation. */
  protectWith(secureMessaging: SecureMessaging): void {
    this.#secureMessaging = secureMessaging;
  }

  /**
   * The answer, put together from its pieces where a chip gives it in several (61xx and GET RESPONSE, ISO/IEC 7816-4
   * section 7.6.1; before secure messaging only, where an outer 61xx would be unprotected). Throws ConversationError,
   * CHIP_ANSWER_ENDLESS when the pieces do not end.
   */
  async exchange(command: CommandAPDU): Promise<ResponseAPDU> {
    const secureMessaging = this.#secureMessaging;
    if (secureMessaging !== undefined) {
      return secureMessaging.unprotect(await this.#answerTo(secureMessaging.protect(command)));
    }
    let response = await this.#plainAnswerTo(command);
    const pieces = [response.data];
    for (let count = 0, total = response.data.length; isMoreData(response.statusWord); count++) {
      if (count === GET_RESPONSES_MAX) throw new ConversationError('CHIP_ANSWER_ENDLESS', `${count} pieces`);
      const le = response.statusWord & 0xff;
      response = await this.#plainAnswerTo({ ...GET_RESPONSE, le: le === 0 ? SHORT_LE_MAX : le });
      total += response.data.length;
      if (total > RESPONSE_DATA_MAX) throw new ConversationError('CHIP_ANSWER_ENDLESS', `${total} bytes`);
      pieces.push(response.data);
    }
    return { data: concatBytes(...pieces), statusWord: response.statusWord };
  }

  async #plainAnswerTo(command: CommandAPDU): Promise<ResponseAPDU> {
    const answer = await this.#answerTo(encodeCommand(command));
    const response = decodeResponse(answer);
    if (response === undefined) throw new ConversationError('READER_ERROR', `${answer.length} bytes`);
    return response;
  }

  async #answerTo(bytes: Uint8Array): Promise<Uint8Array> {
    if (this.#signal.aborted) throw this.#cancelled();
    this.#apdus += 1;
    const answer = await this.#transceive(bytes);
    // A short command leaves room for 256 bytes, whatever its Le; a reader that gives more is out of order.
    const data_max = Math.max(decodeCommand(bytes)?.le ?? SHORT_LE_MAX, SHORT_LE_MAX);
    if (answer.length > data_max + STATUS_BYTES) throw new ConversationError('READER_ERROR', `${answer.length} bytes`);
    return answer;
  }

  /** Ends by itself: with the answer, the transceiver's error, the signal, or a little after the deadline. */
  async #transceive(bytes: Uint8Array): Promise<Uint8Array> {
    const options = { timeout_ms: this.#apduTimeout_ms, signal: this.#signal };
    const { promise: over, reject } = Promise.withResolvers<never>();
    const cancel = (): void => reject(this.#cancelled());
    const guard = setTimeout(() => reject(new ConversationError('CHIP_TIMEOUT')), this.#apduTimeout_ms + GRACE_MS);
    this.#signal.addEventListener('abort', cancel, { once: true });
    try {
      return await Promise.race([this.#transceiver.transceive(bytes, options), over]);
    } catch (error) {
      throw this.#ended(error);
    } finally {
      clearTimeout(guard);
      this.#signal.removeEventListener('abort', cancel);
    }
  }

  #cancelled(): ConversationError {
    const reason: unknown = this.#signal.reason;
    return reason instanceof ConversationError ? reason : new ConversationError('INSPECTION_CANCELLED');
  }

  #ended(error: unknown): ConversationError {
    if (this.#signal.aborted) return this.#cancelled();
    if (error instanceof ConversationError) return error;
    return new ConversationError(error instanceof DeviceError ? codeOfDeviceError[error.code] : 'READER_ERROR');
  }
}

function isMoreData(statusWord: number): boolean {
  return (statusWord & 0xff00) === StatusWord.MORE_DATA;
}
