/** False match and false non-match rates (ISO/IEC 19795-1) of scored comparisons; accepted when score >= threshold. */

/** Scores with the persons on both sides; the arrays have one length. */
export type Scores = {
  readonly values: Float32Array;
  readonly references: Uint16Array;
  readonly probes: Uint16Array;
};

export type Trials = { readonly genuine: Scores; readonly impostor: Scores };

/** The values in rising order; what is not a number is refused with a RangeError. */
export function sorted(values: Float32Array): Float32Array {
  if (values.some((value) => !Number.isFinite(value))) throw new RangeError('every score has to be a number');
  return values.toSorted();
}

/** How many of the sorted values are below the threshold. */
export function countBelow(rising: Float32Array, threshold: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

export type SortedTrials = { readonly genuine: Float32Array; readonly impostor: Float32Array };

export const sortTrials = ({ genuine, impostor }: Trials): SortedTrials => ({
  genuine: sorted(genuine.values),
  impostor: sorted(impostor.values),
});

export const falseMatches = ({ impostor }: SortedTrials, threshold: number): number =>
  impostor.length - countBelow(impostor, threshold);

export const falseNonMatches = ({ genuine }: SortedTrials, threshold: number): number => countBelow(genuine, threshold);

export const fmrAt = (trials: SortedTrials, threshold: number): number =>
  falseMatches(trials, threshold) / trials.impostor.length;

export const fnmrAt = (trials: SortedTrials, threshold: number): number =>
  falseNonMatches(trials, threshold) / trials.genuine.length;

/**
 * Rule of 30 (ISO/IEC 19795-1, after Doddington): with 30 errors the true rate lies within 30 % of the measured one, nine
 * times out of ten, if the comparisons were independent. With fewer no threshold is named.
 */
export const errors_min = 30;

/**
 * The lowest threshold whose FMR does not exceed the target: just above the highest impostor score that it must refuse.
 * Null when the comparisons do not suffice for `errors_min` false matches at this rate.
 */
export function thresholdAt({ impostor }: SortedTrials, fmr_target: number): number | null {
  // The error of two roundings more, because 0.0001 times 300,000 is 29.999999999999996.
  const allowed = Math.floor(fmr_target * impostor.length * (1 + 2 * Number.EPSILON));
  if (allowed < errors_min) return null;
  const refused = impostor[impostor.length - allowed - 1];
  // The next double above lies below the next single above.
  return refused === undefined ? Number.NEGATIVE_INFINITY : refused + Number.EPSILON;
}

/** Equal error rate: the mean of both rates where they are nearest to each other. */
export function equalError(trials: SortedTrials): { readonly rate: number; readonly threshold: number } {
  const difference = (threshold: number): number => fmrAt(trials, threshold) - fnmrAt(trials, threshold);
  // It falls with the threshold and changes at scores only: the two nearest lie where it passes zero.
  const near = [trials.genuine, trials.impostor].flatMap((scores) => {
    let [low, high] = [0, scores.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (difference(scores[middle] ?? 0) >= 0) low = middle + 1;
      else high = middle;
    }
    const highest = (scores.at(-1) ?? 0) + Number.EPSILON;
    return [scores[low - 1] ?? highest, scores[low] ?? highest];
  });
  const [threshold = 0] = near.toSorted((x, y) => Math.abs(difference(x)) - Math.abs(difference(y)));
  return { rate: (fmrAt(trials, threshold) + fnmrAt(trials, threshold)) / 2, threshold };
}

export type DETPoint = { readonly threshold: number; readonly fmr: number; readonly fnmr: number };

/** Points of the detection error trade-off, at false match counts that grow evenly on a logarithmic scale. */
export function detCurve(trials: SortedTrials, points_max = 120): DETPoint[] {
  const { impostor } = trials;
  const steps = Math.log(impostor.length);
  const points: DETPoint[] = [];
  let last = 0;
  for (let i = 0; i <= points_max; i += 1) {
    const count = Math.round(Math.exp((steps * i) / points_max));
    if (count <= last || count > impostor.length) continue;
    last = count;
    const threshold = impostor[impostor.length - count] ?? 0;
    points.push({ threshold, fmr: fmrAt(trials, threshold), fnmr: fnmrAt(trials, threshold) });
  }
  return points;
}
