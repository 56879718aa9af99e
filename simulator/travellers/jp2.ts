/** JPEG 2000 as passport chips carry it: one quality layer, wrapped as a JP2 file (ISO/IEC 15444-1 annex I). */
import create from '@cornerstonejs/codec-openjpeg/wasmjs';

export type RGBPicture = { readonly data: Uint8Array; readonly width_px: number; readonly height_px: number };

/** New each time: the codec makes the object its own. */
const quiet = () => ({ print: () => undefined, printErr: () => undefined });

/** Encodes to about `bytes` bytes; a JP2 file of 8-bit sRGB. */
export async function encodeJP2(picture: RGBPicture, bytes: number): Promise<Uint8Array> {
  const { width_px: width, height_px: height, data } = picture;
  const codec = await create(quiet());
  const encoder = new codec.J2KEncoder();
  try {
    const frame = { width, height, bitsPerSample: 8, componentCount: 3, isSigned: false, isUsingColorTransform: true };
    encoder.getDecodedBuffer(frame).set(data);
    encoder.setDecompositions(5);
    encoder.setQuality(false, 1);
    encoder.setCompressionRatio(0, data.length / bytes);
    encoder.encode();
    return wrap(Uint8Array.from(encoder.getEncodedBuffer()), width, height);
  } finally {
    encoder.delete();
  }
}

function wrap(codestream: Uint8Array, width: number, height: number): Uint8Array {
  const header = Buffer.alloc(14);
  header.writeUInt32BE(height, 0);
  header.writeUInt32BE(width, 4);
  header.writeUInt16BE(3, 8);
  // Eight bits (depth minus one) and compression type 7: I.5.3.1.
  header[10] = 7;
  header[11] = 7;
  const colour = Buffer.alloc(7);
  colour[0] = 1;
  // Enumerated colour space 16, sRGB: I.5.3.3.
  colour.writeUInt32BE(16, 3);
  return Buffer.concat([
    box('jP  ', Buffer.from([0x0d, 0x0a, 0x87, 0x0a])),
    box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    box('jp2h', box('ihdr', header), box('colr', colour)),
    box('jp2c', codestream),
  ]);
}

function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 8),
    0,
  );
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
}
