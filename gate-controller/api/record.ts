import type { Check } from '../decision/checks.ts';
import type { ChainedRecord } from '../journal/record.ts';
import { outermost } from '../lane/presentation.ts';
import type { TransactionContext } from '../transaction/context.ts';
import { eventName } from './event-names.ts';
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
};

/** Builds the record from journal entries of one subject, oldest first; undefined when there are none. */
export function transactionRecord(records: readonly ChainedRecord[]): TransactionRecord | undefined {
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
      event: eventName((JSON.parse(record.event) as { type: string }).type),
      state: outermost((JSON.parse(record.state) as { value: unknown }).value),
    })),
    policyVersion: context.policy.version,
    operatingPoint: context.operatingPoint.name,
    versions: context.versions,
  };
}
