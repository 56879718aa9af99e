import type { MRZEvidence } from '../decision/evidence.ts';
import { type Hall, isAllShut, isEmergency, isReverseEntry, unknownHall } from '../safety/hall.ts';
import { isFresh, isWithin, type LockdownCause } from '../transaction/events.ts';
import type { Profile, Topology } from '../transaction/topology.ts';
import type { LaneEvent } from './events.ts';

/** Waits of the lane in milliseconds. */
export type LaneTimings = {
  readonly start_ms: number;
  readonly selfTest_ms: number;
  readonly clearCabin_ms: number;
  /** How long health must be good before the lane leaves a fault, so that a flapping device does not flap the lane. */
  readonly settle_ms: number;
  /** Pause before a failed self-test is repeated. */
  readonly retest_ms: number;
  /** How long everything must be well before assisted mode ends by itself. */
  readonly recover_ms: number;
  /** How long somebody in a locked cabin waits for an officer before the entry lets them out. */
  readonly lockdownHold_ms: number;
  /** Within which the second of two people has to confirm. */
  readonly consent_ms: number;
};

export const defaultLaneTimings: LaneTimings = {
  start_ms: 30_000,
  selfTest_ms: 10_000,
  clearCabin_ms: 30_000,
  settle_ms: 2_000,
  retest_ms: 15_000,
  recover_ms: 60_000,
  lockdownHold_ms: 60_000,
  consent_ms: 30_000,
};

export type LaneInput = {
  readonly laneId: string;
  /** True: the lane opens after a passed self-test without an officer's word (demonstration, commissioning). */
  readonly opensByItself: boolean;
  readonly topology: Topology;
  /** True: the next document is read while the traveller before walks out (integrated two-step lanes). */
  readonly isOverlapping: boolean;
  /** `required`: without an officer's sign of life the lane closes itself. */
  readonly attendance: 'required' | 'notRequired';
  /** Of a traveller for whom nothing else was set. */
  readonly usualProfile: Profile;
  readonly timings: LaneTimings;
};

export type LaneContext = LaneInput & {
  readonly hall: Hall;
  /** What keeps the lane from serving, `device:code`; starts as "nothing is known". */
  readonly blocking: readonly string[];
  /** What puts an officer's word on every passage. */
  readonly degraded: readonly string[];
  readonly isAttended: boolean;
  readonly selfTestFailures: readonly string[];
  /** The transaction that the lane serves: in the cabin, or on the way there. */
  readonly transactionId: string | null;
  /** False while that transaction came by overlap and still waits for the cabin. */
  readonly isCabinGiven: boolean;
  /** The transaction that is on its way out. */
  readonly leavingTransactionId: string | null;
  /** Whose document is read while the one before leaves. */
  readonly nextTransactionId: string | null;
  /** Of the next traveller. */
  readonly profile: Profile;
  readonly shouldOpen: boolean;
  readonly isAssistOrdered: boolean;
  /** What was missing is back, but not for long enough yet. */
  readonly isRecovering: boolean;
  readonly lockdown: LockdownCause | null;
  readonly maintenance: {
    readonly technician: string;
    readonly askedAt_ms: number;
    readonly officer: string | null;
  } | null;
  /** The first of two officers. */
  readonly firstConsent: { readonly officer: string; readonly at_ms: number } | null;
  /** People who went through the exit during the last evacuation: to be reconciled by officers. */
  readonly uncontrolledCrossings: number;
};

export const newLaneContext = (input: LaneInput): LaneContext => ({
  ...input,
  hall: unknownHall,
  blocking: ['lane:NOT_STARTED'],
  degraded: [],
  isAttended: false,
  selfTestFailures: [],
  transactionId: null,
  isCabinGiven: true,
  leavingTransactionId: null,
  nextTransactionId: null,
  profile: input.usualProfile,
  shouldOpen: input.opensByItself,
  isAssistOrdered: false,
  isRecovering: false,
  lockdown: null,
  maintenance: null,
  firstConsent: null,
  uncontrolledCrossings: 0,
});

/**
 * Nothing of what was seen is believed after a restart (I9), and the lane is configured as it is now. What people have ordered
 * and only people may end stands: a lockdown, maintenance, the crossings of an evacuation.
 */
export function restarted(context: LaneContext, event: LaneEvent): LaneContext {
  const input = (event.type === 'RESTARTED' ? event.input : undefined) ?? context;
  const { laneId, opensByItself, topology, isOverlapping, attendance, usualProfile, timings } = input;
  return {
    ...newLaneContext({ laneId, opensByItself, topology, isOverlapping, attendance, usualProfile, timings }),
    lockdown: context.lockdown,
    maintenance: context.maintenance,
    uncontrolledCrossings: context.uncontrolledCrossings,
  };
}

/** What a transaction is started with. */
export type TransactionStart = {
  readonly transactionId: string;
  readonly mrz: MRZEvidence | null;
  readonly isCabinFree: boolean;
  readonly isAssisted: boolean;
  readonly profile: Profile;
};

export const startOf = (context: LaneContext, event: LaneEvent, isCabinFree: boolean): TransactionStart => ({
  transactionId: 'transactionId' in event ? event.transactionId : '',
  mrz: event.type === 'DOCUMENT_PRESENTED' ? event.mrz : null,
  isCabinFree,
  isAssisted: isAssistDue(context),
  profile: context.profile,
});

/** An officer ordered it, or something is missing that the lane can do without. */
export const isAssistDue = ({ isAssistOrdered, isRecovering, degraded }: LaneContext): boolean =>
  isAssistOrdered || isRecovering || degraded.length > 0;

/** Nobody would see what goes wrong: no new traveller (Frontex: the operator must not leave the post). */
export const isUnattended = ({ attendance, isAttended }: LaneContext): boolean =>
  attendance === 'required' && !isAttended;

/** Nobody is served or in the cabin, and somebody would see what goes wrong. */
export const isNewcomerWelcome = (context: LaneContext): boolean =>
  context.transactionId === null && isAllShut(context.hall) && !isUnattended(context);

/** The traveller before is on the way out and nobody else waits: a document may be read. */
export const isNextWelcome = (context: LaneContext): boolean =>
  context.isOverlapping &&
  context.topology === 'integrated-two-step' &&
  context.transactionId !== null &&
  context.leavingTransactionId === context.transactionId &&
  context.nextTransactionId === null &&
  !isUnattended(context);

/** A lockdown ends every order to serve; whoever consented to the end of another did not know of it. */
export const lockedFor = (cause: LockdownCause): Partial<LaneContext> => ({
  lockdown: cause,
  shouldOpen: false,
  isAssistOrdered: false,
  firstConsent: null,
});

/** The next transaction moves up when the one in the cabin ends; its cabin is given once the doors are shut. */
export function endOfTransaction(context: LaneContext, event: LaneEvent): Partial<LaneContext> {
  if (event.type !== 'TRANSACTION_ENDED') return {};
  if (event.transactionId === context.nextTransactionId) return { nextTransactionId: null };
  if (event.transactionId !== context.transactionId) return {};
  const next = context.nextTransactionId;
  return {
    transactionId: next,
    nextTransactionId: null,
    leavingTransactionId: null,
    isCabinGiven: next === null,
  };
}

/** True for the first of two officers, for the same one again, and for a second who comes too late. */
export function isFirstOfTwo({ firstConsent, timings }: LaneContext, event: LaneEvent): boolean {
  if (!isFresh(event) || !('officer' in event)) return false;
  if (firstConsent === null || firstConsent.officer === event.officer) return true;
  return !isWithin(event.at_ms - firstConsent.at_ms, timings.consent_ms);
}

/** One request at a time: an officer consents to whom the page showed. */
export function mayAskForMaintenance({ maintenance, timings }: LaneContext, event: LaneEvent): boolean {
  if (!isFresh(event) || !('technician' in event)) return false;
  const isPending = maintenance !== null && isWithin(event.at_ms - maintenance.askedAt_ms, timings.consent_ms);
  return !isPending || maintenance.technician === event.technician;
}

/** A technician has asked a moment ago, nobody is served, and whoever consents is somebody else. */
export function mayBeginMaintenance({ maintenance, timings, transactionId }: LaneContext, event: LaneEvent): boolean {
  if (!isFresh(event) || !('officer' in event) || maintenance === null || transactionId !== null) return false;
  return maintenance.technician !== event.officer && isWithin(event.at_ms - maintenance.askedAt_ms, timings.consent_ms);
}

/** During an evacuation somebody has begun to walk through the exit: a passage without a decision. */
export const isCrossing = ({ hall }: LaneContext, event: LaneEvent): boolean =>
  event.type === 'HALL_CHANGED' &&
  event.hall.isKnown &&
  event.hall.exit !== 'closed' &&
  hall.isKnown &&
  hall.isExitFree &&
  !event.hall.isExitFree;

/** Somebody came in through the exit while no passage had the cabin to explain it: one may wait for it outside. */
export const isReverseEntryEvent = ({ hall, transactionId, isCabinGiven }: LaneContext, event: LaneEvent): boolean =>
  event.type === 'HALL_CHANGED' && (transactionId === null || !isCabinGiven) && isReverseEntry(hall, event.hall);

/** What an event says of fire and emergency release. */
export const isEmergencyEvent = (event: LaneEvent): boolean => event.type === 'HALL_CHANGED' && isEmergency(event.hall);
