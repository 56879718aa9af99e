/** Many walks in a row, on this thread or on several, each of its own seed. */
import { hash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { gateDay_ms, planOf, travellersADay } from './plan.ts';
import { walk, type WalkResult } from './walk.ts';

export type Day = { readonly seed: number; readonly transactions: number; readonly intensity: number };

export type DayResult = Day & Omit<WalkResult, 'story'>;

export async function walkDay(day: Day): Promise<DayResult> {
  const { story: _, ...result } = await walk(planOf(day), { intensity: day.intensity, isTold: false });
  return { ...day, ...result };
}

/** So many ordinary gate-days; seeds follow from the first. */
export const gateDays = (seed: number, count: number, intensity: number): readonly Day[] =>
  Array.from({ length: count }, (_, n) => ({ seed: (seed + n) >>> 0, transactions: travellersADay, intensity }));

/** Ends early when a walk breaks a rule; results in the order of the days, the broken one last. */
export async function walkDays(days: readonly Day[], workers: number): Promise<readonly DayResult[]> {
  const results = new Map<number, DayResult>();
  let next = 0;
  let isBroken = false;
  const take = (): number | undefined => (isBroken || next >= days.length ? undefined : next++);
  const keep = (n: number, result: DayResult): void => {
    results.set(n, result);
    if (result.broken !== null) isBroken = true;
  };
  const hands = Array.from({ length: workers }, () => (workers === 1 ? here : inWorker)(days, take, keep));
  await Promise.all(hands);
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}

type Hand = (
  days: readonly Day[],
  take: () => number | undefined,
  keep: (n: number, result: DayResult) => void,
) => Promise<void>;

const here: Hand = async (days, take, keep) => {
  for (let n = take(); n !== undefined; n = take()) keep(n, await walkDay(days[n] as Day));
};

const inWorker: Hand = (days, take, keep) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./day-worker.ts', import.meta.url));
    const give = (): void => {
      const n = take();
      if (n === undefined) void worker.terminate().then(() => resolve());
      else worker.postMessage({ n, day: days[n] });
    };
    worker.on('message', ({ n, result }: { n: number; result: DayResult }) => {
      keep(n, result);
      give();
    });
    worker.on('error', reject);
    give();
  });

/** What `--json` prints of a set of walks. */
export function summary(results: readonly DayResult[], cpu_s: number) {
  const sum = (of: (result: DayResult) => number): number => results.reduce((total, one) => total + of(one), 0);
  const virtual_ms = sum(({ virtual_ms }) => virtual_ms);
  const outcomes: Record<string, number> = {};
  for (const result of results) {
    for (const [name, count] of Object.entries(result.outcomes)) outcomes[name] = (outcomes[name] ?? 0) + count;
  }
  const broken = results.find((one) => one.broken !== null);
  return {
    seed: results[0]?.seed ?? null,
    transactions: sum((one) => one.transactions),
    virtualHours: Math.round(virtual_ms / 36_000) / 100,
    gateDays: Math.round((100 * virtual_ms) / gateDay_ms) / 100,
    cpu_s: Math.round(cpu_s * 100) / 100,
    speedup: Math.round(virtual_ms / 1_000 / cpu_s),
    invariantChecks: sum(({ checks }) => checks),
    records: sum(({ records }) => records),
    restarts: sum(({ restarts }) => restarts),
    broken: broken === undefined ? null : { seed: broken.seed, ...broken.broken },
    outcomes,
    digest: results.length === 1 ? results[0]?.digest : digestOf(results),
  };
}

/** Of each walk's digest, in order. */
const digestOf = (results: readonly DayResult[]): string =>
  hash('sha256', results.map(({ digest }) => digest).join(''), 'hex');
