/** Draws a person's lids down: the skin above each eye is stretched over it, with the lashes along its border. */
import type { CutOut, CutOutPlan } from './cut-out.ts';
import { inCutOut, lids } from './face-points.ts';
import type { FacePoint, FacePoints } from './face-points.ts';

/** In eye distances. */
const skin = {
  /** The skin that is stretched begins so far above the upper border … */
  above: 0.15,
  /** … and ends so far above it: lashes and their shadow stay out. */
  lashes: 0.035,
  /** The closed lid covers the lower border by so much. */
  over: 0.035,
  /** Share of plain skin, of the colour beside the eye: make-up and shadows stretched alone look like an eye. */
  even: 0.72,
  /** The skin's colour is taken so far below the eye. */
  below: 0.2,
};
const lash = { deviation: 0.016, darkness: 0.62 };

/** The cut-out with both eyes closed by `closure` 0…1; 0 changes nothing. */
export function closeEyes(person: CutOut, plan: CutOutPlan, points: FacePoints, closure: number): CutOut {
  if (closure <= 0) return person;
  const data = person.data.slice();
  for (const { upper, lower } of [lids.left, lids.right]) {
    const border = (numbers: readonly number[]) => numbers.map((number) => inCutOut(points.at(number), plan));
    closeEye(person, data, border(upper), border(lower), plan.interEye_px, Math.min(1, closure));
  }
  return { ...person, data };
}

function closeEye(
  { data: from, width_px, height_px }: CutOut,
  to: Uint8ClampedArray,
  upper: readonly FacePoint[],
  lower: readonly FacePoint[],
  unit: number,
  closure: number,
): void {
  const [first, last] = [upper[0]?.x ?? 0, upper.at(-1)?.x ?? 0];
  for (let x = Math.ceil(first); x <= last; x += 1) {
    const [top, bottom] = [heightAt(upper, x), heightAt(lower, x)];
    // Towards the corners everything comes together.
    const corner = Math.min(1, (4 * Math.min(x - first, last - x)) / (last - first));
    const start = top - skin.above * unit * (0.4 + 0.6 * corner);
    const end = top - skin.lashes * unit * (0.5 + 0.5 * corner);
    const edge = top + closure * (bottom - top + skin.over * unit * corner);
    const below = edge + 3 * lash.deviation * unit;
    const plain = skinAt(from, width_px, x, Math.round(start), Math.round(bottom + skin.below * unit));
    for (let y = Math.max(0, Math.ceil(start)); y <= below && y < height_px - 1; y += 1) {
      const at = (y * width_px + x) * 4;
      const seen = y <= edge ? start + ((y - start) * (end - start)) / (edge - start) : y;
      const row = Math.floor(seen);
      const share = seen - row;
      const off = (y - edge) / (lash.deviation * unit);
      const light = 1 - lash.darkness * corner * Math.exp(-0.5 * off * off);
      const even = y < edge ? skin.even * corner * Math.min(1, (y - start) / (0.25 * (edge - start) + 1)) : 0;
      for (let c = 0; c < 3; c += 1) {
        const one = from[(row * width_px + x) * 4 + c] ?? 0;
        const other = from[((row + 1) * width_px + x) * 4 + c] ?? 0;
        const stretched = one * (1 - share) + other * share;
        to[at + c] = (stretched + even * ((plain[c] ?? 0) - stretched)) * light;
      }
    }
  }
}

/** Mean colour of the skin above and below the eye; a few columns wide, so that no lash stands out. */
function skinAt(from: Uint8ClampedArray, width_px: number, x: number, above: number, below: number): number[] {
  const sum = [0, 0, 0];
  for (const y of [above, below]) {
    for (let i = -skinColumns; i <= skinColumns; i += 1) {
      for (let c = 0; c < 3; c += 1) sum[c] = (sum[c] ?? 0) + (from[(y * width_px + x + i) * 4 + c] ?? 0);
    }
  }
  return sum.map((value) => value / (2 * (2 * skinColumns + 1)));
}

const skinColumns = 3;

/** The line through the points at `x`; they run from left to right. */
function heightAt(line: readonly FacePoint[], x: number): number {
  for (const [i, point] of line.entries()) {
    const next = line[i + 1];
    if (next === undefined) return point.y;
    if (x <= next.x)
      return point.y + ((next.y - point.y) * Math.max(0, x - point.x)) / Math.max(1e-6, next.x - point.x);
  }
  return 0;
}
