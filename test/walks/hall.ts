/**
 * Physical truth of one lane, computed from change to change: leaves and bodies move evenly in between, so that a quiet
 * hall costs nothing. Positions are millimetres from the entry door, as in the simulator's hall.
 */
import type { DoorName } from '../../drivers/contracts/gate-io.ts';
import {
  bodyGap_mm,
  bodyWidth_mm,
  closing_ms,
  lane,
  opening_ms,
  passable_percent,
} from '../../simulator/hall/geometry.ts';

export type Leaf = {
  position_percent: number;
  drive: 'open' | 'close' | 'stop';
  /** Rests where it is, whatever the drive does. */
  isStuck: boolean;
  /** 1 = as built; a slow leaf has less. */
  pace: number;
};

export type Body = {
  readonly id: string;
  position_mm: number;
  target_mm: number;
  speed_mm_s: number;
  /** Signed; 0 while standing or blocked. */
  velocity_mm_s: number;
};

export type Sensors = {
  readonly entryBeam: boolean;
  readonly exitBeam: boolean;
  readonly chamberFront: boolean;
  readonly chamberRear: boolean;
  readonly entryZone: boolean;
  readonly exitZone: boolean;
  readonly secondPerson: boolean;
  readonly leftObject: boolean;
};

type Extent = { readonly from_mm: number; readonly to_mm: number };

export const doorNames = ['entry', 'exit'] as const;
const planes: Readonly<Record<DoorName, number>> = { entry: 0, exit: lane.exit_mm };
const half_mm = bodyWidth_mm / 2;
const { closingZone_mm: zone_mm, entryBeam_mm, exitBeam_mm, chamberFrom_mm, chamberMiddle_mm, chamberTo_mm } = lane;

/** Where an edge of a body changes what a sensor sees, or meets a leaf. */
const borders: readonly number[] = [
  entryBeam_mm,
  -zone_mm,
  0,
  chamberFrom_mm,
  zone_mm,
  chamberMiddle_mm,
  lane.exit_mm - zone_mm,
  chamberTo_mm,
  lane.exit_mm,
  lane.exit_mm + zone_mm,
  exitBeam_mm,
];
/** Openings at which something changes. */
const openings: readonly number[] = [0, 5, passable_percent, 100];
/** A hair, so that a border that was reached is not reached again. */
const hair = 1e-6;

export class Hall {
  readonly leaves: Readonly<Record<DoorName, Leaf>> = { entry: newLeaf(), exit: newLeaf() };
  bodies: Body[] = [];
  /** Things that lie there. */
  readonly things = new Map<string, Extent>();
  #now_ms = 0;

  enter(id: string, position_mm: number): Body {
    const body: Body = { id, position_mm, target_mm: position_mm, speed_mm_s: 1_000, velocity_mm_s: 0 };
    this.bodies.push(body);
    return body;
  }

  leave(id: string): void {
    this.bodies = this.bodies.filter((body) => body.id !== id);
  }

  isFreeAt(position_mm: number): boolean {
    return this.bodies.every((body) => Math.abs(body.position_mm - position_mm) >= bodyWidth_mm + bodyGap_mm);
  }

  /** Moves everything to `now_ms`. Must be called at every moment that `next_ms` named. */
  advance(now_ms: number): void {
    const dt_s = (now_ms - this.#now_ms) / 1_000;
    this.#now_ms = now_ms;
    if (dt_s > 0) {
      for (const body of this.bodies) move(body, dt_s);
      for (const name of doorNames) this.#moveLeaf(name, dt_s * 1_000);
    }
    for (const body of this.bodies) body.velocity_mm_s = this.#velocityOf(body);
  }

  /** When something changes that anybody could notice; Infinity while all is still. Whole milliseconds. */
  next_ms(): number {
    let in_ms = Number.POSITIVE_INFINITY;
    for (const name of doorNames) in_ms = Math.min(in_ms, this.#leafChange_ms(name));
    for (const body of this.bodies) if (body.velocity_mm_s !== 0) in_ms = Math.min(in_ms, this.#bodyChange_ms(body));
    return in_ms === Number.POSITIVE_INFINITY ? in_ms : this.#now_ms + Math.max(1, Math.ceil(in_ms - hair));
  }

  sensors(): Sensors {
    let people = 0;
    const seen = { entryBeam: false, exitBeam: false, chamberFront: false, chamberRear: false };
    const zones = { entryZone: false, exitZone: false };
    const look = (from_mm: number, to_mm: number): boolean => {
      seen.entryBeam ||= from_mm < entryBeam_mm && to_mm > entryBeam_mm;
      seen.exitBeam ||= from_mm < exitBeam_mm && to_mm > exitBeam_mm;
      seen.chamberFront ||= from_mm < chamberMiddle_mm && to_mm > chamberFrom_mm;
      seen.chamberRear ||= from_mm < chamberTo_mm && to_mm > chamberMiddle_mm;
      zones.entryZone ||= from_mm < zone_mm && to_mm > -zone_mm;
      zones.exitZone ||= from_mm < lane.exit_mm + zone_mm && to_mm > lane.exit_mm - zone_mm;
      return from_mm < chamberTo_mm && to_mm > chamberFrom_mm;
    };
    for (const { position_mm } of this.bodies) if (look(position_mm - half_mm, position_mm + half_mm)) people += 1;
    let isObjectThere = false;
    for (const { from_mm, to_mm } of this.things.values()) if (look(from_mm, to_mm)) isObjectThere = true;
    return { ...seen, ...zones, secondPerson: people > 1, leftObject: people === 0 && isObjectThere };
  }

  /** Whoever is between the doors, front first. */
  inCabin(): readonly Body[] {
    return this.bodies.filter(({ position_mm }) => position_mm > chamberFrom_mm && position_mm < chamberTo_mm);
  }

  isZoneOccupied(name: DoorName): boolean {
    const sensors = this.sensors();
    return name === 'entry' ? sensors.entryZone : sensors.exitZone;
  }

  isPassable(name: DoorName): boolean {
    return this.leaves[name].position_percent >= passable_percent;
  }

  #moveLeaf(name: DoorName, dt_ms: number): void {
    const leaf = this.leaves[name];
    const rate = this.#rateOf(name);
    if (rate === 0) return;
    const moved = leaf.position_percent + rate * dt_ms;
    // Whole thresholds are hit exactly: a leaf that is 99.9999 % open would never be open.
    const near = openings.find((opening) => Math.abs(opening - moved) < 0.2);
    leaf.position_percent = Math.min(100, Math.max(0, near ?? moved));
  }

  /** Percent per millisecond. A drive never presses on somebody: that is its own rule. */
  #rateOf(name: DoorName): number {
    const leaf = this.leaves[name];
    if (leaf.isStuck || leaf.drive === 'stop') return 0;
    if (leaf.drive === 'open') return leaf.position_percent < 100 ? (100 / opening_ms) * leaf.pace : 0;
    if (leaf.position_percent <= 0 || this.#isBlocked(name)) return 0;
    return (-100 / closing_ms) * leaf.pace;
  }

  #isBlocked(name: DoorName): boolean {
    const plane_mm = planes[name];
    const isThere = ({ from_mm, to_mm }: Extent): boolean => from_mm < plane_mm && to_mm > plane_mm;
    for (const body of this.bodies) if (Math.abs(body.position_mm - plane_mm) < half_mm) return true;
    for (const thing of this.things.values()) if (isThere(thing)) return true;
    return false;
  }

  #leafChange_ms(name: DoorName): number {
    const rate = this.#rateOf(name);
    if (rate === 0) return Number.POSITIVE_INFINITY;
    let in_ms = Number.POSITIVE_INFINITY;
    for (const opening of openings) {
      const left = (opening - this.leaves[name].position_percent) / rate;
      if (left > hair && left < in_ms) in_ms = left;
    }
    return in_ms;
  }

  #bodyChange_ms(body: Body): number {
    const speed = Math.abs(body.velocity_mm_s);
    const direction = Math.sign(body.velocity_mm_s);
    let way_mm = Math.abs(body.target_mm - body.position_mm);
    for (const border of borders) {
      for (const edge of [body.position_mm - half_mm, body.position_mm + half_mm]) {
        const left_mm = (border - edge) * direction;
        if (left_mm > hair && left_mm < way_mm) way_mm = left_mm;
      }
    }
    way_mm = Math.min(way_mm, Math.max(this.#freeOfBodies(body, direction), 0));
    return (way_mm / speed) * 1_000;
  }

  #velocityOf(body: Body): number {
    const way_mm = body.target_mm - body.position_mm;
    if (Math.abs(way_mm) < hair || body.speed_mm_s === 0) return 0;
    const direction = Math.sign(way_mm);
    if (this.#isStoppedByLeaf(body, direction) || this.#freeOfBodies(body, direction) <= 1) return 0;
    return direction * body.speed_mm_s;
  }

  /** A leaf that is not open enough stops whoever comes to it. Who stands in the doorway may walk out of it. */
  #isStoppedByLeaf(body: Body, direction: number): boolean {
    const front_mm = body.position_mm + direction * half_mm;
    for (const name of doorNames) {
      if (this.leaves[name].position_percent >= passable_percent) continue;
      const left_mm = (planes[name] - front_mm) * direction;
      if (left_mm <= 3 && left_mm > -20) return true;
    }
    return false;
  }

  #freeOfBodies(body: Body, direction: number): number {
    let free_mm = Number.POSITIVE_INFINITY;
    for (const other of this.bodies) {
      const apart_mm = (other.position_mm - body.position_mm) * direction;
      if (other === body || apart_mm < 0) continue;
      free_mm = Math.min(free_mm, apart_mm - bodyWidth_mm - bodyGap_mm);
    }
    return free_mm;
  }
}

const newLeaf = (): Leaf => ({ position_percent: 0, drive: 'stop', isStuck: false, pace: 1 });

function move(body: Body, dt_s: number): void {
  if (body.velocity_mm_s === 0) return;
  const way_mm = body.target_mm - body.position_mm;
  const step_mm = body.velocity_mm_s * dt_s;
  body.position_mm = Math.abs(step_mm) >= Math.abs(way_mm) ? body.target_mm : body.position_mm + step_mm;
}
