import { expect, test } from 'vitest';
import points from '../../gate-controller/decision/operating-points.json' with { type: 'json' };
import { operatingPoint } from '../../gate-controller/decision/operating-points.ts';
import manifest from '../../models/manifest.json' with { type: 'json' };

const all = Object.entries(points);
const sha256: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(manifest.models).map(([name, { sha256 }]) => [name, sha256]),
);

test.each(all)('%s says what was measured, on what, when and how', (name, point) => {
  expect(operatingPoint(name)).toMatchObject({ name, similarity_min: point.similarity_min });
  expect(point.similarity_min).toBeGreaterThan(0.3);
  expect(point.similarity_min).toBeLessThan(1);
  expect(point.framesCompared_max).toBeGreaterThanOrEqual(1);
  expect(point.framesCompared_max === 1).toBe(point.fusion === 'single-frame');
  for (const text of [point.dataset, point.measuredBy, point.origin]) expect(text.length).toBeGreaterThan(20);
  expect(point.date).toMatch(/^\d{4}-\d{2}/);
});

test.each(all)('%s keeps to its target with enough false matches to say so', (_, point) => {
  expect(point.fmr_measured).toBeLessThanOrEqual(point.fmr_target);
  // Rule of 30: ISO/IEC 19795-1.
  expect(point.fmr_target * point.comparisons.impostor).toBeGreaterThanOrEqual(30);
  for (const [value, interval] of [
    [point.fmr_measured, point.fmr_interval95],
    [point.fnmr_measured, point.fnmr_interval95],
  ] as const) {
    if (interval === null) continue;
    expect(interval[0]).toBeLessThanOrEqual(value);
    expect(interval[1]).toBeGreaterThanOrEqual(value);
  }
});

test.each(all)('the models of %s are those of the manifest: another model would void it', (_, point) => {
  expect(Object.keys(point.models).sort()).toEqual(['fr_detect', 'fr_feature', 'fr_landmark']);
  for (const [model, digits] of Object.entries(point.models)) expect(sha256[model]?.slice(0, 12)).toBe(digits);
});

test('the legal minimum is at most one false match in 2000 with fewer than one false non-match in a hundred', () => {
  const point = operatingPoint('legal-minimum');
  expect(point.fmr_target).toBe(0.0005);
  expect(point.fnmr_measured).toBeLessThan(0.01);
});

test('a stricter target has a higher threshold', () => {
  const rising = all.map(([, point]) => point).sort((a, b) => b.fmr_target - a.fmr_target);
  for (const [i, point] of rising.entries()) {
    expect(point.similarity_min).toBeGreaterThan(rising[i - 1]?.similarity_min ?? 0);
  }
});

test('a lane that names no known operating point does not start', () => {
  expect(() => operatingPoint('loose')).toThrow('OPERATING_POINT_UNKNOWN');
  expect(() => operatingPoint('toString')).toThrow('OPERATING_POINT_UNKNOWN');
});
