import { execFileSync } from 'node:child_process';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBiometrics } from '../../biometrics/index.ts';
import type { Biometrics, BiometricsEvent } from '../../biometrics/index.ts';
import { modelFolder } from '../../models/provision.ts';
import { approach_ms, createLiveScene } from '../../simulator/travellers/live-frames.ts';
import { portraitOf } from '../../simulator/travellers/portraits.ts';

const events: BiometricsEvent[] = [];
const biometrics: Biometrics = createBiometrics({
  modelFolder,
  now_ms: () => Date.now(),
  onEvent: (event) => events.push(event),
  // What is hostile here are the pictures: a slow machine is no reason to end the child.
  deadlines: { open_ms: 120_000, enrol_ms: 60_000, compare_ms: 60_000, forget_ms: 60_000 },
});
const portraits = { p01: await portraitOf('p01'), p02: await portraitOf('p02') };
const scene = await createLiveScene('p01', 1);
const frame = Buffer.from(await scene.frame(approach_ms + 400));
const picture = () => sharp(frame);

beforeAll(() => biometrics.start(), 120_000);
afterAll(() => biometrics.stop());

/** Byte `at` of the coded picture with one bit changed. */
function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at % copy.length]! ^= 1 << (at % 8);
  return copy;
}

const wide = sharp({ create: { width: 12_000, height: 16, channels: 3, background: '#888' } });
const hostile: readonly (readonly [string, () => Promise<Uint8Array>, readonly string[]])[] = [
  ['empty', async () => new Uint8Array(0), ['FRAME_UNDECODABLE']],
  ['of one pixel', () => picture().resize(1, 1).jpeg().toBuffer(), ['FACE_NOT_FOUND']],
  ['of 16 bits', () => picture().toColourspace('rgb16').png().toBuffer(), ['FRAME_UNDECODABLE']],
  [
    'without a face, in CMYK',
    () => picture().extract({ left: 0, top: 0, width: 90, height: 90 }).toColourspace('cmyk').jpeg().toBuffer(),
    ['FACE_NOT_FOUND'],
  ],
  ['of 12,000 px', () => wide.jpeg().toBuffer(), ['FRAME_UNDECODABLE']],
  ['cut off', async () => frame.subarray(0, frame.length >> 1), ['FRAME_UNDECODABLE']],
  ['without its end', async () => frame.subarray(0, frame.length - 2), ['FRAME_UNDECODABLE']],
  ['flipped in its header', async () => flipped(frame, 3), ['FRAME_UNDECODABLE']],
];

test.each(hostile)('a frame that is %s is evidence with a reason, and shows nobody', async (name, make, reasons) => {
  await biometrics.enrol(name, portraits.p01);
  const found = await biometrics.compare(name, await make());
  expect(reasons).toContain(found.similarity.status === 'unavailable' ? found.similarity.because : 'measured');
  expect(found).toMatchObject({
    preview: null,
    quality: null,
    pose: null,
    interEye_px: null,
    fused: { status: 'unavailable' },
  });
  await biometrics.forget(name);
  expect(events).toEqual([]);
});

test('frames with one bit flipped anywhere have a reason or a score between -1 and 1, and the child lives', async () => {
  await biometrics.enrol('flips', portraits.p01);
  for (let i = 0; i < 40; i += 1) {
    const { similarity } = await biometrics.compare('flips', flipped(frame, i * 487 + 2));
    if (similarity.status === 'measured') expect(Math.abs(similarity.value)).toBeLessThanOrEqual(1);
    else
      expect(similarity.because).toMatch(
        /^(FRAME_UNDECODABLE|FRAME_SIZE_CHANGED|FACE_NOT_(FOUND|JUDGEABLE)|SEVERAL_FACES)$/,
      );
  }
  await biometrics.forget('flips');
  expect(events).toEqual([]);
}, 120_000);

test('portraits that are empty, of one pixel, of 16 bits, of 12,000 px or damaged are refused with their reasons', async () => {
  const asked: readonly (readonly [Uint8Array, string])[] = [
    [new Uint8Array(0), 'PORTRAIT_UNDECODABLE'],
    [await picture().resize(1, 1).jpeg().toBuffer(), 'PORTRAIT_NO_FACE'],
    [await picture().toColourspace('rgb16').png().toBuffer(), 'PORTRAIT_UNDECODABLE'],
    [await wide.jpeg().toBuffer(), 'PORTRAIT_TOO_LARGE'],
    [frame.subarray(0, frame.length >> 1), 'PORTRAIT_UNDECODABLE'],
  ];
  for (const [bytes, because] of asked) {
    expect(await biometrics.enrol('portrait', { format: 'jpeg', bytes })).toEqual({ status: 'unavailable', because });
    // Nothing of the refused one, and nothing of one before it, is left to compare with.
    expect((await biometrics.compare('portrait', frame)).similarity).toMatchObject({ because: 'REFERENCE_MISSING' });
    expect(await biometrics.enrol('portrait', portraits.p01)).toMatchObject({ status: 'measured' });
  }
  await biometrics.forget('portrait');
});

test('a camera that changes its resolution in mid-session is named, and the session goes on with the old one', async () => {
  await biometrics.enrol('size', portraits.p01);
  expect((await biometrics.compare('size', frame)).similarity).toMatchObject({ status: 'measured' });
  const other = await picture().resize(800, 600).jpeg().toBuffer();
  expect((await biometrics.compare('size', other)).similarity).toEqual({
    status: 'unavailable',
    because: 'FRAME_SIZE_CHANGED',
  });
  expect((await biometrics.compare('size', frame)).fused).toMatchObject({ value: { frames: 2 } });
  await biometrics.forget('size');
});

test('the next traveller is compared with nothing of the one before', async () => {
  const alone = await (async () => {
    await biometrics.enrol('fresh', portraits.p02);
    const found = await biometrics.compare('fresh', frame);
    await biometrics.forget('fresh');
    return found;
  })();
  await biometrics.enrol('before', portraits.p01);
  for (let i = 0; i < 3; i += 1) await biometrics.compare('before', await scene.frame(approach_ms + 400 + 300 * i));
  await biometrics.forget('before');
  await biometrics.enrol('before', portraits.p02);
  const found = await biometrics.compare('before', frame);
  await biometrics.forget('before');
  const valuesOf = ({ similarity, fused, attack, quality, pose }: typeof found) => ({
    similarity: similarity.status === 'measured' && similarity.value,
    fused: fused.status === 'measured' && fused.value,
    attack,
    quality,
    pose,
  });
  expect(valuesOf(found)).toEqual(valuesOf(alone));
});

test('a flood of frames is turned away while one is worked on', async () => {
  await biometrics.enrol('flood', portraits.p01);
  const answers = await Promise.all(Array.from({ length: 200 }, () => biometrics.compare('flood', frame)));
  const busy = answers.filter(
    ({ similarity }) => similarity.status === 'unavailable' && similarity.because === 'BIOMETRICS_BUSY',
  );
  expect(busy).toHaveLength(199);
  expect(answers[0]!.similarity.status).toBe('measured');
  await biometrics.forget('flood');
  expect(events).toEqual([]);
});

/** Resident memory of the child, MB. */
function memory_MB(): number {
  const lines = execFileSync('ps', ['-A', '-o', 'ppid=,rss=,args='], { encoding: 'utf8' }).split('\n');
  const own = lines.find(
    (line) => line.includes('biometrics/child.ts') && Number(line.trim().split(/\s+/)[0]) === process.pid,
  );
  return Number(own?.trim().split(/\s+/)[1]) / 1000;
}

test('the child needs no more memory after 200 further frames and four travellers', async () => {
  const frames = await Promise.all([0, 1, 2, 3].map((i) => scene.frame(approach_ms + 400 + 100 * i)));
  /** The least that it needs in between: what is garbage comes and goes. */
  const leastIn = async (count: number): Promise<number> => {
    let least_MB = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i += 1) {
      if (i % 50 === 0) await biometrics.enrol('memory', portraits.p01);
      const purpose = i % 50 < 3 ? 'compare' : 'observe';
      await biometrics.compare('memory', Uint8Array.from(frames[i % frames.length]!), purpose);
      if (i % 10 === 9) least_MB = Math.min(least_MB, memory_MB());
    }
    await biometrics.forget('memory');
    return least_MB;
  };
  const settled_MB = await leastIn(100);
  // Every picture kept would be 180 MB, every tenth of the crops that are made of it 60.
  expect((await leastIn(200)) - settled_MB).toBeLessThan(40);
}, 240_000);
