/** Reader of the printed zone, Elyctis command set: continuous reading, switched on again and again. */
import { DeviceError, type FaultEvent, type Unsubscribe } from '../contracts/device.ts';
import type { MRZReader, MRZReaderEvent } from '../contracts/mrz-reader.ts';
import { type Cancel, type Clock, systemClock } from '../transport/clock.ts';
import { FaultLatch, GarbageMeter } from '../transport/fault-latch.ts';
import { RequestQueue } from '../transport/request-queue.ts';
import { SerialLink } from '../transport/serial-link.ts';
import { command, encodeMessage, type MRZReaderMessage, MRZReaderParser, parseZoneText } from './codec.ts';

export type MRZReaderOptions = {
  readonly path: string;
  /** Default 115200; older readers 9600. */
  readonly baudRate?: number;
  /** Between two questions to the reader, default 400; more than 1000 would leave a lost port unnoticed. */
  readonly heartbeat_ms?: number;
  readonly clock?: Clock;
};

type Request = { readonly letter: number; readonly data: readonly number[] };

const answer_ms = 300;
/** Longest answer at 9600 bits per second. */
const longestAnswer_ms = 280;
const missedAnswersMax = 3;
/** Longer than the gaps that a USB adapter makes; at 9600 bits per second a byte takes 1. */
const betweenBytes_ms = 200;
const on = [0x01] as const;

export function createMRZReader(options: MRZReaderOptions): MRZReader {
  return new ElyctisMRZReader(options);
}

class ElyctisMRZReader implements MRZReader {
  readonly device = 'mrz-reader';
  readonly #clock: Clock;
  readonly #heartbeat_ms: number;
  readonly #faults = new FaultLatch<MRZReaderEvent>('mrz-reader');
  readonly #garbage = new GarbageMeter();
  readonly #parser = new MRZReaderParser();
  readonly #link: SerialLink;
  readonly #queue: RequestQueue<Request, Uint8Array>;
  #isRunning = false;
  #identification: string | undefined;
  #missedAnswers = 0;
  #beats = 0;
  #cancelBeat: Cancel = () => {};
  #cancelIdle: Cancel = () => {};

  constructor(options: MRZReaderOptions) {
    const baudRate = options.baudRate ?? 115200;
    this.#clock = options.clock ?? systemClock;
    this.#heartbeat_ms = options.heartbeat_ms ?? 400;
    this.#link = new SerialLink(
      { path: options.path, baudRate, clock: this.#clock },
      {
        opened: () => this.#opened(),
        received: (bytes) => this.#receive(bytes),
        closed: () => this.#closed(),
      },
    );
    this.#queue = new RequestQueue({
      clock: this.#clock,
      capacity: 4,
      // An answer carries no number; one that comes late for a question of the same kind is as good.
      quarantine_ms: 20,
      send: ({ letter, data }) => this.#link.write(encodeMessage(letter, data)),
    });
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#faults.raise('DEVICE_DISCONNECTED');
    this.#link.start();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#endConnection(new DeviceError('DEVICE_STOPPED'));
    await this.#link.stop();
  }

  subscribe(listener: (event: MRZReaderEvent | FaultEvent) => void): Unsubscribe {
    return this.#faults.subscribe(listener);
  }

  identification(): string | undefined {
    return this.#identification;
  }

  #opened(): void {
    this.#endConnection(new DeviceError('DEVICE_DISCONNECTED'));
    this.#missedAnswers = 0;
    this.#beats = 0;
    this.#beat();
  }

  #closed(): void {
    this.#endConnection(new DeviceError('DEVICE_DISCONNECTED'));
    this.#faults.raise('DEVICE_DISCONNECTED');
  }

  #endConnection(error: DeviceError): void {
    this.#cancelBeat();
    this.#cancelIdle();
    this.#parser.reset();
    this.#queue.rejectAll(error);
  }

  /**
   * Asks for the version and switches continuous reading on, in turn. The reader switches it off after a good read, and
   * a lost command must not leave it deaf; switching on what is on changes nothing.
   */
  #beat(): void {
    this.#cancelBeat = this.#clock.after(this.#heartbeat_ms, () => this.#beat());
    const isVersionsTurn = this.#beats++ % 2 === 0;
    void this.#ask(isVersionsTurn ? { letter: command.version, data: [] } : { letter: command.continuous, data: on });
    if (this.#beats === 1) void this.#ask({ letter: command.continuous, data: on });
  }

  async #ask(request: Request): Promise<void> {
    try {
      const data = await this.#queue.submit(request, { timeout_ms: answer_ms + longestAnswer_ms });
      if (request.letter === command.version) this.#identification = String.fromCharCode(...data).trim();
      this.#faults.clear('DEVICE_DISCONNECTED');
      this.#link.confirmAlive();
    } catch (error) {
      if (!(error instanceof DeviceError) || error.code !== 'DEVICE_TIMEOUT') return; // the connection has ended
      if (++this.#missedAnswers >= missedAnswersMax) this.#link.reopen();
    }
  }

  #receive(bytes: Uint8Array): void {
    this.#cancelIdle();
    this.#takeAll(this.#parser.push(bytes));
    if (!this.#parser.isInMessage) return;
    this.#cancelIdle = this.#clock.after(betweenBytes_ms, () => this.#takeAll(this.#parser.idle()));
  }

  #takeAll(messages: readonly MRZReaderMessage[]): void {
    const hasBrokenRead = this.#parser.takeBrokenReads() > 0;
    this.#reportDiscarded();
    if (hasBrokenRead) {
      this.#faults.emit({ type: 'mrzUnreadable', because: 'bad-shape' });
      this.#arm();
    }
    for (const message of messages) this.#take(message);
  }

  #take(message: MRZReaderMessage): void {
    this.#missedAnswers = 0;
    this.#garbage.good();
    this.#faults.set('DEVICE_GARBAGE', this.#garbage.isGarbage);
    if (message.command === command.inquire) return this.#takeZone(message.data);
    if (this.#queue.inFlight?.letter === message.command) this.#queue.answer(message.data);
  }

  #takeZone(data: Uint8Array): void {
    const zone = parseZoneText(data);
    if ('lines' in zone) this.#faults.emit({ type: 'mrzRead', lines: zone.lines });
    else this.#faults.emit({ type: 'mrzUnreadable', because: zone.because });
    this.#arm();
  }

  #arm(): void {
    if (this.#link.isOpen) void this.#ask({ letter: command.continuous, data: on });
  }

  #reportDiscarded(): void {
    if (this.#parser.takeDiscarded_bytes() === 0) return;
    this.#garbage.burst();
    this.#faults.set('DEVICE_GARBAGE', this.#garbage.isGarbage);
  }
}
