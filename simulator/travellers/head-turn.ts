/**
 * Turns a head that was photographed from the front. The measured points of the face carry a surface (thin-plate spline
 * over their depth), which is turned about the axis between the ears and seen again in parallel projection. Rows do not
 * mix, for the axis is upright. What the photograph does not show is stretched from what lies beside it.
 */
import type { CutOut, CutOutPlan } from './cut-out.ts';
import { inCutOut } from './face-points.ts';
import type { FacePoint, FacePoints } from './face-points.ts';
import { smooth } from './scene.ts';

export type HeadShape = {
  /** Distance behind (above 0) or before the turning axis for each pixel of the cut-out, px. */
  readonly depth: Float32Array;
  /** The axis' place across the cut-out, px. */
  readonly axis: number;
  /** Share of the turn that each row takes part in: all of the head, none of the shoulders. */
  readonly share: Float32Array;
};

/** The back of hair and head lies no further behind the axis, eye distances. */
const back_max = 0.35;
/** Below the chin, eye distances: from here the neck turns less and less. */
const neck = { from: 0.1, to: 1 };
/** The surface is worked out every so many pixels. */
const grid_px = 6;

export function headShape(points: FacePoints, plan: CutOutPlan): HeadShape {
  const { width_px, height_px, interEye_px } = plan;
  const [left, right] = [inCutOut(points.at(234), plan), inCutOut(points.at(454), plan)];
  const chin = inCutOut(points.at(152), plan).y;
  const axisDepth = (left.z + right.z) / 2;
  const surface = thinPlate(
    points.all.map((point) => inCutOut(point, plan)),
    interEye_px,
  );
  const columns = Math.ceil(width_px / grid_px) + 2;
  const rows = Math.ceil(height_px / grid_px) + 2;
  const knots = Float32Array.from({ length: columns * rows }, (_, i) => {
    const z = surface((i % columns) * grid_px, Math.floor(i / columns) * grid_px);
    return Math.min(z - axisDepth, back_max * interEye_px);
  });
  const depth = new Float32Array(width_px * height_px);
  for (let i = 0; i < depth.length; i += 1) {
    const [x, y] = [(i % width_px) / grid_px, Math.floor(i / width_px) / grid_px];
    const knot = Math.floor(y) * columns + Math.floor(x);
    const [a, b] = [x % 1, y % 1];
    const above = (knots[knot] ?? 0) * (1 - a) + (knots[knot + 1] ?? 0) * a;
    const below = (knots[knot + columns] ?? 0) * (1 - a) + (knots[knot + columns + 1] ?? 0) * a;
    depth[i] = above * (1 - b) + below * b;
  }
  const share = Float32Array.from(
    { length: height_px },
    (_, y) => 1 - smooth(chin + neck.from * interEye_px, chin + neck.to * interEye_px, y),
  );
  return { depth, axis: (left.x + right.x) / 2, share };
}

/** The cut-out with its head turned; degrees, above 0 to the right side of the picture. */
export function turnHead(person: CutOut, shape: HeadShape, turn_deg: number): CutOut {
  const { data, width_px, height_px } = person;
  const turned = new Uint8ClampedArray(data.length);
  const source = new Float32Array(width_px);
  const nearest = new Float32Array(width_px);
  for (let y = 0; y < height_px; y += 1) {
    if (shape.share[y] === 0) {
      // From here on down it is body.
      turned.set(data.subarray(y * width_px * 4), y * width_px * 4);
      break;
    }
    turnRow(shape, y, width_px, ((shape.share[y] ?? 0) * turn_deg * Math.PI) / 180, source, nearest);
    for (let x = 0, at = y * width_px * 4; x < width_px; x += 1, at += 4) {
      const from = source[x] ?? -1;
      if (from < 0) continue;
      const column = Math.floor(from);
      const b = from - column;
      const a = 1 - b;
      const one = (y * width_px + column) * 4;
      turned[at] = (data[one] ?? 0) * a + (data[one + 4] ?? 0) * b;
      turned[at + 1] = (data[one + 1] ?? 0) * a + (data[one + 5] ?? 0) * b;
      turned[at + 2] = (data[one + 2] ?? 0) * a + (data[one + 6] ?? 0) * b;
      turned[at + 3] = (data[one + 3] ?? 0) * a + (data[one + 7] ?? 0) * b;
    }
  }
  return { data: turned, width_px, height_px };
}

/** For each place of a row where it is seen from: `source` in px, below 0 for nowhere. Nearer parts hide others. */
function turnRow(
  { depth, axis }: HeadShape,
  y: number,
  width_px: number,
  angle: number,
  source: Float32Array,
  nearest: Float32Array,
): void {
  source.fill(-1);
  nearest.fill(Infinity);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let before = 0;
  for (let x = 0; x < width_px; x += 1) {
    const z = depth[y * width_px + x] ?? 0;
    const place = axis + (x - axis) * cos - z * sin;
    const distance = (x - axis) * sin + z * cos;
    // A stretch that runs backwards shows its inner side: hidden.
    if (x > 0 && place > before) {
      for (let to = Math.max(0, Math.ceil(before)); to <= place && to < width_px; to += 1) {
        if (distance >= (nearest[to] ?? 0)) continue;
        nearest[to] = distance;
        source[to] = x - 1 + (to - before) / (place - before);
      }
    }
    before = place;
  }
}

/** Keeps the surface from following the noise of single points. */
const stiffness = 0.05;

/** The smooth surface through points over the plane: z at (x, y). Works in units of `unit`. */
function thinPlate(points: readonly FacePoint[], unit: number): (x: number, y: number) => number {
  const n = points.length;
  const kernel = (x: number, y: number): number => {
    const square = x * x + y * y;
    return square === 0 ? 0 : square * Math.log(square);
  };
  const scaled = points.map(({ x, y, z }) => ({ x: x / unit, y: y / unit, z: z / unit }));
  const matrix = Array.from({ length: n + 3 }, () => new Float64Array(n + 4));
  for (const [i, p] of scaled.entries()) {
    const row = matrix[i] ?? new Float64Array(0);
    for (const [j, q] of scaled.entries()) row[j] = kernel(p.x - q.x, p.y - q.y) + (i === j ? stiffness : 0);
    row.set([1, p.x, p.y, p.z], n);
    for (const [k, value] of [1, p.x, p.y].entries()) (matrix[n + k] ?? row)[i] = value;
  }
  const weights = solve(matrix);
  const [base = 0, alongX = 0, alongY = 0] = weights.subarray(n);
  return (x, y) => {
    const [u, v] = [x / unit, y / unit];
    let z = base + alongX * u + alongY * v;
    for (let i = 0; i < n; i += 1) {
      const p = scaled[i];
      if (p !== undefined) z += (weights[i] ?? 0) * kernel(u - p.x, v - p.y);
    }
    return z * unit;
  };
}

/** Gaussian elimination with pivots; each row carries its right-hand side last. */
function solve(rows: Float64Array[]): Float64Array {
  const n = rows.length;
  for (let k = 0; k < n; k += 1) {
    let pivot = k;
    for (let i = k + 1; i < n; i += 1) if (Math.abs(rows[i]?.[k] ?? 0) > Math.abs(rows[pivot]?.[k] ?? 0)) pivot = i;
    const [top, other] = [rows[pivot], rows[k]];
    if (top === undefined || other === undefined) continue;
    [rows[k], rows[pivot]] = [top, other];
    for (let i = k + 1; i < n; i += 1) {
      const row = rows[i] ?? other;
      const factor = (row[k] ?? 0) / (top[k] ?? 1);
      if (factor !== 0) for (let j = k; j <= n; j += 1) row[j] = (row[j] ?? 0) - factor * (top[j] ?? 0);
    }
  }
  const solution = new Float64Array(n);
  for (let i = n - 1; i >= 0; i -= 1) {
    const row = rows[i] ?? new Float64Array(0);
    let rest = row[n] ?? 0;
    for (let j = i + 1; j < n; j += 1) rest -= (row[j] ?? 0) * (solution[j] ?? 0);
    solution[i] = rest / (row[i] ?? 1);
  }
  return solution;
}
