/**
 * The photograph of a person, printed life-size on matt paper, held up to the camera by somebody else: white border,
 * faded inks, dots of the print, light along the bent sheet, fingers on its edge.
 */
import sharp from 'sharp';
import { between, forkedRandom } from '../hall/random.ts';
import type { Random } from '../hall/random.ts';
import { cutOut } from './cut-out.ts';
import type { CutOut, CutOutPlan } from './cut-out.ts';
import { drawHands, skinOf } from './hands.ts';
import { faceAt, appearanceOf } from './live-person.ts';
import type { Appearance } from './live-person.ts';
import { expose } from './lighting.ts';
import { personOf } from './people.ts';
import { blendSample, placeCutOut, projectFlat } from './place.ts';
import { holding } from './standing.ts';
import { smooth } from './scene.ts';
import type { Actor, FrameSize } from './scene.ts';

/** The picture on the sheet: 35 x 45 mm enlarged to the size of a head. Pixels for one eye distance. */
const unit_px = 80;
const plan: CutOutPlan = { width_px: 304, height_px: 400, eyes: { x: 152, y: 168 }, interEye_px: unit_px, roll_deg: 0 };
/** White border, and the room round the sheet for its shadow and the fingers, px. */
const border_px = 15;
const room_px = 34;
const paper = [233, 231, 226] as const;
const studio = [186, 193, 202] as const;
/** Blacks of a matt print are grey, its whites are those of the paper, its colours pale. */
const ink = { black: 0.13, white: 0.88, saturation: 0.8 };
/** Deviation of the print's dots, share of full scale. */
const dots = 0.018;
/** Eye distances from the camera. */
const distance = 9;

const whole = {
  width_px: plan.width_px + 2 * (border_px + room_px),
  height_px: plan.height_px + 2 * (border_px + room_px),
};
const origin = { x: plan.eyes.x + border_px + room_px, y: plan.eyes.y + border_px + room_px };
const extent = {
  left: -origin.x / unit_px,
  right: (whole.width_px - origin.x) / unit_px,
  top: -origin.y / unit_px,
  bottom: (whole.height_px - origin.y) / unit_px,
};

/** Holds up `personId`'s photograph; `heldBy` stands behind it. */
export async function createPrintedPhoto(
  personId: string,
  heldBy: string,
  seed: number,
  size: FrameSize,
): Promise<Actor> {
  const random = forkedRandom(seed, `print ${personId}`);
  const holder = await appearanceOf(heldBy, random, size);
  const sheet = await print(personId, holder, random);
  const hand = holding(size, random);
  const interEye_px = holder.plan.interEye_px * between(random, 0.92, 1.04);
  return {
    draw: (picture, t_ms) => {
      const { body, held } = hand.at(t_ms);
      const face = faceAt(holder, 0);
      if (face !== undefined) placeCutOut(picture, face, holder.plan.eyes, body);
      // The sheet bends as the hands move.
      const bend = 0.003 * Math.sin((0.7 * t_ms) / 1000);
      const scaled = { ...held, scale: held.scale * interEye_px };
      projectFlat(picture, scaled, extent, distance, (at, u, v) =>
        blendSample(picture.data, at, sheet, origin.x + u * unit_px * (1 + bend * v), origin.y + v * unit_px),
      );
    },
    prompt: (prompt, t_ms) => hand.prompt(prompt, t_ms),
  };
}

async function print(personId: string, holder: Appearance, random: Random): Promise<CutOut> {
  const photograph = expose(await cutOut(personOf(personId).portrait, plan), plan, 1);
  const bentAt = between(random, 0.3, 0.7);
  const { width_px, height_px } = whole;
  const data = new Uint8ClampedArray(width_px * height_px * 4);
  for (let at = 0, y = 0; y < height_px; y += 1) {
    for (let x = 0; x < width_px; x += 1, at += 4) {
      const outside = Math.max(room_px - x, x - (width_px - 1 - room_px), room_px - y, y - (height_px - 1 - room_px));
      if (outside > 0) {
        data[at + 3] = 90 * (1 - smooth(0, room_px * 0.45, outside));
        continue;
      }
      const across = (x - room_px) / (width_px - 2 * room_px);
      // The sheet bends away from the light on both sides of a soft ridge; its cut edge shows bright.
      const light = 1.05 - 0.5 * (across - bentAt) ** 2 + (outside > -2 ? 0.08 : 0);
      const ink = inkAt(photograph, x - room_px - border_px, y - room_px - border_px, random);
      for (let c = 0; c < 3; c += 1) data[at + c] = (ink?.[c] ?? paper[c] ?? 0) * light;
      data[at + 3] = 255;
    }
  }
  const raw = { width: width_px, height: height_px, channels: 4 as const };
  const edge = { left: room_px, right: width_px - room_px, top: room_px, bottom: height_px - room_px };
  const hands = drawHands(width_px, height_px, edge, skinOf(holder), random);
  const held = await sharp(await sharp(data, { raw }).blur(0.7).raw().toBuffer(), { raw })
    .composite([{ input: hands.behind, blend: 'dest-over' }, { input: hands.before }])
    .raw()
    .toBuffer();
  return { data: Uint8ClampedArray.from(held), width_px, height_px };
}

/** The colour that the printer puts there; undefined on the white border. */
function inkAt(photograph: CutOut, x: number, y: number, random: Random): readonly number[] | undefined {
  if (x < 0 || y < 0 || x >= plan.width_px || y >= plan.height_px) return undefined;
  const at = (y * plan.width_px + x) * 4;
  const opacity = (photograph.data[at + 3] ?? 0) / 255;
  const colour = studio.map((behind, c) => behind + opacity * ((photograph.data[at + c] ?? 0) - behind));
  const grey = colour.reduce((sum, value) => sum + value / 3, 0);
  const dot = (random() + random() - 1) * 2 * dots;
  return colour.map((value, c) => {
    const faded = (grey + ink.saturation * (value - grey)) / 255;
    return (ink.black + (ink.white - ink.black) * faded + dot) * (paper[c] ?? 255);
  });
}
