/** What the child says about one frame: the contract's finding without its time stamps, which are the parent's to give. */
import type { AttackSignal } from './attack/signal.ts';
import type { FrameGuidance } from './index.ts';
import type { HeadPose } from './mesh.ts';
import type { FrameQuality } from './quality.ts';

type Measured<T> =
  | { readonly status: 'measured'; readonly value: T }
  | { readonly status: 'unavailable'; readonly because: string };

export type FrameResult = {
  readonly guidance: FrameGuidance;
  /** Faces that the mesh confirmed. */
  readonly faces: number;
  readonly similarity: Measured<number>;
  readonly fused: Measured<FusedSimilarity>;
  readonly interEye_px: number | null;
  readonly quality: FrameQuality | null;
  readonly pose: HeadPose | null;
  readonly attack: readonly AttackSignal[];
  readonly preview: Uint8Array | null;
};

/** `similarity`: cosine of the reference and the mean of the embeddings of `frames` frames. */
export type FusedSimilarity = { readonly similarity: number; readonly frames: number };

type Unavailable = { readonly status: 'unavailable'; readonly because: string };
type Uncompared = FrameResult & { readonly similarity: Unavailable; readonly fused: Unavailable };

/** A frame from which nothing was compared. */
export function withoutComparison(because: string, guidance: FrameGuidance = 'none', faces = 0): Uncompared {
  const missing = { status: 'unavailable', because } as const;
  return {
    guidance,
    faces,
    similarity: missing,
    fused: missing,
    interEye_px: null,
    quality: null,
    pose: null,
    attack: [],
    preview: null,
  };
}
