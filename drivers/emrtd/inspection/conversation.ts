/** One inspection under way: the chip, the sheet, and the means to read files, shared by its steps. */
import type { Transceiver } from '../../contracts/chip-reader.ts';
import { CheckSheet } from '../check-sheet.ts';
import { ConversationError, DocumentError } from '../codes.ts';
import type { InspectionOptions, InspectionStep } from '../inspection.ts';
import { ChipSession, type Exchange } from '../iso7816/chip-session.ts';
import { FileReader } from '../iso7816/file-reader.ts';
import { type FileName, elementaryFiles } from '../lds/data-groups.ts';

const APDU_TIMEOUT_MS = 3000;

/** Thrown out of a progress report to end the reading of one file between two commands. */
class ReadingStopped extends Error {}

export class Conversation {
  readonly o: InspectionOptions;
  readonly sheet: CheckSheet;
  readonly begun_ms: number;
  readonly files: FileReader;
  bytesRead = 0;
  readonly #signal: AbortSignal;
  #transceiver: Transceiver;
  #session: ChipSession;
  /** APDUs of sessions that are over. */
  #earlierAPDUs = 0;

  /** The signal ends every wait: that of the caller, or the deadline of the whole. */
  constructor(o: InspectionOptions, signal: AbortSignal) {
    this.o = o;
    this.#signal = signal;
    this.begun_ms = o.now_ms();
    this.sheet = new CheckSheet(() => o.now_ms());
    this.#transceiver = o.transceiver;
    this.#session = this.#newSession();
    const lineLimit = o.responseBytes_max === undefined ? {} : { responseBytes_max: o.responseBytes_max };
    this.files = new FileReader((command) => this.exchange(command), lineLimit);
  }

  readonly exchange: Exchange = (command) => this.#session.exchange(command);

  readonly entropy = (bytes: number): Uint8Array => this.o.entropy(bytes);

  get session(): ChipSession {
    return this.#session;
  }

  get apdus(): number {
    return this.#earlierAPDUs + this.#session.apdus;
  }

  /**
   * A session without protection, on the chip as it comes fresh into the field where the reader can do that. Throws
   * ConversationError.
   */
  async restart(): Promise<void> {
    this.#earlierAPDUs += this.#session.apdus;
    if (this.o.reconnect !== undefined && !this.#signal.aborted) {
      try {
        this.#transceiver = await this.o.reconnect();
      } catch {
        // Whatever keeps the reader from it, there is no chip to talk to.
        throw new ConversationError('CHIP_LOST');
      }
    }
    this.#session = this.#newSession();
  }

  /** The file, or what is wrong with it. Throws only when the conversation is over. */
  async read(name: FileName, step?: InspectionStep): Promise<Uint8Array | DocumentError> {
    return attemptAsync(() => this.#read(name, step, () => undefined));
  }

  /** The same for a file that nothing depends on: 'stopped' when `isTimeOver` says so before any of its commands. */
  async readWhile(
    name: FileName,
    step: InspectionStep,
    isTimeOver: () => boolean,
  ): Promise<Uint8Array | DocumentError | 'stopped'> {
    try {
      return await attemptAsync(() =>
        this.#read(name, step, () => {
          if (isTimeOver()) throw new ReadingStopped();
        }),
      );
    } catch (error) {
      if (error instanceof ReadingStopped) return 'stopped';
      throw error;
    }
  }

  progress(step: InspectionStep, bytesRead: number, bytesTotal: number | null): void {
    this.o.onProgress?.({ step, bytesRead, bytesTotal });
  }

  async #read(name: FileName, step: InspectionStep | undefined, onBlock: () => void): Promise<Uint8Array> {
    let bytesRead = 0;
    return this.files.read(elementaryFiles[name], (progress) => {
      this.bytesRead += progress.bytesRead - bytesRead;
      bytesRead = progress.bytesRead;
      if (step !== undefined) this.progress(step, progress.bytesRead, progress.bytesTotal);
      onBlock();
    });
  }

  #newSession(): ChipSession {
    return new ChipSession({
      transceiver: this.#transceiver,
      signal: this.#signal,
      apduTimeout_ms: this.o.apduTimeout_ms ?? APDU_TIMEOUT_MS,
    });
  }
}

/** A document error as a value; anything else is thrown on. */
export async function attemptAsync<T>(step: () => Promise<T>): Promise<T | DocumentError> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof DocumentError) return error;
    throw error;
  }
}

export function attempt<T>(parse: () => T): T | DocumentError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof DocumentError) return error;
    throw error;
  }
}
