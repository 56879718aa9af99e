import type { Check } from '../decision/checks.ts';
import { decide, decideAtDocument } from '../decision/decide.ts';
import {
  type MRZEvidence,
  noEvidence,
  type OccupancyEvidence,
  type RiskEvidence,
  type TransactionEvidence,
} from '../decision/evidence.ts';
import type { OperatingPoint } from '../decision/operating-points.ts';
import type { Policy } from '../decision/policy.ts';
import type { Interruption, ReferralReason } from '../decision/reasons.ts';
import { weigh } from '../decision/weigh.ts';
import { type Hall, isEmergency, isOccupied, isSecondPersonSeen } from '../safety/hall.ts';
import { isWithin } from './events.ts';
import { type Timings, timingsFor } from './timings.ts';
import type { Profile, Topology } from './topology.ts';

export type TransactionInput = {
  readonly transactionId: string;
  readonly startedAt_ms: number;
  /** Null where the traveller enters before a document is presented. */
  readonly mrz: MRZEvidence | null;
  readonly hall: Hall;
  readonly topology: Topology;
  readonly profile: Profile;
  /** The lane is in assisted mode: an officer confirms every decision. */
  readonly isAssisted: boolean;
  /** False while the traveller before is still in the cabin (overlapping lanes). */
  readonly isCabinFree: boolean;
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
  /** The traveller was let into the cabin. */
  readonly isInCabin: boolean;
  /** Something went through the beam of the exit while it stood open for this traveller. */
  readonly isExitUsed: boolean;
  readonly hasAskedForHelp: boolean;
  /** Officer who allowed somebody to come along, and why: a companion or a family is never admitted by the machine alone. */
  readonly companion: { readonly officer: string; readonly reason: string } | null;
  /** The first of two officers who release together, until the second does or it expires. Wall-clock milliseconds. */
  readonly firstConsent: { readonly officer: string; readonly at_ms: number } | null;
  /** How the traveller went out through the exit; set once, whatever is left to be done in the cabin afterwards. */
  readonly departure: 'admitted' | 'released' | null;
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
  documentTries: mrz === null ? 0 : 1,
  tailgatings: 0,
  isDocumentTaken: false,
  isRiskSlow: false,
  isVerdictDue: false,
  isInCabin: false,
  isExitUsed: false,
  hasAskedForHelp: false,
  companion: null,
  firstConsent: null,
  departure: null,
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
  const found = verdict.decision === 'refer' ? verdict.reasons : [];
  const reasons = [...standing, ...wordsFor(context, found), ...officersOnly(context)];
  return { checks, decision: reasons.length > 0 ? 'refer' : 'admit', reasons: [...new Set(reasons)] };
}

/** What a machine may not decide alone, however well every check went. */
function officersOnly(context: TransactionContext): readonly ReferralReason[] {
  return [
    ...(context.companion === null ? [] : (['COMPANION_PROCEDURE'] as const)),
    ...(context.hasAskedForHelp ? (['HELP_REQUESTED'] as const) : []),
    ...(context.isAssisted ? (['OFFICER_CONFIRMATION_REQUIRED'] as const) : []),
  ];
}

/** Who was allowed to come along is no tailgater; the check of the single occupant stays failed in the record. */
const wordsFor = (context: TransactionContext, reasons: readonly ReferralReason[]): readonly ReferralReason[] =>
  context.companion === null ? reasons : reasons.filter((reason) => reason !== 'TAILGATING');

/** A new hall. That the open exit's beam was interrupted is remembered: somebody, or something, has gone through it. */
export const seen = (context: TransactionContext, hall: Hall): Partial<TransactionContext> => ({
  hall,
  isExitUsed: context.isExitUsed || (hall.isKnown && hall.exit !== 'closed' && !hall.isExitFree),
});

/** More people in the cabin than were allowed there. */
export const isUnexpectedPersonSeen = ({ hall, companion }: TransactionContext): boolean =>
  companion === null && isSecondPersonSeen(hall) && !isEmergency(hall);

/** Somebody in the cabin, clear of the entry, and nobody there who was not allowed to be. */
export const isOneInsideAsAllowed = (context: TransactionContext): boolean =>
  isOccupied(context.hall) && context.hall.isEntryFree && !isUnexpectedPersonSeen(context);

/** The waits of this passage. */
export const waitsOf = ({ timings, profile }: Pick<TransactionContext, 'timings' | 'profile'>): Timings =>
  timingsFor(timings, profile);

/**
 * The policy asks for two officers to release somebody whose checks, or whose referral, give one of these reasons. What is known
 * counts, whatever brought the traveller before an officer; a risk service that was asked and has not answered may still say so.
 */
export function needsFourEyes({ policy, reasons, evidence, operatingPoint }: TransactionContext): boolean {
  if (reasons.some((reason) => policy.fourEyes.includes(reason))) return true;
  if (evidence.mrz?.status === 'measured' && evidence.risk === null) return true;
  const verdict = decide(weigh(evidence, policy, operatingPoint, 0), policy);
  return verdict.decision === 'refer' && verdict.reasons.some((reason) => policy.fourEyes.includes(reason));
}

/** An answer that comes when somebody is referred already: a hit is one more reason, and whoever consented did not know. */
export function withRisk(context: TransactionContext, risk: RiskEvidence): Partial<TransactionContext> {
  const known = withEvidence(context, { risk });
  if (context.decision !== 'refer' || risk.status !== 'measured' || risk.value.verdict !== 'hit') return known;
  return { ...known, reasons: [...new Set([...context.reasons, 'WATCHLIST_HIT' as const])], firstConsent: null };
}

/** The first of two, or the same officer once more, or a second one who comes too late: not enough to open. */
export function isFirstOfFourEyes(context: TransactionContext, officer: string, at_ms: number): boolean {
  const { firstConsent } = context;
  if (!needsFourEyes(context)) return false;
  if (firstConsent === null || firstConsent.officer === officer) return true;
  return !isWithin(at_ms - firstConsent.at_ms, waitsOf(context).consent_ms);
}

/** Somebody may be inside who came in through the exit, and must never be let through to the entry side by software. */
export const isIntruderInside = ({ reasons }: TransactionContext): boolean => reasons.includes('REVERSE_ENTRY');

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
