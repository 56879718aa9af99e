/** What a scene before the gate's camera may be, and what every part of one does. */

export type FrameSize = { readonly width_px: number; readonly height_px: number };

/** `live`: the person; otherwise somebody else holds a picture of the person up to the camera. */
export const presentations = ['live', 'printed-photo', 'screen-replay'] as const;
export type Presentation = (typeof presentations)[number];

/**
 * `turned-head`: looks aside; `covered-face`: mouth and nose behind a mask or scarf; `closed-eyes`; `two-faces`:
 * another person stands beside; `dark-hall`: the light has failed. The first three befall live people only.
 */
export const misfortunes = ['turned-head', 'covered-face', 'closed-eyes', 'two-faces', 'dark-hall'] as const;
export type Misfortune = (typeof misfortunes)[number];

/** The person's own left and right. Their left is the right side of the camera's picture (yaw above 0). */
export type HeadPrompt = 'turnHeadLeft' | 'turnHeadRight';

export type SceneOptions = {
  /** Default: live. */
  readonly presentation?: Presentation;
  readonly misfortunes?: readonly Misfortune[];
  /** Who holds the picture up, by id; default: somebody else, by the seed. */
  readonly heldUpBy?: string;
  readonly size?: FrameSize;
};

export interface LiveScene {
  /** JPEG of the scene `t_ms` milliseconds after the person came into view. */
  frame(t_ms: number): Promise<Uint8Array>;
  /**
   * What the display asks the person to do from the time of the newest frame on; null ends it. Live people follow after
   * a moment; who holds up a photograph tilts it in its plane; a replay does what it would have done anyway.
   */
  prompt(prompt: HeadPrompt | null): void;
}

/** Red, green, blue, rows from the top. */
export type Picture = { readonly data: Uint8ClampedArray; readonly size: FrameSize };

/** Somebody or something in the scene. */
export interface Actor {
  draw(picture: Picture, t_ms: number): void;
  prompt(prompt: HeadPrompt | null, t_ms: number): void;
}

/** 0 up to `from`, 1 from `to` on, smooth between. */
export function smooth(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
