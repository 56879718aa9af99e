import type { Device } from './device.ts';

/** One frame as it came: JPEG bytes that begin with SOI and end with EOI; not decoded here. */
export type Frame = {
  readonly jpeg: Uint8Array;
  /** Counts every frame since the driver's start; gaps mean dropped frames. */
  readonly sequence: number;
  /** Monotonic milliseconds of arrival. */
  readonly at_ms: number;
};

export type CameraEvent = { readonly type: 'frame'; readonly frame: Frame };

export interface Camera extends Device<CameraEvent> {
  readonly device: 'camera';
  /** Latest frame, or undefined when there is none or it is older than the staleness limit. */
  latest(): Frame | undefined;
}
