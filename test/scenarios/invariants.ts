import type { TransactionRecord } from '../../gate-controller/api/record.ts';
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import { verifyChain } from '../../gate-controller/journal/verify.ts';
import type { TransactionContext } from '../../gate-controller/transaction/context.ts';
import type { PassageView } from '../../simulator/bench/messages.ts';
import type { Crossing, Walk } from './product.ts';

export type InvariantReport = { readonly checked: number; readonly broken: readonly string[] };

export type Witnesses = {
  readonly journalFile: string;
  readonly crossings: readonly Pick<Crossing, 'record' | 'passage' | 'next'>[];
  /** What the hall itself watched from outside, tick by tick. */
  readonly hall: InvariantReport;
};

/** Holds the records of one journal against the rules that must never break, and adds what the hall saw. */
export function checkInvariants({ journalFile, crossings, hall }: Witnesses): InvariantReport {
  const database = new JournalDatabase(journalFile, { readOnly: true });
  try {
    const walks = crossings.flatMap(({ record, passage, next }) => [
      { record, passage },
      ...(next === null ? [] : [next]),
    ]);
    const rules = [
      ['the chain verifies', verifyChain(database.records()).isIntact] as const,
      ...walks.flatMap((walk) => (walk.passage === null ? [] : rulesOf(walk, database))),
    ];
    const broken = rules.filter(([, holds]) => !holds).map(([rule]) => rule);
    return { checked: rules.length + hall.checked, broken: [...broken, ...hall.broken] };
  } finally {
    database.close();
  }
}

function rulesOf({ record, passage }: Walk, database: JournalDatabase): readonly (readonly [string, boolean])[] {
  const all = record === null ? [] : database.recordsOf(record.transactionId);
  const steps = all.filter(({ kind }) => kind === 'transaction');
  // Events that came when the transaction had ended: there is no state left that they could be of.
  const late = all.filter(({ kind }) => kind === 'late');
  const who = `${passage?.scenario ?? ''} ${passage?.id ?? ''}`;
  const rules: readonly (readonly [string, boolean])[] = [
    ['there is a record', record !== null],
    ['the record has an end', record === null || record.outcome !== null],
    ['the timeline is in order', isInOrder(record?.timeline.map(({ at_ms }) => at_ms) ?? [])],
    ['I2 the exit was asked to open only after an admit or a release', isExitJustified(steps)],
    ['I8 what came after the end moved nothing', late.every((step) => effectsOf(step).length === 0)],
    ['I3 admitted implies that every required check passed', isAdmitProven(steps)],
    ['who was not admitted or released did not leave by the exit', isExitClosedTo(record, passage)],
    ['who was admitted left by the exit', isAdmittedOut(record, passage)],
  ];
  return rules.map(([rule, holds]) => [`${who}: ${rule}`, holds] as const);
}

const isInOrder = (times: readonly number[]): boolean =>
  times.every((time, index) => index === 0 || time >= (times[index - 1] ?? Number.POSITIVE_INFINITY));

const contextOf = (step: JournalRecord): TransactionContext =>
  (JSON.parse(step.state) as { context: TransactionContext }).context;

const effectsOf = (step: JournalRecord): readonly { type: string }[] =>
  (JSON.parse(step.effects) as { effects: { type: string }[] }).effects;

/** The step that asks for the exit carries the decision itself: what was recorded is what moved the door (I4). */
const isExitJustified = (steps: readonly JournalRecord[]): boolean =>
  steps
    .filter((step) => effectsOf(step).some(({ type }) => type === 'openExit'))
    .every((step) => contextOf(step).decision === 'admit' || contextOf(step).release !== null);

const isAdmitProven = (steps: readonly JournalRecord[]): boolean =>
  steps
    .map(contextOf)
    .filter(({ decision }) => decision === 'admit')
    .every(({ policy, checks }) =>
      policy.required.every((id) => {
        const own = checks.filter((check) => check.id === id);
        return own.length > 0 && own.every(({ result }) => result === 'passed');
      }),
    );

/** In an emergency the hardware opens both doors to everybody: those who go are counted, not held. */
const isExitClosedTo = (record: TransactionRecord | null, passage: PassageView | null): boolean =>
  record?.outcome === 'admitted' ||
  record?.outcome === 'released' ||
  record?.reasons.includes('EVACUATION') === true ||
  passage?.leftBy !== 'exit';

/** Somebody who was out and came back in was admitted once; what they did then is an intrusion. */
const isAdmittedOut = (record: TransactionRecord | null, passage: PassageView | null): boolean =>
  record?.outcome !== 'admitted' || passage?.leftBy === 'exit' || record.reasons.includes('REVERSE_ENTRY');
