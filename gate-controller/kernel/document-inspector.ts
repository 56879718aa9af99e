import type { ChipLink, ChipReader } from '../../drivers/contracts/chip-reader.ts';
import { DeviceError, type DeviceErrorCode } from '../../drivers/contracts/device.ts';
import type { InspectionCheck, ReadableDataGroup } from '../../drivers/emrtd/check-sheet.ts';
import { type AccessPolicy, type DocumentInspection, inspectDocument } from '../../drivers/emrtd/inspection.ts';
import type { MRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import type { TrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import type { InspectionReport } from '../../drivers/emrtd/report/report.ts';
import { type Check, checkDefinitions } from '../decision/checks.ts';
import type { Clock } from './clock.ts';
import { documentReport, type ReportedInspection } from './document-report.ts';

/** How documents are read at this lane. */
export type InspectionSettings = {
  readonly accessPolicy: AccessPolicy;
  /** Data groups beside DG1, DG2, DG14 and DG15 that are read when the document has them. */
  readonly dataGroups: readonly ReadableDataGroup[];
  /** Until when, counted from the begin of reading, data groups are read that no check needs, ms. */
  readonly further_ms: number;
  /** What speaks with the chip and judges it; left out: the inspection of drivers/emrtd. */
  readonly inspect?: typeof inspectDocument;
};

export type InspectorOptions = {
  readonly chipReader: ChipReader;
  readonly trust: () => TrustStore;
  readonly clock: Clock;
  readonly entropy: (length: number) => Uint8Array;
  readonly settings: InspectionSettings;
  /** How long a chip may take to come into the field, ms. */
  readonly activate_ms: number;
  /** Deadline of the whole, with the time a chip takes to come, ms. */
  readonly total_ms: number;
  /** Checks of the printed zone, for the report. */
  readonly printed: readonly Check[];
};

export type Inspection = {
  readonly checks: readonly Check[];
  /** Why it ended early: a code of drivers/emrtd, or CHIP_ABSENT; null when it did not. */
  readonly aborted: string | null;
  readonly portrait: DocumentInspection['portrait'];
  readonly report: InspectionReport;
};

export type InspectionListener = {
  onProgress(progress: { readonly bytesRead: number; readonly bytesTotal: number | null }): void;
  /** As soon as the portrait is proven, while the rest is still read. The same picture as in the result. */
  onPortrait(portrait: NonNullable<DocumentInspection['portrait']>): void;
};

/** Reads and checks the chip of one document. Never rejects; the chip is released whatever happens. */
export async function inspectChip(
  options: InspectorOptions,
  mrz: MRZ,
  signal: AbortSignal,
  listener: InspectionListener,
): Promise<Inspection> {
  const { clock, printed } = options;
  const begunAt_ms = clock.now_ms();
  const ended = (inspection: ReportedInspection, trust: TrustStore | null): Omit<Inspection, 'portrait'> => ({
    checks: checksForDecision(inspection.checks),
    aborted: inspection.aborted,
    report: documentReport({ inspection, printed, mrz, trust, begunAt_ms, endedAt_ms: clock.now_ms() }),
  });
  const line = new ChipLine(options, signal);
  try {
    const trust = options.trust();
    const inspection = await inspectOver(line, options, trust, mrz, signal, listener);
    return { ...ended(inspection, trust), portrait: inspection.portrait };
  } catch (error) {
    const because = signal.aborted ? 'INSPECTION_CANCELLED' : codeOf(error);
    const check = { id: 'chip-access', result: 'aborted', because, at_ms: clock.now_ms() } as const;
    const checks = [{ ...check, evidence: null } as InspectionCheck];
    return { ...ended({ checks, listedDataGroups: null, aborted: because }, null), portrait: null };
  } finally {
    await line.release();
  }
}

async function inspectOver(
  line: ChipLine,
  { clock, entropy, settings, total_ms }: InspectorOptions,
  trust: TrustStore,
  mrz: MRZ,
  signal: AbortSignal,
  listener: InspectionListener,
): Promise<DocumentInspection> {
  const begun_ms = clock.monotonic_ms();
  const left_ms = (): number => Math.max(1, total_ms - (clock.monotonic_ms() - begun_ms));
  const transceiver = await line.activate(left_ms());
  const { inspect = inspectDocument, ...how } = settings;
  return inspect({
    transceiver,
    reconnect: () => line.activate(left_ms()),
    mrz,
    trust,
    now_ms: () => clock.now_ms(),
    entropy,
    signal,
    onProgress: (progress) => listener.onProgress(progress),
    onPortrait: (portrait) => listener.onPortrait(portrait),
    ...how,
    total_ms: left_ms(),
  });
}

/** The one link to the chip that there is at a time; a new one takes the field away from the chip and gives it back. */
class ChipLine {
  readonly #options: InspectorOptions;
  readonly #signal: AbortSignal;
  #link: ChipLink | undefined;

  constructor(options: InspectorOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /** A chip that comes when the inspection is over is of no use, and its report would be lost with the wait. */
  async activate(left_ms: number): Promise<ChipLink> {
    await this.release();
    const { chipReader, activate_ms } = this.#options;
    const timeout_ms = Math.min(activate_ms, left_ms);
    this.#link = await chipReader.activate({ timeout_ms, signal: this.#signal });
    return this.#link;
  }

  async release(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    await link?.release();
  }
}

/** What the decision knows; parts of its checks stand in the report. */
export const checksForDecision = (checks: readonly InspectionCheck[]): readonly Check[] =>
  checks.flatMap(({ id, result, because, at_ms }) =>
    id in checkDefinitions ? [{ id, result, because, at_ms } as Check] : [],
  );

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
