/** From the similarities of an attempt's frames to one score, by every method that is compared here. */
import type { Attempt } from './attempts.ts';
import type { Similarities } from './templates.ts';

/** What is known after each frame, first to last. */
export type Progress = {
  /** Similarity of this frame alone. */
  readonly single: Float64Array;
  /** Similarity of the mean of all embeddings so far. */
  readonly fused: Float64Array;
};

/**
 * The mean of unit vectors e, brought to unit length, has the similarity (sum of r.e) / |sum of e| to a reference r, and
 * |sum of e|^2 is the sum over all products: no embedding is needed, only the similarities between the frames.
 */
export function progressOf({ reference, frames }: Attempt, { between, amongProbes }: Similarities): Progress {
  const single = new Float64Array(frames.length);
  const fused = new Float64Array(frames.length);
  let [sum, square] = [0, 0];
  for (const [k, frame] of frames.entries()) {
    const similarity = between(reference, frame);
    sum += similarity;
    square += 1;
    for (let earlier = 0; earlier < k; earlier += 1) square += 2 * amongProbes(frames[earlier] ?? frame, frame);
    single[k] = similarity;
    fused[k] = sum / Math.sqrt(square);
  }
  return { single, fused };
}

export type FusionMethod = {
  readonly name: string;
  /** Score after exactly `k` frames (1 …), accepted when it is at least the threshold. */
  readonly score: (progress: Progress, k: number) => number;
};

const highest = (values: Float64Array, from: number, to: number): number => {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i += 1) most = Math.max(most, values[i] ?? Number.NaN);
  return most;
};

const mean = (values: Float64Array, k: number): number => {
  let sum = 0;
  for (let i = 0; i < k; i += 1) sum += values[i] ?? Number.NaN;
  return sum / k;
};

const fusedAt = ({ fused }: Progress, k: number): number => fused[k - 1] ?? Number.NaN;

/**
 * A rule that decides after each frame accepts when the highest of its scores so far reaches the threshold: that
 * highest score is its score. A margin asks for more from every frame but the last.
 */
const sequential = (from: number, margin: number) => (progress: Progress, k: number) =>
  Math.max(highest(progress.fused, from - 1, k - 1) - margin, fusedAt(progress, k));

export const fusionMethods = {
  first: { name: 'first frame only', score: ({ single }) => single[0] ?? Number.NaN },
  maximum: { name: 'maximum of similarities', score: ({ single }, k) => highest(single, 0, k) },
  meanOfScores: { name: 'mean of similarities', score: ({ single }, k) => mean(single, k) },
  meanOfEmbeddings: { name: 'mean of embeddings', score: fusedAt },
  maximumAndMean: {
    name: 'half maximum, half mean of embeddings',
    score: (progress, k) => (highest(progress.single, 0, k) + fusedAt(progress, k)) / 2,
  },
  sequential: { name: 'mean of embeddings, decided after each frame', score: sequential(1, 0) },
  sequentialWithMargin: {
    name: 'mean of embeddings, decided after each frame, 0.05 more before the last',
    score: sequential(1, 0.05),
  },
  sequentialFromSecond: {
    name: 'mean of embeddings, decided after each frame but the first',
    score: sequential(2, 0),
  },
} as const satisfies Record<string, FusionMethod>;

export type FusionName = keyof typeof fusionMethods;
