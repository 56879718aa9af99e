import { afterAll, beforeAll, expect, test } from 'vitest';
import { mainFace } from '../../biometrics/detect.ts';
import { decodeJPEG } from '../../biometrics/image.ts';
import type { Models } from '../../biometrics/pipeline.ts';
import {
  detectFaces,
  embedFace,
  enrolPortrait,
  examineFrame,
  findFivePoints,
  openModels,
} from '../../biometrics/pipeline.ts';
import { similarity } from '../../biometrics/compare.ts';
import { modelFolder } from '../../models/provision.ts';
import { approach_ms, createEmptyScene, createLiveScene } from '../../simulator/travellers/live-frames.ts';
import { listPeople, lookalikes, personOf } from '../../simulator/travellers/people.ts';
import type { FacePlace } from '../../simulator/travellers/people.ts';
import { readPhotograph } from '../../simulator/travellers/photographs.ts';
import { FaceSession } from '../../biometrics/sessions.ts';
import { portraitOf } from '../../simulator/travellers/portraits.ts';

/** Cosine that a genuine traveller reaches with the best of three frames, and that nobody else does. */
const genuine_min = 0.45;
const impostor_max = 0.4;

let models: Models;
const references = new Map<string, Float32Array>();
const ids = listPeople().map(({ id }) => id);

beforeAll(async () => {
  models = await openModels(modelFolder);
  for (const id of ids) {
    const enrolled = await enrolPortrait(models, await portraitOf(id));
    if (enrolled.status === 'measured') references.set(id, enrolled.reference);
  }
});

afterAll(() => references.clear());

/** A session of its own: it would sum up the frames it is shown. */
const sessionOf = (id: string): FaceSession => new FaceSession(Float32Array.from(references.get(id)!));

test('every portrait in both formats has one face and fits into a chip', async () => {
  expect([...references.keys()]).toEqual(ids);
  for (const id of ids) {
    const portrait = await portraitOf(id);
    expect(portrait.bytes.length).toBeLessThan(20_000);
    expect((await portraitOf(id)).bytes).toBe(portrait.bytes);
  }
  for (const format of ['jpeg', 'jpeg2000'] as const) {
    const portrait = await portraitOf('p02', format);
    expect(portrait.format).toBe(format);
    expect(await enrolPortrait(models, portrait)).toMatchObject({ status: 'measured' });
  }
});

test.each(ids)("%s before the camera matches their own portrait and nobody else's", async (id) => {
  const scene = await createLiveScene(id, 7);
  const best = new Map<string, number>();
  for (const t_ms of [0, 400, 800]) {
    const frame = await scene.frame(approach_ms + t_ms);
    for (const other of ids) {
      const { similarity: measured } = await examineFrame(models, sessionOf(other), frame);
      if (measured.status === 'measured') best.set(other, Math.max(measured.value, best.get(other) ?? -1));
    }
  }
  expect(best.get(id)).toBeGreaterThanOrEqual(genuine_min);
  for (const other of ids) if (other !== id) expect(best.get(other)).toBeLessThan(impostor_max);
});

test('the look-alikes are the two people whom the network finds most alike', () => {
  const [a, b] = lookalikes;
  const alike = similarity(references.get(a)!, references.get(b)!);
  for (const one of ids) {
    for (const other of ids) {
      if (one < other) expect(similarity(references.get(one)!, references.get(other)!)).toBeLessThanOrEqual(alike);
    }
  }
  expect(alike).toBeGreaterThan(0.3);
});

test('two photographs of one person agree as measured, which a wrong channel order would not', async () => {
  const { portrait, live } = personOf('p01');
  const [a, b] = [await embedPlace(portrait), await embedPlace(live)];
  expect(Math.abs(similarity(a, b) - 0.7)).toBeLessThan(0.03);
});

/** The embedding of the face at a place in a whole photograph. */
async function embedPlace(place: FacePlace): Promise<Float32Array> {
  const bytes = await readPhotograph(place.photograph);
  const image = await decodeJPEG(bytes, { bytes_max: 1 << 20, side_max_px: 4000, decode_max_s: 5 });
  const faces = await detectFaces(models, image, 0.8, 0);
  const { x, y } = place.leftEye;
  const face = mainFace(
    faces.filter((f) => f.left < x && x < f.right && f.top < y && y < f.bottom),
    image,
  );
  return (await embedFace(models, image, await findFivePoints(models, image, face!)))!;
}

test('somebody who walks up is first too far away, then comparable', async () => {
  const scene = await createLiveScene('p09', 3);
  const far = await examineFrame(models, sessionOf('p09'), await scene.frame(0));
  const near = await examineFrame(models, sessionOf('p09'), await scene.frame(approach_ms));
  expect(far).toMatchObject({ guidance: 'stepCloser', similarity: { because: 'FACE_NOT_JUDGEABLE' } });
  expect(near).toMatchObject({ guidance: 'none', similarity: { status: 'measured' } });
});

test('in the empty hall no face is found', async () => {
  const scene = await createEmptyScene(5);
  for (const t_ms of [0, 500, 1000]) {
    const found = await examineFrame(models, sessionOf('p01'), await scene.frame(t_ms));
    expect(found).toMatchObject({ guidance: 'moveIntoView', faces: 0, similarity: { because: 'FACE_NOT_FOUND' } });
  }
});

test('every frame differs from every other, and the same seed and time make the same frame again', async () => {
  const [scene, again] = [await createLiveScene('p03', 11), await createLiveScene('p03', 11)];
  const moments = [0, 40, 80, 2000, 2001, 60_000];
  const frames = await Promise.all(moments.map((t_ms) => scene.frame(t_ms)));
  expect(new Set(frames.map((frame) => Buffer.from(frame).toString('base64'))).size).toBe(moments.length);
  expect(Buffer.compare(await again.frame(2000), frames[3]!)).toBe(0);
});

test('an unknown person is an error', async () => {
  await expect(portraitOf('nobody')).rejects.toThrow(RangeError);
  await expect(createLiveScene('nobody', 1)).rejects.toThrow(RangeError);
});
