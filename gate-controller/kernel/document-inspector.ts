import type { ChipLink, ChipReader } from '../../drivers/contracts/chip-reader.ts';
import { DeviceError, type DeviceErrorCode } from '../../drivers/contracts/device.ts';
import { type DocumentInspection, inspectDocument } from '../../drivers/emrtd/inspection.ts';
import type { MRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import type { TrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
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
  /** Why it ended early: a code of drivers/emrtd, or CHIP_ABSENT; null when it did not. */
  readonly aborted: string | null;
  readonly portrait: DocumentInspection['portrait'];
};

type Progress = { readonly bytesRead: number; readonly bytesTotal: number | null };

/** Reads and checks the chip of one document. Never rejects; the chip is released whatever happens. */
export async function inspectChip(
  options: InspectorOptions,
  mrz: MRZ,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Inspection> {
  try {
    const link = await options.chipReader.activate({ timeout_ms: options.activate_ms, signal });
    try {
      return await inspectActivated(options, link, mrz, signal, onProgress);
    } finally {
      await link.release();
    }
  } catch (error) {
    const code = signal.aborted ? 'INSPECTION_CANCELLED' : codeOf(error);
    return {
      checks: [{ id: 'chip-access', result: 'aborted', because: code, at_ms: options.clock.now_ms() }],
      aborted: code,
      portrait: null,
    };
  }
}

async function inspectActivated(
  { clock, entropy, trust }: InspectorOptions,
  transceiver: ChipLink,
  mrz: MRZ,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<Inspection> {
  const { checks, aborted, portrait } = await inspectDocument({
    transceiver,
    mrz,
    trust: trust(),
    now_ms: () => clock.now_ms(),
    entropy,
    signal,
    onProgress,
  });
  return { checks, aborted, portrait };
}

const codeOfDeviceError: Readonly<Record<DeviceErrorCode, string>> = {
  CHIP_ABSENT: 'CHIP_ABSENT',
  CHIP_LOST: 'CHIP_LOST',
  DEVICE_DISCONNECTED: 'READER_DISCONNECTED',
  DEVICE_STOPPED: 'READER_DISCONNECTED',
  DEVICE_TIMEOUT: 'READER_ERROR',
  DEVICE_PROTOCOL: 'READER_ERROR',
  DEVICE_REFUSED: 'READER_ERROR',
  DEVICE_BUSY: 'READER_ERROR',
};

/** What is no device error is a fault of this software, and says nothing about the chip. */
function codeOf(error: unknown): string {
  return error instanceof DeviceError ? codeOfDeviceError[error.code] : 'INSPECTION_ERROR';
}
