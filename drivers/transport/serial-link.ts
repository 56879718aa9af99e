/**
 * One serial line from `start` to `stop`: opens the port, re-opens it with back-off, tells its owner what happens.
 *
 * Every connect makes a new SerialPort object: an unplug with writes queued destroys the stream of the old one, and
 * its `close` event may come twice or never (an unplug right after data leaves serialport reading zero bytes for ever,
 * until a write fails). So whoever owns a link writes at least once a second and calls `reopen` after missed answers.
 */
import type { LinuxPortBinding } from '@serialport/bindings-cpp';
import { SerialPort } from 'serialport';
import { type Cancel, type Clock, systemClock } from './clock.ts';
import { readAndWriteDirectly, stirThreadPool } from './direct-port.ts';

export type SerialLinkOptions = {
  /** Prefer /dev/serial/by-id/…: names such as ttyUSB0 change owner. */
  readonly path: string;
  readonly baudRate: number;
  /** Default `none`. */
  readonly parity?: 'none' | 'even' | 'odd';
  /** Default 1. */
  readonly stopBits?: 1 | 2;
  readonly clock?: Clock;
};

/** What a link tells its owner. Called in order, never after `stop` has been called. */
export type SerialLinkOwner = {
  opened(): void;
  received(bytes: Uint8Array): void;
  /** The port was open, or was to be opened, and is not. The link tries again by itself. */
  closed(): void;
};

const backOffFirst_ms = 250;
const backOffLast_ms = 5000;
const openLimit_ms = 5000;
/** Closing a tty may wait in the kernel for bytes that nobody takes. */
const closeLimit_ms = 2000;
/** More than any frame of any device here; a port that does not take its bytes is as good as gone. */
const unsentLimit_bytes = 64 * 1024;

/**
 * Node 26.4 and later: serialport 13 gets no data until something else runs on the event loop (node-serialport issue
 * 3148, bindings-cpp pull request 239): the native poller calls JavaScript in a way after which pending promises are
 * not continued. An immediate after each poll event wakes the loop. The poller is new after every open.
 */
function wakePoller({ poller }: LinuxPortBinding): void {
  const emit = poller.emit.bind(poller);
  poller.emit = (...args: Parameters<typeof emit>): boolean => {
    setImmediate(() => {});
    return emit(...args);
  };
}

/** The binding of a port on Linux or macOS; Windows has another, without poller. */
function pollingBinding(port: SerialPort): LinuxPortBinding | undefined {
  const binding = port.port as Partial<LinuxPortBinding> | undefined;
  return binding?.poller === undefined ? undefined : (binding as LinuxPortBinding);
}

function closePort(port: SerialPort, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    if (!port.isOpen) return resolve();
    const stopStirring = stirThreadPool(clock);
    const finish = (): void => {
      cancel();
      stopStirring();
      resolve();
    };
    const cancel = clock.after(closeLimit_ms, finish);
    const close = (): void => port.close(finish);
    port.flush(close); // what is unsent must not hold up the close; a flush that fails is no reason to stay open
  });
}

export class SerialLink {
  readonly #options: SerialLinkOptions;
  readonly #owner: SerialLinkOwner;
  readonly #clock: Clock;
  #baudRate: number;
  #isRunning = false;
  #isOpen = false;
  #port: SerialPort | undefined;
  #closing: Promise<void> = Promise.resolve();
  #backOff_ms = backOffFirst_ms;
  #cancelTimer: Cancel = () => {};

  constructor(options: SerialLinkOptions, owner: SerialLinkOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#clock = options.clock ?? systemClock;
    this.#baudRate = options.baudRate;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Rate of the line now; `options.baudRate` after every open. */
  get baudRate(): number {
    return this.#baudRate;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#backOff_ms = backOffFirst_ms;
    this.#connect();
  }

  /** Resolves when the port is free for others. Idempotent. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#cancelTimer();
    this.#discardPort();
    await this.#closing;
  }

  /** Sends bytes; does nothing while closed. An error closes the port. */
  write(bytes: Uint8Array): void {
    const port = this.#port;
    if (port === undefined || !this.#isOpen) return;
    if (port.writableLength + bytes.length > unsentLimit_bytes) return this.#lose(port);
    port.write(Buffer.from(bytes), (error) => {
      if (error) this.#lose(port);
    });
  }

  /** Throws away what was received and not read, and what was written and not sent. Never rejects. */
  flush(): Promise<void> {
    const port = this.#port;
    if (port === undefined || !this.#isOpen) return Promise.resolve();
    return new Promise((resolve) => {
      const stopStirring = stirThreadPool(this.#clock);
      port.flush((error) => {
        stopStirring();
        if (error) this.#lose(port);
        resolve();
      });
    });
  }

  /** Changes the rate of the open line. False when the port cannot. */
  setBaudRate(baudRate: number): Promise<boolean> {
    const port = this.#port;
    if (port === undefined || !this.#isOpen) return Promise.resolve(false);
    return new Promise((resolve) => {
      const stopStirring = stirThreadPool(this.#clock);
      port.update({ baudRate }, (error) => {
        stopStirring();
        if (!error && this.#port === port) this.#baudRate = baudRate;
        resolve(!error);
      });
    });
  }

  /** The device has answered: the next disconnection is re-tried quickly again. */
  confirmAlive(): void {
    this.#backOff_ms = backOffFirst_ms;
  }

  /** Gives up on this port object and connects anew after the back-off. */
  reopen(): void {
    if (this.#port !== undefined) this.#lose(this.#port);
  }

  #connect(): void {
    let port: SerialPort;
    try {
      const { path, baudRate, parity = 'none', stopBits = 1 } = this.#options;
      port = new SerialPort({ path, baudRate, parity, stopBits, autoOpen: false });
    } catch {
      // Only impossible settings throw; configuration refuses them, so this is a port like any other that is not there.
      this.#owner.closed();
      return this.#connectLater();
    }
    this.#port = port;
    this.#baudRate = this.#options.baudRate;
    // Before the listener for data, which makes the port read as soon as it is open.
    port.once('open', () => {
      const binding = pollingBinding(port);
      if (binding === undefined) return;
      wakePoller(binding);
      readAndWriteDirectly(binding);
    });
    port.on('error', () => this.#lose(port));
    port.on('close', () => this.#lose(port));
    port.on('data', (bytes: Buffer) => {
      if (this.#port === port && this.#isOpen) this.#owner.received(bytes);
    });
    this.#cancelTimer = this.#clock.after(openLimit_ms, () => this.#lose(port));
    const stopStirring = stirThreadPool(this.#clock);
    port.open((error) => {
      stopStirring();
      if (error) return this.#lose(port);
      if (this.#port !== port) return void closePort(port, this.#clock); // opened after it was given up
      this.#cancelTimer();
      this.#isOpen = true;
      this.#owner.opened();
    });
  }

  #lose(port: SerialPort): void {
    if (this.#port !== port) return; // serialport reports some endings twice
    this.#discardPort();
    if (!this.#isRunning) return;
    this.#connectLater();
    this.#owner.closed();
  }

  #discardPort(): void {
    const port = this.#port;
    if (port === undefined) return;
    this.#port = undefined;
    this.#isOpen = false;
    this.#cancelTimer();
    this.#closing = closePort(port, this.#clock);
  }

  #connectLater(): void {
    const wait_ms = this.#backOff_ms;
    this.#backOff_ms = Math.min(wait_ms * 2, backOffLast_ms);
    this.#cancelTimer = this.#clock.after(wait_ms, () => {
      // The lock of the old descriptor goes with its close.
      void this.#closing.then(() => {
        if (this.#isRunning && this.#port === undefined) this.#connect();
      });
    });
  }
}
