/** Keeps hints from flickering: a traveller can follow one that stands, not one that changes with every frame. */
import type { FrameGuidance } from './index.ts';

/** A hint is shown once it had the majority of the frames of a window this long. */
export const steady_ms = 400;
/** A shown hint stays at least this long: it has to be read. */
export const shown_min_ms = 800;
/** Share of the frames of the window that have to agree: one stray frame neither brings a hint nor keeps it away. */
const majority = 0.7;
/** More frames than a camera delivers in the window; a flood pushes the oldest out. */
const votes_max = 64;

type Vote = { readonly hint: FrameGuidance; readonly at_ms: number };

/** From each frame's hint to the one on the display. Times are monotonic. */
export class SteadyGuidance {
  #shown: FrameGuidance | undefined;
  #shown_ms = Number.NEGATIVE_INFINITY;
  #votes: Vote[] = [];

  /** The hint to show when it changes, else undefined. The first hint, too, has to stand before it is shown. */
  take(hint: FrameGuidance, at_ms: number): FrameGuidance | undefined {
    this.#votes.push({ hint, at_ms });
    // The newest vote that is a whole window old stays: it shows that the window is full.
    while (this.#votes.length > votes_max || (this.#votes[1]?.at_ms ?? at_ms) <= at_ms - steady_ms) this.#votes.shift();
    const isFull = (this.#votes[0]?.at_ms ?? at_ms) <= at_ms - steady_ms;
    const agreeing = this.#votes.filter((vote) => vote.hint === hint).length;
    if (hint === this.#shown || !isFull || agreeing < majority * this.#votes.length) return undefined;
    if (at_ms - this.#shown_ms < shown_min_ms) return undefined;
    return this.show(hint, at_ms);
  }

  /** Shows a hint at once, as a request to the traveller is. */
  show(hint: FrameGuidance, at_ms: number): FrameGuidance {
    this.#shown = hint;
    this.#shown_ms = at_ms;
    this.#votes = [];
    return hint;
  }
}
