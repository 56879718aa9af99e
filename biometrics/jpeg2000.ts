/**
 * JPEG 2000 (ISO/IEC 15444-1) portraits out of a chip, decoded with suspicion. The decoder reports damage by an empty
 * picture and a line of text, and a re-used one hands out the previous traveller's face after a failure (measured).
 * Therefore: the header is judged before decoding, every picture gets a decoder instance of its own, and what comes
 * out must fit the header. The caller has verified the hash of the data group and holds the time limit.
 */
import create from '@cornerstonejs/codec-openjpeg/wasmjs';
import type { J2KDecoder } from '@cornerstonejs/codec-openjpeg/wasmjs';
import { ImageError, rgbImage } from './image.ts';
import type { ImageLimits, RGBImage } from './image.ts';

const tiles_max = 64;
const boxes_max = 64;
/** SOC followed by SIZ: how every codestream begins (15444-1 A.4.1, A.5.1). */
const codestreamStart = 0xff4fff51;
/** Ssiz of unsigned 8-bit samples: depth minus one, sign bit clear (15444-1 table A.11). */
const unsigned8bit = 7;
const colourSpaces: readonly number[] = [0, 1, 2];

export type CodestreamSize = {
  readonly width_px: number;
  readonly height_px: number;
  readonly components: number;
  readonly tiles: number;
  /** Every component has 8 unsigned bits and is not subsampled. */
  readonly isPlain8bit: boolean;
};

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Offset of the codestream: a raw one, or the first `jp2c` box of a JP2 file. Boxes are walked: a search can be fooled. */
function codestreamOffset(bytes: Uint8Array): number | undefined {
  const data = view(bytes);
  if (bytes.length >= 4 && data.getUint32(0) === codestreamStart) return 0;
  let at = 0;
  for (let boxes = 0; at + 8 <= bytes.length && boxes < boxes_max; boxes += 1) {
    const type = data.getUint32(at + 4);
    if (boxes === 0 && type !== boxType('jP  ')) return undefined;
    let length = data.getUint32(at);
    let header = 8;
    if (length === 1) {
      if (at + 16 > bytes.length || data.getUint32(at + 8) !== 0) return undefined;
      length = data.getUint32(at + 12);
      header = 16;
    }
    // Length 0: the box reaches to the end of the file (15444-1 I.4).
    if (length === 0) length = bytes.length - at;
    if (length < header || at + length > bytes.length) return undefined;
    if (type === boxType('jp2c')) return at + header;
    at += length;
  }
  return undefined;
}

const boxType = (name: string): number => view(new TextEncoder().encode(name)).getUint32(0);

/** Reads the SIZ marker segment (15444-1 A.5.1) without decoding; undefined when the bytes are no JPEG 2000. */
export function codestreamSize(bytes: Uint8Array): CodestreamSize | undefined {
  const start = codestreamOffset(bytes);
  if (start === undefined || bytes.length < start + 42) return undefined;
  const data = view(bytes.subarray(start));
  if (data.getUint32(0) !== codestreamStart) return undefined;
  const word = (k: number): number => data.getUint32(8 + 4 * k);
  const [right, bottom, left, top] = [word(0), word(1), word(2), word(3)];
  const [tileWidth, tileHeight, tileX, tileY] = [word(4), word(5), word(6), word(7)];
  const components = data.getUint16(40);
  if (data.getUint16(4) !== 38 + 3 * components || data.byteLength < 42 + 3 * components) return undefined;
  if (tileWidth === 0 || tileHeight === 0 || components === 0) return undefined;
  let isPlain8bit = true;
  for (let k = 0; k < components; k += 1) {
    const [depth, stepX, stepY] = [0, 1, 2].map((i) => data.getUint8(42 + 3 * k + i));
    isPlain8bit &&= depth === unsigned8bit && stepX === 1 && stepY === 1;
  }
  return {
    width_px: right - left,
    height_px: bottom - top,
    components,
    tiles: Math.ceil((right - tileX) / tileWidth) * Math.ceil((bottom - tileY) / tileHeight),
    isPlain8bit,
  };
}

/** Throws `ImageError` unless the header describes a picture that may be decoded. */
export function assertDecodable(bytes: Uint8Array, limits: ImageLimits): CodestreamSize {
  if (bytes.length > limits.bytes_max) throw new ImageError('TOO_LARGE');
  const size = codestreamSize(bytes);
  if (size === undefined || !(size.width_px > 0 && size.height_px > 0)) throw new ImageError('UNDECODABLE');
  if (size.width_px > limits.side_max_px || size.height_px > limits.side_max_px) throw new ImageError('TOO_LARGE');
  if (!(size.tiles >= 1 && size.tiles <= tiles_max)) throw new ImageError('UNDECODABLE');
  if (!size.isPlain8bit || (size.components !== 1 && size.components !== 3)) throw new ImageError('UNDECODABLE');
  return size;
}

/**
 * True for a line in which the decoder reports an error. Either of its two streams carries them, between information;
 * warnings (a box that it passes over, for example) occur with intact pictures.
 */
export const isComplaint = (line: string): boolean => /error/i.test(line);

/**
 * Decodes a JP2 file or raw codestream, grey or sRGB, 8 bits. Throws `ImageError`. It cannot be interrupted: the
 * process that calls it is the one that is killed at a deadline.
 */
export async function decodeJPEG2000(bytes: Uint8Array, limits: ImageLimits): Promise<RGBImage> {
  const size = assertDecodable(bytes, limits);
  const complaints: string[] = [];
  const listen = (line: string): void => {
    if (isComplaint(line)) complaints.push(line);
  };
  // An instance costs about 10 ms. Its memory holds this picture only, and is wiped and dropped with it.
  const codec = await create({ print: listen, printErr: listen });
  const decoder = new codec.J2KDecoder();
  try {
    const samples = decode(decoder, bytes, size);
    if (complaints.length > 0) throw new ImageError('UNDECODABLE');
    return rgbImage(samples, size.width_px, size.height_px, size.components);
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    // The codec throws bare numbers.
    throw new ImageError('UNDECODABLE', { cause });
  } finally {
    decoder.delete();
    codec.HEAPU8.fill(0);
  }
}

function decode(decoder: J2KDecoder, bytes: Uint8Array, size: CodestreamSize): Uint8Array {
  decoder.getEncodedBuffer(bytes.length).set(bytes);
  decoder.decode();
  const frame = decoder.getFrameInfo();
  const fits =
    frame.width === size.width_px &&
    frame.height === size.height_px &&
    frame.componentCount === size.components &&
    colourSpaces.includes(decoder.getColorSpace());
  if (!fits) throw new ImageError('UNDECODABLE');
  // Copied: the buffer lies in the instance's memory.
  return Uint8Array.from(decoder.getDecodedBuffer());
}
