import type { FrameGuidance } from '../../biometrics/index.ts';
import type { GateReading } from '../../drivers/contracts/gate-io.ts';
import type { CaseFiles } from '../cases/case-files.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { laneSnapshot, transactionSnapshot } from '../kernel/lane-parts.ts';
import type { FaultBoard } from '../safety/fault-board.ts';
import type { HelpCalls } from './help-calls.ts';
import type { History } from './history.ts';

/** A lane that has started, as its machine stands. */
export type Lane = NonNullable<ReturnType<typeof laneSnapshot>>;
/** A passage that is under way. */
export type Transaction = NonNullable<ReturnType<typeof transactionSnapshot>>;

/** What every view of a lane is made from. */
export type ViewSources = {
  readonly laneId: string;
  readonly laneName: string;
  readonly kernel: Kernel;
  readonly history: History;
  readonly cases: CaseFiles;
  readonly board: () => FaultBoard;
  readonly reading: () => GateReading | undefined;
  readonly isDocumentPresent: () => boolean;
  readonly guidance: () => FrameGuidance;
  /** Calls for help while nobody's passage is under way. */
  readonly help: HelpCalls;
  readonly now_ms: () => number;
};
