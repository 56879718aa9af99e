/**
 * A simulated serial line: a pseudo-terminal under a fixed name, bytes paced at the rate that the driver set, faults on
 * demand, and a plug that can be pulled.
 */
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Clock, systemClock } from '../../drivers/transport/clock.ts';
import { type Direction, garble, type LineFault, type Piece } from './line-fault.ts';
import { PacedQueue } from './paced-queue.ts';
import { PseudoTerminal } from './pty.ts';

export type LineOptions = {
  /** Made when absent. */
  readonly folder: string;
  /** Name of the port in the folder; stays the same through every replug. */
  readonly name: string;
  /** Bits per second; default follows what the driver set. Infinity: no pacing. */
  readonly pacing_baud?: number;
  /** Rate the device is set to. When it differs from the driver's, bytes are garbled. Default: any rate fits. */
  readonly device_baud?: number;
  readonly clock?: Clock;
};

export type LineStats = {
  readonly isPlugged: boolean;
  /** Rate the driver set; null while unplugged. */
  readonly baudRate: number | null;
  readonly bytesToHost: number;
  readonly bytesFromHost: number;
  /** Lost because nobody took them or a queue was full. */
  readonly bytesLost: number;
};

export class Line {
  /** The port's fixed name, a symbolic link. */
  readonly path: string;
  /** Rate the device is set to; see LineOptions. */
  device_baud: number | undefined;
  readonly #pacing_baud: number | undefined;
  readonly #listeners = new Set<(bytes: Uint8Array, due_ms: number) => void>();
  readonly #plugListeners = new Set<(isPlugged: boolean) => void>();
  readonly #faults: LineFault[] = [];
  readonly #toHost: PacedQueue;
  readonly #fromHost: PacedQueue;
  #terminal: PseudoTerminal | undefined;
  #bytesToHost = 0;
  #bytesFromHost = 0;
  #bytesLost = 0;

  constructor(options: LineOptions) {
    mkdirSync(options.folder, { recursive: true });
    this.path = join(resolve(options.folder), options.name);
    this.device_baud = options.device_baud;
    this.#pacing_baud = options.pacing_baud;
    const clock = options.clock ?? systemClock;
    const baudRate = (): number => this.#pacing_baud ?? this.#terminal?.baudRate() ?? Infinity;
    this.#toHost = new PacedQueue({ clock, baudRate, deliver: (bytes) => this.#deliverToHost(bytes) });
    const toDevice = (bytes: Uint8Array, due_ms: number): void => this.#deliverToDevice(bytes, due_ms);
    this.#fromHost = new PacedQueue({ clock, baudRate, deliver: toDevice });
    this.replug();
  }

  get isPlugged(): boolean {
    return this.#terminal !== undefined;
  }

  /**
   * Device → host. Lost while unplugged. `begun_ms`: when the device began to send, on the line's clock, where a timer
   * let it know late; default now.
   */
  write(bytes: Uint8Array, begun_ms?: number): void {
    if (this.#terminal === undefined) return;
    this.#send('toHost', this.#toHost, bytes.slice(), begun_ms);
  }

  /** Host → device. `due_ms`: when the last bit of these bytes went over, on the line's clock. */
  onBytes(listener: (bytes: Uint8Array, due_ms: number) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** A device powered by its port starts anew with each plug. */
  onPlug(listener: (isPlugged: boolean) => void): () => void {
    this.#plugListeners.add(listener);
    return () => {
      this.#plugListeners.delete(listener);
    };
  }

  /** Pulls the plug: the driver's descriptor dies, the port's name is gone. Idempotent. */
  unplug(): void {
    const terminal = this.#terminal;
    if (terminal === undefined) return;
    this.#terminal = undefined;
    rmSync(this.path, { force: true });
    terminal.close();
    this.#toHost.clear();
    this.#fromHost.clear();
    this.#tellPlug(false);
  }

  /** Plugs in again: a new terminal under the old name. Idempotent. */
  replug(): void {
    if (this.#terminal !== undefined) return;
    const terminal = new PseudoTerminal((bytes) => {
      if (this.#terminal === terminal) this.#send('fromHost', this.#fromHost, bytes.slice());
    });
    this.#terminal = terminal;
    // Renaming replaces what an earlier run may have left, without a moment in which the name is missing.
    const fresh = `${this.path}.${process.pid}.new`;
    rmSync(fresh, { force: true });
    symlinkSync(terminal.path, fresh);
    renameSync(fresh, this.path);
    this.#tellPlug(true);
  }

  /** Faults apply in the order in which they were added. Returns the way to take the fault off. */
  addFault(fault: LineFault): () => void {
    this.#faults.push(fault);
    return () => {
      const index = this.#faults.indexOf(fault);
      if (index >= 0) this.#faults.splice(index, 1);
    };
  }

  /** Names of the faults that are on. */
  faults(): readonly string[] {
    return this.#faults.map((fault) => fault.name);
  }

  stats(): LineStats {
    return {
      isPlugged: this.isPlugged,
      baudRate: this.#terminal?.baudRate() ?? null,
      bytesToHost: this.#bytesToHost,
      bytesFromHost: this.#bytesFromHost,
      bytesLost: this.#bytesLost + this.#toHost.dropped_bytes + this.#fromHost.dropped_bytes,
    };
  }

  #tellPlug(isPlugged: boolean): void {
    const listeners = [...this.#plugListeners];
    for (const listener of listeners) listener(isPlugged);
  }

  #send(direction: Direction, queue: PacedQueue, bytes: Uint8Array, begun_ms?: number): void {
    const garbled = this.#garbled(direction, bytes);
    let pieces: Piece[] = [{ bytes: garbled, after_ms: 0, ...(begun_ms !== undefined && { begun_ms }) }];
    for (const fault of this.#faults) {
      if (fault.direction !== 'both' && fault.direction !== direction) continue;
      pieces = pieces.flatMap((piece) => {
        const [first, ...rest] = fault.apply(piece.bytes);
        return first === undefined ? [] : [{ ...piece, ...first, after_ms: first.after_ms + piece.after_ms }, ...rest];
      });
    }
    for (const piece of pieces) queue.push(piece);
  }

  #garbled(direction: Direction, bytes: Uint8Array): Uint8Array {
    const host = this.#terminal?.baudRate() ?? 0;
    const device = this.device_baud;
    if (device === undefined || host === device || host === 0) return bytes;
    const rates = direction === 'toHost' ? { sender: device, receiver: host } : { sender: host, receiver: device };
    return garble(bytes, rates);
  }

  async #deliverToHost(bytes: Uint8Array): Promise<void> {
    const sent = (await this.#terminal?.write(bytes)) ?? 0;
    this.#bytesToHost += sent;
    this.#bytesLost += bytes.length - sent;
  }

  #deliverToDevice(bytes: Uint8Array, due_ms: number): void {
    this.#bytesFromHost += bytes.length;
    const listeners = [...this.#listeners];
    for (const listener of listeners) listener(bytes, due_ms);
  }
}
