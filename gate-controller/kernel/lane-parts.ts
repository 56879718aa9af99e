import type { SnapshotFrom } from 'xstate';
import type { AttackLimits, Biometrics, ChallengePolicy } from '../../biometrics/index.ts';
import type { Camera } from '../../drivers/contracts/camera.ts';
import type { ChipReader } from '../../drivers/contracts/chip-reader.ts';
import type { GateIO } from '../../drivers/contracts/gate-io.ts';
import type { MRZReader } from '../../drivers/contracts/mrz-reader.ts';
import type { TrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import type { CaseFiles } from '../cases/case-files.ts';
import type { OperatingPoint } from '../decision/operating-points.ts';
import type { Policy } from '../decision/policy.ts';
import type { LaneHappening } from '../lane/events.ts';
import { isNextWelcome } from '../lane/context.ts';
import type { laneMachine } from '../lane/machine.ts';
import { type Presentation, present } from '../lane/presentation.ts';
import type { RiskResult } from '../risk/yente.ts';
import type { RiskSubject } from '../risk/subject.ts';
import type { transactionMachine } from '../transaction/machine.ts';
import type { TransactionHappening } from '../transaction/events.ts';
import type { Timings } from '../transaction/timings.ts';
import type { Clock } from './clock.ts';
import type { InspectionSettings } from './document-inspector.ts';
import type { Committed, Kernel } from './kernel.ts';

/** What display and lamps show now. */
export function presentation(kernel: Kernel): Presentation {
  const lane = laneSnapshot(kernel);
  if (lane === undefined) return present('starting', null);
  const { transactionId, nextTransactionId } = lane.context;
  return present(lane.value, transactionSnapshot(kernel, transactionId)?.value ?? null, {
    topology: lane.context.topology,
    next: transactionSnapshot(kernel, nextTransactionId)?.value ?? null,
    isNextWelcome: isNextWelcome(lane.context),
  });
}

/** What an officer decides by. A command from before it changed is stale, even in the same state. */
const decidedBy: Readonly<Record<string, readonly string[]>> = {
  transaction: ['evidence', 'reasons', 'decision', 'companion'],
  lane: ['lockdown', 'maintenance'],
};

export const isSameToPeople = (kind: string, before: unknown, after: unknown): boolean =>
  (decidedBy[kind] ?? []).every(
    (key) => (before as Record<string, unknown>)[key] === (after as Record<string, unknown>)[key],
  );

/** Name under which the lane is a subject of the kernel. */
export const laneSubject = 'lane';

/** Everything one lane consists of, put together by `main.ts`. */
export type LaneParts = {
  readonly clock: Clock;
  readonly entropy: (length: number) => Uint8Array;
  readonly newId: () => string;
  readonly devices: {
    readonly mrzReader: MRZReader;
    readonly chipReader: ChipReader;
    readonly gateIO: GateIO;
    readonly camera: Camera;
  };
  readonly biometrics: Biometrics;
  /** When a traveller is asked to turn the head. */
  readonly challenge: ChallengePolicy;
  /** Those of the product when left out. */
  readonly attackLimits?: AttackLimits;
  readonly trust: () => TrustStore;
  /** False while an imported list about issuers cannot be used. */
  readonly isTrustWhole: () => boolean;
  readonly inspection: InspectionSettings;
  readonly askRisk: (subject: RiskSubject, signal: AbortSignal) => Promise<RiskResult>;
  /** True when the risk service says that it can answer; never rejects. */
  readonly pingRisk: (signal: AbortSignal) => Promise<boolean>;
  readonly cases: CaseFiles;
  readonly policy: Policy;
  readonly operatingPoint: OperatingPoint;
  readonly timings: Timings;
  readonly versions: Readonly<Record<string, string>>;
  /** Wall time of the last record before this start; 0 when there is none. */
  readonly lastRecordAt_ms: number;
};

type LaneSnapshot = SnapshotFrom<typeof laneMachine>;
type TransactionSnapshot = SnapshotFrom<typeof transactionMachine>;

export const laneSnapshot = (kernel: Kernel): LaneSnapshot | undefined =>
  kernel.snapshot(laneSubject) as LaneSnapshot | undefined;

export const transactionSnapshot = (kernel: Kernel, id: string | null): TransactionSnapshot | undefined =>
  id === null ? undefined : (kernel.snapshot(id) as TransactionSnapshot | undefined);

/** The transaction that the lane serves: in the cabin, or on the way there. Doors and hall are its business. */
export const currentTransactionId = (kernel: Kernel): string | null =>
  laneSnapshot(kernel)?.context.transactionId ?? null;

/** The transaction whose document is at the reader: with overlap the next one, while the current one leaves. */
export const documentTransactionId = (kernel: Kernel): string | null =>
  laneSnapshot(kernel)?.context.nextTransactionId ?? currentTransactionId(kernel);

/** Every transaction that is under way; the one that the lane serves comes first. */
export function transactionIds(kernel: Kernel): readonly string[] {
  const { transactionId = null, nextTransactionId = null } = laneSnapshot(kernel)?.context ?? {};
  return [transactionId, nextTransactionId].filter((id) => id !== null);
}

export const tellLane = (kernel: Kernel, event: LaneHappening): void => kernel.send(laneSubject, event);

export const tellTransaction = (kernel: Kernel, id: string, event: TransactionHappening): void =>
  kernel.send(id, event);

/** The same, and answers with the step once it is durable; undefined when the kernel stopped before. */
export const askLane = (kernel: Kernel, event: LaneHappening): Promise<Committed | undefined> =>
  kernel.ask(laneSubject, event);

export const askTransaction = (
  kernel: Kernel,
  id: string,
  event: TransactionHappening,
): Promise<Committed | undefined> => kernel.ask(id, event);

/**
 * Tells every transaction that is under way. One whose start is not durable yet does not hear it: it looks at the
 * hall when it starts, and a document that is snatched that early fails its chip read.
 */
export function tellAll(kernel: Kernel, event: TransactionHappening): void {
  for (const id of transactionIds(kernel)) tellTransaction(kernel, id, event);
}

/** The one that the lane serves. */
export function tellCurrent(kernel: Kernel, event: TransactionHappening): void {
  const id = currentTransactionId(kernel);
  if (id !== null) tellTransaction(kernel, id, event);
}
