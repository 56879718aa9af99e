/** What a benchmark says: one figure a line. */

export type Figure = {
  readonly benchmark: string;
  /** Which of the benchmark's runs. */
  readonly run: string;
  /** What was measured; the unit is in its name. */
  readonly figure: string;
  readonly value: number;
  /** What it should be: at most this. */
  readonly goal_max?: number;
  /** At least this. */
  readonly goal_min?: number;
};

export type Benchmark = {
  readonly name: string;
  readonly title: string;
  /** Figures as they come. */
  measure(): AsyncIterable<Figure>;
};

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
