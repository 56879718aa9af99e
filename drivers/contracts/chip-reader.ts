import type { Device } from './device.ts';

export type ChipReaderEvent =
  /** A chip answers in the field (reported once per stay). */
  | { readonly type: 'chipPresent' }
  /** The chip that was present answers no more (reported once, after at least two polls agree). */
  | { readonly type: 'chipGone' };

/** Whatever takes a command APDU and gives the response APDU: reader, virtual chip, recording. */
export interface Transceiver {
  /**
   * One command APDU (ISO/IEC 7816-4) to the chip, its response APDU (data and status word, at least 2 bytes) back.
   * Rejects with DeviceError CHIP_LOST, DEVICE_TIMEOUT, DEVICE_DISCONNECTED or DEVICE_STOPPED.
   */
  transceive(
    command: Uint8Array,
    options: { readonly timeout_ms: number; readonly signal?: AbortSignal },
  ): Promise<Uint8Array>;
}

/** One activated chip (ISO/IEC 14443-4). */
export interface ChipLink extends Transceiver {
  readonly kind: 'type-a' | 'type-b';
  /** Ends the session with the chip; presence polling goes on. Idempotent, never rejects. */
  release(): Promise<void>;
}

export interface ChipReader extends Device<ChipReaderEvent> {
  readonly device: 'chip-reader';
  /** True while a chip answers in the field. */
  isChipPresent(): boolean;
  /**
   * Activates the chip in the field, waiting for one up to `timeout_ms`. Only one link at a time.
   * Rejects with CHIP_ABSENT, DEVICE_BUSY, DEVICE_DISCONNECTED or DEVICE_STOPPED.
   */
  activate(options: { readonly timeout_ms: number; readonly signal?: AbortSignal }): Promise<ChipLink>;
}
