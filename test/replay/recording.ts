/**
 * A recording: what one machine was given, event by event, and what it answered. Made from the journal's records; kept as
 * JSON lines, first the head, then one step a line. README.md says what is in it and what is left out.
 */
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import { defaultLaneTimings, type LaneContext, type LaneInput } from '../../gate-controller/lane/context.ts';
import { operatingPoint } from '../../gate-controller/decision/operating-points.ts';
import type { TransactionContext, TransactionInput } from '../../gate-controller/transaction/context.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';

export const format = 'border-gate-recording/1';

export type MachineKind = 'transaction' | 'lane';

export type Head = {
  readonly format: typeof format;
  readonly machine: MachineKind;
  readonly title: string;
  /** Where the journal came from. */
  readonly recordedFrom: string;
  /** What the machine was started with; `default` stands for the product's own values, whatever they are by then. */
  readonly input: Readonly<Record<string, unknown>>;
};

export type Step = {
  readonly event: { readonly type: string; readonly at_ms: number };
  readonly state: unknown;
  /** Names and parameters, in order. */
  readonly effects?: readonly { readonly type: string; readonly params: unknown }[];
  /** Waits that begin, with their length in ms. */
  readonly waits?: Readonly<Record<string, number>>;
  readonly isIgnored?: true;
  /** What was judged and remembered, where it has changed. */
  readonly judged?: Readonly<Record<string, unknown>>;
};

export type Recording = { readonly head: Head; readonly steps: readonly Step[] };

const inputKeys: Readonly<Record<MachineKind, readonly string[]>> = {
  transaction: [
    'transactionId',
    'startedAt_ms',
    'hall',
    'topology',
    'profile',
    'isAssisted',
    'isCabinFree',
    'policy',
    'versions',
  ] satisfies readonly (keyof TransactionInput)[],
  lane: [
    'laneId',
    'opensByItself',
    'topology',
    'isOverlapping',
    'attendance',
    'usualProfile',
  ] satisfies readonly (keyof LaneInput)[],
};

/** What of the memory is compared. The rest is input, or follows from the events. */
const judgedKeys: Readonly<Record<MachineKind, readonly string[]>> = {
  transaction: [
    'decision',
    'reasons',
    'interruption',
    'departure',
    'release',
    'companion',
    'firstConsent',
    'tailgatings',
    'documentTries',
    'isInCabin',
    'isEscalated',
    'hasAskedForHelp',
  ] satisfies readonly (keyof TransactionContext)[],
  lane: [
    'transactionId',
    'nextTransactionId',
    'isCabinGiven',
    'shouldOpen',
    'isAssistOrdered',
    'lockdown',
    'maintenance',
    'firstConsent',
    'profile',
    'selfTestFailures',
    'uncontrolledCrossings',
  ] satisfies readonly (keyof LaneContext)[],
};

const isMachineKind = (kind: string): kind is MachineKind => kind === 'transaction' || kind === 'lane';

/** Makes a recording of one subject's records, from its start on. Undefined when its start is not among them. */
export function recordingOf(
  records: readonly JournalRecord[],
  about: Pick<Head, 'title' | 'recordedFrom'>,
): Recording | undefined {
  const own = records.filter(({ kind }) => isMachineKind(kind));
  const [first] = own;
  if (first === undefined || !isMachineKind(first.kind) || typeOf(first) !== 'STARTED') return undefined;
  const machine = first.kind;
  const { context } = JSON.parse(first.state) as { context: Record<string, unknown> };
  return { head: { format, machine, ...about, input: inputOf(machine, context) }, steps: stepsOf(machine, own) };
}

const typeOf = ({ event }: JournalRecord): string => (JSON.parse(event) as { type: string }).type;

function inputOf(machine: MachineKind, context: Record<string, unknown>): Head['input'] {
  const input = Object.fromEntries(inputKeys[machine].map((key) => [key, context[key]]));
  const usual = machine === 'lane' ? defaultLaneTimings : defaultTimings;
  const timings = JSON.stringify(context.timings) === JSON.stringify(usual) ? 'default' : context.timings;
  if (machine === 'lane') return { ...input, timings };
  const { mrz } = context.evidence as TransactionContext['evidence'];
  return { ...input, mrz, timings };
}

/** The input as the machine of this version takes it: thresholds are the product's, by the name in the policy. */
export function inputFor({ machine, input }: Head): unknown {
  const usual = machine === 'lane' ? defaultLaneTimings : defaultTimings;
  const timings = input.timings === 'default' ? usual : input.timings;
  if (machine === 'lane') return { ...input, timings };
  const { policy } = input as Pick<TransactionInput, 'policy'>;
  return { ...input, timings, operatingPoint: operatingPoint(policy.operatingPoint) };
}

/** What the records say, without what may differ from version to version. */
export function stepsOf(machine: MachineKind, records: readonly JournalRecord[]): readonly Step[] {
  let before: Readonly<Record<string, unknown>> = {};
  return records.map((record) => {
    const { value, context } = JSON.parse(record.state) as { value: unknown; context: Record<string, unknown> };
    const judged = judgedIn(machine, context);
    const changed = Object.fromEntries(
      Object.entries(judged).filter(([key, now]) => JSON.stringify(now) !== JSON.stringify(before[key])),
    );
    before = judged;
    return { ...answerOf(record), state: value, ...(Object.keys(changed).length > 0 && { judged: changed }) };
  });
}

function answerOf(record: JournalRecord): Pick<Step, 'event' | 'effects' | 'waits' | 'isIgnored'> {
  const { effects, timers, isIgnored } = JSON.parse(record.effects) as {
    effects: NonNullable<Step['effects']>;
    timers: readonly { readonly id: string; readonly deadline_ms: number }[];
    isIgnored: boolean;
  };
  const waits = Object.fromEntries(timers.map(({ id, deadline_ms }) => [id, deadline_ms - record.at_ms]));
  return {
    event: eventOf(record),
    ...(effects.length > 0 && { effects }),
    ...(timers.length > 0 && { waits }),
    ...(isIgnored && { isIgnored }),
  };
}

/** An officer's report of a document is text for people, and long. */
function eventOf(record: JournalRecord): Step['event'] {
  const event = { at_ms: record.at_ms, ...(JSON.parse(record.event) as { type: string; at_ms?: number }) };
  return 'report' in event ? Object.assign(event, { report: null }) : event;
}

function judgedIn(machine: MachineKind, context: Record<string, unknown>): Readonly<Record<string, unknown>> {
  const judged = Object.fromEntries(judgedKeys[machine].map((key) => [key, context[key] ?? null]));
  if (machine === 'lane') return judged;
  const { checks } = context as unknown as Pick<TransactionContext, 'checks'>;
  return {
    ...judged,
    checks: Object.fromEntries(
      checks.map(({ id, result, because }) => [id, because === null ? result : `${result} ${because}`]),
    ),
  };
}

export const textOf = ({ head, steps }: Recording): string =>
  `${[head, ...steps].map((line) => JSON.stringify(line)).join('\n')}\n`;

/** Throws when it is no recording of a format that this version knows. */
export function parseRecording(text: string): Recording {
  const [head, ...steps] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
  if (typeof head !== 'object' || head === null || !('format' in head) || head.format !== format) {
    throw new Error(`RECORDING_FORMAT_UNKNOWN: expected ${format}`);
  }
  return { head: head as Head, steps: steps as Step[] };
}
