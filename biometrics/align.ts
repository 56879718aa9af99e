/** Brings a face to the one position in which embeddings are comparable. */
import type { RGBImage } from './image.ts';
import type { FivePoints } from './landmarks.ts';
import { invert, warp } from './warp.ts';
import type { Affine, Point } from './warp.ts';

export const aligned_px = 112;

/** The customary ArcFace template for 112 x 112: eyes, nose, mouth corners. */
export const template: FivePoints = {
  leftEye: { x: 38.2946, y: 51.6963 },
  rightEye: { x: 73.5318, y: 51.5014 },
  nose: { x: 56.0252, y: 71.7366 },
  leftMouth: { x: 41.5493, y: 92.3655 },
  rightMouth: { x: 70.7299, y: 92.2041 },
};

const list = (five: FivePoints): readonly Point[] => [
  five.leftEye,
  five.rightEye,
  five.nose,
  five.leftMouth,
  five.rightMouth,
];

/**
 * The rotation, uniform scale and shift (no reflection) that takes `from` nearest to `to` in the least-squares sense.
 * Throws a RangeError when the points coincide or are not numbers.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Affine {
  if (from.length !== to.length || from.length < 2) throw new RangeError('two lists of equal length expected');
  const source = centroid(from);
  const target = centroid(to);
  let [dot, cross, spread] = [0, 0, 0];
  for (const [i, p] of from.entries()) {
    const q = to[i] ?? target;
    const [x, y, u, v] = [p.x - source.x, p.y - source.y, q.x - target.x, q.y - target.y];
    dot += x * u + y * v;
    cross += x * v - y * u;
    spread += x * x + y * y;
  }
  const a = dot / spread;
  const b = cross / spread;
  if (!(Number.isFinite(a) && Number.isFinite(b))) throw new RangeError('no similarity fits these points');
  return [a, -b, target.x - a * source.x + b * source.y, b, a, target.y - b * source.x - a * source.y];
}

function centroid(points: readonly Point[]): Point {
  let [x, y] = [0, 0];
  for (const p of points) [x, y] = [x + p.x / points.length, y + p.y / points.length];
  return { x, y };
}

/** The face at 112 x 112 with its five points on the template; interleaved RGB, 0…255. Throws RangeError as `fitSimilarity`. */
export function alignFace(image: RGBImage, five: FivePoints): Float32Array {
  const toTemplate = fitSimilarity(list(five), list(template));
  return warp(image, { toImage: invert(toTemplate), width_px: aligned_px, height_px: aligned_px });
}
