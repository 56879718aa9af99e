/**
 * The kernel and its journal: records a second beside a bare SQLite loop, the way from the last piece of evidence to the
 * door, the controller's share of a passage, the start, and the memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openJournal } from '../../gate-controller/journal/journal.ts';
import type { Benchmark, Figure } from './figure.ts';
import { BenchLane, type PassageTimes } from './kernel-lane.ts';
import { startFigures } from './kernel-start.ts';
import { throughputFigures } from './kernel-throughput.ts';

const passages = 100;

export const kernel: Benchmark = {
  name: 'kernel',
  title: 'durable records a second, evidence to door, the controller’s share of a passage, start, memory',
  async *measure() {
    for (const figures of [throughputFigures, passageFigures, startFigures]) {
      for await (const figure of figures()) yield { benchmark: 'kernel', ...figure };
    }
  },
};

async function* passageFigures(): AsyncIterable<Omit<Figure, 'benchmark'>> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const lane = await BenchLane.open(await openJournal(join(folder, 'journal.db')));
  const times: PassageTimes[] = [];
  const loop = monitorEventLoopDelay({ resolution: 1 });
  try {
    // What is compiled and opened once is not of interest.
    for (let warm = 0; warm < 5; warm += 1) await lane.passage();
    loop.enable();
    for (let n = 0; n < passages; n += 1) times.push(await lane.passage());
    loop.disable();
  } finally {
    await lane.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const run = `${passages} passages, answers at once`;
  const at = (share: number, of: (one: PassageTimes) => number): number => percentile(times.map(of), share);
  const own = (one: PassageTimes): number => one.commits_ms + one.cpu_ms;
  yield { run, figure: 'evidenceToDriver_p50_ms', value: at(0.5, (one) => one.evidenceToDriver_ms) };
  yield { run, figure: 'evidenceToDriver_p99_ms', value: at(0.99, (one) => one.evidenceToDriver_ms) };
  yield { run, figure: 'evidenceToGate_p50_ms', value: at(0.5, (one) => one.evidenceToGate_ms) };
  yield { run, figure: 'evidenceToGate_p99_ms', value: at(0.99, (one) => one.evidenceToGate_ms), goal_max: 25 };
  yield { run, figure: 'controller_p50_ms', value: at(0.5, own) };
  yield { run, figure: 'controller_p95_ms', value: at(0.95, own), goal_max: 150 };
  yield { run, figure: 'commits_p50_ms', value: at(0.5, (one) => one.commits_ms) };
  yield { run, figure: 'records', value: at(0.5, (one) => one.records) };
  yield { run, figure: 'loopDelay_p99_ms', value: loop.percentile(99) / 1e6 };
  yield { run, figure: 'loopDelay_max_ms', value: loop.max / 1e6 };
}

/** The smallest value that this share of them does not exceed. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
