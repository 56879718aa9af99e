/**
 * Physical truth of one lane: two sliding leaves, bodies, objects, contacts. Advanced only by `tick`. Drives are told what
 * to do by the gate hardware; bodies are told where to walk by whoever plays them; physics decides what comes of it.
 */
import type { DoorName } from '../../drivers/contracts/gate-io.ts';
import {
  bodyGap_mm,
  bodyInDoor_percent,
  bodyWidth_mm,
  closing_ms,
  lane,
  opening_ms,
  passable_percent,
} from './geometry.ts';
import { InvariantWatch } from './invariants.ts';

/** What the gate hardware makes one drive do. A locked leaf that is shut does not move, except in an emergency. */
export type DriveCommand = { readonly motion: 'open' | 'close' | 'stop'; readonly isLocked: boolean };

export type DoorTruth = {
  position_percent: number;
  drive: DriveCommand;
  hasDriveFault: boolean;
  /** Times that the leaf has left its closed position. */
  openings: number;
  /** Somebody holds the leaf open so far by force. */
  prisedTo_percent: number;
  /** What the position encoder says, whatever is true; null: the truth. */
  reads_percent: number | null;
};

const doorAtRest = {
  position_percent: 0,
  drive: { motion: 'stop', isLocked: true },
  hasDriveFault: false,
  openings: 0,
  prisedTo_percent: 0,
  reads_percent: null,
} as const;

export type BodyKind = 'traveller' | 'tailgater' | 'companion' | 'intruder';

export type Body = {
  readonly id: string;
  readonly kind: BodyKind;
  /** Whose company it is in: those of another make way in the public hall. */
  readonly party: string;
  /** Centre of the body. */
  position_mm: number;
  readonly width_mm: number;
  /** Where it walks to, and how fast. */
  target_mm: number;
  speed_mm_s: number;
};

export type HallSensors = {
  readonly entryBeam: boolean;
  readonly chamberFront: boolean;
  readonly chamberRear: boolean;
  readonly exitBeam: boolean;
  readonly entryClosingZone: boolean;
  readonly exitClosingZone: boolean;
  readonly floorMat: boolean;
  readonly secondPerson: boolean;
  readonly leftObject: boolean;
};

export type SensorName = keyof HallSensors;

/** Contacts and conditions of the cabinet; a technician or a fault sets them. */
export type Contacts = {
  /** Normally closed: true = not pressed and wire whole. */
  isEmergencyHealthy: boolean;
  isFireAlarm: boolean;
  isCoverOpen: boolean;
  isOnUPS: boolean;
  isKeySwitchOn: boolean;
  isHelpRequested: boolean;
};

type Extent = { readonly from_mm: number; readonly to_mm: number };

const planes = { entry: 0, exit: lane.exit_mm } as const satisfies Record<DoorName, number>;
const doorNames = ['entry', 'exit'] as const;
const step_ms = 10;
/** A crowbar would take so long for a whole leaf. */
const prising_ms = 3_000;
/** From here on there is room beside the lane. */
const passing_mm = 240;

const extentOf = (body: { readonly position_mm: number; readonly width_mm: number }): Extent => ({
  from_mm: body.position_mm - body.width_mm / 2,
  to_mm: body.position_mm + body.width_mm / 2,
});

const overlaps = (extent: Extent, from_mm: number, to_mm: number): boolean =>
  extent.from_mm < to_mm && extent.to_mm > from_mm;

/** The public hall is wide: there strangers walk past one another. */
const areStrangersOutside = (a: Body, b: Body): boolean =>
  a.party !== b.party && a.position_mm < -passing_mm && b.position_mm < -passing_mm;

export class Hall {
  readonly doors: Record<DoorName, DoorTruth> = {
    entry: { ...doorAtRest },
    exit: { ...doorAtRest },
  };
  readonly contacts: Contacts = {
    isEmergencyHealthy: true,
    isFireAlarm: false,
    isCoverOpen: false,
    isOnUPS: false,
    isKeySwitchOn: false,
    isHelpRequested: false,
  };
  /** Signals that a fault holds at a value, whatever the truth is. */
  readonly stuckSensors = new Map<SensorName, boolean>();
  readonly watch = new InvariantWatch();
  #now_ms = 0;
  #bodies: Body[] = [];
  readonly #objects = new Map<string, Extent>();

  /** Time that has passed in the hall. */
  get now_ms(): number {
    return this.#now_ms;
  }

  get bodies(): readonly Body[] {
    return this.#bodies;
  }

  get isEmergency(): boolean {
    return !this.contacts.isEmergencyHealthy || this.contacts.isFireAlarm;
  }

  /** A body appears, standing. Throws where another body or an id is in the way. */
  enter(id: string, kind: BodyKind, position_mm: number, o: { party?: string; width_mm?: number } = {}): Body {
    const { party = id, width_mm = bodyWidth_mm } = o;
    if (!this.isFree(position_mm, width_mm) || this.#bodies.some((other) => other.id === id))
      throw new RangeError('a body stands there already');
    const body: Body = { id, kind, party, position_mm, width_mm, target_mm: position_mm, speed_mm_s: 0 };
    this.#bodies.push(body);
    return body;
  }

  /** Nobody stands there. */
  isFree(position_mm: number, width_mm: number): boolean {
    const { from_mm, to_mm } = extentOf({ position_mm, width_mm });
    return !this.#bodies.some((body) => overlaps(extentOf(body), from_mm, to_mm));
  }

  leave(id: string): void {
    this.#bodies = this.#bodies.filter((body) => body.id !== id);
  }

  /** Sets down a thing that does not move by itself. */
  putDown(id: string, position_mm: number, width_mm: number): void {
    this.#objects.set(id, extentOf({ position_mm, width_mm }));
  }

  takeAway(id: string): void {
    this.#objects.delete(id);
  }

  tick(dt_ms: number): void {
    for (let rest_ms = dt_ms; rest_ms > 0; rest_ms -= step_ms) this.#step(Math.min(step_ms, rest_ms));
  }

  sensors(): HallSensors {
    const everything = this.#everything();
    const sees = (from_mm: number, to_mm: number): boolean =>
      everything.some((extent) => overlaps(extent, from_mm, to_mm));
    const isInChamber = (extent: Extent): boolean => overlaps(extent, lane.chamberFrom_mm, lane.chamberTo_mm);
    const peopleInChamber = this.#bodies.map(extentOf).filter(isInChamber).length;
    const truth: HallSensors = {
      entryBeam: sees(lane.entryBeam_mm - 5, lane.entryBeam_mm + 5),
      chamberFront: sees(lane.chamberFrom_mm, lane.chamberMiddle_mm),
      chamberRear: sees(lane.chamberMiddle_mm, lane.chamberTo_mm),
      exitBeam: sees(lane.exitBeam_mm - 5, lane.exitBeam_mm + 5),
      entryClosingZone: sees(planes.entry - lane.closingZone_mm, planes.entry + lane.closingZone_mm),
      exitClosingZone: sees(planes.exit - lane.closingZone_mm, planes.exit + lane.closingZone_mm),
      floorMat: sees(lane.chamberFrom_mm, lane.chamberTo_mm),
      secondPerson: peopleInChamber > 1,
      leftObject: peopleInChamber === 0 && [...this.#objects.values()].some(isInChamber),
    };
    return this.stuckSensors.size === 0 ? truth : { ...truth, ...Object.fromEntries(this.stuckSensors) };
  }

  /** What bodies and things take up. */
  #everything(): readonly Extent[] {
    return [...this.#bodies.map(extentOf), ...this.#objects.values()];
  }

  #step(dt_ms: number): void {
    this.#now_ms += dt_ms;
    for (const body of this.#bodies) this.#walk(body, dt_ms);
    for (const name of doorNames) {
      const wasShut = this.doors[name].position_percent === 0;
      this.#moveLeaf(name, dt_ms);
      if (wasShut && this.doors[name].position_percent > 0) this.doors[name].openings++;
    }
    this.watch.observe({
      at_ms: this.#now_ms,
      exit_mm: planes.exit,
      isEmergency: this.isEmergency,
      bodies: this.#bodies.map(({ id, position_mm }) => ({ id, position_mm })),
      doors: { entry: this.#observed('entry'), exit: this.#observed('exit') },
    });
  }

  #observed(name: DoorName): { position_percent: number; isZoneOccupied: boolean; hasDriveFault: boolean } {
    const { position_percent, hasDriveFault } = this.doors[name];
    const zone = lane.closingZone_mm;
    const isZoneOccupied = this.#everything().some((extent) =>
      overlaps(extent, planes[name] - zone, planes[name] + zone),
    );
    return { position_percent, isZoneOccupied, hasDriveFault };
  }

  #walk(body: Body, dt_ms: number): void {
    const way_mm = body.target_mm - body.position_mm;
    if (way_mm === 0) return;
    const direction = Math.sign(way_mm);
    const wanted_mm = Math.min(Math.abs(way_mm), (body.speed_mm_s * dt_ms) / 1000);
    const free_mm = Math.min(this.#freeOfDoors(body, direction), this.#freeOfBodies(body, direction));
    body.position_mm += direction * Math.max(0, Math.min(wanted_mm, free_mm));
  }

  /** How far a body gets before a leaf that is not open enough. Who already stands in the doorway may walk out of it. */
  #freeOfDoors(body: Body, direction: number): number {
    let free_mm = Number.POSITIVE_INFINITY;
    for (const name of doorNames) {
      if (this.doors[name].position_percent >= passable_percent) continue;
      const toPlane_mm = (planes[name] - body.position_mm) * direction;
      if (toPlane_mm < body.width_mm / 2) continue;
      free_mm = Math.min(free_mm, toPlane_mm - body.width_mm / 2);
    }
    return free_mm;
  }

  #freeOfBodies(body: Body, direction: number): number {
    let free_mm = Number.POSITIVE_INFINITY;
    for (const other of this.#bodies) {
      const apart_mm = (other.position_mm - body.position_mm) * direction;
      if (other === body || apart_mm < 0 || areStrangersOutside(body, other)) continue;
      free_mm = Math.min(free_mm, apart_mm - (body.width_mm + other.width_mm) / 2 - bodyGap_mm);
    }
    return free_mm;
  }

  #moveLeaf(name: DoorName, dt_ms: number): void {
    const door = this.doors[name];
    if (door.position_percent < door.prisedTo_percent) {
      door.position_percent = Math.min(door.prisedTo_percent, door.position_percent + (100 * dt_ms) / prising_ms);
      return;
    }
    // The emergency contacts are wired to the drives: they need no gate hardware and know no lock.
    const motion = this.isEmergency ? 'open' : door.drive.motion;
    const isHeld = door.drive.isLocked && door.position_percent === 0 && !this.isEmergency;
    if (door.hasDriveFault || isHeld) return;
    if (motion === 'open') {
      door.position_percent = Math.min(100, door.position_percent + (100 * dt_ms) / opening_ms);
    } else if (motion === 'close') {
      const isInPlane = this.#everything().some(({ from_mm, to_mm }) => from_mm < planes[name] && to_mm > planes[name]);
      const held_percent = isInPlane ? bodyInDoor_percent : door.prisedTo_percent;
      const stop_percent = Math.min(door.position_percent, held_percent);
      door.position_percent = Math.max(stop_percent, door.position_percent - (100 * dt_ms) / closing_ms);
    }
  }
}
