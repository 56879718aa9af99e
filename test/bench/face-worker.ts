/**
 * The face pipeline alone in a process, for the benchmark `face`: the whole chain as the gate runs it, and its stages one
 * after the other. Started by `face.ts`; ends with it.
 */
import { coverage, measureLowerFace } from '../../biometrics/attack/covered-face.ts';
import { motionSignal, passiveSignal, rectangleSignal } from '../../biometrics/attack/frame-signals.ts';
import { detectionInput, detectionLuma, detectionView, inView } from '../../biometrics/detect.ts';
import { closedProbability, eyeInput } from '../../biometrics/eyes.ts';
import { confirmFaces } from '../../biometrics/faces.ts';
import { decodeJPEG, type RGBImage } from '../../biometrics/image.ts';
import { fivePoints } from '../../biometrics/landmarks.ts';
import {
  detectFaces,
  embedFace,
  enrolPortrait,
  examineFrame,
  findLandmarks,
  frameLimits,
  openModels,
} from '../../biometrics/pipeline.ts';
import { measureQuality } from '../../biometrics/quality.ts';
import { FaceSession } from '../../biometrics/sessions.ts';
import type { Point } from '../../biometrics/warp.ts';
import { provisionModels } from '../../models/provision.ts';
import type { Subject } from './face-images.ts';
import { type Timed, timed } from './worker.ts';

export type FaceQuestion =
  | { readonly ask: 'enrol'; readonly portrait: Subject['portrait'] }
  | { readonly ask: 'chain' | 'stages'; readonly jpeg: Uint8Array }
  | { readonly ask: 'memory' };

/** As in the pipeline. */
const detection_min = 0.65;

const models = await openModels(await provisionModels());
let session: FaceSession | undefined;

async function enrol(portrait: Subject['portrait']): Promise<Timed> {
  const stages_ms = {};
  const found = await timed(stages_ms, 'enrol', () => enrolPortrait(models, portrait));
  session?.wipe();
  session = found.status === 'measured' ? new FaceSession(found.reference) : undefined;
  return { isWhole: session !== undefined, stages_ms };
}

async function chain(jpeg: Uint8Array): Promise<Timed> {
  const stages_ms = {};
  const { similarity } = await timed(stages_ms, 'chain', () => examineFrame(models, session, jpeg));
  return { isWhole: similarity.status === 'measured', stages_ms };
}

/** The steps of `examineFrame` in its order, each with its crops and its network; the preview is the chain's alone. */
async function stages(jpeg: Uint8Array): Promise<Timed> {
  const stages_ms: Record<string, number> = {};
  const of = <T>(stage: string, work: () => T | Promise<T>): Promise<T> => timed(stages_ms, stage, work);
  const image = await of('decode', () => decodeJPEG(jpeg, frameLimits));
  const found = await of('detect', () => detectFaces(models, image, detection_min, 0));
  const faces = await of('mesh', () => confirmFaces(models.facemesh, image, found));
  if (faces === undefined || session === undefined) return { isWhole: false, stages_ms };
  const { face, mesh, pose } = faces.main;
  const points = await of('landmarks', () => findLandmarks(models, image, face));
  const five = fivePoints(points);
  const closed = await of('eyes', () => closedEyes(image, points));
  await of('quality', () => {
    measureQuality(image, { face, faces: faces.all, five, mesh: mesh.points, closed, yaw_deg: pose.yaw_deg });
    coverage(measureLowerFace(image, mesh.points));
  });
  const own = session;
  // The luminance is there already in the chain: it is left over from the detector.
  const view = detectionView(image, 0);
  const luma = detectionLuma(detectionInput(image, view));
  await of('signals', () => {
    motionSignal(own, image);
    rectangleSignal({ luma, width_px: view.width_px, height_px: view.height_px, face: inView(view, face) });
  });
  await of('attack', () => passiveSignal(models.fr_liveness, image, face, own.nextLook()));
  const probe = await of('embed', () => embedFace(models, image, five));
  if (probe === undefined) return { isWhole: false, stages_ms };
  const { similarity } = await of('compare', () => own.compare(probe));
  return { isWhole: Number.isFinite(similarity), stages_ms };
}

async function closedEyes(image: RGBImage, points: readonly Point[]): Promise<{ left: number; right: number }> {
  const closed = { left: Number.NaN, right: Number.NaN };
  for (const eye of ['left', 'right'] as const) {
    const { output } = await models.fr_eye.run(eyeInput(image, points, eye));
    closed[eye] = closedProbability(output ?? new Float32Array(0));
  }
  return closed;
}

async function answerTo(question: FaceQuestion): Promise<Timed | number> {
  if (question.ask === 'memory') return process.memoryUsage().rss;
  if (question.ask === 'enrol') return enrol(question.portrait);
  return question.ask === 'chain' ? chain(question.jpeg) : stages(question.jpeg);
}

process.on('message', (question: FaceQuestion) => void answerTo(question).then((answer) => process.send?.(answer)));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
