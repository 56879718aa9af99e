/** A reader without hardware: listens on this computer only, for one virtual chip at a time. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Transceiver } from '../contracts/chip-reader.ts';
import { DeviceError } from '../contracts/device.ts';
import { type Cancel, type Clock, systemClock } from '../transport/clock.ts';
import { longestMessage_bytes, vpcdControl } from './codec.ts';
import { Connection } from './connection.ts';

/** One virtual chip that is switched on. */
export interface VirtualChipLink extends Transceiver {
  /** Answer to reset (ISO/IEC 7816-3 section 8.2). */
  readonly atr: Uint8Array;
  /** Switches the chip off; its connection stays for the next activation. Idempotent, never rejects. */
  release(): Promise<void>;
}

export interface VirtualReader {
  /** The port it listens on. */
  readonly port: number;
  /**
   * Switches the connected chip on, waiting up to `timeout_ms` for one. Only one link at a time. Rejects with
   * CHIP_ABSENT, CHIP_LOST, DEVICE_TIMEOUT, DEVICE_BUSY or DEVICE_STOPPED.
   */
  activate(options: { readonly timeout_ms: number; readonly signal?: AbortSignal }): Promise<VirtualChipLink>;
  /** Hangs up and frees the port. Idempotent. */
  close(): Promise<void>;
}

const loopback = '127.0.0.1';
const atr_ms = 2000;
/** ISO/IEC 7816-3 section 8.2.1. */
const atrLimit_bytes = 33;
/** The status word alone. */
const shortestResponse_bytes = 2;

/** Rejects with the error of the operating system when the port cannot be had. Port 0 takes any free one. */
export function listenForVirtualChip(options: {
  readonly port: number;
  readonly clock?: Clock;
}): Promise<VirtualReader> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: loopback, port: options.port }, () => {
      server.off('error', reject);
      resolve(new ListeningReader(server, options.clock ?? systemClock));
    });
  });
}

class ListeningReader implements VirtualReader {
  readonly port: number;
  readonly #server: Server;
  readonly #clock: Clock;
  #connection: Connection | undefined;
  #isInUse = false;
  #isClosed = false;
  #chipCame: () => void = () => {};

  constructor(server: Server, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#accept(socket));
    server.on('error', () => void this.close());
  }

  async activate(options: { readonly timeout_ms: number; readonly signal?: AbortSignal }): Promise<VirtualChipLink> {
    if (this.#isClosed) throw new DeviceError('DEVICE_STOPPED');
    if (this.#isInUse) throw new DeviceError('DEVICE_BUSY');
    this.#isInUse = true;
    try {
      const connection = this.#connection ?? (await this.#nextChip(options));
      connection.tell(vpcdControl.powerOn);
      const { signal } = options;
      const question = Uint8Array.of(vpcdControl.atr);
      const atr = await connection.ask(question, { timeout_ms: atr_ms, ...(signal && { signal }) });
      if (atr.length > atrLimit_bytes) {
        connection.end(new DeviceError('CHIP_LOST', `ATR of ${atr.length} bytes`));
        throw new DeviceError('CHIP_LOST', `ATR of ${atr.length} bytes`);
      }
      return new PoweredChip(connection, atr, () => {
        this.#isInUse = false;
      });
    } catch (error) {
      this.#isInUse = false;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#connection?.end(new DeviceError('DEVICE_STOPPED'));
    this.#chipCame();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve()); // an error here says that it was closed before
    });
  }

  #accept(socket: Socket): void {
    if (this.#connection !== undefined || this.#isClosed) {
      socket.on('error', () => {}); // whatever it says, it is not listened to
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, {
      clock: this.#clock,
      onEnd: () => {
        if (this.#connection === connection) this.#connection = undefined;
      },
    });
    this.#connection = connection;
    this.#chipCame();
  }

  #nextChip(options: { readonly timeout_ms: number; readonly signal?: AbortSignal }): Promise<Connection> {
    const { timeout_ms, signal } = options;
    return new Promise((resolve, reject) => {
      let cancelTimer: Cancel = () => {};
      const finish = (): void => {
        cancelTimer();
        signal?.removeEventListener('abort', finish);
        this.#chipCame = () => {};
        if (this.#isClosed) return reject(new DeviceError('DEVICE_STOPPED'));
        if (signal?.aborted === true) return reject(new DeviceError('DEVICE_STOPPED', 'aborted by the caller'));
        if (this.#connection === undefined) return reject(new DeviceError('CHIP_ABSENT'));
        resolve(this.#connection);
      };
      if (signal?.aborted === true) return finish();
      cancelTimer = this.#clock.after(timeout_ms, finish);
      signal?.addEventListener('abort', finish);
      this.#chipCame = finish;
    });
  }
}

class PoweredChip implements VirtualChipLink {
  readonly atr: Uint8Array;
  readonly #connection: Connection;
  readonly #onRelease: () => void;
  #isReleased = false;

  constructor(connection: Connection, atr: Uint8Array, onRelease: () => void) {
    this.#connection = connection;
    this.atr = atr;
    this.#onRelease = onRelease;
  }

  async transceive(
    command: Uint8Array,
    options: { readonly timeout_ms: number; readonly signal?: AbortSignal },
  ): Promise<Uint8Array> {
    if (this.#isReleased) throw new DeviceError('CHIP_LOST', 'released');
    if (command.length > longestMessage_bytes) throw new DeviceError('DEVICE_REFUSED', `${command.length} bytes`);
    const response = await this.#connection.ask(command, options);
    if (response.length >= shortestResponse_bytes) return response;
    const error = new DeviceError('CHIP_LOST', `response of ${response.length} bytes`);
    this.#connection.end(error);
    throw error;
  }

  release(): Promise<void> {
    if (!this.#isReleased) {
      this.#isReleased = true;
      this.#connection.tell(vpcdControl.powerOff);
      this.#onRelease();
    }
    return Promise.resolve();
  }
}
