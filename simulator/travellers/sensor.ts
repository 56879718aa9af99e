/** The camera's sensor and encoder: noise, what is left when the light fails, JPEG. */
import sharp from 'sharp';
import { between, forkedRandom } from '../hall/random.ts';
import type { Picture } from './scene.ts';

/**
 * Noise values prepared once; every frame begins to read them elsewhere. What a camera's denoising leaves over is
 * mostly brightness: the three colours of a pixel share theirs.
 */
const noiseLength = 1 << 18;

/** With the lights off: what is left of the light, how much more the amplified noise is, and the black level. */
const dark = { low: 0.22, high: 0.28, noise: 3.5, black: 3 };

export type Sensor = (picture: Picture, t_ms: number) => Promise<Uint8Array>;

/** The noise of two moments differs, so that no two frames are equal. Writes to the picture. */
export function createSensor(seed: number, isDark = false): Sensor {
  const random = forkedRandom(seed, 'sensor');
  const deviation = between(random, 0.8, 2.4) * (isDark ? dark.noise : 1);
  const quality = Math.round(between(random, 72, 92));
  // The sum of three even values is near enough to a bell curve for a sensor.
  const noise = Int8Array.from({ length: noiseLength }, () => (random() + random() + random() - 1.5) * 2 * deviation);
  const light = isDark ? between(random, dark.low, dark.high) : 1;
  const seen = Float32Array.from({ length: 256 }, (_, value) => (isDark ? dark.black : 0) + value * light);
  return async ({ data, size }, t_ms) => {
    const start = Math.floor(forkedRandom(seed, String(t_ms))() * noiseLength);
    for (let i = 0, k = start; i < data.length; i += 3, k += 1) {
      const off = noise[k & (noiseLength - 1)] ?? 0;
      data[i] = (seen[data[i] ?? 0] ?? 0) + off;
      data[i + 1] = (seen[data[i + 1] ?? 0] ?? 0) + off;
      data[i + 2] = (seen[data[i + 2] ?? 0] ?? 0) + off;
    }
    const raw = { width: size.width_px, height: size.height_px, channels: 3 as const };
    return sharp(data, { raw }).jpeg({ quality }).toBuffer();
  };
}
