/** Turns a cut-out of a photograph into somebody under other light, in front of another lens. */
import sharp from 'sharp';
import { between } from '../hall/random.ts';
import type { Random } from '../hall/random.ts';
import { faceBrightness } from './cut-out.ts';
import type { CutOut, CutOutPlan } from './cut-out.ts';

/** The gamma that brings a mean brightness to another; both 0…1 (exclusive). */
const gammaTowards = (from: number, to: number): number =>
  Math.log(to) / Math.log(Math.min(0.98, Math.max(0.02, from)));

/** Photographs taken in the dark are lifted to this, bright ones lowered: 0…1, mean of the face. Skin is not recoloured. */
const brightness = { low: 0.36, high: 0.6 };

/** Exposes the face `factor` times as bright as photographed, within what a camera's exposure control allows. */
export function expose(person: CutOut, plan: CutOutPlan, factor: number): CutOut {
  const measured = faceBrightness(person, plan);
  const target = Math.min(brightness.high, Math.max(brightness.low, measured * factor));
  const gamma = gammaTowards(measured, target);
  const data = Uint8ClampedArray.from(person.data, (value, i) => (i % 4 === 3 ? value : 255 * (value / 255) ** gamma));
  return { ...person, data };
}

/** Exposure, colour cast, light from one side and the lens's blur, drawn from `random`; opacity stays. */
export async function relight(cut: CutOut, plan: CutOutPlan, random: Random): Promise<CutOut> {
  const { data, width_px, height_px } = expose(cut, plan, between(random, 0.85, 1.15));
  const cast = [between(random, 0.92, 1.08), between(random, 0.94, 1.06), between(random, 0.92, 1.08)];
  const shade = between(random, 0.05, 0.3);
  const isLightFromLeft = random() < 0.5;
  const lit = Uint8ClampedArray.from(data, (value, i) => {
    const channel = i % 4;
    if (channel === 3) return value;
    const across = ((i >> 2) % width_px) / (width_px - 1);
    const light = 1 - shade * (isLightFromLeft ? across : 1 - across);
    return value * (cast[channel] ?? 1) * light;
  });
  const raw = { width: width_px, height: height_px, channels: 4 as const };
  // A camera blurs and then sharpens.
  const seen = await sharp(lit, { raw })
    .blur(between(random, 0.4, 0.7))
    .sharpen({ sigma: between(random, 1.2, 1.6), m2: 2.5 })
    .raw()
    .toBuffer();
  return { data: Uint8ClampedArray.from(seen), width_px, height_px };
}
