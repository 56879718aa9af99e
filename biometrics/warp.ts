/**
 * Affine maps of the plane and the one resampler that every network's input goes through: bilinear, black outside,
 * several samples a pixel where the image shrinks. Plain loops over typed arrays: at 640 x 480 they are what a frame's
 * time goes to beside the networks. The views are borrowed (`scratch.ts`): give them back.
 */
import type { RGBImage } from './image.ts';
import { borrow } from './scratch.ts';

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
 * Returns interleaved RGB from 0 to `white`.
 */
export function warp(image: RGBImage, view: View, white = 255): Float32Array {
  const out = borrow(view.width_px * 3 * view.height_px);
  const scale = white / 255;
  eachLine(image, view, 1, (line, y) => {
    for (let i = 0, to = y * line.length; i < line.length; i += 1, to += 1) out[to] = (line[i] ?? 0) * scale;
  });
  return out;
}

export type PlaneOrder = 'RGB' | 'BGR';

/** How a network wants its values: planes in an order, (v - mean) / deviation. */
export type Planes = {
  readonly order: PlaneOrder;
  readonly mean: number;
  readonly deviation: number;
  /** 1, the default, takes one sample for each source pixel and axis; 0.5 costs a quarter. */
  readonly density?: number;
};

/** The view as three planes: what `planes` makes of `warp`, in one go. */
export function warpPlanes(image: RGBImage, view: View, { order, mean, deviation, density = 1 }: Planes): Float32Array {
  const { width_px, height_px } = view;
  const pixels = width_px * height_px;
  const out = borrow(3 * pixels);
  const [red, blue] = order === 'RGB' ? [0, 2 * pixels] : [2 * pixels, 0];
  const scale = 1 / deviation;
  eachLine(image, view, density, (line, y) => {
    const from = y * width_px;
    for (let x = 0, at = 0; x < width_px; x += 1, at += 3) {
      out[red + from + x] = ((line[at] ?? 0) - mean) * scale;
      out[pixels + from + x] = ((line[at + 1] ?? 0) - mean) * scale;
      out[blue + from + x] = ((line[at + 2] ?? 0) - mean) * scale;
    }
  });
  return out;
}

export type GreyWeights = readonly [r: number, g: number, b: number];

/** The view as the weighted sum of R, G and B of each pixel, divided. */
export function warpGrey(image: RGBImage, view: View, [r, g, b]: GreyWeights, divisor: number): Float32Array {
  const { width_px, height_px } = view;
  const out = borrow(width_px * height_px);
  eachLine(image, view, 1, (line, y) => {
    for (let x = 0, at = 0, to = y * width_px; x < width_px; x += 1, at += 3, to += 1) {
      out[to] = (r * (line[at] ?? 0) + g * (line[at + 1] ?? 0) + b * (line[at + 2] ?? 0)) / divisor;
    }
  });
  return out;
}

/** Interleaved RGB of one line of a view; the same array for every line. */
type TakeLine = (line: Float32Array, y: number) => void;

function eachLine(image: RGBImage, view: View, density: number, take: TakeLine): void {
  const [a, b, , d, e] = view.toImage;
  const shrink = Math.sqrt(Math.abs(a * e - b * d));
  const samples = Math.min(samples_max, Math.max(1, Math.round(density * shrink)));
  if (b === 0 && d === 0) crop(image, view, samples, take);
  else turn(image, view, samples, take);
}

/** For each output position along one axis: `count` source positions from `first` on, and their weights. */
type Taps = { readonly first: Int32Array; readonly weights: Float32Array; readonly count: number };

/** The bilinear samples at `scale · (i + sub-sample) + offset` as weights; samples outside 0…size fall away. */
function tapsOf(length: number, size: number, scale: number, offset: number, samples: number): Taps {
  const share = 1 / samples;
  const position = (i: number, k: number): number => scale * (i + (k + 0.5) * share - 0.5) + offset;
  // Inside, so that `count` positions from it on can be read whatever the map is.
  const first = new Int32Array(length);
  let count = Math.min(2, size);
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

/** Without rotation the two axes are apart. */
function crop(image: RGBImage, view: View, samples: number, take: TakeLine): void {
  const [a, , c, , e, f] = view.toImage;
  const across = tapsOf(view.width_px, image.width_px, a, c, samples);
  const down = tapsOf(view.height_px, image.height_px, e, f, samples);
  if (across.count === 2 && down.count === 2) cropByFour(image, across, down, take);
  else cropByMany(image, across, down, take);
}

/** One sample a pixel: its four neighbours at once. As `cropByMany`, in a third less time. */
function cropByFour({ data, width_px }: RGBImage, across: Taps, down: Taps, take: TakeLine): void {
  const { first, weights } = across;
  const line = new Float32Array(first.length * 3);
  const stride = width_px * 3;
  for (let y = 0; y < down.first.length; y += 1) {
    const upper = (down.first[y] ?? 0) * stride;
    const above = down.weights[2 * y] ?? 0;
    const below = down.weights[2 * y + 1] ?? 0;
    for (let x = 0, at = 0; x < first.length; x += 1, at += 3) {
      const p = upper + (first[x] ?? 0) * 3;
      const q = p + stride;
      const left = weights[2 * x] ?? 0;
      const right = weights[2 * x + 1] ?? 0;
      line[at] =
        left * (above * (data[p] ?? 0) + below * (data[q] ?? 0)) +
        right * (above * (data[p + 3] ?? 0) + below * (data[q + 3] ?? 0));
      line[at + 1] =
        left * (above * (data[p + 1] ?? 0) + below * (data[q + 1] ?? 0)) +
        right * (above * (data[p + 4] ?? 0) + below * (data[q + 4] ?? 0));
      line[at + 2] =
        left * (above * (data[p + 2] ?? 0) + below * (data[q + 2] ?? 0)) +
        right * (above * (data[p + 5] ?? 0) + below * (data[q + 5] ?? 0));
    }
    take(line, y);
  }
}

/** Several samples a pixel: each source row that is needed is resampled across once, then down. */
function cropByMany(image: RGBImage, across: Taps, down: Taps, take: TakeLine): void {
  const line = new Float32Array(across.first.length * 3);
  const kept = Array.from({ length: down.count }, () => ({ row: -1, values: new Float32Array(line.length) }));
  for (let y = 0; y < down.first.length; y += 1) {
    line.fill(0);
    for (let k = 0; k < down.count; k += 1) {
      const weight = down.weights[y * down.count + k] ?? 0;
      const row = (down.first[y] ?? 0) + k;
      const slot = kept[row % down.count];
      if (weight === 0 || slot === undefined) continue;
      if (slot.row !== row) resampleRow(image, row, across, slot.values);
      slot.row = row;
      addScaled(line, slot.values, weight);
    }
    take(line, y);
  }
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

/** The general map: every sample on its own. */
function turn(image: RGBImage, view: View, samples: number, take: TakeLine): void {
  const line = new Float32Array(view.width_px * 3);
  const turnLine = isInside(image, view) ? turnLineInside : turnLineAnywhere;
  for (let y = 0; y < view.height_px; y += 1) {
    turnLine(image, view, samples, y, line);
    take(line, y);
  }
}

/** True when every sample has its four neighbours in the image: the corners have, and the map is affine. */
function isInside({ width_px, height_px }: RGBImage, { toImage, width_px: width, height_px: height }: View): boolean {
  return [-0.5, width - 0.5].every((x) =>
    [-0.5, height - 0.5].every((y) => {
      const p = apply(toImage, { x, y });
      return p.x >= 0 && p.y >= 0 && p.x < width_px - 1 && p.y < height_px - 1;
    }),
  );
}

function turnLineInside({ data, width_px }: RGBImage, view: View, samples: number, y: number, line: Float32Array) {
  const [a, b, c, d, e, f] = view.toImage;
  const step = 1 / samples;
  const share = step * step;
  const stride = width_px * 3;
  for (let at = 0, x = 0; at < line.length; at += 3, x += 1) {
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
        const right = sourceX - left;
        const below = sourceY - top;
        const w00 = (1 - right) * (1 - below);
        const w01 = right * (1 - below);
        const w10 = (1 - right) * below;
        const w11 = right * below;
        const p = top * stride + left * 3;
        const q = p + stride;
        red += w00 * (data[p] ?? 0) + w01 * (data[p + 3] ?? 0) + w10 * (data[q] ?? 0) + w11 * (data[q + 3] ?? 0);
        green +=
          w00 * (data[p + 1] ?? 0) + w01 * (data[p + 4] ?? 0) + w10 * (data[q + 1] ?? 0) + w11 * (data[q + 4] ?? 0);
        blue +=
          w00 * (data[p + 2] ?? 0) + w01 * (data[p + 5] ?? 0) + w10 * (data[q + 2] ?? 0) + w11 * (data[q + 5] ?? 0);
      }
    }
    line[at] = red * share;
    line[at + 1] = green * share;
    line[at + 2] = blue * share;
  }
}

/** Neighbours outside the image are black. */
function turnLineAnywhere(image: RGBImage, view: View, samples: number, y: number, line: Float32Array): void {
  const [a, b, c, d, e, f] = view.toImage;
  const step = 1 / samples;
  const share = step * step;
  line.fill(0);
  for (let at = 0, x = 0; at < line.length; at += 3, x += 1) {
    for (let j = 0; j < samples; j += 1) {
      const v = y + (j + 0.5) * step - 0.5;
      for (let i = 0; i < samples; i += 1) {
        const u = x + (i + 0.5) * step - 0.5;
        addSample(image, a * u + b * v + c, d * u + e * v + f, share, line, at);
      }
    }
  }
}

function addSample(image: RGBImage, x: number, y: number, share: number, line: Float32Array, at: number): void {
  const { data, width_px, height_px } = image;
  const left = Math.floor(x);
  const top = Math.floor(y);
  // Written so that positions that are no numbers stay black.
  if (!(left >= -1 && top >= -1 && left < width_px && top < height_px)) return;
  for (let row = Math.max(0, top); row <= Math.min(height_px - 1, top + 1); row += 1) {
    for (let column = Math.max(0, left); column <= Math.min(width_px - 1, left + 1); column += 1) {
      const weight = share * (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
      const from = (row * width_px + column) * 3;
      line[at] = (line[at] ?? 0) + weight * (data[from] ?? 0);
      line[at + 1] = (line[at + 1] ?? 0) + weight * (data[from + 1] ?? 0);
      line[at + 2] = (line[at + 2] ?? 0) + weight * (data[from + 2] ?? 0);
    }
  }
}

/** Interleaved RGB as three planes in the order a network wants, (v - mean) / deviation. */
export function planes(rgb: Float32Array, order: PlaneOrder, mean: number, deviation: number): Float32Array {
  const pixels = rgb.length / 3;
  const out = borrow(rgb.length);
  for (let channel = 0; channel < 3; channel += 1) {
    const offset = (order === 'RGB' ? channel : 2 - channel) * pixels;
    for (let i = 0, at = channel; i < pixels; i += 1, at += 3) out[offset + i] = ((rgb[at] ?? 0) - mean) / deviation;
  }
  return out;
}
