/** A data set in, one evaluation out: everything a report says, as plain values. The same seed gives the same figures. */
import { acquire } from './acquire.ts';
import type { Acquisition, Failures, StageTime } from './acquire.ts';
import { groups as groupsOf, pairs as pairsOf } from './attempts.ts';
import type { Acquired } from './attempts.ts';
import { Bootstrap } from './bootstrap.ts';
import { DatasetError } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { fusionMethods } from './fusion.ts';
import type { FusionMethod, FusionName } from './fusion.ts';
import type { Groups } from './labels.ts';
import { measure, measureGroups } from './measure.ts';
import type { GroupRow, Section } from './measure.ts';
import { scoreAll } from './score-list.ts';
import type { Column } from './score-list.ts';
import type { Trials } from './rates.ts';
import { similaritiesOf } from './templates.ts';
import type { Similarities } from './templates.ts';
import { versionsNow } from './versions.ts';
import type { Versions } from './versions.ts';
import { worstOf } from './worst.ts';
import type { Worst } from './worst.ts';

export type Settings = {
  readonly isSimulated: boolean;
  /** Frames of an attempt; 1: single comparisons only. */
  readonly frames: number;
  /** How often the pictures are dealt to attempts. */
  readonly rounds: number;
  readonly bootstrapRounds: number;
  readonly isMirroredToo: boolean;
  /** Thresholds at which rates are wanted, beside those that follow from target FMRs. */
  readonly thresholds: readonly number[];
  readonly seed: string;
};

export type EvaluateOptions = {
  readonly modelFolder: string;
  readonly processes: number;
  readonly groups: Groups | null;
  readonly now_ms: () => number;
  readonly onProgress: (done: number, of: number) => void;
};

/** Attempts of several frames, by fusion method. */
export type AttemptFigures = {
  /** Every method after all frames. */
  readonly methods: readonly Section[];
  /** What each further frame changes: three methods after 1 … N frames of the same attempts. */
  readonly byFrames: readonly Section[];
  /** Frames a genuine traveller needs under the sequential rule, at the threshold of each target FMR. */
  readonly framesUsed: readonly { readonly fmr_target: number; readonly mean: number }[];
};

export type Evaluation = {
  readonly at: string;
  readonly dataset: Omit<Dataset, 'pictures' | 'persons' | 'folder'> & {
    readonly persons: number;
    readonly pictures: number;
  };
  readonly settings: Settings;
  readonly versions: Versions;
  readonly failureToEnrol: Failures;
  readonly failureToAcquire: Failures;
  /** Pictures that the gate would refuse as a portrait and that are compared all the same. */
  readonly refusable: { readonly accompanied: number; readonly small: number };
  readonly single: Section;
  readonly attempts: AttemptFigures | null;
  /** Rule that the rates by group belong to, and the rates; null without labels. */
  readonly groups: { readonly rule: string; readonly unlabelled: number; readonly rows: readonly GroupRow[] } | null;
  readonly worst: Worst;
  readonly times: readonly StageTime[];
};

/** Rejects with `DatasetError` when there is nothing to compare, and with `PoolError` when the models cannot be opened. */
export async function evaluate(dataset: Dataset, settings: Settings, options: EvaluateOptions): Promise<Evaluation> {
  const versions = versionsNow();
  const acquisition = await acquire(dataset, { ...options, ...settings });
  const { reference, probe } = acquisition;
  const { persons, pictures, folder: _, ...rest } = dataset;
  const bootstrap = new Bootstrap({ persons: persons.length, rounds: settings.bootstrapRounds, seed: settings.seed });
  const similarities = similaritiesOf(pictures, reference.templates, probe.templates);
  const pairs = () => pairsOf(pictures, acquiredOf(acquisition), reference === probe);
  const plan = { thresholds: settings.thresholds, bootstrap };
  const [single] = scoreAll(pairs(), pictures, similarities, [{ method: fusionMethods.first, frames: 1 }]);
  if (single === undefined || single.genuine.values.length === 0 || single.impostor.values.length === 0) {
    throw new DatasetError('Nothing to compare: at least two pictures of one person and one of another need a face.');
  }
  const singleSection = measure(single, { ...plan, name: 'single comparison', frames: 1 });
  const fused = settings.frames > 1 ? new Fused(dataset, settings, acquisition, similarities) : null;
  const attempts = fused?.figures(plan) ?? null;
  return {
    at: new Date(options.now_ms()).toISOString(),
    dataset: { ...rest, persons: persons.length, pictures: pictures.length },
    settings,
    versions: { ...versions, models: acquisition.models },
    failureToEnrol: reference.failures,
    failureToAcquire: probe.failures,
    refusable: { accompanied: reference.accompanied, small: reference.small },
    single: singleSection,
    attempts,
    groups: groupFigures(
      options.groups,
      fused?.sequential() ?? single,
      attempts?.methods ?? [singleSection],
      bootstrap,
    ),
    worst: worstOf(pairs(), pictures, similarities),
    times: acquisition.times,
  };
}

const acquiredOf = ({ reference, probe }: Acquisition): Acquired => ({
  isReference: (index) => reference.templates.isThere(index),
  isProbe: (index) => probe.templates.isThere(index),
});

/** Methods whose way over 1 … N frames is shown. */
const followed: readonly FusionName[] = ['maximum', 'meanOfEmbeddings', 'sequential'];

type Plan = { readonly thresholds: readonly number[]; readonly bootstrap: Bootstrap };

type NamedColumn = Column & {
  readonly name: string;
  /** One of the methods whose way over the frames is shown. */
  readonly isFollowed: boolean;
};

class Fused {
  readonly #columns: readonly NamedColumn[];
  readonly #trials: readonly Trials[];
  readonly #frames: number;

  constructor(dataset: Dataset, settings: Settings, acquisition: Acquisition, similarities: Similarities) {
    const { pictures } = dataset;
    const { frames, rounds, seed, isMirroredToo } = settings;
    this.#frames = frames;
    const names = Object.keys(fusionMethods) as FusionName[];
    const column = (name: FusionName, k: number, isFollowed: boolean): NamedColumn => {
      const method: FusionMethod = fusionMethods[name];
      return { method, frames: k, name: method.name, isFollowed };
    };
    const final = names.map((name) => column(name, frames, false));
    const way = followed.flatMap((name) => Array.from({ length: frames }, (_, k) => column(name, k + 1, true)));
    const attempts = () => groupsOf(pictures, acquiredOf(acquisition), { frames, rounds, seed });
    const { reference, probe } = acquisition;
    const columns = [...final, ...way];
    const trials = scoreAll(attempts(), pictures, similarities, columns);
    if (isMirroredToo) {
      const mirrored = similaritiesOf(pictures, reference.withMirror, probe.withMirror);
      const more = final.map((plain) => ({ ...plain, name: `${plain.name}; mirrored crops` }));
      trials.push(...scoreAll(attempts(), pictures, mirrored, more));
      columns.push(...more);
    }
    if ((trials[0]?.genuine.values.length ?? 0) === 0) {
      throw new DatasetError(
        `No person has ${frames} further pictures with a face for an attempt of ${frames} frames.`,
      );
    }
    this.#columns = columns;
    this.#trials = trials;
  }

  figures(plan: Plan): AttemptFigures {
    const sections = this.#columns.map((column, c) => {
      const { name, frames } = column;
      return { column, section: measure(this.#trials[c] as Trials, { ...plan, name, frames }) };
    });
    const methods = sections.filter(({ column }) => !column.isFollowed).map(({ section }) => section);
    const byFrames = sections.filter(({ column }) => column.isFollowed).map(({ section }) => section);
    return { methods, byFrames, framesUsed: this.#framesUsed(methods, plan.bootstrap) };
  }

  /** Trials of the sequential rule after all frames. */
  sequential(): Trials {
    const at = this.#columns.findIndex(({ method }) => method === fusionMethods.sequential);
    return this.#trials[at] as Trials;
  }

  /** One frame is always needed; each further one by those whom no frame before it has brought over the threshold. */
  #framesUsed(methods: readonly Section[], bootstrap: Bootstrap): AttemptFigures['framesUsed'] {
    const rule = methods.find(({ name }) => name === fusionMethods.sequential.name);
    return (rule?.targets ?? []).flatMap(({ fmr_target, threshold }) => {
      if (threshold === null || fmr_target === null) return [];
      let mean = 1;
      for (const [c, { method, frames, isFollowed }] of this.#columns.entries()) {
        if (!isFollowed || method !== fusionMethods.sequential || frames === this.#frames) continue;
        mean += bootstrap.rates(this.#trials[c] as Trials, threshold).fnmr.value ?? 0;
      }
      return [{ fmr_target, mean }];
    });
  }
}

function groupFigures(
  groups: Groups | null,
  trials: Trials,
  sections: readonly Section[],
  bootstrap: Bootstrap,
): Evaluation['groups'] {
  if (groups === null) return null;
  const section = sections.find(({ name }) => name === fusionMethods.sequential.name) ?? sections[0];
  if (section === undefined) return null;
  // The thresholds that operating points are made of; where a set cannot carry them, those that it can.
  const named = section.targets.flatMap(({ threshold }) => (threshold === null ? [] : [threshold]));
  const thresholds = [...named.slice(-2), ...section.fixed.flatMap(({ threshold }) => threshold ?? [])];
  return {
    rule: section.name,
    unlabelled: groups.byPerson.filter((group) => group === undefined).length,
    rows: measureGroups(trials, groups, thresholds, bootstrap),
  };
}
