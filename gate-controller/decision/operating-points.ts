import operatingPoints from './operating-points.json' with { type: 'json' };

/** How the frames of one capture become one similarity. */
const fusions = ['mean-of-embeddings', 'single-frame'] as const;

/** Threshold of the face comparison with its birth certificate. A changed model, crop, decoder or fusion voids it. */
export type OperatingPoint = {
  readonly name: string;
  /** Cosine similarity of the fused frames, accepted when `similarity >= similarity_min`. */
  readonly similarity_min: number;
  /**
   * Frames that may count. After each of them the mean of the embeddings so far is compared, and the first that reaches the
   * threshold ends the capture: the FMR is that of this whole rule, and holds for no more frames than these.
   */
  readonly framesCompared_max: number;
  readonly fusion: (typeof fusions)[number];
  readonly fmr_target: number;
  readonly fmr_measured: number;
  readonly fnmr_measured: number;
  readonly dataset: string;
  readonly date: string;
};

/** The named operating point. Throws when there is none of that name: a lane without a threshold does not start. */
export function operatingPoint(name: string): OperatingPoint {
  const found = Object.entries(operatingPoints).find(([key]) => key === name)?.[1];
  if (found === undefined) {
    throw new Error(`OPERATING_POINT_UNKNOWN: "${name}" is not in operating-points.json`);
  }
  const fusion = fusions.find((known) => known === found.fusion);
  if (fusion === undefined) throw new Error(`OPERATING_POINT_UNKNOWN: fusion "${found.fusion}"`);
  return {
    name,
    similarity_min: found.similarity_min,
    framesCompared_max: found.framesCompared_max,
    fusion,
    fmr_target: found.fmr_target,
    fmr_measured: found.fmr_measured,
    fnmr_measured: found.fnmr_measured,
    dataset: found.dataset,
    date: found.date,
  };
}
