/**
 * The one contract of the face pipeline: a chip portrait and camera frames come in, evidence about one comparison goes
 * out. Inference runs in child processes; nothing here keeps a picture or an embedding longer than its session.
 */
import type { Evidence } from '../drivers/contracts/evidence.ts';

export { BiometricsError, createBiometrics } from './supervisor.ts';
export type { BiometricsEvent, BiometricsOptions } from './supervisor.ts';
export { verifyFace } from './capture.ts';
export type { CameraFrame, FaceVerification, VerifyFaceRequest } from './capture.ts';

/** DG2 image as the chip holds it, after its hash was verified against EF.SOD (never before). */
export type PortraitImage = { readonly format: 'jpeg' | 'jpeg2000'; readonly bytes: Uint8Array };

/** What became of the reference. Codes: PORTRAIT_UNDECODABLE, PORTRAIT_TOO_LARGE, PORTRAIT_NO_FACE, PORTRAIT_SEVERAL_FACES, BIOMETRICS_DEADLINE, BIOMETRICS_DOWN, BIOMETRICS_BUSY. */
export type ReferenceEvidence = Evidence<{
  readonly width_px: number;
  readonly height_px: number;
  /** Distance between the eye centres, px of the portrait. */
  readonly interEye_px: number;
  /** JPEG of the portrait for the officer; held in memory only. */
  readonly preview: Uint8Array;
}>;

/** The one thing the traveller should mend, or `none` when the frame could be compared. */
export type FrameGuidance =
  | 'none'
  | 'moveIntoView'
  | 'onePersonOnly'
  | 'stepCloser'
  | 'stepBack'
  | 'lookAtCamera'
  | 'holdStill'
  | 'moreLight';

export type FrameFinding = {
  readonly guidance: FrameGuidance;
  /** Faces above the detection threshold. */
  readonly faces: number;
  /** Cosine similarity of probe and reference, -1…1; higher = more alike. Unavailable codes: FRAME_UNDECODABLE, FACE_NOT_FOUND, SEVERAL_FACES, FACE_NOT_JUDGEABLE, REFERENCE_MISSING, BIOMETRICS_DEADLINE, BIOMETRICS_DOWN, BIOMETRICS_BUSY (another request of the session, or too many in all, are in flight). */
  readonly similarity: Evidence<number>;
  readonly interEye_px: number | null;
  /** JPEG crop of the face with some surroundings, when one was compared; held in memory only. */
  readonly preview: Uint8Array | null;
};

/** A failed call: BIOMETRICS_DEADLINE (the child was killed and replaced), BIOMETRICS_DOWN, BIOMETRICS_MODEL (manifest disagrees: `detail` names the file). */
export type BiometricsErrorCode = 'BIOMETRICS_DEADLINE' | 'BIOMETRICS_DOWN' | 'BIOMETRICS_MODEL';

export interface Biometrics {
  /** Verifies every model (SHA-256, shapes, smoke values) in a child and gets it ready. Rejects with BIOMETRICS_MODEL naming the file. */
  start(): Promise<void>;
  /** True while a child answers. */
  isReady(): boolean;
  /** Called when readiness changes: a killed child is replaced by itself. */
  onReadiness(listener: (isReady: boolean) => void): () => void;
  /** Decodes the portrait, finds the face, embeds it and keeps the embedding in the child under `sessionId`. Never rejects: trouble is unavailable evidence. */
  enrol(sessionId: string, portrait: PortraitImage): Promise<ReferenceEvidence>;
  /** One JPEG camera frame against the session's reference. Never rejects. One frame in flight a session. */
  compare(sessionId: string, jpeg: Uint8Array): Promise<FrameFinding>;
  /** Wipes what the child holds for the session. Never rejects. */
  forget(sessionId: string): Promise<void>;
  /** Name and SHA-256 (first 12 digits) of each model in use, for the record. */
  versions(): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}
