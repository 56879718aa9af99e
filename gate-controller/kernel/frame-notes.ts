import type { FrameFinding } from '../../biometrics/index.ts';
import type { FaceNotes } from '../cases/case-files.ts';

/** What the frames of one capture said, for the officer and the figures: counts and measures, no picture. */
export class FrameNotes {
  readonly #frames = new Map<string, number>();
  #quality: FaceNotes['quality'] = null;
  #best = Number.NEGATIVE_INFINITY;

  /** Notes the finding and gives it back. */
  take(found: FrameFinding): FrameFinding {
    this.#frames.set(found.guidance, (this.#frames.get(found.guidance) ?? 0) + 1);
    const { similarity, quality, pose } = found;
    // The officer sees the picture of the frame that was most alike: its measures, and no other's.
    if (similarity.status !== 'measured' || quality === null || !(similarity.value > this.#best)) return found;
    this.#best = similarity.value;
    this.#quality = {
      interEyeDistance_px: quality.interEyeDistance_px,
      luminanceMean: quality.luminanceMean,
      illuminationUniformity: quality.illuminationUniformity,
      sharpness: quality.sharpness,
      eyesOpen_min: Math.min(quality.eyesOpen.left, quality.eyesOpen.right),
      yaw_deg: pose?.yaw_deg ?? Number.NaN,
    };
    return found;
  }

  /** Examined frames by what was to be mended in them; `none` when nothing was. */
  get frames(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#frames);
  }

  get notes(): FaceNotes {
    return { frames: this.frames, quality: this.#quality };
  }
}
