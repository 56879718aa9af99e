/**
 * Durable records a second: kernel, machine, hash, writer's thread and store, beside SQLite alone with the same bytes, and
 * beside the same SQLite behind a thread, which nobody who keeps a slow disk away from the event loop can do without.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type DiskJournal, openJournal } from '../../gate-controller/journal/journal.ts';
import { systemClock } from '../../gate-controller/kernel/clock.ts';
import { Kernel, type KernelEvent } from '../../gate-controller/kernel/kernel.ts';
import { transactionMachine } from '../../gate-controller/transaction/machine.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';
import { passedChipChecks, point, policy, zoneRead } from '../decision/evidence-samples.ts';
import { quietHall } from '../safety/sample-halls.ts';
import { BareStore, ThreadedStore } from './bare-store.ts';
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
    const bare = new BareStore(join(folder, 'bare.db'));
    const threaded = new ThreadedStore(join(folder, 'threaded.db'));
    const body = 'x'.repeat(ours.record_bytes);
    for (const group of [1, grouped]) {
      const run = group === 1 ? 'one record a commit' : `${group} records a commit`;
      const bodies = Array.from({ length: group }, () => body);
      const found: { ours: number; bare: number; threaded: number }[] = [];
      const delays: { p99: number; max: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        // In turn, so that whatever else the machine does troubles all.
        const loop = monitorEventLoopDelay({ resolution: 1 });
        loop.enable();
        const oursPerSecond = await perSecond(() => ours.commit(group));
        loop.disable();
        delays.push({ p99: loop.percentile(99) / 1e6, max: loop.max / 1e6 });
        const barePerSecond = await perSecond(() => {
          bare.append(bodies);
          return group;
        });
        const threadedPerSecond = await perSecond(async () => {
          await threaded.append(bodies);
          return group;
        });
        found.push({ ours: oursPerSecond, bare: barePerSecond, threaded: threadedPerSecond });
      }
      const of = (value: (one: (typeof found)[number]) => number): number => median(found.map(value));
      yield { run, figure: 'kernel_per_s', value: of((one) => one.ours) };
      yield { run, figure: 'sqlite_per_s', value: of((one) => one.bare) };
      yield { run, figure: 'threadedSqlite_per_s', value: of((one) => one.threaded) };
      yield { run, figure: 'kernelOverSqlite', value: of((one) => one.ours / one.bare), goal_min: ratioGoal };
      yield { run, figure: 'kernelOverThreadedSqlite', value: of((one) => one.ours / one.threaded) };
      yield { run, figure: 'record_bytes', value: ours.record_bytes };
      yield { run, figure: 'loopDelay_p99_ms', value: median(delays.map(({ p99 }) => p99)) };
      yield { run, figure: 'loopDelay_max_ms', value: Math.max(...delays.map(({ max }) => max)) };
    }
    bare.close();
    await threaded.close();
    await ours.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Records a second of something that answers with how many it made. */
async function perSecond(commit: () => number | Promise<number>): Promise<number> {
  const begun_ms = performance.now();
  let count = 0;
  while (performance.now() - begun_ms < round_ms) count += await commit();
  return (count * 1_000) / (performance.now() - begun_ms);
}

/** A real transaction in the middle of its passage, at which the hall changes: what it hears most often. */
class KernelLoop {
  readonly #kernel: Kernel;
  readonly #journal: DiskJournal;
  record_bytes = 0;
  #isExitFree = true;

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
      hall: quietHall,
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
    await loop.#kernel.ask(subject, loop.#next());
    const last = loop.#journal.recordsOf(subject).at(-1);
    loop.record_bytes = [last?.event, last?.state, last?.effects].reduce((sum, text) => sum + (text?.length ?? 0), 0);
    return loop;
  }

  /** Answers how many records became durable. One at a time waits for each; grouped keeps the kernel's queue filled. */
  async commit(group: number): Promise<number> {
    const count = group === 1 ? 1 : group * 8;
    for (let n = 1; n < count; n += 1) this.#kernel.send(subject, this.#next());
    await this.#kernel.ask(subject, this.#next());
    return count;
  }

  #next(): KernelEvent {
    this.#isExitFree = !this.#isExitFree;
    const changed = { type: 'HALL_CHANGED', hall: { ...quietHall, isExitFree: this.#isExitFree } };
    return changed;
  }

  async close(): Promise<void> {
    this.#kernel.stop();
    await this.#journal.close();
  }
}
