import type { DoorCommand, DoorName, GateIO, GateReading } from '../../drivers/contracts/gate-io.ts';
import { type DoorWant, planDoors } from '../safety/door-plan.ts';
import {
  type DoorMismatch,
  type DoorMismatchCode,
  doorMismatches,
  type DoorWatch,
  type DoorWatchLimits,
  doorWatchLimits,
  restated,
  unwatchedDoors,
  watchDoors,
} from '../safety/door-watch.ts';
import { type DoorState, type Hall, hallOf, isEmergency, unknownHall } from '../safety/hall.ts';
import type { ExitAuthority } from '../safety/interlock.ts';
import type { Clock } from './clock.ts';

export type DoorKeeperOptions = {
  readonly gateIO: Pick<GateIO, 'command' | 'reading'>;
  readonly clock: Clock;
  /** The transaction that the lane serves now. */
  readonly currentTransactionId: () => string | null;
  /** A technician works on the lane with an officer's consent: both doors may be asked to open, or be moved by hand. */
  readonly isMaintenance: () => boolean;
  /** Longest travel of a leaf before a door that disobeys is reported, ms. */
  readonly travel_ms: number;
  /** Called once when a mismatch begins and once when it is over; several of one door may stand at once. */
  readonly onMismatch: (report: DoorMismatch) => void;
  readonly onMismatchOver: (door: DoorName, code: DoorMismatchCode) => void;
};

const doorNames = ['entry', 'exit'] as const;

/** A restart of the gate's hardware; its clock wraps after 65,536 s, which is no restart. */
const uptimeWrap_s = 65_000;

/**
 * Keeps asking for the doors that are wanted, through the interlock, at every reading. It is the only caller of
 * `GateIO.command`, so nothing reaches a door around the rule.
 *
 * Once fire or emergency release was seen nothing is asked any more until the lane says that the emergency is over: what
 * quietens by itself closes no door.
 */
export class DoorKeeper {
  readonly #options: DoorKeeperOptions;
  readonly #limits: DoorWatchLimits;
  readonly #wants: Record<DoorName, DoorWant> = { entry: 'hold', exit: 'hold' };
  /** What the driver states for us; undefined = not known, so that it is asked anew whatever it is. */
  readonly #asked: Record<DoorName, DoorCommand | undefined> = { entry: undefined, exit: undefined };
  /** Counts the asks of each door: only the fate of the latest one means anything. */
  readonly #asks: Record<DoorName, number> = { entry: 0, exit: 0 };
  /** Doors that are asked to hold once before they are asked again. */
  readonly #isRelenting: Record<DoorName, boolean> = { entry: false, exit: false };
  #watch: DoorWatch = unwatchedDoors;
  readonly #reported: Record<DoorName, Set<DoorMismatchCode>> = { entry: new Set(), exit: new Set() };
  #authority: ExitAuthority | null = null;
  #isEmergency = false;
  #uptime_s = 0;
  #seen: { readonly reading: GateReading | undefined; readonly hall: Hall } = { reading: undefined, hall: unknownHall };

  constructor(options: DoorKeeperOptions) {
    this.#options = options;
    this.#limits = { ...doorWatchLimits, travel_ms: options.travel_ms };
  }

  /** What is wanted of a door from now on. The exit opens only with an authority; any other want voids it. */
  want(door: DoorName, want: DoorWant, authority: ExitAuthority | null = null): void {
    if (this.#isEmergency) return;
    this.#wants[door] = want;
    if (door === 'exit') this.#authority = want === 'open' ? authority : null;
    this.check();
  }

  /** An officer walked through the lane and reset it: doors may be asked for again. */
  endEmergency(): void {
    this.#isEmergency = false;
    this.check();
  }

  /** Makes the plan again: at every reading, and at least every 100 ms, so that authorities expire in time. */
  check(): void {
    const hall = this.hall();
    if (isEmergency(hall)) this.#beginEmergency();
    this.#noticeRestart();
    const now_ms = this.#options.clock.monotonic_ms();
    const isMaintenance = this.#options.isMaintenance();
    const { commands } = planDoors({
      wants: this.#wants,
      asked: { entry: this.#asked.entry ?? 'hold', exit: this.#asked.exit ?? 'hold' },
      hall,
      authority: this.#authority,
      currentTransactionId: this.#options.currentTransactionId(),
      isMaintenance,
      now_ms,
    });
    for (const door of doorNames) if (!this.#isRelenting[door]) this.#ask(door, commands[door]);
    const isMovedByHand = isMaintenance || this.#isEmergency;
    this.#watch = watchDoors(this.#watch, { commands, hall, isMovedByHand, now_ms }, this.#limits);
    this.#compare(hall, now_ms);
  }

  /** What is asked of each door, and since when; monotonic milliseconds. */
  asked(): Readonly<Record<DoorName, { readonly command: DoorCommand; readonly since_ms: number }>> {
    return this.#watch;
  }

  /** What the latest reading means; the same object as long as there is no other reading. */
  hall(): Hall {
    const reading = this.#options.gateIO.reading();
    if (reading === undefined || reading !== this.#seen.reading) this.#seen = { reading, hall: hallOf(reading) };
    return this.#seen.hall;
  }

  /** The hardware lost what it was asked, e.g. by a re-connect: everything is asked anew. */
  forgetAsked(): void {
    const now_ms = this.#options.clock.monotonic_ms();
    for (const door of doorNames) {
      this.#watch = restated(this.#watch, door, now_ms);
      this.#relent(door);
    }
  }

  #beginEmergency(): void {
    if (this.#isEmergency) return;
    this.#isEmergency = true;
    this.#wants.entry = 'hold';
    this.#wants.exit = 'hold';
    this.#authority = null;
  }

  #noticeRestart(): void {
    const uptime_s = this.#options.gateIO.reading()?.uptime_s;
    if (uptime_s === undefined) return;
    const hasRestarted = uptime_s < this.#uptime_s && this.#uptime_s < uptimeWrap_s;
    this.#uptime_s = uptime_s;
    if (hasRestarted) this.forgetAsked();
  }

  /** Gate hardware obeys a command only when it is new to it, so a lost one is withdrawn before it is given again. */
  #relent(door: DoorName): void {
    if (this.#isRelenting[door]) return;
    this.#isRelenting[door] = true;
    this.#asks[door] += 1;
    const over = (): void => {
      this.#isRelenting[door] = false;
      this.#asked[door] = undefined;
    };
    this.#options.gateIO.command(door, 'hold').then(over, over);
  }

  #ask(door: DoorName, command: DoorCommand): void {
    if (this.#asked[door] === command) return;
    this.#asked[door] = command;
    this.#asks[door] += 1;
    const ask = this.#asks[door];
    this.#options.gateIO.command(door, command).catch(() => {
      // The driver raises the fault of its device. What it states now is not known; a later ask speaks for itself.
      if (this.#asks[door] === ask) this.#asked[door] = undefined;
    });
  }

  #compare(hall: Hall, now_ms: number): void {
    const found = doorMismatches(this.#watch, now_ms, this.#limits);
    for (const { door, code } of found) {
      if (code === 'DOOR_NOT_OPENING' || code === 'DOOR_NOT_CLOSING') {
        // A command that was lost on the way must not keep a door half-way for ever.
        this.#watch = restated(this.#watch, door, now_ms);
        this.#relent(door);
      }
      if (this.#reported[door].has(code)) continue;
      this.#reported[door].add(code);
      this.#options.onMismatch({ door, code });
    }
    for (const door of doorNames) {
      for (const code of this.#reported[door]) {
        if (!isOver(code, this.#watch[door].command, hall[door])) continue;
        this.#reported[door].delete(code);
        this.#options.onMismatchOver(door, code);
      }
    }
  }
}

/** The door is where it was asked to be, or nothing is asked of it; who was forced is shut again; a switch is plausible. */
function isOver(code: DoorMismatchCode, command: DoorCommand, state: DoorState): boolean {
  if (code === 'DOOR_NOT_OPENING') return command !== 'open' || state === 'open';
  if (code === 'DOOR_NOT_CLOSING') return command !== 'close' || state === 'closed';
  return code === 'DOOR_FORCED' ? state === 'closed' : state !== 'unknown';
}
