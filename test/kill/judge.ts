/**
 * What must be true after a lane was killed, judged from its journal and from what it said before it went on. Shares no rule
 * with the lane: records and reports only.
 */
import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import type { ChainedRecord } from '../../gate-controller/journal/record.ts';
import { type ChainPlace, walkChain } from '../../gate-controller/journal/verify.ts';
import { doorNames } from '../walks/hall.ts';
import { doorEffectsOf } from './door-effects.ts';
import type { Life } from './lives.ts';
import type { Report } from './report.ts';

export const rules = {
  ended: 'the process ended by itself',
  chain: 'the chain of records is broken, or a confirmed record is not in it',
  I4: 'a door was asked to move, and no durable record asked for it',
  exit: 'the exit was asked to open without an admit or an officer in the records',
  I9: 'something that was under way was resumed after a restart',
  hold: 'the first thing that a restarted lane asked of a door was a movement',
  cleared: 'a restarted lane served, or opened its exit, before the cabin was clear',
} as const;
export type Rule = keyof typeof rules;
export type Broken = { readonly rule: Rule; readonly what: string };

type Effects = {
  readonly effects: readonly { readonly type: string; readonly params: unknown }[];
  readonly isIgnored: boolean;
  readonly isEnded: boolean;
};
/** A record as far as it matters here. */
export type Read = {
  readonly seq: number;
  readonly subject: string;
  readonly kind: string;
  readonly event: string;
  readonly value: unknown;
  readonly context: Record<string, unknown> | null;
} & Effects;

export type Evidence = {
  readonly life: Pick<Life, 'reports' | 'wasKilled' | 'death'>;
  /** Records that this life has added. */
  readonly records: readonly ChainedRecord[];
  /** Where the chain stood before. */
  readonly before: ChainPlace;
  /** Passages that were under way when this life began. */
  readonly underWay: readonly string[];
};

function readOf(record: ChainedRecord): Read {
  const { value, context } = JSON.parse(record.state) as Pick<Read, 'value' | 'context'>;
  const { type } = JSON.parse(record.event) as { type: string };
  const { seq, subject, kind } = record;
  return { seq, subject, kind, event: type, value, context, ...(JSON.parse(record.effects) as Effects) };
}

export function judge(evidence: Evidence): readonly Broken[] {
  const records = evidence.records.map(readOf);
  const { life } = evidence;
  const unforeseen = life.reports.find((report) => report.type === 'unforeseen');
  const hasEnded = unforeseen !== undefined || (!life.wasKilled && life.death.at !== 'never' && !isOver(life.reports));
  return [
    ...(hasEnded ? [{ rule: 'ended', what: unforeseen?.what ?? 'without a word' } as const] : []),
    ...judgeChain(evidence),
    ...judgeDoors(life.reports, records),
    ...judgeRestart(records, evidence.underWay),
    ...judgeFirstAsks(life.reports),
    ...judgeClearing(life.reports, records),
  ];
}

const isOver = (reports: readonly Report[]): boolean => reports.some(({ type }) => type === 'over');

function judgeChain({ life, records, before }: Evidence): readonly Broken[] {
  const walked = walkChain(records, before);
  if ('because' in walked) return [{ rule: 'chain', what: `record ${walked.brokenAt} (${walked.because})` }];
  const last = (type: 'durable' | 'begun'): number =>
    life.reports.reduce((seq, report) => (report.type === type ? Math.max(seq, report.seq) : seq), before.seq);
  const broken: Broken[] = [];
  if (walked.seq < last('durable')) {
    broken.push({ rule: 'chain', what: `confirmed ${last('durable')}, there are ${walked.seq}` });
  }
  if (walked.seq > last('begun'))
    broken.push({ rule: 'chain', what: `begun ${last('begun')}, there are ${walked.seq}` });
  return broken;
}

/** Every movement that was asked for: what is wanted of the door by records that were durable before the question. */
function judgeDoors(reports: readonly Report[], records: readonly Read[]): readonly Broken[] {
  const broken: Broken[] = [];
  const wants = new Wants(records);
  for (const report of reports) {
    if (report.type === 'durable') wants.durableUpTo(report.seq);
    if (report.type !== 'ask' || report.command === 'hold') continue;
    const { door, command } = report;
    const causes = wants.of(door).filter((want) => want.command === command);
    if (causes.length === 0) {
      broken.push({ rule: 'I4', what: `${door} ${command} after record ${wants.seq}` });
      continue;
    }
    if (door === 'exit' && command === 'open' && !causes.some(({ record }) => mayOpenExit(record, records))) {
      broken.push({ rule: 'exit', what: `by record ${causes.map(({ record }) => record.seq).join(', ')}` });
    }
  }
  return broken;
}

type Want = { readonly command: DoorCommand; readonly record: Read };

/** What durable records want of each door: the last want, and what came before it in the same commit. */
class Wants {
  seq: number;
  readonly #records: readonly Read[];
  #at = 0;
  readonly #wants: Record<DoorName, Want[]> = { entry: [], exit: [] };

  constructor(records: readonly Read[]) {
    this.#records = records;
    this.seq = (records[0]?.seq ?? 1) - 1;
  }

  of(door: DoorName): readonly Want[] {
    return this.#wants[door];
  }

  durableUpTo(seq: number): void {
    for (const door of doorNames) this.#wants[door] = this.#wants[door].slice(-1);
    for (let next = this.#records[this.#at]; next !== undefined && next.seq <= seq; next = this.#records[this.#at]) {
      for (const effect of next.effects) {
        for (const { door, command } of doorEffectsOf(effect)) this.#wants[door].push({ command, record: next });
      }
      this.#at += 1;
    }
    this.seq = seq;
  }
}

/**
 * The record that opens the exit stands on an admit for which everything passed, or on an officer's release before it; in
 * maintenance on a technician's word.
 */
function mayOpenExit(record: Read, records: readonly Read[]): boolean {
  if (record.event === 'TECHNICIAN_MOVED_DOOR') return record.subject === 'lane' && record.value === 'maintenance';
  const { context, effects, subject, seq } = record;
  const by = (effects.find(({ type }) => type === 'openExit')?.params as { by?: string } | null)?.by;
  const own = records.filter((other) => other.subject === subject && other.seq <= seq);
  // Begun in this life: nothing of an earlier one opens a door.
  if (own[0]?.event !== 'STARTED') return false;
  if (by === 'admit') {
    const reasons = context?.reasons as readonly string[] | undefined;
    return context?.decision === 'admit' && reasons?.length === 0 && own.some(({ event }) => event === 'FACE_VERIFIED');
  }
  return by === 'officer' && own.some(({ event, isIgnored }) => event === 'OFFICER_RELEASED' && !isIgnored);
}

/** The first that a passage from before hears is that the controller was restarted, and that ends it. */
function judgeRestart(records: readonly Read[], underWay: readonly string[]): readonly Broken[] {
  const broken: Broken[] = [];
  for (const subject of underWay) {
    const own = records.filter((record) => record.subject === subject && record.kind !== 'late');
    const [first, ...others] = own;
    if (first === undefined) continue;
    const isEnd = first.event === 'RESTARTED' && first.value === 'interrupted' && first.isEnded;
    if (!isEnd || movesDoor(first) || first.context?.interruption !== 'CONTROLLER_RESTARTED') {
      broken.push({ rule: 'I9', what: `${subject}: ${first.event} led to ${JSON.stringify(first.value)}` });
    }
    if (others.length > 0) broken.push({ rule: 'I9', what: `${subject} goes on with ${others[0]?.event}` });
  }
  // Late answers move nothing.
  for (const late of records.filter(({ kind }) => kind === 'late')) {
    if (late.effects.length > 0) broken.push({ rule: 'I9', what: `${late.subject}: ${late.event} moved something` });
  }
  const lane = records.find(({ subject }) => subject === 'lane');
  if (lane !== undefined && lane.event !== 'RESTARTED' && lane.event !== 'STARTED') {
    broken.push({ rule: 'I9', what: `the lane goes on with ${lane.event}` });
  }
  return broken;
}

/** An inspection that is stopped moves nothing. */
const movesDoor = ({ effects }: Read): boolean => effects.some((effect) => doorEffectsOf(effect).length > 0);

function judgeFirstAsks(reports: readonly Report[]): readonly Broken[] {
  const asks = reports.filter((report) => report.type === 'ask');
  return doorNames.flatMap((name) => {
    const first = asks.find(({ door }) => door === name);
    if (first === undefined || first.command === 'hold') return [];
    return [{ rule: 'hold', what: `${name} ${first.command}` } as const];
  });
}

/** Until the cabin is seen clear behind shut doors no exit opens and no passage begins. */
function judgeClearing(reports: readonly Report[], records: readonly Read[]): readonly Broken[] {
  const broken: Broken[] = [];
  const isClear = (value: unknown): boolean => value === 'selfTest';
  const cleared = records.findIndex(({ subject, value }) => subject === 'lane' && isClear(value));
  const begun = records.findIndex(({ kind, event }) => kind === 'transaction' && event === 'STARTED');
  if (begun !== -1 && (cleared === -1 || begun < cleared)) {
    broken.push({ rule: 'cleared', what: `${records[begun]?.subject} began` });
  }
  let isMaintenance = false;
  let hall: Extract<Report, { type: 'hall' }>['hall'] | undefined;
  for (const report of reports) {
    if (report.type === 'hall') hall = report.hall;
    if (report.type === 'state' && report.subject === 'lane') isMaintenance = report.state === 'maintenance';
    if (report.type === 'ask' && report.door === 'exit' && report.command === 'open' && !isMaintenance) {
      broken.push({ rule: 'cleared', what: 'the exit was asked to open' });
    }
    if (report.type !== 'state' || report.subject !== 'lane' || !isClear(report.state)) continue;
    const inside = hall?.bodies.filter(({ position_mm }) => position_mm > 325 && position_mm < 1_675) ?? [];
    if (inside.length > 0) broken.push({ rule: 'cleared', what: `${inside.length} in the cabin` });
    break;
  }
  return broken;
}
