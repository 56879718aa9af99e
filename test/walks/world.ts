/** Everything outside the controller that is true at a moment, and the one place at which it changes. */
import { GateHardware, watchdog_ms } from './gate-hardware.ts';
import type { Line, LineState } from './gate-line.ts';
import { doorNames, Hall } from './hall.ts';
import type { Story } from './story.ts';
import { type Due, VirtualTime } from './virtual-time.ts';

/** 23 November 2026, 05:00 UTC: the lane opens. */
export const begin_ms = Date.UTC(2026, 10, 23, 5);

type Waiter = { readonly holds: () => boolean; readonly resolve: (holds: boolean) => void; readonly due: Due };

export class World {
  readonly time = new VirtualTime(begin_ms);
  readonly hall = new Hall();
  readonly hardware = new GateHardware(this.hall, () => this.time.now_ms);
  readonly line: Line = { state: 'good', since_ms: 0, lostClears: 0, delay_ms: 0 };
  readonly story: Story;
  /** What the display shows. */
  screen = 'starting';
  /** Called when anything physical has changed. */
  onPhysics: () => void = () => {};
  /** Called when the hardware has something new to tell. */
  onReadable: () => void = () => {};
  /** The line was cut, or heals. */
  onLine: () => void = () => {};
  #isHostAlive = false;
  #hostEpoch = 0;
  #physics: Due | undefined;
  #shape = '';
  readonly #waiters = new Set<Waiter>();

  constructor(story: Story) {
    this.story = story;
  }

  tell(text: string): void {
    this.story.tell(this.time.now_ms, text);
  }

  /** True once it holds; false when it did not within the time. */
  until(holds: () => boolean, most_ms: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const due = this.time.in(most_ms, () => {
        this.#waiters.delete(waiter);
        resolve(false);
      });
      const waiter: Waiter = { holds, resolve, due };
      this.#waiters.add(waiter);
    });
  }

  /** Looks at the world again: to be called after every change from outside. */
  touch(): void {
    const { hall, hardware, time } = this;
    hall.advance(time.now_ms);
    hardware.drive();
    hall.advance(time.now_ms);
    if (this.#physics !== undefined) this.#physics.wake = undefined;
    const next_ms = hall.next_ms();
    this.#physics = next_ms === Number.POSITIVE_INFINITY ? undefined : time.at(next_ms, () => this.touch());
    const shape = this.#shapeNow();
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.story.tell(this.time.now_ms, shape, () => this.#hallInWords());
      this.onReadable();
    }
    this.onPhysics();
    this.wakeWaiters();
  }

  wakeWaiters(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.holds()) continue;
      this.#waiters.delete(waiter);
      waiter.due.wake = undefined;
      waiter.resolve(true);
    }
  }

  setLine(state: LineState): void {
    if (state === this.line.state) return;
    this.line.state = state;
    this.line.since_ms = this.time.now_ms;
    this.tell(`gate line: ${state}`);
    this.#watchHost();
    this.onLine();
    this.touch();
  }

  setHost(isAlive: boolean): void {
    this.#isHostAlive = isAlive;
    this.#watchHost();
  }

  /** The hardware secures the doors when it has not heard its host for too long. */
  #watchHost(): void {
    this.#hostEpoch += 1;
    const epoch = this.#hostEpoch;
    if (this.#isHostAlive && this.line.state !== 'cut') return;
    this.time.in(watchdog_ms, () => {
      if (epoch !== this.#hostEpoch) return;
      this.hardware.loseHost();
      this.hardware.trip();
      this.touch();
    });
  }

  #hallInWords(): string {
    const { leaves } = this.hall;
    const { contacts, hasWatchdogTripped } = this.hardware;
    const seen = Object.entries({ ...this.hardware.sensors(), ...contacts, hasWatchdogTripped });
    const names = seen.flatMap(([name, isSeen]) => (isSeen ? [name] : []));
    const doors = doorNames.map((name) => `${name} ${leafInWords(leaves[name].position_percent)}`);
    return `hall: ${[...doors, ...names].join(', ')}`;
  }

  /** Sensors, end switches and contacts in one line; what a reading would show differently. */
  #shapeNow(): string {
    const { hall, hardware } = this;
    const s = hardware.sensors();
    const c = hardware.contacts;
    const bits =
      Number(s.entryBeam) |
      (Number(s.exitBeam) << 1) |
      (Number(s.chamberFront) << 2) |
      (Number(s.chamberRear) << 3) |
      (Number(s.entryZone) << 4) |
      (Number(s.exitZone) << 5) |
      (Number(s.secondPerson) << 6) |
      (Number(s.leftObject) << 7) |
      (Number(c.isFireAlarm) << 8) |
      (Number(c.isEmergencyOpen) << 9) |
      (Number(c.isCoverOpen) << 10) |
      (Number(c.isOnUPS) << 11) |
      (Number(c.isHelpRequested) << 12) |
      (Number(hardware.hasWatchdogTripped) << 13) |
      (limits(hall.leaves.entry.position_percent) << 14) |
      (limits(hall.leaves.exit.position_percent) << 16) |
      (hardware.deadSwitches.size << 18);
    return `hall ${bits.toString(16)}`;
  }
}

/** What a reading would say of a leaf. */
const leafInWords = (position_percent: number): string =>
  position_percent <= 0 ? 'shut' : position_percent >= 100 ? 'open' : 'between';

const limits = (position_percent: number): number => (position_percent <= 0 ? 1 : position_percent >= 100 ? 2 : 0);
