/** Is this face fit to be compared, and if not, what is the one thing the traveller should mend? */
import type { Face } from './detect.ts';
import type { RGBImage } from './image.ts';
import type { FrameGuidance } from './index.ts';
import { interEye_px } from './landmarks.ts';
import type { FivePoints } from './landmarks.ts';
import { warp } from './warp.ts';

export type FaceQuality = {
  readonly interEye_px: number;
  /** Longer side of the face box as a share of the picture's height. */
  readonly faceShare: number;
  /** Distance of the face's centre from the picture's centre as a share of the picture's width and height. */
  readonly offset: { readonly x: number; readonly y: number };
  /** Nose tip off the middle between the eyes, along the eye line, as a share of the eye distance. */
  readonly turn: number;
  /** Angle of the eye line against the horizontal, degrees. */
  readonly roll_deg: number;
  /** Mean luminance of the face, 0…1. */
  readonly luminance: number;
  /** Variance of the Laplacian over variance of the luminance; does not fall with darkness or low contrast. */
  readonly sharpness: number;
};

/**
 * Limits for camera frames. They belong to the camera they were fitted on: origin and unit of each stand beside it, and
 * all are to be fitted again on a gate's own camera.
 */
export const limits = {
  /** Detector score, 0…1. At 0.8 exactly one face in 278 of 279 single-person pictures; at 0.65 more false ones. */
  detection_min: 0.8,
  /** A second face counts when it is this share of the main one's width: a person beside, not across the hall. */
  secondFace_min: 0.5,
  /** px. The network sees faces with 35 px between the eyes; below 48 px a frame adds little to that. */
  interEye_min_px: 48,
  /** Share of the picture's height: beyond, chin or forehead leave the picture with the next movement. */
  faceShare_max: 0.62,
  /** Shares of the picture's width and height from its centre. */
  offset_max: { x: 0.28, y: 0.25 },
  /** Share of the eye distance. 99 % of 150 frontal portraits stay below 0.14; 0.22 is a head turned by about 25 degrees. */
  turn_max: 0.22,
  /** degrees. 99 % of the same portraits stay below 13. */
  roll_max_deg: 15,
  /** 0…1. 99 % of the same portraits are above 0.27. */
  luminance_min: 0.25,
  /**
   * 99 % of the same portraits are above 0.018. A blur of 2 px at 60 px between the eyes still leaves a cosine of 0.96
   * to the untouched picture, one of 3 px 0.87: half of those are below 0.03, a quarter below 0.004.
   */
  sharpness_min: 0.012,
} as const;

/** The face is measured on a patch with this distance between the eyes, so that size does not change the figures. */
const patchInterEye_px = 64;
const patch_px = 192;

export function measureFace(image: RGBImage, face: Face, five: FivePoints): FaceQuality {
  const eyes = interEye_px(five);
  const [along, across] = [(five.rightEye.x - five.leftEye.x) / eyes, (five.rightEye.y - five.leftEye.y) / eyes];
  const middle = { x: (five.leftEye.x + five.rightEye.x) / 2, y: (five.leftEye.y + five.rightEye.y) / 2 };
  const nose = { x: five.nose.x - middle.x, y: five.nose.y - middle.y };
  return {
    interEye_px: eyes,
    faceShare: Math.max(face.bottom - face.top, face.right - face.left) / image.height_px,
    offset: {
      x: Math.abs((face.left + face.right) / 2 / image.width_px - 0.5),
      y: Math.abs((face.top + face.bottom) / 2 / image.height_px - 0.5),
    },
    turn: Math.abs(nose.x * along + nose.y * across) / eyes,
    roll_deg: Math.abs((Math.atan2(across, along) * 180) / Math.PI),
    ...lightAndSharpness(facePatch(image, middle, eyes)),
  };
}

/** Luminance 0…255 (ITU-R BT.709 weights) of a square round the face, 0.35 eye distances below the eyes. */
function facePatch(image: RGBImage, eyes: { x: number; y: number }, interEye: number): Float32Array {
  const scale = interEye / patchInterEye_px;
  const left = eyes.x - (scale * patch_px) / 2;
  const top = eyes.y + 0.35 * interEye - (scale * patch_px) / 2;
  const rgb = warp(image, { toImage: [scale, 0, left, 0, scale, top], width_px: patch_px, height_px: patch_px });
  return Float32Array.from({ length: patch_px * patch_px }, (_, i) => {
    const [r = 0, g = 0, b = 0] = rgb.subarray(3 * i, 3 * i + 3);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
}

/** Inside the ellipse that a face with this eye distance fills: background and hair stay out. */
function isFace(x: number, y: number): boolean {
  const u = (x - patch_px / 2) / (0.95 * patchInterEye_px);
  const v = (y - patch_px / 2) / (1.2 * patchInterEye_px);
  return u * u + v * v < 1;
}

function lightAndSharpness(luma: Float32Array): { luminance: number; sharpness: number } {
  const at = (i: number): number => luma[i] ?? 0;
  let [count, sum, squares, edges, edgeSquares] = [0, 0, 0, 0, 0];
  for (let y = 1; y < patch_px - 1; y += 1) {
    for (let x = 1; x < patch_px - 1; x += 1) {
      if (!isFace(x, y)) continue;
      const i = y * patch_px + x;
      const value = at(i);
      const edge = at(i - 1) + at(i + 1) + at(i - patch_px) + at(i + patch_px) - 4 * value;
      count += 1;
      sum += value;
      squares += value * value;
      edges += edge;
      edgeSquares += edge * edge;
    }
  }
  const variance = squares / count - (sum / count) ** 2;
  const edgeVariance = edgeSquares / count - (edges / count) ** 2;
  // One grey level squared keeps an even surface from dividing by zero.
  return { luminance: sum / count / 255, sharpness: edgeVariance / (variance + 1) };
}

/** The first thing to mend, or `none`. Every comparison is written so that NaN is not fit. */
export function judgeFace(quality: FaceQuality): FrameGuidance {
  if (!(quality.interEye_px >= limits.interEye_min_px)) return 'stepCloser';
  if (!(quality.faceShare <= limits.faceShare_max)) return 'stepBack';
  if (!(quality.offset.x <= limits.offset_max.x && quality.offset.y <= limits.offset_max.y)) return 'moveIntoView';
  if (!(quality.luminance >= limits.luminance_min)) return 'moreLight';
  if (!(quality.turn <= limits.turn_max && quality.roll_deg <= limits.roll_max_deg)) return 'lookAtCamera';
  if (!(quality.sharpness >= limits.sharpness_min)) return 'holdStill';
  return 'none';
}

/** True when somebody beside the main face is near enough to be a second person in front of the camera. */
export function isAccompanied(main: Face, faces: readonly Face[]): boolean {
  const width = main.right - main.left;
  return faces.some((face) => face !== main && face.right - face.left >= limits.secondFace_min * width);
}
