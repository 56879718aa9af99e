/** A person cut out of a photograph: level, at a chosen size, with a soft edge round head and shoulders. */
import sharp from 'sharp';
import type { FacePlace } from './people.ts';
import { readPhotograph } from './photographs.ts';

/** Red, green, blue, opacity, each 0…255, rows from the top. */
export type CutOut = {
  readonly data: Uint8ClampedArray;
  readonly width_px: number;
  readonly height_px: number;
};

export type CutOutPlan = {
  readonly width_px: number;
  readonly height_px: number;
  /** Where the middle between the eyes lies in the result. */
  readonly eyes: { readonly x: number; readonly y: number };
  readonly interEye_px: number;
  /** Head tilt left in the picture, degrees clockwise. */
  readonly roll_deg: number;
};

/** Area of the face in eye distances round the middle between the eyes: what exposure is measured on. */
const faceArea = { x: 0.9, y: 1.1, below: 0.45 };

/** Mean of the face's samples, 0…1. */
export function faceBrightness(person: CutOut, plan: CutOutPlan): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y < person.height_px; y += 1) {
    for (let x = 0; x < person.width_px; x += 1) {
      const u = (x - plan.eyes.x) / plan.interEye_px / faceArea.x;
      const v = ((y - plan.eyes.y) / plan.interEye_px - faceArea.below) / faceArea.y;
      if (u * u + v * v > 1) continue;
      const at = (y * person.width_px + x) * 4;
      sum += (person.data[at] ?? 0) + (person.data[at + 1] ?? 0) + (person.data[at + 2] ?? 0);
      count += 3;
    }
  }
  return sum / count / 255;
}

type Photograph = { readonly data: Uint8Array; readonly width: number; readonly height: number };

async function decode(face: FacePlace, folder: string | undefined): Promise<Photograph> {
  const { data, info } = await sharp(await readPhotograph(face.photograph, folder))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

const samples = 2;

/** Renders the face's person; what the photograph does not show is transparent. */
export async function cutOut(face: FacePlace, plan: CutOutPlan, folder?: string): Promise<CutOut> {
  const photograph = await decode(face, folder);
  const { width_px, height_px, eyes, interEye_px } = plan;
  const dx = face.rightEye.x - face.leftEye.x;
  const dy = face.rightEye.y - face.leftEye.y;
  const scale = Math.hypot(dx, dy) / interEye_px;
  const angle = Math.atan2(dy, dx) - (plan.roll_deg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const middle = { x: (face.leftEye.x + face.rightEye.x) / 2, y: (face.leftEye.y + face.rightEye.y) / 2 };
  const data = new Uint8ClampedArray(width_px * height_px * 4);
  const sum = new Float64Array(4);
  for (let at = 0, y = 0; y < height_px; y += 1) {
    for (let x = 0; x < width_px; x += 1, at += 4) {
      sum.fill(0);
      for (let k = 0; k < samples * samples; k += 1) {
        const u = x + ((k % samples) + 0.5) / samples - 0.5 - eyes.x;
        const v = y + (Math.floor(k / samples) + 0.5) / samples - 0.5 - eyes.y;
        addSample(photograph, middle.x + cos * u - sin * v, middle.y + sin * u + cos * v, sum);
      }
      const seen = (sum[3] ?? 0) / samples ** 2;
      for (let c = 0; c < 3; c += 1) data[at + c] = seen > 0 ? (sum[c] ?? 0) / (sum[3] ?? 1) : 0;
      data[at + 3] = 255 * seen * outline((x - eyes.x) / interEye_px, (y - eyes.y) / interEye_px);
    }
  }
  return { data, width_px, height_px };
}

/** Adds colour and 1, bilinear; nothing outside the photograph. */
function addSample(photograph: Photograph, x: number, y: number, sum: Float64Array): void {
  const { data, width, height } = photograph;
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) return;
  const at = (top * width + left) * 3;
  const [right, below] = [x - left, y - top];
  const weights = [(1 - right) * (1 - below), right * (1 - below), (1 - right) * below, right * below];
  const offsets = [0, 3, width * 3, width * 3 + 3];
  for (let k = 0; k < 4; k += 1) {
    const weight = weights[k] ?? 0;
    const from = at + (offsets[k] ?? 0);
    for (let c = 0; c < 3; c += 1) sum[c] = (sum[c] ?? 0) + weight * (data[from + c] ?? 0);
  }
  sum[3] = (sum[3] ?? 0) + 1;
}

/**
 * Opacity 0…1 at a place given in eye distances from the middle between the eyes (x to the right, y down): an ellipse
 * for head and hair, shoulders below it, both with a soft edge.
 */
export function outline(x: number, y: number): number {
  const head = Math.hypot(x / 1.55, (y - 0.35) / 1.95);
  const shoulder = 1.35 + 1.15 * smooth(1.2, 3, y);
  const body = y < 0.8 ? 2 : Math.abs(x) / shoulder;
  return 1 - smooth(0.88, 1.08, Math.min(head, body));
}

function smooth(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
