import type { DoorCommand, DoorName, GateIO } from '../../drivers/contracts/gate-io.ts';
import { type DoorWant, planDoors } from '../safety/door-plan.ts';
import { type DoorMismatch, doorMismatches, type DoorWatch, unwatchedDoors } from '../safety/door-watch.ts';
import { type Hall, hallOf, isEmergency } from '../safety/hall.ts';
import type { ExitAuthority } from '../safety/interlock.ts';
import type { Clock } from './clock.ts';

export type DoorKeeperOptions = {
  readonly gateIO: Pick<GateIO, 'command' | 'reading'>;
  readonly clock: Clock;
  /** The transaction that the lane serves now. */
  readonly currentTransactionId: () => string | null;
  /** Longest travel of a leaf before a door that disobeys is reported, ms. */
  readonly travel_ms: number;
  readonly onMismatch: (report: DoorMismatch) => void;
  readonly onMismatchOver: (door: DoorName) => void;
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
  readonly #wants: Record<DoorName, DoorWant> = { entry: 'hold', exit: 'hold' };
  /** What the driver states for us; undefined = not known, so that it is asked anew whatever it is. */
  readonly #asked: Record<DoorName, DoorCommand | undefined> = { entry: undefined, exit: undefined };
  /** Counts the asks of each door: only the fate of the latest one means anything. */
  readonly #asks: Record<DoorName, number> = { entry: 0, exit: 0 };
  /** Doors that are asked to hold once before they are asked again. */
  readonly #isRelenting: Record<DoorName, boolean> = { entry: false, exit: false };
  #watch: DoorWatch = unwatchedDoors;
  readonly #reported = new Set<DoorName>();
  #authority: ExitAuthority | null = null;
  #isEmergency = false;
  #uptime_s = 0;

  constructor(options: DoorKeeperOptions) {
    this.#options = options;
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
    const { commands } = planDoors({
      wants: this.#wants,
      asked: { entry: this.#asked.entry ?? 'hold', exit: this.#asked.exit ?? 'hold' },
      hall,
      authority: this.#authority,
      currentTransactionId: this.#options.currentTransactionId(),
      isMaintenance: false,
      now_ms,
    });
    for (const door of doorNames) if (!this.#isRelenting[door]) this.#ask(door, commands[door], now_ms);
    this.#compare(hall, now_ms);
  }

  /** What the latest reading means. */
  hall(): Hall {
    return hallOf(this.#options.gateIO.reading());
  }

  /** The hardware lost what it was asked, e.g. by a re-connect: everything is asked anew. */
  forgetAsked(): void {
    for (const door of doorNames) this.#relent(door);
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

  #ask(door: DoorName, command: DoorCommand, now_ms: number): void {
    if (this.#asked[door] === command) return;
    this.#asked[door] = command;
    this.#asks[door] += 1;
    const ask = this.#asks[door];
    if (this.#watch[door].command !== command) this.#watch = { ...this.#watch, [door]: { command, since_ms: now_ms } };
    this.#options.gateIO.command(door, command).catch(() => {
      // The driver raises the fault of its device. What it states now is not known; a later ask speaks for itself.
      if (this.#asks[door] === ask) this.#asked[door] = undefined;
    });
  }

  #compare(hall: Hall, now_ms: number): void {
    const found = doorMismatches(this.#watch, hall, now_ms, { travel_ms: this.#options.travel_ms });
    for (const mismatch of found) {
      // A command that was lost on the way must not keep a door half-way for ever.
      this.#watch = { ...this.#watch, [mismatch.door]: { ...this.#watch[mismatch.door], since_ms: now_ms } };
      this.#relent(mismatch.door);
      if (this.#reported.has(mismatch.door)) continue;
      this.#reported.add(mismatch.door);
      this.#options.onMismatch(mismatch);
    }
    for (const door of this.#reported) {
      if (!isObeying(door, this.#watch, hall)) continue;
      this.#reported.delete(door);
      this.#options.onMismatchOver(door);
    }
  }
}

/** The door is where it was asked to be, or nothing is asked of it. */
function isObeying(door: DoorName, watch: DoorWatch, hall: Hall): boolean {
  const { command } = watch[door];
  return command === 'hold' || (command === 'open' ? hall[door] === 'open' : hall[door] === 'closed');
}
