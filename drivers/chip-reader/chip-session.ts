/** One activated chip: APDUs through InDataExchange, chained in both directions (UM0701-02 section 7.3.8). */
import type { ChipLink } from '../contracts/chip-reader.ts';
import { DeviceError } from '../contracts/device.ts';
import type { Clock } from '../transport/clock.ts';
import { longestExchange_bytes, moreInformation, pn532Command, statusMask } from './codec.ts';
import type { PN532Exchange } from './exchange.ts';
import type { ChipKind } from './target.ts';

/** Extended-length response and status word; a chip that sends more is not to be trusted. */
const responseLimit_bytes = 65_536 + 2;
const target = 0x01;
const release_ms = 500;
const presenceCheck_ms = 500;
/** Diagnose: does the chip still answer (UM0701-02 section 7.2.1). */
const attentionRequest = 0x06;

type Deadline = { readonly at_ms: number; readonly signal: AbortSignal | undefined };

export class ChipSession implements ChipLink {
  readonly kind: ChipKind;
  readonly #exchange: PN532Exchange;
  readonly #clock: Clock;
  readonly #onEnd: (session: ChipSession) => void;
  #ended: DeviceError | undefined;
  #isBusy = false;
  #isReleased = false;
  #lastUse_ms: number;

  constructor(options: {
    readonly kind: ChipKind;
    readonly exchange: PN532Exchange;
    readonly clock: Clock;
    /** Called once: released, lost, or `end` was called. */
    readonly onEnd: (session: ChipSession) => void;
  }) {
    this.kind = options.kind;
    this.#exchange = options.exchange;
    this.#clock = options.clock;
    this.#onEnd = options.onEnd;
    this.#lastUse_ms = this.#clock.now();
  }

  /** True when the session ended otherwise than by `release`. */
  get isLost(): boolean {
    return this.#ended !== undefined && !this.#isReleased;
  }

  /** Milliseconds since the last APDU ended; 0 while one runs. */
  get idle_ms(): number {
    return this.#isBusy ? 0 : this.#clock.now() - this.#lastUse_ms;
  }

  /**
   * One APDU at a time: a second call while one runs rejects with DEVICE_BUSY. After any failure the session is over
   * and further calls reject, because nobody knows which command the chip has carried out.
   */
  async transceive(
    command: Uint8Array,
    options: { readonly timeout_ms: number; readonly signal?: AbortSignal },
  ): Promise<Uint8Array> {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#isBusy) throw new DeviceError('DEVICE_BUSY', 'an APDU is under way');
    this.#isBusy = true;
    try {
      const deadline = { at_ms: this.#clock.now() + options.timeout_ms, signal: options.signal };
      const response = await this.#receive(await this.#send(command, deadline), deadline);
      if (response.length < 2) throw new DeviceError('CHIP_LOST', `response of ${response.length} bytes`);
      return response;
    } catch (error) {
      this.end(new DeviceError('CHIP_LOST', 'the session is over'));
      throw asLinkError(error);
    } finally {
      this.#isBusy = false;
      this.#lastUse_ms = this.#clock.now();
    }
  }

  async release(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#isReleased = true;
    this.#ended = new DeviceError('CHIP_LOST', 'released');
    try {
      await this.#exchange.command(pn532Command.inRelease, [0x00], { timeout_ms: release_ms });
    } catch {
      // A reader that does not answer has no session either; its own driver notices.
    }
    this.#onEnd(this);
  }

  /** Ends the session from outside; calls after this reject with `error`. Idempotent. */
  end(error: DeviceError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#onEnd(this);
  }

  /** Asks whether the chip still answers; ends the session when not. A heartbeat for the reader too. */
  async checkPresence(): Promise<void> {
    if (this.#ended !== undefined || this.#isBusy) return;
    const parameters = [attentionRequest];
    const result = await this.#exchange.command(pn532Command.diagnose, parameters, { timeout_ms: presenceCheck_ms });
    this.#lastUse_ms = this.#clock.now();
    if (((result[0] ?? statusMask) & statusMask) !== 0)
      this.end(new DeviceError('CHIP_LOST', 'no longer in the field'));
  }

  async #send(command: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    let offset = 0;
    while (command.length - offset > longestExchange_bytes) {
      const part = command.subarray(offset, offset + longestExchange_bytes);
      checkStatus(await this.#exchangePart(target | moreInformation, part, deadline));
      offset += longestExchange_bytes;
    }
    return this.#exchangePart(target, command.subarray(offset), deadline);
  }

  async #receive(first: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length_bytes = 0;
    for (let part = first; ; part = await this.#exchangePart(target, new Uint8Array(0), deadline)) {
      const hasMore = checkStatus(part);
      parts.push(part.subarray(1));
      length_bytes += part.length - 1;
      if (length_bytes > responseLimit_bytes) throw new DeviceError('CHIP_LOST', 'response without end');
      if (!hasMore) return Uint8Array.from(Buffer.concat(parts));
      if (part.length === 1) throw new DeviceError('CHIP_LOST', 'empty part of a response');
    }
  }

  #exchangePart(tg: number, part: Uint8Array, deadline: Deadline): Promise<Uint8Array> {
    const timeout_ms = deadline.at_ms - this.#clock.now();
    if (timeout_ms <= 0) return Promise.reject(new DeviceError('DEVICE_TIMEOUT'));
    const { signal } = deadline;
    return this.#exchange.command(pn532Command.inDataExchange, [tg, ...part], {
      timeout_ms,
      ...(signal && { signal }),
    });
  }
}

/** True when more follows. */
function checkStatus(part: Uint8Array): boolean {
  const status = part[0];
  if (status === undefined) throw new DeviceError('CHIP_LOST', 'no status');
  if ((status & statusMask) !== 0) {
    throw new DeviceError('CHIP_LOST', `status ${(status & statusMask).toString(16).padStart(2, '0')}`);
  }
  return (status & moreInformation) !== 0;
}

/** The contract knows no protocol errors of an APDU: whatever the reader made of it, the chip's state is unknown. */
function asLinkError(error: unknown): unknown {
  if (!(error instanceof DeviceError) || error.code !== 'DEVICE_PROTOCOL') return error;
  return new DeviceError('CHIP_LOST', 'the reader reported a protocol error');
}
