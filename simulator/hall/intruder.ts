/** Somebody on the far side who slips in through the exit while it closes behind a traveller, and leaves when let out. */
import { lane, passable_percent } from './geometry.ts';
import type { OwnSight } from './tailgater.ts';
import { backInHall_mm, type Side } from './traveller.ts';

/** Where an intruder waits: an arm's length behind where travellers are out of the way. */
export const lurking_mm = lane.exit_mm + 1_900;
/** Runs. */
export const intruding_mm_s = 3_000;
const inside_mm = 1_100;
const gone_mm = lane.exit_mm + 2_600;
/** Somebody whom the shut exit keeps out goes away again. */
const tryFor_ms = 6_000;
const shut_percent = 10;

export class Intruder {
  #way: 'in' | 'inside' | 'back' | 'away' | 'gone' = 'in';
  #trying_ms = 0;
  #hasSeenExitShut = false;
  #leftBy: Side | null = null;

  get leftBy(): Side | null {
    return this.#leftBy;
  }

  get doing(): string {
    switch (this.#way) {
      case 'in':
        return 'runs in through the exit';
      case 'inside':
        return 'stands in the cabin without leave';
      case 'back':
        return 'walks out to the public hall';
      case 'away':
        return 'walks away';
      case 'gone':
        return 'has left';
      default:
        return this.#way satisfies never;
    }
  }

  /** Looks and says where to walk to. */
  tick(dt_ms: number, sight: OwnSight): { readonly target_mm: number } {
    const { position_mm } = sight;
    if (this.#way === 'in') this.#tryIn(dt_ms, position_mm);
    if (this.#way === 'inside' && sight.exitDoor_percent < shut_percent) this.#hasSeenExitShut = true;
    if (this.#way === 'inside' && sight.entryDoor_percent >= passable_percent) this.#way = 'back';
    else if (this.#hasSeenExitShut && this.#way === 'inside' && sight.exitDoor_percent >= passable_percent)
      this.#way = 'away';
    if (position_mm <= backInHall_mm) this.#end('entry');
    else if (this.#way === 'away' && position_mm >= gone_mm) this.#end('exit');
    const targets = { in: inside_mm, inside: inside_mm, back: -lane.hall_mm, away: lane.exit_mm + lane.hall_mm };
    return { target_mm: this.#way === 'gone' ? position_mm : targets[this.#way] };
  }

  #tryIn(dt_ms: number, position_mm: number): void {
    this.#trying_ms += dt_ms;
    if (position_mm <= inside_mm + 20) this.#way = 'inside';
    else if (position_mm > lane.exit_mm && this.#trying_ms > tryFor_ms) this.#way = 'away';
  }

  #end(side: Side): void {
    this.#leftBy = side;
    this.#way = 'gone';
  }
}
