import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groups, pairs } from '../../../biometrics/evaluation/attempts.ts';
import type { Picture } from '../../../biometrics/evaluation/dataset.ts';

const everything = { isReference: () => true, isProbe: () => true };

/** Pictures of persons side by side, as a data set lists them; originals may repeat anywhere. */
const pictureSet = fc
  .array(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 6 })
  .map((persons) =>
    persons.flatMap((originals, person) =>
      originals.map((original, k): Picture => ({ file: `${person}/${k}.jpg`, person, original: `${original}` })),
    ),
  );

test('every pair of different originals is compared once, and no other', () => {
  fc.assert(
    fc.property(pictureSet, (pictures) => {
      const found = [...pairs(pictures, everything, true)].map(
        ({ reference, frames }) => `${reference} ${frames.join()}`,
      );
      const expected: string[] = [];
      for (const [i, a] of pictures.entries()) {
        for (const [k, b] of pictures.entries()) if (k > i && a.original !== b.original) expected.push(`${i} ${k}`);
      }
      expect(found).toEqual(expected);
    }),
  );
});

test('with a portrait on one side and a frame on the other every picture stands on both sides', () => {
  fc.assert(
    fc.property(pictureSet, (pictures) => {
      const found = [...pairs(pictures, everything, false)];
      const symmetric = [...pairs(pictures, everything, true)];
      expect(found).toHaveLength(2 * symmetric.length);
      expect(new Set(found.map(({ reference, frames }) => `${reference} ${frames.join()}`)).size).toBe(found.length);
      for (const { reference, frames } of found) {
        expect(pictures[reference]?.original).not.toBe(pictures[frames[0] ?? -1]?.original);
      }
    }),
  );
});

test('no original stands twice in an attempt, or on both of its sides, and frames are of one person', () => {
  fc.assert(
    fc.property(pictureSet, fc.integer({ min: 2, max: 4 }), (pictures, frames) => {
      for (const attempt of groups(pictures, everything, { frames, rounds: 2, seed: 's' })) {
        const all = [attempt.reference, ...attempt.frames].map((i) => pictures[i]?.original);
        expect(new Set(all).size).toBe(frames + 1);
        expect(new Set(attempt.frames.map((i) => pictures[i]?.person)).size).toBe(1);
      }
    }),
  );
});

const tenOf = (persons: number): Picture[] =>
  Array.from({ length: persons * 10 }, (_, i) => ({
    file: `${Math.floor(i / 10)}/${i % 10}.jpg`,
    person: Math.floor(i / 10),
    original: `${i}`,
  }));

test('ten pictures of each of three persons make three attempts of three frames for every reference and person', () => {
  const attempts = [...groups(tenOf(3), everything, { frames: 3, rounds: 2, seed: 's' })];
  const genuine = attempts.filter(
    ({ reference, frames }) => Math.floor(reference / 10) === Math.floor((frames[0] ?? 0) / 10),
  );
  expect(genuine).toHaveLength(30 * 3 * 2);
  expect(attempts).toHaveLength(30 * 3 * 3 * 2);
  // Within a round each picture serves once.
  const first = attempts.slice(0, 3).flatMap(({ frames }) => frames);
  expect(new Set(first).size).toBe(9);
});

test('the same seed deals the same attempts, another one others', () => {
  const deal = (seed: string) => [...groups(tenOf(2), everything, { frames: 3, rounds: 1, seed })];
  expect(deal('a')).toEqual(deal('a'));
  expect(deal('b')).not.toEqual(deal('a'));
});

test('a picture without a face takes part on no side', () => {
  const isAcquired = (index: number): boolean => index !== 4;
  const acquired = { isReference: isAcquired, isProbe: isAcquired };
  const used = [...pairs(tenOf(2), acquired, true), ...groups(tenOf(2), acquired, { frames: 2, rounds: 1, seed: 's' })];
  expect(used.some(({ reference, frames }) => reference === 4 || frames.includes(4))).toBe(false);
  expect(used.length).toBeGreaterThan(150);
});
