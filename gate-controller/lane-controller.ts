import type { FrameGuidance } from '../biometrics/index.ts';
import type { DoorCommand, DoorName, GateReading } from '../drivers/contracts/gate-io.ts';
import { CaseFiles } from './cases/case-files.ts';
import { shownState } from './api/disguise.ts';
import { History } from './api/history.ts';
import type { Journal } from './journal/journal.ts';
import { DoorKeeper } from './kernel/door-keeper.ts';
import { Effects } from './kernel/effects.ts';
import { Inputs } from './kernel/inputs.ts';
import { type Committed, Kernel } from './kernel/kernel.ts';
import {
  currentTransactionId,
  isSameToPeople,
  laneSnapshot,
  laneSubject,
  type LaneParts,
  presentation,
  tellCurrent,
  tellLane,
} from './kernel/lane-parts.ts';
import { defaultLaneTimings, isUnattended, type LaneInput } from './lane/context.ts';
import { laneMachine } from './lane/machine.ts';
import { outermost } from './lane/presentation.ts';
import { transactionMachine } from './transaction/machine.ts';

export type LaneControllerOptions = {
  readonly parts: Omit<LaneParts, 'cases'>;
  readonly journal: Journal;
  /** The lane as it is configured. */
  readonly lane: Omit<LaneInput, 'timings'>;
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
      isSameToPeople,
      observe: (step) => this.#observe(step),
      onFatal: options.onFatal,
    });
    this.#doors = new DoorKeeper({
      gateIO: parts.devices.gateIO,
      clock: parts.clock,
      currentTransactionId: () => currentTransactionId(this.kernel),
      travel_ms: parts.timings.door_ms,
      isMaintenance: () => laneSnapshot(this.kernel)?.value === 'maintenance',
      onMismatch: (mismatch) => {
        // Told before any fault: a forced door locks the lane, and the passage stands still before an officer.
        if (mismatch.code === 'DOOR_FORCED') {
          // Through a forced exit somebody may have come in who must not be let out to the entry side.
          const cause = mismatch.door === 'exit' ? 'REVERSE_ENTRY' : 'DOOR_FORCED';
          tellLane(this.kernel, { type: 'INTRUSION_SEEN', cause });
        }
        tellCurrent(this.kernel, { type: 'DOOR_MISMATCH', ...mismatch });
        this.#inputs.setFault(`${mismatch.door}-door`, mismatch.code, true);
      },
      onMismatchOver: (door, code) => this.#inputs.setFault(`${door}-door`, code, false),
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
    const input: LaneInput = { ...this.#options.lane, timings: defaultLaneTimings };
    // The lane is what its configuration says now, not what it said before the restart.
    await this.kernel.recover((kind) => (kind === 'lane' ? { type: 'RESTARTED', input } : { type: 'RESTARTED' }));
    if (!this.kernel.has(laneSubject)) {
      // A lane whose state this version cannot read may have been locked: it waits for an officer.
      const wasThere = this.#options.journal.standing.subjects.some(({ kind }) => kind === 'lane');
      const opensByItself = input.opensByItself && !wasThere;
      this.kernel.start({ subject: laneSubject, kind: 'lane', input: { ...input, opensByItself } });
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

  /** An officer's sign of life. */
  attend(): void {
    this.#inputs.attend();
  }

  /** Raises or clears a fault that no device owns: of the journal or its disk. */
  setFault(device: string, code: string, stands: boolean): void {
    this.#inputs.setFault(device, code, stands);
  }

  /** The same for what the lane can serve without, with an officer's word on every passage. */
  setDegraded(device: string, code: string, stands: boolean): void {
    this.#inputs.setDegraded(device, code, stands);
  }

  get faults(): Inputs['board'] {
    return this.#inputs.board;
  }

  get guidance(): FrameGuidance {
    return this.#guidance;
  }

  get devices(): LaneParts['devices'] {
    return this.#parts.devices;
  }

  /** What is asked of each door, and since when; wall-clock milliseconds, null while nothing was asked yet. */
  askedOfDoors(): Readonly<Record<DoorName, { readonly command: DoorCommand; readonly since_ms: number | null }>> {
    const { clock } = this.#parts;
    const offset_ms = clock.now_ms() - clock.monotonic_ms();
    const asked = this.#doors.asked();
    const of = (door: DoorName) => ({
      command: asked[door].command,
      since_ms: asked[door].since_ms === 0 ? null : asked[door].since_ms + offset_ms,
    });
    return { entry: of('entry'), exit: of('exit') };
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
    const state = shownState(lane);
    if (state === 'open' || state === 'assisted' || state === 'betweenTravellers') return [];
    return [
      `lane:${state}`,
      ...(lane !== undefined && isUnattended(lane.context) ? ['lane:UNATTENDED'] : []),
      ...(lane?.context.blocking ?? []),
      ...(lane?.context.selfTestFailures ?? []),
    ];
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
    if (!this.kernel.has(laneSubject)) return;
    const { lamps, screen } = presentation(this.kernel);
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
