import type { Check } from '../decision/checks.ts';
import { decide, decideAtDocument } from '../decision/decide.ts';
import {
  type MRZEvidence,
  noEvidence,
  type OccupancyEvidence,
  type TransactionEvidence,
} from '../decision/evidence.ts';
import type { OperatingPoint } from '../decision/operating-points.ts';
import type { Policy } from '../decision/policy.ts';
import type { Interruption, ReferralReason } from '../decision/reasons.ts';
import { weigh } from '../decision/weigh.ts';
import type { Hall } from '../safety/hall.ts';
import type { Timings } from './timings.ts';

export type TransactionInput = {
  readonly transactionId: string;
  readonly startedAt_ms: number;
  readonly mrz: MRZEvidence;
  readonly hall: Hall;
  readonly policy: Policy;
  readonly operatingPoint: OperatingPoint;
  readonly timings: Timings;
  /** Versions of everything that measures or decides, for the record (I3). */
  readonly versions: Readonly<Record<string, string>>;
};

/** What a transaction remembers. It is written to the journal with every event, so it stays small and without names. */
export type TransactionContext = Omit<TransactionInput, 'mrz'> & {
  readonly evidence: TransactionEvidence;
  readonly checks: readonly Check[];
  readonly decision: 'admit' | 'refer' | null;
  readonly reasons: readonly ReferralReason[];
  readonly interruption: Interruption | null;
  readonly documentTries: number;
  readonly tailgatings: number;
  readonly isDocumentTaken: boolean;
  readonly isRiskSlow: boolean;
  /** The time before which no referral in the cabin is shown has passed. */
  readonly isVerdictDue: boolean;
  readonly isAcknowledged: boolean;
  readonly isEscalated: boolean;
  /** Officer who opened the exit, and why; null while none has. */
  readonly release: { readonly officer: string; readonly reason: string } | null;
};

export const newContext = ({ mrz, ...input }: TransactionInput): TransactionContext => ({
  ...input,
  evidence: { ...noEvidence, mrz },
  checks: [],
  decision: null,
  reasons: [],
  interruption: null,
  documentTries: 1,
  tailgatings: 0,
  isDocumentTaken: false,
  isRiskSlow: false,
  isVerdictDue: false,
  isAcknowledged: false,
  isEscalated: false,
  release: null,
});

/** Weighs what there is and decides whether the traveller may enter the cabin. */
export function weighedAtDocument(context: TransactionContext, at_ms: number): Partial<TransactionContext> {
  const checks = weigh(context.evidence, context.policy, context.operatingPoint, at_ms);
  const verdict = decideAtDocument(checks, context.policy);
  return verdict.decision === 'admit' ? { checks } : { checks, decision: 'refer', reasons: verdict.reasons };
}

/** The one decision. A referral that already stands is never turned into an admit (I11). */
export function decided(context: TransactionContext, at_ms: number): Partial<TransactionContext> {
  const checks = weigh(context.evidence, context.policy, context.operatingPoint, at_ms);
  const verdict = decide(checks, context.policy);
  const standing = context.decision === 'refer' ? context.reasons : [];
  const reasons = [...standing, ...(verdict.decision === 'refer' ? verdict.reasons : [])];
  return { checks, decision: reasons.length > 0 ? 'refer' : 'admit', reasons: [...new Set(reasons)] };
}

/** Refers for something that is no check: a door, a device, time. Checks gathered so far are kept for the officer. */
export function referredFor(
  context: TransactionContext,
  reason: ReferralReason,
  at_ms: number,
): Partial<TransactionContext> {
  return {
    checks: weigh(context.evidence, context.policy, context.operatingPoint, at_ms),
    decision: 'refer',
    reasons: [...new Set([...context.reasons, reason])],
  };
}

export const withEvidence = (
  context: TransactionContext,
  evidence: Partial<TransactionEvidence>,
): Partial<TransactionContext> => ({ evidence: { ...context.evidence, ...evidence } });

/** Exactly one person, behind a closed entry door, and the separation sensor quiet: anything else is not "one". */
export function occupancyOf(hall: Hall, at_ms: number): OccupancyEvidence {
  if (!hall.isKnown) return { status: 'unavailable', because: 'HALL_UNKNOWN' };
  if (hall.entry !== 'closed' || !hall.isCabinOccupied) return { status: 'unavailable', because: 'CABIN_NOT_CLOSED' };
  return { status: 'measured', value: { persons: hall.isSecondPersonSeen ? 'several' : 'one' }, at_ms, by: 'gate-io' };
}

/** Reasons after which nobody opens a case: the traveller simply may not use this lane. */
const ineligibilities: ReadonlySet<ReferralReason> = new Set([
  'DOCUMENT_TYPE_NOT_ELIGIBLE',
  'NATIONALITY_NOT_ELIGIBLE',
  'AGE_NOT_ELIGIBLE',
]);

export const isOnlyIneligible = ({ reasons }: TransactionContext): boolean =>
  reasons.length > 0 && reasons.every((reason) => ineligibilities.has(reason));
