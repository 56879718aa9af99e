import type { FrameGuidance } from '../biometrics/index.ts';
import type { GateReading } from '../drivers/contracts/gate-io.ts';
import { CaseFiles } from './cases/case-files.ts';
import { History } from './api/history.ts';
import type { Journal } from './journal/journal.ts';
import { DoorKeeper } from './kernel/door-keeper.ts';
import { Effects } from './kernel/effects.ts';
import { Inputs } from './kernel/inputs.ts';
import { type Committed, Kernel } from './kernel/kernel.ts';
import {
  currentTransactionId,
  laneSnapshot,
  laneSubject,
  type LaneParts,
  tellCurrent,
  tellLane,
} from './kernel/lane-parts.ts';
import { defaultLaneTimings, laneMachine } from './lane/machine.ts';
import { outermost, present } from './lane/presentation.ts';
import { transactionMachine } from './transaction/machine.ts';

export type LaneControllerOptions = {
  readonly parts: Omit<LaneParts, 'cases'>;
  readonly journal: Journal;
  readonly laneId: string;
  readonly opensByItself: boolean;
  /** Every committed step, after it is durable. */
  readonly onStep: (step: Committed) => void;
  /** Something that a page shows has changed. */
  readonly onChange: () => void;
  readonly onFatal: (error: Error) => void;
  /** An effect failed unforeseen: the name of the error. */
  readonly onEffectFailure: (name: string) => void;
};

/** How long an officer keeps a referral's pictures and data, and those of an admitted traveller; ms after the end. */
const referralKept_ms = 30 * 60_000;
const admittedKept_ms = 10_000;

/**
 * One lane put together: devices report to `Inputs`, `Kernel` decides and records through the pure machines, `Effects` act.
 */
export class LaneController {
  readonly kernel: Kernel;
  readonly history = new History();
  readonly cases = new CaseFiles();
  readonly #options: LaneControllerOptions;
  readonly #parts: LaneParts;
  readonly #doors: DoorKeeper;
  readonly #effects: Effects;
  readonly #inputs: Inputs;
  #guidance: FrameGuidance = 'none';

  constructor(options: LaneControllerOptions) {
    this.#options = options;
    const parts = { ...options.parts, cases: this.cases };
    this.#parts = parts;
    this.kernel = new Kernel({
      journal: options.journal,
      machines: { lane: laneMachine, transaction: transactionMachine },
      clock: parts.clock,
      execute: (effect, step) => this.#effects.execute(effect, step),
      observe: (step) => this.#observe(step),
      onFatal: options.onFatal,
    });
    this.#doors = new DoorKeeper({
      gateIO: parts.devices.gateIO,
      clock: parts.clock,
      currentTransactionId: () => currentTransactionId(this.kernel),
      travel_ms: parts.timings.door_ms,
      onMismatch: (mismatch) => {
        tellCurrent(this.kernel, { type: 'DOOR_MISMATCH', ...mismatch });
        this.#inputs.setFault(`${mismatch.door}-door`, mismatch.code, true);
      },
      onMismatchOver: (door) => {
        this.#inputs.setFault(`${door}-door`, 'DOOR_NOT_OPENING', false);
        this.#inputs.setFault(`${door}-door`, 'DOOR_NOT_CLOSING', false);
      },
    });
    this.#effects = new Effects({
      parts,
      kernel: () => this.kernel,
      doors: this.#doors,
      onGuidance: (guidance) => {
        this.#guidance = guidance;
        options.onChange();
      },
      onCaseChanged: options.onChange,
      onFailure: options.onEffectFailure,
    });
    this.#inputs = new Inputs({ parts, kernel: this.kernel, doors: this.#doors, onFaults: () => options.onChange() });
  }

  /** Recovers what the journal holds, then listens to the devices. Rejects when the journal's state cannot be read. */
  async start(): Promise<void> {
    const { laneId, opensByItself } = this.#options;
    await this.kernel.recover();
    if (!this.kernel.has(laneSubject)) {
      const input = { laneId, opensByItself, timings: defaultLaneTimings };
      this.kernel.start({ subject: laneSubject, kind: 'lane', input });
      await this.kernel.idle();
    }
    this.#parts.devices.gateIO.setMode('normal');
    this.#inputs.start();
  }

  async stop(): Promise<void> {
    this.#inputs.stop();
    this.kernel.stop();
    const { mrzReader, chipReader, gateIO, camera } = this.#parts.devices;
    await Promise.all([mrzReader.stop(), chipReader.stop(), gateIO.stop(), camera.stop()]);
    await this.#parts.biometrics.stop();
    await this.#options.journal.close();
  }

  get faults(): Inputs['board'] {
    return this.#inputs.board;
  }

  get guidance(): FrameGuidance {
    return this.#guidance;
  }

  reading(): GateReading | undefined {
    return this.#parts.devices.gateIO.reading();
  }

  isDocumentPresent(): boolean {
    return this.#parts.devices.chipReader.isChipPresent();
  }

  /** Empty when travellers are served. */
  notReadyBecause(): readonly string[] {
    const lane = laneSnapshot(this.kernel);
    const state = outermost(lane?.value ?? 'starting');
    if (state === 'open' || state === 'betweenTravellers') return [];
    return [`lane:${state}`, ...(lane?.context.blocking ?? []), ...(lane?.context.selfTestFailures ?? [])];
  }

  #observe(step: Committed): void {
    this.#inputs.observe(step);
    this.history.observe(step);
    this.#show();
    if (step.kind === 'transaction' && step.isEnded) this.#close(step);
    this.#options.onStep(step);
    this.#options.onChange();
  }

  /** Lamps follow the machines; the display reads the same presentation. */
  #show(): void {
    const lane = laneSnapshot(this.kernel);
    if (lane === undefined) return;
    const id = lane.context.transactionId;
    const transaction = id === null ? undefined : this.kernel.snapshot(id);
    const { lamps, screen } = present(lane.value, transaction?.value ?? null);
    if (screen !== 'lookAtCamera') this.#guidance = 'none';
    this.#parts.devices.gateIO.setLamps(lamps);
  }

  #close(step: Committed): void {
    const outcome = outermost(step.value);
    this.#effects.end(step.subject);
    const isKept = this.history.get(step.subject)?.isReferral === true;
    const kept_ms = isKept ? referralKept_ms : admittedKept_ms;
    this.cases.keepUntil(step.subject, this.#parts.clock.monotonic_ms() + kept_ms);
    tellLane(this.kernel, { type: 'TRANSACTION_ENDED', transactionId: step.subject, outcome });
  }
}
