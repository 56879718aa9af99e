import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RGBImage } from '../../biometrics/image.ts';
import { borrow, giveBack } from '../../biometrics/scratch.ts';
import { type Affine, planes, type View, warp, warpGrey, warpPlanes } from '../../biometrics/warp.ts';

/** The resampler as it is defined, one sample after the other: bilinear, black outside, n x n samples a pixel. */
function plainly(image: RGBImage, [a, b, c, d, e, f]: Affine, side: number, samples: number): number[] {
  const out: number[] = [];
  const at = (x: number, y: number, k: number): number =>
    x < 0 || y < 0 || x >= image.width_px || y >= image.height_px ? 0 : image.data[(y * image.width_px + x) * 3 + k]!;
  for (let i = 0; i < side * side * 3; i += 1) {
    const [k, pixel] = [i % 3, Math.floor(i / 3)];
    let sum = 0;
    for (let n = 0; n < samples * samples; n += 1) {
      const u = (pixel % side) + ((n % samples) + 0.5) / samples - 0.5;
      const v = Math.floor(pixel / side) + (Math.floor(n / samples) + 0.5) / samples - 0.5;
      const [x, y] = [a * u + b * v + c, d * u + e * v + f];
      const [left, top] = [Math.floor(x), Math.floor(y)];
      sum += (1 - x + left) * (1 - y + top) * at(left, top, k) + (x - left) * (1 - y + top) * at(left + 1, top, k);
      sum += (1 - x + left) * (y - top) * at(left, top + 1, k) + (x - left) * (y - top) * at(left + 1, top + 1, k);
    }
    out.push(sum / (samples * samples));
  }
  return out;
}

const pictures = fc
  .record({ width_px: fc.integer({ min: 1, max: 12 }), height_px: fc.integer({ min: 1, max: 12 }), seed: fc.nat(999) })
  .map(
    ({ width_px, height_px, seed }): RGBImage => ({
      data: Uint8Array.from({ length: width_px * height_px * 3 }, (_, i) => ((i + seed) * 7919) % 256),
      width_px,
      height_px,
    }),
  );
const scale = fc.double({ min: 0.2, max: 6, noNaN: true });
const shift = fc.double({ min: -15, max: 15, noNaN: true });
const sign = fc.constantFrom(1, -1);

function expectSame(image: RGBImage, map: Affine): void {
  const side = 7;
  const samples = Math.min(8, Math.max(1, Math.round(Math.sqrt(Math.abs(map[0] * map[4] - map[1] * map[3])))));
  const expected = plainly(image, map, side, samples);
  const measured = warp(image, { toImage: map, width_px: side, height_px: side });
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - measured[i]!)), 0);
  expect(worst).toBeLessThan(1e-3);
}

test('a crop of any size, mirrored or beyond the border, is what single samples give', () => {
  const maps = fc.tuple(scale, scale, shift, shift, sign, sign);
  fc.assert(
    fc.property(pictures, maps, (image, [x, y, left, top, sx, sy]) =>
      expectSame(image, [sx * x, 0, left, 0, sy * y, top]),
    ),
  );
});

test('a turned view of any size, inside or beyond the border, is what single samples give', () => {
  const maps = fc.tuple(scale, fc.double({ min: 0.01, max: 6.2, noNaN: true }), shift, shift);
  fc.assert(
    fc.property(pictures, maps, (image, [size, angle, left, top]) => {
      const [c, s] = [size * Math.cos(angle), size * Math.sin(angle)];
      expectSame(image, [c, -s, left, s, c, top]);
    }),
  );
});

test('a map that is no number gives black', () => {
  const image = { data: new Uint8Array(12).fill(200), width_px: 2, height_px: 2 };
  for (const map of [
    [Number.NaN, 0, 0, 0, 1, 0],
    [1, 0.1, Number.NaN, 0.1, 1, 0],
  ] as const) {
    expect(Math.max(...warp(image, { toImage: map, width_px: 2, height_px: 2 }))).toBe(0);
  }
});

test('grey is the weighted sum of the channels, and planes are the channels apart, of the same view', () => {
  const image = { data: Uint8Array.of(10, 20, 30, 1, 2, 3), width_px: 2, height_px: 1 };
  const whole: View = { toImage: [1, 0, 0, 0, 1, 0], width_px: 2, height_px: 1 };
  expect([...warpGrey(image, whole, [1, 2, 3], 2)]).toEqual([70, 7]);
  fc.assert(
    fc.property(pictures, scale, shift, fc.constantFrom(0, 0.3), (picture, size, left, turned) => {
      const view: View = { toImage: [size, turned, left, -turned, size, 1], width_px: 5, height_px: 4 };
      const apart = planes(warp(picture, view), 'BGR', 127, 128);
      const atOnce = warpPlanes(picture, view, { order: 'BGR', mean: 127, deviation: 128 });
      expect(Math.max(...apart.map((value, i) => Math.abs(value - atOnce[i]!)))).toBeLessThan(1e-5);
    }),
  );
});

test('what was given back is overwritten, and no two borrowers hold the same buffer', () => {
  const first = borrow(12).fill(7);
  giveBack(first);
  const [second, third] = [borrow(12), borrow(12)];
  expect([...first]).toEqual(Array.from({ length: 12 }, () => 0));
  expect(second).not.toBe(third);
});
