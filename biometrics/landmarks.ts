/** The 68 facial points of the iBUG 300-W scheme (numbered from 0): what fr_landmark is shown and what it answers. */
import type { Rectangle, RGBImage } from './image.ts';
import { warpGrey } from './warp.ts';
import type { Point, View } from './warp.ts';

const side_px = 64;
export const landmarkCount = 68;

/** Grey weights of R, G, B as the network's own package mixes them: red and blue are swapped against ITU-R BT.601. */
const greyWeights = [0.114, 0.587, 0.299] as const;

/** Tensor [1, 1, 64, 64]: the detector's box as it is, grey / 256. */
export function landmarkInput(image: RGBImage, box: Rectangle): Float32Array {
  const x = (box.right - box.left) / side_px;
  const y = (box.bottom - box.top) / side_px;
  const view: View = {
    toImage: [x, 0, box.left + x / 2, 0, y, box.top + y / 2],
    width_px: side_px,
    height_px: side_px,
  };
  return warpGrey(image, view, greyWeights, 256);
}

/** Output [1, 136] as 68 points in px of the picture. */
export function landmarkPoints(output: Float32Array, box: Rectangle): Point[] {
  if (output.length !== 2 * landmarkCount) throw new RangeError('68 points expected');
  return Array.from({ length: landmarkCount }, (_, i) => ({
    x: box.left + (output[2 * i] ?? Number.NaN) * (box.right - box.left),
    y: box.top + (output[2 * i + 1] ?? Number.NaN) * (box.bottom - box.top),
  }));
}

/** The five points that faces are aligned by; left and right as seen in the picture. */
export type FivePoints = {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly nose: Point;
  readonly leftMouth: Point;
  readonly rightMouth: Point;
};

/** Eyes are the middle of their four lid points, mouth corners the middle of outer and inner corner. */
export function fivePoints(points: readonly Point[]): FivePoints {
  const middle = (...numbers: readonly number[]): Point => {
    let [x, y] = [0, 0];
    for (const number of numbers) {
      x += (points[number]?.x ?? Number.NaN) / numbers.length;
      y += (points[number]?.y ?? Number.NaN) / numbers.length;
    }
    return { x, y };
  };
  return {
    leftEye: middle(37, 38, 40, 41),
    rightEye: middle(43, 44, 46, 47),
    nose: middle(30),
    leftMouth: middle(48, 60),
    rightMouth: middle(54, 64),
  };
}

/** Distance between the eye centres, px. */
export function interEye_px(five: FivePoints): number {
  return Math.hypot(five.rightEye.x - five.leftEye.x, five.rightEye.y - five.leftEye.y);
}
