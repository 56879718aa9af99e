/**
 * Entry of a child process of the evaluation: pictures in, embeddings or attack scores out. Decoding and inference of
 * strange files end here and not in the process that counts. Nothing is written anywhere.
 */
import { readFile } from 'node:fs/promises';
import { ModelError } from '../../models/verify.ts';
import { detectPortraitFaces } from '../enrolment.ts';
import { confirmFaces } from '../faces.ts';
import { decodeJPEG, ImageError } from '../image.ts';
import type { RGBImage } from '../image.ts';
import type { PortraitImage } from '../index.ts';
import { openModels } from '../networks.ts';
import type { Models } from '../networks.ts';
import { frameLimits } from '../pipeline.ts';
import { decodePortrait } from '../portrait.ts';
import { measuredSignals } from './attack-signals.ts';
import type { AttackScores } from './attack-signals.ts';
import { chipPortrait, liveFrame } from './degrade.ts';
import type { Answer, Job } from './picture-job.ts';
import { seededRandom } from './random.ts';
import { sampleOf } from './sample.ts';
import type { Sample } from './sample.ts';

let models: Models | undefined;

async function answer(job: Job): Promise<Answer> {
  if (job.ask === 'open') return open(job.modelFolder);
  if (models === undefined) throw new Error('the models are opened first');
  const picture = await readPicture(job.path);
  if (job.ask === 'judge') return { answer: 'judged', scores: await judge(models, picture) };
  if (job.degradeFrom === null) {
    return { answer: 'embedded', reference: await sampleOf(models, picture, job.isMirroredToo), probe: null };
  }
  return { answer: 'embedded', ...(await degraded(models, picture, job.degradeFrom, job.isMirroredToo)) };
}

async function open(modelFolder: string): Promise<Answer> {
  try {
    models = await openModels(modelFolder);
  } catch (error) {
    if (error instanceof ModelError) return { answer: 'refused', detail: error.message };
    throw error;
  }
  return { answer: 'opened', models: Object.fromEntries(Object.values(models).map((m) => [m.name, m.sha256])) };
}

async function readPicture(path: string): Promise<PortraitImage> {
  const bytes = await readFile(path);
  return { format: /\.jpe?g$/i.test(path) ? 'jpeg' : 'jpeg2000', bytes };
}

async function degraded(
  opened: Models,
  picture: PortraitImage,
  words: readonly string[],
  isMirroredToo: boolean,
): Promise<{ readonly reference: Sample; readonly probe: Sample }> {
  let image: RGBImage;
  try {
    image = await decodePortrait(picture);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const failed = { status: 'failed', because: error.code } as const;
    return { reference: failed, probe: failed };
  }
  const [chip, live] = [await chipPortrait(image), await liveFrame(image, seededRandom(...words))];
  return {
    reference: await sampleOf(opened, { format: 'jpeg2000', bytes: chip }, isMirroredToo),
    probe: await sampleOf(opened, { format: 'jpeg', bytes: live }, isMirroredToo),
  };
}

/** Presentations are camera pictures: decoded within the limits of frames. */
async function judge(opened: Models, picture: PortraitImage): Promise<AttackScores | null> {
  let image: RGBImage;
  try {
    image = picture.format === 'jpeg' ? await decodeJPEG(picture.bytes, frameLimits) : await decodePortrait(picture);
  } catch (error) {
    if (error instanceof ImageError) return null;
    throw error;
  }
  const faces = await confirmFaces(opened.facemesh, image, await detectPortraitFaces(opened, image));
  if (faces === undefined) return null;
  const scores: Record<string, number | null> = {};
  for (const { name, judge } of measuredSignals) scores[name] = await judge(opened, image, faces.main.face);
  return scores;
}

process.on('message', (job: Job) => {
  answer(job)
    .then((reply) => process.send?.(reply))
    // Whatever it was, the parent counts this picture as one that could not be acquired, and starts a new child.
    .catch(() => process.exit(70));
});

// Without its parent nobody could stop it.
process.on('disconnect', () => process.exit(0));
