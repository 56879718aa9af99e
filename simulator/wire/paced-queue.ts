/** Bytes on their way along one direction of a line: in order, each slice delivered when its last bit has gone over. */
import type { Clock } from '../../drivers/transport/clock.ts';
import type { Piece } from './line-fault.ts';

export type PacedQueueOptions = {
  readonly clock: Clock;
  /** Rate of the line at this moment in bits per second; Infinity delivers at once. */
  baudRate(): number;
  /**
   * The queue goes on when this resolves. `due_ms`: when the last bit went over; a timer comes a little earlier or later.
   */
  deliver(bytes: Uint8Array, due_ms: number): Promise<void> | void;
};

/** Start bit, eight data bits, stop bit. */
const bitsPerByte = 10;
/** A UART hands over what its receive buffer holds, not single bytes. */
const slice_bytes = 32;
const limit_bytes = 64 * 1024;

export class PacedQueue {
  readonly #options: PacedQueueOptions;
  #pieces: Piece[] = [];
  #queued_bytes = 0;
  #isRunning = false;
  /** When the line is free again; may lie in the past. */
  #free_ms = 0;
  #dropped_bytes = 0;
  /** Raised by `clear`, so that a piece half sent stops too. */
  #epoch = 0;

  constructor(options: PacedQueueOptions) {
    this.#options = options;
  }

  /** Bytes lost because the queue was full. */
  get dropped_bytes(): number {
    return this.#dropped_bytes;
  }

  push(piece: Piece): void {
    if (piece.bytes.length === 0) return;
    if (this.#queued_bytes + piece.bytes.length > limit_bytes) {
      this.#dropped_bytes += piece.bytes.length;
      return;
    }
    this.#pieces.push(piece);
    this.#queued_bytes += piece.bytes.length;
    if (!this.#isRunning) void this.#run();
  }

  clear(): void {
    this.#pieces = [];
    this.#queued_bytes = 0;
    this.#epoch++;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece === undefined) break;
      await this.#sendPiece(piece);
    }
    this.#isRunning = false;
  }

  async #sendPiece(piece: Piece): Promise<void> {
    const epoch = this.#epoch;
    const begun_ms = Math.min(piece.begun_ms ?? Infinity, this.#options.clock.now());
    this.#free_ms = Math.max(this.#free_ms, begun_ms) + piece.after_ms;
    for (let offset = 0; offset < piece.bytes.length; offset += slice_bytes) {
      const slice = piece.bytes.subarray(offset, offset + slice_bytes);
      const baudRate = this.#options.baudRate();
      this.#free_ms += baudRate > 0 ? (slice.length * bitsPerByte * 1000) / baudRate : 0;
      await this.#waitUntil(this.#free_ms);
      if (epoch !== this.#epoch) return;
      this.#queued_bytes = Math.max(0, this.#queued_bytes - slice.length);
      await this.#options.deliver(slice, this.#free_ms);
    }
  }

  #waitUntil(time_ms: number): Promise<void> | undefined {
    const wait_ms = time_ms - this.#options.clock.now();
    if (wait_ms < 0.5) return undefined; // below what a timer can do; the next slice makes up for it
    return new Promise((resolve) => {
      this.#options.clock.after(wait_ms, resolve);
    });
  }
}
