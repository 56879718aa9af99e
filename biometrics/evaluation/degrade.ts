/**
 * The documented degradation: from one portrait-like picture a chip portrait and a camera frame, so that a set without
 * either can say something about both. The frame's light, blur, noise, roll and compression follow from the random source.
 */
import sharp from 'sharp';
import type { RGBImage } from '../image.ts';
import { warp } from '../warp.ts';
import type { Affine } from '../warp.ts';
import { encodeCodestream } from './jp2-encoder.ts';
import { between, normal } from './random.ts';
import type { Random } from './random.ts';

/** Ranges of the simulation. Every value is drawn evenly, once for a frame. */
export const degradation = {
  chipHeight_max_px: 320,
  chip_bytes: 12_000,
  /** Little pictures are not compressed less than this. */
  chipRatio_min: 8,
  gamma: [0.55, 1.7],
  /** Factor of each colour channel. */
  cast: [0.85, 1.15],
  /** Loss of light from one side of the picture to the other. */
  sideLight: [0, 0.5],
  /** Gaussian sigma, px of a picture 200 px wide. */
  blur: [0, 1.3],
  /** Deviation as a share of white. */
  noise: [0, 0.03],
  roll_deg: [-10, 10],
  jpegQuality: [60, 92],
} as const;

const raw = ({ width_px, height_px }: RGBImage) => ({ width: width_px, height: height_px, channels: 3 as const });
const drawn = (random: Random, [low, high]: readonly [number, number]): number => between(random, low, high);

/** The picture as a chip would hold it: at most 320 px high, about 12 kB of JPEG 2000. */
export async function chipPortrait(image: RGBImage): Promise<Uint8Array> {
  const scale = Math.min(1, degradation.chipHeight_max_px / image.height_px);
  const width_px = Math.max(1, Math.round(image.width_px * scale));
  const height_px = Math.max(1, Math.round(image.height_px * scale));
  const data =
    scale < 1
      ? await sharp(image.data, { raw: raw(image) })
          .resize(width_px, height_px, { fit: 'fill' })
          .raw()
          .toBuffer()
      : image.data;
  const ratio = Math.max(degradation.chipRatio_min, data.length / degradation.chip_bytes);
  return encodeCodestream({ data, width_px, height_px }, ratio);
}

/** The picture as a camera in a hall would see it, as JPEG. */
export async function liveFrame(image: RGBImage, random: Random): Promise<Uint8Array> {
  const lit = relit(image, random);
  const sigma_px = (drawn(random, degradation.blur) * image.width_px) / 200;
  // Below 0.3 px the library's kernel is a single pixel.
  const blurred =
    sigma_px >= 0.3
      ? await sharp(lit, { raw: raw(image) })
          .blur(sigma_px)
          .raw()
          .toBuffer()
      : Uint8Array.from(lit);
  const deviation = drawn(random, degradation.noise) * 255;
  const noisy = Uint8ClampedArray.from(blurred, (value) => value + deviation * normal(random));
  const toImage = turnAbout(image, (drawn(random, degradation.roll_deg) * Math.PI) / 180);
  const { width_px, height_px } = image;
  const turned = warp({ data: Uint8Array.from(noisy), width_px, height_px }, { toImage, width_px, height_px });
  const quality = Math.floor(drawn(random, degradation.jpegQuality));
  return sharp(Uint8ClampedArray.from(turned), { raw: raw(image) })
    .jpeg({ quality })
    .toBuffer();
}

/** Gamma, colour cast, and light that falls off to one side. */
function relit({ data, width_px }: RGBImage, random: Random): Uint8ClampedArray {
  const gamma = drawn(random, degradation.gamma);
  const cast = [0, 1, 2].map(() => drawn(random, degradation.cast));
  const loss = drawn(random, degradation.sideLight);
  const isFromLeft = random() < 0.5;
  const curve = Float64Array.from({ length: 256 }, (_, value) => 255 * (value / 255) ** gamma);
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += 1) {
    const across = width_px > 1 ? (Math.floor(i / 3) % width_px) / (width_px - 1) : 0;
    const light = 1 - loss * (isFromLeft ? across : 1 - across);
    out[i] = (curve[data[i] ?? 0] ?? 0) * (cast[i % 3] ?? 1) * light;
  }
  return out;
}

function turnAbout({ width_px, height_px }: RGBImage, angle: number): Affine {
  const [cos, sin, x, y] = [Math.cos(angle), Math.sin(angle), width_px / 2, height_px / 2];
  return [cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y];
}
