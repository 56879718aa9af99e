/**
 * Errors of presentation attack detection in the terms of ISO/IEC 30107-3: APCER, the share of attack presentations of one
 * species that pass as bona fide; BPCER, the share of bona fide presentations taken for attacks; non-responses beside them.
 */
import type { Rate } from './bootstrap.ts';

/** Scores of one kind of presentation, 0…1, higher = more like bona fide; null where there was no response. */
export type Presentations = readonly (number | null)[];

export type AttackRow = {
  /** Bona fide when score >= threshold. */
  readonly threshold: number;
  readonly bpcer: Rate;
  readonly apcer: Readonly<Record<string, Rate>>;
  /** Of the species that passes most often: the standard allows no average over species. Null without any response. */
  readonly apcer_max: number | null;
};

export type SignalFigures = {
  readonly signal: string;
  readonly bonaFide: { readonly presentations: number; readonly nonResponses: number };
  readonly species: Readonly<Record<string, { readonly presentations: number; readonly nonResponses: number }>>;
  /** Chance that a bona fide score is above an attack score; 0.5 says nothing. By species and over all. */
  readonly areaUnderCurve: { readonly all: number | null; readonly bySpecies: Readonly<Record<string, number | null>> };
  readonly fixed: readonly AttackRow[];
  readonly atBPCER: readonly (AttackRow & { readonly bpcer_max: number })[];
};

export const fixedThresholds = [0.2, 0.4, 0.5] as const;
export const bpcer_targets = [0.05, 0.1, 0.2] as const;

export function signalFigures(
  signal: string,
  bonaFide: Presentations,
  species: Readonly<Record<string, Presentations>>,
): SignalFigures {
  const live = responses(bonaFide);
  const attacks = Object.fromEntries(Object.entries(species).map(([name, scores]) => [name, responses(scores)]));
  const rising = live.toSorted((a, b) => a - b);
  const row = (threshold: number) => rowAt(threshold, live, attacks);
  return {
    signal,
    bonaFide: countsOf(bonaFide),
    species: Object.fromEntries(Object.entries(species).map(([name, scores]) => [name, countsOf(scores)])),
    areaUnderCurve: {
      all: areaUnderCurve(live, Object.values(attacks).flat()),
      bySpecies: Object.fromEntries(
        Object.entries(attacks).map(([name, scores]) => [name, areaUnderCurve(live, scores)]),
      ),
    },
    fixed: fixedThresholds.map(row),
    // The highest threshold that does not refuse more bona fide presentations than allowed.
    atBPCER: bpcer_targets.flatMap((bpcer_max) => {
      const threshold = rising[Math.floor(bpcer_max * rising.length * (1 + 2 * Number.EPSILON))];
      return threshold === undefined ? [] : [{ ...row(threshold), bpcer_max }];
    }),
  };
}

const responses = (scores: Presentations): number[] => scores.filter((score) => score !== null);

const countsOf = (scores: Presentations) => ({
  presentations: scores.length,
  nonResponses: scores.filter((score) => score === null).length,
});

function rowAt(
  threshold: number,
  live: readonly number[],
  attacks: Readonly<Record<string, readonly number[]>>,
): AttackRow {
  const apcer = Object.fromEntries(
    Object.entries(attacks).map(([name, scores]) => [
      name,
      share(scores.filter((score) => !(score < threshold)).length, scores.length),
    ]),
  );
  return {
    threshold,
    // Written so that a score that is not a number counts against the signal on both sides.
    bpcer: share(live.filter((score) => !(score >= threshold)).length, live.length),
    apcer,
    apcer_max: highest(Object.values(apcer).flatMap(({ value }) => value ?? [])),
  };
}

const highest = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));

/** With Wilson's interval. */
export function share(errors: number, of: number): Rate {
  if (of === 0) return { value: null, errors, of, interval95: [0, 1] };
  const z = 1.959964;
  const value = errors / of;
  const centre = (value + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z * Math.sqrt((value * (1 - value)) / of + (z * z) / (4 * of * of))) / (1 + (z * z) / of);
  return { value, errors, of, interval95: [Math.max(0, centre - half), Math.min(1, centre + half)] };
}

/** Mann and Whitney: equal scores count half. Null when either side is empty. */
export function areaUnderCurve(live: readonly number[], attacks: readonly number[]): number | null {
  if (live.length === 0 || attacks.length === 0) return null;
  let wins = 0;
  for (const a of live) for (const b of attacks) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (live.length * attacks.length);
}
