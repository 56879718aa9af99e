/**
 * One life of a lane: the production controller with its journal on a disk, in a hall of virtual time, told to nobody but
 * its parent. Time stands still while the disk is waited for, so that a busy machine changes nothing.
 */
import { writeSync } from 'node:fs';
import { openJournal } from '../../gate-controller/journal/journal.ts';
import type { Committed } from '../../gate-controller/kernel/kernel.ts';
import { laneSubject } from '../../gate-controller/kernel/lane-parts.ts';
import type { LaneContext } from '../../gate-controller/lane/context.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { compose } from '../walks/compose.ts';
import { type Fate, strike } from '../walks/fate.ts';
import { doorNames } from '../walks/hall.ts';
import { type Misfortune, type MisfortuneName, type Plan, planOf, travellersOf } from '../walks/plan.ts';
import { Story } from '../walks/story.ts';
import { type Queue, travel } from '../walks/traveller.ts';
import { World } from '../walks/world.ts';
import { walkOut } from './left-behind.ts';
import type { Birth, HallState, Report } from './report.ts';
import { ReportedJournal } from './reported-journal.ts';

/** File descriptor of the pipe to the parent. */
const pipe = 3;
const travellers = { rough: 12, calm: 3 } as const;
/** From one traveller to the next: they queue when the lane is slow. */
const pace_ms = 30_000;
/** What ends a controller is the parent's business here, and disks are real. */
const excluded: ReadonlySet<MisfortuneName> = new Set([
  'powerCut',
  'powerCutBeforeDurable',
  'powerCutAfterDurable',
  'powerCutAtCommand',
  'diskSlow',
  'diskHangs',
  'wallJump',
]);

type Told = Report extends infer R ? (R extends Report ? Omit<R, 'at_ms'> : never) : never;

export class Killable {
  readonly #birth: Birth;
  readonly #world = new World(new Story(false));
  readonly #plan: Plan;
  #shape = '';

  constructor(birth: Birth) {
    this.#birth = birth;
    this.#plan = planFor(birth);
  }

  static tell(report: Told, at_ms = 0): void {
    writeSync(pipe, `${JSON.stringify({ at_ms, ...report })}\n`);
  }

  #tell(report: Told): void {
    Killable.tell(report, this.#world.time.now_ms);
  }

  async live(): Promise<void> {
    const { journal: file, down_ms, wall_ms } = this.#birth;
    const world = this.#world;
    world.time.jumpWall(wall_ms - world.time.wall_ms);
    const journal = new ReportedJournal(await openJournal(file), (type, seq) => this.#tell({ type, seq }));
    this.#tell({ type: 'opened', seq: journal.standing.last?.seq ?? 0 });
    this.#enterHall();
    const fate = this.#compose(journal);
    world.setHost(false);
    world.time.in(down_ms, () => {
      this.#tell({ type: 'boot' });
      fate.run.boot();
    });
    fate.officers.attend();
    this.#play(fate);
    let isOver = false;
    void this.#everybody(fate).then(() => {
      isOver = true;
    });
    await world.time.run(
      () => isOver,
      () => journal.isBusy,
    );
    this.#tell({ type: 'over' });
  }

  /** The hall as the last process has left it. */
  #enterHall(): void {
    const world = this.#world;
    const { leaves, commands, bodies, things } = this.#birth.hall;
    for (const door of doorNames) {
      world.hall.leaves[door].position_percent = leaves[door];
      world.hardware.commands[door] = commands[door];
    }
    for (const { id, position_mm } of bodies) {
      void walkOut(world, world.hall.enter(`${id}-before`, position_mm));
    }
    for (const [n, thing] of things.entries()) {
      world.hall.things.set(`before-${n}`, thing);
      // Somebody comes and fetches it.
      world.time.in(40_000, () => {
        world.hall.things.delete(`before-${n}`);
        world.touch();
      });
    }
    world.onPhysics = () => this.#tellHall();
    world.touch();
  }

  #compose(journal: ReportedJournal): Fate {
    return compose({
      world: this.#world,
      plan: this.#plan,
      intensity: 1,
      diskJournal: journal,
      passagesBefore: this.#birth.generation * 1_000,
      listener: {
        onStep: (step) => this.#tellStep(step),
        onDurable: () => {},
        onCommand: (door, command) => this.#tell({ type: 'ask', door, command }),
        onReading: () => {},
        onBoot: () => {},
        onDeath: () => {
          throw new Error('the controller ended by itself');
        },
        onUnforeseen: (what) => {
          throw new Error(what);
        },
      },
    });
  }

  /** Misfortunes strike in their time. */
  #play(fate: Fate): void {
    for (const one of this.#plan.happenings) {
      if (one.kind === 'misfortune') this.#world.time.at(one.at_ms, () => strike(fate, one));
    }
  }

  #everybody({ run }: Fate): Promise<unknown> {
    const queue: Queue = { atReader: null, waiting: [] };
    const parts = { world: this.#world, run, queue, lane: this.#birth.lane };
    return Promise.all(
      travellersOf(this.#plan).map((one) => this.#world.time.sleep(one.at_ms).then(() => travel(one, parts))),
    );
  }

  #tellStep(step: Committed): void {
    if (step.isIgnored && !step.isEnded) return;
    const because = step.subject === laneSubject ? reasonsOf(step.context as LaneContext) : [];
    this.#tell({ type: 'state', subject: step.subject, state: outermost(step.value), because });
  }

  #tellHall(): void {
    const { hall, hardware } = this.#world;
    const state: HallState = {
      leaves: { entry: round(hall.leaves.entry.position_percent), exit: round(hall.leaves.exit.position_percent) },
      commands: { ...hardware.commands },
      bodies: hall.bodies.map(({ id, position_mm }) => ({ id, position_mm: Math.round(position_mm) })),
      things: [...hall.things.values()],
    };
    const shape = JSON.stringify(state);
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.#tell({ type: 'hall', hall: state });
  }
}

const round = (percent: number): number => Math.round(percent * 10) / 10;

const reasonsOf = ({ blocking, selfTestFailures, lockdown }: LaneContext): readonly string[] => [
  ...blocking,
  ...selfTestFailures,
  ...(lockdown === null ? [] : [`lockdown:${lockdown}`]),
];

/** One traveller after another, some of them with something wrong; in calm weather everybody and everything is in order. */
function planFor({ seed, weather, lane }: Birth): Plan {
  const plan = planOf({ seed, lane, transactions: travellers[weather], intensity: weather === 'calm' ? 0 : 25 });
  const unlucky = plan.happenings.filter((one): one is Misfortune => one.kind === 'misfortune');
  const paced = travellersOf(plan).map((one, n) => ({ ...one, at_ms: n * pace_ms }));
  const struck = unlucky
    .filter(({ what }) => weather === 'rough' && !excluded.has(what))
    .map((one, n) => ({ ...one, at_ms: 20_000 + n * 45_000 + (one.seed % 45_000) }));
  return { ...plan, happenings: [...paced, ...struck] };
}
