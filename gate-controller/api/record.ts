import { type RecordedReport, reportFrom } from '../../drivers/emrtd/report/recorded-report.ts';
import type { InspectionReport } from '../../drivers/emrtd/report/report.ts';
import type { Check } from '../decision/checks.ts';
import type { JournalRecord } from '../journal/record.ts';
import { outermost } from '../lane/presentation.ts';
import type { TransactionContext } from '../transaction/context.ts';
import { shownEvent } from './disguise.ts';
import { outcomeOf } from './history.ts';
import type { Outcome, TimelineEntry } from './messages.ts';

/** What the journal says of one transaction: nothing in it names the holder. */
export type TransactionRecord = {
  readonly transactionId: string;
  readonly outcome: Outcome | null;
  readonly decision: 'admit' | 'refer' | null;
  /** Referral reasons, or the one interruption. */
  readonly reasons: readonly string[];
  readonly checks: readonly Check[];
  readonly startedAt_ms: number;
  readonly endedAt_ms: number | null;
  readonly timeline: readonly (TimelineEntry & { readonly state: string })[];
  readonly policyVersion: string;
  readonly operatingPoint: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Every check of the document by BSI TR-03135-1; null when no document was inspected. */
  readonly report: InspectionReport | null;
};

/** Builds the record from journal entries of one subject, oldest first; undefined when there are none. */
export function transactionRecord(records: readonly JournalRecord[]): TransactionRecord | undefined {
  const own = records.filter(({ kind }) => kind === 'transaction');
  const last = own.at(-1);
  const first = own[0];
  if (last === undefined || first === undefined) return undefined;
  const { value, context } = JSON.parse(last.state) as { value: unknown; context: TransactionContext };
  const outcome = outcomeOf(outermost(value));
  return {
    transactionId: last.subject,
    outcome,
    decision: context.decision,
    reasons: context.interruption === null ? context.reasons : [...context.reasons, context.interruption],
    checks: context.checks,
    startedAt_ms: context.startedAt_ms,
    endedAt_ms: outcome === null ? null : last.at_ms,
    timeline: own.map((record) => ({
      at_ms: record.at_ms - first.at_ms,
      event: shownEvent(JSON.parse(record.event) as { type: string }),
      state: outermost((JSON.parse(record.state) as { value: unknown }).value),
    })),
    policyVersion: context.policy.version,
    operatingPoint: context.operatingPoint.name,
    versions: context.versions,
    report: reportIn(own),
  };
}

type RecordedEvent = { readonly type: string; readonly report?: RecordedReport | null };

/** The report of the last inspection that the journal holds of one subject; null when there is none that can be read. */
export function reportIn(records: readonly JournalRecord[]): InspectionReport | null {
  const events = records
    .filter(({ event }) => event.includes('CHIP_INSPECTED'))
    .map(({ event }) => JSON.parse(event) as RecordedEvent);
  const recorded = events.findLast(({ type }) => type === 'CHIP_INSPECTED')?.report ?? null;
  return recorded === null ? null : reportFrom(recorded);
}
