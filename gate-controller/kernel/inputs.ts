import type { DeviceFaultCode, FaultEvent } from '../../drivers/contracts/device.ts';
import { deviceFaults } from '../../drivers/contracts/device.ts';
import type { MRZReaderEvent } from '../../drivers/contracts/mrz-reader.ts';
import { birthISO, expiryISO, type MRZ, parseMRZ } from '../../drivers/emrtd/mrz.ts';
import type { MRZEvidence } from '../decision/evidence.ts';
import { blockingCodes, clear, type Fault, type FaultBoard, noFaults, raise } from '../safety/fault-board.ts';
import { type Hall, isSameHall, unknownHall } from '../safety/hall.ts';
import { outermost } from '../lane/presentation.ts';
import { completedYears, localDate } from './calendar.ts';
import type { DoorKeeper } from './door-keeper.ts';
import type { Kernel } from './kernel.ts';
import {
  currentTransactionId,
  type LaneParts,
  tellCurrent,
  tellLane,
  tellTransaction,
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
    // Nothing has been heard yet: what stands at the start counts at once.
    for (const key of this.#raisedAt.keys()) this.#raisedAt.set(key, Number.NEGATIVE_INFINITY);
    this.#stops.push(
      gateIO.subscribe((event) => (event.type === 'readingChanged' ? this.#seeHall() : this.#takeFault(event))),
      chipReader.subscribe((event) => {
        if (event.type === 'chipGone') tellCurrent(this.#o.kernel, { type: 'DOCUMENT_TAKEN' });
        else if (event.type !== 'chipPresent') this.#takeFault(event);
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

  #takeFault(event: FaultEvent): void {
    if (event.type === 'faultRaised') this.#raise(event);
    else this.#setBoard(clear(this.#board, event));
    if (event.device === 'gate-io' && event.code === 'DEVICE_DISCONNECTED') this.#o.doors.forgetAsked();
    if (event.type === 'faultRaised' && event.code === 'GATE_WATCHDOG_TRIPPED') this.#clearWatchdog();
  }

  /** The latch says that the host was away. It is back: commands start from `hold`, so the latch may go. */
  #clearWatchdog(): void {
    this.#o.doors.forgetAsked();
    this.#o.parts.devices.gateIO.clearWatchdog().catch(() => {
      // The driver raises the fault again with its next reading, and we try again then.
    });
  }

  #raise({ device, code }: { device: string; code: DeviceFaultCode }): void {
    const fault: Fault = { device, code, since_ms: this.#now(), isBlocking: deviceFaults[code].blocks };
    this.#setBoard(raise(this.#board, fault));
  }

  #setBoard(board: FaultBoard): void {
    if (board === this.#board) return;
    this.#board = board;
    const now_ms = this.#o.parts.clock.monotonic_ms();
    const standing = new Set(board.map(keyOf));
    for (const key of standing) if (!this.#raisedAt.has(key)) this.#raisedAt.set(key, now_ms);
    for (const key of this.#raisedAt.keys()) if (!standing.has(key)) this.#raisedAt.delete(key);
    this.#o.onFaults(board);
  }

  #tellHealth(): void {
    const now_ms = this.#o.parts.clock.monotonic_ms();
    const hasStood = (fault: Fault): boolean => now_ms - (this.#raisedAt.get(keyOf(fault)) ?? now_ms) >= grace_ms;
    const blocking = blockingCodes(this.#board.filter(hasStood));
    if (blocking.join(' ') === this.#blocking) return;
    this.#blocking = blocking.join(' ');
    tellLane(this.#o.kernel, { type: 'HEALTH_CHANGED', blocking });
  }

  /** A document was presented: to the transaction that waits for a second try, else to the lane. */
  #present(event: MRZReaderEvent): void {
    const { parts, kernel } = this.#o;
    const { evidence, mrz } = this.#readZone(event);
    const current = currentTransactionId(kernel);
    const waiting = transactionSnapshot(kernel, current);
    const isTryAgain = current !== null && outermost(waiting?.value) === 'awaitingDocument';
    const transactionId = isTryAgain ? current : parts.newId();
    // While another traveller is served the lane ignores the document; nothing personal is kept of it.
    if (isTryAgain || current === null) {
      parts.cases.open(transactionId, parts.clock.monotonic_ms() + openCase_ms).mrz = mrz;
    }
    if (isTryAgain) tellTransaction(kernel, transactionId, { type: 'DOCUMENT_PRESENTED', mrz: evidence });
    else tellLane(kernel, { type: 'DOCUMENT_PRESENTED', transactionId, mrz: evidence });
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

const keyOf = ({ device, code }: Pick<Fault, 'device' | 'code'>): string => `${device}:${code}`;
