/** The steps that need one network each and nothing else: a picture in, faces, points or an embedding out. */
import { alignFace } from './align.ts';
import { detectionInput, detectionView, facesIn } from './detect.ts';
import type { Face } from './detect.ts';
import { embeddingInput, unitEmbedding } from './embed.ts';
import type { RGBImage } from './image.ts';
import { fivePoints, landmarkInput, landmarkPoints } from './landmarks.ts';
import type { FivePoints } from './landmarks.ts';
import { ask, nothing } from './networks.ts';
import type { Models } from './networks.ts';
import { giveBack } from './scratch.ts';
import type { Point } from './warp.ts';

export async function detectFaces(models: Models, image: RGBImage, score_min: number, margin: number): Promise<Face[]> {
  const view = detectionView(image, margin);
  const { scores, boxes } = await ask(models.fr_detect, detectionInput(image, view));
  return facesIn(scores ?? nothing, boxes ?? nothing, view, score_min);
}

export async function findLandmarks(models: Models, image: RGBImage, face: Face): Promise<Point[]> {
  const { output } = await ask(models.fr_landmark, landmarkInput(image, face));
  return landmarkPoints(output ?? nothing, face);
}

export async function findFivePoints(models: Models, image: RGBImage, face: Face): Promise<FivePoints> {
  return fivePoints(await findLandmarks(models, image, face));
}

/** The unit embedding; undefined when the five points make no face (they coincide, or are not numbers). */
export async function embedFace(models: Models, image: RGBImage, five: FivePoints): Promise<Float32Array | undefined> {
  try {
    const aligned = alignFace(image, five);
    const { output } = await ask(models.fr_feature, embeddingInput(aligned));
    giveBack(aligned);
    const embedding = unitEmbedding(output ?? nothing);
    output?.fill(0);
    return embedding;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
