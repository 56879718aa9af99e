import type {
  LaneView,
  OfficerView,
  ReasonView,
  ReferralView,
  TimelineEntry,
  TransactionView,
} from '../api/messages.ts';

/** What the officer looks at: whatever passes a lane now, or one case of the list. */
export type Choice =
  | { readonly kind: 'lane'; readonly laneId: string }
  | { readonly kind: 'case'; readonly transactionId: string };

export type Shown = {
  readonly lane: LaneView | null;
  readonly transaction: TransactionView | null;
  readonly isReferral: boolean;
};

type Severity = ReasonView['severity'];
const rank: Readonly<Record<Severity, number>> = { high: 0, normal: 1, low: 2 };

/** Gravest severity among the reasons; a case without reasons counts as normal. */
export function severityOf(transaction: TransactionView): Severity {
  const [first, ...rest] = transaction.reasons.map((reason) => reason.severity);
  if (first === undefined) return 'normal';
  return rest.reduce((worst, next) => (rank[next] < rank[worst] ? next : worst), first);
}

/** Reasons with the gravest first; equals keep the order of the decision. */
export function reasonsByGravity(transaction: TransactionView): readonly ReasonView[] {
  return [...transaction.reasons].sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** Open cases first, gravest first, and of equals whoever has waited longest; acknowledged ones newest first. */
export function orderReferrals(referrals: readonly ReferralView[]): readonly ReferralView[] {
  const order = (a: ReferralView, b: ReferralView): number => {
    const [first, second] = [a.transaction, b.transaction];
    if (a.isAcknowledged && b.isAcknowledged) return second.startedAt_ms - first.startedAt_ms;
    return (
      Number(a.isAcknowledged) - Number(b.isAcknowledged) ||
      rank[severityOf(first)] - rank[severityOf(second)] ||
      first.startedAt_ms - second.startedAt_ms
    );
  };
  return [...referrals].sort(order);
}

/** Cases that were not on the list before. The first list after the page was opened announces nothing. */
export function newReferrals(before: OfficerView | null, after: OfficerView): readonly ReferralView[] {
  if (before === null) return [];
  const known = new Set(before.referrals.map((referral) => referral.transaction.transactionId));
  return after.referrals.filter((referral) => !known.has(referral.transaction.transactionId));
}

/** The passage of this lane, current or next, that has this id. */
const inLane = (lane: LaneView | null, transactionId: string): TransactionView | null =>
  [lane?.transaction, lane?.next].find((passage) => passage?.transactionId === transactionId) ?? null;

/** The lane of a case: where it still is, else the only lane there is. Null when that is not certain. */
export function laneOfCase(view: OfficerView, transactionId: string): LaneView | null {
  const holding = view.lanes.find((lane) => inLane(lane, transactionId) !== null);
  return holding ?? (view.lanes.length === 1 ? (view.lanes[0] ?? null) : null);
}

export type CondensedEntry = TimelineEntry & { readonly times: number };

/** The timeline with repeats that follow each other as one line: where it began, and how often. */
export function condense(timeline: readonly TimelineEntry[]): readonly CondensedEntry[] {
  const lines: CondensedEntry[] = [];
  for (const entry of timeline) {
    const last = lines.at(-1);
    if (last?.event === entry.event) lines[lines.length - 1] = { ...last, times: last.times + 1 };
    else lines.push({ ...entry, times: 1 });
  }
  return lines;
}

/**
 * What stands in the middle of the page. A case that is still in its lane is shown as the lane reports it; a case that
 * is gone from the list falls back to the first lane.
 */
export function show(view: OfficerView, choice: Choice | null): Shown {
  if (choice?.kind === 'case') {
    const lane = laneOfCase(view, choice.transactionId);
    const referral = view.referrals.find((each) => each.transaction.transactionId === choice.transactionId);
    const transaction = inLane(lane, choice.transactionId) ?? referral?.transaction ?? null;
    if (transaction !== null) return { lane, transaction, isReferral: referral !== undefined };
  }
  const laneId = choice?.kind === 'lane' ? choice.laneId : null;
  const lane = view.lanes.find((each) => each.laneId === laneId) ?? view.lanes[0] ?? null;
  const transaction = lane?.transaction ?? null;
  const isReferral = view.referrals.some((each) => each.transaction.transactionId === transaction?.transactionId);
  return { lane, transaction, isReferral };
}

/** What stands as an incident while a lane is locked down, and says for what it was. */
const lockdownCauses: ReadonlySet<string> = new Set(['LANE_LOCKED_DOWN', 'REVERSE_ENTRY', 'DOOR_FORCED']);

/** What a decision about a case rests on: when it changes under the officer's hand, the question is put again. */
export function basisOf(lane: LaneView, transaction: TransactionView | null): string {
  const { incidents, maintenance, mode } = lane;
  return JSON.stringify([
    mode,
    incidents.map(({ code }) => code).filter((code) => lockdownCauses.has(code)),
    maintenance?.technician,
    maintenance?.officer,
    (transaction ?? lane).waitingForSecondOfficer?.officer,
    transaction === null ? null : basisOfCase(transaction),
  ]);
}

/** Not how far something has come: only what says for or against the traveller. */
const basisOfCase = ({ face, similarity, risk, checks, ...passage }: TransactionView): readonly unknown[] => [
  passage.transactionId,
  passage.step,
  passage.decision,
  passage.reasons.map(({ code }) => code),
  checks.filter(({ result }) => result !== 'passed').map(({ id, result, because }) => [id, result, because]),
  [risk?.state, risk?.detail],
  [similarity?.value, similarity?.min, face?.attack?.verdict, face?.attack?.because],
  [passage.companionBy, passage.isAssisted],
];
