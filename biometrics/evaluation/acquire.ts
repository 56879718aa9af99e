/** From the pictures of a set to templates, and what could not be acquired. Embeddings stay in memory; nothing is kept. */
import { join } from 'node:path';
import type { Dataset } from './dataset.ts';
import type { Job } from './picture-job.ts';
import { workThrough } from './picture-pool.ts';
import type { PoolOptions } from './picture-pool.ts';
import { stages } from './sample.ts';
import type { Failure, Sample, Stage } from './sample.ts';
import { Templates } from './templates.ts';

export type AcquireOptions = PoolOptions & {
  /** A chip portrait and a camera frame are made from each picture. */
  readonly isSimulated: boolean;
  readonly isMirroredToo: boolean;
  readonly seed: string;
  readonly onProgress: (done: number, of: number) => void;
};

/** Failure to enrol (reference) or to acquire (probe). */
export type Failures = {
  readonly rate: number;
  readonly of: number;
  readonly byReason: Readonly<Partial<Record<Failure, number>>>;
  /** Which pictures; by name, a hundred at most. */
  readonly files: readonly string[];
};

export type StageTime = { readonly stage: Stage; readonly median_ms: number; readonly p95_ms: number };

/** One side of the comparisons. */
export type Side = {
  readonly templates: Templates;
  /** Of crop and mirrored crop together; the same as `templates` when it was not asked for. */
  readonly withMirror: Templates;
  readonly failures: Failures;
  /** Pictures in which somebody stands beside the face that was taken. */
  readonly accompanied: number;
  /** Pictures too small for a portrait; compared all the same. */
  readonly small: number;
};

export type Acquisition = {
  readonly reference: Side;
  /** The same object as `reference` when one set of templates stands on both sides. */
  readonly probe: Side;
  readonly times: readonly StageTime[];
  /** SHA-256 of each model by name. */
  readonly models: Readonly<Record<string, string>>;
};

/** Rejects with `PoolError` when the models cannot be opened. */
export async function acquire(dataset: Dataset, options: AcquireOptions): Promise<Acquisition> {
  const { pictures } = dataset;
  const { isSimulated, isMirroredToo, seed } = options;
  const jobs: Job[] = pictures.map(({ file }) => ({
    ask: 'embed',
    path: join(dataset.folder, file),
    degradeFrom: isSimulated ? [seed, 'frame', file] : null,
    isMirroredToo,
  }));
  const reference = new SideRecord(dataset, isMirroredToo);
  const probe = isSimulated ? new SideRecord(dataset, isMirroredToo) : reference;
  const times = new Map<Stage, number[]>();
  let done = 0;
  const models = await workThrough(jobs, options, (index, outcome) => {
    const failed = (because: Failure): Sample => ({ status: 'failed', because });
    const answer = typeof outcome === 'string' ? outcome : outcome.answer === 'embedded' ? outcome : 'CRASHED';
    const sample = typeof answer === 'string' ? failed(answer) : answer.reference;
    reference.take(index, sample);
    note(times, sample);
    if (probe !== reference) {
      const other = typeof answer === 'string' ? failed(answer) : (answer.probe ?? failed('CRASHED'));
      probe.take(index, other);
      note(times, other);
    }
    done += 1;
    options.onProgress(done, jobs.length);
  });
  return { reference: reference.side(), probe: probe.side(), times: summary(times), models };
}

class SideRecord {
  readonly #dataset: Dataset;
  readonly #templates: Templates;
  readonly #withMirror: Templates;
  readonly #failed = new Map<number, Failure>();
  #accompanied = 0;
  #small = 0;
  #side: Side | undefined;

  constructor(dataset: Dataset, isMirroredToo: boolean) {
    this.#dataset = dataset;
    this.#templates = new Templates(dataset.pictures.length);
    this.#withMirror = isMirroredToo ? new Templates(dataset.pictures.length) : this.#templates;
  }

  take(index: number, sample: Sample): void {
    if (sample.status === 'failed') {
      this.#failed.set(index, sample.because);
      return;
    }
    this.#templates.set(index, sample.embedding);
    if (sample.withMirror !== null) this.#withMirror.set(index, sample.withMirror);
    if (sample.isAccompanied) this.#accompanied += 1;
    if (sample.isSmall) this.#small += 1;
  }

  /** The same object each time, so that both sides can be recognised as one. */
  side(): Side {
    const { pictures } = this.#dataset;
    const byReason: Partial<Record<Failure, number>> = {};
    // In the order of the set, not in that in which children answered.
    const indices = [...this.#failed.keys()].sort((a, b) => a - b);
    for (const index of indices) {
      const because = this.#failed.get(index) ?? 'CRASHED';
      byReason[because] = (byReason[because] ?? 0) + 1;
    }
    const files = indices.slice(0, 100).map((index) => pictures[index]?.file ?? '');
    this.#side ??= {
      templates: this.#templates,
      withMirror: this.#withMirror,
      failures: { rate: indices.length / pictures.length, of: pictures.length, byReason, files },
      accompanied: this.#accompanied,
      small: this.#small,
    };
    return this.#side;
  }
}

function note(times: Map<Stage, number[]>, sample: Sample): void {
  if (sample.status === 'failed') return;
  for (const stage of stages) {
    const took_ms = sample.times_ms[stage];
    if (took_ms === undefined) continue;
    const list = times.get(stage) ?? [];
    list.push(took_ms);
    times.set(stage, list);
  }
}

function summary(times: ReadonlyMap<Stage, readonly number[]>): StageTime[] {
  return stages.flatMap((stage) => {
    const rising = (times.get(stage) ?? []).toSorted((a, b) => a - b);
    if (rising.length === 0) return [];
    const at = (share: number): number => rising[Math.floor(share * (rising.length - 1))] ?? Number.NaN;
    return [{ stage, median_ms: at(0.5), p95_ms: at(0.95) }];
  });
}
