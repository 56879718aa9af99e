/**
 * Is what turns before the camera flat? The picture of a flat thing moves by one affine map (as far as perspective is
 * weak), that of a head does not: the nose runs ahead of the cheeks. Compares the mesh of a turned frame with the frontal one.
 */
import type { MeshPoint } from '../mesh.ts';

/**
 * Yaw between the two frames below which nothing can be told, degrees. 30 simulated heads: residual from 0.13 on at 12 to 16
 * degrees, 0.17 at 16 to 20, 0.21 at 20 to 24; flat pictures whose mesh says as much reach 0.13, 0.15 and 0.18.
 */
export const flatTurn_min_deg = 20;

/** Spread over the face and off its plane: brow, nose, cheeks, chin, jaw. Lids and lips move by themselves. */
const compared = [
  10, 151, 9, 168, 6, 197, 5, 4, 1, 2, 50, 280, 205, 425, 117, 346, 234, 454, 132, 361, 152, 175, 172, 397,
];

/** Positions that are compared later: x, y in turn. */
export function frontalPoints(mesh: readonly MeshPoint[]): Float32Array {
  return Float32Array.from(compared.flatMap((i) => [mesh[i]?.x ?? Number.NaN, mesh[i]?.y ?? Number.NaN]));
}

/**
 * Root mean square distance of the turned points from the best affine image of the frontal ones, as a share of the
 * frontal face's spread (root mean square distance from its middle). 0: flat.
 */
export function affineResidual(frontal: Float32Array, turned: Float32Array): number {
  const [from, to] = [centred(frontal), centred(turned)];
  let [xx, xy, yy, ux, uy, vx, vy] = [0, 0, 0, 0, 0, 0, 0];
  const n = frontal.length / 2;
  for (let i = 0; i < n; i += 1) {
    const [x, y, u, v] = [from[2 * i] ?? 0, from[2 * i + 1] ?? 0, to[2 * i] ?? 0, to[2 * i + 1] ?? 0];
    xx += x * x;
    xy += x * y;
    yy += y * y;
    ux += u * x;
    uy += u * y;
    vx += v * x;
    vy += v * y;
  }
  const determinant = xx * yy - xy * xy;
  const [a, b] = [(ux * yy - uy * xy) / determinant, (uy * xx - ux * xy) / determinant];
  const [c, d] = [(vx * yy - vy * xy) / determinant, (vy * xx - vx * xy) / determinant];
  let squares = 0;
  for (let i = 0; i < n; i += 1) {
    const [x, y] = [from[2 * i] ?? 0, from[2 * i + 1] ?? 0];
    squares += ((to[2 * i] ?? 0) - a * x - b * y) ** 2 + ((to[2 * i + 1] ?? 0) - c * x - d * y) ** 2;
  }
  return Math.sqrt(squares / (xx + yy));
}

function centred(points: Float32Array): Float32Array {
  const n = points.length / 2;
  let [x, y] = [0, 0];
  for (let i = 0; i < n; i += 1) {
    x += (points[2 * i] ?? Number.NaN) / n;
    y += (points[2 * i + 1] ?? Number.NaN) / n;
  }
  return points.map((value, i) => value - (i % 2 === 0 ? x : y));
}
