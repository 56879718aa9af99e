import { afterAll, beforeAll, expect, test } from 'vitest';
import { detectionInput, detectionView, facesIn, mainFace } from '../../biometrics/detect.ts';
import type { Face } from '../../biometrics/detect.ts';
import { closedProbability, eyeInput } from '../../biometrics/eyes.ts';
import { decodeJPEG } from '../../biometrics/image.ts';
import type { RGBImage } from '../../biometrics/image.ts';
import { landmarkInput, landmarkPoints } from '../../biometrics/landmarks.ts';
import { meshInput, poseOf, readMesh, viewOfBox, viewOfMesh } from '../../biometrics/mesh.ts';
import type { HeadPose } from '../../biometrics/mesh.ts';
import { readManifest } from '../../models/manifest.ts';
import { modelFolder } from '../../models/provision.ts';
import { openModel } from '../../models/verify.ts';
import type { VerifiedModel } from '../../models/verify.ts';
import { Pictures } from '../../simulator/pictures.ts';
import { approach_ms, createLiveScene } from '../../simulator/travellers/live-frames.ts';
import { listPeople } from '../../simulator/travellers/people.ts';
import { misfortunes, presentations } from '../../simulator/travellers/scene.ts';
import type { SceneOptions } from '../../simulator/travellers/scene.ts';

const names = ['fr_detect', 'fr_landmark', 'fr_eye', 'facemesh'] as const;
const models: Partial<Record<(typeof names)[number], VerifiedModel>> = {};
const ids = listPeople().map(({ id }) => id);

/** Detector score at which a face counts, as in the product. */
const face_min = 0.65;

let pictures: Pictures;

beforeAll(async () => {
  const manifest = readManifest();
  for (const name of names) models[name] = await openModel(name, manifest.models[name], modelFolder);
  pictures = new Pictures();
});

afterAll(() => pictures.stop());

async function run(name: (typeof names)[number], input: Float32Array): Promise<Float32Array[]> {
  return Object.values((await models[name]?.run(input)) ?? {});
}

const decode = (jpeg: Uint8Array) => decodeJPEG(jpeg, { bytes_max: 1 << 20, side_max_px: 1000, decode_max_s: 5 });

async function facesOf(image: RGBImage): Promise<Face[]> {
  const view = detectionView(image, 0);
  const outputs = await run('fr_detect', detectionInput(image, view));
  const [scores, boxes] = outputs.toSorted((a, b) => a.length - b.length);
  return facesIn(scores!, boxes!, view, face_min);
}

async function poseIn(jpeg: Uint8Array): Promise<HeadPose> {
  const image = await decode(jpeg);
  let view = viewOfBox(mainFace(await facesOf(image), image)!);
  for (let pass = 0; ; pass += 1) {
    const [flag, points] = (await run('facemesh', meshInput(image, view))).toSorted((a, b) => a.length - b.length);
    const mesh = readMesh(points!, flag!, view);
    if (pass === 1) return poseOf(mesh.points);
    view = viewOfMesh(mesh.points);
  }
}

async function eyesIn(jpeg: Uint8Array): Promise<{ left: number; right: number }> {
  const image = await decode(jpeg);
  const face = mainFace(await facesOf(image), image)!;
  const [output] = await run('fr_landmark', landmarkInput(image, face));
  const points = landmarkPoints(output!, face);
  const closed = async (eye: 'left' | 'right') =>
    closedProbability((await run('fr_eye', eyeInput(image, points, eye)))[0]!);
  return { left: await closed('left'), right: await closed('right') };
}

/** Mean luminance of the middle of the face, 0…1. */
async function lightIn(jpeg: Uint8Array): Promise<number> {
  const image = await decode(jpeg);
  const face = mainFace(await facesOf(image), image)!;
  const [x, y] = [(face.left + face.right) / 2, (face.top + face.bottom) / 2];
  const reach = (face.right - face.left) / 4;
  return meanOf(image, x - reach, y - reach, x + reach, y + reach) / 255;
}

function meanOf({ data, width_px }: RGBImage, left: number, top: number, right: number, bottom: number): number {
  let [sum, count] = [0, 0];
  for (let y = Math.round(top); y < bottom; y += 1) {
    for (let x = Math.round(left); x < right; x += 1) {
      const at = (y * width_px + x) * 3;
      sum += 0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!;
      count += 1;
    }
  }
  return sum / count;
}

async function frameOf(id: string, options: SceneOptions, t_ms = approach_ms + 400): Promise<Uint8Array> {
  return (await createLiveScene(id, 5, options)).frame(t_ms);
}

const kinds: readonly (readonly [string, SceneOptions])[] = [
  ...presentations.map((presentation) => [presentation, { presentation }] as const),
  ...misfortunes.map((misfortune) => [misfortune, { misfortunes: [misfortune] }] as const),
];

test.each(kinds)('%s: seed and time decide the frame, and no frame is like the one before', async (_, options) => {
  const [one, other] = [await createLiveScene('p02', 11, options), await createLiveScene('p02', 11, options)];
  const before = await one.frame(2000);
  const after = await one.frame(2100);
  expect(Buffer.compare(await other.frame(2100), after)).toBe(0);
  expect(Buffer.compare(before, after)).not.toBe(0);
});

test.each(kinds)('%s: what stands before the camera moves, not only the noise', async (_, options) => {
  const scene = await createLiveScene('p02', 11, options);
  const [before, after] = [await decode(await scene.frame(2000)), await decode(await scene.frame(3000))];
  // Means of squares of 16 px: noise of one pixel is gone in them, an edge that moves a pixel is not.
  let most = 0;
  for (let y = 96; y < 400; y += 16) {
    for (let x = 160; x < 480; x += 16) {
      const change = meanOf(before, x, y, x + 16, y + 16) - meanOf(after, x, y, x + 16, y + 16);
      most = Math.max(most, Math.abs(change));
    }
  }
  expect(most).toBeGreaterThan(options.misfortunes?.includes('dark-hall') === true ? 1 : 3);
});

test.each(ids)('%s looks aside by more than 25 degrees when the head is turned, and by less otherwise', async (id) => {
  const turned = await poseIn(await frameOf(id, { misfortunes: ['turned-head'] }));
  expect(Math.abs(turned.yaw_deg)).toBeGreaterThan(25);
  const straight = await poseIn(await frameOf(id, {}));
  expect(Math.abs(straight.yaw_deg)).toBeLessThan(20);
});

// The 68 points leave out the outer half of p07's right eye: what the eye network sees there is no eye.
test.each(ids.filter((id) => id !== 'p07'))('the lids of %s are down for the eye network', async (id) => {
  const { left, right } = await eyesIn(await frameOf(id, { misfortunes: ['closed-eyes'] }));
  expect(Math.min(left, right)).toBeGreaterThan(0.9);
});

test('a live traveller blinks within nine seconds and has open eyes most of the time', async () => {
  const scene = await createLiveScene('p02', 5);
  let [closed, open] = [0, 0];
  for (let t_ms = 2000; t_ms < 11_000; t_ms += 60) {
    const { left, right } = await eyesIn(await scene.frame(t_ms));
    if (Math.min(left, right) > 0.9) closed += 1;
    if (Math.max(left, right) < 0.5) open += 1;
  }
  expect(closed).toBeGreaterThan(0);
  expect(open).toBeGreaterThan(10 * closed);
});

test('two people stand side by side for the detector, and one person alone', async () => {
  for (const id of ids) {
    const frame = await decode(await frameOf(id, { misfortunes: ['two-faces'] }));
    expect(await facesOf(frame)).toHaveLength(2);
  }
  expect(await facesOf(await decode(await frameOf('p01', {})))).toHaveLength(1);
});

test.each(ids)('with the light gone %s is darker than a quarter of full scale and still found', async (id) => {
  expect(await lightIn(await frameOf(id, { misfortunes: ['dark-hall'] }))).toBeLessThan(0.2);
  expect(await lightIn(await frameOf(id, {}))).toBeGreaterThan(0.25);
});

test.each(ids)('the lips of %s are behind the covering: below the nose one colour is left', async (id) => {
  const bare = await rednessBelowNose(await frameOf(id, {}));
  const covered = await rednessBelowNose(await frameOf(id, { misfortunes: ['covered-face'] }));
  expect(covered).toBeLessThan(bare - 0.02);
});

/** Mean share of red in the colour of the middle of the lower face; the place of the uncovered face serves for both. */
async function rednessBelowNose(jpeg: Uint8Array): Promise<number> {
  const { data, width_px } = await decode(jpeg);
  let [sum, count] = [0, 0];
  for (let y = 262; y < 292; y += 1) {
    for (let x = 290; x < 350; x += 1) {
      const at = (y * width_px + x) * 3;
      const light = data[at]! + data[at + 1]! + data[at + 2]!;
      sum += data[at]! / (light + 6);
      count += 1;
    }
  }
  return sum / count;
}

test.each([
  ['turnHeadLeft', 1],
  ['turnHeadRight', -1],
] as const)('a live traveller follows %s after about 0.8 s and looks back when it ends', async (prompt, side) => {
  const scene = await createLiveScene('p01', 5);
  const before = await poseIn(await scene.frame(2000));
  scene.prompt(prompt);
  const soon = await poseIn(await scene.frame(2500));
  expect(Math.abs(soon.yaw_deg - before.yaw_deg)).toBeLessThan(5);
  const turned = await poseIn(await scene.frame(3300));
  expect(side * turned.yaw_deg).toBeGreaterThan(20);
  scene.prompt(null);
  const back = await poseIn(await scene.frame(4600));
  expect(Math.abs(back.yaw_deg - before.yaw_deg)).toBeLessThan(5);
});

test('a printed photograph is tilted in its plane by a prompt, and never turned', async () => {
  const scene = await createLiveScene('p02', 5, { presentation: 'printed-photo' });
  const before = await poseIn(await scene.frame(2000));
  scene.prompt('turnHeadLeft');
  const after = await poseIn(await scene.frame(3300));
  expect(Math.abs(after.roll_deg - before.roll_deg)).toBeGreaterThan(8);
  expect(Math.abs(after.yaw_deg - before.yaw_deg)).toBeLessThan(8);
});

test('a replay does not hear a prompt', async () => {
  const options = { presentation: 'screen-replay' } as const;
  const [one, other] = [await createLiveScene('p02', 5, options), await createLiveScene('p02', 5, options)];
  await one.frame(2000);
  one.prompt('turnHeadLeft');
  expect(Buffer.compare(await one.frame(3300), await other.frame(3300))).toBe(0);
});

test('the worker draws the scene that was asked for, prompts included, until newer ones have replaced it', async () => {
  const options = { misfortunes: ['closed-eyes'] } as const;
  const [scene, here] = [await pictures.openScene('p06', 5, options), await createLiveScene('p06', 5, options)];
  await scene.frame(2000);
  await scene.prompt('turnHeadRight');
  await here.frame(2000);
  here.prompt('turnHeadRight');
  expect(Buffer.compare(await scene.frame(3300), await here.frame(3300))).toBe(0);
  for (let i = 0; i < 4; i += 1) await pictures.openEmptyScene(i);
  await expect(scene.prompt(null)).rejects.toThrow('no such scene');
});
