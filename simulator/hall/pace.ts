import { between } from './random.ts';
import type { Random } from './random.ts';

/** Times a person takes. Drawn anew for every use, from one seed. */
export type Pace = {
  readonly speed_mm_s: number;
  /** From seeing something to acting on it. */
  reaction_ms(): number;
  /** Opening the document and passing its data page over the reader. */
  swipe_ms(): number;
  /** From the swipe to the document lying on the chip reader. */
  lay_ms(): number;
};

/** Walking speed of an unhurried adult. */
export const walking_mm_s = 1100;
const fastWalking_mm_s = 2200;
/** `fast` divides handling and reaction by this; devices and doors keep their own time. */
const fastFactor = 4;

/** `slowness`: how many times as long this person takes for everything. */
export function createPace(random: Random, isFast: boolean, slowness = 1): Pace {
  const factor = slowness / (isFast ? fastFactor : 1);
  return {
    speed_mm_s: (isFast ? fastWalking_mm_s : walking_mm_s) / slowness,
    reaction_ms: () => between(random, 300, 800) * factor,
    swipe_ms: () => between(random, 700, 1300) * factor,
    lay_ms: () => between(random, 350, 700) * factor,
  };
}
