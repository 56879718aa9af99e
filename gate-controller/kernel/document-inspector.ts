import type { ChipReader } from '../../drivers/contracts/chip-reader.ts';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { type DocumentInspection, inspectDocument } from '../../drivers/emrtd/inspection.ts';
import type { MRZ } from '../../drivers/emrtd/mrz.ts';
import type { TrustStore } from '../../drivers/emrtd/trust-store.ts';
import type { Check } from '../decision/checks.ts';
import type { Clock } from './clock.ts';

export type InspectorOptions = {
  readonly chipReader: ChipReader;
  readonly trust: () => TrustStore;
  readonly clock: Clock;
  readonly entropy: (length: number) => Uint8Array;
  /** How long a chip may take to come into the field, ms. */
  readonly activate_ms: number;
};

export type Inspection = {
  readonly checks: readonly Check[];
  readonly aborted: string | null;
  readonly portrait: DocumentInspection['portrait'];
};

/** Reads and checks the chip of one document. Never rejects; the chip is released whatever happens. */
export async function inspectChip(
  options: InspectorOptions,
  mrz: MRZ,
  signal: AbortSignal,
  onProgress: (progress: { bytesRead: number; bytesTotal: number | null }) => void,
): Promise<Inspection> {
  const { chipReader, clock, entropy } = options;
  try {
    const link = await chipReader.activate({ timeout_ms: options.activate_ms, signal });
    try {
      const { checks, aborted, portrait } = await inspectDocument({
        transceiver: link,
        mrz,
        trust: options.trust(),
        now_ms: () => clock.now_ms(),
        entropy,
        signal,
        onProgress,
      });
      return { checks, aborted, portrait };
    } finally {
      await link.release();
    }
  } catch (error) {
    const code = error instanceof DeviceError && error.code === 'CHIP_ABSENT' ? 'CHIP_ABSENT' : 'CHIP_LOST';
    return {
      checks: [{ id: 'chip-access', result: 'aborted', because: code, at_ms: clock.now_ms() }],
      aborted: code,
      portrait: null,
    };
  }
}
