/** The picture in DG2, whichever of its two formats, as RGB. */
import { decodeJPEG } from './image.ts';
import type { ImageLimits, RGBImage } from './image.ts';
import { decodeJPEG2000 } from './jpeg2000.ts';
import type { PortraitImage } from './index.ts';

/**
 * Chip portraits are 10…20 kB and about 413 x 531 px (ICAO Doc 9303-10 and its portrait guidance); lossless ones of
 * that size reach 213 kB (measured). Nobody's portrait is longer than a megabyte or wider than 2000 px.
 */
export const portraitLimits: ImageLimits = { bytes_max: 1 << 20, side_max_px: 2000, decode_max_s: 2 };

/** Throws `ImageError`. The bytes decide the decoder only through the declared format: a mismatch is undecodable. */
export async function decodePortrait(portrait: PortraitImage): Promise<RGBImage> {
  return portrait.format === 'jpeg'
    ? decodeJPEG(portrait.bytes, portraitLimits)
    : decodeJPEG2000(portrait.bytes, portraitLimits);
}
