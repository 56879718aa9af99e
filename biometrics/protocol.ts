/** What supervisor and child say to each other over the process channel. Every request has exactly one reply. */
import type { EnrolResult } from './enrolment.ts';
import type { FrameResult } from './frame-result.ts';
import type { FramePurpose, PortraitImage } from './index.ts';
import type { CameraCalibration } from './quality-limits.ts';

export type Request =
  | {
      readonly ask: 'open';
      readonly id: number;
      readonly modelFolder: string;
      readonly calibration: CameraCalibration;
    }
  | { readonly ask: 'enrol'; readonly id: number; readonly sessionId: string; readonly portrait: PortraitImage }
  | {
      readonly ask: 'compare';
      readonly id: number;
      readonly sessionId: string;
      readonly jpeg: Uint8Array;
      readonly purpose: FramePurpose;
    }
  | { readonly ask: 'forget'; readonly id: number; readonly sessionId: string };

/** The embedding stays in the child. */
export type EnrolReply =
  | Omit<Extract<EnrolResult, { status: 'measured' }>, 'reference'>
  | Extract<EnrolResult, { status: 'unavailable' }>;

/** Name and SHA-256 of every model in use. */
export type OpenedModels = Readonly<Record<string, string>>;

export type Reply =
  | { readonly answer: 'opened'; readonly id: number; readonly models: OpenedModels }
  /** A model is not what the manifest says; `detail` begins with the file's name. */
  | { readonly answer: 'refused'; readonly id: number; readonly detail: string }
  | { readonly answer: 'enrolled'; readonly id: number; readonly result: EnrolReply }
  | { readonly answer: 'compared'; readonly id: number; readonly result: FrameResult }
  | { readonly answer: 'forgotten'; readonly id: number };

/** Requests in hand or in line, those to forget apart. Beyond that the caller is told at once. */
export const queue_max = 8;
/** Sessions in line to be forgotten: far more than a child keeps. Beyond that it is replaced, which forgets them all. */
export const forgets_max = 32;
