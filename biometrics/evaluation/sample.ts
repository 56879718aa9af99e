/** One picture on its way to an embedding, with the product's own steps; each step's time beside it. */
import { performance } from 'node:perf_hooks';
import { alignFace, aligned_px } from '../align.ts';
import { embeddingInput, unitEmbedding } from '../embed.ts';
import { detectPortraitFaces, portraitInterEye_min_px } from '../enrolment.ts';
import { confirmFaces } from '../faces.ts';
import { ImageError } from '../image.ts';
import type { RGBImage } from '../image.ts';
import type { PortraitImage } from '../index.ts';
import { interEye_px } from '../landmarks.ts';
import type { Models } from '../networks.ts';
import { decodePortrait } from '../portrait.ts';
import { findFivePoints } from '../steps.ts';

/** Stages in their order. */
export const stages = ['decode', 'detect', 'mesh', 'landmarks', 'align', 'embed'] as const;
export type Stage = (typeof stages)[number];
export type StageTimes_ms = Readonly<Partial<Record<Stage, number>>>;

/** Of the file; of what it shows; of the process that looked. */
export type Failure = 'UNDECODABLE' | 'TOO_LARGE' | 'NO_FACE' | 'NO_EMBEDDING' | 'DEADLINE' | 'CRASHED';

export type Sample =
  | {
      readonly status: 'measured';
      /** Unit length, 512 values. */
      readonly embedding: Float32Array;
      /** Of crop and mirrored crop together, unit length; null when it was not asked for. */
      readonly withMirror: Float32Array | null;
      /** Somebody else stands beside the main face. */
      readonly isAccompanied: boolean;
      /** Less between the eyes than the gate asks of a portrait. */
      readonly isSmall: boolean;
      readonly times_ms: StageTimes_ms;
    }
  | { readonly status: 'failed'; readonly because: Failure };

/**
 * The picture as the gate enrols a portrait. Both sides go this way: the pictures of evaluation sets are portraits, and
 * the limits for camera frames (place and size of the face in the picture) do not fit them. What the gate would refuse
 * for company or for its size is compared all the same and counted: a rate over chosen pictures would flatter.
 */
export async function sampleOf(models: Models, picture: PortraitImage, isMirroredToo: boolean): Promise<Sample> {
  const times: Partial<Record<Stage, number>> = {};
  const timed = async <T>(stage: Stage, step: () => T | Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await step();
    times[stage] = performance.now() - from;
    return result;
  };
  let image: RGBImage;
  try {
    image = await timed('decode', () => decodePortrait(picture));
  } catch (error) {
    if (error instanceof ImageError) return { status: 'failed', because: error.code };
    throw error;
  }
  const found = await timed('detect', () => detectPortraitFaces(models, image));
  const faces = await timed('mesh', () => confirmFaces(models.facemesh, image, found));
  if (faces === undefined) return { status: 'failed', because: 'NO_FACE' };
  try {
    const five = await timed('landmarks', () => findFivePoints(models, image, faces.main.face));
    const aligned = await timed('align', () => alignFace(image, five));
    const embedding = await timed('embed', () => embed(models, aligned));
    const withMirror = isMirroredToo ? sumOf(embedding, await embed(models, mirrored(aligned))) : null;
    const isSmall = !(interEye_px(five) >= portraitInterEye_min_px);
    const isAccompanied = faces.all.length > 1;
    return { status: 'measured', embedding, withMirror, isAccompanied, isSmall, times_ms: times };
  } catch (error) {
    // Points that make no face, or an output without a direction.
    if (error instanceof RangeError) return { status: 'failed', because: 'NO_EMBEDDING' };
    throw error;
  }
}

async function embed(models: Models, aligned: Float32Array): Promise<Float32Array> {
  const { output } = await models.fr_feature.run(embeddingInput(aligned));
  return unitEmbedding(output ?? new Float32Array(0));
}

const sumOf = (one: Float32Array, other: Float32Array): Float32Array =>
  unitEmbedding(one.map((value, i) => value + (other[i] ?? Number.NaN)));

/** Interleaved RGB of the aligned face, left and right exchanged. */
export function mirrored(aligned: Float32Array): Float32Array {
  const out = new Float32Array(aligned.length);
  for (let at = 0; at < aligned.length; at += 3) {
    const column = (at / 3) % aligned_px;
    const from = at + 3 * (aligned_px - 1 - 2 * column);
    for (let channel = 0; channel < 3; channel += 1) out[at + channel] = aligned[from + channel] ?? 0;
  }
  return out;
}
