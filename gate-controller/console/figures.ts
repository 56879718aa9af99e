/** Numbers as an officer reads them. */

/** `4 s`, `1 min 05 s`, `2 h 03 min`; negative or unknown time reads as none. */
export function duration(time_ms: number): string {
  if (!Number.isFinite(time_ms)) return '–';
  const total_s = Math.max(0, Math.floor(time_ms / 1000));
  if (total_s < 60) return `${total_s} s`;
  const [minutes, seconds] = [Math.floor(total_s / 60), total_s % 60];
  if (minutes < 60) return `${minutes} min ${String(seconds).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Seconds since the transaction began, with one decimal: `3.2 s`. */
export function offset(at_ms: number): string {
  return Number.isFinite(at_ms) ? `${(at_ms / 1000).toFixed(1)} s` : '–';
}

export function clockTime(at_ms: number): string {
  return Number.isFinite(at_ms) ? new Date(at_ms).toLocaleTimeString('en-GB') : '–';
}

export type SimilarityBar = {
  readonly value: string;
  readonly min: string;
  /** Percent of the bar's width. */
  readonly value_percent: number;
  readonly min_percent: number;
  readonly isEnough: boolean;
  readonly sentence: string;
};

/**
 * Cosine similarity on a bar from 0 to 1; what lies below 0 is drawn as 0. Written so that NaN is not enough.
 * Rounding never lifts a value over its threshold: more digits are shown until the two differ.
 */
export function similarityBar(similarity: { readonly value: number; readonly min: number }): SimilarityBar {
  const { value, min } = similarity;
  const isEnough = value >= min;
  const percent = (x: number) => (Number.isFinite(x) ? Math.round(Math.min(1, Math.max(0, x)) * 1000) / 10 : 0);
  const digits = [2, 3, 4].find((d) => isEnough || value.toFixed(d) !== min.toFixed(d)) ?? 6;
  const shown = (x: number) => (Number.isFinite(x) ? x.toFixed(digits) : 'not measured');
  const sentence = isEnough
    ? `Similarity ${shown(value)} reaches the ${shown(min)} that is required.`
    : `Similarity ${shown(value)} is below the ${shown(min)} that is required.`;
  return {
    value: shown(value),
    min: shown(min),
    value_percent: percent(value),
    min_percent: percent(min),
    isEnough,
    sentence,
  };
}
