import type { Committed } from '../kernel/kernel.ts';
import { shownEvent } from './disguise.ts';
import { outermost } from '../lane/presentation.ts';
import type { TransactionContext } from '../transaction/context.ts';
import type { Outcome, TimelineEntry } from './messages.ts';
import { StepLog } from './step-log.ts';

/** One transaction as the pages know it. */
export type Passage = {
  readonly transactionId: string;
  readonly step: string;
  readonly context: TransactionContext;
  readonly timeline: readonly TimelineEntry[];
  readonly endedAt_ms: number | null;
  /** The officers' list has it: somebody has to look. */
  readonly isReferral: boolean;
  /** The journal holds a report of its document. */
  readonly hasReport: boolean;
};

const passages_max = 60;
/** Entries of one timeline: the first and the newest. */
const timeline_max = 200;

const outcomes: Readonly<Record<string, Outcome>> = {
  admitted: 'admitted',
  referred: 'referred',
  redirected: 'redirected',
  released: 'released',
  interrupted: 'interrupted',
};

/** How a transaction in this final state ended; null while it goes on. */
export const outcomeOf = (step: string): Outcome | null => outcomes[step] ?? null;

const withNewest = (timeline: readonly TimelineEntry[], entry: TimelineEntry): readonly TimelineEntry[] =>
  timeline.length < timeline_max
    ? [...timeline, entry]
    : [...timeline.slice(0, 1), ...timeline.slice(timeline.length - timeline_max + 2), entry];

const hasReport = (event: Committed['event']): boolean =>
  event.type === 'CHIP_INSPECTED' && 'report' in event && event.report !== null;

/** Recent transactions, newest last; bounded. */
export class History {
  readonly #passages = new Map<string, Passage>();
  readonly today = { admitted: 0, referred: 0, other: 0 };
  readonly log = new StepLog();
  #seq = 0;

  /** Journal sequence of the last step that pages were told of. */
  get seq(): number {
    return this.#seq;
  }

  observe(step: Committed): void {
    this.#seq = step.seq;
    this.log.observe(step);
    if (step.kind !== 'transaction') return;
    const context = step.context as TransactionContext;
    const before = this.#passages.get(step.subject);
    const entry = {
      at_ms: step.at_ms - context.startedAt_ms,
      event: step.isIgnored ? `(${shownEvent(step.event)})` : shownEvent(step.event),
    };
    const isCalled = before?.isReferral === true || step.effects.some(({ type }) => type === 'callOfficer');
    const state = outermost(step.value);
    this.#passages.set(step.subject, {
      transactionId: step.subject,
      step: state,
      context,
      timeline: withNewest(before?.timeline ?? [], entry),
      endedAt_ms: step.isEnded ? step.at_ms : null,
      // Whoever was only sent to the desk, for want of an eligible document, is nobody's case.
      isReferral: isCalled && state !== 'redirected',
      hasReport: before?.hasReport === true || hasReport(step.event),
    });
    if (step.isEnded) this.#count(state);
    for (const [oldest] of this.#passages) {
      if (this.#passages.size <= passages_max) break;
      this.#passages.delete(oldest);
    }
  }

  get(transactionId: string): Passage | undefined {
    return this.#passages.get(transactionId);
  }

  /** An officer saw the case after it had ended. */
  acknowledge(transactionId: string): boolean {
    const passage = this.#passages.get(transactionId);
    if (passage === undefined) return false;
    this.#passages.set(transactionId, { ...passage, context: { ...passage.context, isAcknowledged: true } });
    return true;
  }

  /** The passage that ended last; a later one may be under way. */
  latestEnded(): Passage | undefined {
    return [...this.#passages.values()]
      .filter(({ endedAt_ms }) => endedAt_ms !== null)
      .toSorted((a, b) => (a.endedAt_ms ?? 0) - (b.endedAt_ms ?? 0))
      .at(-1);
  }

  /** Newest first. */
  referrals(): readonly Passage[] {
    return [...this.#passages.values()].filter(({ isReferral }) => isReferral).toReversed();
  }

  #count(step: string): void {
    if (step === 'admitted') this.today.admitted += 1;
    else if (step === 'referred') this.today.referred += 1;
    else this.today.other += 1;
  }
}
