/** What each attack signal measures in one frame. Runs in the child; what several frames say together is `signals.ts`. */
import type { VerifiedModel } from '../../models/verify.ts';
import type { Face } from '../detect.ts';
import type { RGBImage } from '../image.ts';
import type { HeadPose, MeshPoint } from '../mesh.ts';
import { ask, nothing } from '../networks.ts';
import { attackCrop, attackInput, attackScales, joinProbabilities, liveProbability } from '../passive-attack.ts';
import type { FaceSession } from '../sessions.ts';
import { rectangleScore } from './face-in-rectangle.ts';
import type { RectangleSubject } from './face-in-rectangle.ts';
import { affineResidual, flatTurn_min_deg, frontalPoints } from './flat-under-turn.ts';
import { changeBetween, coarseLuma } from './frozen-frames.ts';
import type { AttackSignal, AttackSignalName } from './signal.ts';

/** A changed measure is a changed version: limits were found with it. */
const versions: Partial<Record<AttackSignalName, string>> = { 'passive-network': '2' };
const versionOf = (name: AttackSignalName): string => versions[name] ?? '1';

export function measured(name: AttackSignalName, value: number): AttackSignal {
  if (!Number.isFinite(value)) return missing(name, 'NOT_A_NUMBER');
  return { name, version: versionOf(name), status: 'measured', value };
}

export function missing(name: AttackSignalName, because: string): AttackSignal {
  return { name, version: versionOf(name), status: 'unavailable', because };
}

/**
 * Face boxes of surroundings that the network has to see. With 1.7 to 2.2 boxes its AUC was 0.89, with 2.2 to 2.7 0.97, with
 * less it judged by chance or wrongly: then it is not asked.
 */
export const context_min = 1.7;

/**
 * Probability of a live face. `look` counts the frames of a session: each is shown with one of the two crops in turn, for
 * the frames are joined later by the same mean as the crops would be, and each costs a sixth of a frame's time. Without
 * `look` both crops are joined.
 */
export async function passiveSignal(
  network: VerifiedModel,
  image: RGBImage,
  face: Face,
  look?: number,
): Promise<AttackSignal> {
  const crops = attackScales.map((scale) => attackCrop(image, face, scale));
  if (!crops.every(({ scale }, i) => scale >= Math.min(context_min, attackScales[i] ?? context_min))) {
    return missing('passive-network', 'CONTEXT_CLIPPED');
  }
  const probabilities: number[] = [];
  for (const crop of crops.filter((_, i) => look === undefined || look % crops.length === i)) {
    const { output } = await ask(network, attackInput(image, crop));
    probabilities.push(liveProbability(output ?? nothing));
  }
  return measured('passive-network', joinProbabilities(probabilities));
}

/** Share of the lower and two other sides of the face with a straight edge. */
export const rectangleSignal = (subject: RectangleSubject): AttackSignal =>
  measured('face-in-rectangle', rectangleScore(subject));

/** Grey levels by which the picture moved since the last one of the session. */
export function motionSignal(session: FaceSession, image: RGBImage): AttackSignal {
  const luma = coarseLuma(image);
  const last = session.takeLuma(luma);
  if (last === undefined) return missing('frozen-frames', 'FIRST_FRAME');
  const change = changeBetween(last, luma);
  last.fill(0);
  return measured('frozen-frames', change);
}

/** Cosine of this probe and those before. */
export function continuitySignal(session: FaceSession, probe: Float32Array): AttackSignal {
  const likeness = session.likeness(probe);
  return likeness === undefined ? missing('person-changed', 'FIRST_FRAME') : measured('person-changed', likeness);
}

/**
 * Degrees of yaw up to which a turned face is compared with those before. Up to here 0.5 % of the frames of simulated people
 * fall below a likeness of 0.35 to themselves; of real profiles half do (FNMR 53 % at 0.42).
 */
const recognizable_max_deg = 36;

/** Written so that NaN is not. */
export const isRecognizable = ({ yaw_deg }: HeadPose): boolean => Math.abs(yaw_deg) <= recognizable_max_deg;

/** Yaw in degrees, above 0 to the right side of the picture, and how flat what turned is. */
export function turnSignals(session: FaceSession, mesh: readonly MeshPoint[], pose: HeadPose): AttackSignal[] {
  const points = frontalPoints(mesh);
  const frontal = session.frontal;
  const turn = measured('head-turn', pose.yaw_deg);
  if (frontal === undefined) {
    points.fill(0);
    return [turn, missing('flat-under-turn', 'NO_FRONTAL_FRAME')];
  }
  const isTurned = Math.abs(pose.yaw_deg - session.frontalYaw_deg) >= flatTurn_min_deg;
  const residual = affineResidual(frontal, points);
  points.fill(0);
  return [turn, isTurned ? measured('flat-under-turn', residual) : missing('flat-under-turn', 'TURN_TOO_SMALL')];
}
