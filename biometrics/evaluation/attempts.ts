/** Which pictures are compared with which: single pairs, and attempts of several frames against one reference. */
import type { Picture } from './dataset.ts';
import { seededRandom, shuffle } from './random.ts';

/** Indices of pictures; the frames in the order in which the gate would see them. */
export type Attempt = { readonly reference: number; readonly frames: readonly number[] };

export type Acquired = {
  readonly isReference: (index: number) => boolean;
  readonly isProbe: (index: number) => boolean;
};

/**
 * Every pair once. With the same templates on both sides (`isSymmetric`) a pair has no direction; otherwise each
 * picture stands once as reference and once as probe. Never two files of one original.
 */
export function* pairs(pictures: readonly Picture[], acquired: Acquired, isSymmetric: boolean): Generator<Attempt> {
  for (const [reference, { original }] of pictures.entries()) {
    if (!acquired.isReference(reference)) continue;
    for (let probe = isSymmetric ? reference + 1 : 0; probe < pictures.length; probe += 1) {
      if (pictures[probe]?.original === original || !acquired.isProbe(probe)) continue;
      yield { reference, frames: [probe] };
    }
  }
}

export type Grouping = {
  /** Frames in an attempt. */
  readonly frames: number;
  /** How often each person's pictures are dealt anew to attempts. */
  readonly rounds: number;
  readonly seed: string;
};

/**
 * Every reference against every person, that person's pictures dealt to attempts of `frames` each; what is left over is
 * not used. No original occurs twice in an attempt, or on both sides of it.
 */
export function* groups(pictures: readonly Picture[], acquired: Acquired, grouping: Grouping): Generator<Attempt> {
  const probes = probesByPerson(pictures, acquired);
  for (const [reference, { original, file }] of pictures.entries()) {
    if (!acquired.isReference(reference)) continue;
    const random = seededRandom(grouping.seed, 'grouping', file);
    for (const list of probes) {
      const dealt = list.filter((probe) => pictures[probe]?.original !== original);
      for (let round = 0; round < grouping.rounds; round += 1) {
        shuffle(dealt, random);
        for (let at = 0; at + grouping.frames <= dealt.length; at += grouping.frames) {
          yield { reference, frames: dealt.slice(at, at + grouping.frames) };
        }
      }
    }
  }
}

/** Of each original the first file that could be acquired. */
function probesByPerson(pictures: readonly Picture[], acquired: Acquired): number[][] {
  const lists: number[][] = [];
  const seen = new Set<string>();
  for (const [i, { person, original }] of pictures.entries()) {
    if (!acquired.isProbe(i) || seen.has(original)) continue;
    seen.add(original);
    (lists[person] ??= []).push(i);
  }
  // Persons without a picture leave holes.
  return lists.filter((list) => list !== undefined);
}
