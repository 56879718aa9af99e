/**
 * Command and response with a PN532: the chip acknowledges a command at once and answers it later. One command in
 * flight; a host ACK stops a running one; a host NACK asks for the last response again.
 */
import { DeviceError } from '../contracts/device.ts';
import { type Cancel, type Clock, deadline } from '../transport/clock.ts';
import { RequestQueue } from '../transport/request-queue.ts';
import { ackFrame, encodeToChip, longestFrame_bytes, nackFrame, PN532Parser, type PN532Frame } from './codec.ts';

export type PN532ExchangeOptions = {
  readonly clock: Clock;
  readonly write: (bytes: Uint8Array) => void;
  /** Rate of the line now, for the time that frames need. */
  readonly baudRate: () => number;
  /** Any frame came: something lives at the other end. */
  readonly onFrame?: () => void;
  /** Bytes or frames came that obey no protocol. */
  readonly onGarbage?: () => void;
};

type Command = { readonly bytes: Uint8Array; isAcknowledged: boolean; repeats: number };

/**
 * On top of the time that the bytes need. The chip takes less than 15 ms and a USB adapter up to 16; the rest is for this
 * computer: with four times more work than processors, acknowledgements were measured to come 150 ms late and more.
 */
const acknowledge_ms = 400;
const betweenBytes_ms = 60;
const quarantine_ms = 60;
const repeatsMax = 2;
const capacity = 4;

/** Time that bytes need on the line, in ms. */
const lineTime_ms = (bytes: number, baudRate: number): number => (bytes * 10_000) / baudRate;

export class PN532Exchange {
  readonly #options: PN532ExchangeOptions;
  readonly #queue: RequestQueue<Command, Uint8Array>;
  readonly #parser = new PN532Parser();
  #cancelAcknowledge: Cancel = () => {};
  #cancelIdle: Cancel = () => {};

  constructor(options: PN532ExchangeOptions) {
    this.#options = options;
    this.#queue = new RequestQueue({
      clock: options.clock,
      capacity,
      quarantine_ms,
      send: (command) => this.#send(command),
      abandon: () => this.#abandon(),
    });
  }

  /**
   * Response parameters, without the response code. `timeout_ms` is for the chip's work; line time comes on top.
   * Rejects with DEVICE_TIMEOUT, DEVICE_PROTOCOL (error frame), DEVICE_BUSY or what `rejectAll` says.
   */
  async command(
    code: number,
    parameters: Uint8Array | readonly number[],
    options: { readonly timeout_ms: number; readonly signal?: AbortSignal },
  ): Promise<Uint8Array> {
    const bytes = Uint8Array.of(code, ...parameters);
    const { timeout_ms, signal } = options;
    const onLine_ms = lineTime_ms(bytes.length + 16 + longestFrame_bytes, this.#options.baudRate());
    return this.#queue.submit(
      { bytes, isAcknowledged: false, repeats: 0 },
      { timeout_ms: timeout_ms + onLine_ms, ...(signal && { signal }) },
    );
  }

  receive(bytes: Uint8Array): void {
    this.#cancelIdle();
    for (const frame of this.#parser.push(bytes)) this.#take(frame);
    this.#reportDiscarded();
    if (!this.#parser.isInFrame) return;
    this.#cancelIdle = deadline(this.#options.clock, betweenBytes_ms, () => {
      for (const frame of this.#parser.idle()) this.#take(frame);
      this.#reportDiscarded();
      this.#askAgain();
    });
  }

  rejectAll(error: DeviceError): void {
    this.#cancelAcknowledge();
    this.#cancelIdle();
    this.#parser.reset();
    this.#queue.rejectAll(error);
  }

  #send(command: Command): void {
    this.#parser.reset();
    const frame = encodeToChip(command.bytes);
    this.#options.write(frame);
    const limit_ms = acknowledge_ms + lineTime_ms(frame.length + ackFrame.length, this.#options.baudRate());
    this.#cancelAcknowledge = deadline(this.#options.clock, limit_ms, () => this.#notAcknowledged(command));
  }

  /** Not sent again here: the chip may have done it, and an APDU must not be carried out twice. */
  #notAcknowledged(command: Command): void {
    if (this.#queue.inFlight !== command || command.isAcknowledged) return;
    this.#queue.giveUp(new DeviceError('DEVICE_TIMEOUT', 'command not acknowledged'));
  }

  #abandon(): void {
    this.#cancelAcknowledge();
    this.#options.write(ackFrame);
  }

  #take(frame: PN532Frame): void {
    const command = this.#queue.inFlight;
    switch (frame.kind) {
      case 'ack':
        this.#options.onFrame?.();
        if (command !== undefined) command.isAcknowledged = true;
        this.#cancelAcknowledge();
        return;
      case 'nack':
        this.#options.onFrame?.();
        if (command !== undefined) this.#queue.fail(new DeviceError('DEVICE_PROTOCOL', 'command not understood'));
        return;
      case 'error':
        this.#options.onFrame?.();
        if (command !== undefined) this.#queue.fail(new DeviceError('DEVICE_PROTOCOL', 'error frame'));
        return;
      case 'toHost':
        this.#options.onFrame?.();
        // Without acknowledgement it is a repetition of the answer to an earlier command; with another code it is late.
        if (command?.isAcknowledged === true && frame.bytes[0] === (command.bytes[0] ?? 0) + 1) {
          this.#queue.answer(frame.bytes.slice(1));
        }
        return;
      case 'corrupt':
      case 'toChip':
        this.#options.onGarbage?.();
        this.#askAgain();
    }
  }

  /** A response came damaged: the chip still has it. */
  #askAgain(): void {
    const command = this.#queue.inFlight;
    if (command === undefined || !command.isAcknowledged || command.repeats >= repeatsMax) return;
    command.repeats++;
    this.#options.write(nackFrame);
  }

  #reportDiscarded(): void {
    if (this.#parser.takeDiscarded_bytes() > 0) this.#options.onGarbage?.();
  }
}
