import type { DeviceFaultCode, FaultEvent } from '../../drivers/contracts/device.ts';
import { deviceFaults } from '../../drivers/contracts/device.ts';
import type { MRZReaderEvent } from '../../drivers/contracts/mrz-reader.ts';
import { birthISO, expiryISO, type MRZ, parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import type { MRZEvidence } from '../decision/evidence.ts';
import { blockingCodes, clear, type Fault, type FaultBoard, faultKey, noFaults, raise } from '../safety/fault-board.ts';
import { type Hall, isSameHall, unknownHall } from '../safety/hall.ts';
import { outermost } from '../lane/presentation.ts';
import { completedYears, localDate } from './calendar.ts';
import type { DoorKeeper } from './door-keeper.ts';
import type { Committed, Kernel } from './kernel.ts';
import {
  askLane,
  askTransaction,
  currentTransactionId,
  laneSubject,
  type LaneParts,
  tellCurrent,
  tellLane,
  transactionSnapshot,
} from './lane-parts.ts';

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
 * A fault keeps the lane from serving once it has stood this long, ms. Before that it is shown, and nothing moves on a
 * reading that is not there; a busy processor or one lost answer ends no passage.
 */
const grace_ms = 600;
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
  #blocking: string | undefined;
  /** Monotonic time at which each standing fault was raised, by device and code. */
  readonly #raisedAt = new Map<string, number>();
  #cancelTick: () => void = () => {};
  #isClearing = false;
  /** The zone of the one presentation that is on its way through the kernel. */
  #presented: { readonly presentationId: string; readonly mrz: MRZ | null } | undefined;
  #lastPresented_ms = Number.NEGATIVE_INFINITY;

  constructor(options: InputsOptions) {
    this.#o = options;
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
        if (event.type === 'chipGone') tellCurrent(this.#o.kernel, { type: 'DOCUMENT_TAKEN' });
        else if (event.type === 'chipPresent') tellCurrent(this.#o.kernel, { type: 'DOCUMENT_PLACED' });
        else this.#takeFault(event);
      }),
      camera.subscribe((event) => (event.type === 'frame' ? undefined : this.#takeFault(event))),
      mrzReader.subscribe((event) =>
        event.type === 'mrzRead' || event.type === 'mrzUnreadable' ? this.#present(event) : this.#takeFault(event),
      ),
      biometrics.onReadiness((isReady) => this.setFault('face-pipeline', 'NOT_READY', !isReady)),
    );
    for (const device of [mrzReader, chipReader, gateIO, camera] as const) device.start();
    this.#tick();
  }

  stop(): void {
    this.#cancelTick();
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Raises or clears a fault that no device owns. All of them keep the lane from serving. */
  setFault(device: string, code: string, stands: boolean): void {
    if (stands) this.#setBoard(raise(this.#board, { device, code, since_ms: this.#now(), isBlocking: true }));
    else this.#setBoard(clear(this.#board, { device, code }));
  }

  #tick(): void {
    const { parts } = this.#o;
    this.#seeHall();
    this.#clearWatchdog();
    this.#seeTrust();
    this.#tellHealth();
    parts.cases.wipeDue(parts.clock.monotonic_ms());
    this.#cancelTick = parts.clock.after(tick_ms, () => this.#tick());
  }

  #now(): number {
    return this.#o.parts.clock.now_ms();
  }

  #seeHall(): void {
    const hall = this.#o.doors.hall();
    this.#o.doors.check();
    if (isSameHall(hall, this.#hall)) return;
    this.#hall = hall;
    tellLane(this.#o.kernel, { type: 'HALL_CHANGED', hall });
    tellCurrent(this.#o.kernel, { type: 'HALL_CHANGED', hall });
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
    const fault: Fault = { device, code, since_ms: this.#now(), isBlocking: deviceFaults[code].blocks };
    this.#setBoard(raise(this.#board, fault));
  }

  #setBoard(board: FaultBoard): void {
    if (board === this.#board) return;
    this.#board = board;
    const now_ms = this.#o.parts.clock.monotonic_ms();
    const standing = new Set(board.map(faultKey));
    for (const key of standing) if (!this.#raisedAt.has(key)) this.#raisedAt.set(key, now_ms);
    for (const key of this.#raisedAt.keys()) if (!standing.has(key)) this.#raisedAt.delete(key);
    this.#o.onFaults(board);
  }

  #tellHealth(): void {
    const now_ms = this.#o.parts.clock.monotonic_ms();
    const hasStood = (fault: Fault): boolean => now_ms - (this.#raisedAt.get(faultKey(fault)) ?? now_ms) >= grace_ms;
    const blocking = blockingCodes(this.#board.filter(hasStood));
    if (blocking.join(' ') === this.#blocking) return;
    this.#blocking = blocking.join(' ');
    tellLane(this.#o.kernel, { type: 'HEALTH_CHANGED', blocking });
  }

  /**
   * A document was presented: to the transaction that waits for a second try, else to the lane. One presentation at a time
   * goes through the kernel, so that evidence and case cannot come from two documents; a reader gone wild is thinned out.
   */
  #present(event: MRZReaderEvent): void {
    const { parts, kernel } = this.#o;
    const now_ms = parts.clock.monotonic_ms();
    if (this.#presented !== undefined || now_ms - this.#lastPresented_ms < presentation_min_ms) return;
    this.#lastPresented_ms = now_ms;
    const { evidence, mrz } = this.#readZone(event);
    const presentationId = parts.newId();
    this.#presented = { presentationId, mrz };
    const current = currentTransactionId(kernel);
    const waiting = transactionSnapshot(kernel, current);
    const told =
      current !== null && outermost(waiting?.value) === 'awaitingDocument'
        ? askTransaction(kernel, current, { type: 'DOCUMENT_PRESENTED', presentationId, mrz: evidence })
        : askLane(kernel, { type: 'DOCUMENT_PRESENTED', transactionId: presentationId, mrz: evidence });
    void told.then(() => {
      this.#presented = undefined;
    });
  }

  /**
   * Called for every durable step before its effects: the zone enters a case only with the event that was accepted. Nothing
   * personal is kept of a document that the lane ignored.
   */
  observe(step: Committed): void {
    if (step.event.type !== 'DOCUMENT_PRESENTED' || step.isIgnored) return;
    const { presentationId, transactionId } = step.event as { presentationId?: string; transactionId?: string };
    const presented = this.#presented;
    if (presented === undefined || presented.presentationId !== (presentationId ?? transactionId)) return;
    const id = step.subject === laneSubject ? presented.presentationId : step.subject;
    this.#o.parts.cases.open(id, this.#o.parts.clock.monotonic_ms() + openCase_ms).mrz = presented.mrz;
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
          age_years: birth === null ? null : completedYears(birth, today),
          today,
        },
        at_ms: this.#now(),
        by: 'mrz-reader',
      },
    };
  }
}
