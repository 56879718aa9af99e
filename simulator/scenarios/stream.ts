/** A gentle stream of travellers: mostly genuine, now and then a misfortune, one after another. */
import { between, pick } from '../hall/random.ts';
import type { Random } from '../hall/random.ts';
import { watchlistedPerson } from './listed-persons.ts';
import { isForAnyLane, type Scenario } from './scenario.ts';
import { genuineWith, scenarios } from './scenarios.ts';

/** Share of travellers with whom nothing goes wrong. */
const genuineShare = 0.75;
/** Whoever has just started the lane sees first how it should go. */
const genuineFirst = 2;
/** Pause between one traveller's leaving and the next one's coming, ms. */
const gap_ms = { from: 2500, to: 6000 } as const;

export class TravellerStream {
  readonly #random: Random;
  readonly #people: readonly string[];
  readonly #misfortunes = scenarios.filter((scenario) => scenario.name !== 'genuine' && isForAnyLane(scenario));
  #isPaused: boolean;
  #wait_ms: number;
  #sent = 0;

  /** `people`: ids of everybody who can come; whoever is on the watchlist never comes as a genuine traveller. */
  constructor(random: Random, people: readonly string[], isPaused: boolean) {
    this.#random = random;
    this.#people = people.filter((person) => person !== watchlistedPerson);
    this.#isPaused = isPaused;
    this.#wait_ms = between(random, gap_ms.from, gap_ms.to);
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused;
  }

  /**
   * The next traveller when it is their time, else undefined. `isLaneInviting`: nobody is about and the gate asks for a
   * document; somebody who sees a closed lane goes elsewhere.
   */
  tick(dt_ms: number, isLaneInviting: boolean): Scenario | undefined {
    if (this.#isPaused || !isLaneInviting) return undefined;
    this.#wait_ms -= dt_ms;
    if (this.#wait_ms > 0) return undefined;
    this.#wait_ms = between(this.#random, gap_ms.from, gap_ms.to);
    return this.#next();
  }

  #next(): Scenario {
    this.#sent += 1;
    if (this.#sent <= genuineFirst || this.#random() < genuineShare)
      return genuineWith(pick(this.#random, this.#people));
    return pick(this.#random, this.#misfortunes);
  }
}
