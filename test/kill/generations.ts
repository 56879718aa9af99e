/** One hall and one journal, through many lives of the controller. */
import { existsSync } from 'node:fs';
import { JournalDatabase, type Standing } from '../../gate-controller/journal/database.ts';
import type { ChainedRecord } from '../../gate-controller/journal/record.ts';
import { type ChainPlace, chainBegin } from '../../gate-controller/journal/verify.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { lane } from '../../simulator/hall/geometry.ts';
import { forkedRandom, pick, type Random } from '../../simulator/hall/random.ts';
import type { LaneKind } from '../walks/plan.ts';
import { begin_ms } from '../walks/world.ts';
import { type Broken, judge } from './judge.ts';
import { type Death, type Life, Unborn } from './lives.ts';
import type { Birth, HallState, Report } from './report.ts';

export type Killed = {
  readonly kind: LaneKind;
  readonly generation: number;
  readonly death: Death;
  readonly broken: readonly Broken[];
  /** Where lane and passage stood in the journal when the process died. */
  readonly lane: string;
  readonly passage: string;
  /** What became of the commit that was under way. */
  readonly commit: 'none' | 'kept' | 'lost';
  readonly wasKilled: boolean;
  readonly lasted_ms: number;
  readonly safeAfter_ms: number | null;
  /** From the controller's start to a clear cabin behind shut doors, virtual ms. */
  readonly clearedAfter_ms: number | null;
  readonly servedAfter_ms: number | null;
  /** Somebody was in the cabin when the life began. */
  readonly isCabinOccupied: boolean;
  /** The lane did not serve in this life, and named what kept it. */
  readonly hasSaidWhy: boolean;
};

export type LineOptions = {
  readonly kind: LaneKind;
  readonly seed: number;
  readonly kills: number;
  readonly folder: string;
  readonly program: string;
};

const emptyHall: HallState = {
  leaves: { entry: 0, exit: 0 },
  commands: { entry: 'hold', exit: 'hold' },
  bodies: [],
  things: [],
};
const restart_ms = 2_500;
/** States that few records are written in: chance alone hits them seldom. */
const sought = [
  'awaitingRemoval',
  'awaitingCabin',
  'awaitingGate',
  'entering',
  'closingUnused',
  'separating',
  'clearingTailgate',
  'capturing',
  'joiningRisk',
  'concealing',
  'held',
  'returning',
  'leaving',
  'closingExit',
  'clearingCabin',
  'draining',
] as const;

/** A lane that is killed again and again, and in the end left alone in calm weather. */
export class Line {
  readonly killed: Killed[] = [];
  readonly #o: LineOptions;
  readonly #random: Random;
  #hall = emptyHall;
  #wall_ms = begin_ms;
  #place: ChainPlace = chainBegin;
  #underWay: readonly string[] = [];

  constructor(options: LineOptions) {
    this.#o = options;
    this.#random = forkedRandom(options.seed, 'deaths');
  }

  get journal(): string {
    return `${this.#o.folder}/journal.db`;
  }

  /** The last life: nobody kills it, and everything about its travellers is in order. */
  async run(): Promise<Life> {
    const { kills, program } = this.#o;
    let unborn = new Unborn(program);
    try {
      for (let generation = 0; generation < kills; generation += 1) {
        const living = unborn;
        // The next one loads while this one lives.
        unborn = new Unborn(program);
        this.#bury(generation, await living.live(this.#birth(generation, 'rough'), this.#death()));
      }
      const last = await unborn.live(this.#birth(kills, 'calm'), { at: 'never' });
      this.#bury(kills, last);
      return last;
    } finally {
      await unborn.end();
    }
  }

  #birth(generation: number, weather: Birth['weather']): Birth {
    return {
      journal: this.journal,
      seed: this.#o.seed * 10_000 + generation,
      generation,
      lane: this.#o.kind,
      hall: this.#hall,
      wall_ms: this.#wall_ms,
      down_ms: restart_ms,
      weather,
    };
  }

  /** Spread over starting, serving and the commits themselves; a little later than the report, so that more is under way. */
  #death(): Death {
    const random = this.#random;
    const choice = random();
    if (choice < 0.06) return { at: 'birth', after_ms: random() * 120 };
    if (choice < 0.4)
      return { at: 'reached', state: pick(random, sought), after_ms: random() < 0.5 ? 0 : random() * 4 };
    const at = choice < 0.65 ? 'begun' : choice < 0.8 ? 'ask' : choice < 0.9 ? 'durable' : 'state';
    const isEarly = random() < 0.15;
    const most = at === 'ask' ? 24 : at === 'state' ? 70 : 50;
    const count = isEarly ? 1 + Math.floor(random() * 8) : 8 + Math.floor(random() * most);
    return { at, count, after_ms: random() < 0.5 ? 0 : random() * 6 };
  }

  #bury(generation: number, life: Life): void {
    const isOccupied = this.#hall.bodies.some(
      ({ position_mm }) => position_mm > lane.chamberFrom_mm && position_mm < lane.chamberTo_mm,
    );
    const { records, standing } = this.#read();
    const broken = judge({ life, records, before: this.#place, underWay: this.#underWay });
    const { last, subjects } = standing;
    if (last !== null) this.#place = { seq: last.seq, hash: last.hash };
    const passages = subjects.filter(({ kind }) => kind === 'transaction');
    this.#underWay = passages.map(({ subject }) => subject);
    this.killed.push({
      kind: this.#o.kind,
      generation,
      death: life.death,
      broken,
      lane: stateIn(subjects.find(({ kind }) => kind === 'lane')),
      passage: stateIn(passages[0]),
      commit: commitOf(life.reports, this.#place.seq),
      ...timesOf(life),
      isCabinOccupied: isOccupied,
    });
    this.#leave(life.reports);
  }

  /** The journal as the dead process left it. One that died very early has not begun it. */
  #read(): { records: readonly ChainedRecord[]; standing: Standing<ChainedRecord> } {
    const nothing = { records: [], standing: { last: null, subjects: [], timers: [] } };
    if (!existsSync(this.journal)) return nothing;
    const database = new JournalDatabase(this.journal, { readOnly: true });
    try {
      return { records: [...database.records(this.#place.seq + 1)], standing: database.standing() };
    } catch (error) {
      // The file is there, and its tables are not yet.
      if (this.#place.seq === 0 && error instanceof Error && error.message.includes('no such table')) return nothing;
      throw error;
    } finally {
      database.close();
    }
  }

  /** The hall and the clock on the wall go on from where they were. */
  #leave(reports: readonly Report[]): void {
    const hall = reports.findLast((report) => report.type === 'hall');
    if (hall !== undefined) this.#hall = hall.hall;
    this.#wall_ms += (reports.at(-1)?.at_ms ?? 0) + 1;
  }
}

const stateIn = (record: ChainedRecord | undefined): string =>
  record === undefined ? 'none' : outermost((JSON.parse(record.state) as { value: unknown }).value);

function commitOf(reports: readonly Report[], seq: number): Killed['commit'] {
  const last = (type: 'begun' | 'durable'): number => {
    const report = reports.findLast((one) => one.type === type);
    return report !== undefined && 'seq' in report ? report.seq : 0;
  };
  if (last('begun') <= last('durable')) return 'none';
  return seq >= last('begun') ? 'kept' : 'lost';
}

function timesOf({ reports, wasKilled, lasted_ms, safeAfter_ms }: Life) {
  const boot_ms = reports.find(({ type }) => type === 'boot')?.at_ms ?? 0;
  const after = (states: readonly string[]): number | null => {
    const found = reports.find((one) => one.type === 'state' && one.subject === 'lane' && states.includes(one.state));
    return found === undefined ? null : found.at_ms - boot_ms;
  };
  return {
    wasKilled,
    lasted_ms,
    safeAfter_ms,
    clearedAfter_ms: after(['selfTest']),
    servedAfter_ms: after(['open', 'assisted']),
    hasSaidWhy: reports.some(
      (one) => one.type === 'state' && one.subject === 'lane' && one.because.length > 0 && one.state !== 'starting',
    ),
  };
}
