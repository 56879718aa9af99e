/** From the portrait in the chip to the reference: decoded, one face found, judged fit to be a reference, embedded. */
import type { Face } from './detect.ts';
import { confirmFaces } from './faces.ts';
import { cropJPEG, ImageError } from './image.ts';
import type { RGBImage } from './image.ts';
import type { PortraitImage, PortraitRemark } from './index.ts';
import { interEye_px } from './landmarks.ts';
import type { Models } from './networks.ts';
import { decodePortrait } from './portrait.ts';
import { detectFaces, embedFace, findFivePoints } from './steps.ts';

export type PortraitRefusal =
  | 'PORTRAIT_UNDECODABLE'
  | 'PORTRAIT_TOO_LARGE'
  | 'PORTRAIT_TOO_SMALL'
  | 'PORTRAIT_NO_FACE'
  | 'PORTRAIT_SEVERAL_FACES';

export type EnrolResult =
  | {
      readonly status: 'measured';
      readonly reference: Float32Array;
      readonly width_px: number;
      readonly height_px: number;
      readonly interEye_px: number;
      readonly remarks: readonly PortraitRemark[];
      readonly preview: Uint8Array;
    }
  | { readonly status: 'unavailable'; readonly because: PortraitRefusal };

/** Detector score for portraits, where a face is known to be. */
const portraitDetection_min = 0.6;
/** Portraits are tight: with a margin round them the detector sees the sizes it was trained on. Tried in this order. */
const portraitMargins = [0.2, 0.5, 0];
/**
 * Eye distance that the embedding network's input has, px: a smaller portrait would be enlarged. ISO/IEC 19794-5 asks for
 * 90, but chips with 240 x 320 px and 60 px between the eyes are about, and compare well.
 */
export const portraitInterEye_min_px = 35;
/** Mean distance of red and blue from green, levels of 255; a colour photograph of skin has 15 and more. */
const grey_max = 2;
const preview_px = 480;

/** The portrait's embedding, or why there is none. */
export async function enrolPortrait(models: Models, portrait: PortraitImage): Promise<EnrolResult> {
  let image: RGBImage;
  try {
    image = await decodePortrait(portrait);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return refused(error.code === 'TOO_LARGE' ? 'PORTRAIT_TOO_LARGE' : 'PORTRAIT_UNDECODABLE');
  }
  try {
    return await enrolImage(models, image);
  } finally {
    image.data.fill(0);
  }
}

const refused = (because: PortraitRefusal): EnrolResult => ({ status: 'unavailable', because });

async function enrolImage(models: Models, image: RGBImage): Promise<EnrolResult> {
  const faces = await confirmFaces(models.facemesh, image, await detectPortraitFaces(models, image));
  if (faces === undefined) return refused('PORTRAIT_NO_FACE');
  if (faces.all.length > 1) return refused('PORTRAIT_SEVERAL_FACES');
  const five = await findFivePoints(models, image, faces.main.face);
  const eyes_px = interEye_px(five);
  // Written so that a distance that is no number is refused.
  if (!(eyes_px >= portraitInterEye_min_px)) return refused('PORTRAIT_TOO_SMALL');
  const reference = await embedFace(models, image, five);
  if (reference === undefined) return refused('PORTRAIT_NO_FACE');
  const { width_px, height_px } = image;
  const whole = { left: 0, top: 0, right: width_px, bottom: height_px };
  return {
    status: 'measured',
    reference,
    width_px,
    height_px,
    interEye_px: eyes_px,
    remarks: isGrey(image) ? ['PORTRAIT_GREY'] : [],
    preview: await cropJPEG(image, whole, preview_px),
  };
}

function isGrey({ data }: RGBImage): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) {
    const green = data[i + 1] ?? 0;
    sum += Math.abs((data[i] ?? 0) - green) + Math.abs((data[i + 2] ?? 0) - green);
  }
  return sum / (2 * (data.length / 3)) < grey_max;
}

export async function detectPortraitFaces(models: Models, image: RGBImage): Promise<Face[]> {
  for (const margin of portraitMargins) {
    const faces = await detectFaces(models, image, portraitDetection_min, margin);
    if (faces.length > 0) return faces;
  }
  return [];
}
