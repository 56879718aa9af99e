/** The hall behind the gate as its camera sees it, drawn, out of focus. No people, no text. */
import sharp from 'sharp';
import type { FrameSize } from './scene.ts';

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 480">
  <defs>
    <linearGradient id="wall" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#c9d2d6"/><stop offset="1" stop-color="#8f9ba1"/>
    </linearGradient>
    <linearGradient id="floor" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#7c8184"/><stop offset="1" stop-color="#5b5f61"/>
    </linearGradient>
  </defs>
  <rect width="640" height="480" fill="url(#wall)"/>
  <polygon points="0,0 640,0 470,110 170,110" fill="#dfe5e6"/>
  <polygon points="205,95 290,95 265,30 130,30" fill="#fbfdfa"/>
  <polygon points="350,95 435,95 510,30 375,30" fill="#fbfdfa"/>
  <polygon points="0,480 640,480 470,300 170,300" fill="url(#floor)"/>
  <polygon points="0,0 170,110 170,300 0,480" fill="#a9b4b8"/>
  <polygon points="640,0 470,110 470,300 640,480" fill="#9aa6ab"/>
  <rect x="225" y="160" width="190" height="140" fill="#5d7280"/>
  <rect x="318" y="160" width="4" height="140" fill="#39464e"/>
  <rect x="225" y="140" width="190" height="16" fill="#2f6f9f"/>
  <polygon points="40,150 110,175 110,330 40,390" fill="#75838a"/>
  <polygon points="600,150 530,175 530,330 600,390" fill="#6c7a81"/>
  <polygon points="285,300 355,300 400,480 240,480" fill="#8a8f92"/>
</svg>`;

const made = new Map<string, Promise<Uint8Array>>();

/** Interleaved RGB of the wanted size; the array is shared and must not be written to. */
export async function hallBackdrop(size: FrameSize): Promise<Uint8Array> {
  const key = `${size.width_px}x${size.height_px}`;
  const backdrop = made.get(key) ?? draw(size);
  made.set(key, backdrop);
  return backdrop;
}

async function draw(size: FrameSize): Promise<Uint8Array> {
  return sharp(Buffer.from(drawing))
    .resize(size.width_px, size.height_px, { fit: 'cover' })
    .flatten({ background: '#8f9ba1' })
    .blur(Math.max(0.5, size.height_px / 160))
    .removeAlpha()
    .raw()
    .toBuffer();
}
