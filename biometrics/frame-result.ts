/** What the child says about one frame: the contract's finding without its time stamp, which is the parent's to give. */
import type { FrameGuidance } from './index.ts';

export type FrameResult = {
  readonly guidance: FrameGuidance;
  /** Faces above the detection threshold. */
  readonly faces: number;
  readonly similarity:
    | { readonly status: 'measured'; readonly value: number }
    | { readonly status: 'unavailable'; readonly because: string };
  readonly interEye_px: number | null;
  readonly preview: Uint8Array | null;
};

type Uncompared = FrameResult & { readonly similarity: { readonly status: 'unavailable' } };

/** A frame from which nothing was compared. */
export function withoutComparison(because: string, guidance: FrameGuidance = 'none', faces = 0): Uncompared {
  return { guidance, faces, similarity: { status: 'unavailable', because }, interEye_px: null, preview: null };
}
