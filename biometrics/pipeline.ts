/** The steps in order, for a portrait and for a camera frame. Runs inside the child process; knows no time and no session. */
import { modelNames, readManifest } from '../models/manifest.ts';
import type { ModelName } from '../models/manifest.ts';
import { openModel } from '../models/verify.ts';
import type { VerifiedModel } from '../models/verify.ts';
import { alignFace } from './align.ts';
import { similarity } from './compare.ts';
import { detectionInput, detectionView, facesIn, mainFace } from './detect.ts';
import type { Face } from './detect.ts';
import { embeddingInput, unitEmbedding } from './embed.ts';
import { withoutComparison } from './frame-result.ts';
import type { FrameResult } from './frame-result.ts';
import { cropJPEG, decodeJPEG, ImageError } from './image.ts';
import type { ImageLimits, Rectangle, RGBImage } from './image.ts';
import type { PortraitImage } from './index.ts';
import { fivePoints, interEye_px, landmarkInput, landmarkPoints } from './landmarks.ts';
import type { FivePoints } from './landmarks.ts';
import { decodePortrait } from './portrait.ts';
import { isAccompanied, judgeFace, limits, measureFace } from './quality.ts';

export type Models = Readonly<Record<ModelName, VerifiedModel>>;

/** Opens and verifies every model of the manifest; throws `ModelError`. */
export async function openModels(folder: string): Promise<Models> {
  const manifest = readManifest();
  const opened: Partial<Record<ModelName, VerifiedModel>> = {};
  for (const name of modelNames(manifest)) opened[name] = await openModel(name, manifest.models[name], folder);
  return opened as Models;
}

/** A camera frame at 4K fits; anything larger is no frame of ours. */
export const frameLimits: ImageLimits = { bytes_max: 8 << 20, side_max_px: 4096, decode_max_s: 1 };

const preview_px = 480;

export type EnrolResult =
  | {
      readonly status: 'measured';
      readonly reference: Float32Array;
      readonly width_px: number;
      readonly height_px: number;
      readonly interEye_px: number;
      readonly preview: Uint8Array;
    }
  | {
      readonly status: 'unavailable';
      readonly because: 'PORTRAIT_UNDECODABLE' | 'PORTRAIT_TOO_LARGE' | 'PORTRAIT_NO_FACE' | 'PORTRAIT_SEVERAL_FACES';
    };

/** The portrait's embedding, or why there is none. */
export async function enrolPortrait(models: Models, portrait: PortraitImage): Promise<EnrolResult> {
  let image: RGBImage;
  try {
    image = await decodePortrait(portrait);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return {
      status: 'unavailable',
      because: error.code === 'TOO_LARGE' ? 'PORTRAIT_TOO_LARGE' : 'PORTRAIT_UNDECODABLE',
    };
  }
  const faces = await detectPortraitFaces(models, image);
  const face = mainFace(faces, image);
  if (face === undefined) return { status: 'unavailable', because: 'PORTRAIT_NO_FACE' };
  const others = faces.filter((other) => other.score >= limits.detection_min);
  if (isAccompanied(face, others)) return { status: 'unavailable', because: 'PORTRAIT_SEVERAL_FACES' };
  const five = await findFivePoints(models, image, face);
  const reference = await embedFace(models, image, five);
  if (reference === undefined) return { status: 'unavailable', because: 'PORTRAIT_NO_FACE' };
  const { width_px, height_px } = image;
  const whole = { left: 0, top: 0, right: width_px, bottom: height_px };
  const preview = await cropJPEG(image, whole, preview_px);
  return { status: 'measured', reference, width_px, height_px, interEye_px: interEye_px(five), preview };
}

/** Detector score for portraits, where a face is known to be. */
const portraitDetection_min = 0.6;
/** Portraits are tight: with a margin round them the detector sees the sizes it was trained on. Tried in this order. */
const portraitMargins = [0.2, 0.5, 0];

export async function detectPortraitFaces(models: Models, image: RGBImage): Promise<Face[]> {
  for (const margin of portraitMargins) {
    const faces = await detectFaces(models, image, portraitDetection_min, margin);
    if (faces.length > 0) return faces;
  }
  return [];
}

/** One frame against a reference; every way in which it cannot be compared has its code and its hint. */
export async function examineFrame(
  models: Models,
  reference: Float32Array | undefined,
  jpeg: Uint8Array,
): Promise<FrameResult> {
  if (reference === undefined) return withoutComparison('REFERENCE_MISSING');
  let image: RGBImage;
  try {
    image = await decodeJPEG(jpeg, frameLimits);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return withoutComparison('FRAME_UNDECODABLE');
  }
  const faces = await detectFaces(models, image, limits.detection_min, 0);
  const face = mainFace(faces, image);
  if (face === undefined) return withoutComparison('FACE_NOT_FOUND', 'moveIntoView');
  if (isAccompanied(face, faces)) return withoutComparison('SEVERAL_FACES', 'onePersonOnly', faces.length);
  const five = await findFivePoints(models, image, face);
  const quality = measureFace(image, face, five);
  const guidance = judgeFace(quality);
  const eyes = Number.isFinite(quality.interEye_px) ? quality.interEye_px : null;
  if (guidance !== 'none') {
    return { ...withoutComparison('FACE_NOT_JUDGEABLE', guidance, faces.length), interEye_px: eyes };
  }
  const probe = await embedFace(models, image, five);
  if (probe === undefined) return withoutComparison('FACE_NOT_JUDGEABLE', 'lookAtCamera', faces.length);
  const value = similarity(reference, probe);
  const preview = await cropJPEG(image, withSurroundings(face), preview_px);
  return { guidance, faces: faces.length, similarity: { status: 'measured', value }, interEye_px: eyes, preview };
}

export async function detectFaces(models: Models, image: RGBImage, score_min: number, margin: number): Promise<Face[]> {
  const view = detectionView(image, margin);
  const { scores, boxes } = await models.fr_detect.run(detectionInput(image, view));
  if (scores === undefined || boxes === undefined) return [];
  return facesIn(scores, boxes, view, score_min);
}

export async function findFivePoints(models: Models, image: RGBImage, face: Face): Promise<FivePoints> {
  const { output } = await models.fr_landmark.run(landmarkInput(image, face));
  return fivePoints(landmarkPoints(output ?? new Float32Array(0), face));
}

/** The unit embedding; undefined when the five points make no face (they coincide, or are not numbers). */
export async function embedFace(models: Models, image: RGBImage, five: FivePoints): Promise<Float32Array | undefined> {
  try {
    const { output } = await models.fr_feature.run(embeddingInput(alignFace(image, five)));
    return unitEmbedding(output ?? new Float32Array(0));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Half a face round the face. */
function withSurroundings(face: Face): Rectangle {
  const x = (face.right - face.left) / 2;
  const y = (face.bottom - face.top) / 2;
  return { left: face.left - x, top: face.top - y, right: face.right + x, bottom: face.bottom + y };
}
