/** Draws cut-outs and flat things into a picture. Plain loops: at 640 x 480 they are most of what a frame costs. */
import type { CutOut } from './cut-out.ts';
import type { Picture } from './scene.ts';
import type { Pose } from './standing.ts';

/** Draws the cut-out into the picture with its eyes at the pose; bilinear. */
export function placeCutOut(picture: Picture, person: CutOut, eyes: { x: number; y: number }, pose: Pose): void {
  const { data: target, size } = picture;
  const { data, width_px, height_px } = person;
  const cos = Math.cos(pose.roll_rad) / pose.scale;
  const sin = Math.sin(pose.roll_rad) / pose.scale;
  // All of the cut-out and a little more, whichever way it leans.
  const lean = 1 + Math.abs(pose.roll_rad) * 2;
  const top = Math.max(0, Math.floor(pose.y - pose.scale * eyes.y * lean));
  const left = Math.max(0, Math.floor(pose.x - pose.scale * eyes.x * lean));
  const right = Math.min(size.width_px, Math.ceil(pose.x + pose.scale * (width_px - eyes.x) * lean));
  const bottom = Math.min(size.height_px, Math.ceil(pose.y + pose.scale * (height_px - eyes.y) * lean));
  for (let y = top; y < bottom; y += 1) {
    const lineU = eyes.x - cos * pose.x + sin * (y - pose.y);
    const lineV = eyes.y + sin * pose.x + cos * (y - pose.y);
    for (let x = left; x < right; x += 1) {
      const u = lineU + cos * x;
      const v = lineV - sin * x;
      if (u < 0 || v < 0 || u >= width_px - 1 || v >= height_px - 1) continue;
      const column = Math.floor(u);
      const row = Math.floor(v);
      const [a, b] = [u - column, v - row];
      const p00 = (row * width_px + column) * 4;
      const p10 = p00 + 4 * width_px;
      const [w01, w10, w11] = [a * (1 - b), (1 - a) * b, a * b];
      const w00 = (1 - a) * (1 - b);
      const mix = w00 * (data[p00 + 3] ?? 0) + w01 * (data[p00 + 7] ?? 0);
      const opacity = (mix + w10 * (data[p10 + 3] ?? 0) + w11 * (data[p10 + 7] ?? 0)) / 255;
      if (opacity === 0) continue;
      const at = (y * size.width_px + x) * 3;
      for (let c = 0; c < 3; c += 1) {
        const seen =
          w00 * (data[p00 + c] ?? 0) +
          w01 * (data[p00 + 4 + c] ?? 0) +
          w10 * (data[p10 + c] ?? 0) +
          w11 * (data[p10 + 4 + c] ?? 0);
        const behind = target[at + c] ?? 0;
        target[at + c] = behind + opacity * (seen - behind);
      }
    }
  }
}

/** A flat thing held up to the camera: angles in radians; yaw and pitch turn it out of the picture's plane. */
export type Held = {
  /** Where its origin is seen, px of the picture. */
  readonly x: number;
  readonly y: number;
  /** Pixels of the picture for one of the thing's own units. */
  readonly scale: number;
  readonly roll_rad: number;
  readonly yaw_rad: number;
  readonly pitch_rad: number;
};

/** Extent round the origin in the thing's own units. */
export type Extent = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

/** Calls `paint` for every pixel of the picture under the thing, with the place on the thing in its own units. */
export function projectFlat(
  picture: Picture,
  held: Held,
  extent: Extent,
  distance: number,
  paint: (at: number, u: number, v: number) => void,
): void {
  const { size } = picture;
  const m = planeToPicture(held, distance);
  const [a, b, c, d, e, f, g, h, i] = m;
  const corner = (u: number, v: number) => {
    const w = g * u + h * v + i;
    return { x: (a * u + b * v + c) / w, y: (d * u + e * v + f) / w };
  };
  const corners = [extent.left, extent.right].flatMap((u) => [corner(u, extent.top), corner(u, extent.bottom)]);
  const left = Math.max(0, Math.floor(Math.min(...corners.map(({ x }) => x))));
  const right = Math.min(size.width_px, Math.ceil(Math.max(...corners.map(({ x }) => x))) + 1);
  const top = Math.max(0, Math.floor(Math.min(...corners.map(({ y }) => y))));
  const bottom = Math.min(size.height_px, Math.ceil(Math.max(...corners.map(({ y }) => y))) + 1);
  // The adjugate is the inverse up to a factor, which the division by w takes away.
  const [uX, uY, u1] = [e * i - f * h, c * h - b * i, b * f - c * e];
  const [vX, vY, v1] = [f * g - d * i, a * i - c * g, c * d - a * f];
  const [wX, wY, w1] = [d * h - e * g, b * g - a * h, a * e - b * d];
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const w = wX * x + wY * y + w1;
      const u = (uX * x + uY * y + u1) / w;
      const v = (vX * x + vY * y + v1) / w;
      if (u < extent.left || u > extent.right || v < extent.top || v > extent.bottom) continue;
      paint((y * size.width_px + x) * 3, u, v);
    }
  }
}

type Projection = readonly [number, number, number, number, number, number, number, number, number];

/** Turned by roll, yaw and pitch and seen from `distance` (own units) in central projection. */
function planeToPicture({ x, y, scale, roll_rad, yaw_rad, pitch_rad }: Held, distance: number): Projection {
  const [cr, sr] = [Math.cos(roll_rad), Math.sin(roll_rad)];
  const [cy, sy] = [Math.cos(yaw_rad), Math.sin(yaw_rad)];
  const [cp, sp] = [Math.cos(pitch_rad), Math.sin(pitch_rad)];
  const across = [cr * cy, sr * cp + cr * sy * sp, sr * sp - cr * sy * cp] as const;
  const down = [-sr * cy, cr * cp - sr * sy * sp, cr * sp + sr * sy * cp] as const;
  const [g, h] = [across[2] / distance, down[2] / distance];
  return [
    scale * across[0] + x * g,
    scale * down[0] + x * h,
    x,
    scale * across[1] + y * g,
    scale * down[1] + y * h,
    y,
    g,
    h,
    1,
  ];
}

/** Adds a sample of an RGBA drawing to the picture, bilinear, over what is there. `x`, `y` in px of the drawing. */
export function blendSample(target: Uint8ClampedArray, at: number, drawing: CutOut, x: number, y: number): void {
  const { data, width_px, height_px } = drawing;
  if (x < 0 || y < 0 || x >= width_px - 1 || y >= height_px - 1) return;
  const column = Math.floor(x);
  const row = Math.floor(y);
  const [a, b] = [x - column, y - row];
  const p00 = (row * width_px + column) * 4;
  const p10 = p00 + 4 * width_px;
  const sample = (c: number): number =>
    ((data[p00 + c] ?? 0) * (1 - a) + (data[p00 + 4 + c] ?? 0) * a) * (1 - b) +
    ((data[p10 + c] ?? 0) * (1 - a) + (data[p10 + 4 + c] ?? 0) * a) * b;
  const opacity = sample(3) / 255;
  if (opacity === 0) return;
  for (let c = 0; c < 3; c += 1) {
    const behind = target[at + c] ?? 0;
    target[at + c] = behind + opacity * (sample(c) - behind);
  }
}
