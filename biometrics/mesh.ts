/**
 * The 468-point face mesh of MediaPipe: is this a face, where does it look, how far are eyes and mouth open. Two passes:
 * the second sees the face centred and with level eyes, as the network was trained.
 */
import type { Rectangle, RGBImage } from './image.ts';
import type { FivePoints } from './landmarks.ts';
import { type Affine, apply, type Point, warp } from './warp.ts';

export const mesh_px = 192;
export const meshCount = 468;
/** Side of the square crop over the longer side of the face. */
const margin = 1.5;

/** Position in px of the picture; z in the same unit, smaller is nearer to the camera. */
export type MeshPoint = Point & { readonly z: number };

export type Mesh = {
  readonly points: readonly MeshPoint[];
  /** Probability that the crop shows a face, 0…1. At 0.5 it keeps 220 of 223 faces and 2 of 96 false detections. */
  readonly face: number;
};

/** A square of the picture, turned: what the network is shown. */
export type MeshView = { readonly toImage: Affine; readonly scale: number };

export function viewOfBox(box: Rectangle): MeshView {
  const side = margin * Math.max(box.right - box.left, box.bottom - box.top);
  return viewOf({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }, side, 0);
}

/** The square round a mesh that was found, its sides along the eye line. */
export function viewOfMesh(points: readonly MeshPoint[]): MeshView {
  const at = pointOf(points);
  const angle = Math.atan2(at(263).y - at(33).y, at(263).x - at(33).x);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    const [along, across] = [cos * x + sin * y, cos * y - sin * x];
    [left, right] = [Math.min(left, along), Math.max(right, along)];
    [top, bottom] = [Math.min(top, across), Math.max(bottom, across)];
  }
  const [along, across] = [(left + right) / 2, (top + bottom) / 2];
  const centre = { x: cos * along - sin * across, y: sin * along + cos * across };
  return viewOf(centre, margin * Math.max(right - left, bottom - top), angle);
}

function viewOf(centre: Point, side: number, angle: number): MeshView {
  const scale = side / mesh_px;
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const half = mesh_px / 2;
  return {
    toImage: [cos, -sin, centre.x - cos * half + sin * half, sin, cos, centre.y - sin * half - cos * half],
    scale,
  };
}

/** Tensor [1, 192, 192, 3]: RGB / 255, channels last. */
export function meshInput(image: RGBImage, view: MeshView): Float32Array {
  return warp(image, { toImage: view.toImage, width_px: mesh_px, height_px: mesh_px }, 1);
}

/** Outputs [1, 1404] and [1, 1]. Throws RangeError for anything else. */
export function readMesh(points: Float32Array, face: Float32Array, view: MeshView): Mesh {
  if (points.length !== 3 * meshCount || face.length !== 1) throw new RangeError('468 points and a flag expected');
  const at = (i: number): number => points[i] ?? Number.NaN;
  return {
    points: Array.from({ length: meshCount }, (_, i) => {
      const { x, y } = apply(view.toImage, { x: at(3 * i), y: at(3 * i + 1) });
      return { x, y, z: at(3 * i + 2) * view.scale };
    }),
    face: face[0] ?? Number.NaN,
  };
}

/** Degrees. Yaw above 0: turned to the right side of the picture; pitch above 0: looking down; roll above 0: clockwise. */
export type HeadPose = { readonly yaw_deg: number; readonly pitch_deg: number; readonly roll_deg: number };

/** From the line between the cheeks (234, 454) and that from forehead to chin (10, 152). */
export function poseOf(points: readonly MeshPoint[]): HeadPose {
  const at = pointOf(points);
  const across = unit(difference(at(454), at(234)));
  const down = unit(difference(at(152), at(10)));
  const forward = unit(cross(across, down));
  const upright = cross(forward, across);
  return {
    yaw_deg: degrees(Math.atan2(across.z, Math.hypot(across.x, across.y))),
    pitch_deg: degrees(Math.atan2(upright.z, Math.hypot(upright.x, upright.y))),
    roll_deg: degrees(Math.atan2(across.y, across.x)),
  };
}

/** The five points of the alignment, a second source beside the 68 points. */
export function fivePointsOfMesh(points: readonly MeshPoint[]): FivePoints {
  const at = pointOf(points);
  const middle = (...numbers: readonly number[]): Point => ({
    x: numbers.reduce((sum, number) => sum + at(number).x, 0) / numbers.length,
    y: numbers.reduce((sum, number) => sum + at(number).y, 0) / numbers.length,
  });
  return {
    leftEye: middle(33, 133, 159, 145),
    rightEye: middle(362, 263, 386, 374),
    nose: middle(4),
    leftMouth: middle(61),
    rightMouth: middle(291),
  };
}

const nowhere: MeshPoint = { x: Number.NaN, y: Number.NaN, z: Number.NaN };
const pointOf =
  (points: readonly MeshPoint[]) =>
  (number: number): MeshPoint =>
    points[number] ?? nowhere;

function distanceIn(points: readonly MeshPoint[]): (one: number, other: number) => number {
  const at = pointOf(points);
  return (one, other) => Math.hypot(at(one).x - at(other).x, at(one).y - at(other).y);
}

const difference = (a: MeshPoint, b: MeshPoint): MeshPoint => ({ x: a.x - b.x, y: a.y - b.y, z: a.z - b.z });
const cross = (a: MeshPoint, b: MeshPoint): MeshPoint => ({
  x: a.y * b.z - a.z * b.y,
  y: a.z * b.x - a.x * b.z,
  z: a.x * b.y - a.y * b.x,
});

function unit(v: MeshPoint): MeshPoint {
  const length = Math.hypot(v.x, v.y, v.z);
  return { x: v.x / length, y: v.y / length, z: v.z / length };
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;

/** Middle of the eyes to chin, px: T of ISO/IEC 29794-5. */
export function eyesToChin_px(points: readonly MeshPoint[]): number {
  const { leftEye, rightEye } = fivePointsOfMesh(points);
  const chin = pointOf(points)(152);
  return Math.hypot(chin.x - (leftEye.x + rightEye.x) / 2, chin.y - (leftEye.y + rightEye.y) / 2);
}

/** Between the inner borders of the lips, px. */
export const lipGap_px = (points: readonly MeshPoint[]): number => distanceIn(points)(13, 14);
