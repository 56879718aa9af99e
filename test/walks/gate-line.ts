/** The gate I/O contract over a line that can fall silent, be cut, or be slow. Readings come in the driver's cycle. */
import type {
  DoorCommand,
  DoorName,
  GateIO,
  GateIOEvent,
  GateReading,
  Lamps,
} from '../../drivers/contracts/gate-io.ts';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { FaultLatch } from '../../drivers/transport/fault-latch.ts';
import type { GateHardware } from './gate-hardware.ts';
import { doorNames } from './hall.ts';
import type { Process } from './process.ts';
import type { VirtualTime } from './virtual-time.ts';

const cycle_ms = 40;
/** Age at which a reading is none any more. */
const stale_ms = 400;
const connect_ms = 250;
const answer_ms = 1_000;

/** `silent`: answers are lost; the driver notices when its reading has become stale. `cut`: it notices at once. */
export type LineState = 'good' | 'silent' | 'cut';

/** The cable: outlives the processes that use it. */
export type Line = { state: LineState; since_ms: number; lostClears: number; delay_ms: number };

export type GateLineOptions = {
  readonly time: VirtualTime;
  readonly process: Process;
  readonly hardware: GateHardware;
  readonly line: Line;
  /** The lane asked for something. */
  readonly onCommand: (door: DoorName, command: DoorCommand) => void;
  /** A reading has reached the lane. */
  readonly onReading: (reading: GateReading) => void;
  /** The hardware has taken something. */
  readonly onTaken: () => void;
};

export class GateLine implements GateIO {
  readonly device = 'gate-io';
  readonly #o: GateLineOptions;
  readonly #faults = new FaultLatch<GateIOEvent>('gate-io');
  #latest: GateReading | undefined;
  #isStarted = false;
  #isConnected = false;
  #isCyclePlanned = false;
  #pending: { readonly door: DoorName; readonly command: DoorCommand; readonly taken: () => void }[] = [];
  #lamps: Lamps | undefined;

  constructor(options: GateLineOptions) {
    this.#o = options;
  }

  start(): void {
    this.#isStarted = true;
    this.#faults.raise('DEVICE_DISCONNECTED');
    this.#later(connect_ms, () => this.#connect());
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
  }

  subscribe(listener: Parameters<GateIO['subscribe']>[0]): () => void {
    return this.#faults.subscribe(listener);
  }

  identification(): string {
    return 'walk';
  }

  /** Empty from the moment at which the last answer is too old. */
  reading(): GateReading | undefined {
    if (!this.#isConnected) return undefined;
    const { line, time } = this.#o;
    return line.state === 'good' || time.now_ms - line.since_ms < stale_ms ? this.#latest : undefined;
  }

  command(door: DoorName, command: DoorCommand): Promise<void> {
    const { onCommand, process, line } = this.#o;
    if (!process.isAlive) return new Promise(() => {});
    if (!this.#isStarted) return Promise.reject(new DeviceError('DEVICE_STOPPED'));
    onCommand(door, command);
    if (!this.#isConnected) return Promise.reject(new DeviceError('DEVICE_DISCONNECTED'));
    return new Promise((resolve, reject) => {
      if (line.state !== 'good') {
        this.#later(answer_ms, () => reject(new DeviceError('DEVICE_TIMEOUT')));
        return;
      }
      this.#pending.push({ door, command, taken: resolve });
      this.#planCycle();
    });
  }

  setLamps(lamps: Lamps): void {
    if (!this.#o.process.isAlive || isSameLamps(lamps, this.#lamps)) return;
    this.#lamps = lamps;
    this.#planCycle();
  }

  setMode(): void {}

  clearWatchdog(): Promise<void> {
    const { hardware, line } = this.#o;
    return new Promise((resolve, reject) => {
      this.#later(cycle_ms, () => {
        line.lostClears -= 1;
        if (line.lostClears >= 0 || line.state !== 'good') return reject(new DeviceError('DEVICE_TIMEOUT'));
        hardware.hasWatchdogTripped = false;
        this.#o.onTaken();
        return resolve();
      });
    });
  }

  /** The hardware has something new to tell. */
  planReading(): void {
    if (this.#isConnected) this.#planCycle();
  }

  /** The line has changed its state. */
  noticeLine(): void {
    const { line } = this.#o;
    if (!this.#isStarted) return;
    if (line.state === 'cut') this.#disconnect();
    else if (line.state === 'silent') {
      this.#later(stale_ms, () => {
        if (line.state === 'silent') this.#faults.raise('GATE_READING_STALE');
      });
    } else if (this.#isConnected) {
      this.#faults.clear('GATE_READING_STALE');
      this.#planCycle();
    } else this.#later(connect_ms, () => this.#connect());
  }

  #connect(): void {
    const { line } = this.#o;
    if (line.state !== 'good' || this.#isConnected || !this.#isStarted) return;
    this.#isConnected = true;
    this.#faults.clear('GATE_READING_STALE');
    this.#faults.clear('DEVICE_DISCONNECTED');
    this.#cycle();
  }

  #disconnect(): void {
    this.#isConnected = false;
    this.#latest = undefined;
    for (const { taken } of this.#pending.splice(0)) taken();
    this.#faults.raise('DEVICE_DISCONNECTED');
  }

  #planCycle(): void {
    if (this.#isCyclePlanned) return;
    this.#isCyclePlanned = true;
    const { time, line } = this.#o;
    const next_ms = (Math.floor(time.now_ms / cycle_ms) + 1) * cycle_ms + line.delay_ms;
    this.#later(next_ms - time.now_ms, () => {
      this.#isCyclePlanned = false;
      if (this.#isConnected && line.state === 'good') this.#cycle();
      else for (const { taken } of this.#pending.splice(0)) taken();
    });
  }

  #cycle(): void {
    const { hardware, onTaken, onReading } = this.#o;
    const taken = this.#pending.splice(0);
    for (const { door, command } of taken) hardware.commands[door] = command;
    if (this.#lamps !== undefined) hardware.lamps = this.#lamps;
    for (const each of taken) each.taken();
    onTaken();
    const reading = hardware.reading();
    const previous = this.#latest;
    this.#latest = reading;
    this.#faults.set('GATE_WATCHDOG_TRIPPED', reading.hasWatchdogTripped);
    this.#faults.set('COVER_TAMPER', reading.isCoverOpen);
    onReading(reading);
    if (previous === undefined || !isSameReading(previous, reading)) {
      this.#faults.emit({ type: 'readingChanged', reading, previous });
    }
  }

  #later(delay_ms: number, wake: () => void): void {
    this.#o.time.inLifeOf(this.#o.process, delay_ms, wake);
  }
}

const isSameLamps = (a: Lamps, b: Lamps | undefined): boolean =>
  b !== undefined && a.entry === b.entry && a.exit === b.exit && a.document === b.document;

/** All but position, uptime and counters. */
function isSameReading(a: GateReading, b: GateReading): boolean {
  for (const name of doorNames) {
    const [one, other] = [a.doors[name], b.doors[name]];
    if (one.isAtClosedLimit !== other.isAtClosedLimit || one.isAtOpenLimit !== other.isAtOpenLimit) return false;
    if (one.isClosingZoneObstructed !== other.isClosingZoneObstructed) return false;
  }
  for (const key of plainKeys) if (a[key] !== b[key]) return false;
  return true;
}

const plainKeys = [
  'isEntryBeamInterrupted',
  'isExitBeamInterrupted',
  'isChamberFrontOccupied',
  'isChamberRearOccupied',
  'isFloorMatOccupied',
  'isSecondPersonSeen',
  'isObjectLeft',
  'isEmergencyOpen',
  'isFireAlarm',
  'isCoverOpen',
  'isOnUPS',
  'isHelpRequested',
  'hasWatchdogTripped',
] as const satisfies readonly (keyof GateReading)[];
