/**
 * What must hold whatever the host, the gate hardware and the people do. The watch sees the physical truth (true positions
 * of leaves and bodies), never a sensor, so that a blind sensor shows as a broken invariant.
 */
import type { DoorName } from '../../drivers/contracts/gate-io.ts';

export type ObservedDoor = {
  readonly position_percent: number;
  /** A body stands within the closing zone. */
  readonly isZoneOccupied: boolean;
  readonly hasDriveFault: boolean;
};

export type Observation = {
  readonly at_ms: number;
  readonly doors: Readonly<Record<DoorName, ObservedDoor>>;
  /** Centres of bodies on the lane's axis. */
  readonly bodies: readonly { readonly id: string; readonly position_mm: number }[];
  readonly exit_mm: number;
  /** Emergency-open pressed (or its wire broken) or fire alarm. */
  readonly isEmergency: boolean;
};

export const invariantCodes = {
  BOTH_DOORS_OPEN: 'both doors stood open together outside an emergency',
  CLOSED_ON_BODY: 'a leaf went on closing although a body stood in its closing zone',
  PASSED_SHUT_EXIT: 'a body passed the exit although the door was not open',
  KEPT_SHUT_IN_EMERGENCY: 'a door neither stood open nor opened 1 s after an emergency contact',
} as const;

export type InvariantCode = keyof typeof invariantCodes;

/** Up to this opening a door counts as shut: nobody gets a hand through in passing. */
export const slit_percent = 5;
/** Nobody squeezes through a door that is less open than this. */
export const exitOpen_percent = 50;
/** A leaf may go on closing so long after a body entered its zone: sensor, PLC cycle and drive together. */
export const driveReaction_ms = 100;
/** Opening must have begun so long after the contact (I6 of the product: within 1 s). */
export const emergencyReaction_ms = 1000;

const rememberedMax = 50;
const doorNames = ['entry', 'exit'] as const;

type DoorMemory = { position_percent: number; closingOnBody_ms: number; shutInEmergency_ms: number };

export class InvariantWatch {
  #checked = 0;
  #brokenCount = 0;
  readonly #broken: string[] = [];
  readonly #standing = new Set<string>();
  #previous: Observation | undefined;
  /** After an emergency both doors stand open until one of them has been shut again. */
  #isAftermath = false;
  readonly #doors: Record<DoorName, DoorMemory> = {
    entry: { position_percent: 0, closingOnBody_ms: 0, shutInEmergency_ms: 0 },
    exit: { position_percent: 0, closingOnBody_ms: 0, shutInEmergency_ms: 0 },
  };

  /** Observations looked at. */
  get checked(): number {
    return this.#checked;
  }

  /** Every breach since the start, also those that are no longer listed. */
  get brokenCount(): number {
    return this.#brokenCount;
  }

  /** `CODE at N ms: what`, oldest first, at most 50. A breach that lasts is listed once. */
  get broken(): readonly string[] {
    return this.#broken;
  }

  observe(now: Observation): void {
    this.#checked++;
    this.#checkDoorsTogether(now);
    const dt_ms = this.#previous === undefined ? 0 : now.at_ms - this.#previous.at_ms;
    for (const name of doorNames) this.#checkDoor(now, name, dt_ms);
    this.#checkPassages(now);
    this.#previous = now;
  }

  #checkDoorsTogether(now: Observation): void {
    const { entry, exit } = now.doors;
    if (now.isEmergency) this.#isAftermath = true;
    else if (entry.position_percent === 0 || exit.position_percent === 0) this.#isAftermath = false;
    const areBothOpen = entry.position_percent > slit_percent && exit.position_percent > slit_percent;
    this.#report('BOTH_DOORS_OPEN', '', now, areBothOpen && !this.#isAftermath);
  }

  #checkDoor(now: Observation, name: DoorName, dt_ms: number): void {
    const door = now.doors[name];
    const memory = this.#doors[name];
    const isClosing = this.#previous !== undefined && door.position_percent < memory.position_percent;
    const isOpening = this.#previous !== undefined && door.position_percent > memory.position_percent;
    memory.closingOnBody_ms = isClosing && door.isZoneOccupied ? memory.closingOnBody_ms + dt_ms : 0;
    this.#report('CLOSED_ON_BODY', name, now, memory.closingOnBody_ms > driveReaction_ms);
    const isKeptShut = now.isEmergency && !door.hasDriveFault && !isOpening && door.position_percent < 100;
    memory.shutInEmergency_ms = isKeptShut ? memory.shutInEmergency_ms + dt_ms : 0;
    this.#report('KEPT_SHUT_IN_EMERGENCY', name, now, memory.shutInEmergency_ms > emergencyReaction_ms);
    memory.position_percent = door.position_percent;
  }

  #checkPassages(now: Observation): void {
    const isOpen = now.doors.exit.position_percent >= exitOpen_percent;
    for (const body of now.bodies) {
      const before = this.#previous?.bodies.find((earlier) => earlier.id === body.id);
      if (before === undefined) continue;
      const hasPassed = before.position_mm < now.exit_mm !== body.position_mm < now.exit_mm;
      this.#report('PASSED_SHUT_EXIT', body.id, now, hasPassed && !isOpen);
    }
  }

  #report(code: InvariantCode, what: string, now: Observation, isBroken: boolean): void {
    const key = `${code} ${what}`;
    if (!isBroken) {
      this.#standing.delete(key);
      return;
    }
    if (this.#standing.has(key)) return;
    this.#standing.add(key);
    this.#brokenCount++;
    if (this.#broken.length >= rememberedMax) return;
    this.#broken.push(`${code} at ${Math.round(now.at_ms)} ms${what === '' ? '' : `: ${what}`}`);
  }
}
