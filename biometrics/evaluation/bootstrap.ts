/**
 * 95 % intervals by resampling identities: the comparisons of one person are not independent of each other, so that
 * persons are drawn with replacement, not comparisons (ISO/IEC 19795-1, annex on the bootstrap).
 */
import { seededRandom } from './random.ts';
import type { Scores, Trials } from './rates.ts';

export type Interval = readonly [low: number, high: number];
export type Rate = {
  /** Null over no comparison at all: that is not a rate of 0. */
  readonly value: number | null;
  readonly errors: number;
  readonly of: number;
  readonly interval95: Interval;
};

export type BootstrapOptions = { readonly persons: number; readonly rounds: number; readonly seed: string };

/** How many of a person's, or of two persons', comparisons there are, and in how many of them the decision was wrong. */
type Cells = { readonly a: Uint16Array; readonly b: Uint16Array; readonly count: Float64Array };

export class Bootstrap {
  readonly #persons: number;
  /** How often each person was drawn, a row for each round. */
  readonly #weights: readonly Uint16Array[];
  /** Weighted numbers of comparisons by round; the same scores' persons are asked for many thresholds and methods. */
  readonly #totals = new WeakMap<Uint16Array, Float64Array>();

  constructor({ persons, rounds, seed }: BootstrapOptions) {
    this.#persons = persons;
    this.#weights = Array.from({ length: rounds }, (_, round) => {
      const random = seededRandom(seed, 'bootstrap', round);
      const weights = new Uint16Array(persons);
      for (let k = 0; k < persons; k += 1) {
        const drawn = Math.floor(random() * persons);
        weights[drawn] = (weights[drawn] ?? 0) + 1;
      }
      return weights;
    });
  }

  /** FMR and FNMR at a threshold. Over no comparison there is no rate, and the interval is 0…1. */
  rates(trials: Trials, threshold: number): { readonly fmr: Rate; readonly fnmr: Rate } {
    return {
      fmr: this.#rate(trials.impostor, (score) => score >= threshold),
      // Written so that a score that is not a number would be an error.
      fnmr: this.#rate(trials.genuine, (score) => !(score >= threshold)),
    };
  }

  #rate(scores: Scores, isError: (score: number) => boolean): Rate {
    const wrong = this.#cells(scores, isError);
    const errors = wrong.count.reduce((sum, count) => sum + count, 0);
    const of = scores.values.length;
    if (of === 0) return { value: null, errors: 0, of: 0, interval95: [0, 1] };
    const totals = this.#totalsOf(scores);
    const resampled: number[] = [];
    for (const [round, weights] of this.#weights.entries()) {
      const total = totals[round] ?? 0;
      if (total > 0) resampled.push(weighted(wrong, weights) / total);
    }
    return { value: errors / of, errors, of, interval95: widened(percentiles(resampled), errors, of) };
  }

  #totalsOf(scores: Scores): Float64Array {
    const known = this.#totals.get(scores.references);
    if (known !== undefined) return known;
    const cells = this.#cells(scores, () => true);
    const totals = Float64Array.from(this.#weights, (weights) => weighted(cells, weights));
    this.#totals.set(scores.references, totals);
    return totals;
  }

  #cells({ values, references, probes }: Scores, isCounted: (score: number) => boolean): Cells {
    const counts = new Map<number, number>();
    for (let i = 0; i < values.length; i += 1) {
      if (!isCounted(values[i] ?? Number.NaN)) continue;
      const [one, other] = [references[i] ?? 0, probes[i] ?? 0];
      const key = Math.min(one, other) * this.#persons + Math.max(one, other);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const keys = [...counts.keys()];
    return {
      a: Uint16Array.from(keys, (key) => Math.floor(key / this.#persons)),
      b: Uint16Array.from(keys, (key) => key % this.#persons),
      count: Float64Array.from(counts.values()),
    };
  }
}

/** A person drawn twice brings all own comparisons twice; two persons bring theirs as often as the product says. */
function weighted({ a, b, count }: Cells, weights: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < count.length; i += 1) {
    const [one, other] = [a[i] ?? 0, b[i] ?? 0];
    const weight = one === other ? (weights[one] ?? 0) : (weights[one] ?? 0) * (weights[other] ?? 0);
    sum += weight * (count[i] ?? 0);
  }
  return sum;
}

function percentiles(values: readonly number[]): Interval {
  if (values.length === 0) return [0, 1];
  const rising = values.toSorted((a, b) => a - b);
  const at = (share: number): number => rising[Math.min(rising.length - 1, Math.max(0, Math.round(share)))] ?? 0;
  return [at(0.025 * rising.length - 0.5), at(0.975 * rising.length - 0.5)];
}

/**
 * Where no error was counted, or only errors, every resample says the same. Clopper and Pearson's limit then stands in:
 * it holds for independent comparisons, so that the true interval is wider still.
 */
function widened([low, high]: Interval, errors: number, of: number): Interval {
  const limit = 1 - 0.025 ** (1 / of);
  if (errors === 0) return [0, Math.max(high, limit)];
  if (errors === of) return [Math.min(low, 1 - limit), 1];
  return [low, high];
}
