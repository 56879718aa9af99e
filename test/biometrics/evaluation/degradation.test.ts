import sharp from 'sharp';
import { expect, test } from 'vitest';
import { aligned_px } from '../../../biometrics/align.ts';
import { chipPortrait, degradation, liveFrame } from '../../../biometrics/evaluation/degrade.ts';
import { seededRandom } from '../../../biometrics/evaluation/random.ts';
import { mirrored } from '../../../biometrics/evaluation/sample.ts';
import type { RGBImage } from '../../../biometrics/image.ts';
import { codestreamSize } from '../../../biometrics/jpeg2000.ts';
import { decodePortrait } from '../../../biometrics/portrait.ts';

/** Smooth colours with some texture: nobody's picture. */
const pattern = (width_px: number, height_px: number): RGBImage => ({
  width_px,
  height_px,
  data: Uint8Array.from({ length: width_px * height_px * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width_px, Math.floor(i / 3 / width_px)];
    return 128 + 60 * Math.sin(x / 9 + (i % 3)) + 40 * Math.cos(y / 7) + ((x * 31 + y * 17) % 23);
  }),
});

test('a chip portrait is JPEG 2000, at most 320 px high and about 12 kB, and the gate decodes it', async () => {
  const chip = await chipPortrait(pattern(400, 500));
  expect(codestreamSize(chip)).toMatchObject({
    height_px: degradation.chipHeight_max_px,
    width_px: 256,
    components: 3,
  });
  expect(chip.length).toBeGreaterThan(8_000);
  expect(chip.length).toBeLessThanOrEqual(13_000);
  await expect(decodePortrait({ format: 'jpeg2000', bytes: chip })).resolves.toMatchObject({ height_px: 320 });
});

test('a picture lower than a chip portrait keeps its size', async () => {
  expect(codestreamSize(await chipPortrait(pattern(90, 120)))).toMatchObject({ width_px: 90, height_px: 120 });
});

test('the same words give the same frame to the byte, other words another one', async () => {
  const image = pattern(120, 160);
  const frame = (word: string) => liveFrame(image, seededRandom('seed', word));
  const [one, again, other] = [await frame('a'), await frame('a'), await frame('b')];
  expect(Buffer.compare(one, again)).toBe(0);
  expect(Buffer.compare(one, other)).not.toBe(0);
  expect(Buffer.compare(await chipPortrait(image), await chipPortrait(image))).toBe(0);
});

test('a frame is a JPEG of the same size whose light differs from the picture', async () => {
  const image = pattern(120, 160);
  const means: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    const frame = await liveFrame(image, seededRandom('light', i));
    await expect(sharp(frame).metadata()).resolves.toMatchObject({ format: 'jpeg', width: 120, height: 160 });
    const { channels } = await sharp(frame).stats();
    means.push(channels.reduce((sum, { mean }) => sum + mean / channels.length, 0));
  }
  expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(20);
});

test('a picture of one pixel can be degraded', async () => {
  const frame = await liveFrame(pattern(1, 1), seededRandom('small'));
  await expect(sharp(frame).metadata()).resolves.toMatchObject({ width: 1, height: 1 });
  // Bright before, and still a colour: the light across no width is no division by zero.
  expect(Math.max(...(await sharp(frame).raw().toBuffer()))).toBeGreaterThan(20);
});

test('a crop mirrored twice is the crop, and left becomes right', () => {
  const crop = Float32Array.from({ length: aligned_px * aligned_px * 3 }, (_, i) => i);
  const other = mirrored(crop);
  expect(mirrored(other)).toEqual(crop);
  expect([...other.subarray(0, 3)]).toEqual([...crop.subarray(3 * (aligned_px - 1), 3 * aligned_px)]);
});
