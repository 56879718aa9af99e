/**
 * The conversation with one chip: one APDU at a time, each with a deadline, plain until secure messaging is installed.
 * Turns every way in which a line can fail into one ConversationError.
 */
import type { Transceiver } from '../../contracts/chip-reader.ts';
import { DeviceError, type DeviceErrorCode } from '../../contracts/device.ts';
import { type CommandAPDU, type ResponseAPDU, decodeResponse, encodeCommand } from './apdu.ts';
import { type ConversationCode, ConversationError } from '../codes.ts';

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
/** Longest answer to a short APDU: 256 bytes and the status word. */
const RESPONSE_BYTES_MAX = 258;

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

  /** Throws ConversationError. */
  async exchange(command: CommandAPDU): Promise<ResponseAPDU> {
    if (this.#signal.aborted) throw this.#cancelled();
    const bytes = this.#secureMessaging?.protect(command) ?? encodeCommand(command);
    this.#apdus += 1;
    const answer = await this.#transceive(bytes);
    if (answer.length > RESPONSE_BYTES_MAX) throw new ConversationError('READER_ERROR', `${answer.length} bytes`);
    if (this.#secureMessaging !== undefined) return this.#secureMessaging.unprotect(answer);
    const response = decodeResponse(answer);
    if (response === undefined) throw new ConversationError('READER_ERROR', `${answer.length} bytes`);
    return response;
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
