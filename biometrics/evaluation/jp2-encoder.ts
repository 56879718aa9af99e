/** JPEG 2000 as passport chips carry it, for simulated portraits: a codestream of one quality layer. */
import create from '@cornerstonejs/codec-openjpeg/wasmjs';
import type { RGBImage } from '../image.ts';

/** New each time: the codec makes the object its own, and reports every picture on standard output otherwise. */
const quiet = () => ({ print: () => undefined, printErr: () => undefined });

/** A raw codestream (ISO/IEC 15444-1 annex A) `ratio` times smaller than the samples. */
export async function encodeCodestream(image: RGBImage, ratio: number): Promise<Uint8Array> {
  const codec = await create(quiet());
  const encoder = new codec.J2KEncoder();
  try {
    const frame = { width: image.width_px, height: image.height_px, bitsPerSample: 8, componentCount: 3 };
    encoder.getDecodedBuffer({ ...frame, isSigned: false, isUsingColorTransform: true }).set(image.data);
    encoder.setDecompositions(5);
    // One layer: with none the ratio is ignored.
    encoder.setQuality(false, 1);
    encoder.setCompressionRatio(0, ratio);
    encoder.encode();
    return Uint8Array.from(encoder.getEncodedBuffer());
  } finally {
    encoder.delete();
    codec.HEAPU8.fill(0);
  }
}
