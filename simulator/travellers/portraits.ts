/** The portrait in a simulated person's chip: level, light background, small as in DG2. */
import sharp from 'sharp';
import { cutOut } from './cut-out.ts';
import type { CutOut } from './cut-out.ts';
import { encodeJP2 } from './jp2.ts';
import { expose } from './lighting.ts';
import { listPeople, personOf } from './people.ts';

export type Portrait = {
  readonly format: 'jpeg' | 'jpeg2000';
  readonly bytes: Uint8Array;
  readonly width_px: number;
  readonly height_px: number;
};

/** 35 x 45 mm at 300 dpi. */
const size = { width_px: 413, height_px: 531 };
/** Eyes a quarter of the width apart and somewhat above the middle: head about two thirds of the height. */
const plan = { ...size, eyes: { x: 206, y: 226 }, interEye_px: 104, roll_deg: 0 };
const background = [214, 217, 221] as const;
const encoded_bytes = 15_000;
const jpegQuality = 72;

const made = new Map<string, Promise<Portrait>>();

/** Most chips carry JPEG 2000; every fourth person's carries JPEG, so that both are met. */
function formatOf(personId: string): Portrait['format'] {
  return listPeople().findIndex((person) => person.id === personId) % 4 === 3 ? 'jpeg' : 'jpeg2000';
}

/** The same bytes every time. `provisionPhotographs` has to have run. Throws a RangeError for an unknown person. */
export async function portraitOf(personId: string, format: Portrait['format'] = formatOf(personId)): Promise<Portrait> {
  const key = `${personId} ${format}`;
  const portrait = made.get(key) ?? render(personId, format);
  made.set(key, portrait);
  portrait.catch(() => made.delete(key));
  return portrait;
}

async function render(personId: string, format: Portrait['format']): Promise<Portrait> {
  const rgb = overBackground(expose(await cutOut(personOf(personId).portrait, plan), plan, 1));
  const bytes =
    format === 'jpeg2000'
      ? await encodeJP2({ ...size, data: rgb }, encoded_bytes)
      : await sharp(rgb, { raw: { width: size.width_px, height: size.height_px, channels: 3 } })
          .jpeg({ quality: jpegQuality })
          .toBuffer();
  return { format, bytes, ...size };
}

function overBackground(person: CutOut): Uint8Array {
  const rgb = new Uint8Array((person.data.length / 4) * 3);
  for (let from = 0, to = 0; from < person.data.length; from += 4, to += 3) {
    const opacity = (person.data[from + 3] ?? 0) / 255;
    for (const [c, behind] of background.entries()) {
      rgb[to + c] = Math.round(behind + opacity * ((person.data[from + c] ?? 0) - behind));
    }
  }
  return rgb;
}
