import { expect, test } from 'vitest';
import { Bootstrap } from '../../../biometrics/evaluation/bootstrap.ts';
import { between, normal, seededRandom } from '../../../biometrics/evaluation/random.ts';
import type { Scores, Trials } from '../../../biometrics/evaluation/rates.ts';

type Line = readonly [score: number, reference: number, probe: number];
const scoresOf = (lines: readonly Line[]): Scores => ({
  values: Float32Array.from(lines, ([score]) => score),
  references: Uint16Array.from(lines, ([, reference]) => reference),
  probes: Uint16Array.from(lines, ([, , probe]) => probe),
});

test('two persons of whom one always fails: the interval is as wide as the question is open', () => {
  const genuine = scoresOf([0, 1].flatMap((p) => Array.from({ length: 50 }, (): Line => [p, p, p])));
  const impostor = scoresOf([[0.1, 0, 1]]);
  const bootstrap = new Bootstrap({ persons: 2, rounds: 400, seed: 'x' });
  const { fnmr } = bootstrap.rates({ genuine, impostor }, 0.5);
  expect(fnmr).toMatchObject({ value: 0.5, errors: 50, of: 100, interval95: [0, 1] });
});

test('where nothing went wrong the interval does not claim that nothing can', () => {
  const genuine = scoresOf(Array.from({ length: 10 }, (_, p): Line => [0.9, p, p]));
  const { fnmr, fmr } = new Bootstrap({ persons: 10, rounds: 200, seed: 'x' }).rates(
    { genuine, impostor: scoresOf([]) },
    0.5,
  );
  expect(fnmr.value).toBe(0);
  // Clopper and Pearson: 0 of 10.
  expect(fnmr.interval95[1]).toBeCloseTo(0.3085, 3);
  expect(fmr).toMatchObject({ value: null, of: 0, interval95: [0, 1] });
});

test('impostor comparisons count once for each pair of persons that was drawn, genuine ones once for each person', () => {
  // Three persons, one error between 0 and 1: drawn weights (2, 1, 0) would count it twice among 2 comparisons.
  const impostor = scoresOf([
    [0.9, 0, 1],
    [0.1, 0, 2],
    [0.1, 2, 1],
  ]);
  const { fmr } = new Bootstrap({ persons: 3, rounds: 2000, seed: 'pairs' }).rates(
    { genuine: scoresOf([[1, 0, 0]]), impostor },
    0.5,
  );
  expect(fmr.value).toBeCloseTo(1 / 3, 12);
  expect(fmr.interval95).toEqual([0, 1]);
});

/** Persons differ: each has a difficulty of their own, which is why comparisons are not independent. */
function population(persons: number, seed: string): Trials {
  const random = seededRandom(seed);
  const ease = Array.from({ length: persons }, () => normal(random));
  const genuine: Line[] = [];
  const impostor: Line[] = [];
  for (let a = 0; a < persons; a += 1) {
    for (let k = 0; k < 10; k += 1) genuine.push([3 + (ease[a] ?? 0) + normal(random), a, a]);
    for (let b = a + 1; b < persons; b += 1) impostor.push([0.5 * (ease[a] ?? 0) + normal(random), a, b]);
  }
  return { genuine: scoresOf(genuine), impostor: scoresOf(impostor) };
}

test('the interval contains the rate of the whole population about nineteen times in twenty', () => {
  // FNMR of N(3, sqrt 2) at 1.5: P(z < -1.0607).
  const [truth, threshold, populations] = [0.14442, 1.5, 120];
  let covered = 0;
  for (let i = 0; i < populations; i += 1) {
    const bootstrap = new Bootstrap({ persons: 60, rounds: 300, seed: `resample ${i}` });
    const { fnmr } = bootstrap.rates(population(60, `population ${i}`), threshold);
    const [low, high] = fnmr.interval95;
    if (low <= truth && truth <= high) covered += 1;
  }
  // The percentile method is a little narrow with 60 persons; 87 % is what comparisons taken as independent cannot reach.
  expect(covered / populations).toBeGreaterThan(0.87);
  expect(covered / populations).toBeLessThanOrEqual(1);
});

test('the same seed gives the same interval, another one a similar one', () => {
  const trials = population(40, 'one');
  const interval = (seed: string) =>
    new Bootstrap({ persons: 40, rounds: 300, seed }).rates(trials, 1.5).fnmr.interval95;
  expect(interval('a')).toEqual(interval('a'));
  expect(interval('b')).not.toEqual(interval('a'));
  expect(Math.abs(interval('b')[0] - interval('a')[0])).toBeLessThan(0.03);
});

test('drawn numbers stay in their range and repeat from their seed', () => {
  const [one, other] = [seededRandom('a', 1), seededRandom('a', 1)];
  const drawn = Array.from({ length: 1000 }, () => between(one, -2, 3));
  expect(drawn).toEqual(Array.from({ length: 1000 }, () => between(other, -2, 3)));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(-2);
  expect(Math.max(...drawn)).toBeLessThan(3);
  expect(Math.max(...drawn)).toBeGreaterThan(2.9);
  expect(seededRandom('a', '1')()).not.toBe(seededRandom('a', 1)());
});
