/** Passages one after another: who waits, who walks, and the story of each. One party is in the hall at a time. */
import type { Lamps } from '../../drivers/contracts/gate-io.ts';
import type { PassageView } from '../bench/messages.ts';
import type { Hall } from '../hall/hall.ts';
import { createPace } from '../hall/pace.ts';
import { Party } from '../hall/party.ts';
import { forkedRandom } from '../hall/random.ts';
import type { Hands } from '../hall/traveller.ts';
import type { Scenario } from './scenarios.ts';

/** What a traveller brings: a document for the readers and a face for the camera, and the way to put both away. */
export type Belongings = {
  readonly hands: Hands;
  /** The traveller's name, invented. */
  readonly name: string;
  /** Hears when the chip has answered so many commands that an impatient bearer would take it away. */
  onTakeAway(listener: () => void): void;
};

export interface Backstage {
  /** Makes document and face of a scenario ready. Rejects when that is impossible. */
  prepare(scenario: Scenario, passageId: string): Promise<Belongings>;
  /** The party sets out: what misbehaves with them begins to. */
  begin(scenario: Scenario): void;
  /** The party has left, or never came. */
  end(scenario: Scenario): void;
}

export type Surroundings = { readonly lamps: Lamps; readonly isAlarmSounding: boolean };

type Passage = {
  readonly id: string;
  readonly scenario: Scenario;
  readonly isFast: boolean;
  readonly began_ms: number;
  readonly story: { at_ms: number; event: string }[];
  traveller: string;
  state: PassageView['state'];
  leftBy: PassageView['leftBy'];
};

export const waitingMax = 20;
const rememberedMax = 40;
const storyMax = 100;

export class Passages {
  readonly #hall: Hall;
  readonly #backstage: Backstage;
  readonly #seed: number;
  #passages: Passage[] = [];
  #current: Passage | undefined;
  #party: Party | undefined;
  #count = 0;

  constructor(hall: Hall, backstage: Backstage, seed: number) {
    this.#hall = hall;
    this.#backstage = backstage;
    this.#seed = seed;
  }

  /** The party in the hall, if any. */
  get party(): Party | undefined {
    return this.#party;
  }

  /** Nobody walks and nobody waits. */
  get isQuiet(): boolean {
    return this.#passages.every((passage) => passage.state === 'done');
  }

  /** Queues a traveller; returns the passage's id. */
  send(scenario: Scenario, isFast: boolean): { readonly id: string } | 'too-many' {
    if (this.#passages.filter((passage) => passage.state === 'queued').length >= waitingMax) return 'too-many';
    const id = `t${String(++this.#count).padStart(4, '0')}`;
    const { now_ms } = this.#hall;
    this.#passages.push({
      id,
      scenario,
      isFast,
      began_ms: now_ms,
      story: [{ at_ms: 0, event: 'is on the way' }],
      traveller: '',
      state: 'queued',
      leftBy: null,
    });
    const excess = this.#passages.length - rememberedMax;
    if (excess > 0) this.#forgetOldest(excess);
    return { id };
  }

  tick(dt_ms: number, surroundings: Surroundings): void {
    const party = this.#party;
    if (party !== undefined) {
      party.tick(dt_ms, surroundings.lamps, surroundings.isAlarmSounding);
      if (party.isGone) this.#finish(party.leftBy);
    } else if (this.#current === undefined) {
      const next = this.#passages.find((passage) => passage.state === 'queued');
      if (next !== undefined) this.#setOut(next);
    }
  }

  view(id: string): PassageView | undefined {
    const passage = this.#passages.find((candidate) => candidate.id === id);
    return passage === undefined ? undefined : viewOf(passage);
  }

  /** Newest first. */
  views(): readonly PassageView[] {
    return this.#passages.map(viewOf).toReversed();
  }

  #setOut(passage: Passage): void {
    this.#current = passage;
    this.#backstage.prepare(passage.scenario, passage.id).then(
      (belongings) => this.#enter(passage, belongings),
      () => {
        this.#tell(passage, 'could not be made ready and never came');
        this.#finish('neverEntered');
      },
    );
  }

  #enter(passage: Passage, belongings: Belongings): void {
    passage.traveller = belongings.name;
    passage.state = 'walking';
    this.#backstage.begin(passage.scenario);
    const party = new Party(this.#hall, {
      id: passage.id,
      pace: createPace(forkedRandom(this.#seed, passage.id), passage.isFast),
      hands: belongings.hands,
      hasTailgater: passage.scenario.behaviour.isTailgated === true,
      tell: (event) => this.#tell(passage, event),
    });
    this.#party = party;
    belongings.onTakeAway(() => party.traveller.snatchDocument());
  }

  #finish(leftBy: PassageView['leftBy']): void {
    const passage = this.#current;
    this.#current = undefined;
    this.#party = undefined;
    if (passage === undefined) return;
    passage.state = 'done';
    passage.leftBy = leftBy;
    this.#backstage.end(passage.scenario);
  }

  #tell(passage: Passage, event: string): void {
    if (passage.story.length >= storyMax) return;
    passage.story.push({ at_ms: Math.round(this.#hall.now_ms - passage.began_ms), event });
  }

  #forgetOldest(excess: number): void {
    const done = this.#passages.filter((passage) => passage.state === 'done').slice(0, excess);
    this.#passages = this.#passages.filter((passage) => !done.includes(passage));
  }
}

function viewOf({ id, scenario, traveller, state, story, leftBy }: Passage): PassageView {
  return { id, scenario: scenario.name, traveller, state, story: [...story], leftBy };
}
