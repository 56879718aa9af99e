import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeJPEG } from '../../biometrics/image.ts';
import { assertDecodable, codestreamSize, decodeJPEG2000, isComplaint } from '../../biometrics/jpeg2000.ts';
import { decodePortrait, portraitLimits } from '../../biometrics/portrait.ts';
import { encodeJP2 } from '../../simulator/travellers/jp2.ts';

const limits = { bytes_max: 1 << 20, side_max_px: 4096, decode_max_s: 2 };
const undecodable = { code: 'UNDECODABLE' };
const tooLarge = { code: 'TOO_LARGE' };

const pattern = (width: number, height: number, phase = 0): Uint8Array =>
  Uint8Array.from({ length: width * height * 3 }, (_, i) => 128 + 100 * Math.sin(i / 37 + phase));
const picture = (width: number, height: number) =>
  sharp(pattern(width, height), { raw: { width, height, channels: 3 } });
const jpeg = await picture(160, 120).jpeg().toBuffer();

test('a whole JPEG decodes; cut anywhere it is refused, so that half a face is never compared', async () => {
  await expect(decodeJPEG(jpeg, limits)).resolves.toMatchObject({ width_px: 160, height_px: 120 });
  for (const share of [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97]) {
    await expect(decodeJPEG(jpeg.subarray(0, Math.floor(jpeg.length * share)), limits)).rejects.toMatchObject(
      undecodable,
    );
  }
});

test('garbage is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      await expect(decodeJPEG(bytes, limits)).rejects.toMatchObject(undecodable);
      const disguised = Uint8Array.from([0xff, 0xd8, 0xff, ...bytes]);
      await expect(decodeJPEG(disguised, limits)).rejects.toMatchObject(undecodable);
    }),
    { numRuns: 40 },
  );
});

test('a JPEG of one pixel decodes; one that is grey or in CMYK becomes RGB', async () => {
  await expect(decodeJPEG(await picture(1, 1).jpeg().toBuffer(), limits)).resolves.toMatchObject({ width_px: 1 });
  for (const space of ['b-w', 'cmyk'] as const) {
    const bytes = await picture(40, 30).toColourspace(space).jpeg().toBuffer();
    const image = await decodeJPEG(bytes, limits);
    expect(image.data.length).toBe(40 * 30 * 3);
  }
});

test('pictures of other formats are refused whatever they hold', async () => {
  const sixteenBit = await picture(40, 30).toColourspace('rgb16').png().toBuffer();
  for (const bytes of [sixteenBit, await picture(40, 30).webp().toBuffer(), await picture(40, 30).tiff().toBuffer()]) {
    await expect(decodeJPEG(bytes, limits)).rejects.toMatchObject(undecodable);
    await expect(decodePortrait({ format: 'jpeg2000', bytes })).rejects.toMatchObject(undecodable);
  }
});

test('a JPEG of 12,000 px or of too many bytes is refused before it is decoded', async () => {
  const wide = await sharp({ create: { width: 12_000, height: 16, channels: 3, background: '#888' } })
    .jpeg()
    .toBuffer();
  await expect(decodeJPEG(wide, { ...limits, bytes_max: 1 << 24 })).rejects.toMatchObject(tooLarge);
  await expect(decodeJPEG(jpeg, { ...limits, bytes_max: jpeg.length - 1 })).rejects.toMatchObject(tooLarge);
});

const jp2 = Buffer.from(await encodeJP2({ data: pattern(160, 200), width_px: 160, height_px: 200 }, 8000));
const codestream = jp2.subarray(jp2.indexOf(Buffer.from([0xff, 0x4f, 0xff, 0x51])));

test('a JP2 file and its bare codestream decode to the same picture', async () => {
  const image = await decodeJPEG2000(jp2, limits);
  expect(image).toMatchObject({ width_px: 160, height_px: 200 });
  expect(await decodeJPEG2000(codestream, limits)).toEqual(image);
});

test('JPEG 2000 cut anywhere is refused, and never shows the previous picture', async () => {
  await decodeJPEG2000(jp2, limits);
  for (const bytes of [jp2, codestream]) {
    for (const share of [0, 0.02, 0.2, 0.5, 0.8, 0.95]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      await expect(decodeJPEG2000(cut, limits)).rejects.toMatchObject(undecodable);
    }
  }
  const zeros = Buffer.concat([codestream.subarray(0, 120), Buffer.alloc(codestream.length)]);
  await expect(decodeJPEG2000(zeros, limits)).rejects.toMatchObject(undecodable);
});

test('two pictures in a row are two pictures', async () => {
  const other = await encodeJP2({ data: pattern(160, 200, 2), width_px: 160, height_px: 200 }, 8000);
  const [a, b] = [await decodeJPEG2000(jp2, limits), await decodeJPEG2000(other, limits)];
  expect(Buffer.compare(a.data, b.data)).not.toBe(0);
});

/** Writes width and height into picture and tile size of the SIZ segment. */
function resized(bytes: Buffer, side: number): Buffer {
  const copy = Buffer.from(bytes);
  const siz = copy.indexOf(Buffer.from([0xff, 0x51]));
  for (const offset of [6, 10, 22, 26]) copy.writeUInt32BE(side, siz + offset);
  return copy;
}

test.each([2001, 30_000, 60_000, 0xffffffff])(
  'a JPEG 2000 size bomb of %i px is refused by its header',
  async (side) => {
    for (const bytes of [jp2, codestream])
      expect(() => assertDecodable(resized(bytes, side), portraitLimits)).toThrow('TOO_LARGE');
  },
);

test('headers with many tiles, other depths, subsampling, or two or four components are refused', () => {
  const changed = (offset: number, ...values: readonly number[]): Buffer => {
    const copy = Buffer.from(codestream);
    for (const [i, value] of values.entries()) copy[offset + i] = value;
    return copy;
  };
  expect(codestreamSize(codestream)).toEqual({
    width_px: 160,
    height_px: 200,
    components: 3,
    tiles: 1,
    isPlain8bit: true,
  });
  const manyTiles = changed(24, 0, 0, 0, 8, 0, 0, 0, 8);
  const sixteenBit = changed(42, 15);
  const signed = changed(42, 0x87);
  const subsampled = changed(46, 2);
  const twoComponents = changed(4, 0, 44, ...codestream.subarray(6, 40), 0, 2);
  for (const bytes of [manyTiles, sixteenBit, signed, subsampled, twoComponents]) {
    expect(() => assertDecodable(bytes, limits)).toThrow('UNDECODABLE');
  }
});

test('damaged headers and boxes give an error or a picture of the size that the header states', async () => {
  const damage = fc.array(fc.tuple(fc.nat(jp2.length > 220 ? 219 : jp2.length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const bytes = Buffer.from(jp2);
      for (const [at, value] of changes) bytes[at] = value;
      const image = await decodeJPEG2000(bytes, portraitLimits).catch((error: unknown) => {
        expect(error).toMatchObject({ code: expect.stringMatching(/^(UNDECODABLE|TOO_LARGE)$/) });
      });
      if (image) expect(image.data.length).toBe(image.width_px * image.height_px * 3);
    }),
    { numRuns: 60 },
  );
});

test('an error line of the decoder is a complaint; information and warnings of intact pictures are not', () => {
  expect(isComplaint('[ERROR] Tile part length size inconsistent with stream length')).toBe(true);
  expect(isComplaint('[INFO] Main header has been correctly decoded.')).toBe(false);
  expect(isComplaint('[WARNING] JP2 box which are after the codestream will not be read by this function.')).toBe(
    false,
  );
});
