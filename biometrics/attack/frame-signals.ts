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
const version = '1';

export function measured(name: AttackSignalName, value: number): AttackSignal {
  if (!Number.isFinite(value)) return missing(name, 'NOT_A_NUMBER');
  return { name, version, status: 'measured', value };
}

export function missing(name: AttackSignalName, because: string): AttackSignal {
  return { name, version, status: 'unavailable', because };
}

/**
 * Face boxes of surroundings that the network has to see. With 1.7 to 2.2 boxes its AUC was 0.89, with 2.2 to 2.7 0.97, with
 * less it judged by chance or wrongly: then it is not asked.
 */
export const context_min = 1.7;

/** Probability of a live face, both crops joined. */
export async function passiveSignal(network: VerifiedModel, image: RGBImage, face: Face): Promise<AttackSignal> {
  const crops = attackScales.map((scale) => attackCrop(image, face, scale));
  if (!crops.every(({ scale }, i) => scale >= Math.min(context_min, attackScales[i] ?? context_min))) {
    return missing('passive-network', 'CONTEXT_CLIPPED');
  }
  const probabilities: number[] = [];
  for (const crop of crops) {
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
