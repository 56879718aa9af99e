/**
 * Affine maps of the plane and the one resampler that every network's input goes through: bilinear, black outside,
 * several samples a pixel where the image shrinks. Plain loops over typed arrays: at 640 x 480 they are what a frame's
 * time goes to beside the networks.
 */
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
  const [a, b, , d, e] = view.toImage;
  const shrink = Math.sqrt(Math.abs(a * e - b * d));
  const samples = Math.min(samples_max, Math.max(1, Math.round(density * shrink)));
  return b === 0 && d === 0 ? crop(image, view, samples) : warpTurned(image, view, samples);
}

/** For each output position along one axis: `count` source positions from `first` on, and their weights. */
type Taps = { readonly first: Int32Array; readonly weights: Float32Array; readonly count: number };

/** The bilinear samples at `scale · (i + sub-sample) + offset` as weights; samples outside 0…size fall away. */
function tapsOf(length: number, size: number, scale: number, offset: number, samples: number): Taps {
  const share = 1 / samples;
  const position = (i: number, k: number): number => scale * (i + (k + 0.5) * share - 0.5) + offset;
  // Inside, so that `count` positions from it on can be read whatever the map is.
  const first = new Int32Array(length);
  let count = 1;
  for (let i = 0; i < length; i += 1) {
    const [one, other] = [position(i, 0), position(i, samples - 1)];
    const low = Math.max(0, Math.floor(Math.min(one, other)));
    count = Math.max(count, Math.min(size, Math.ceil(Math.max(one, other)) + 1) - low);
    first[i] = low;
  }
  const weights = new Float32Array(length * count);
  for (let i = 0; i < length; i += 1) {
    const start = Math.min(first[i] ?? 0, size - count);
    first[i] = start;
    for (let k = 0; k < samples; k += 1) {
      const at = position(i, k);
      const left = Math.floor(at);
      addWeight(weights, i * count, count, left - start, share * (1 - (at - left)));
      addWeight(weights, i * count, count, left + 1 - start, share * (at - left));
    }
  }
  return { first, weights, count };
}

function addWeight(weights: Float32Array, from: number, count: number, tap: number, weight: number): void {
  if (tap >= 0 && tap < count) weights[from + tap] = (weights[from + tap] ?? 0) + weight;
}

/** Without rotation the two axes are apart: each source row that is needed is resampled across once, then down. */
function crop(image: RGBImage, view: View, samples: number): Float32Array {
  const [a, , c, , e, f] = view.toImage;
  const across = tapsOf(view.width_px, image.width_px, a, c, samples);
  const down = tapsOf(view.height_px, image.height_px, e, f, samples);
  const line = view.width_px * 3;
  const out = new Float32Array(line * view.height_px);
  const kept = Array.from({ length: down.count }, () => ({ row: -1, values: new Float32Array(line) }));
  for (let y = 0; y < view.height_px; y += 1) {
    const target = out.subarray(y * line, (y + 1) * line);
    for (let k = 0; k < down.count; k += 1) {
      const weight = down.weights[y * down.count + k] ?? 0;
      const row = (down.first[y] ?? 0) + k;
      const slot = kept[row % down.count];
      if (weight === 0 || slot === undefined) continue;
      if (slot.row !== row) resampleRow(image, row, across, slot.values);
      slot.row = row;
      addScaled(target, slot.values, weight);
    }
  }
  return out;
}

function addScaled(target: Float32Array, values: Float32Array, weight: number): void {
  for (let i = 0; i < target.length; i += 1) target[i] = (target[i] ?? 0) + weight * (values[i] ?? 0);
}

function resampleRow(image: RGBImage, row: number, { first, weights, count }: Taps, out: Float32Array): void {
  const { data, width_px } = image;
  const start = row * width_px * 3;
  for (let x = 0, at = 0; x < first.length; x += 1, at += 3) {
    let r = 0;
    let g = 0;
    let b = 0;
    let from = start + (first[x] ?? 0) * 3;
    for (let k = x * count; k < (x + 1) * count; k += 1, from += 3) {
      const weight = weights[k] ?? 0;
      r += weight * (data[from] ?? 0);
      g += weight * (data[from + 1] ?? 0);
      b += weight * (data[from + 2] ?? 0);
    }
    out[at] = r;
    out[at + 1] = g;
    out[at + 2] = b;
  }
}

/** The general map: every sample on its own, its four neighbours read at once where all of them lie inside. */
function warpTurned({ data, width_px: width, height_px: height }: RGBImage, view: View, samples: number): Float32Array {
  const [a, b, c, d, e, f] = view.toImage;
  const out = new Float32Array(view.width_px * view.height_px * 3);
  const step = 1 / samples;
  const share = step * step;
  const stride = width * 3;
  for (let y = 0, at = 0; y < view.height_px; y += 1) {
    for (let x = 0; x < view.width_px; x += 1, at += 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < samples; j += 1) {
        const v = y + (j + 0.5) * step - 0.5;
        for (let i = 0; i < samples; i += 1) {
          const u = x + (i + 0.5) * step - 0.5;
          const sourceX = a * u + b * v + c;
          const sourceY = d * u + e * v + f;
          const left = Math.floor(sourceX);
          const top = Math.floor(sourceY);
          // Written so that positions that are no numbers stay black.
          if (!(left >= -1 && top >= -1 && left < width && top < height)) continue;
          const right = sourceX - left;
          const below = sourceY - top;
          // Weight 0 keeps a neighbour that lies outside out of the sum; its index is moved inside.
          const w00 = left >= 0 && top >= 0 ? (1 - right) * (1 - below) : 0;
          const w01 = left + 1 < width && top >= 0 ? right * (1 - below) : 0;
          const w10 = left >= 0 && top + 1 < height ? (1 - right) * below : 0;
          const w11 = left + 1 < width && top + 1 < height ? right * below : 0;
          const p00 = Math.max(top, 0) * stride + Math.max(left, 0) * 3;
          const p01 = left + 1 < width && left >= 0 ? p00 + 3 : p00;
          const down = top + 1 < height && top >= 0 ? stride : 0;
          const p10 = p00 + down;
          const p11 = p01 + down;
          red += w00 * (data[p00] ?? 0) + w01 * (data[p01] ?? 0) + w10 * (data[p10] ?? 0) + w11 * (data[p11] ?? 0);
          green +=
            w00 * (data[p00 + 1] ?? 0) +
            w01 * (data[p01 + 1] ?? 0) +
            w10 * (data[p10 + 1] ?? 0) +
            w11 * (data[p11 + 1] ?? 0);
          blue +=
            w00 * (data[p00 + 2] ?? 0) +
            w01 * (data[p01 + 2] ?? 0) +
            w10 * (data[p10 + 2] ?? 0) +
            w11 * (data[p11 + 2] ?? 0);
        }
      }
      out[at] = red * share;
      out[at + 1] = green * share;
      out[at + 2] = blue * share;
    }
  }
  return out;
}

export type PlaneOrder = 'RGB' | 'BGR';

/** Interleaved RGB as three planes in the order a network wants, (v - mean) / deviation. */
export function planes(rgb: Float32Array, order: PlaneOrder, mean: number, deviation: number): Float32Array {
  const pixels = rgb.length / 3;
  const out = new Float32Array(rgb.length);
  for (let channel = 0; channel < 3; channel += 1) {
    const offset = (order === 'RGB' ? channel : 2 - channel) * pixels;
    for (let i = 0, at = channel; i < pixels; i += 1, at += 3) out[offset + i] = ((rgb[at] ?? 0) - mean) / deviation;
  }
  return out;
}

/** Weighted sum of R, G and B of each pixel, divided. */
export function grey(
  rgb: Float32Array,
  weights: readonly [r: number, g: number, b: number],
  divisor: number,
): Float32Array {
  const out = new Float32Array(rgb.length / 3);
  const [r, g, b] = weights;
  for (let i = 0, at = 0; i < out.length; i += 1, at += 3) {
    out[i] = (r * (rgb[at] ?? 0) + g * (rgb[at + 1] ?? 0) + b * (rgb[at + 2] ?? 0)) / divisor;
  }
  return out;
}
