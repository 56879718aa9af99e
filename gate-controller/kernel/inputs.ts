import type { DeviceFaultCode, FaultEvent } from '../../drivers/contracts/device.ts';
import { deviceFaults } from '../../drivers/contracts/device.ts';
import type { MRZReaderEvent } from '../../drivers/contracts/mrz-reader.ts';
import { birthISO, expiryISO, type MRZ, parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { RecentDocuments } from '../cases/recent-documents.ts';
import type { MRZEvidence } from '../decision/evidence.ts';
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
import type { TransactionContext } from '../transaction/context.ts';
import { Attendance } from './attendance.ts';
import { completedYears, localDate } from './calendar.ts';
import type { DoorKeeper } from './door-keeper.ts';
import type { Committed, Kernel } from './kernel.ts';
import {
  askLane,
  askTransaction,
  currentTransactionId,
  documentTransactionId,
  laneSnapshot,
  laneSubject,
  type LaneParts,
  tellAll,
  tellLane,
  tellTransaction,
  transactionSnapshot,
} from './lane-parts.ts';
import { OwnHealth } from './own-health.ts';
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
/** Modes in which a lane rests. */
const quietStates: ReadonlySet<string> = new Set(['open', 'assisted', 'closed']);
/** Shortest time between two presentations that are looked at, ms; nobody lays down documents faster. */
const presentation_min_ms = 300;
/** How long a case is held at most while its transaction runs, ms. */
const openCase_ms = 15 * 60_000;

/**
 * Turns what devices report into events: readings into changes of the hall, faults into health, printed zones into a
 * transaction. High-rate data ends here.
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
  /** Time of the last look, and when the next was planned after it, ms. */
  #ticked_ms = 0;
  #planned_ms = 0;
  #isClearing = false;
  /** The zone of the one presentation that is on its way through the kernel. */
  #presented: { readonly presentationId: string; readonly mrz: MRZ | null } | undefined;
  #lastPresented_ms = Number.NEGATIVE_INFINITY;
  readonly #attendance: Attendance;
  #isAttended: boolean | undefined;
  readonly #recent: RecentDocuments;
  readonly #departed = new Set<string>();
  readonly #riskWatch: RiskWatch;
  readonly #ownHealth: OwnHealth;
  #isEntering = false;

  constructor(options: InputsOptions) {
    this.#o = options;
    const { clock, entropy, policy, pingRisk } = options.parts;
    this.#attendance = new Attendance(clock);
    this.#recent = new RecentDocuments(entropy(32), policy.eligibility.reuse_s * 1_000);
    this.#riskWatch = new RiskWatch({
      clock,
      ping: pingRisk,
      onChange: (isDown) => this.setDegraded('risk', 'RISK_UNAVAILABLE', isDown),
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
    for (const id of new Set([currentTransactionId(kernel), documentTransactionId(kernel)])) {
      if (id === null || transactionSnapshot(kernel, id)?.context.hasAskedForHelp === true) continue;
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
      this.#raise({ device: device.device, code: 'DEVICE_DISCONNECTED' });
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
        event.type === 'mrzRead' || event.type === 'mrzUnreadable' ? this.#present(event) : this.#takeFault(event),
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
    if (stands)
      this.#setBoard(raise(this.#board, { device, code, since_ms: this.#now(), isBlocking: true, isDegrading: false }));
    else this.#setBoard(clear(this.#board, { device, code }));
  }

  /** Raises or clears what the lane can serve without, with an officer's word on every passage. */
  setDegraded(device: string, code: string, stands: boolean): void {
    const fault: Fault = { device, code, since_ms: this.#now(), isBlocking: false, isDegrading: true };
    this.#setBoard(stands ? raise(this.#board, fault) : clear(this.#board, fault));
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
    this.#ownHealth.look(this.#planned_ms);
    this.#ticked_ms = parts.clock.monotonic_ms();
    this.#tellHealth();
    parts.cases.wipeDue(parts.clock.monotonic_ms());
    this.#armTick();
  }

  #armTick(): void {
    this.#cancelTick();
    this.#isTickQuiet = this.#isQuiet();
    const { clock } = this.#o.parts;
    const wait_ms = this.#isTickQuiet ? quietTick_ms : tick_ms;
    // Counted from the last look: a quiet that an event ended was no silence of the event loop.
    this.#planned_ms = clock.monotonic_ms() - this.#ticked_ms + wait_ms;
    this.#cancelTick = clock.after(wait_ms, () => this.#tick());
  }

  /** The quiet is over: the next look comes soon. */
  #endQuiet(): void {
    if (this.#isTickQuiet && !this.#isQuiet()) this.#armTick();
  }

  #isQuiet(): boolean {
    const lane = laneSnapshot(this.#o.kernel);
    if (lane === undefined || this.#board.length > 0 || !isAllShut(this.#hall)) return false;
    const { transactionId, nextTransactionId } = lane.context;
    return transactionId === null && nextTransactionId === null && quietStates.has(outermost(lane.value));
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
    if (event.type === 'faultRaised') this.#raise(event);
    else this.#setBoard(clear(this.#board, event));
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

  #raise({ device, code }: { device: string; code: DeviceFaultCode }): void {
    const fault: Fault = {
      device,
      code,
      since_ms: this.#now(),
      isBlocking: deviceFaults[code].blocks,
      isDegrading: false,
    };
    this.#setBoard(raise(this.#board, fault));
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
    const now_ms = this.#o.parts.clock.monotonic_ms();
    const hasStood = (fault: Fault): boolean => now_ms - (this.#raisedAt.get(faultKey(fault)) ?? now_ms) >= grace_ms;
    const standing = this.#board.filter(hasStood);
    const blocking = blockingCodes(standing);
    const degraded = degradingCodes(standing);
    const told = `${blocking.join(' ')}|${degraded.join(' ')}`;
    if (told === this.#told) return;
    this.#told = told;
    tellLane(this.#o.kernel, { type: 'HEALTH_CHANGED', blocking, degraded });
  }

  /**
   * A document was presented: to the transaction that waits for a second try, else to the lane. One presentation at a time
   * goes through the kernel, so that evidence and case cannot come from two documents; a reader gone wild is thinned out.
   */
  #present(event: MRZReaderEvent): void {
    const { parts } = this.#o;
    const now_ms = parts.clock.monotonic_ms();
    if (this.#presented !== undefined || now_ms - this.#lastPresented_ms < presentation_min_ms) return;
    this.#lastPresented_ms = now_ms;
    const { evidence, mrz } = this.#readZone(event);
    const presentationId = parts.newId();
    this.#presented = { presentationId, mrz };
    const told = this.#tellPresented(presentationId, evidence, mrz);
    void told.then(() => {
      this.#presented = undefined;
    });
  }

  /** To whom a document belongs that was presented now: a second try, a ticket from the kiosk, or the next traveller. */
  #tellPresented(presentationId: string, evidence: MRZEvidence, mrz: MRZ | null): Promise<Committed | undefined> {
    const { kernel } = this.#o;
    const id = documentTransactionId(kernel);
    const state = outermost(transactionSnapshot(kernel, id)?.value ?? '');
    if (id !== null && state === 'awaitingDocument') {
      return askTransaction(kernel, id, { type: 'DOCUMENT_PRESENTED', presentationId, mrz: evidence });
    }
    if (id !== null && state === 'awaitingGate' && this.#isSameDocument(id, mrz)) {
      return askTransaction(kernel, id, { type: 'TOKEN_PRESENTED' });
    }
    return askLane(kernel, { type: 'DOCUMENT_PRESENTED', transactionId: presentationId, mrz: evidence });
  }

  /** The ticket at the gate is the very document that was inspected at the kiosk. */
  #isSameDocument(id: string, mrz: MRZ | null): boolean {
    const inspected = this.#o.parts.cases.get(id)?.mrz;
    if (inspected === undefined || inspected === null || mrz === null) return false;
    return (['issuingState', 'documentNumber', 'birthDate', 'expiryDate', 'surname', 'givenNames'] as const).every(
      (field) => inspected[field] === mrz[field],
    );
  }

  /**
   * Called for every durable step before its effects: the zone enters a case only with the event that was accepted. Nothing
   * personal is kept of a document that the lane ignored.
   */
  observe(step: Committed): void {
    this.#endQuiet();
    if (step.kind === 'transaction') this.#seeDeparture(step);
    if (step.event.type !== 'DOCUMENT_PRESENTED' || step.isIgnored) return;
    const { presentationId, transactionId } = step.event as { presentationId?: string; transactionId?: string };
    const presented = this.#presented;
    if (presented === undefined || presented.presentationId !== (presentationId ?? transactionId)) return;
    const id = step.subject === laneSubject ? presented.presentationId : step.subject;
    this.#o.parts.cases.open(id, this.#o.parts.clock.monotonic_ms() + openCase_ms).mrz = presented.mrz;
  }

  /** From the moment somebody is out, the document counts as used. */
  #seeDeparture({ subject, context, isEnded }: Committed): void {
    const { cases, clock } = this.#o.parts;
    const hasDeparted = (context as TransactionContext).departure !== null;
    const mrz = cases.get(subject)?.mrz;
    if (hasDeparted && !this.#departed.has(subject) && mrz !== undefined && mrz !== null) {
      this.#departed.add(subject);
      this.#recent.use(mrz, clock.monotonic_ms());
    }
    if (isEnded) this.#departed.delete(subject);
  }

  /** A document that somebody else is in the cabin with is in use now (overlap). */
  #lastUse_ms(mrz: MRZ): number | null {
    const { kernel, parts } = this.#o;
    const inCabin = currentTransactionId(kernel);
    const state = outermost(transactionSnapshot(kernel, inCabin)?.value ?? '');
    const isOwn = state === 'awaitingDocument' || state === 'awaitingGate';
    if (inCabin !== null && !isOwn && this.#isSameDocument(inCabin, mrz)) return 0;
    return this.#recent.lastUse_ms(mrz, parts.clock.monotonic_ms());
  }

  #readZone(event: MRZReaderEvent): { evidence: MRZEvidence; mrz: MRZ | null } {
    const nothing = (because: string) => ({ evidence: { status: 'unavailable', because } as const, mrz: null });
    if (event.type === 'mrzUnreadable') return nothing('MRZ_NOT_READ');
    const result = parseMRZ(event.lines);
    if (!result.ok) return nothing(result.because === 'check-digit' ? 'MRZ_CHECK_DIGIT' : 'MRZ_BAD_SHAPE');
    const { mrz } = result;
    const today = localDate(this.#now());
    const birth = birthISO(mrz, today);
    return {
      mrz,
      evidence: {
        status: 'measured',
        value: {
          documentCode: mrz.documentCode,
          issuingState: mrz.issuingState,
          nationality: mrz.nationality,
          expiresOn: expiryISO(mrz, today),
          lastUse_ms: this.#lastUse_ms(mrz),
          age_years: birth === null ? null : completedYears(birth, today),
          today,
        },
        at_ms: this.#now(),
        by: 'mrz-reader',
      },
    };
  }
}
