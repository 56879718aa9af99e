/**
 * Where the points of each person's face lie, measured once on the photographs with the face mesh network
 * (`test/travellers/measure-face-points.ts`): what eyelids, coverings and turned heads are drawn by.
 */
import type { CutOutPlan } from './cut-out.ts';
import measured from './face-points.json' with { type: 'json' };

/** In eye distances from the middle between the eyes; x to the right, y down, z away from the camera. */
export type FacePoint = { readonly x: number; readonly y: number; readonly z: number };

/** Outline of the face from the forehead clockwise (as seen in the picture), numbers of the 468-point mesh. */
export const oval = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
  172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
] as const;

/** Lid borders from the left corner to the right one, as seen in the picture. */
export const lids = {
  left: {
    upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
    lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
  },
  right: {
    upper: [362, 398, 384, 385, 386, 387, 388, 466, 263],
    lower: [362, 382, 381, 380, 374, 373, 390, 249, 263],
  },
} as const;

/** Brows, nose, lips, cheeks, forehead and chin: with outline and lids they carry the shape of the face. */
const inside = [
  70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 48, 278, 129, 358, 61, 291, 0,
  17, 13, 14, 37, 267, 84, 314, 50, 280, 117, 346, 205, 425, 187, 411, 123, 352, 9, 8, 151, 108, 337, 69, 299, 199, 200,
  18,
] as const;

/** The mesh numbers that are stored, in the order of the stored values. */
export const meshNumbers: readonly number[] = [
  ...new Set<number>([...oval, ...Object.values(lids).flatMap(({ upper, lower }) => [...upper, ...lower]), ...inside]),
];

export type FacePoints = {
  /** Throws a RangeError for a number that is not stored. */
  at(number: number): FacePoint;
  readonly all: readonly FacePoint[];
  /** How far the head is turned in the photograph, degrees; above 0 to the right side of the picture. */
  readonly yaw_deg: number;
  /** Likewise, above 0 down. The network finds 8 degrees in a level face. */
  readonly pitch_deg: number;
};

const stored: Readonly<Record<string, readonly number[]>> = measured;

/** Throws a RangeError for an unknown person. */
export function facePointsOf(personId: string): FacePoints {
  const values = stored[personId];
  if (values?.length !== 3 * meshNumbers.length) throw new RangeError(`no face points of ${personId}`);
  const all = meshNumbers.map((_, i) => {
    const [x = 0, y = 0, z = 0] = values.slice(3 * i, 3 * i + 3);
    return { x, y, z };
  });
  return facePoints(all);
}

/** From points in the order of `meshNumbers`. */
export function facePoints(all: readonly FacePoint[]): FacePoints {
  const at = (number: number): FacePoint => {
    const point = all[meshNumbers.indexOf(number)];
    if (point === undefined) throw new RangeError(`point ${number} of the mesh is not stored`);
    return point;
  };
  const [left, right, top, chin] = [at(234), at(454), at(10), at(152)];
  return {
    at,
    all,
    yaw_deg: degrees(Math.atan2(right.z - left.z, Math.hypot(right.x - left.x, right.y - left.y))),
    pitch_deg: degrees(Math.atan2(chin.z - top.z, Math.hypot(chin.x - top.x, chin.y - top.y))),
  };
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;

/** The same face in a cut-out, px; z in px as well. */
export function inCutOut(point: FacePoint, plan: CutOutPlan): FacePoint {
  const roll = (plan.roll_deg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(roll) * plan.interEye_px, Math.sin(roll) * plan.interEye_px];
  return {
    x: plan.eyes.x + cos * point.x - sin * point.y,
    y: plan.eyes.y + sin * point.x + cos * point.y,
    z: point.z * plan.interEye_px,
  };
}
