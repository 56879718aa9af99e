/** Passages: who waits, who walks, and the story of each. A party comes when the one before has left, or close behind it. */
import type { PassageView } from '../bench/messages.ts';
import type { Hall } from '../hall/hall.ts';
import { mannerNamed } from '../hall/manners.ts';
import { createPace } from '../hall/pace.ts';
import { Party, type PartySurroundings } from '../hall/party.ts';
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
  begin(scenario: Scenario, passageId: string): void;
  /** Once a tick while the party is about: what is to happen at a moment of theirs, happens. */
  follow(passageId: string, party: Party, dt_ms: number): void;
  /** The party has left, or never came. */
  end(passageId: string): void;
}

type Passage = {
  readonly id: string;
  readonly scenario: Scenario;
  readonly isFast: boolean;
  /** Comes up to the reader while the traveller before is still in the lane. */
  readonly isClose: boolean;
  readonly began_ms: number;
  readonly story: { at_ms: number; event: string }[];
  traveller: string;
  state: PassageView['state'];
  leftBy: PassageView['leftBy'];
};

/** A passage whose party is being made ready, waits for room to appear, or walks. */
type Underway = { readonly passage: Passage; belongings?: Belongings; party?: Party };

export const waitingMax = 20;
const rememberedMax = 40;
const storyMax = 100;

/** One in the cabin, one at the reader. */
const underwayMax = 2;

export class Passages {
  readonly #hall: Hall;
  readonly #backstage: Backstage;
  readonly #seed: number;
  #passages: Passage[] = [];
  #underway: readonly Underway[] = [];
  #count = 0;

  constructor(hall: Hall, backstage: Backstage, seed: number) {
    this.#hall = hall;
    this.#backstage = backstage;
    this.#seed = seed;
  }

  /** Parties in the hall, first come first. */
  get parties(): readonly Party[] {
    return this.#underway.flatMap(({ party }) => (party === undefined ? [] : [party]));
  }

  /** Nobody walks and nobody waits. */
  get isQuiet(): boolean {
    return this.#passages.every((passage) => passage.state === 'done');
  }

  /** Queues a traveller; returns the passage's id. */
  send(scenario: Scenario, isFast: boolean, isClose = false): { readonly id: string } | 'too-many' {
    if (this.#passages.filter((passage) => passage.state === 'queued').length >= waitingMax) return 'too-many';
    const id = `t${String(++this.#count).padStart(4, '0')}`;
    const { now_ms } = this.#hall;
    this.#passages.push({
      id,
      scenario,
      isFast,
      isClose,
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

  tick(dt_ms: number, surroundings: PartySurroundings): void {
    for (const underway of this.#underway) this.#advance(underway, dt_ms, surroundings);
    const next = this.#passages.find(
      (passage) => passage.state === 'queued' && !this.#underway.some((each) => each.passage === passage),
    );
    if (next !== undefined && this.#mayComeUp(next)) this.#setOut(next);
  }

  /** One after another, unless the next is in a hurry and the one before is past the entry. */
  #mayComeUp({ isClose }: Passage): boolean {
    if (this.#underway.length === 0) return true;
    if (!isClose || this.#underway.length >= underwayMax) return false;
    return this.#underway.every(({ party }) => party?.isPastEntry === true);
  }

  #advance(underway: Underway, dt_ms: number, surroundings: PartySurroundings): void {
    const { passage, belongings, party } = underway;
    if (party !== undefined) {
      party.tick(dt_ms, surroundings);
      this.#backstage.follow(passage.id, party, dt_ms);
      if (party.isGone) this.#finish(underway, party.leftBy);
    } else if (belongings !== undefined && Party.isRoomFor(this.#hall)) {
      underway.party = this.#enter(passage, belongings);
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
    const underway: Underway = { passage };
    this.#underway = [...this.#underway, underway];
    this.#backstage.prepare(passage.scenario, passage.id).then(
      (belongings) => {
        underway.belongings = belongings;
      },
      () => {
        this.#tell(passage, 'could not be made ready and never came');
        this.#finish(underway, 'neverEntered');
      },
    );
  }

  #enter(passage: Passage, belongings: Belongings): Party {
    passage.traveller = belongings.name;
    passage.state = 'walking';
    const { manner, second } = passage.scenario.behaviour;
    const slowness = mannerNamed(manner).slowness;
    this.#backstage.begin(passage.scenario, passage.id);
    const party = new Party(this.#hall, {
      id: passage.id,
      pace: createPace(forkedRandom(this.#seed, passage.id), passage.isFast, slowness),
      hands: belongings.hands,
      ...(second === undefined ? {} : { second }),
      ...(manner === undefined ? {} : { manner }),
      tell: (event) => this.#tell(passage, event),
    });
    belongings.onTakeAway(() => party.traveller.snatchDocument());
    return party;
  }

  #finish(underway: Underway, leftBy: PassageView['leftBy']): void {
    const { passage } = underway;
    this.#underway = this.#underway.filter((each) => each !== underway);
    passage.state = 'done';
    passage.leftBy = leftBy;
    this.#backstage.end(passage.id);
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
