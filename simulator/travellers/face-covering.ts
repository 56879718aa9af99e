/** A mask or scarf over mouth and nose, drawn along the measured points of the face. */
import sharp from 'sharp';
import type { Random } from '../hall/random.ts';
import type { CutOut, CutOutPlan } from './cut-out.ts';
import { inCutOut, oval } from './face-points.ts';
import type { FacePoint, FacePoints } from './face-points.ts';

type Style = { readonly light: string; readonly dark: string; readonly line: string; readonly isScarf: boolean };

const styles: readonly Style[] = [
  { light: '#b9d6e6', dark: '#6f9cb8', line: '#5f8ba6', isScarf: false },
  { light: '#f0f0ec', dark: '#b4b4ae', line: '#9c9c96', isScarf: false },
  { light: '#51697d', dark: '#2c3c4a', line: '#3d5163', isScarf: true },
];

type Position = { readonly x: number; readonly y: number };

const mix = (a: Position, b: Position, share: number): Position => ({
  x: a.x + (b.x - a.x) * share,
  y: a.y + (b.y - a.y) * share,
});

/** The person with a covering whose kind `random` draws. */
export async function coverFace(person: CutOut, plan: CutOutPlan, points: FacePoints, random: Random): Promise<CutOut> {
  const style = styles[Math.floor(random() * styles.length)] ?? styles[0];
  if (style === undefined) return person;
  const drawing = svg(person, plan, points, style);
  const cover = await sharp(Buffer.from(drawing)).ensureAlpha().raw().toBuffer();
  const data = person.data.slice();
  for (let at = 0; at < data.length; at += 4) {
    const opacity = (cover[at + 3] ?? 0) / 255;
    if (opacity === 0) continue;
    for (let c = 0; c < 3; c += 1) {
      data[at + c] = (data[at + c] ?? 0) * (1 - opacity) + (cover[at + c] ?? 0) * opacity;
    }
    data[at + 3] = Math.max(data[at + 3] ?? 0, 255 * opacity);
  }
  return { ...person, data };
}

function svg(person: CutOut, plan: CutOutPlan, points: FacePoints, style: Style): string {
  const at = (number: number): FacePoint => inCutOut(points.at(number), plan);
  const unit = plan.interEye_px;
  const chinIndex = oval.indexOf(152);
  const jaw = oval.slice(oval.indexOf(323), oval.indexOf(93) + 1).map((number, i) => {
    // Cloth stands off the skin, most of all at the chin.
    const point = at(number);
    const nearChin = 1 - Math.min(1, Math.abs(i + oval.indexOf(323) - chinIndex) / 8);
    return { x: point.x, y: point.y + unit * (style.isScarf ? 0.45 : 0.12) * nearChin };
  });
  const [left, right] = [mix(at(234), at(93), 0.5), mix(at(454), at(323), 0.5)];
  const bridge = mix(at(6), at(197), style.isScarf ? 0.9 : 0.6);
  const under = (cheek: number): Position => ({ x: at(cheek).x, y: at(cheek).y + 0.12 * unit });
  const outline = closedCurve([left, under(117), bridge, under(346), right, ...jaw]);
  const mouth = mix(at(13), at(14), 0.5);
  const nose = at(4);
  const pleats = [0.05, 0.4, 0.75].map((share) => {
    const middle = { x: mouth.x, y: mouth.y + (share - 0.25) * unit * 0.9 };
    const [one, other] = [mix(left, at(172), 0.3 + share * 0.6), mix(right, at(397), 0.3 + share * 0.6)];
    return `<path d="M${one.x} ${one.y} Q${middle.x} ${middle.y} ${other.x} ${other.y}"/>`;
  });
  const folds = [0.1, 0.5, 0.9, 1.3].map((share) => {
    const y = nose.y + share * unit;
    return `<path d="M${left.x} ${y - 0.25 * unit} Q${nose.x} ${y + 0.35 * unit} ${right.x} ${y - 0.1 * unit}"/>`;
  });
  const loops = `<path d="M${left.x} ${left.y} l${-0.3 * unit} ${-0.15 * unit}
    M${right.x} ${right.y} l${0.3 * unit} ${-0.15 * unit}"
    stroke="${style.light}" stroke-width="${0.04 * unit}" fill="none"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${person.width_px}" height="${person.height_px}">
    <defs><radialGradient id="cloth" gradientUnits="userSpaceOnUse" cx="${nose.x}" cy="${nose.y}" r="${1.5 * unit}">
      <stop offset="0.1" stop-color="${style.light}"/><stop offset="1" stop-color="${style.dark}"/>
    </radialGradient><clipPath id="edge"><path d="${outline}"/></clipPath></defs>
    ${style.isScarf ? '' : loops}
    <path d="${outline}" fill="url(#cloth)" stroke="${style.dark}" stroke-width="${0.02 * unit}"/>
    <g clip-path="url(#edge)" fill="none" stroke="${style.line}" stroke-opacity="0.7"
      stroke-width="${(style.isScarf ? 0.06 : 0.025) * unit}">${(style.isScarf ? folds : pleats).join('')}</g>
  </svg>`;
}

/** Catmull-Rom curve through the points and back to the first. */
function closedCurve(points: readonly Position[]): string {
  const n = points.length;
  const at = (i: number): Position => points[(i + n) % n] ?? { x: 0, y: 0 };
  const parts = points.map((point, i) => {
    const [before, next, after] = [at(i - 1), at(i + 1), at(i + 2)];
    const one = { x: point.x + (next.x - before.x) / 6, y: point.y + (next.y - before.y) / 6 };
    const other = { x: next.x - (after.x - point.x) / 6, y: next.y - (after.y - point.y) / 6 };
    return `C${one.x} ${one.y} ${other.x} ${other.y} ${next.x} ${next.y}`;
  });
  return `M${at(0).x} ${at(0).y} ${parts.join(' ')}Z`;
}
