/**
 * The steps in order, for a camera frame: decode, detect, confirm by the mesh, 68 points, quality, attack signals, align,
 * embed, compare. Runs inside the child process; knows no time. What it remembers between frames is the session's.
 */
import { coverage, measureLowerFace } from './attack/covered-face.ts';
import { frontalPoints } from './attack/flat-under-turn.ts';
import {
  continuitySignal,
  isRecognizable,
  measured,
  missing,
  motionSignal,
  passiveSignal,
  rectangleSignal,
  turnSignals,
} from './attack/frame-signals.ts';
import type { AttackSignal } from './attack/signal.ts';
import { area, detectionInput, detectionLuma, detectionView, facesIn, inView } from './detect.ts';
import type { Face } from './detect.ts';
import { closedProbability, eyeInput } from './eyes.ts';
import type { Eye } from './eyes.ts';
import { confirmFaces } from './faces.ts';
import type { ConfirmedFaces } from './faces.ts';
import { withoutComparison } from './frame-result.ts';
import type { FrameResult } from './frame-result.ts';
import { cropJPEG, decodeJPEG, ImageError } from './image.ts';
import type { ImageLimits, Rectangle, RGBImage } from './image.ts';
import type { FramePurpose } from './index.ts';
import { fivePoints } from './landmarks.ts';
import type { FivePoints } from './landmarks.ts';
import type { HeadPose } from './mesh.ts';
import { ask, nothing } from './networks.ts';
import type { Models } from './networks.ts';
import { defaultCalibration, judgeFrame } from './quality-limits.ts';
import type { CameraCalibration, Judged } from './quality-limits.ts';
import { measureQuality } from './quality.ts';
import { giveBack } from './scratch.ts';
import type { FaceSession } from './sessions.ts';
import { embedFace, findLandmarks } from './steps.ts';
import type { Point } from './warp.ts';

export { enrolPortrait, detectPortraitFaces } from './enrolment.ts';
export type { EnrolResult } from './enrolment.ts';
export { openModels } from './networks.ts';
export type { Models } from './networks.ts';
export { detectFaces, embedFace, findFivePoints, findLandmarks } from './steps.ts';

/** A camera frame at 4K fits; anything larger is no frame of ours. Wider ones than 1280 px are decoded at half their size or less. */
export const frameLimits: ImageLimits = {
  bytes_max: 8 << 20,
  side_max_px: 4096,
  decode_max_s: 1,
  shrinkBeyond_px: 1280,
};

/** Detector score of a camera frame, 0…1; the mesh takes the false ones out. */
const detection_min = 0.65;
const preview_px = 480;

export type ExaminationOptions = { readonly calibration?: CameraCalibration; readonly purpose?: FramePurpose };

/** One frame of a session; every way in which it cannot be compared has its code and its hint. */
export async function examineFrame(
  models: Models,
  session: FaceSession | undefined,
  jpeg: Uint8Array,
  { calibration = defaultCalibration, purpose = 'compare' }: ExaminationOptions = {},
): Promise<FrameResult> {
  if (session === undefined) return withoutComparison('REFERENCE_MISSING');
  let image: RGBImage;
  try {
    image = await decodeJPEG(jpeg, frameLimits);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return withoutComparison('FRAME_UNDECODABLE');
  }
  if (!session.isOneSize(image.width_px, image.height_px)) {
    image.data.fill(0);
    return withoutComparison('FRAME_SIZE_CHANGED');
  }
  try {
    return await new Examination(models, session, image).run(calibration, purpose);
  } finally {
    image.data.fill(0);
  }
}

class Examination {
  readonly #models: Models;
  readonly #session: FaceSession;
  readonly #image: RGBImage;

  constructor(models: Models, session: FaceSession, image: RGBImage) {
    this.#models = models;
    this.#session = session;
    this.#image = image;
  }

  async run(calibration: CameraCalibration, purpose: FramePurpose): Promise<FrameResult> {
    const motion = motionSignal(this.#session, this.#image);
    const view = detectionView(this.#image, 0);
    const input = detectionInput(this.#image, view);
    const luma = detectionLuma(input);
    try {
      const { scores, boxes } = await ask(this.#models.fr_detect, input);
      const found = facesIn(scores ?? nothing, boxes ?? nothing, view, detection_min);
      const faces = await confirmFaces(this.#models.facemesh, this.#image, found);
      if (faces === undefined) return withoutComparison('FACE_NOT_FOUND', 'moveIntoView');
      const { face } = faces.main;
      const rectangle = rectangleSignal({
        luma,
        width_px: view.width_px,
        height_px: view.height_px,
        face: inView(view, face),
      });
      const attack = [motion, rectangle, measured('second-face', otherFaces(faces))];
      return await this.#judge(faces, attack, calibration, purpose);
    } finally {
      giveBack(luma);
    }
  }

  async #judge(
    faces: ConfirmedFaces,
    attack: readonly AttackSignal[],
    calibration: CameraCalibration,
    purpose: FramePurpose,
  ): Promise<FrameResult> {
    const { face, mesh, pose } = faces.main;
    const seen = faces.all.length;
    if (seen > 1) return { ...withoutComparison('SEVERAL_FACES', 'onePersonOnly', seen), attack };
    const points = await findLandmarks(this.#models, this.#image, face);
    if (purpose === 'turn') {
      const person = await this.#samePerson(fivePoints(points), pose);
      const turn = [...turnSignals(this.#session, mesh.points, pose), person];
      return { ...withoutComparison('NOT_COMPARED', 'none', seen), pose, attack: [...attack, ...turn] };
    }
    const five = fivePoints(points);
    const closed = { left: await this.#closed(points, 'left'), right: await this.#closed(points, 'right') };
    const subject = { face, faces: faces.all, five, mesh: mesh.points, yaw_deg: pose.yaw_deg, closed };
    const quality = measureQuality(this.#image, subject);
    const judged: Judged = { quality, pose, coverage: coverage(measureLowerFace(this.#image, mesh.points)) };
    const guidance = judgeFrame(judged, calibration);
    const interEye_px = Number.isFinite(quality.interEyeDistance_px) ? quality.interEyeDistance_px : null;
    const covered = measured('covered-face', judged.coverage);
    const common = { faces: seen, interEye_px, quality, pose };
    if (guidance !== 'none') {
      // The passive network calls covered mouths attacks (measured): they are not shown to it.
      const refused = guidance === 'removeCover' ? [missing('passive-network', 'FACE_COVERED')] : [];
      const signals = [...attack, covered, ...refused];
      return { ...withoutComparison('FACE_NOT_JUDGEABLE', guidance), ...common, attack: signals };
    }
    const passive = await passiveSignal(this.#models.fr_liveness, this.#image, face, this.#session.nextLook());
    const found = { ...common, attack: [...attack, covered, passive] };
    return this.#compare(faces, five, found, purpose);
  }

  async #compare(
    { main: { face, mesh, pose } }: ConfirmedFaces,
    five: FivePoints,
    found: Pick<FrameResult, 'faces' | 'interEye_px' | 'quality' | 'pose' | 'attack'>,
    purpose: FramePurpose,
  ): Promise<FrameResult> {
    const probe = await embedFace(this.#models, this.#image, five);
    if (probe === undefined) return { ...withoutComparison('FACE_NOT_JUDGEABLE', 'lookAtCamera'), ...found };
    try {
      const attack = [...found.attack, continuitySignal(this.#session, probe)];
      if (purpose === 'observe') return { ...withoutComparison('NOT_COMPARED'), ...found, attack };
      const { similarity, fused, isBest } = this.#session.compare(probe);
      this.#session.keepFrontal(frontalPoints(mesh.points), pose.yaw_deg);
      return {
        ...found,
        guidance: 'none',
        attack,
        similarity: { status: 'measured', value: similarity },
        fused: { status: 'measured', value: fused },
        preview: isBest ? await cropJPEG(this.#image, withSurroundings(face), preview_px) : null,
      };
    } finally {
      probe.fill(0);
    }
  }

  /** Is who turns the head the one who was compared? Somebody else may do it for him. */
  async #samePerson(five: FivePoints, pose: HeadPose): Promise<AttackSignal> {
    if (!isRecognizable(pose)) return missing('person-changed', 'TURNED_TOO_FAR');
    const probe = await embedFace(this.#models, this.#image, five);
    if (probe === undefined) return missing('person-changed', 'NOT_A_NUMBER');
    const signal = continuitySignal(this.#session, probe);
    probe.fill(0);
    return signal;
  }

  async #closed(points: readonly Point[], eye: Eye): Promise<number> {
    const { output } = await ask(this.#models.fr_eye, eyeInput(this.#image, points, eye));
    return closedProbability(output ?? nothing);
  }
}

/** Area of the largest other face over that of the main one. */
function otherFaces({ main, all }: ConfirmedFaces): number {
  return Math.max(0, ...all.filter((face) => face !== main.face).map(area)) / area(main.face);
}

/** Half a face round the face. */
function withSurroundings(face: Face): Rectangle {
  const x = (face.right - face.left) / 2;
  const y = (face.bottom - face.top) / 2;
  return { left: face.left - x, top: face.top - y, right: face.right + x, bottom: face.bottom + y };
}
