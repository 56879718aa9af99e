import { Worker } from 'node:worker_threads';
import { type Commit, JournalDatabase, type Standing } from './database.ts';
import type { DiskLimits } from './disk.ts';
import type { JournalRecord } from './record.ts';
import type { JournalFault } from './store.ts';
import type { WriterMessage, WriterOptions, WriterRequest } from './writer.ts';

export type { JournalFault } from './store.ts';

/** What the kernel needs of a journal. */
export interface Journal {
  readonly standing: Standing;
  /** Resolves once the commit is durable. Rejects with JOURNAL_WRITE_FAILED: nothing of the commit was written. */
  append(commit: Commit): Promise<void>;
  recordsOf(subject: string): readonly JournalRecord[];
  close(): Promise<void>;
}

/** A journal on a disk, which has troubles of its own. */
export interface DiskJournal extends Journal {
  /** Latest wall time of the last records, ms since the epoch: no trusted clock is before it. 0 when there are none. */
  readonly latestAt_ms: number;
  /** Tells the listener what stands now and every change of it; the answer ends that. */
  watch(listener: (fault: JournalFault) => void): () => void;
}

export type JournalErrorCode = 'JOURNAL_CHAIN_BROKEN' | 'JOURNAL_UNUSABLE' | 'JOURNAL_WRITE_FAILED';

/** The chain does not verify, or the store refused: the lane must not start on it. */
export class JournalError extends Error {
  readonly code: JournalErrorCode;
  constructor(code: JournalErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'JournalError';
    this.code = code;
  }
}

export type JournalOptions = Partial<DiskLimits> & Partial<Pick<WriterOptions, 'look_ms'>>;

const MB = 1024 * 1024;
/**
 * A commit of one record takes 10 to 25 kB of the write-ahead log: the ballast holds the end of a passage several times
 * over. A day of a busy lane takes some hundred MB.
 */
const defaults = { low_bytes: 128 * MB, ballast_bytes: 8 * MB, look_ms: 5_000 } as const;
/** The writer says every second that it is there. */
const silence_max_ms = 4_000;

/**
 * Opens the journal of a lane: the writer's thread verifies the last records, and the whole chain while the lane runs
 * (`journal:CHAIN_BROKEN`). Rejects with JOURNAL_CHAIN_BROKEN when a record cannot be believed, with
 * JOURNAL_UNUSABLE when the file cannot be opened for writing; the file is left as it is for whoever examines it.
 */
export async function openJournal(file: string, options: JournalOptions = {}): Promise<DiskJournal> {
  const { low_bytes, ballast_bytes, look_ms } = { ...defaults, ...options };
  const workerData: WriterOptions = { file, limits: { low_bytes, ballast_bytes }, look_ms };
  const worker = new Worker(new URL('./writer.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  // Whatever it says next is heard: the journal listens before this continuation has ended.
  const first = await firstMessage(worker);
  if (first.type === 'opened') return new WorkerJournal(file, worker, first);
  await worker.terminate();
  if (first.type === 'refused') throw new JournalError(first.code, first.detail);
  throw new JournalError('JOURNAL_UNUSABLE', 'the writer did not open the store');
}

function firstMessage(worker: Worker): Promise<WriterMessage> {
  return new Promise((resolve, reject) => {
    const ended = (why: string): void => reject(new JournalError('JOURNAL_UNUSABLE', why));
    worker.once('message', resolve);
    worker.once('error', (error) => ended(error instanceof Error ? error.message : String(error)));
    worker.once('exit', () => ended('the writer ended'));
  });
}

class WorkerJournal implements DiskJournal {
  readonly standing: Standing;
  readonly latestAt_ms: number;
  readonly #reader: JournalDatabase;
  readonly #worker: Worker;
  readonly #pending = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  readonly #faults = new Map<JournalFault['code'], JournalFault>();
  readonly #listeners = new Set<(fault: JournalFault) => void>();
  readonly #listening: NodeJS.Timeout;
  #heardAt_ms = performance.now();
  #lastId = 0;
  #isClosed = false;
  #isWriterGone = false;

  constructor(file: string, worker: Worker, { standing, latestAt_ms }: Pick<DiskJournal, 'standing' | 'latestAt_ms'>) {
    this.standing = standing;
    this.latestAt_ms = latestAt_ms;
    this.#worker = worker;
    worker.on('message', (message: WriterMessage) => this.#take(message));
    // The thread ends with it: `exit` follows.
    worker.on('error', (error) => this.#rejectAll(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => this.#writerEnded());
    this.#reader = new JournalDatabase(file, { readOnly: true });
    this.#listening = setInterval(() => this.#noticeSilence(), silence_max_ms / 4).unref();
  }

  append(commit: Commit): Promise<void> {
    if (this.#isClosed) return Promise.reject(new JournalError('JOURNAL_WRITE_FAILED', 'the journal is closed'));
    if (this.#isWriterGone) return Promise.reject(new JournalError('JOURNAL_WRITE_FAILED', 'the writer ended'));
    return this.#ask({ commit });
  }

  recordsOf(subject: string): readonly JournalRecord[] {
    return this.#reader.recordsOf(subject);
  }

  watch(listener: (fault: JournalFault) => void): () => void {
    this.#listeners.add(listener);
    for (const fault of this.#faults.values()) listener(fault);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#listening);
    // Nobody is left to answer: what was confirmed is on the disk, and the rest was refused.
    if (!this.#isWriterGone) await this.#ask({ close: true });
    this.#reader.close();
    await this.#worker.terminate();
  }

  #take(message: WriterMessage): void {
    this.#heardAt_ms = performance.now();
    if (message.type === 'fault') this.#setFault(message);
    if (message.type !== 'done') return;
    const waiting = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.failure === null) waiting?.resolve();
    else waiting?.reject(new JournalError('JOURNAL_WRITE_FAILED', message.failure));
  }

  /** A look that comes late itself says nothing about the writer: what it said waits to be heard. */
  #noticeSilence(): void {
    const silent_ms = performance.now() - this.#heardAt_ms;
    setImmediate(() => {
      if (this.#isWriterGone) return;
      const stands = silent_ms > silence_max_ms && performance.now() - this.#heardAt_ms >= silent_ms;
      this.#setFault({ device: 'journal', code: 'WRITER_SILENT', stands });
    });
  }

  #setFault({ device, code, stands }: JournalFault): void {
    if (this.#faults.has(code) === stands) return;
    const fault: JournalFault = { device, code, stands };
    if (stands) this.#faults.set(code, fault);
    else this.#faults.delete(code);
    for (const listener of this.#listeners) listener(fault);
  }

  #ask(request: { commit: Commit } | { close: true }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      this.#pending.set(this.#lastId, { resolve, reject });
      this.#worker.postMessage({ id: this.#lastId, ...request } satisfies WriterRequest);
    });
  }

  /** A thread that nobody closed will never write again: the lane hears it now, not with its next record. */
  #writerEnded(): void {
    this.#rejectAll('the writer ended');
    if (!this.#isClosed) this.#setFault({ device: 'journal', code: 'WRITER_SILENT', stands: true });
  }

  #rejectAll(why: string): void {
    this.#isWriterGone = true;
    clearInterval(this.#listening);
    for (const { reject } of this.#pending.values()) reject(new JournalError('JOURNAL_WRITE_FAILED', why));
    this.#pending.clear();
  }
}
