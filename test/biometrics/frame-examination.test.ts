import sharp, { type Sharp } from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { defaultAttackLimits } from '../../biometrics/attack/limits.ts';
import type { AttackSignalName } from '../../biometrics/attack/signal.ts';
import type { FrameGuidance, FramePurpose } from '../../biometrics/index.ts';
import { decodeJPEG } from '../../biometrics/image.ts';
import { enrolPortrait, examineFrame, openModels } from '../../biometrics/pipeline.ts';
import type { Models } from '../../biometrics/pipeline.ts';
import { defaultCalibration } from '../../biometrics/quality-limits.ts';
import { FaceSession } from '../../biometrics/sessions.ts';
import { modelFolder } from '../../models/provision.ts';
import { approach_ms, createLiveScene } from '../../simulator/travellers/live-frames.ts';
import { portraitOf } from '../../simulator/travellers/portraits.ts';

let models: Models;
let reference: Float32Array;
let jpeg: Buffer;
const session = (): FaceSession => new FaceSession(Float32Array.from(reference));
const size = { width: 640, height: 480 };

beforeAll(async () => {
  models = await openModels(modelFolder);
  const enrolled = await enrolPortrait(models, await portraitOf('p06'));
  if (enrolled.status !== 'measured') throw new Error(enrolled.because);
  reference = enrolled.reference;
  jpeg = Buffer.from(await (await createLiveScene('p06', 1)).frame(approach_ms + 400));
});

const examine = (bytes: Uint8Array, purpose: FramePurpose = 'compare', of = session()) =>
  examineFrame(models, of, bytes, { purpose });
const picture = () => sharp(jpeg);
const signal = (found: Awaited<ReturnType<typeof examine>>, name: AttackSignalName) =>
  found.attack.find((measure) => measure.name === name);

test('a fit frame is compared, judged and watched in one go', async () => {
  const found = await examine(jpeg);
  expect(found).toMatchObject({ guidance: 'none', faces: 1, similarity: { status: 'measured' } });
  expect(found.fused).toMatchObject({ value: { frames: 1 } });
  const { quality, pose } = found;
  expect(quality).toMatchObject({ singleFacePresent: 0, underExposure: expect.any(Number) });
  expect(quality!.interEyeDistance_px).toBeGreaterThan(50);
  expect(quality!.eyesOpen.left).toBeGreaterThan(0.9);
  expect(Math.abs(pose!.yaw_deg)).toBeLessThan(20);
  expect(found.attack.map(({ name }) => name).toSorted()).toEqual([
    'covered-face',
    'face-in-rectangle',
    'frozen-frames',
    'passive-network',
    'person-changed',
    'second-face',
  ]);
});

test('frames of one session are fused, and only the best so far comes with a picture', async () => {
  const one = session();
  const first = await examine(jpeg, 'compare', one);
  const second = await examine(await picture().blur(1.2).jpeg().toBuffer(), 'compare', one);
  expect(second.fused).toMatchObject({ value: { frames: 2 } });
  expect(first.preview).not.toBeNull();
  expect(second.preview).toBeNull();
  expect(signal(second, 'person-changed')).toMatchObject({ status: 'measured', value: expect.closeTo(0.97, 1) });
});

const degraded: readonly (readonly [string, () => Sharp | Promise<Sharp>, FrameGuidance])[] = [
  ['dark', () => picture().linear(0.3, 0), 'moreLight'],
  ['without contrast', () => picture().linear(0.2, 100), 'moreLight'],
  ['over-exposed', () => picture().linear(1.9, 20), 'evenLight'],
  ['blurred', () => picture().blur(6), 'holdStill'],
  ['far away', () => at(0.5, 160, 120), 'stepCloser'],
  ['very near', () => near(), 'stepBack'],
  ['at the border', () => at(1, -266, 0), 'moveIntoView'],
  [
    'leaning',
    () =>
      picture()
        .rotate(24, { background: '#889' })
        .resize({ ...size, fit: 'cover' }),
    'lookAtCamera',
  ],
];

/** The frame at a scale, with its corner at a place. */
async function at(scale: number, left: number, top: number): Promise<Sharp> {
  const cut = { left: Math.max(0, -left), top: 0, width: size.width - Math.max(0, -left), height: size.height };
  const part = await picture().extract(cut).toBuffer();
  const small = await sharp(part)
    .resize({ height: Math.round(size.height * scale) })
    .toBuffer();
  const blank = sharp({ create: { ...size, channels: 3, background: '#8a8f98' } });
  return blank.composite([{ input: small, left: Math.max(0, left), top }]);
}
const near = () => picture().extract({ left: 190, top: 90, width: 280, height: 210 }).resize(size);

test.each(degraded)(
  'a face that is %s is told the one thing to mend and is not compared',
  async (_, make, guidance) => {
    const found = await examine(await (await make()).jpeg({ quality: 90 }).toBuffer());
    expect(found).toMatchObject({
      guidance,
      similarity: { because: expect.stringMatching(/^FACE_NOT_(JUDGEABLE|FOUND)$/) },
    });
    expect(found.preview).toBeNull();
  },
);

test('side light is named', async () => {
  const shade = Buffer.from(
    `<svg width="640" height="480"><defs><linearGradient id="s"><stop offset=".46" stop-color="#000" stop-opacity=".9"/>
    <stop offset=".56" stop-color="#000" stop-opacity="0"/></linearGradient></defs><rect width="640" height="480" fill="url(#s)"/></svg>`,
  );
  const lit = await picture()
    .linear(1.25, 10)
    .composite([{ input: shade }])
    .jpeg()
    .toBuffer();
  expect((await examine(lit)).guidance).toBe('evenLight');
});

test('two people before the camera are not compared, and the second face is measured', async () => {
  const left = await picture().extract({ left: 160, top: 0, width: 320, height: 480 }).toBuffer();
  const both = await picture()
    .composite([
      { input: left, left: 0, top: 0 },
      { input: left, left: 320, top: 0 },
    ])
    .jpeg()
    .toBuffer();
  const found = await examine(both);
  expect(found).toMatchObject({ guidance: 'onePersonOnly', faces: 2, similarity: { because: 'SEVERAL_FACES' } });
  expect(signal(found, 'second-face')).toMatchObject({ value: expect.closeTo(1, 0) });
});

test('what is no face is none, though the detector may take it for one', async () => {
  const noise = Buffer.from(Uint8Array.from({ length: 640 * 480 * 3 }, (_, i) => (i * i * 31) % 251));
  const bytes = await sharp(noise, { raw: { ...size, channels: 3 } })
    .blur(3)
    .jpeg()
    .toBuffer();
  expect(await examine(bytes)).toMatchObject({
    guidance: 'moveIntoView',
    faces: 0,
    similarity: { because: 'FACE_NOT_FOUND' },
  });
});

test('a frame that is only observed is not compared, one of a turn only posed', async () => {
  const one = session();
  await examine(jpeg, 'compare', one);
  const observed = await examine(jpeg, 'observe', one);
  expect(observed).toMatchObject({ guidance: 'none', similarity: { because: 'NOT_COMPARED' }, preview: null });
  expect(signal(observed, 'person-changed')).toMatchObject({ value: expect.closeTo(1, 4) });
  expect(signal(observed, 'frozen-frames')).toMatchObject({ value: 0 });
  const turn = await examine(jpeg, 'turn', one);
  expect(turn.quality).toBeNull();
  expect(signal(turn, 'flat-under-turn')).toMatchObject({ because: 'TURN_TOO_SMALL' });
});

/** The frames in which a person, asked to, has turned the head as far as a challenge wants, and not too far. */
async function turning(person: string, one: FaceSession) {
  const live = await createLiveScene(person, 1);
  let at_ms = approach_ms + 400;
  await live.frame(at_ms);
  live.prompt('turnHeadLeft');
  const found: Awaited<ReturnType<typeof examine>>[] = [];
  for (let i = 0; i < 24; i += 1) {
    at_ms += 100;
    const seen = await examine(await live.frame(at_ms), 'turn', one);
    if (signal(seen, 'flat-under-turn')?.status === 'measured' && seen.pose!.yaw_deg <= 36) found.push(seen);
  }
  return found;
}

test('who turns the head is known again, and somebody else who turns it is not', async () => {
  const one = session();
  await examine(jpeg, 'compare', one);
  const [own, others] = [await turning('p06', one), await turning('p01', one)];
  for (const frames of [own, others]) expect(frames.length).toBeGreaterThan(2);
  for (const seen of own) {
    const likeness = signal(seen, 'person-changed');
    expect(likeness?.status === 'measured' && likeness.value).toBeGreaterThan(defaultAttackLimits.turnLikeness_min);
    const flat = signal(seen, 'flat-under-turn');
    expect(flat?.status === 'measured' && flat.value).toBeGreaterThan(defaultAttackLimits.flat_max);
  }
  for (const seen of others) {
    const likeness = signal(seen, 'person-changed');
    expect(likeness?.status === 'measured' && likeness.value).toBeLessThan(defaultAttackLimits.turnLikeness_min);
  }
});

test('the passive network sees one of its two crops in each frame, in turn', async () => {
  const one = session();
  const values = [];
  for (let i = 0; i < 4; i += 1) values.push(signal(await examine(jpeg, 'observe', one), 'passive-network'));
  expect(values[0]).toEqual(values[2]);
  expect(values[1]).toEqual(values[3]);
  expect(values[0]).not.toEqual(values[1]);
});

test('the pitch of a level face belongs to the camera', async () => {
  const found = await examineFrame(models, session(), jpeg, {
    calibration: { ...defaultCalibration, pitchZero_deg: 60 },
  });
  expect(found.guidance).toBe('lookAtCamera');
});

test('a tight picture, where the network sees no surroundings, is not judged by it', async () => {
  const limits = {
    ...defaultCalibration.limits,
    headSize: {},
    marginAbove: {},
    marginBelow: {},
    leftwardCrop: {},
    rightwardCrop: {},
    coverage: {},
  };
  const tight = await picture().extract({ left: 160, top: 75, width: 320, height: 240 }).resize(size).jpeg().toBuffer();
  const found = await examineFrame(models, session(), tight, { calibration: { ...defaultCalibration, limits } });
  expect(signal(found, 'passive-network')).toMatchObject({ status: 'unavailable', because: 'CONTEXT_CLIPPED' });
});

test('a frame of another size than the first of the session is refused', async () => {
  const one = session();
  await examine(jpeg, 'compare', one);
  const other = await picture().resize({ width: 320, height: 240 }).jpeg().toBuffer();
  expect(await examine(other, 'compare', one)).toMatchObject({ similarity: { because: 'FRAME_SIZE_CHANGED' } });
});

test('a wide frame is decoded at half its size, whatever its orientation, and compares as well', async () => {
  const wide = await picture().resize({ width: 1920, height: 1440 }).jpeg({ quality: 90 }).toBuffer();
  const limits = { bytes_max: 8 << 20, side_max_px: 4096, decode_max_s: 5, shrinkBeyond_px: 1280 };
  expect(await decodeJPEG(wide, limits)).toMatchObject({ width_px: 960, height_px: 720 });
  const upright = await picture()
    .resize({ width: 1920, height: 1440 })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  expect(await decodeJPEG(upright, limits)).toMatchObject({ width_px: 720, height_px: 960 });
  const [small, large] = [await examine(jpeg), await examine(wide)];
  if (small.similarity.status !== 'measured' || large.similarity.status !== 'measured') throw new Error('not compared');
  expect(Math.abs(small.similarity.value - large.similarity.value)).toBeLessThan(0.03);
});

test('after many frames the session holds no more than after one', async () => {
  const one = session();
  await examine(jpeg, 'compare', one);
  for (let i = 0; i < 30; i += 1) await examine(jpeg, i % 2 === 0 ? 'observe' : 'turn', one);
  globalThis.gc?.();
  const settled = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 60; i += 1) await examine(jpeg, i % 2 === 0 ? 'observe' : 'turn', one);
  globalThis.gc?.();
  // A frame's picture alone is 0.9 MB: sixty of them kept would be 55.
  expect(process.memoryUsage().arrayBuffers - settled).toBeLessThan(30e6);
});
