/** JPEG bytes in, RGB samples out, and back. Limits are checked on the header, before anything is decoded. */
import sharp from 'sharp';

// Nothing of a traveller stays in a library cache, and one picture never takes both cores.
sharp.cache(false);
sharp.concurrency(1);

/** Eight bits a sample, interleaved R, G, B, rows from the top. */
export type RGBImage = { readonly data: Uint8Array; readonly width_px: number; readonly height_px: number };

export type ImageLimits = {
  readonly bytes_max: number;
  /** Neither side may be longer. */
  readonly side_max_px: number;
  readonly decode_max_s: number;
  /** Pictures wider than this are decoded at a half, a quarter or an eighth, which the decoder does while it reads. */
  readonly shrinkBeyond_px?: number;
};

/** UNDECODABLE: not an intact image of the expected kind. TOO_LARGE: more bytes or pixels than allowed. */
export type ImageErrorCode = 'UNDECODABLE' | 'TOO_LARGE';

export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

const startsAsJPEG = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/**
 * Decodes a baseline or progressive JPEG of 1, 3 or 4 components to sRGB, upright by its orientation tag. A truncated
 * or damaged stream is an error: half a picture is never compared. Throws `ImageError`.
 */
export async function decodeJPEG(bytes: Uint8Array, limits: ImageLimits): Promise<RGBImage> {
  if (bytes.length > limits.bytes_max) throw new ImageError('TOO_LARGE');
  // The library reads many formats; only the one that cameras and chips deliver is let through to it.
  if (!startsAsJPEG(bytes)) throw new ImageError('UNDECODABLE');
  const side_max = limits.side_max_px;
  try {
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (header.format !== 'jpeg') throw new ImageError('UNDECODABLE');
    if (!(header.width <= side_max && header.height <= side_max)) throw new ImageError('TOO_LARGE');
    const size = shrunk(header.autoOrient, limits.shrinkBeyond_px);
    const { data, info } = await sharp(bytes, {
      limitInputPixels: side_max ** 2,
      failOn: 'warning',
      sequentialRead: true,
    })
      .autoOrient()
      .resize(size)
      .toColourspace('srgb')
      .timeout({ seconds: limits.decode_max_s })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return rgbImage(data, info.width, info.height, info.channels);
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    throw new ImageError('UNDECODABLE', { cause });
  }
}

type Size = { readonly width: number; readonly height: number };

/** Nothing keeps the size. */
function shrunk({ width, height }: Size, beyond_px = Number.POSITIVE_INFINITY): { width?: number; height?: number } {
  let factor = 1;
  while (width / factor > beyond_px && factor < 8) factor *= 2;
  if (factor === 1) return {};
  return { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
}

/** Samples of 1 or 3 channels as an RGB image; throws `ImageError` when their count does not fit the size. */
export function rgbImage(samples: Uint8Array, width_px: number, height_px: number, channels: number): RGBImage {
  const pixels = width_px * height_px;
  if (pixels < 1 || samples.length !== pixels * channels) throw new ImageError('UNDECODABLE');
  if (channels === 3) return { data: samples, width_px, height_px };
  if (channels !== 1) throw new ImageError('UNDECODABLE');
  const data = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i += 1) data.fill(samples[i] ?? 0, 3 * i, 3 * i + 3);
  return { data, width_px, height_px };
}

/** A rectangle in px that need not lie inside the image. */
export type Rectangle = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

const previewQuality = 85;

/** The part of the image under the rectangle as JPEG, not larger than `side_max_px`; for the officer's eyes only. */
export async function cropJPEG(image: RGBImage, area: Rectangle, side_max_px: number): Promise<Uint8Array> {
  const left = clamp(Math.round(area.left), 0, image.width_px - 1);
  const top = clamp(Math.round(area.top), 0, image.height_px - 1);
  const width = clamp(Math.round(area.right), left + 1, image.width_px) - left;
  const height = clamp(Math.round(area.bottom), top + 1, image.height_px) - top;
  const raw = { width: image.width_px, height: image.height_px, channels: 3 as const };
  return (
    sharp(image.data, { raw })
      .extract({ left, top, width, height })
      .resize({ width: side_max_px, height: side_max_px, fit: 'inside', withoutEnlargement: true })
      // Coding tables fitted to the picture save a tenth of its bytes and cost a third of its time.
      .jpeg({ quality: previewQuality, optimiseCoding: false })
      .toBuffer()
  );
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
