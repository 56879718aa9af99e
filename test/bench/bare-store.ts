/**
 * SQLite and nothing else: one table, prepared statements, the durability of the journal. As a worker's program it appends what
 * it is sent and answers each commit.
 */
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, Worker, workerData } from 'node:worker_threads';

export class BareStore {
  readonly #database: DatabaseSync;
  readonly #insert: (body: string) => void;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    this.#database.exec('CREATE TABLE records (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
    const statement = this.#database.prepare('INSERT INTO records (body) VALUES (?)');
    this.#insert = (body) => void statement.run(body);
  }

  append(bodies: readonly string[]): void {
    this.#database.exec('BEGIN IMMEDIATE');
    for (const body of bodies) this.#insert(body);
    this.#database.exec('COMMIT');
  }

  close(): void {
    this.#database.close();
  }
}

/** The same store in a thread of its own, one commit at a time. */
export class ThreadedStore {
  readonly #worker: Worker;

  constructor(file: string) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { file } });
  }

  async append(bodies: readonly string[]): Promise<void> {
    const answer = once(this.#worker, 'message');
    this.#worker.postMessage(bodies);
    await answer;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

const { file } = (workerData ?? {}) as { readonly file?: string };
if (parentPort !== null && file !== undefined) {
  const port = parentPort;
  const store = new BareStore(file);
  port.on('message', (bodies: readonly string[]) => {
    store.append(bodies);
    port.postMessage(null);
  });
}
