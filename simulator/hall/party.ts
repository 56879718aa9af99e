/** The bodies of one passage in the hall: a traveller, and whoever comes with them, after them or against them. */
import type { Lamps } from '../../drivers/contracts/gate-io.ts';
import { bodyGap_mm, bodyWidth_mm, lane } from './geometry.ts';
import type { Body, BodyKind, Hall } from './hall.ts';
import { Intruder, intruding_mm_s, lurking_mm } from './intruder.ts';
import { type MannerName, mannerNamed, widthOf } from './manners.ts';
import type { Pace } from './pace.ts';
import { type OwnSight, Tailgater } from './tailgater.ts';
import { Traveller } from './traveller.ts';
import type { Hands, Side } from './traveller.ts';

/** Where a party appears in the public hall. */
export const arrival_mm = -2000;
/** A party that is still about after this is fetched by staff; the passage ends. */
export const stayMax_ms = 600_000;

/** Nearer than this somebody is felt. */
const closeBehind_mm = 1200;
/** A second person who is sent back needs so long to understand. */
const understanding_ms = 1_500;
const secondArrival_mm = arrival_mm - bodyWidth_mm - bodyGap_mm - 40;

/** Who is about beside the traveller. */
export type SecondPerson =
  /** Slips in behind and stays. */
  | 'tailgater'
  /** Comes in behind by mistake and steps back when asked to. */
  | 'misled'
  /** Belongs to the traveller: a child by the hand. */
  | 'child'
  /** Comes in from the far side while the exit closes. */
  | 'intruder';

const kinds = {
  tailgater: 'tailgater',
  misled: 'tailgater',
  child: 'companion',
  intruder: 'intruder',
} as const satisfies Readonly<Record<SecondPerson, BodyKind>>;

export type PartyOptions = {
  readonly id: string;
  readonly pace: Pace;
  readonly hands: Hands;
  readonly tell: (event: string) => void;
  readonly second?: SecondPerson;
  readonly manner?: MannerName;
};

export type PartySurroundings = {
  readonly lamps: Lamps;
  readonly isAlarmSounding: boolean;
  readonly screen: string | null;
};

export class Party {
  readonly id: string;
  readonly traveller: Traveller;
  readonly #other: Tailgater | Intruder | undefined;
  readonly #second: SecondPerson | undefined;
  readonly #hall: Hall;
  readonly #tell: (event: string) => void;
  readonly #speed_mm_s: number;
  #leader: Body | undefined;
  #follower: Body | undefined;
  #stay_ms = 0;

  /** Enters the hall at once; the place where it appears must be free (`isRoomFor`). */
  constructor(hall: Hall, { id, pace, hands, tell, second, manner }: PartyOptions) {
    this.id = id;
    this.#hall = hall;
    this.#tell = tell;
    this.#second = second;
    this.#speed_mm_s = pace.speed_mm_s;
    this.traveller = new Traveller(pace, hands, tell, mannerNamed(manner));
    this.#leader = hall.enter(id, 'traveller', arrival_mm, { width_mm: widthOf(mannerNamed(manner)) });
    if (second === undefined) return;
    if (second === 'intruder') {
      this.#other = new Intruder();
      return;
    }
    this.#other = new Tailgater(hands, second === 'misled' ? understanding_ms : undefined);
    this.#follower = hall.enter(`${id}-${kinds[second]}`, kinds[second], secondArrival_mm, { party: id });
  }

  /** Whether a party can appear now. */
  static isRoomFor(hall: Hall): boolean {
    return hall.isFree((arrival_mm + secondArrival_mm) / 2, arrival_mm - secondArrival_mm + 2 * bodyWidth_mm);
  }

  get isGone(): boolean {
    return this.#leader === undefined && this.#follower === undefined;
  }

  /** How the traveller left; null while they are about. */
  get leftBy(): Side | null {
    return this.traveller.leftBy;
  }

  /** The traveller is in the cabin or beyond: the next one may come up to the reader. */
  get isPastEntry(): boolean {
    return this.#leader === undefined || this.#leader.position_mm > lane.chamberFrom_mm + lane.closingZone_mm;
  }

  /** Distance of the traveller's face from the camera while they stand where it looks; null elsewhere. */
  get cameraDistance_mm(): number | null {
    const position_mm = this.#leader?.position_mm;
    if (position_mm === undefined || position_mm < 0 || position_mm >= lane.camera_mm) return null;
    return lane.camera_mm - position_mm;
  }

  doing(bodyId: string): string | undefined {
    if (bodyId === this.#leader?.id) return this.traveller.doing;
    return bodyId === this.#follower?.id ? this.#other?.doing : undefined;
  }

  tick(dt_ms: number, { lamps, isAlarmSounding, screen }: PartySurroundings): void {
    this.#stay_ms += dt_ms;
    const doors = {
      entryDoor_percent: this.#hall.doors.entry.position_percent,
      exitDoor_percent: this.#hall.doors.exit.position_percent,
    };
    const leader = this.#leader;
    if (leader !== undefined) {
      const isFollowed = this.#isCloseBehind(leader);
      const sight = { ...doors, lamps, isAlarmSounding, screen, isFollowed, position_mm: leader.position_mm };
      const { target_mm } = this.traveller.tick(dt_ms, sight);
      walk(leader, target_mm, this.#speed_mm_s);
    }
    this.#letIntruderAppear();
    if (this.#follower !== undefined) this.#moveOther(dt_ms, this.#follower, doors);
    this.#seeOff();
  }

  #moveOther(dt_ms: number, follower: Body, doors: Omit<OwnSight, 'position_mm'>): void {
    const own = { ...doors, position_mm: follower.position_mm };
    if (this.#other instanceof Intruder) {
      // There is room for one: the traveller comes out first.
      if (this.#leader === undefined) walk(follower, this.#other.tick(dt_ms, own).target_mm, intruding_mm_s);
    } else if (this.#other !== undefined) {
      const leader = this.#leader;
      const followed =
        leader === undefined ? undefined : { state: this.traveller.state, position_mm: leader.position_mm };
      walk(follower, this.#other.tick(dt_ms, own, followed).target_mm, this.#speed_mm_s);
    }
  }

  /** As soon as the traveller is on the way out. */
  #letIntruderAppear(): void {
    const isWaiting = this.#second === 'intruder' && this.#follower === undefined && this.#other?.leftBy === null;
    const leader = this.#leader;
    if (!isWaiting || leader === undefined || leader.position_mm < lane.exit_mm - bodyWidth_mm) return;
    if (this.traveller.state !== 'leaving' || !this.#hall.isFree(lurking_mm, bodyWidth_mm)) return;
    this.#tell('somebody comes towards the exit from the far side');
    this.#follower = this.#hall.enter(`${this.id}-intruder`, 'intruder', lurking_mm, { party: this.id });
  }

  #isCloseBehind(leader: Body): boolean {
    const follower = this.#follower;
    if (follower === undefined || this.#second === 'child') return false;
    return Math.abs(leader.position_mm - follower.position_mm) < closeBehind_mm;
  }

  #seeOff(): void {
    const isFetched = this.#stay_ms > stayMax_ms;
    if (isFetched && !this.isGone) this.#tell('is fetched by staff');
    if (this.#leader !== undefined && (isFetched || this.traveller.state === 'gone')) {
      this.#hall.leave(this.#leader.id);
      this.#leader = undefined;
    }
    if (this.#follower !== undefined && (isFetched || this.#other?.leftBy !== null)) {
      this.#hall.leave(this.#follower.id);
      this.#follower = undefined;
    }
  }
}

function walk(body: Body, target_mm: number, speed_mm_s: number): void {
  body.target_mm = target_mm;
  body.speed_mm_s = speed_mm_s;
}
