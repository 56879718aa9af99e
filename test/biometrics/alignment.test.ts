import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignFace, aligned_px, fitSimilarity, template } from '../../biometrics/align.ts';
import { fivePoints, landmarkPoints } from '../../biometrics/landmarks.ts';
import { apply, invert, planes, warp } from '../../biometrics/warp.ts';
import type { Point } from '../../biometrics/warp.ts';

const templatePoints = Object.values(template);

test('a rotated, scaled and shifted template is brought back onto the template', () => {
  const turns = fc.record({
    angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    scale: fc.double({ min: 0.2, max: 20, noNaN: true }),
    x: fc.double({ min: -2000, max: 2000, noNaN: true }),
    y: fc.double({ min: -2000, max: 2000, noNaN: true }),
  });
  fc.assert(
    fc.property(turns, ({ angle, scale, x, y }) => {
      const [c, s] = [scale * Math.cos(angle), scale * Math.sin(angle)];
      const moved = templatePoints.map((p) => apply([c, -s, x, s, c, y], p));
      const back = fitSimilarity(moved, templatePoints);
      for (const [i, p] of moved.entries()) expectNear(apply(back, p), templatePoints[i]!);
      for (const p of templatePoints) expectNear(apply(invert(back), apply(back, p)), p);
    }),
  );
});

function expectNear(measured: Point, expected: Point): void {
  expect(Math.hypot(measured.x - expected.x, measured.y - expected.y)).toBeLessThan(1e-6);
}

test('a mirrored face is not reflected to fit', () => {
  const mirrored = templatePoints.map((p) => ({ x: -p.x, y: p.y }));
  const [a, b, , d, e] = fitSimilarity(mirrored, templatePoints);
  expect(a * e - b * d).toBeGreaterThanOrEqual(0);
});

test('points that coincide or are not numbers have no alignment', () => {
  const same = templatePoints.map(() => ({ x: 5, y: 5 }));
  expect(() => fitSimilarity(same, templatePoints)).toThrow(RangeError);
  const missing = templatePoints.map((p, i) => (i === 2 ? { x: Number.NaN, y: 1 } : p));
  expect(() => fitSimilarity(missing, templatePoints)).toThrow(RangeError);
});

test('a face that already lies on the template is copied pixel by pixel', () => {
  const data = Uint8Array.from({ length: aligned_px * aligned_px * 3 }, (_, i) => (i * 7919) % 256);
  const aligned = alignFace({ data, width_px: aligned_px, height_px: aligned_px }, template);
  const worst = aligned.reduce((most, value, i) => Math.max(most, Math.abs(value - data[i]!)), 0);
  expect(worst).toBeLessThan(1e-3);
});

test('a view halved in size averages four pixels and is black outside the picture', () => {
  const data = Uint8Array.from([10, 0, 0, 20, 0, 0, 30, 0, 0, 40, 0, 0]);
  const image = { data, width_px: 2, height_px: 2 };
  const view = warp(image, { toImage: [2, 0, 0.5, 0, 2, 0.5], width_px: 2, height_px: 1 });
  expect([...view]).toEqual([25, 0, 0, 0, 0, 0]);
});

test('planes come in the order that is asked for', () => {
  const rgb = Float32Array.from([1, 2, 3, 4, 5, 6]);
  expect([...planes(rgb, 'RGB', 0, 1)]).toEqual([1, 4, 2, 5, 3, 6]);
  expect([...planes(rgb, 'BGR', 1, 2)]).toEqual([1, 2.5, 0.5, 2, 0, 1.5]);
});

test('68 points are placed in the detector box, and five are made of them', () => {
  const box = { left: 100, top: 50, right: 300, bottom: 150 };
  const output = Float32Array.from({ length: 136 }, (_, i) => (i % 2 === 0 ? 0.5 : 0.25));
  const points = landmarkPoints(output, box);
  expect(points).toHaveLength(68);
  expect(fivePoints(points).nose).toEqual({ x: 200, y: 75 });
  expect(() => landmarkPoints(output.subarray(1), box)).toThrow(RangeError);
});
