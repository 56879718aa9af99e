/** A person of flesh and blood: walks up, stands, blinks, turns the head when asked to. */
import { between, forkedRandom } from '../hall/random.ts';
import type { Random } from '../hall/random.ts';
import { cutOut } from './cut-out.ts';
import type { CutOut, CutOutPlan } from './cut-out.ts';
import { closeEyes } from './eyelids.ts';
import { coverFace } from './face-covering.ts';
import { facePointsOf } from './face-points.ts';
import type { FacePoints } from './face-points.ts';
import { headShape, turnHead } from './head-turn.ts';
import { relight } from './lighting.ts';
import { nodToCamera } from './nod.ts';
import { personOf } from './people.ts';
import { placeCutOut } from './place.ts';
import type { Actor, FrameSize, HeadPrompt } from './scene.ts';
import { atCamera, blinking, PromptedMovement, walkUp } from './standing.ts';
import type { Place } from './standing.ts';

/** Share of the frame's height between the eyes of somebody at the camera: a face of 180 in 480 px. */
const interEyeShare = 0.126;
/** Extent of the cut-out round the eyes, in eye distances. */
const extent = { side: 3, above: 2.4, below: 4.9 };

/**
 * How far the head is turned in all when asked to, and when somebody looks aside. The mesh network finds about nine
 * tenths of it.
 */
const prompted_deg = 34;
const aside_deg = 43;
/** No photograph is turned further than this. */
const turn_max_deg = 50;
/** Somebody before the camera looks into it: this share of the photograph's turn is undone. */
const facing = 0.4;
/** Nobody holds the head quite still. */
const sway_deg = 1.5;
/** Turns are drawn in steps of this size: less than a pixel at the tip of the nose. */
const turnStep_deg = 0.5;
/** Lid positions that are drawn beforehand. */
const closures = [0, 0.5, 1] as const;

export type LivePersonOptions = {
  readonly size: FrameSize;
  readonly isTurned?: boolean;
  readonly isCovered?: boolean;
  readonly areEyesClosed?: boolean;
  readonly place?: Place;
};

/** The person as the camera of the gate sees them, lids at each of `closures`; made once. */
export type Appearance = {
  readonly plan: CutOutPlan;
  readonly points: FacePoints;
  readonly faces: readonly CutOut[];
};

export async function appearanceOf(
  personId: string,
  random: Random,
  size: FrameSize,
  isCovered = false,
): Promise<Appearance> {
  const interEye_px = size.height_px * interEyeShare * between(random, 0.97, 1.03);
  const plan = {
    width_px: Math.round(2 * extent.side * interEye_px),
    height_px: Math.round((extent.above + extent.below) * interEye_px),
    eyes: { x: extent.side * interEye_px, y: extent.above * interEye_px },
    interEye_px,
    roll_deg: between(random, -5, 5),
  };
  const lit = await relight(await cutOut(personOf(personId).live, plan), plan, random);
  const { person: bare, points } = nodToCamera(lit, plan, facePointsOf(personId));
  const face = isCovered ? await coverFace(bare, plan, points, random) : bare;
  return { plan, points, faces: closures.map((closure) => closeEyes(face, plan, points, closure)) };
}

/** Which of the faces shows lids that are down by `closure`, 0…1. */
export const faceAt = ({ faces }: Appearance, closure: number): CutOut | undefined =>
  faces[Math.round(closure * (closures.length - 1))];

/** `provisionPhotographs` has to have run. Throws a RangeError for an unknown person. */
export async function createLivePerson(personId: string, seed: number, o: LivePersonOptions): Promise<Actor> {
  const random = forkedRandom(seed, `person ${personId}`);
  const appearance = await appearanceOf(personId, random, o.size, o.isCovered);
  const { plan, points } = appearance;
  const shape = headShape(points, plan);
  const poseAt = walkUp(o.size, random, o.place ?? atCamera);
  const closureAt = blinking(random);
  const phase = between(random, 0, 2 * Math.PI);
  // Somebody who was photographed turned goes on turning to that side: the other one is not in the photograph.
  const side = Math.abs(points.yaw_deg) > 6 ? Math.sign(points.yaw_deg) : random() < 0.5 ? -1 : 1;
  const aside = o.isTurned === true ? side * aside_deg - points.yaw_deg : -facing * points.yaw_deg;
  const movement = new PromptedMovement(random, (prompt) => turnFor(prompt, points.yaw_deg, aside));
  let drawn: { face: CutOut; turn: number; turned: CutOut } | undefined;
  return {
    draw: (picture, t_ms) => {
      const sway = sway_deg * Math.sin((1.3 * t_ms) / 1000 + phase);
      const turn = Math.round((movement.at(t_ms) + sway) / turnStep_deg) * turnStep_deg;
      const face = faceAt(appearance, o.areEyesClosed === true ? 1 : closureAt(t_ms));
      if (face === undefined) return;
      if (drawn?.face !== face || drawn.turn !== turn) drawn = { face, turn, turned: turnHead(face, shape, turn) };
      placeCutOut(picture, drawn.turned, plan.eyes, poseAt(t_ms));
    },
    prompt: (prompt, t_ms) => movement.prompt(prompt, t_ms),
  };
}

function turnFor(prompt: HeadPrompt | null, photographed_deg: number, otherwise_deg: number): number {
  if (prompt === null) return otherwise_deg;
  const wanted = (prompt === 'turnHeadLeft' ? prompted_deg : -prompted_deg) - photographed_deg;
  return Math.min(turn_max_deg, Math.max(-turn_max_deg, wanted));
}
