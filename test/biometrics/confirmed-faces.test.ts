import { expect, test } from 'vitest';
import type { Face } from '../../biometrics/detect.ts';
import { confirmFaces } from '../../biometrics/faces.ts';
import type { VerifiedModel } from '../../models/verify.ts';

const image = { data: new Uint8Array(640 * 480 * 3), width_px: 640, height_px: 480 };

/** A mesh that looks straight ahead: cheeks level, forehead above the chin. */
const level = Float32Array.from({ length: 3 * 468 }, () => 96);
for (const [point, x, y] of [
  [234, 20, 96],
  [454, 172, 96],
  [10, 96, 20],
  [152, 96, 172],
] as const) {
  level.set([x, y], 3 * point);
}

/** Says of one box after the other how likely it is a face; of those beyond the list, that it is one. */
function meshSaying(...flags: readonly number[]) {
  let runs = 0;
  const network: VerifiedModel = {
    name: 'facemesh',
    sha256: '',
    run: async () => {
      runs += 1;
      return { output_mesh: Float32Array.from(level), output_faceflag: Float32Array.of(flags[runs - 1] ?? 1) };
    },
  };
  return { network, runs: () => runs };
}

const box = (centre_px: number, width_px: number, score = 0.9): Face => ({
  left: centre_px - width_px / 2,
  right: centre_px + width_px / 2,
  top: 240 - width_px / 2,
  bottom: 240 + width_px / 2,
  score,
});

test('a box that the mesh does not confirm is no face, nor one of which it cannot say', async () => {
  for (const flag of [0, 0.49, Number.NaN]) {
    expect(await confirmFaces(meshSaying(flag).network, image, [box(320, 160)]), String(flag)).toBeUndefined();
  }
  expect(await confirmFaces(meshSaying(0.5).network, image, [box(320, 160)])).toMatchObject({ all: [{ score: 0.9 }] });
});

test('a false box larger than the traveller is passed over: the traveller is the main face, and alone', async () => {
  const traveller = box(400, 120);
  const found = await confirmFaces(meshSaying(0.1, 0.9).network, image, [box(320, 300), traveller]);
  expect(found?.main.face).toBe(traveller);
  expect(found?.all).toEqual([traveller]);
});

test('a second person is seen behind any number of small faces', async () => {
  const crowd = [250, 300, 340, 390].map((x) => box(x, 70, 0.99));
  const second = box(560, 100, 0.66);
  const found = await confirmFaces(meshSaying().network, image, [box(320, 160), ...crowd, second]);
  expect(found?.all).toContain(second);
});

test('a crowd costs no more than four runs of the mesh', async () => {
  const mesh = meshSaying(0, 0, 0, 0, 0, 0);
  expect(
    await confirmFaces(
      mesh.network,
      image,
      [100, 200, 300, 400, 500].map((x) => box(x, 90)),
    ),
  ).toBeUndefined();
  expect(mesh.runs()).toBe(4);
});
