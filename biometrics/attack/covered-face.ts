/**
 * Is the lower half of the face covered? No segmentation network is at hand: this compares colours. Skin varies in
 * chromaticity between cheeks, lips and chin, and is about as red as the forehead; plain cloth is even and less red, and
 * has neither lips nor the shadow under them.
 *
 * On covers drawn over 300 pictures of the development set it sees 95 % of white, blue and green ones, 89 % of black ones,
 * 78 % of skin-coloured ones without folds, and none that are patterned; 0.7 % of the uncovered faces are called covered.
 * Drawn covers are evener than real ones. Hats, glasses and beards are not looked for.
 */
import type { RGBImage } from '../image.ts';
import type { MeshPoint } from '../mesh.ts';
import type { Point } from '../warp.ts';

const forehead = [9, 151, 107, 336, 8, 55, 285];
const lower = [205, 425, 206, 426, 214, 434, 200, 199, 18];
/** One of the lower points at each end may lie on the background or in a shadow. */
const strays = 2;
const noseBase = 2;
const chin = 152;
const outerEyes = [33, 263] as const;
/** Half the side of a sample, as a share of the distance between the outer eye corners. */
const reach = 0.04;
const columnSteps = 20;

type Chromaticity = { readonly red: number; readonly blue: number };

export type LowerFace = {
  /** Chromaticity red/(red + green + blue) of the lower face less that of the forehead. */
  readonly redness: number;
  /** Distance of the furthest lower point from their median chromaticity, the two strays left out. */
  readonly spread: number;
  /** Deviation over mean of the luminance from the base of the nose to the chin. */
  readonly contrast: number;
};

/** Score 0…1, at 0.5 the limits above. NaN when the points lie outside the picture. */
export function coverage({ redness, spread, contrast }: LowerFace): number {
  const isOtherColour = Math.min(ramp(-redness, 0.03, 0.06), ramp(spread, 0.03, 0.01));
  const isBlank = Math.min(ramp(spread, 0.016, 0.008), ramp(contrast, 0.13, 0.07));
  return Math.max(isOtherColour, isBlank);
}

/** 0 at `none`, 1 at `full`, straight between and beyond held. */
const ramp = (value: number, none: number, full: number): number =>
  Math.min(1, Math.max(0, (value - none) / (full - none)));

export function measureLowerFace(image: RGBImage, mesh: readonly MeshPoint[]): LowerFace {
  const at = (i: number): Point => mesh[i] ?? { x: Number.NaN, y: Number.NaN };
  const [left, right] = [at(outerEyes[0]), at(outerEyes[1])];
  const radius = Math.max(1, reach * Math.hypot(left.x - right.x, left.y - right.y));
  const sample = (i: number): Chromaticity => chromaticity(meanColour(image, at(i), radius));
  const [above, below] = [forehead.map(sample), lower.map(sample)];
  const middle = medianOf(below);
  const distances = below.map(({ red, blue }) => Math.hypot(red - middle.red, blue - middle.blue));
  return {
    redness: middle.red - medianOf(above).red,
    spread: distances.toSorted((a, b) => a - b).at(-1 - strays) ?? Number.NaN,
    contrast: columnContrast(image, at(noseBase), at(chin), Math.max(1, radius / 2)),
  };
}

function columnContrast(image: RGBImage, from: Point, to: Point, radius: number): number {
  const values = Array.from({ length: columnSteps + 1 }, (_, i) => {
    const t = i / columnSteps;
    const { r, g, b } = meanColour(image, { x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t }, radius);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return Math.sqrt(variance) / mean;
}

type Colour = { readonly r: number; readonly g: number; readonly b: number };

/** Mean of a square; NaN when nothing of it lies inside the picture. */
function meanColour({ data, width_px, height_px }: RGBImage, { x, y }: Point, radius: number): Colour {
  const [left, right] = [Math.max(0, Math.round(x - radius)), Math.min(width_px - 1, x + radius)];
  const [top, bottom] = [Math.max(0, Math.round(y - radius)), Math.min(height_px - 1, y + radius)];
  let [r, g, b, count] = [0, 0, 0, 0];
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) {
      const i = (row * width_px + column) * 3;
      r += data[i] ?? 0;
      g += data[i + 1] ?? 0;
      b += data[i + 2] ?? 0;
      count += 1;
    }
  }
  return { r: r / count, g: g / count, b: b / count };
}

/** A little is added so that black has no colour by noise. */
function chromaticity({ r, g, b }: Colour): Chromaticity {
  const sum = r + g + b + 6;
  return { red: r / sum, blue: b / sum };
}

const medianOf = (colours: readonly Chromaticity[]): Chromaticity => ({
  red: median(colours.map(({ red }) => red)),
  blue: median(colours.map(({ blue }) => blue)),
});

function median(values: readonly number[]): number {
  return values.some(Number.isNaN) ? Number.NaN : (values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN);
}
