import type { Device } from './device.ts';

/** Reads the machine-readable zone (ICAO 9303-3). It reports text; check digits are weighed by whoever receives it. */
export type MRZReaderEvent =
  /** Text of the zone as read, one string a line, 2 or 3 lines of 30, 36 or 44 characters. Not checked. */
  | { readonly type: 'mrzRead'; readonly lines: readonly string[] }
  /** Something was presented and could not be read: rejected characters, wrong line lengths, nothing read. */
  | { readonly type: 'mrzUnreadable'; readonly because: 'no-text' | 'bad-shape' | 'reject-characters' };

export interface MRZReader extends Device<MRZReaderEvent> {
  readonly device: 'mrz-reader';
}
