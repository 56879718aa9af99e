/**
 * What the camera of the gate sees: the empty hall, or one simulated person who walks up and stands. The person is cut
 * out and lit once; each frame only places it, adds sensor noise and compresses. Every frame is a function of seed and
 * time. For people with one photograph this shows the machinery, not accuracy.
 */
import sharp from 'sharp';
import { between, forkedRandom, seededRandom } from '../hall/random.ts';
import type { Random } from '../hall/random.ts';
import { cutOut } from './cut-out.ts';
import type { CutOut } from './cut-out.ts';
import { hallBackdrop } from './hall-backdrop.ts';
import { relight } from './lighting.ts';
import { personOf } from './people.ts';

export type FrameSize = { readonly width_px: number; readonly height_px: number };

export interface LiveScene {
  /** JPEG of the scene `t_ms` milliseconds after the person came into view. */
  frame(t_ms: number): Promise<Uint8Array>;
}

const defaultSize: FrameSize = { width_px: 640, height_px: 480 };

/** Share of the frame's height between the eyes of somebody who stands in front of the camera: a face of 180 in 480 px. */
const interEyeShare = 0.126;
/** Extent of the cut-out round the eyes, in eye distances. */
const extent = { side: 3, above: 2.4, below: 4.9 };

/** How long somebody takes to walk up. */
export const approach_ms = 1_600;

type Pose = { readonly x: number; readonly y: number; readonly scale: number; readonly roll_rad: number };

/** Prepares one person's appearance; `provisionPhotographs` has to have run. Throws a RangeError for an unknown person. */
export async function createLiveScene(
  personId: string,
  seed: number,
  size: FrameSize = defaultSize,
): Promise<LiveScene> {
  const random = seededRandom(seed);
  const interEye_px = size.height_px * interEyeShare * between(random, 0.97, 1.03);
  const plan = {
    width_px: Math.round(2 * extent.side * interEye_px),
    height_px: Math.round((extent.above + extent.below) * interEye_px),
    eyes: { x: extent.side * interEye_px, y: extent.above * interEye_px },
    interEye_px,
    roll_deg: between(random, -5, 5),
  };
  const person = await relight(await cutOut(personOf(personId).live, plan), plan, random);
  const backdrop = await hallBackdrop(size);
  const poseAt = walkUp(size, random);
  const sensor = createSensor(size, seed);
  return {
    frame: async (t_ms) => {
      const picture = Uint8ClampedArray.from(backdrop);
      place(picture, size, person, plan.eyes, poseAt(t_ms));
      return sensor(picture, t_ms);
    },
  };
}

/** The hall without anybody. */
export async function createEmptyScene(seed: number, size: FrameSize = defaultSize): Promise<LiveScene> {
  const backdrop = await hallBackdrop(size);
  const sensor = createSensor(size, seed);
  return { frame: async (t_ms) => sensor(Uint8ClampedArray.from(backdrop), t_ms) };
}

/** From the hall's depth to the spot in front of the camera, then standing with small movements. */
function walkUp(size: FrameSize, random: Random): (t_ms: number) => Pose {
  const from = between(random, -0.12, 0.12);
  const to = between(random, -0.03, 0.03);
  const phase = between(random, 0, 2 * Math.PI);
  return (t_ms) => {
    const way = Math.min(1, Math.max(0, t_ms / approach_ms));
    const near = way * way * (3 - 2 * way);
    const t = t_ms / 1000;
    const sway = Math.sin(0.9 * t + phase);
    const step = Math.sin(10.5 * t + phase) * (1 - near);
    return {
      x: size.width_px * (0.5 + from + (to - from) * near + 0.006 * sway),
      // A camera above head height sees somebody far away lower in the picture.
      y: size.height_px * (0.61 - 0.17 * near + 0.008 * step + 0.003 * Math.sin(1.7 * t)),
      scale: 0.62 + 0.38 * near + 0.008 * Math.sin(0.6 * t + phase),
      roll_rad: 0.02 * sway + 0.02 * step,
    };
  };
}

/** Draws the cut-out into the picture with its eyes at the pose; bilinear. */
function place(
  picture: Uint8ClampedArray,
  size: FrameSize,
  person: CutOut,
  eyes: { x: number; y: number },
  pose: Pose,
): void {
  const cos = Math.cos(pose.roll_rad) / pose.scale;
  const sin = Math.sin(pose.roll_rad) / pose.scale;
  const reach = pose.scale * Math.hypot(person.width_px, person.height_px);
  const top = Math.max(0, Math.floor(pose.y - reach));
  const left = Math.max(0, Math.floor(pose.x - reach));
  const right = Math.min(size.width_px, Math.ceil(pose.x + reach));
  for (let y = top; y < size.height_px; y += 1) {
    for (let x = left; x < right; x += 1) {
      const u = eyes.x + cos * (x - pose.x) + sin * (y - pose.y);
      const v = eyes.y - sin * (x - pose.x) + cos * (y - pose.y);
      if (u < 0 || v < 0 || u >= person.width_px - 1 || v >= person.height_px - 1) continue;
      blend(picture, (y * size.width_px + x) * 3, person, u, v);
    }
  }
}

function blend(picture: Uint8ClampedArray, at: number, person: CutOut, u: number, v: number): void {
  const { data, width_px } = person;
  const [column, row] = [Math.floor(u), Math.floor(v)];
  const [a, b] = [u - column, v - row];
  const first = (row * width_px + column) * 4;
  const below = first + 4 * width_px;
  const mix = (c: number): number =>
    ((data[first + c] ?? 0) * (1 - a) + (data[first + 4 + c] ?? 0) * a) * (1 - b) +
    ((data[below + c] ?? 0) * (1 - a) + (data[below + 4 + c] ?? 0) * a) * b;
  const opacity = mix(3) / 255;
  if (opacity === 0) return;
  for (let c = 0; c < 3; c += 1) {
    const behind = picture[at + c] ?? 0;
    picture[at + c] = behind + opacity * (mix(c) - behind);
  }
}

/** Noise values prepared once; every frame begins to read them elsewhere. */
const noiseLength = 1 << 18;

/** Adds noise and compresses. The noise of two moments differs, so that no two frames are equal. */
function createSensor(
  size: FrameSize,
  seed: number,
): (picture: Uint8ClampedArray, t_ms: number) => Promise<Uint8Array> {
  const random = forkedRandom(seed, 'sensor');
  const deviation = between(random, 1.5, 4.5);
  const quality = Math.round(between(random, 72, 92));
  // The sum of three even values is near enough to a bell curve for a sensor.
  const noise = Int8Array.from({ length: noiseLength }, () => (random() + random() + random() - 1.5) * 2 * deviation);
  const raw = { width: size.width_px, height: size.height_px, channels: 3 as const };
  return async (picture, t_ms) => {
    const start = Math.floor(forkedRandom(seed, String(t_ms))() * noiseLength);
    for (let i = 0; i < picture.length; i += 1) {
      picture[i] = (picture[i] ?? 0) + (noise[(start + i) & (noiseLength - 1)] ?? 0);
    }
    return sharp(picture, { raw }).jpeg({ quality }).toBuffer();
  };
}
