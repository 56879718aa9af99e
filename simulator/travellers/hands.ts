/** Fingers that hold something flat from below, in the colour of whoever holds it. */
import { between } from '../hall/random.ts';
import type { Random } from '../hall/random.ts';
import type { Extent } from './place.ts';
import type { Appearance } from './live-person.ts';

type Colour = readonly [r: number, g: number, b: number];

/** Mean colour of the cheeks. */
export function skinOf({ plan, faces }: Appearance): Colour {
  const face = faces[0];
  const sum = [0, 0, 0];
  let count = 0;
  for (const side of [-0.5, 0.5]) {
    for (let i = 0; i < 64; i += 1) {
      const x = Math.round(plan.eyes.x + (side + ((i % 8) - 4) / 40) * plan.interEye_px);
      const y = Math.round(plan.eyes.y + (0.65 + (Math.floor(i / 8) - 4) / 40) * plan.interEye_px);
      for (let c = 0; c < 3; c += 1) sum[c] = (sum[c] ?? 0) + (face?.data[(y * plan.width_px + x) * 4 + c] ?? 0);
      count += 1;
    }
  }
  const [r = 0, g = 0, b = 0] = sum.map((value) => value / count);
  return [r, g, b];
}

/** SVG drawings of the size of what is held. */
export type Hands = { readonly behind: Buffer; readonly before: Buffer };

/** A hand behind and a thumb before each side of something flat; `edge` is its border, px. */
export function drawHands(width_px: number, height_px: number, edge: Extent, skin: Colour, random: Random): Hands {
  const size = (edge.right - edge.left) / 10;
  const places = [edge.left, edge.right].map((x, i) => {
    const angle = (i === 0 ? 1 : -1) * between(random, 55, 75);
    return `translate(${x} ${edge.bottom - size * between(random, 2.4, 4)}) rotate(${angle})`;
  });
  const tint = (k: number): string => `rgb(${skin.map((value) => Math.min(255, Math.round(value * k))).join(',')})`;
  const layer = (drawing: string): Buffer =>
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width_px}" height="${height_px}">
      <defs><linearGradient id="skin"><stop offset="0" stop-color="${tint(0.75)}"/>
      <stop offset="0.45" stop-color="${tint(1.03)}"/><stop offset="1" stop-color="${tint(0.8)}"/>
      </linearGradient></defs>
      ${places.map((place) => `<g transform="${place}">${drawing}</g>`).join('')}</svg>`);
  const r = size * 0.52;
  const [tip, root] = [-size, size * 0.4];
  return {
    behind: layer(`<ellipse cy="${size * 0.25}" rx="${size * 0.85}" ry="${size * 0.8}" fill="${tint(0.72)}"/>`),
    before:
      layer(`<path d="M${-r} ${root} V${tip} a${r} ${r * 1.3} 0 0 1 ${2 * r} 0 V${root} a${r} ${r} 0 0 1 ${-2 * r} 0Z"
        fill="url(#skin)" stroke="${tint(0.62)}" stroke-width="0.8"/>
      <ellipse cy="${tip * 1.15}" rx="${size * 0.3}" ry="${size * 0.38}" fill="${tint(1.12)}" opacity="0.6"/>
      <path d="M${-size * 0.3} ${-size * 0.1} h${size * 0.6}" stroke="${tint(0.75)}"/>`),
  };
}
