/** Closed eyes, by a small network that sees each eye alone. */
import type { RGBImage } from './image.ts';
import { type Point, type View, warpGrey } from './warp.ts';

export const eye_px = 24;
/** Side of the square over the width of the eye, corner to corner. */
const margin = 1.6;

/** Corners and lid points of each eye among the 68, left as seen in the picture. */
const eyes = {
  left: { corners: [36, 39], lids: [37, 38, 40, 41] },
  right: { corners: [42, 45], lids: [43, 44, 46, 47] },
} as const;

export type Eye = keyof typeof eyes;

/** Tensor [1, 1, 24, 24]: grey (ITU-R BT.601) / 255 of a square round the middle of the lids. */
export function eyeInput(image: RGBImage, points: readonly Point[], eye: Eye): Float32Array {
  const at = (number: number): Point => points[number] ?? { x: Number.NaN, y: Number.NaN };
  const { corners, lids } = eyes[eye];
  const width = Math.hypot(at(corners[0]).x - at(corners[1]).x, at(corners[0]).y - at(corners[1]).y);
  const centre = {
    x: lids.reduce((sum, number) => sum + at(number).x / lids.length, 0),
    y: lids.reduce((sum, number) => sum + at(number).y / lids.length, 0),
  };
  const scale = (margin * width) / eye_px;
  const half = (scale * (eye_px - 1)) / 2;
  const view: View = {
    toImage: [scale, 0, centre.x - half, 0, scale, centre.y - half],
    width_px: eye_px,
    height_px: eye_px,
  };
  return warpGrey(image, view, [0.299, 0.587, 0.114], 255);
}

/** Probability 0…1 that the eye is closed, from the logits of closed and open. Throws RangeError for anything else. */
export function closedProbability(output: Float32Array): number {
  const [closed, open] = output;
  if (output.length !== 2 || closed === undefined || open === undefined) throw new RangeError('two logits expected');
  return 1 / (1 + Math.exp(open - closed));
}
