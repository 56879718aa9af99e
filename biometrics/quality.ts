/**
 * Face image quality of a camera frame in the terms of ISO/IEC 29794-5, each with its unit; the README names what is not
 * measured. No network is run here; the figures come from the picture, the points and the eye network's answer.
 */
import type { Face } from './detect.ts';
import { area } from './detect.ts';
import type { RGBImage } from './image.ts';
import { interEye_px } from './landmarks.ts';
import type { FivePoints } from './landmarks.ts';
import { type MeshPoint, eyesToChin_px, lipGap_px } from './mesh.ts';
import { giveBack } from './scratch.ts';
import { type Point, type View, warpGrey } from './warp.ts';

/** Names of ISO/IEC 29794-5. Shares are 0…1. All of light and sharpness is taken on the face at 64 px between the eyes. */
export type FrameQuality = {
  /** Mean luminance (ITU-R BT.709), share of full scale. */
  readonly luminanceMean: number;
  /** Variance of the luminance, share of full scale squared. */
  readonly luminanceVariance: number;
  /** Share of the face with a luminance of 25 of 255 or less. */
  readonly underExposure: number;
  /** Share of the face with a luminance of 247 of 255 or more. */
  readonly overExposure: number;
  /** Entropy of the luminance, bits. */
  readonly dynamicRange_bits: number;
  /** Overlap of the luminance histograms of left and right cheek, 0…1; side light makes it small. */
  readonly illuminationUniformity: number;
  /** Variance of the Laplacian over variance of the luminance; does not fall with darkness or low contrast. */
  readonly sharpness: number;
  /** Distance between the eye centres, px of the picture as it was judged, corrected for yaw up to 60 degrees. */
  readonly interEyeDistance_px: number;
  /** Middle of the eyes to chin, share of the picture's height. */
  readonly headSize: number;
  /** From the middle of the eyes to the left and right border, in eye distances. */
  readonly leftwardCrop: number;
  readonly rightwardCrop: number;
  /** From the middle of the eyes to the upper and lower border, in distances from the eyes to the chin. */
  readonly marginAbove: number;
  readonly marginBelow: number;
  /** Probability 0…1 that the left and the right eye (as seen in the picture) is open. */
  readonly eyesOpen: { readonly left: number; readonly right: number };
  /** Gap between the lips over the distance from eyes to chin: 0 is closed. */
  readonly mouthClosed: number;
  /** Area of the largest other face over that of the judged one: 0 is a single face. */
  readonly singleFacePresent: number;
};

export type QualitySubject = {
  readonly face: Face;
  /** Every face of the picture, the judged one among them. */
  readonly faces: readonly Face[];
  readonly five: FivePoints;
  readonly mesh: readonly MeshPoint[];
  readonly yaw_deg: number;
  /** Probability 0…1 that each eye is closed. */
  readonly closed: { readonly left: number; readonly right: number };
};

export function measureQuality(
  image: RGBImage,
  { face, faces, five, mesh, yaw_deg, closed }: QualitySubject,
): FrameQuality {
  const eyes = interEye_px(five);
  const middle = { x: (five.leftEye.x + five.rightEye.x) / 2, y: (five.leftEye.y + five.rightEye.y) / 2 };
  const toChin = eyesToChin_px(mesh);
  const others = faces.filter((other) => other !== face).map(area);
  const patch = facePatch(image, middle, eyes);
  const light = lightOf(patch.luma);
  const illuminationUniformity = uniformityOf(patch.luma, patch.of(five.nose));
  giveBack(patch.luma);
  return {
    ...light,
    illuminationUniformity,
    interEyeDistance_px: eyes / Math.max(foreshortening_min, Math.cos((yaw_deg * Math.PI) / 180)),
    headSize: toChin / image.height_px,
    leftwardCrop: middle.x / eyes,
    rightwardCrop: (image.width_px - middle.x) / eyes,
    marginAbove: middle.y / toChin,
    marginBelow: (image.height_px - middle.y) / toChin,
    eyesOpen: { left: 1 - closed.left, right: 1 - closed.right },
    mouthClosed: lipGap_px(mesh) / toChin,
    singleFacePresent: Math.max(0, ...others) / area(face),
  };
}

/** Cosine of 60 degrees: beyond, one eye is not seen. */
const foreshortening_min = 0.5;
/** The face is measured on a patch with this distance between the eyes, so that size does not change the figures. */
const patchInterEye_px = 64;
const patch_px = 192;

/** Luminance 0…255 of a square round the face, its centre 0.35 eye distances below the eyes. */
function facePatch(image: RGBImage, eyes: Point, interEye: number) {
  const scale = interEye / patchInterEye_px;
  const left = eyes.x - (scale * patch_px) / 2;
  const top = eyes.y + 0.35 * interEye - (scale * patch_px) / 2;
  const view: View = { toImage: [scale, 0, left, 0, scale, top], width_px: patch_px, height_px: patch_px };
  return {
    luma: warpGrey(image, view, [0.2126, 0.7152, 0.0722], 1),
    of: (p: Point): Point => ({ x: (p.x - left) / scale, y: (p.y - top) / scale }),
  };
}

/** Inside the ellipse that a face with this eye distance fills: background and hair stay out. 1 or 0 a pixel. */
const faceMask = Uint8Array.from({ length: patch_px * patch_px }, (_, i) => {
  const [x, y] = [i % patch_px, Math.floor(i / patch_px)];
  const u = (x - patch_px / 2) / (0.95 * patchInterEye_px);
  const v = (y - patch_px / 2) / (1.2 * patchInterEye_px);
  return u * u + v * v < 1 && x > 0 && y > 0 && x < patch_px - 1 && y < patch_px - 1 ? 1 : 0;
});

const dark_max = 25;
const bright_min = 247;

type Light = Pick<
  FrameQuality,
  'luminanceMean' | 'luminanceVariance' | 'underExposure' | 'overExposure' | 'dynamicRange_bits' | 'sharpness'
>;

function lightOf(luma: Float32Array): Light {
  const histogram = new Float64Array(256);
  let count = 0;
  let sum = 0;
  let squares = 0;
  let edges = 0;
  let edgeSquares = 0;
  for (let i = 0; i < faceMask.length; i += 1) {
    if (faceMask[i] !== 1) continue;
    const value = luma[i] ?? 0;
    const above = luma[i - patch_px] ?? 0;
    const below = luma[i + patch_px] ?? 0;
    const edge = (luma[i - 1] ?? 0) + (luma[i + 1] ?? 0) + above + below - 4 * value;
    const level = Math.round(value);
    histogram[level] = (histogram[level] ?? 0) + 1;
    count += 1;
    sum += value;
    squares += value * value;
    edges += edge;
    edgeSquares += edge * edge;
  }
  const mean = sum / count;
  const variance = squares / count - mean * mean;
  const edgeVariance = edgeSquares / count - (edges / count) ** 2;
  const share = (from: number, to: number): number => total(histogram.subarray(from, to)) / count;
  return {
    luminanceMean: mean / 255,
    luminanceVariance: variance / 255 ** 2,
    underExposure: share(0, dark_max + 1),
    overExposure: share(bright_min, 256),
    dynamicRange_bits: entropy_bits(histogram, count),
    // One grey level squared keeps an even surface from dividing by zero.
    sharpness: edgeVariance / (variance + 1),
  };
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function entropy_bits(histogram: Float64Array, count: number): number {
  let bits = 0;
  for (const n of histogram) if (n > 0) bits -= (n / count) * Math.log2(n / count);
  return bits;
}

const uniformityBins = 64;

/** The cheeks: a band beside and below the tip of the nose, on each side of it, px of the patch. */
const cheek = { from: 14, to: 44, above: 20, below: 16 } as const;

function uniformityOf(luma: Float32Array, nose: Point): number {
  const [left, right] = [new Float64Array(uniformityBins), new Float64Array(uniformityBins)];
  const [top, bottom] = [Math.max(0, Math.round(nose.y - cheek.above)), Math.min(patch_px, nose.y + cheek.below)];
  for (let y = top; y < bottom; y += 1) {
    for (let x = 0; x < patch_px; x += 1) {
      const i = y * patch_px + x;
      const off = x - nose.x;
      if (Math.abs(off) < cheek.from || Math.abs(off) > cheek.to || faceMask[i] !== 1) continue;
      const side = off < 0 ? left : right;
      const bin = Math.min(uniformityBins - 1, Math.floor((luma[i] ?? 0) / (256 / uniformityBins)));
      side[bin] = (side[bin] ?? 0) + 1;
    }
  }
  const [leftTotal, rightTotal] = [total(left), total(right)];
  let overlap = 0;
  for (const [bin, n] of left.entries()) overlap += Math.min(n / leftTotal, (right[bin] ?? 0) / rightTotal);
  return overlap;
}

/** A second face counts when it is this share of the main one's width: a person beside, not across the hall. */
export const secondFace_min = 0.5;

/** True when somebody beside the main face is near enough to be a second person in front of the camera. */
export function isAccompanied(main: Face, faces: readonly Face[]): boolean {
  const width = main.right - main.left;
  return faces.some((face) => face !== main && face.right - face.left >= secondFace_min * width);
}
