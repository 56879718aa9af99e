/** One walk: a plan played on a whole lane, watched at every step. The same plan gives the same walk, bit for bit. */
import type { Committed } from '../../gate-controller/kernel/kernel.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import { compose } from './compose.ts';
import { strike } from './fate.ts';
import type { LaneRun } from './lane-run.ts';
import { type Happening, type Plan, travellersOf } from './plan.ts';
import { Story } from './story.ts';
import { type Queue, travel } from './traveller.ts';
import type { Broken } from './rules.ts';
import { Watch } from './watch.ts';
import { World } from './world.ts';

export type WalkResult = {
  readonly broken: Broken | null;
  readonly digest: string;
  readonly virtual_ms: number;
  readonly checks: number;
  readonly records: number;
  readonly restarts: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly story: readonly string[];
};

export type WalkOptions = {
  readonly intensity: number;
  /** Keeps the text of the story. */
  readonly isTold: boolean;
  /** Sees each record of the journal. */
  readonly onRecord?: (record: JournalRecord) => void;
};

/** How long the lane may take to serve again once nothing is the matter any more. */
const recovery_ms = 25 * 60_000;

export async function walk(plan: Plan, options: WalkOptions): Promise<WalkResult> {
  // Every aborted request makes an error that nobody reads: its stack would cost more than the passage.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await play(plan, options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function play(plan: Plan, { intensity, isTold, onRecord }: WalkOptions): Promise<WalkResult> {
  const world = new World(new Story(isTold));
  const travellers = travellersOf(plan);
  const byNumber = new Map(travellers.map((one) => [one.papers.number, one]));
  const fate = compose({
    world,
    plan,
    intensity,
    listener: {
      onStep: (step) => {
        if (isTold) world.tell(recordInWords(step));
        watch.onStep(step);
      },
      onDurable: (records) => watch.onDurable(records),
      onCommand: (door, command) => watch.onCommand(door, command),
      onReading: (reading) => watch.onReading(reading),
      onBoot: () => watch.onBoot(),
      onDeath: () => watch.onDeath(),
      onUnforeseen: (what) => watch.fail('failure', what),
    },
  });
  const { run, officers } = fate;
  const watch = new Watch({ fate, travellerOf: (number) => byNumber.get(number) });
  world.onPhysics = () => watch.onPhysics();
  const crowd = { left: travellers.length, isOver: false };
  const queue: Queue = { atReader: null, waiting: [] };
  const happen = (one: Happening): void => {
    if (one.kind === 'misfortune') return strike(fate, one);
    travel(one, { world, run, queue, lane: plan.lane }).then(
      () => (crowd.left -= 1),
      (error: unknown) => watch.fail('failure', `walk: ${String(error)}`),
    );
  };
  run.journal.onRecord = (record) => {
    world.story.keep(record);
    onRecord?.(record);
  };
  run.boot();
  officers.attend();
  for (const one of plan.happenings) world.time.at(one.at_ms, () => happen(one));
  void finish(world, crowd, plan.end_ms, () => isServing(run)).then(() => {
    watch.judgeEnd(isServing(run), run.laneState);
    crowd.isOver = true;
  });
  await world.time.run(() => crowd.isOver || watch.broken.length > 0);
  run.process.isAlive = false;
  return {
    broken: watch.broken[0] ?? null,
    digest: world.story.digest(),
    virtual_ms: world.time.now_ms,
    checks: watch.checks,
    records: run.journal.count,
    restarts: run.process.number - 1,
    outcomes: watch.outcomes,
    story: world.story.lines,
  };
}

/** Everybody has gone and every misfortune is over: the lane must come back by itself and by its officers. */
async function finish(world: World, crowd: { left: number }, end_ms: number, isServing: () => boolean): Promise<void> {
  await world.time.sleep(end_ms);
  for (let n = 0; n < 240 && crowd.left > 0; n += 1) await world.time.sleep(30_000);
  await world.time.sleep(150_000);
  const until_ms = world.time.now_ms + recovery_ms;
  while (world.time.now_ms < until_ms && !isServing()) await world.time.sleep(5_000);
}

const isServing = ({ laneState }: LaneRun): boolean => ['open', 'assisted'].includes(laneState);

function recordInWords({ seq, subject, event, isIgnored, value }: Committed): string {
  return `record ${seq} ${subject} ${event.type}${isIgnored ? ' (ignored)' : ''} -> ${JSON.stringify(value)}`;
}
