/** Is this face fit to be compared, and if not, what is the one thing the traveller should mend? */
import type { FrameGuidance } from './index.ts';
import type { HeadPose } from './mesh.ts';
import type { FrameQuality } from './quality.ts';
import defaults from './quality-limits.json' with { type: 'json' };

type Bounds = { readonly min?: number; readonly max?: number };

/** Limits by measure; each default stands in `quality-limits.json` with unit and origin. They belong to one camera. */
export type QualityLimits = Readonly<Record<keyof typeof defaults, Bounds>>;

export const defaultQualityLimits: QualityLimits = defaults;

/** The mesh's pitch of a level face: 7 to 8 degrees over portraits. It differs with camera height: measure it on site. */
export const defaultPitchZero_deg = 8;

/** What belongs to one camera. */
export type CameraCalibration = { readonly limits: QualityLimits; readonly pitchZero_deg: number };

export const defaultCalibration: CameraCalibration = {
  limits: defaultQualityLimits,
  pitchZero_deg: defaultPitchZero_deg,
};

/** Written so that NaN is not within. */
function isWithin(value: number, { min, max }: Bounds): boolean {
  return value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
}

export type Judged = {
  readonly quality: FrameQuality;
  readonly pose: HeadPose;
  /** Score of the covered-face heuristic, 0…1. */
  readonly coverage: number;
};

/**
 * The first thing to mend, or `none`. In this order, because what stands first spoils what stands later: a face that is
 * too small or cut off measures nothing well, a dark one hides cover, a covered one has no reliable pose, and the eyes of a
 * blurred one look closed.
 */
export function judgeFrame(
  { quality, pose, coverage }: Judged,
  { limits, pitchZero_deg }: CameraCalibration,
): FrameGuidance {
  const fits = (...names: readonly (keyof QualityLimits & keyof FrameQuality)[]): boolean =>
    names.every((name) => name !== 'eyesOpen' && isWithin(quality[name], limits[name]));
  const isBright = quality.luminanceMean > (limits.luminanceMean.min ?? 0);
  if (!fits('interEyeDistance_px')) return 'stepCloser';
  if (!fits('headSize')) return 'stepBack';
  if (!fits('leftwardCrop', 'rightwardCrop', 'marginAbove', 'marginBelow')) return 'moveIntoView';
  if (!fits('luminanceMean')) return isBright ? 'evenLight' : 'moreLight';
  if (!fits('overExposure', 'illuminationUniformity')) return 'evenLight';
  if (!fits('underExposure', 'dynamicRange_bits', 'luminanceVariance')) return 'moreLight';
  if (!isWithin(coverage, limits.coverage)) return 'removeCover';
  if (!isFrontal(pose, { limits, pitchZero_deg })) return 'lookAtCamera';
  if (!fits('sharpness')) return 'holdStill';
  if (!isWithin(Math.max(quality.eyesOpen.left, quality.eyesOpen.right), limits.eyesOpen)) return 'openEyes';
  return 'none';
}

export function isFrontal(pose: HeadPose, { limits, pitchZero_deg }: CameraCalibration): boolean {
  return (
    isWithin(Math.abs(pose.yaw_deg), limits.yaw_deg) &&
    isWithin(Math.abs(pose.pitch_deg - pitchZero_deg), limits.pitch_deg) &&
    isWithin(Math.abs(pose.roll_deg), limits.roll_deg)
  );
}
