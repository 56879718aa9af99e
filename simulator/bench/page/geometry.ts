import type { HallView } from '../messages.ts';

/** The drawing of the lane: one unit is one millimetre, x along the lane with the entry door at 0. */
export const cabinWidth_mm = 1_100;
/** Light barriers stand so far before the entry and behind the exit, as in `simulator/hall/geometry.ts`. */
export const beamDistance_mm = 350;
/** How much of the far side is drawn behind the exit. */
export const farSide_mm = 1_500;

export type Frame = { readonly left_mm: number; readonly right_mm: number; readonly width_mm: number };

/** What the drawing spans: the hall, the cabin, and a piece of the far side. */
export function frameOf(lane: HallView['lane']): Frame {
  const left_mm = -Math.abs(lane.hall_mm);
  const right_mm = lane.exit_mm + farSide_mm;
  return { left_mm, right_mm, width_mm: right_mm - left_mm };
}

/** Length of one leaf of a pair that meets in the middle: whole when closed, a stub when open. */
export function leafLength_mm(position_percent: number): number {
  const open = Number.isFinite(position_percent) ? Math.min(100, Math.max(0, position_percent)) / 100 : 0;
  return (cabinWidth_mm / 2) * (1 - 0.88 * open);
}

/** Bodies outside the drawing are kept at its edge, so that nobody vanishes. */
export function positionIn(frame: Frame, position_mm: number): number {
  const margin_mm = 250;
  if (!Number.isFinite(position_mm)) return frame.left_mm + margin_mm;
  return Math.min(frame.right_mm - margin_mm, Math.max(frame.left_mm + margin_mm, position_mm));
}
