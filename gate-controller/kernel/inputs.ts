import type { DeviceFaultCode, FaultEvent } from '../../drivers/contracts/device.ts';
import { deviceFaults } from '../../drivers/contracts/device.ts';
import {
  blockingCodes,
  clear,
  degradingCodes,
  type Fault,
  type FaultBoard,
  faultKey,
  noFaults,
  raise,
} from '../safety/fault-board.ts';
import { type Hall, isAllShut, isOccupied, isSameHall, unknownHall } from '../safety/hall.ts';
import { outermost } from '../lane/presentation.ts';
import { Attendance } from './attendance.ts';
import type { DoorKeeper } from './door-keeper.ts';
import type { Committed, Kernel } from './kernel.ts';
import {
  askLane,
  currentTransactionId,
  documentTransactionId,
  laneSnapshot,
  type LaneParts,
  tellAll,
  tellLane,
  tellTransaction,
  transactionIds,
  transactionSnapshot,
} from './lane-parts.ts';
import { OwnHealth } from './own-health.ts';
import { PresentedDocuments } from './presented-documents.ts';
import { RiskWatch } from './risk-watch.ts';

export type InputsOptions = {
  readonly parts: LaneParts;
  readonly kernel: Kernel;
  readonly doors: DoorKeeper;
  /** A fault was raised or cleared. */
  readonly onFaults: (board: FaultBoard) => void;
};

/** How often staleness, authorities and cases are looked at, ms. */
const tick_ms = 100;
/**
 * The same while nobody is there, all is shut and no fault stands: only an event can change that, and it ends the quiet. Shorter
 * than the gap after which the watch over the doors forgets what it saw (`forget_ms`).
 */
const quietTick_ms = 500;
/**
 * A fault keeps the lane from serving once it has stood this long, ms. Before that it is shown, and nothing moves on a
 * reading that is not there; a busy processor or one lost answer ends no passage.
 */
const grace_ms = 600;
const toldOf = (blocking: readonly string[], degraded: readonly string[]): string =>
  `${blocking.join(' ')}|${degraded.join(' ')}`;
const nothingStands = toldOf([], []);
/** Modes in which a lane rests. */
const quietStates: ReadonlySet<string> = new Set(['open', 'assisted', 'closed']);

/**
 * Turns what devices report into events: readings into changes of the hall, faults into health. High-rate data ends here.
 */
export class Inputs {
  readonly #o: InputsOptions;
  readonly #stops: (() => void)[] = [];
  #hall: Hall = unknownHall;
  #board: FaultBoard = noFaults;
  #told: string | undefined;
  /** Monotonic time at which each standing fault was raised, by device and code. */
  readonly #raisedAt = new Map<string, number>();
  #cancelTick: () => void = () => {};
  #isTickQuiet = false;
  /** Monotonic time at which the next look is planned; nothing is due before the first. */
  #due_ms = Number.POSITIVE_INFINITY;
  #isClearing = false;
  readonly #attendance: Attendance;
  #isAttended: boolean | undefined;
  readonly #documents: PresentedDocuments;
  readonly #riskWatch: RiskWatch;
  readonly #ownHealth: OwnHealth;
  #isEntering = false;

  constructor(options: InputsOptions) {
    this.#o = options;
    const { clock, pingRisk } = options.parts;
    this.#attendance = new Attendance(clock);
    this.#documents = new PresentedDocuments(options);
    this.#riskWatch = new RiskWatch({
      clock,
      ping: pingRisk,
      setDown: (isDown) => this.setDegraded('risk', 'RISK_UNAVAILABLE', isDown),
    });
    this.#ownHealth = new OwnHealth({
      clock,
      kernel: options.kernel,
      biometrics: options.parts.biometrics,
      lastRecordAt_ms: options.parts.lastRecordAt_ms,
      isServing: () => currentTransactionId(options.kernel) !== null,
      setFault: (device, code, stands) => this.setFault(device, code, stands),
    });
  }

  /** An officer's sign of life. */
  attend(): void {
    this.#attendance.attend();
    this.#seeAttendance();
  }

  /** The help button was pressed, inside or out: whoever is under way is told once. */
  #requestHelp(): void {
    const { kernel } = this.#o;
    for (const id of transactionIds(kernel)) {
      if (transactionSnapshot(kernel, id)?.context.hasAskedForHelp === true) continue;
      tellTransaction(kernel, id, { type: 'HELP_REQUESTED' });
    }
  }

  get board(): FaultBoard {
    return this.#board;
  }

  start(): void {
    const { devices, biometrics } = this.#o.parts;
    const { mrzReader, chipReader, gateIO, camera } = devices;
    for (const device of [mrzReader, chipReader, gateIO, camera] as const) {
      this.#setDeviceFault(device.device, 'DEVICE_DISCONNECTED', true);
    }
    this.setFault('face-pipeline', 'NOT_READY', !biometrics.isReady());
    this.#seeTrust();
    // Nothing has been heard yet: what stands at the start counts at once.
    for (const key of this.#raisedAt.keys()) this.#raisedAt.set(key, Number.NEGATIVE_INFINITY);
    this.#stops.push(
      gateIO.subscribe((event) => (event.type === 'readingChanged' ? this.#seeHall() : this.#takeFault(event))),
      chipReader.subscribe((event) => {
        if (event.type === 'chipGone') this.#tellDocument({ type: 'DOCUMENT_TAKEN' });
        else if (event.type === 'chipPresent') this.#tellDocument({ type: 'DOCUMENT_PLACED' });
        else this.#takeFault(event);
      }),
      camera.subscribe((event) => (event.type === 'frame' ? undefined : this.#takeFault(event))),
      mrzReader.subscribe((event) =>
        event.type === 'mrzRead' || event.type === 'mrzUnreadable'
          ? this.#documents.present(event)
          : this.#takeFault(event),
      ),
      biometrics.onReadiness((isReady) => this.setFault('face-pipeline', 'NOT_READY', !isReady)),
    );
    for (const device of [mrzReader, chipReader, gateIO, camera] as const) device.start();
    this.#riskWatch.start();
    // A sign of life from before the lane had started, or had forgotten all, is told again.
    this.#isAttended = undefined;
    this.#tick();
  }

  stop(): void {
    this.#isTickQuiet = false;
    this.#cancelTick();
    this.#riskWatch.stop();
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Raises or clears a fault that no device owns. It keeps the lane from serving. */
  setFault(device: string, code: string, stands: boolean): void {
    this.#set({ device, code, isBlocking: true, isDegrading: false }, stands);
  }

  /** Raises or clears what the lane can serve without, with an officer's word on every passage. */
  setDegraded(device: string, code: string, stands: boolean): void {
    this.#set({ device, code, isBlocking: false, isDegrading: true }, stands);
  }

  #set(fault: Omit<Fault, 'since_ms'>, stands: boolean): void {
    this.#setBoard(stands ? raise(this.#board, { ...fault, since_ms: this.#now() }) : clear(this.#board, fault));
  }

  #tellDocument(event: { readonly type: 'DOCUMENT_TAKEN' | 'DOCUMENT_PLACED' }): void {
    const id = documentTransactionId(this.#o.kernel);
    if (id !== null) tellTransaction(this.#o.kernel, id, event);
  }

  #tick(): void {
    const { parts } = this.#o;
    this.#seeHall();
    this.#seeAttendance();
    this.#clearWatchdog();
    this.#seeTrust();
    this.#ownHealth.look(this.#due_ms);
    this.#tellHealth();
    parts.cases.wipeDue(parts.clock.monotonic_ms());
    this.#armTick();
  }

  #armTick(): void {
    this.#cancelTick();
    this.#isTickQuiet = this.#isQuiet();
    const { clock } = this.#o.parts;
    const wait_ms = this.#isTickQuiet ? quietTick_ms : tick_ms;
    // Planned anew: a quiet that an event ended was no silence of the event loop.
    this.#due_ms = clock.monotonic_ms() + wait_ms;
    this.#cancelTick = clock.after(wait_ms, () => this.#tick());
  }

  /** The quiet is over: the next look comes soon. */
  #endQuiet(): void {
    if (this.#isTickQuiet && !this.#isQuiet()) this.#armTick();
  }

  #isQuiet(): boolean {
    const lane = laneSnapshot(this.#o.kernel);
    if (lane === undefined || this.#board.length > 0 || !isAllShut(this.#hall)) return false;
    return transactionIds(this.#o.kernel).length === 0 && quietStates.has(outermost(lane.value));
  }

  #now(): number {
    return this.#o.parts.clock.now_ms();
  }

  #seeHall(): void {
    const hall = this.#o.doors.hall();
    this.#o.doors.check();
    this.setFault('power', 'ON_UPS', hall.isOnUPS);
    this.setFault('cabin', 'OBJECT_LEFT', hall.isObjectLeft && currentTransactionId(this.#o.kernel) === null);
    this.#seeEntering(hall);
    if (isSameHall(hall, this.#hall)) return;
    const isHelpNew = hall.isHelpRequested && !this.#hall.isHelpRequested;
    this.#hall = hall;
    tellLane(this.#o.kernel, { type: 'HALL_CHANGED', hall });
    tellAll(this.#o.kernel, { type: 'HALL_CHANGED', hall });
    if (isHelpNew) this.#requestHelp();
    this.#endQuiet();
  }

  /** One-step lanes: the traveller comes in before any document. One start at a time goes through the kernel. */
  #seeEntering(hall: Hall): void {
    if (this.#isEntering || !isOccupied(hall) || !hall.isEntryFree) return;
    const { kernel, parts } = this.#o;
    const lane = laneSnapshot(kernel);
    const isInviting = lane?.matches({ open: 'inviting' }) === true || lane?.matches({ assisted: 'inviting' }) === true;
    if (!isInviting) return;
    this.#isEntering = true;
    void askLane(kernel, { type: 'TRAVELLER_ENTERED', transactionId: parts.newId() }).then(() => {
      this.#isEntering = false;
    });
  }

  #seeAttendance(): void {
    const isAttended = this.#attendance.isAttended();
    if (isAttended === this.#isAttended) return;
    this.#isAttended = isAttended;
    tellLane(this.#o.kernel, { type: 'ATTENDANCE_CHANGED', isAttended });
  }

  /** Degraded never widens (I11): without a list that was imported, the lane would admit whom that list speaks against. */
  #seeTrust(): void {
    this.setFault('trust-lists', 'TRUST_LIST_REFUSED', !this.#o.parts.isTrustWhole());
  }

  #takeFault(event: FaultEvent): void {
    this.#setDeviceFault(event.device, event.code, event.type === 'faultRaised');
    if (event.device === 'gate-io' && event.code === 'DEVICE_DISCONNECTED') this.#o.doors.forgetAsked();
  }

  /** The latch says that the host was away. It is back: commands start from `hold`, so the latch may go. */
  #clearWatchdog(): void {
    const { gateIO } = this.#o.parts.devices;
    if (this.#isClearing || gateIO.reading()?.hasWatchdogTripped !== true) return;
    this.#isClearing = true;
    this.#o.doors.forgetAsked();
    const over = (): void => {
      // Cleared or not: while a reading shows the latch, the next tick tries again.
      this.#isClearing = false;
    };
    gateIO.clearWatchdog().then(over, over);
  }

  #setDeviceFault(device: string, code: DeviceFaultCode, stands: boolean): void {
    this.#set({ device, code, isBlocking: deviceFaults[code].blocks, isDegrading: false }, stands);
  }

  #setBoard(board: FaultBoard): void {
    if (board === this.#board) return;
    this.#board = board;
    const now_ms = this.#o.parts.clock.monotonic_ms();
    const standing = new Set(board.map(faultKey));
    for (const key of standing) if (!this.#raisedAt.has(key)) this.#raisedAt.set(key, now_ms);
    for (const key of this.#raisedAt.keys()) if (!standing.has(key)) this.#raisedAt.delete(key);
    this.#endQuiet();
    this.#o.onFaults(board);
  }

  #tellHealth(): void {
    if (this.#board.length === 0 && this.#told === nothingStands) return;
    const now_ms = this.#o.parts.clock.monotonic_ms();
    const hasStood = (fault: Fault): boolean => now_ms - (this.#raisedAt.get(faultKey(fault)) ?? now_ms) >= grace_ms;
    const standing = this.#board.filter(hasStood);
    const blocking = blockingCodes(standing);
    const degraded = degradingCodes(standing);
    const told = toldOf(blocking, degraded);
    if (told === this.#told) return;
    this.#told = told;
    tellLane(this.#o.kernel, { type: 'HEALTH_CHANGED', blocking, degraded });
  }

  /** Called for every durable step before its effects. */
  observe(step: Committed): void {
    this.#endQuiet();
    this.#documents.observe(step);
  }
}
