/** The bodies of one passage in the hall: a traveller, and whoever follows close behind. */
import type { Lamps } from '../../drivers/contracts/gate-io.ts';
import { bodyGap_mm, bodyWidth_mm, lane } from './geometry.ts';
import type { Body, Hall } from './hall.ts';
import type { Pace } from './pace.ts';
import { Tailgater } from './tailgater.ts';
import { Traveller } from './traveller.ts';
import type { Hands, Side } from './traveller.ts';

/** Where a party appears in the public hall. */
export const arrival_mm = -2000;
/** A party that is still about after this is fetched by staff; the passage ends. */
export const stayMax_ms = 600_000;

/** Nearer than this somebody is felt. */
const closeBehind_mm = 1200;

export type PartyOptions = {
  readonly id: string;
  readonly pace: Pace;
  readonly hands: Hands;
  readonly hasTailgater: boolean;
  readonly tell: (event: string) => void;
};

export class Party {
  readonly id: string;
  readonly traveller: Traveller;
  readonly #tailgater: Tailgater | undefined;
  readonly #hall: Hall;
  readonly #tell: (event: string) => void;
  readonly #speed_mm_s: number;
  #leader: Body | undefined;
  #follower: Body | undefined;
  #stay_ms = 0;

  /** Enters the hall at once; the place where it appears must be free. */
  constructor(hall: Hall, { id, pace, hands, hasTailgater, tell }: PartyOptions) {
    this.id = id;
    this.#hall = hall;
    this.#tell = tell;
    this.#speed_mm_s = pace.speed_mm_s;
    this.traveller = new Traveller(pace, hands, tell);
    this.#leader = hall.enter(id, 'traveller', arrival_mm);
    if (!hasTailgater) return;
    this.#tailgater = new Tailgater(hands);
    this.#follower = hall.enter(`${id}-tailgater`, 'tailgater', arrival_mm - bodyWidth_mm - bodyGap_mm - 40);
  }

  get isGone(): boolean {
    return this.#leader === undefined && this.#follower === undefined;
  }

  /** How the traveller left; null while they are about. */
  get leftBy(): Side | null {
    return this.traveller.leftBy;
  }

  /** Distance of the traveller's face from the camera while they stand where it looks; null elsewhere. */
  get cameraDistance_mm(): number | null {
    const position_mm = this.#leader?.position_mm;
    if (position_mm === undefined || position_mm < 0 || position_mm >= lane.camera_mm) return null;
    return lane.camera_mm - position_mm;
  }

  doing(bodyId: string): string {
    return bodyId === this.#follower?.id ? (this.#tailgater?.doing ?? '') : this.traveller.doing;
  }

  tick(dt_ms: number, lamps: Lamps, isAlarmSounding: boolean): void {
    this.#stay_ms += dt_ms;
    const doors = {
      entryDoor_percent: this.#hall.doors.entry.position_percent,
      exitDoor_percent: this.#hall.doors.exit.position_percent,
    };
    const leader = this.#leader;
    if (leader !== undefined) {
      const isFollowed = this.#isCloseBehind(leader);
      const sight = { ...doors, lamps, isAlarmSounding, isFollowed, position_mm: leader.position_mm };
      const { target_mm } = this.traveller.tick(dt_ms, sight);
      this.#walk(leader, target_mm);
    }
    const follower = this.#follower;
    if (follower !== undefined && this.#tailgater !== undefined) {
      const followed =
        leader === undefined ? undefined : { state: this.traveller.state, position_mm: leader.position_mm };
      const { target_mm } = this.#tailgater.tick(dt_ms, { ...doors, position_mm: follower.position_mm }, followed);
      this.#walk(follower, target_mm);
    }
    this.#seeOff();
  }

  #isCloseBehind(leader: Body): boolean {
    const follower = this.#follower;
    return follower !== undefined && leader.position_mm - follower.position_mm < closeBehind_mm;
  }

  #walk(body: Body, target_mm: number): void {
    body.target_mm = target_mm;
    body.speed_mm_s = this.#speed_mm_s;
  }

  #seeOff(): void {
    const isFetched = this.#stay_ms > stayMax_ms;
    if (isFetched && !this.isGone) this.#tell('is fetched by staff');
    if (this.#leader !== undefined && (isFetched || this.traveller.state === 'gone')) {
      this.#hall.leave(this.#leader.id);
      this.#leader = undefined;
    }
    if (this.#follower !== undefined && (isFetched || this.#tailgater?.leftBy !== null)) {
      this.#hall.leave(this.#follower.id);
      this.#follower = undefined;
    }
  }
}
