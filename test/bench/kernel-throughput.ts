/** Durable records a second: kernel, machine, hash, writer's thread and store, beside SQLite alone with the same bytes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { type DiskJournal, openJournal } from '../../gate-controller/journal/journal.ts';
import { systemClock } from '../../gate-controller/kernel/clock.ts';
import { Kernel } from '../../gate-controller/kernel/kernel.ts';
import { unknownHall } from '../../gate-controller/safety/hall.ts';
import { transactionMachine } from '../../gate-controller/transaction/machine.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';
import { passedChipChecks, point, policy, zoneRead } from '../decision/evidence-samples.ts';
import { type Figure, median } from './figure.ts';

const rounds = 7;
const round_ms = 500;
const grouped = 64;
const subject = 'passage';
/** At least this share of what the store alone does. */
const ratioGoal = 0.5;

export async function* throughputFigures(): AsyncIterable<Omit<Figure, 'benchmark'>> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const ours = await KernelLoop.open(join(folder, 'journal.db'));
    const bare = new BareLoop(join(folder, 'bare.db'), ours.record_bytes);
    for (const group of [1, grouped]) {
      const run = group === 1 ? 'one record a commit' : `${group} records a commit`;
      const pairs: { ours: number; bare: number }[] = [];
      const delays: { p99: number; max: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        // In turn, so that whatever else the machine does troubles both.
        const loop = monitorEventLoopDelay({ resolution: 1 });
        loop.enable();
        const oursPerSecond = await ours.perSecond(group);
        loop.disable();
        delays.push({ p99: loop.percentile(99) / 1e6, max: loop.max / 1e6 });
        pairs.push({ ours: oursPerSecond, bare: bare.perSecond(group) });
      }
      yield { run, figure: 'kernel_per_s', value: median(pairs.map((pair) => pair.ours)) };
      yield { run, figure: 'sqlite_per_s', value: median(pairs.map((pair) => pair.bare)) };
      const ratio = median(pairs.map((pair) => pair.ours / pair.bare));
      yield { run, figure: 'kernelOverSqlite', value: ratio, goal_min: ratioGoal };
      yield { run, figure: 'record_bytes', value: ours.record_bytes };
      yield { run, figure: 'loopDelay_p99_ms', value: median(delays.map(({ p99 }) => p99)) };
      yield { run, figure: 'loopDelay_max_ms', value: Math.max(...delays.map(({ max }) => max)) };
    }
    bare.close();
    await ours.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A real transaction in the middle of its passage that hears events it has no use for: each is a whole record. */
class KernelLoop {
  readonly #kernel: Kernel;
  readonly #journal: DiskJournal;
  record_bytes = 0;

  private constructor(journal: DiskJournal) {
    this.#journal = journal;
    this.#kernel = new Kernel({
      journal,
      machines: { transaction: transactionMachine },
      clock: systemClock,
      execute: () => {},
      observe: () => {},
      onFatal: (error) => {
        throw error;
      },
    });
  }

  static async open(file: string): Promise<KernelLoop> {
    const loop = new KernelLoop(await openJournal(file));
    const startedAt_ms = systemClock.now_ms();
    const timings = { ...defaultTimings, removal_ms: 60 * 60_000, transaction_ms: 60 * 60_000 };
    const input = {
      transactionId: subject,
      startedAt_ms,
      mrz: zoneRead,
      hall: unknownHall,
      policy,
      operatingPoint: point,
      timings,
      versions: {},
      topology: 'integrated-two-step',
      profile: 'standard',
      isAssisted: false,
      isCabinFree: true,
      isInCabin: false,
    };
    loop.#kernel.start({ subject, kind: 'transaction', input });
    const inspected = { type: 'CHIP_INSPECTED', checks: passedChipChecks, aborted: null, report: null };
    await loop.#kernel.ask(subject, inspected);
    await loop.#kernel.ask(subject, { type: 'NOTHING_NEW' });
    const last = loop.#journal.recordsOf(subject).at(-1);
    loop.record_bytes = [last?.event, last?.state, last?.effects].reduce((sum, text) => sum + (text?.length ?? 0), 0);
    return loop;
  }

  async perSecond(group: number): Promise<number> {
    const begun_ms = performance.now();
    let count = 0;
    while (performance.now() - begun_ms < round_ms) {
      if (group === 1) await this.#kernel.ask(subject, { type: 'NOTHING_NEW' });
      else {
        for (let n = 1; n < group * 8; n += 1) this.#kernel.send(subject, { type: 'NOTHING_NEW' });
        await this.#kernel.ask(subject, { type: 'NOTHING_NEW' });
      }
      count += group === 1 ? 1 : group * 8;
    }
    return (count * 1_000) / (performance.now() - begun_ms);
  }

  async close(): Promise<void> {
    this.#kernel.stop();
    await this.#journal.close();
  }
}

/** One table, prepared statements, the same settings, the same number of bytes. */
class BareLoop {
  readonly #database: DatabaseSync;
  readonly #insert: (body: string) => void;
  readonly #body: string;

  constructor(file: string, record_bytes: number) {
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    this.#database.exec('CREATE TABLE records (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
    const statement = this.#database.prepare('INSERT INTO records (body) VALUES (?)');
    this.#insert = (body) => void statement.run(body);
    this.#body = 'x'.repeat(record_bytes);
  }

  perSecond(group: number): number {
    const begun_ms = performance.now();
    let count = 0;
    while (performance.now() - begun_ms < round_ms) {
      this.#database.exec('BEGIN IMMEDIATE');
      for (let n = 0; n < group; n += 1) this.#insert(this.#body);
      this.#database.exec('COMMIT');
      count += group;
    }
    return (count * 1_000) / (performance.now() - begun_ms);
  }

  close(): void {
    this.#database.close();
  }
}
