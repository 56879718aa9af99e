/** Where somebody's head is in the picture while they walk up and then stand, and when they blink. */
import { between } from '../hall/random.ts';
import type { Random } from '../hall/random.ts';
import { smooth } from './scene.ts';
import type { Held } from './place.ts';
import type { FrameSize, HeadPrompt } from './scene.ts';

/** How long somebody takes to walk up. */
export const approach_ms = 1_600;

/** The middle between the eyes in px of the picture; scale 1 is the size of the cut-out. */
export type Pose = { readonly x: number; readonly y: number; readonly scale: number; readonly roll_rad: number };

export type Place = {
  /** Shift from the middle of the picture, share of its width. */
  readonly aside: number;
  /** Size beside that of somebody who stands at the camera. */
  readonly scale: number;
};

export const atCamera: Place = { aside: 0, scale: 1 };

/** From the hall's depth to the spot in front of the camera, then standing with small movements. */
export function walkUp(size: FrameSize, random: Random, place: Place = atCamera): (t_ms: number) => Pose {
  const from = between(random, -0.12, 0.12);
  const to = between(random, -0.03, 0.03);
  const phase = between(random, 0, 2 * Math.PI);
  // Whoever stands further back is seen lower, down to the same border of the picture.
  const lower = 0.35 * (1 - place.scale);
  return (t_ms) => {
    const near = smooth(0, approach_ms, t_ms);
    const t = t_ms / 1000;
    const sway = Math.sin(0.9 * t + phase);
    const step = Math.sin(10.5 * t + phase) * (1 - near);
    return {
      x: size.width_px * (0.5 + place.aside + from + (to - from) * near + 0.006 * sway),
      // A camera above head height sees somebody far away lower in the picture.
      y: size.height_px * (0.61 + lower - 0.17 * near + 0.008 * step + 0.003 * Math.sin(1.7 * t)),
      scale: place.scale * (0.62 + 0.38 * near + 0.008 * Math.sin(0.6 * t + phase)),
      roll_rad: 0.02 * sway + 0.02 * step,
    };
  };
}

/** People blink every two to seven seconds; a blink takes a fifth of a second, a third of it with the lids down. */
const blink = { period_ms: 4_500, closing_ms: 70, closed_ms: 70, opening_ms: 80 } as const;

/** How far the lids are down: 0 open, 1 closed. */
export function blinking(random: Random): (t_ms: number) => number {
  const starts = Array.from({ length: 16 }, () => between(random, 500, blink.period_ms - 500));
  const phase = between(random, 0, blink.period_ms);
  return (t_ms) => {
    const turn = Math.floor((t_ms + phase) / blink.period_ms);
    const since = t_ms + phase - turn * blink.period_ms - (starts[Math.abs(turn) % starts.length] ?? 0);
    const down = smooth(0, blink.closing_ms, since);
    const opening = blink.closing_ms + blink.closed_ms;
    return down - smooth(opening, opening + blink.opening_ms, since);
  };
}

/** A movement that follows prompts: begins 0.55…0.7 s after one and takes 0.5 s; half of it is seen after 0.8…0.95 s. */
export class PromptedMovement {
  readonly #reaction_ms: number;
  readonly #target: (prompt: HeadPrompt | null) => number;
  #since_ms = 0;
  #from: number;
  #to: number;

  constructor(random: Random, target: (prompt: HeadPrompt | null) => number) {
    this.#reaction_ms = between(random, 550, 700);
    this.#target = target;
    this.#from = target(null);
    this.#to = this.#from;
  }

  prompt(prompt: HeadPrompt | null, t_ms: number): void {
    this.#from = this.at(t_ms);
    this.#to = this.#target(prompt);
    this.#since_ms = t_ms;
  }

  at(t_ms: number): number {
    const begins_ms = this.#since_ms + this.#reaction_ms;
    return this.#from + (this.#to - this.#from) * smooth(begins_ms, begins_ms + movement_ms, t_ms);
  }
}

const movement_ms = 500;

/** Held up in front of the face by somebody who walks up: their own pose, and that of the thing in eye distances. */
export type Holding = {
  at(t_ms: number): { readonly body: Pose; readonly held: Held };
  prompt(prompt: HeadPrompt | null, t_ms: number): void;
};

/** How far a picture is tilted in its plane by somebody whose head ought to turn. */
const tilt_rad = 0.24;

/** Hands drift, tremble and never hold anything quite upright. */
export function holding(size: FrameSize, random: Random, canTilt = true): Holding {
  const bodyAt = walkUp(size, random);
  const phases = Array.from({ length: 5 }, () => between(random, 0, 2 * Math.PI));
  const [yaw, pitch, roll] = [between(random, -0.09, 0.09), between(random, -0.14, 0.02), between(random, -0.05, 0.05)];
  const wanted = canTilt ? tilt_rad : 0;
  const tilt = new PromptedMovement(random, (prompt) =>
    prompt === null ? 0 : prompt === 'turnHeadLeft' ? wanted : -wanted,
  );
  return {
    at: (t_ms) => {
      const body = bodyAt(t_ms);
      const drift = (index: number, hertz: number): number =>
        Math.sin((2 * Math.PI * hertz * t_ms) / 1000 + (phases[index] ?? 0));
      const tremble = drift(4, 7.3);
      const held = {
        x: body.x + size.width_px * (0.008 * drift(0, 0.31) + 0.0012 * tremble),
        y: body.y + size.height_px * (0.01 * drift(1, 0.23) + 0.0015 * tremble),
        scale: body.scale,
        roll_rad: body.roll_rad + roll + 0.025 * drift(2, 0.27) + tilt.at(t_ms),
        yaw_rad: yaw + 0.05 * drift(3, 0.19),
        pitch_rad: pitch + 0.03 * drift(0, 0.41),
      };
      return { body, held };
    },
    prompt: (prompt, t_ms) => tilt.prompt(prompt, t_ms),
  };
}
