import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areaUnderCurve, share, signalFigures } from '../../../biometrics/evaluation/attack-rates.ts';

test('presentations counted by hand', () => {
  const figures = signalFigures('s', [0.9, 0.8, 0.45, 0.1, null], {
    print: [0.05, 0.5, 0.3],
    screen: [0.01, null, null, 0.02],
  });
  expect(figures.bonaFide).toEqual({ presentations: 5, nonResponses: 1 });
  expect(figures.species['screen']).toEqual({ presentations: 4, nonResponses: 2 });
  const at = (threshold: number) => figures.fixed.find((row) => row.threshold === threshold);
  // A score at the threshold passes as bona fide, on both sides.
  expect(at(0.5)).toMatchObject({
    bpcer: { errors: 2, of: 4 },
    apcer: { print: { errors: 1, of: 3 }, screen: { errors: 0, of: 2 } },
    apcer_max: 1 / 3,
  });
  expect(at(0.2)).toMatchObject({ bpcer: { errors: 1 }, apcer: { print: { errors: 2 } } });
});

test('at a BPCER target no more bona fide presentations are refused, and one step further more would be', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 5, maxLength: 80 }),
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 }),
      (live, attacks) => {
        const scores = live.map((n) => n / 50);
        const { atBPCER } = signalFigures('s', scores, { print: attacks.map((n) => n / 50) });
        expect(atBPCER.map((row) => row.bpcer_max)).toEqual([0.05, 0.1, 0.2]);
        for (const { threshold, bpcer, bpcer_max } of atBPCER) {
          expect(bpcer.value).toBeLessThanOrEqual(bpcer_max);
          expect(scores.filter((s) => s <= threshold).length / scores.length).toBeGreaterThan(bpcer_max);
        }
      },
    ),
  );
});

test('the area under the curve is 1 for a signal that knows, a half for one that does not, 0 for one upside down', () => {
  expect(areaUnderCurve([0.9, 0.8], [0.1, 0.2])).toBe(1);
  expect(areaUnderCurve([0.5, 0.5], [0.5])).toBe(0.5);
  expect(areaUnderCurve([0.1], [0.2, 0.3])).toBe(0);
  expect(areaUnderCurve([0.1], [])).toBeNull();
});

test('the interval of a share is the one of Wilson, and open when nothing was counted', () => {
  // 10 of 64, the passive network at one threshold.
  const { interval95 } = share(10, 64);
  expect(interval95[0]).toBeCloseTo(0.0872, 3);
  expect(interval95[1]).toBeCloseTo(0.2642, 3);
  expect(share(0, 0)).toMatchObject({ value: null, interval95: [0, 1] });
});

test('a score that is not a number counts against the signal on both sides', () => {
  const { fixed } = signalFigures('s', [Number.NaN, 0.9], { print: [Number.NaN, 0.1] });
  for (const row of fixed) {
    expect(row.bpcer.errors).toBeGreaterThanOrEqual(1);
    expect(row.apcer['print']?.errors).toBe(1);
  }
});
