/**
 * The one contract of the face pipeline: a chip portrait and camera frames come in, evidence about one comparison and
 * about a presentation attack goes out. Inference runs in child processes; nothing here keeps a picture or an embedding
 * longer than its session.
 */
import type { Evidence } from '../drivers/contracts/evidence.ts';
import type { AttackSignal } from './attack/signal.ts';
import type { FusedSimilarity } from './frame-result.ts';
import type { HeadPose } from './mesh.ts';
import type { FrameQuality } from './quality.ts';

export { BiometricsError, createBiometrics } from './supervisor.ts';
export type { BiometricsEvent, BiometricsOptions } from './supervisor.ts';
export { verifyFace } from './capture.ts';
export type { CameraFrame, ChallengePolicy, FaceVerification, Fusion, VerifyFaceRequest } from './capture.ts';
export type {
  AttackAssessment,
  AttackSignal,
  AttackSignalName,
  AttackVerdict,
  SignalOutcome,
} from './attack/signal.ts';
export { defaultAttackLimits } from './attack/limits.ts';
export type { AttackLimit, AttackLimits } from './attack/limits.ts';
export type { FusedSimilarity } from './frame-result.ts';
export type { HeadPose } from './mesh.ts';
export type { MorphDetection, MorphDetector } from './morph.ts';
export type { FrameQuality } from './quality.ts';
export { defaultCalibration } from './quality-limits.ts';
export type { CameraCalibration, QualityLimits } from './quality-limits.ts';

/** DG2 image as the chip holds it, after its hash was verified against EF.SOD (never before). */
export type PortraitImage = { readonly format: 'jpeg' | 'jpeg2000'; readonly bytes: Uint8Array };

/** Remarks about a portrait that was taken all the same. PORTRAIT_GREY: it has no colour. */
export type PortraitRemark = 'PORTRAIT_GREY';

/** What became of the reference. Codes: PORTRAIT_UNDECODABLE, PORTRAIT_TOO_LARGE, PORTRAIT_TOO_SMALL, PORTRAIT_NO_FACE, PORTRAIT_SEVERAL_FACES, BIOMETRICS_DEADLINE, BIOMETRICS_DOWN, BIOMETRICS_BUSY. */
export type ReferenceEvidence = Evidence<{
  readonly width_px: number;
  readonly height_px: number;
  /** Distance between the eye centres, px of the portrait. */
  readonly interEye_px: number;
  readonly remarks: readonly PortraitRemark[];
  /** JPEG of the portrait for the officer; held in memory only. */
  readonly preview: Uint8Array;
}>;

/**
 * The one thing the traveller should mend, or `none` when the frame could be compared. Left and right of
 * `turnHeadLeft` and `turnHeadRight` are the traveller's own; only a challenge asks for them.
 */
export type FrameGuidance =
  | 'none'
  | 'moveIntoView'
  | 'onePersonOnly'
  | 'stepCloser'
  | 'stepBack'
  | 'moreLight'
  | 'evenLight'
  | 'removeCover'
  | 'lookAtCamera'
  | 'openEyes'
  | 'holdStill'
  | 'turnHeadLeft'
  | 'turnHeadRight';

/**
 * `compare`: against the reference, and counted into the mean. `observe`: quality and attack signals only, no further
 * comparison. `turn`: while the traveller turns the head: pose, depth of the face, and whether it is the same person.
 */
export type FramePurpose = 'compare' | 'observe' | 'turn';

export type FrameFinding = {
  readonly guidance: FrameGuidance;
  /** Faces that the mesh confirmed; much smaller ones than the main face do not count. */
  readonly faces: number;
  /** Cosine similarity of this frame's probe and reference, -1…1; higher = more alike. Unavailable codes: FRAME_UNDECODABLE, FACE_NOT_FOUND, SEVERAL_FACES, FACE_NOT_JUDGEABLE, NOT_COMPARED (by its purpose), REFERENCE_MISSING, BIOMETRICS_DEADLINE, BIOMETRICS_DOWN, BIOMETRICS_BUSY (another request of the session, or too many in all, are in flight). */
  readonly similarity: Evidence<number>;
  /** Reference against the mean of the embeddings of all frames compared in this session; codes as `similarity`. */
  readonly fused: Evidence<FusedSimilarity>;
  readonly interEye_px: number | null;
  /** Null without a face. */
  readonly quality: FrameQuality | null;
  /** Pitch as the mesh gives it: the camera's zero is not taken off. Null without a face. */
  readonly pose: HeadPose | null;
  /** What each signal of a presentation attack measured in this frame. */
  readonly attack: readonly AttackSignal[];
  /** JPEG crop of the face with some surroundings, of the frame with the highest similarity so far; held in memory only. */
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
  /** One JPEG camera frame of the session; `purpose` is `compare` when left out. Never rejects. One frame in flight a session. */
  compare(sessionId: string, jpeg: Uint8Array, purpose?: FramePurpose): Promise<FrameFinding>;
  /** Wipes what the child holds for the session. Never rejects. */
  forget(sessionId: string): Promise<void>;
  /** Name and SHA-256 (first 12 digits) of each model in use, for the record. */
  versions(): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}
