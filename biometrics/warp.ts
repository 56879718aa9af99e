/** Affine maps of the plane and the one resampler that every network's input goes through. */
import type { RGBImage } from './image.ts';

export type Point = { readonly x: number; readonly y: number };

/** x' = a x + b y + c, y' = d x + e y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export function apply(m: Affine, p: Point): Point {
  return { x: m[0] * p.x + m[1] * p.y + m[2], y: m[3] * p.x + m[4] * p.y + m[5] };
}

/** Throws a RangeError when the map cannot be undone. */
export function invert([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d;
  if (!(Math.abs(determinant) > 1e-12)) throw new RangeError('the map has no inverse');
  const k = 1 / determinant;
  return [e * k, -b * k, (b * f - c * e) * k, -d * k, a * k, (c * d - a * f) * k];
}

export type View = {
  /** Takes pixel positions of the output to pixel positions of the image. */
  readonly toImage: Affine;
  readonly width_px: number;
  readonly height_px: number;
};

/** Samples an axis are capped: more cost time and change nothing that a network can see. */
const samples_max = 8;

/**
 * Renders a view of the image: bilinear, black outside, averaging several samples a pixel where the image shrinks.
 * `density` 1 takes one sample for each source pixel and axis; 0.5 costs a quarter. Returns interleaved RGB, 0…255.
 */
export function warp(image: RGBImage, view: View, density = 1): Float32Array {
  const [a, b, c, d, e, f] = view.toImage;
  const shrink = Math.sqrt(Math.abs(a * e - b * d));
  const samples = Math.min(samples_max, Math.max(1, Math.round(density * shrink)));
  const share = 1 / (samples * samples);
  const out = new Float32Array(view.width_px * view.height_px * 3);
  const sum = new Float64Array(3);
  for (let y = 0, at = 0; y < view.height_px; y += 1) {
    for (let x = 0; x < view.width_px; x += 1, at += 3) {
      sum.fill(0);
      for (let k = 0; k < samples * samples; k += 1) {
        const u = x + ((k % samples) + 0.5) / samples - 0.5;
        const v = y + (Math.floor(k / samples) + 0.5) / samples - 0.5;
        addBilinear(image, a * u + b * v + c, d * u + e * v + f, sum);
      }
      out[at] = (sum[0] ?? 0) * share;
      out[at + 1] = (sum[1] ?? 0) * share;
      out[at + 2] = (sum[2] ?? 0) * share;
    }
  }
  return out;
}

/** Adds the image's colour at a position between pixels to `sum`; what lies outside adds black. */
function addBilinear(image: RGBImage, x: number, y: number, sum: Float64Array): void {
  const { data, width_px: width, height_px: height } = image;
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < -1 || top < -1 || left >= width || top >= height) return;
  const right = x - left;
  const below = y - top;
  for (let corner = 0; corner < 4; corner += 1) {
    const column = left + (corner & 1);
    const row = top + (corner >> 1);
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const weight = ((corner & 1) === 1 ? right : 1 - right) * (corner > 1 ? below : 1 - below);
    const at = (row * width + column) * 3;
    sum[0] = (sum[0] ?? 0) + weight * (data[at] ?? 0);
    sum[1] = (sum[1] ?? 0) + weight * (data[at + 1] ?? 0);
    sum[2] = (sum[2] ?? 0) + weight * (data[at + 2] ?? 0);
  }
}

export type PlaneOrder = 'RGB' | 'BGR';

/** Interleaved RGB as three planes in the order a network wants, (v - mean) / deviation. */
export function planes(rgb: Float32Array, order: PlaneOrder, mean: number, deviation: number): Float32Array {
  const pixels = rgb.length / 3;
  const out = new Float32Array(rgb.length);
  for (let channel = 0; channel < 3; channel += 1) {
    const offset = (order === 'RGB' ? channel : 2 - channel) * pixels;
    for (let i = 0; i < pixels; i += 1) out[offset + i] = ((rgb[3 * i + channel] ?? 0) - mean) / deviation;
  }
  return out;
}
