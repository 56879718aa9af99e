import operatingPoints from './operating-points.json' with { type: 'json' };

/** Threshold of the face comparison with its birth certificate. A changed model, crop or decoder voids it. */
export type OperatingPoint = {
  readonly name: string;
  /** Cosine similarity, accepted when `similarity >= similarity_min`. */
  readonly similarity_min: number;
  /** Best of how many frames; part of the false match rate. */
  readonly framesCompared_max: number;
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
  return {
    name,
    similarity_min: found.similarity_min,
    framesCompared_max: found.framesCompared_max,
    fmr_measured: found.fmr_measured,
    fnmr_measured: found.fnmr_measured,
    dataset: found.dataset,
    date: found.date,
  };
}
