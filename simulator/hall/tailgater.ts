/**
 * Somebody without a document of their own who slips in close behind a traveller, is not impressed by a door that opens
 * behind them, and leaves when the traveller does.
 */
import { bodyGap_mm, bodyWidth_mm, lane, passable_percent } from './geometry.ts';
import { backInHall_mm, behindExit_mm, patience } from './traveller.ts';
import type { TravellerState } from './doings.ts';
import type { Hands, Side, Sight } from './traveller.ts';

/** How close behind: an arm's length. */
export const following_mm = bodyWidth_mm + bodyGap_mm + 60;
const waitingBehind_mm = bodyWidth_mm + bodyGap_mm + 400;

/** A tailgater looks at doors and at whom they follow, not at lamps. */
export type OwnSight = Pick<Sight, 'entryDoor_percent' | 'exitDoor_percent' | 'position_mm'>;

export type Leader = { readonly state: TravellerState; readonly position_mm: number };

export class Tailgater {
  #way: 'behind' | 'out' | 'back' | 'gone' = 'behind';
  #hasBeenInside = false;
  #inside_ms = 0;
  #leftBy: Side | null = null;
  readonly #hands: Pick<Hands, 'pressEmergencyOpen'>;
  readonly #understandsAfter_ms: number;

  /** `understandsAfter_ms`: how long it takes them, inside before an open entry, to see that they should go back. */
  constructor(hands: Pick<Hands, 'pressEmergencyOpen'>, understandsAfter_ms = Number.POSITIVE_INFINITY) {
    this.#hands = hands;
    this.#understandsAfter_ms = understandsAfter_ms;
  }

  get leftBy(): Side | null {
    return this.#leftBy;
  }

  get doing(): string {
    switch (this.#way) {
      case 'behind':
        return this.#hasBeenInside ? 'stands behind the traveller' : 'follows the traveller';
      case 'out':
        return 'walks out through the exit';
      case 'back':
        return 'walks back to the public hall';
      case 'gone':
        return 'has left';
      default:
        return this.#way satisfies never;
    }
  }

  /** Looks and says where to walk to. `leader` is undefined once the traveller has left. */
  tick(dt_ms: number, sight: OwnSight, leader: Leader | undefined): { readonly target_mm: number } {
    if (sight.position_mm > lane.chamberFrom_mm) this.#hasBeenInside = true;
    this.#waitInside(dt_ms, sight);
    this.#decide(sight, leader);
    if (this.#way === 'out') return { target_mm: lane.exit_mm + lane.hall_mm };
    if (this.#way === 'back') return { target_mm: -lane.hall_mm };
    if (this.#way === 'gone' || leader === undefined) return { target_mm: sight.position_mm };
    const isLeaderGoingIn = leader.state === 'enteringChamber' || leader.position_mm > 0;
    return { target_mm: leader.position_mm - (isLeaderGoingIn ? following_mm : waitingBehind_mm) };
  }

  #waitInside(dt_ms: number, sight: OwnSight): void {
    const isInside = sight.position_mm > 0 && sight.position_mm < lane.exit_mm;
    const before_ms = this.#inside_ms;
    this.#inside_ms = isInside ? before_ms + dt_ms : 0;
    if (before_ms <= patience.inChamber_ms && this.#inside_ms > patience.inChamber_ms) this.#hands.pressEmergencyOpen();
  }

  #decide(sight: OwnSight, leader: Leader | undefined): void {
    if (this.#way === 'gone') return;
    if (sight.position_mm >= behindExit_mm) this.#end('exit');
    else if (this.#way === 'back' && sight.position_mm <= backInHall_mm)
      this.#end(this.#hasBeenInside ? 'entry' : 'neverEntered');
    else if (this.#inside_ms > this.#understandsAfter_ms && sight.entryDoor_percent >= passable_percent)
      this.#way = 'back';
    else if (leader === undefined || leader.state === 'leaving') this.#way = this.#wayAfter(sight);
    else if (leader.state === 'walkingBack' || leader.state === 'goingToDesk') this.#way = 'back';
  }

  /** The traveller is leaving or has left: through whatever is open. */
  #wayAfter(sight: OwnSight): 'out' | 'back' | 'behind' {
    if (sight.position_mm < 0) return 'back';
    if (sight.exitDoor_percent >= passable_percent) return 'out';
    if (sight.entryDoor_percent >= passable_percent) return 'back';
    return this.#way === 'gone' ? 'behind' : this.#way;
  }

  #end(side: Side): void {
    this.#leftBy = side;
    this.#way = 'gone';
  }
}
