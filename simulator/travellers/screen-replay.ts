/**
 * A recording of a person, shown on a tablet that somebody else holds up to the camera: dark frame, bluish glow, lifted
 * blacks, the grid of its pixels beating against that of the sensor, a band that wanders through the picture because
 * display and shutter are out of step, a lamp of the hall mirrored in the glass.
 */
import sharp from 'sharp';
import { between, forkedRandom } from '../hall/random.ts';
import type { Random } from '../hall/random.ts';
import type { CutOut } from './cut-out.ts';
import { drawHands, skinOf } from './hands.ts';
import { appearanceOf, faceAt } from './live-person.ts';
import type { Appearance } from './live-person.ts';
import { blendSample, placeCutOut, projectFlat } from './place.ts';
import type { Actor, FrameSize } from './scene.ts';
import { blinking, holding } from './standing.ts';

/** In eye distances round the middle between the eyes of the recorded person. */
const display = { left: -1.95, right: 1.95, top: -2.15, bottom: 3.05 };
const bezel = 0.2;
/** Beyond the tablet its light is seen on what is near. */
const halo = 0.5;
const extent = {
  left: display.left - bezel - halo,
  right: display.right + bezel + halo,
  top: display.top - bezel - halo,
  bottom: display.bottom + bezel + halo,
};
const distance = 8;
/** Colour of a display's white beside the hall's light, share of full scale each. */
const white = [0.93, 0.99, 1.1] as const;
/** The hall's light on the glass. */
const black = 20;
const gain = 0.98;
/**
 * The grid of the display beats against that of the sensor: waves for each pixel of the camera in its columns and rows
 * (near 1: broad coloured fringes), and their depth; `fine` is the grid itself. `band` wanders up and down.
 */
const fringes = { across: 1.045, down: 0.962, depth: 0.05 };
const fine = { across: 0.46, depth: 0.045 };
const band = { depth: 0.07, hertz: 0.37 };
/** A lamp of the hall in the glass. */
const lamp = { width: 0.2, brightness: 46, slope: 0.42 };
/** Room behind the person in the recording. */
const wall = [142, 138, 128] as const;

type Tablet = { readonly body: CutOut; readonly thumbs: CutOut };

/** Pixels of the drawings for one eye distance. */
const unit_px = 60;
/** How far the thumbs reach over the glass, at most. */
const reach = 0.8;

type Recording = { readonly appearance: Appearance; readonly closureAt: (t_ms: number) => number };

export async function createScreenReplay(
  personId: string,
  heldBy: string,
  seed: number,
  size: FrameSize,
): Promise<Actor> {
  const random = forkedRandom(seed, `screen ${personId}`);
  const holder = await appearanceOf(heldBy, random, size);
  const recording = { appearance: await appearanceOf(personId, random, size), closureAt: blinking(random) };
  const interEye_px = holder.plan.interEye_px * between(random, 0.9, 1);
  const tablet = await drawTablet(holder, random);
  const glass = await createGlass(recording, interEye_px, random);
  // A recording cannot follow what the display of the gate asks for.
  const hand = holding(size, random, false);
  return {
    draw: (picture, t_ms) => {
      const { body, held } = hand.at(t_ms);
      const face = faceAt(holder, 0);
      if (face !== undefined) placeCutOut(picture, face, holder.plan.eyes, body);
      const paint = glass(picture.data, t_ms, held.x / size.width_px);
      const scaled = { ...held, scale: held.scale * interEye_px };
      projectFlat(picture, scaled, extent, distance, (at, u, v) => {
        const isGlass = u > display.left && u < display.right && v > display.top && v < display.bottom;
        if (isGlass) paint(at, u, v);
        const [x, y] = [(u - extent.left) * unit_px, (v - extent.top) * unit_px];
        if (!isGlass) blendSample(picture.data, at, tablet.body, x, y);
        const isNearHand = v > 0 && (u < display.left + reach || u > display.right - reach);
        if (isNearHand) blendSample(picture.data, at, tablet.thumbs, x, y);
      });
    },
    prompt: (prompt, t_ms) => hand.prompt(prompt, t_ms),
  };
}

/** The tablet with its light on what is near, hands behind it; and apart from it the thumbs before it. */
async function drawTablet(holder: Appearance, random: Random): Promise<Tablet> {
  const width_px = Math.round((extent.right - extent.left) * unit_px);
  const height_px = Math.round((extent.bottom - extent.top) * unit_px);
  const at = (inset: number, radius: number): string => {
    const [left, top, r] = [inset * unit_px, inset * unit_px, radius * unit_px];
    const [w, h] = [width_px - 2 * left - 2 * r, height_px - 2 * top - 2 * r];
    const turn = (x: number, y: number): string => `a${r} ${r} 0 0 1 ${x} ${y}`;
    return `M${left + r} ${top} h${w} ${turn(r, r)} v${h} ${turn(-r, r)} h${-w} ${turn(-r, -r)} v${-h} ${turn(r, -r)}z`;
  };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width_px}" height="${height_px}">
    <defs><filter id="soft"><feGaussianBlur stdDeviation="${halo * unit_px * 0.33}"/></filter></defs>
    <path d="${at(halo * 0.8, 0.3)}" fill="#cfe0ff" opacity="0.28" filter="url(#soft)"/>
    <path d="${at(halo, 0.16)} ${at(halo + bezel, 0.02)}" fill="#131417" fill-rule="evenodd"
      stroke="#3c4046" stroke-width="1.2"/>
    <circle cx="${width_px / 2}" cy="${(halo + bezel / 2) * unit_px}" r="2" fill="#2b3442"/></svg>`;
  const rim = halo * unit_px;
  const edge = { left: rim, right: width_px - rim, top: rim, bottom: height_px - rim };
  const hands = drawHands(width_px, height_px, edge, skinOf(holder), random);
  const draw = async (below: Buffer, above: Buffer): Promise<CutOut> => {
    const drawn = await sharp(below)
      .ensureAlpha()
      .composite([{ input: above }])
      .raw()
      .toBuffer();
    return { data: Uint8ClampedArray.from(drawn), width_px, height_px };
  };
  const nothing = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width_px}" height="${height_px}"/>`);
  return { body: await draw(hands.behind, Buffer.from(svg)), thumbs: await draw(hands.before, nothing) };
}

type Glass = (target: Uint8ClampedArray, t_ms: number, across: number) => (at: number, u: number, v: number) => void;

/** The recording moves a little inside the display; beyond its border it is drawn so much further. */
const spare = 0.2;

async function createGlass({ appearance, closureAt }: Recording, interEye_px: number, random: Random): Promise<Glass> {
  const shots = appearance.faces.map((face) => shotOf(face, appearance));
  const phase = between(random, 0, 2 * Math.PI);
  const [x0, y0] = [(display.left - spare) * unit_px, (display.top - spare) * unit_px];
  return (target, t_ms, across) => {
    const shot = shots[Math.round(closureAt(t_ms) * (shots.length - 1))];
    const t = t_ms / 1000;
    const [du, dv] = [0.09 * Math.sin(0.8 * t + phase) * unit_px - x0, 0.04 * Math.sin(1.3 * t) * unit_px - y0];
    const bandAt = 2 * Math.PI * band.hertz * t;
    const lampAt = 1.25 + 3 * (0.5 - across);
    return (at, u, v) => {
      if (shot === undefined) return;
      blendSample(target, at, shot, u * unit_px + du, v * unit_px + dv);
      const [x, y] = [u * interEye_px, v * interEye_px];
      const wander = 1 + band.depth * wave(1.1 * v + bandAt);
      const grid =
        wander * (1 + fine.depth * wave(2 * Math.PI * fine.across * x) * wave(2 * Math.PI * fine.across * y));
      const off = (u + lamp.slope * v - lampAt) / lamp.width;
      const mirrored = black + lamp.brightness * Math.exp(-0.5 * off * off);
      const column = 2 * Math.PI * (fringes.across * x + 0.04 * y);
      const row = wave(2 * Math.PI * (fringes.down * y + 0.03 * x));
      for (let c = 0; c < 3; c += 1) {
        const fringe = 1 + fringes.depth * (wave(column + (c * 2 * Math.PI) / 3) + 0.6 * row);
        target[at + c] = mirrored + gain * (white[c] ?? 1) * (target[at + c] ?? 0) * grid * fringe;
      }
    };
  };
}

/** The recorded person before a wall, at one position of the lids. */
function shotOf(face: CutOut, { plan }: Appearance): CutOut {
  const width_px = Math.round((display.right - display.left + 2 * spare) * unit_px);
  const height_px = Math.round((display.bottom - display.top + 2 * spare) * unit_px);
  const rgb = new Uint8ClampedArray(width_px * height_px * 3);
  for (let i = 0; i < rgb.length; i += 1) {
    const row = Math.floor(i / 3 / width_px) / height_px;
    rgb[i] = (wall[i % 3] ?? 0) * (1.15 - 0.4 * row);
  }
  const eyes = { x: (spare - display.left) * unit_px, y: (spare - display.top) * unit_px };
  const pose = { ...eyes, scale: unit_px / plan.interEye_px, roll_rad: 0 };
  placeCutOut({ data: rgb, size: { width_px, height_px } }, face, plan.eyes, pose);
  const data = new Uint8ClampedArray(width_px * height_px * 4).fill(255);
  for (let i = 0; i < rgb.length; i += 1) data[Math.floor(i / 3) * 4 + (i % 3)] = rgb[i] ?? 0;
  return { data, width_px, height_px };
}

const waves = Float32Array.from({ length: 1024 }, (_, i) => Math.sin((2 * Math.PI * i) / 1024));

/** Sine from a table. */
const wave = (angle: number): number => waves[Math.floor(angle * (1024 / (2 * Math.PI))) & 1023] ?? 0;
