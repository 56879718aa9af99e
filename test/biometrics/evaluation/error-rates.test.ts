import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countBelow,
  detCurve,
  equalError,
  errors_min,
  fmrAt,
  fnmrAt,
  sorted,
  sortTrials,
  thresholdAt,
} from '../../../biometrics/evaluation/rates.ts';

const scoresOf = (values: readonly number[]) => ({
  values: Float32Array.from(values),
  references: new Uint16Array(values.length),
  probes: new Uint16Array(values.length),
});
const trialsOf = (genuine: readonly number[], impostor: readonly number[]) =>
  sortTrials({ genuine: scoresOf(genuine), impostor: scoresOf(impostor) });
/** Few different values, so that ties are common. */
const score = fc.integer({ min: -16, max: 16 }).map((n) => n / 16);
const scores = fc.array(score, { minLength: 1, maxLength: 60 });

test('ten comparisons counted by hand', () => {
  const trials = trialsOf([0.9, 0.5, 0.75, 0.25], [0.5, 0.125, 0.25, 0, -0.5, 0.0625]);
  // Accepted at the threshold itself: 0.5 matches on both sides.
  expect(fmrAt(trials, 0.5)).toBe(1 / 6);
  expect(fnmrAt(trials, 0.5)).toBe(1 / 4);
  expect(fmrAt(trials, 0.51)).toBe(0);
  expect(fnmrAt(trials, 0.51)).toBe(2 / 4);
  expect(fmrAt(trials, -1)).toBe(1);
  expect(fnmrAt(trials, -1)).toBe(0);
});

test('rates at any threshold are what counting says', () => {
  fc.assert(
    fc.property(scores, scores, score, (genuine, impostor, threshold) => {
      const trials = trialsOf(genuine, impostor);
      expect(fmrAt(trials, threshold)).toBe(impostor.filter((s) => s >= threshold).length / impostor.length);
      expect(fnmrAt(trials, threshold)).toBe(genuine.filter((s) => s < threshold).length / genuine.length);
      expect(countBelow(trials.genuine, threshold)).toBe(genuine.filter((s) => s < threshold).length);
    }),
  );
});

test('the threshold of a target keeps the FMR at or below it, and no lower score would', () => {
  fc.assert(
    fc.property(
      fc.array(score, { minLength: 100, maxLength: 400 }),
      fc.double({ min: 0.05, max: 0.9, noNaN: true }),
      (impostor, target) => {
        const trials = trialsOf([0.5], impostor);
        const threshold = thresholdAt(trials, target);
        if (target * impostor.length < errors_min) return;
        if (threshold === null) {
          expect(Math.floor(target * impostor.length)).toBeLessThan(errors_min);
          return;
        }
        // Up to rounding: the largest target below 0.9 stands for 0.9.
        expect(fmrAt(trials, threshold)).toBeLessThanOrEqual(target * (1 + 4 * Number.EPSILON));
        // One refused score further down the rate would be too high.
        const refused = impostor.filter((s) => s < threshold);
        if (refused.length > 0) expect(fmrAt(trials, Math.max(...refused))).toBeGreaterThan(target);
      },
    ),
  );
});

test('with fewer than thirty false matches allowed no threshold is named', () => {
  const impostor = Array.from({ length: 29_999 }, (_, i) => i / 30_000);
  expect(thresholdAt(trialsOf([1], impostor), 1e-3)).toBeNull();
  const enough = Array.from({ length: 300_000 }, (_, i) => i / 2 ** 20);
  const threshold = thresholdAt(trialsOf([1], enough), 1e-4);
  expect(enough.filter((s) => s >= (threshold ?? 0))).toHaveLength(30);
});

test('the equal error rate is the best that trying every threshold finds', () => {
  fc.assert(
    fc.property(scores, scores, (genuine, impostor) => {
      const trials = trialsOf(genuine, impostor);
      const { rate, threshold } = equalError(trials);
      const gap = (t: number): number => Math.abs(fmrAt(trials, t) - fnmrAt(trials, t));
      const every = [...genuine, ...impostor].flatMap((s) => [s, s + Number.EPSILON]);
      expect(rate).toBe((fmrAt(trials, threshold) + fnmrAt(trials, threshold)) / 2);
      expect(gap(threshold)).toBeCloseTo(Math.min(...every.map(gap)), 9);
    }),
  );
});

test('two sets that do not overlap have no equal error', () => {
  expect(equalError(trialsOf([0.8, 0.9, 1], [0.1, 0.2, 0.3, 0.4])).rate).toBe(0);
});

test('along the curve the FMR grows and the FNMR falls', () => {
  const genuine = Array.from({ length: 500 }, (_, i) => Math.sin(i) / 4 + 0.6);
  const impostor = Array.from({ length: 5000 }, (_, i) => Math.sin(i * 1.7) / 2);
  const points = detCurve(trialsOf(genuine, impostor));
  expect(points.length).toBeGreaterThan(50);
  for (const [i, point] of points.entries()) {
    const last = points[i - 1];
    if (last === undefined) continue;
    expect(point.fmr).toBeGreaterThanOrEqual(last.fmr);
    expect(point.fnmr).toBeLessThanOrEqual(last.fnmr);
  }
});

test('a score that is not a number ends the evaluation instead of passing as an error or as none', () => {
  expect(() => sorted(Float32Array.of(0.5, Number.NaN))).toThrow(RangeError);
  expect(() => sorted(Float32Array.of(Infinity))).toThrow(RangeError);
});
