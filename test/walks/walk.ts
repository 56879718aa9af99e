/** One walk: a plan played on a whole lane, watched at every step. The same plan gives the same walk, bit for bit. */
import type { Committed } from '../../gate-controller/kernel/kernel.ts';
import { laneSnapshot } from '../../gate-controller/kernel/lane-parts.ts';
import type { ChainedRecord } from '../../gate-controller/journal/record.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { type Fate, strike } from './fate.ts';
import { LaneRun } from './lane-run.ts';
import { Officers } from './officers.ts';
import type { Happening, Plan, Traveller } from './plan.ts';
import type { RiskTruth } from './risk-service.ts';
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
  readonly onRecord?: (record: ChainedRecord) => void;
};

/** How long the lane may take to serve again once nothing is the matter any more. */
const recovery_ms = 25 * 60_000;

const unknownHolder: RiskTruth = { isHit: false, conduct: 'good', answer_ms: 200 };

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
  const travellers = plan.happenings.filter((one): one is Traveller => one.kind === 'traveller');
  const byNumber = new Map(travellers.map((one) => [one.papers.number, one]));
  const byId = new Map(travellers.map((one) => [one.id, one]));
  const run: LaneRun = new LaneRun({
    world,
    seed: plan.seed,
    riskOf: (number) => {
      const one = byNumber.get(number);
      if (one === undefined) return unknownHolder;
      return { isHit: one.isHit, conduct: fate.riskForAll ?? one.risk, answer_ms: one.risk_ms };
    },
    isRiskWell: () => fate.riskForAll === null,
    lane: {
      topology: plan.lane === 'one-step' || plan.lane === 'segregated' ? plan.lane : 'integrated-two-step',
      isOverlapping: plan.lane === 'overlapping',
    },
    view: () => viewOf(world, byId),
    listener: {
      onStep: (step) => {
        if (isTold) world.tell(recordInWords(step));
        watch.onStep(step);
        officers.observe(step);
      },
      onDurable: (records) => watch.onDurable(records),
      onCommand: (door, command) => watch.onCommand(door, command),
      onReading: (reading) => watch.onReading(reading),
      onBoot: () => watch.onBoot(),
      onDeath: () => watch.onDeath(),
      onUnforeseen: (what) => watch.fail('failure', what),
    },
  });
  const officers = new Officers({ world, run, seed: plan.seed, intensity });
  const fate: Fate = { world, run, officers, riskForAll: null, excuses: new Map() };
  const watch = new Watch({ fate, travellerOf: (number) => byNumber.get(number) });
  world.onPhysics = () => watch.onPhysics();
  const crowd = { left: travellers.length, isOver: false };
  const queue: Queue = { atReader: null, waiting: [] };
  const happen = (one: Happening): void => {
    if (one.kind === 'misfortune') return strike(fate, one);
    const parts = { world, run, queue, lane: plan.lane, onEnd: () => (crowd.left -= 1) };
    void travel(one, parts).catch((error: unknown) => watch.fail('failure', `walk: ${String(error)}`));
  };
  run.journal.onRecord = onRecord;
  run.boot();
  officers.attend();
  for (const one of plan.happenings) world.time.at(one.at_ms, () => happen(one));
  void finish(world, crowd, plan.end_ms, () => {
    return isServing(run);
  }).then(() => {
    watch.judgeEnd(isServing(run), laneState(run));
    crowd.isOver = true;
  });
  await world.time.run(() => crowd.isOver || watch.broken.length > 0);
  const last = run.journal.standing.last;
  run.process.isAlive = false;
  return {
    broken: watch.broken[0] ?? null,
    digest: world.story.digest(last?.hash ?? new Uint8Array()),
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

const laneState = (run: LaneRun): string => {
  const kernel = run.controller?.kernel;
  return kernel === undefined ? 'dead' : outermost(laneSnapshot(kernel)?.value ?? '');
};

const isServing = (run: LaneRun): boolean => ['open', 'assisted'].includes(laneState(run));

function recordInWords({ seq, subject, event, isIgnored, value }: Committed): string {
  return `record ${seq} ${subject} ${event.type}${isIgnored ? ' (ignored)' : ''} -> ${JSON.stringify(value)}`;
}

/** The camera sees whoever stands foremost in the cabin. */
function viewOf(world: World, byId: ReadonlyMap<string, Traveller>) {
  const [foremost] = world.hall.inCabin().toSorted((a, b) => b.position_mm - a.position_mm);
  if (foremost === undefined) return { person: null, isAttack: false };
  const traveller = byId.get(foremost.id);
  // A picture of the holder is held before the face: what is compared is the holder, what is seen is flat.
  if (traveller?.isAttack === true) return { person: traveller.papers.holder, isAttack: true };
  return { person: foremost.id, isAttack: false };
}
