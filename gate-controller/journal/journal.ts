import { Worker } from 'node:worker_threads';
import { type Commit, JournalDatabase, type Standing } from './database.ts';
import type { ChainedRecord } from './record.ts';
import { type ChainVerdict, verifyChain } from './verify.ts';
import type { WriterAnswer, WriterRequest } from './writer.ts';

/** What the kernel needs of a journal. */
export interface Journal {
  readonly standing: Standing;
  /** Resolves once the commit is durable. Rejects with JOURNAL_WRITE_FAILED: nothing of the commit was written. */
  append(commit: Commit): Promise<void>;
  recordsOf(subject: string): readonly ChainedRecord[];
  close(): Promise<void>;
}

/** The chain does not verify, or the store refused: the lane must not start on it. */
export class JournalError extends Error {
  readonly code: 'JOURNAL_CHAIN_BROKEN' | 'JOURNAL_WRITE_FAILED';
  constructor(code: JournalError['code'], detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'JournalError';
    this.code = code;
  }
}

/**
 * Opens the journal of a lane: verifies the whole chain, then starts the writer.
 * Rejects with JOURNAL_CHAIN_BROKEN when a record cannot be believed; the file is left as it is for whoever examines it.
 */
export async function openJournal(file: string): Promise<Journal> {
  const database = new JournalDatabase(file);
  const verdict: ChainVerdict = verifyChain(database.records());
  if (!verdict.isIntact) {
    database.close();
    throw new JournalError(
      'JOURNAL_CHAIN_BROKEN',
      `record ${verdict.brokenAt} (${verdict.because}); keep the file as evidence and start on a new one`,
    );
  }
  const standing = database.standing();
  database.close();
  return new WorkerJournal(file, standing);
}

class WorkerJournal implements Journal {
  readonly standing: Standing;
  readonly #reader: JournalDatabase;
  readonly #worker: Worker;
  readonly #pending = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  #lastId = 0;
  #isClosed = false;

  constructor(file: string, standing: Standing) {
    this.standing = standing;
    this.#worker = new Worker(new URL('./writer.ts', import.meta.url), { workerData: { file } });
    this.#reader = new JournalDatabase(file, { readOnly: true });
    this.#worker.on('message', ({ id, failure }: WriterAnswer) => {
      const waiting = this.#pending.get(id);
      this.#pending.delete(id);
      if (failure === null) waiting?.resolve();
      else waiting?.reject(new JournalError('JOURNAL_WRITE_FAILED', failure));
    });
    this.#worker.on('error', (error) => this.#rejectAll(error.message));
    this.#worker.on('exit', () => this.#rejectAll('the writer ended'));
  }

  append(commit: Commit): Promise<void> {
    return this.#ask({ commit });
  }

  recordsOf(subject: string): readonly ChainedRecord[] {
    return this.#reader.recordsOf(subject);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const closed = this.#ask({ close: true });
    this.#isClosed = true;
    await closed;
    this.#reader.close();
    await this.#worker.terminate();
  }

  #ask(request: { commit: Commit } | { close: true }): Promise<void> {
    if (this.#isClosed) return Promise.reject(new JournalError('JOURNAL_WRITE_FAILED', 'the journal is closed'));
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      this.#pending.set(this.#lastId, { resolve, reject });
      this.#worker.postMessage({ id: this.#lastId, ...request } satisfies WriterRequest);
    });
  }

  #rejectAll(why: string): void {
    this.#isClosed = true;
    for (const { reject } of this.#pending.values()) reject(new JournalError('JOURNAL_WRITE_FAILED', why));
    this.#pending.clear();
  }
}
