/** Keeps hints from flickering: a traveller can follow one that stands, not one that changes with every frame. */
import type { FrameGuidance } from './index.ts';

/** A hint is shown once every frame for this long agreed on it. */
export const steady_ms = 400;

/**
 * Returns a function that takes each frame's hint and time and gives the hint to show when it changes, else undefined.
 * The first hint, too, has to stand before it is shown.
 */
export function steadyGuidance(): (hint: FrameGuidance, at_ms: number) => FrameGuidance | undefined {
  let shown: FrameGuidance | undefined;
  let candidate: FrameGuidance | undefined;
  let since_ms = 0;
  return (hint, at_ms) => {
    if (hint !== candidate) {
      candidate = hint;
      since_ms = at_ms;
    }
    if (hint === shown || at_ms - since_ms < steady_ms) return undefined;
    shown = hint;
    return hint;
  };
}
