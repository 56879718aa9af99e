/**
 * Carries a simulated chip to a virtual reader over the vpcd socket protocol of vsmartcard: `npm run emrtd -- read`, the
 * vpcd driver of pcscd, or any program that listens. The chip connects, the reader asks.
 */
import { connect, type Socket } from 'node:net';
import { encodeMessage, longestMessage_bytes, VpcdParser, vpcdControl } from '../../drivers/virtual-reader/codec.ts';
import { type Cancel, type Clock, systemClock } from '../../drivers/transport/clock.ts';
import type { Chip } from '../passport/chip.ts';

export type VpcdChipOptions = {
  readonly host: string;
  readonly port: number;
  /** How long the connection may take; default 5000. */
  readonly connect_ms?: number;
  readonly clock?: Clock;
};

/** Why a chip is no longer connected. */
export type VpcdEnd = 'reader-hung-up' | 'removed' | 'chip-silent' | 'protocol-error';

const connect_ms = 5000;
/** A message that has begun is complete within this time, or the other end does not speak the protocol. */
const betweenBytes_ms = 5000;
/** A reader asks one thing at a time; a few control messages may come with it. */
const waitingMax = 8;

/** The chip connected to the reader. Rejects with the error of the operating system, or after `connect_ms`. */
export function connectVpcdChip(chip: Chip, o: VpcdChipOptions): Promise<VpcdChip> {
  const clock = o.clock ?? systemClock;
  const limit_ms = o.connect_ms ?? connect_ms;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: o.host, port: o.port });
    const cancel = clock.after(limit_ms, () => socket.destroy(new Error(`no connection within ${limit_ms} ms`)));
    const fail = (error: Error): void => {
      cancel();
      reject(error);
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      cancel();
      socket.off('error', fail);
      resolve(new VpcdChip(chip, socket, clock));
    });
  });
}

export class VpcdChip {
  /** Settles once, when the connection is over. */
  readonly ended: Promise<VpcdEnd>;
  readonly #chip: Chip;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #parser = new VpcdParser();
  readonly #waiting: Uint8Array[] = [];
  readonly #settle: (end: VpcdEnd) => void;
  #isAnswering = false;
  #isOver = false;
  #cancelIdle: Cancel = () => {};
  #apdus = 0;

  constructor(chip: Chip, socket: Socket, clock: Clock) {
    this.#chip = chip;
    this.#socket = socket;
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<VpcdEnd>();
    this.ended = promise;
    this.#settle = resolve;
    chip.reset();
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => this.#end('reader-hung-up'));
    socket.on('close', () => this.#end('reader-hung-up'));
  }

  /** APDUs answered so far. */
  get apdus(): number {
    return this.#apdus;
  }

  /** Takes the chip away. Idempotent. */
  remove(): void {
    this.#end('removed');
  }

  #end(end: VpcdEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelIdle();
    this.#waiting.length = 0;
    this.#socket.destroy();
    this.#chip.reset();
    this.#settle(end);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#cancelIdle();
    this.#waiting.push(...this.#parser.push(chunk));
    if (this.#waiting.length > waitingMax) return this.#end('protocol-error');
    if (this.#parser.isInMessage) {
      this.#cancelIdle = this.#clock.after(betweenBytes_ms, () => this.#end('protocol-error'));
    }
    if (!this.#isAnswering) void this.#answerAll();
  }

  async #answerAll(): Promise<void> {
    this.#isAnswering = true;
    for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
      await this.#answer(message);
    }
    this.#isAnswering = false;
  }

  async #answer(message: Uint8Array): Promise<void> {
    const [control] = message;
    if (control === undefined) return this.#end('protocol-error');
    if (message.length === 1) return this.#control(control);
    const response = await this.#chip.transceive(message);
    if (this.#isOver) return;
    if (response === undefined) return this.#end('chip-silent');
    if (response.length > longestMessage_bytes) return this.#end('protocol-error');
    this.#apdus++;
    this.#socket.write(encodeMessage(response));
  }

  #control(control: number): void {
    switch (control) {
      case vpcdControl.powerOff:
      case vpcdControl.powerOn:
      case vpcdControl.reset:
        return this.#chip.reset();
      case vpcdControl.atr:
        this.#socket.write(encodeMessage(answerToReset(this.#chip)));
        return;
      default:
        this.#end('protocol-error');
    }
  }
}

/**
 * ATR that a reader makes for a contactless chip (PC/SC part 3, section 3.1.3.2.3.1): the historical bytes of type A;
 * for type B a reader takes them from ATQB and ATTRIB, which a virtual chip has not.
 */
export function answerToReset(chip: Pick<Chip, 'historicalBytes'>): Uint8Array {
  const historical = chip.historicalBytes.slice(0, 15);
  const bytes = [0x80 | historical.length, 0x80, 0x01, ...historical];
  return Uint8Array.of(
    0x3b,
    ...bytes,
    bytes.reduce((sum, byte) => sum ^ byte, 0),
  );
}
