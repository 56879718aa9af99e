/**
 * Straight edges round the face: the border of a sheet, a telephone or a tablet held before the camera. On the picture
 * that the detector saw, each side of the face is searched for the straight line that runs along the whole side with the
 * light changing across it in one sense. A live body has hair, ears and shoulders there, and no line from end to end.
 */
import type { Rectangle } from '../image.ts';

/** Luminance 0…255 of the detector's view and where the face lies in it. */
export type RectangleSubject = {
  readonly luma: Float32Array;
  readonly width_px: number;
  readonly height_px: number;
  readonly face: Rectangle;
};

/** Tilt of the thing, degrees. */
const tilts_deg = Array.from({ length: 11 }, (_, i) => 3 * (i - 5));
/** Opposite and neighbouring sides may differ by as many steps of tilt: perspective. */
const tiltSteps = 1;
/** A step of luminance across the line, over two pixels. */
const step_min = 8;
/** Pixels without a step that do not end a run. */
const gap_max = 2;
/** Where each side is looked for, in face sizes from the face's border outwards. */
const search = { from: -0.05, to: 1.1 } as const;
/** Share of the face's width that a level line runs past either side of the face. */
const overrun = 0.1;
/** An upright line runs from the forehead to the chin, in heights of the face: the corners of a telephone are round. */
const upright = { from: 0.1, beyond: 0 } as const;
/** Lines are this far apart at least, px: an edge is seen over two. */
const apart_px = 1.4;
/** A line is searched along at most this many positions. */
const positions_max = 96;
/** Every so many pixels of a line are looked at first; with less than half of them on a step it is none. */
const stride = 4;
const promising_min = 0.5;

type Side = { readonly isUpright: boolean; readonly sign: -1 | 1; readonly border: number };

/**
 * Share 0…1 of the side below the face, or of the second-best of the other three if that is less, that is one straight
 * edge, at the tilt at which that is most. The edge below is asked for always, because there a live body is, and no door or
 * lintel behind it; of the others one may be covered by a hand or lie outside the picture.
 */
export function rectangleScore(subject: RectangleSubject): number {
  const { face } = subject;
  const others = [
    sideOf(subject, { isUpright: true, sign: -1, border: face.left }),
    sideOf(subject, { isUpright: true, sign: 1, border: face.right }),
    sideOf(subject, { isUpright: false, sign: -1, border: face.top }),
  ];
  const below = sideOf(subject, { isUpright: false, sign: 1, border: face.bottom });
  const byBottom = tilts_deg.map((_, i) => ({ i, bottom: below(i) })).toSorted((a, b) => b.bottom - a.bottom);
  let score = 0;
  for (const { i, bottom } of byBottom) {
    // No score is above that of the edge below: the other sides are not searched at tilts that cannot win.
    if (bottom <= score) break;
    const [, second = 0] = others.map((side) => side(i)).toSorted((a, b) => b - a);
    score = Math.max(score, Math.min(bottom, second));
  }
  return score;
}

/** The best line of a side at each tilt, by the tilt's number, neighbouring tilts allowed; searched when it is asked for. */
function sideOf(subject: RectangleSubject, side: Side): (tilt: number) => number {
  const known = new Map<number, number>();
  const at = (tilt: number): number => {
    const found = known.get(tilt) ?? bestLine(subject, side, tilts_deg[tilt] ?? Number.NaN);
    known.set(tilt, found);
    return found;
  };
  return (tilt) => {
    let best = at(tilt);
    for (let step = 1; step <= tiltSteps; step += 1) {
      if (tilt - step >= 0) best = Math.max(best, at(tilt - step));
      if (tilt + step < tilts_deg.length) best = Math.max(best, at(tilt + step));
    }
    return best;
  };
}

/** The largest covered share over the lines of one tilt on one side; only lines that lie inside the picture count. */
function bestLine(subject: RectangleSubject, { isUpright, sign, border }: Side, tilt_deg: number): number {
  const { face } = subject;
  const [width, height] = [face.right - face.left, face.bottom - face.top];
  const from = isUpright ? face.top + upright.from * height : face.left - overrun * width;
  const to = isUpright ? face.bottom + upright.beyond * height : face.right + overrun * width;
  const size = isUpright ? width : height;
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  const slope = Math.tan((tilt_deg * Math.PI) / 180) * (isUpright ? -1 : 1);
  const positions = Math.min(positions_max, Math.ceil((size * (search.to - search.from)) / apart_px));
  let best = 0;
  for (let k = 0; k < positions; k += 1) {
    const out = search.from + ((search.to - search.from) * k) / positions;
    best = Math.max(best, coverage(subject, isUpright, border + sign * out * size, slope, middle, half));
  }
  return best;
}

/** The longest run of pixels that see a step in one sense, as a share of the line; 0 where a look at a few promises nothing. */
function coverage(
  { luma, width_px, height_px }: RectangleSubject,
  isUpright: boolean,
  at: number,
  slope: number,
  middle: number,
  half: number,
): number {
  const [along, across] = isUpright ? [width_px, 1] : [1, width_px];
  const [length, depth] = isUpright ? [height_px, width_px] : [width_px, height_px];
  const [start, end] = [Math.ceil(middle - half), Math.floor(middle + half)];
  const [from, to] = [Math.max(0, start), Math.min(length - 1, end)];
  /** Luminance across the line at its `i`-th pixel; 0 outside the picture. */
  const stepAt = (i: number): number => {
    const j = Math.round(at + slope * (i - middle));
    if (j < 1 || j >= depth - 1) return 0;
    const here = i * along + j * across;
    return (luma[here + across] ?? 0) - (luma[here - across] ?? 0);
  };
  let seen = 0;
  for (let i = from; i <= to; i += stride) if (Math.abs(stepAt(i)) >= step_min) seen += stride;
  // Over the whole length: what lies outside the picture counts as no edge.
  const whole = end - start + 1;
  if (seen < promising_min * whole) return 0;
  const [rising, falling]: readonly [Run, Run] = [noRun(), noRun()];
  for (let i = from; i <= to; i += 1) {
    const step = stepAt(i);
    extend(rising, step >= step_min);
    extend(falling, step <= -step_min);
  }
  return Math.max(rising.longest, falling.longest) / whole;
}

type Run = { length: number; gap: number; longest: number };
const noRun = (): Run => ({ length: 0, gap: 0, longest: 0 });

function extend(run: Run, isStep: boolean): void {
  run.gap = isStep ? 0 : run.gap + 1;
  if (run.gap > gap_max) run.length = 0;
  else if (run.length > 0 || isStep) run.length += 1;
  if (isStep && run.length > run.longest) run.longest = run.length;
}
