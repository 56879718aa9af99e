/** Scored trials → the tables of a report: rates at target FMRs and at fixed thresholds, with intervals. */
import type { Bootstrap, Rate } from './bootstrap.ts';
import type { Groups } from './labels.ts';
import { detCurve, equalError, sortTrials, thresholdAt } from './rates.ts';
import type { DETPoint, Scores, Trials } from './rates.ts';

/** 1 in 100 … 1 in 100,000; 5e-4 is the FMR at which European law asks for an FNMR below 1 %: Decision (EU) 2019/329. */
export const fmr_targets = [1e-2, 1e-3, 5e-4, 1e-4, 1e-5] as const;

export type Row =
  | { readonly fmr_target: number | null; readonly threshold: number; readonly fmr: Rate; readonly fnmr: Rate }
  /** The comparisons do not allow a statement at this rate. */
  | { readonly fmr_target: number; readonly threshold: null };

export type Section = {
  readonly name: string;
  readonly frames: number;
  readonly genuine: number;
  readonly impostor: number;
  readonly equalError: { readonly rate: number; readonly threshold: number };
  /** One row for each target. */
  readonly targets: readonly Row[];
  /** One row for each threshold that was asked for. */
  readonly fixed: readonly Row[];
  readonly det: readonly DETPoint[];
};

export type SectionPlan = {
  readonly name: string;
  readonly frames: number;
  readonly thresholds: readonly number[];
  readonly bootstrap: Bootstrap;
};

export function measure(trials: Trials, { name, frames, thresholds, bootstrap }: SectionPlan): Section {
  const rising = sortTrials(trials);
  return {
    name,
    frames,
    genuine: rising.genuine.length,
    impostor: rising.impostor.length,
    equalError: equalError(rising),
    targets: fmr_targets.map((fmr_target) => {
      const threshold = thresholdAt(rising, fmr_target);
      return threshold === null
        ? { fmr_target, threshold }
        : { fmr_target, threshold, ...bootstrap.rates(trials, threshold) };
    }),
    fixed: thresholds.map((threshold) => ({ fmr_target: null, threshold, ...bootstrap.rates(trials, threshold) })),
    det: detCurve(rising),
  };
}

export type GroupRow = {
  readonly group: string;
  readonly persons: number;
  /** Of the whole set, not of the group. */
  readonly threshold: number;
  /** Both persons of a comparison belong to the group. */
  readonly fmr: Rate;
  readonly fnmr: Rate;
  readonly warning: string | null;
};

/** Below this many persons a group's rates are anecdotes. */
const groupPersons_min = 30;

export function measureGroups(
  trials: Trials,
  groups: Groups,
  thresholds: readonly number[],
  bootstrap: Bootstrap,
): GroupRow[] {
  return groups.names.flatMap((group) => {
    const members = new Set(groups.byPerson.flatMap((name, person) => (name === group ? [person] : [])));
    const own = { genuine: within(trials.genuine, members), impostor: within(trials.impostor, members) };
    return thresholds.map((threshold) => {
      const { fmr, fnmr } = bootstrap.rates(own, threshold);
      return { group, persons: members.size, threshold, fmr, fnmr, warning: warningOf(members.size, fmr, fnmr) };
    });
  });
}

function within({ values, references, probes }: Scores, members: ReadonlySet<number>): Scores {
  const isInside = (_: unknown, i: number) => members.has(references[i] ?? -1) && members.has(probes[i] ?? -1);
  return {
    values: values.filter(isInside),
    references: references.filter(isInside),
    probes: probes.filter(isInside),
  };
}

function warningOf(persons: number, fmr: Rate, fnmr: Rate): string | null {
  if (persons < groupPersons_min) return `only ${persons} persons: nothing can be concluded about this group`;
  if (fmr.errors < 10 || fnmr.errors < 10) return 'fewer than 10 errors: compare intervals, not values';
  return null;
}
