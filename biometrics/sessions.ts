/**
 * What the child remembers of the travellers in the gate: few, kept by session, overwritten when they go. A session is
 * the portrait's embedding, the sum of the probes' embeddings, and of the last picture a thumbnail to see movement by.
 */
import { similarity } from './compare.ts';
import { embeddingLength, unitEmbedding } from './embed.ts';
import type { FusedSimilarity } from './frame-result.ts';

export type Compared = {
  readonly similarity: number;
  readonly fused: FusedSimilarity;
  /** No frame before was more alike. */
  readonly isBest: boolean;
};

export class FaceSession {
  readonly #reference: Float32Array;
  /** Sum of the unit embeddings of the frames that were compared. */
  readonly #probes = new Float32Array(embeddingLength);
  #size: string | undefined;
  #frames = 0;
  #looks = 0;
  #best = Number.NEGATIVE_INFINITY;
  /** Luminance of the last picture, coarse; undefined before the first. */
  #lastLuma: Float32Array | undefined;
  /** Positions of mesh points in the last frame that was compared: x, y in turn. */
  #frontal: Float32Array | undefined;
  #frontalYaw_deg = Number.NaN;

  /** Takes the array over; throws RangeError unless it is an embedding. */
  constructor(reference: Float32Array) {
    similarity(reference, reference);
    this.#reference = reference;
  }

  /** Compares a probe and counts it in. Throws RangeError as `similarity`. */
  compare(probe: Float32Array): Compared {
    const alone = similarity(this.#reference, probe);
    for (let i = 0; i < embeddingLength; i += 1) this.#probes[i] = (this.#probes[i] ?? 0) + (probe[i] ?? Number.NaN);
    this.#frames += 1;
    const mean = unitEmbedding(this.#probes);
    const fused = { similarity: similarity(this.#reference, mean), frames: this.#frames };
    mean.fill(0);
    const isBest = alone > this.#best;
    if (isBest) this.#best = alone;
    return { similarity: alone, fused, isBest };
  }

  /** Cosine of a probe and the mean of those counted in before; undefined without any. */
  likeness(probe: Float32Array): number | undefined {
    if (this.#frames === 0) return undefined;
    const mean = unitEmbedding(this.#probes);
    const value = similarity(mean, probe);
    mean.fill(0);
    return value;
  }

  /** True while every frame has the size of the first: a camera does not change it in mid-capture. */
  isOneSize(width_px: number, height_px: number): boolean {
    this.#size ??= `${width_px}x${height_px}`;
    return this.#size === `${width_px}x${height_px}`;
  }

  /** Keeps the thumbnail and returns the one before, to be overwritten by the caller. */
  takeLuma(luma: Float32Array): Float32Array | undefined {
    const last = this.#lastLuma;
    this.#lastLuma = luma;
    return last;
  }

  /** Counts up by one: what is looked at in turn. */
  nextLook(): number {
    this.#looks += 1;
    return this.#looks - 1;
  }

  get frontal(): Float32Array | undefined {
    return this.#frontal;
  }

  get frontalYaw_deg(): number {
    return this.#frontalYaw_deg;
  }

  /** Takes the array over; overwrites the one before. */
  keepFrontal(points: Float32Array, yaw_deg: number): void {
    this.#frontal?.fill(0);
    this.#frontal = points;
    this.#frontalYaw_deg = yaw_deg;
  }

  wipe(): void {
    for (const values of [this.#reference, this.#probes, this.#lastLuma, this.#frontal]) values?.fill(0);
    this.#frames = 0;
    this.#lastLuma = undefined;
    this.#frontal = undefined;
  }
}

export class Sessions {
  readonly #capacity: number;
  readonly #byId = new Map<string, FaceSession>();

  /** `capacity`: sessions kept; the oldest goes when one more comes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  keep(sessionId: string, session: FaceSession): void {
    this.forget(sessionId);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size >= this.#capacity && oldest !== undefined) this.forget(oldest);
    this.#byId.set(sessionId, session);
  }

  of(sessionId: string): FaceSession | undefined {
    return this.#byId.get(sessionId);
  }

  forget(sessionId: string): void {
    this.#byId.get(sessionId)?.wipe();
    this.#byId.delete(sessionId);
  }
}
