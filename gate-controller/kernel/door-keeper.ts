import type { DoorCommand, DoorName, GateIO } from '../../drivers/contracts/gate-io.ts';
import { doorMismatches, type DoorWatch, unwatchedDoors } from '../safety/door-watch.ts';
import { type DoorWant, planDoors } from '../safety/door-plan.ts';
import { type Hall, hallOf } from '../safety/hall.ts';
import type { ExitAuthority } from '../safety/interlock.ts';
import type { Clock } from './clock.ts';

export type DoorMismatchReport = { readonly door: DoorName; readonly code: 'DOOR_NOT_OPENING' | 'DOOR_NOT_CLOSING' };

export type DoorKeeperOptions = {
  readonly gateIO: Pick<GateIO, 'command' | 'reading'>;
  readonly clock: Clock;
  /** The transaction that the lane serves now. */
  readonly currentTransactionId: () => string | null;
  /** Longest travel of a leaf before a door that disobeys is reported, ms. */
  readonly travel_ms: number;
  readonly onMismatch: (report: DoorMismatchReport) => void;
  readonly onMismatchOver: (door: DoorName) => void;
};

/**
 * Keeps asking for the doors that are wanted, through the interlock, at every reading. It is the only caller of
 * `GateIO.command`, so nothing reaches a door around the rule.
 */
export class DoorKeeper {
  readonly #options: DoorKeeperOptions;
  readonly #wants: Record<DoorName, DoorWant> = { entry: 'hold', exit: 'hold' };
  #asked: Record<DoorName, DoorCommand> = { entry: 'hold', exit: 'hold' };
  #watch: DoorWatch = unwatchedDoors;
  readonly #reported = new Set<DoorName>();
  #authority: ExitAuthority | null = null;

  constructor(options: DoorKeeperOptions) {
    this.#options = options;
  }

  /** What is wanted of a door from now on. The exit opens only with an authority; any other want voids it. */
  want(door: DoorName, want: DoorWant, authority: ExitAuthority | null = null): void {
    this.#wants[door] = want;
    if (door === 'exit') this.#authority = want === 'open' ? authority : null;
    this.check();
  }

  /** Makes the plan again: at every reading, and at least every 100 ms, so that authorities expire in time. */
  check(): void {
    const hall = this.hall();
    const now_ms = this.#options.clock.monotonic_ms();
    const { commands } = planDoors({
      wants: this.#wants,
      hall,
      authority: this.#authority,
      currentTransactionId: this.#options.currentTransactionId(),
      isMaintenance: false,
      now_ms,
    });
    for (const door of ['entry', 'exit'] as const) this.#ask(door, commands[door], now_ms);
    this.#compare(hall, now_ms);
  }

  /** What the latest reading means. */
  hall(): Hall {
    return hallOf(this.#options.gateIO.reading());
  }

  /** The hardware lost what it was asked: after a re-connect every door is at `hold`. */
  forgetAsked(): void {
    this.#asked = { entry: 'hold', exit: 'hold' };
    this.#watch = unwatchedDoors;
  }

  #ask(door: DoorName, command: DoorCommand, now_ms: number): void {
    if (this.#asked[door] === command) return;
    this.#asked[door] = command;
    this.#watch = { ...this.#watch, [door]: { command, since_ms: now_ms } };
    this.#options.gateIO.command(door, command).catch(() => {
      // The driver raises the fault of its device; the command is asked again at the next reading.
      this.#asked[door] = 'hold';
    });
  }

  #compare(hall: Hall, now_ms: number): void {
    const found = doorMismatches(this.#watch, hall, now_ms, { travel_ms: this.#options.travel_ms });
    for (const mismatch of found) {
      if (this.#reported.has(mismatch.door)) continue;
      this.#reported.add(mismatch.door);
      this.#options.onMismatch(mismatch);
    }
    for (const door of this.#reported) {
      if (found.some((mismatch) => mismatch.door === door)) continue;
      this.#reported.delete(door);
      this.#options.onMismatchOver(door);
    }
  }
}
