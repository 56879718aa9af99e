/**
 * A simulated reader of the printed zone on a serial line, Elyctis command set: reads a presented document once while
 * continuous reading is on, which then turns itself off.
 */
import {
  command,
  encodeMessage,
  encodeZoneText,
  type MRZReaderMessage,
  MRZReaderParser,
} from '../../drivers/mrz-reader/codec.ts';
import { type Cancel, type Clock, systemClock } from '../../drivers/transport/clock.ts';
import type { Line } from '../wire/line.ts';

/** How one read goes wrong on its way out. */
export type MRZReaderFault = {
  readonly name:
    | 'half-frame'
    | 'glued-frames'
    | 'wrong-length'
    | 'reject-characters'
    | 'garbage-before'
    | 'inside-reply';
};

export type SimulatedMRZReaderOptions = {
  /** From presenting the document to the read, default 0. */
  readonly read_ms?: number;
  readonly clock?: Clock;
};

const version = 'SIMULATED OCR 1.07';
const product = 'SIMULATED MRZ READER';
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
/** Where a rejected character stands in the fault of that name. */
const rejectedPosition = 5;

export class SimulatedMRZReader {
  readonly #line: Line;
  readonly #read_ms: number;
  readonly #clock: Clock;
  readonly #parser = new MRZReaderParser();
  readonly #faults: MRZReaderFault[] = [];
  readonly #unsubscribe: readonly (() => void)[];
  #isReading = false;
  #document: readonly string[] | undefined;
  #isDocumentRead = false;
  /** A read that goes out inside the next reply. */
  #held: Uint8Array | undefined;
  #cancelRead: Cancel | undefined;
  #reads = 0;

  constructor(line: Line, options: SimulatedMRZReaderOptions = {}) {
    this.#line = line;
    this.#read_ms = options.read_ms ?? 0;
    this.#clock = options.clock ?? systemClock;
    this.#unsubscribe = [
      line.onBytes((bytes) => {
        for (const message of this.#parser.push(bytes)) this.#answer(message);
      }),
      line.onPlug(() => this.#powerUp()),
    ];
  }

  /** True while a document that is presented would be read. */
  get isContinuous(): boolean {
    return this.#isReading;
  }

  /** Documents read so far, well or badly. */
  get reads(): number {
    return this.#reads;
  }

  /** Puts a document into the reader; it is read once. */
  present(lines: readonly string[]): void {
    this.#stopReading();
    this.#document = [...lines];
    this.#isDocumentRead = false;
    this.#readLater();
  }

  remove(): void {
    this.#document = undefined;
    this.#stopReading();
  }

  /** Faults apply to every read until taken off again. */
  addFault(fault: MRZReaderFault): () => void {
    this.#faults.push(fault);
    return () => {
      const index = this.#faults.indexOf(fault);
      if (index >= 0) this.#faults.splice(index, 1);
    };
  }

  /** Takes the device off the line. Idempotent. */
  close(): void {
    this.#stopReading();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #powerUp(): void {
    this.#stopReading();
    this.#parser.reset();
    this.#isReading = false;
    this.#isDocumentRead = false;
    this.#held = undefined;
  }

  #answer(message: MRZReaderMessage): void {
    switch (message.command) {
      case command.continuous:
        this.#isReading = message.data[0] === 1;
        this.#reply(encodeMessage(command.continuous, message.data));
        this.#readLater();
        return;
      case command.version:
        return this.#reply(encodeMessage(command.version, ascii(version)));
      case command.product:
        return this.#reply(encodeMessage(command.product, ascii(product)));
      case command.inquire:
        return this.#reply(encodeMessage(command.inquire, this.#document ? encodeZoneText(this.#document) : []));
      default: // the parser lets no other letter through
    }
  }

  #reply(bytes: Uint8Array): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return this.#line.write(bytes);
    const half = bytes.length >> 1;
    this.#line.write(Uint8Array.of(...bytes.subarray(0, half), ...held, ...bytes.subarray(half)));
  }

  #stopReading(): void {
    this.#cancelRead?.();
    this.#cancelRead = undefined;
  }

  /** A read that is under way is not begun anew. */
  #readLater(): void {
    this.#cancelRead ??= this.#clock.after(this.#read_ms, () => this.#read());
  }

  #read(): void {
    this.#cancelRead = undefined;
    if (!this.#isReading || this.#document === undefined || this.#isDocumentRead) return;
    this.#isDocumentRead = true;
    this.#isReading = false;
    this.#reads++;
    const bytes = this.#faults.reduce<Uint8Array | undefined>(
      (frame, fault) => (frame === undefined ? undefined : this.#spoil(fault, frame)),
      encodeMessage(command.inquire, encodeZoneText(this.#document)),
    );
    if (bytes !== undefined) this.#line.write(bytes);
  }

  #spoil(fault: MRZReaderFault, frame: Uint8Array): Uint8Array | undefined {
    switch (fault.name) {
      case 'half-frame':
        return frame.slice(0, frame.length >> 1);
      case 'glued-frames':
        return Uint8Array.of(...frame, ...frame);
      case 'wrong-length': {
        // One character lost, as by a speck on the page; the header counts what is sent.
        const data = frame.slice(3).filter((_, i) => i !== rejectedPosition);
        return encodeMessage(command.inquire, data);
      }
      case 'reject-characters':
        return frame.map((byte, i) => (i === 3 + rejectedPosition ? 0x3f : byte));
      case 'garbage-before':
        return Uint8Array.of(0x00, 0xfe, 0x49, 0x13, 0x80, ...frame);
      default: // inside-reply
        this.#held = frame;
        return undefined;
    }
  }
}
