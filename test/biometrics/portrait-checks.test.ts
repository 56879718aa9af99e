import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { enrolPortrait, openModels } from '../../biometrics/pipeline.ts';
import type { Models } from '../../biometrics/pipeline.ts';
import { detectMorph } from '../../biometrics/morph.ts';
import { modelFolder } from '../../models/provision.ts';
import { portraitOf } from '../../simulator/travellers/portraits.ts';

let models: Models;
const portrait = Buffer.from((await portraitOf('p01', 'jpeg')).bytes);
const enrol = (bytes: Uint8Array) => enrolPortrait(models, { format: 'jpeg', bytes });
const refused = (because: string) => ({ status: 'unavailable', because });

beforeAll(async () => {
  models = await openModels(modelFolder);
});

test('a portrait in colour is taken without a remark, a grey one with one', async () => {
  expect(await enrol(portrait)).toMatchObject({ status: 'measured', remarks: [] });
  expect(await enrol(await sharp(portrait).greyscale().jpeg().toBuffer())).toMatchObject({
    status: 'measured',
    remarks: ['PORTRAIT_GREY'],
  });
});

test('a portrait with too few pixels between the eyes is refused as too small', async () => {
  const small = await sharp(portrait).resize({ height: 130 }).jpeg().toBuffer();
  expect(await enrol(small)).toEqual(refused('PORTRAIT_TOO_SMALL'));
});

test('two faces, no face, and a single pixel have reasons of their own', async () => {
  const two = await sharp({ create: { width: 826, height: 531, channels: 3, background: '#ccc' } })
    .composite([
      { input: portrait, left: 0, top: 0 },
      { input: portrait, left: 413, top: 0 },
    ])
    .jpeg()
    .toBuffer();
  expect(await enrol(two)).toEqual(refused('PORTRAIT_SEVERAL_FACES'));
  for (const side of [1, 400]) {
    const blank = await sharp({ create: { width: side, height: side, channels: 3, background: '#a98' } })
      .jpeg()
      .toBuffer();
    expect(await enrol(blank)).toEqual(refused('PORTRAIT_NO_FACE'));
  }
});

const subject = { reference: new Float32Array(512), probe: new Float32Array(512) };
const now_ms = (): number => 7;

test('without a configured detector a morph check is not supported, which is no pass', async () => {
  expect(await detectMorph(undefined, subject, now_ms)).toEqual({ status: 'not-supported' });
});

test('a configured detector is asked, and a score that is none is unavailable', async () => {
  const detector = (score: number) => ({ name: 'detector', version: '2', judge: async () => score });
  expect(await detectMorph(detector(0.3), subject, now_ms)).toEqual({
    status: 'supported',
    score: { status: 'measured', value: 0.3, at_ms: 7, by: 'detector 2' },
  });
  for (const score of [Number.NaN, -1, 2]) {
    expect(await detectMorph(detector(score), subject, now_ms)).toMatchObject({
      score: { because: 'MORPH_NOT_MEASURED' },
    });
  }
});
