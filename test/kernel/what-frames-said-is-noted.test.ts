import { expect, test } from 'vitest';
import type { FrameFinding } from '../../biometrics/index.ts';
import { FrameNotes } from '../../gate-controller/kernel/frame-notes.ts';

const quality = {
  luminanceMean: 0.5,
  luminanceVariance: 0.02,
  underExposure: 0,
  overExposure: 0,
  dynamicRange_bits: 7,
  illuminationUniformity: 0.6,
  sharpness: 0.1,
  interEyeDistance_px: 92,
  headSize: 0.2,
  leftwardCrop: 3,
  rightwardCrop: 3,
  marginAbove: 1,
  marginBelow: 2,
  eyesOpen: { left: 0.9, right: 0.8 },
  mouthClosed: 0,
  singleFacePresent: 0,
};

const unavailable = { status: 'unavailable', because: 'FACE_NOT_JUDGEABLE' } as const;
const refused: FrameFinding = {
  guidance: 'removeCover',
  faces: 1,
  similarity: unavailable,
  fused: unavailable,
  interEye_px: 90,
  quality,
  pose: { yaw_deg: 30, pitch_deg: 8, roll_deg: 0 },
  attack: [],
  preview: null,
};
const compared = (value: number, interEyeDistance_px: number): FrameFinding => ({
  ...refused,
  guidance: 'none',
  quality: { ...quality, interEyeDistance_px },
  pose: { yaw_deg: -3, pitch_deg: 8, roll_deg: 0 },
  similarity: { status: 'measured', value, at_ms: 0, by: 'test' },
});

test('frames are counted by what was to be mended, and handed on untouched', () => {
  const notes = new FrameNotes();
  const found = compared(0.6, 92);
  expect(notes.take(found)).toBe(found);
  for (let i = 0; i < 3; i += 1) notes.take(refused);
  expect(notes.frames).toEqual({ none: 1, removeCover: 3 });
});

test('the measures kept are those of the picture the officer sees: the one most alike', () => {
  const notes = new FrameNotes();
  notes.take(refused);
  expect(notes.notes.quality).toBeNull();
  for (const [value, eyes_px] of [
    [0.5, 80],
    [0.7, 95],
    [0.6, 70],
    [Number.NaN, 10],
  ] as const) {
    notes.take(compared(value, eyes_px));
  }
  expect(notes.notes.quality).toMatchObject({ interEyeDistance_px: 95, eyesOpen_min: 0.8, yaw_deg: -3 });
});
