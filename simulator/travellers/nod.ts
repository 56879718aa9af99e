/** Raises or lowers a head by a few degrees: somebody before a camera looks into it. */
import type { CutOut, CutOutPlan } from './cut-out.ts';
import { facePoints, inCutOut } from './face-points.ts';
import type { FacePoints } from './face-points.ts';
import { headShape } from './head-turn.ts';

/** What a level face measures. */
const level_deg = 8;
/** This share of what is missing to a level face is made good; so few degrees hide nothing and show nothing new. */
const share = 0.5;
const nod_max_deg = 10;

/** The person with a more level head, and where the points of the face lie then. */
export function nodToCamera(
  person: CutOut,
  plan: CutOutPlan,
  points: FacePoints,
): { readonly person: CutOut; readonly points: FacePoints } {
  const wanted_deg = share * (level_deg - points.pitch_deg);
  const angle = (Math.max(-nod_max_deg, Math.min(nod_max_deg, wanted_deg)) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const ears = [points.at(234), points.at(454)];
  const axis = { y: ears.reduce((sum, { y }) => sum + y / 2, 0), z: ears.reduce((sum, { z }) => sum + z / 2, 0) };
  const moved = points.all.map(({ x, y, z }) => ({
    x,
    y: axis.y + (y - axis.y) * cos - (z - axis.z) * sin,
    z: axis.z + (y - axis.y) * sin + (z - axis.z) * cos,
  }));
  const shape = headShape(points, plan);
  const { data, width_px, height_px } = person;
  const axisRow = inCutOut({ x: 0, y: axis.y, z: 0 }, plan).y;
  const shiftAt = (x: number, y: number): number => {
    const row = Math.min(height_px - 1, Math.max(0, Math.round(y)));
    const depth = shape.depth[row * width_px + x] ?? 0;
    return (shape.share[row] ?? 0) * ((cos - 1) * (y - axisRow) - depth * sin);
  };
  const nodded = new Uint8ClampedArray(data.length);
  for (let y = 0, at = 0; y < height_px; y += 1) {
    for (let x = 0; x < width_px; x += 1, at += 4) {
      // The shift belongs to where the surface comes from: found in two steps, for it changes little.
      const from = y - shiftAt(x, y - shiftAt(x, y));
      if (from < 0 || from >= height_px - 1) continue;
      const row = Math.floor(from);
      const b = from - row;
      const one = (row * width_px + x) * 4;
      const other = one + 4 * width_px;
      for (let c = 0; c < 4; c += 1) nodded[at + c] = (data[one + c] ?? 0) * (1 - b) + (data[other + c] ?? 0) * b;
    }
  }
  return { person: { data: nodded, width_px, height_px }, points: facePoints(moved) };
}
