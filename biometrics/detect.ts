/** Faces in a picture: what fr_detect is shown, and what its answer means. */
import type { Rectangle, RGBImage } from './image.ts';
import { borrow } from './scratch.ts';
import { apply, invert, warpPlanes } from './warp.ts';
import type { View } from './warp.ts';

/** Box of a face in px of the picture; `score` 0…1. */
export type Face = Rectangle & { readonly score: number };

const view_px = { width: 320, height: 240 };
const overlap_max = 0.4;
/** Half the samples for each axis are enough for a detector and cost a quarter. */
const samplingDensity = 0.5;

/** The whole picture, centred, aspect kept, with a margin on each side as a share of the picture's side. */
export function detectionView(image: RGBImage, margin: number): View {
  const { width, height } = view_px;
  const spread = 1 + 2 * margin;
  const scale = Math.max((image.width_px * spread) / width, (image.height_px * spread) / height);
  const x = (image.width_px - scale * width) / 2;
  const y = (image.height_px - scale * height) / 2;
  return { toImage: [scale, 0, x, 0, scale, y], width_px: width, height_px: height };
}

/** Tensor [1, 3, 240, 320]: planes R, G, B, (p - 127) / 128. */
export function detectionInput(image: RGBImage, view: View): Float32Array {
  return warpPlanes(image, view, { order: 'RGB', mean: 127, deviation: 128, density: samplingDensity });
}

/** Luminance 0…255 (ITU-R BT.709) of the view, out of its tensor; borrowed. */
export function detectionLuma(input: Float32Array): Float32Array {
  const pixels = input.length / 3;
  const luma = borrow(pixels);
  const [green, blue] = [pixels, 2 * pixels];
  for (let i = 0; i < pixels; i += 1) {
    const sum = 0.2126 * (input[i] ?? 0) + 0.7152 * (input[green + i] ?? 0) + 0.0722 * (input[blue + i] ?? 0);
    luma[i] = 128 * sum + 127;
  }
  return luma;
}

/** A rectangle of the picture in px of the view. */
export function inView(view: View, { left, top, right, bottom }: Rectangle): Rectangle {
  const toView = invert(view.toImage);
  const [a, b] = [apply(toView, { x: left, y: top }), apply(toView, { x: right, y: bottom })];
  return { left: a.x, top: a.y, right: b.x, bottom: b.y };
}

/** `scores` [4420, 2] and `boxes` [4420, 4] as faces scoring at least `score_min`, best first, overlaps removed. */
export function facesIn(scores: Float32Array, boxes: Float32Array, view: View, score_min: number): Face[] {
  const found: Face[] = [];
  for (let i = 0; 2 * i + 1 < scores.length; i += 1) {
    const score = scores[2 * i + 1] ?? Number.NaN;
    if (!(score >= score_min)) continue;
    const corner = (k: number) =>
      apply(view.toImage, {
        x: (boxes[4 * i + k] ?? Number.NaN) * view.width_px,
        y: (boxes[4 * i + k + 1] ?? Number.NaN) * view.height_px,
      });
    const { x: left, y: top } = corner(0);
    const { x: right, y: bottom } = corner(2);
    if (right > left && bottom > top) found.push({ left, top, right, bottom, score });
  }
  return withoutOverlaps(found);
}

function withoutOverlaps(faces: Face[]): Face[] {
  const kept: Face[] = [];
  for (const face of faces.sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => intersectionOverUnion(other, face) < overlap_max)) kept.push(face);
  }
  return kept;
}

export const area = (r: Rectangle): number => (r.right - r.left) * (r.bottom - r.top);

export function intersectionOverUnion(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (area(a) + area(b) - width * height);
}

/** Of several faces the large central one; undefined without any. */
export function mainFace(faces: readonly Face[], image: RGBImage): Face | undefined {
  const weight = (face: Face): number => {
    const x = (face.left + face.right) / 2 / image.width_px - 0.5;
    const y = (face.top + face.bottom) / 2 / image.height_px - 0.5;
    return face.score * Math.sqrt(area(face)) * (1 - Math.min(0.9, x * x + y * y));
  };
  return faces.toSorted((a, b) => weight(b) - weight(a))[0];
}
