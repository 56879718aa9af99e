import fc from 'fast-check';
import { expect, test } from 'vitest';
import { affineResidual, frontalPoints } from '../../biometrics/attack/flat-under-turn.ts';
import { eyesToChin_px, lipGap_px, meshCount, poseOf, viewOfBox, viewOfMesh } from '../../biometrics/mesh.ts';
import type { MeshPoint } from '../../biometrics/mesh.ts';
import { defaultCalibration, isFrontal } from '../../biometrics/quality-limits.ts';
import { apply } from '../../biometrics/warp.ts';

/** A head as an ellipsoid that looks at the camera: z is smaller in front. Points of the mesh that are used have their place. */
const places: Readonly<Record<number, readonly [x: number, y: number]>> = {
  234: [-0.98, 0],
  454: [0.98, 0],
  10: [0, -0.9],
  152: [0, 0.9],
  33: [-0.6, -0.3],
  263: [0.6, -0.3],
  13: [0, 0.45],
  14: [0, 0.5],
};
const head: readonly MeshPoint[] = Array.from({ length: meshCount }, (_, i) => {
  const [x, y] = places[i] ?? [0.8 * Math.sin(i * 2.4), 0.8 * Math.cos(i * 1.7)];
  return { x: 70 * x, y: 100 * y, z: -80 * Math.sqrt(Math.max(0, 1 - x * x - y * y)) };
});

const rad = (deg: number): number => (deg * Math.PI) / 180;
const move = (points: readonly MeshPoint[], by: (p: MeshPoint) => MeshPoint): MeshPoint[] => points.map(by);
/** The nose, at negative z, goes to the right side of the picture for angles above 0. */
const yawed = (points: readonly MeshPoint[], deg: number): MeshPoint[] =>
  move(points, ({ x, y, z }) => {
    const [c, s] = [Math.cos(rad(deg)), Math.sin(rad(deg))];
    return { x: c * x - s * z, y, z: s * x + c * z };
  });
/** The nose goes down for angles above 0. */
const pitched = (points: readonly MeshPoint[], deg: number): MeshPoint[] =>
  move(points, ({ x, y, z }) => {
    const [c, s] = [Math.cos(rad(deg)), Math.sin(rad(deg))];
    return { x, y: c * y - s * z, z: s * y + c * z };
  });
const rolled = (points: readonly MeshPoint[], deg: number): MeshPoint[] =>
  move(points, ({ x, y, z }) => {
    const [c, s] = [Math.cos(rad(deg)), Math.sin(rad(deg))];
    return { x: c * x - s * y, y: s * x + c * y, z };
  });

const angle = fc.double({ min: -50, max: 50, noNaN: true });

test('a head turned by a known angle has that yaw, pitch or roll, with its sign', () => {
  fc.assert(
    fc.property(angle, (deg) => {
      expect(poseOf(yawed(head, deg)).yaw_deg).toBeCloseTo(deg, 6);
      expect(poseOf(pitched(head, deg)).pitch_deg).toBeCloseTo(deg, 6);
      expect(poseOf(rolled(head, deg)).roll_deg).toBeCloseTo(deg, 6);
    }),
  );
  const nose = head.indexOf(head.toSorted((a, b) => a.z - b.z)[0]!);
  expect(yawed(head, 30)[nose]!.x).toBeGreaterThan(head[nose]!.x + 10);
  expect(pitched(head, 30)[nose]!.y).toBeGreaterThan(head[nose]!.y + 10);
});

test('a shift or another size changes no pose', () => {
  const turned = rolled(yawed(head, 20), 7);
  const moved = move(turned, ({ x, y, z }) => ({ x: 3 * x + 200, y: 3 * y + 90, z: 3 * z }));
  for (const key of ['yaw_deg', 'pitch_deg', 'roll_deg'] as const) {
    expect(poseOf(moved)[key]).toBeCloseTo(poseOf(turned)[key], 6);
  }
});

test('a flat thing that turns, tilts, shrinks or leans moves by one affine map; a head does not', () => {
  const flat = head.map(({ x, y }) => ({ x, y, z: 0 }));
  fc.assert(
    fc.property(angle, angle, angle, (yaw, pitch, roll) => {
      const turned = rolled(pitched(yawed(flat, yaw), pitch), roll);
      expect(affineResidual(frontalPoints(flat), frontalPoints(turned))).toBeLessThan(1e-5);
    }),
  );
  for (const deg of [-40, -25, 25, 40]) {
    expect(affineResidual(frontalPoints(head), frontalPoints(yawed(head, deg)))).toBeGreaterThan(0.05);
  }
});

test('points that are no numbers are no flat face', () => {
  const broken = frontalPoints(head.map((p, i) => (i === 10 ? { ...p, x: Number.NaN } : p)));
  expect(affineResidual(frontalPoints(head), broken)).toBeNaN();
});

test('the second view has the eyes level and the face in its middle', () => {
  const leaning = move(rolled(head, 20), ({ x, y, z }) => ({ x: x + 300, y: y + 200, z }));
  const { toImage } = viewOfMesh(leaning);
  const [a, , , d] = toImage;
  expect((Math.atan2(d, a) * 180) / Math.PI).toBeCloseTo(20, 6);
  expect(apply(toImage, { x: 96, y: 96 }).x).toBeCloseTo(300, 0);
  const box = viewOfBox({ left: 100, top: 50, right: 200, bottom: 150 });
  expect(apply(box.toImage, { x: 96, y: 96 })).toEqual({ x: 150, y: 100 });
  expect(box.scale).toBeCloseTo(150 / 192, 9);
});

test('mouth and height of the face are measured between their points', () => {
  expect(lipGap_px(head)).toBeCloseTo(5, 9);
  expect(eyesToChin_px(head)).toBeGreaterThan(60);
});

test('a head turned further than any that was measured is not frontal, nor one whose pose is not known', () => {
  const frontal = (yaw_deg: number, pitch_deg = 8, roll_deg = 0): boolean =>
    isFrontal({ yaw_deg, pitch_deg, roll_deg }, defaultCalibration);
  expect([-18, 0, 15, 18].map((deg) => frontal(deg))).toEqual([true, true, true, true]);
  expect([-19, 19, 25, Number.NaN].map((deg) => frontal(deg))).toEqual([false, false, false, false]);
  expect([frontal(0, Number.NaN), frontal(0, 8, Number.NaN)]).toEqual([false, false]);
});
