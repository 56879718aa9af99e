import { assign, setup } from 'xstate';
import type { ReferralReason } from '../decision/reasons.ts';
import {
  isAllShut,
  isEmergency,
  isEntryUnshut,
  isLeftByEntry,
  isLeftByExit,
  isOccupied,
  isOnlyObjectLeft,
  isShutIn,
  isShutOnObject,
  isStayBroken,
} from '../safety/hall.ts';
import {
  decided,
  isFirstOfFourEyes,
  isIntruderInside,
  isOneInsideAsAllowed,
  isOnlyIneligible,
  isUnexpectedPersonSeen,
  occupancyOf,
  referredFor,
  type TransactionContext,
  type TransactionInput,
  waitsOf,
  weighedAtDocument,
  withEvidence,
} from './context.ts';
import { isFresh, type TransactionEvent } from './events.ts';

/** Document tries before the traveller is sent to the desk (state catalogue, T1). */
const documentTries_max = 3;

/** Time of the event at hand: XState's own start and timer events carry none, the kernel stamps all others. */
export const atOf = (context: TransactionContext, event: object): number =>
  'at_ms' in event && typeof event.at_ms === 'number' ? event.at_ms : context.startedAt_ms;

/**
 * What the passage can ask for, remember, test and wait for. Actions without a body are carried out by the kernel's effects
 * after the record is durable (I4); what is wanted of a door stays wanted until something else is.
 */
export const passage = setup({
  types: {
    context: {} as TransactionContext,
    events: {} as TransactionEvent,
    input: {} as TransactionInput,
  },
  actions: {
    // Carried out by the kernel's effects. What is wanted of a door stays wanted until something else is.
    openEntry: () => {},
    closeEntry: () => {},
    openExit: (_, _authority: { by: 'admit' | 'officer' }) => {},
    closeExit: () => {},
    askRisk: () => {},
    inspectDocument: () => {},
    stopInspection: () => {},
    prepareReference: () => {},
    captureFace: () => {},
    stopCapture: () => {},
    callOfficer: () => {},
    escalate: () => {},
    announceLeaving: () => {},
    announceStaying: () => {},
    reportIntrusion: () => {},
    // What is remembered.
    refer: assign(({ context, event }, params: { reason: ReferralReason }) =>
      referredFor(context, params.reason, atOf(context, event)),
    ),
    weighDocument: assign(({ context, event }) => weighedAtDocument(context, atOf(context, event))),
    decide: assign(({ context, event }) => decided(context, atOf(context, event))),
    interrupt: assign((_, params: { by: NonNullable<TransactionContext['interruption']> }) => ({
      interruption: params.by,
    })),
    giveUpFace: assign(({ context }) => {
      const missing = { status: 'unavailable', because: 'FACE_NOT_CAPTURED' } as const;
      const portrait = context.evidence.face?.portrait ?? { status: 'unavailable', because: 'BIOMETRICS_DEADLINE' };
      return withEvidence(context, { face: { portrait, captured: missing, similarity: missing, attack: missing } });
    }),
    giveUpChip: assign(({ context, event }) =>
      withEvidence(context, {
        chip: [{ id: 'chip-access', result: 'aborted', because: 'CHIP_TIMEOUT', at_ms: atOf(context, event) }],
      }),
    ),
    measureOccupancy: assign(({ context, event }) =>
      withEvidence(context, { occupancy: occupancyOf(context.hall, atOf(context, event)) }),
    ),
    // Once: what an officer opens afterwards, for an intruder, changes nothing about how the traveller left.
    depart: assign(({ context: { departure, release } }) => ({
      departure: departure ?? (release === null ? 'admitted' : 'released'),
    })),
    comeInside: assign({ isInCabin: true }),
    keepFirstConsent: assign(({ context, event }) => ({
      firstConsent: { officer: 'officer' in event ? event.officer : '', at_ms: atOf(context, event) },
    })),
    countTailgating: assign(({ context }) => ({ tailgatings: context.tailgatings + 1 })),
  },
  guards: {
    isZoneRead: ({ context }) => context.evidence.mrz?.status === 'measured',
    hasTriesLeft: ({ context }) => context.documentTries < documentTries_max,
    mayEnter: ({ context }) => context.decision === null,
    isAdmitted: ({ context }) => context.decision === 'admit' && context.reasons.length === 0,
    isDocumentTaken: ({ context }) => context.isDocumentTaken,
    isRiskKnownAndHallSeen: ({ context: { evidence, hall } }) =>
      evidence.risk !== null && hall.isKnown && !isEmergency(hall),
    isRiskOpen: ({ context }) => context.evidence.risk === null,
    isReferenceOpen: ({ context }) => context.evidence.face === null,
    isUndecided: ({ context }) => context.decision === null,
    // Whoever is in the cabin while it belongs to somebody else is not this traveller.
    isUndecidedInside: ({ context }) =>
      context.decision === null && context.isCabinFree && context.hall.isCabinOccupied,
    isVerdictDue: ({ context }) => context.isVerdictDue,
    isAdmitOverrun: ({ context }) => context.release === null && isUnexpectedPersonSeen(context),
    wasReleased: ({ context }) => context.departure === 'released',
    isOnlyIneligible: ({ context }) => isOnlyIneligible(context),
    isRepeatedTailgating: ({ context }) => context.tailgatings > 1,
    isOneStep: ({ context }) => context.topology === 'one-step',
    isCabinFree: ({ context }) => context.isCabinFree,
    isInCabin: ({ context }) => context.isInCabin,
    isFresh: ({ event }) => isFresh(event),
    isFirstOfFourEyes: ({ context, event }) =>
      isFresh(event) && 'officer' in event && isFirstOfFourEyes(context, event.officer, atOf(context, event)),
    isUndecidedAndShutIn: ({ context }) => context.decision === null && context.isInCabin && isShutIn(context.hall),
    // An unseen cabin counts as occupied.
    isMaybeInside: ({ context }) => context.isInCabin && context.hall.isCabinOccupied,
    isEntryNotOpening: ({ event }) =>
      event.type === 'DOOR_MISMATCH' && event.door === 'entry' && event.code === 'DOOR_NOT_OPENING',
    mayAllowCompanion: ({ context, event }) => isFresh(event) && context.decision === null,
    isReverseEntryCause: ({ event }) => event.type === 'LOCKDOWN_BEGAN' && event.cause === 'REVERSE_ENTRY',
    isIntruderSeen: ({ context: { hall } }) => isOccupied(hall) && !hall.isObjectLeft,
    isIntruderInside: ({ context }) => isIntruderInside(context),
    // Refused rather than eaten: the exit would not open beside an entry that is not shut.
    mayRelease: ({ context, event }) => isFresh(event) && !isEntryUnshut(context.hall),
    mayReturn: ({ context, event }) => isFresh(event) && !isIntruderInside(context),
    hasDeparted: ({ context }) => context.departure !== null,
    isSecondPersonSeen: ({ context }) => isUnexpectedPersonSeen(context),
    isSecondPersonSeenInside: ({ context }) => context.isInCabin && isUnexpectedPersonSeen(context),
    isStayBroken: ({ context }) => isStayBroken(context.hall),
    isStayBrokenInside: ({ context }) => context.isInCabin && isStayBroken(context.hall),
    isShutInWithoutDocument: ({ context }) => context.evidence.mrz === null && isShutIn(context.hall),
    isDocumentTakenInside: ({ context }) => context.isInCabin && context.isDocumentTaken,
    isDocumentTakenAtKiosk: ({ context }) => context.topology === 'segregated' && context.isDocumentTaken,
    isEntryUnshut: ({ context }) => isEntryUnshut(context.hall),
    // Somebody who lies still must not be taken for what they left behind: nobody has gone out yet.
    isOnlyObjectLeft: ({ context }) => context.isExitUsed && isOnlyObjectLeft(context.hall),
    isShutOnObject: ({ context }) => isShutOnObject(context.hall),
    isOneInside: ({ context }) => isOneInsideAsAllowed(context),
    isShutIn: ({ context }) => isShutIn(context.hall),
    isCabinOccupied: ({ context }) => isOccupied(context.hall),
    isCabinLeftByEntry: ({ context }) => isLeftByEntry(context.hall),
    isOnTheWayOut: ({ context: { hall } }) => hall.isKnown && !hall.isCabinOccupied && hall.exit !== 'closed',
    isCabinLeftByExit: ({ context }) => isLeftByExit(context.hall),
    isExitOpen: ({ context: { hall } }) => hall.isKnown && hall.exit === 'open',
    isAllShut: ({ context }) => isAllShut(context.hall),
  },
  delays: {
    documentTry: ({ context }) => waitsOf(context).documentTry_ms,
    chip: ({ context }) => waitsOf(context).chip_ms,
    riskSoft: ({ context }) => waitsOf(context).riskSoft_ms,
    riskHard: ({ context }) => waitsOf(context).riskHard_ms,
    removal: ({ context }) => waitsOf(context).removal_ms,
    token: ({ context }) => waitsOf(context).token_ms,
    cabin: ({ context }) => waitsOf(context).cabin_ms,
    enter: ({ context }) => waitsOf(context).enter_ms,
    separate: ({ context }) => waitsOf(context).separate_ms,
    tailgate: ({ context }) => waitsOf(context).tailgate_ms,
    capture: ({ context }) => waitsOf(context).capture_ms,
    verdict: ({ context }) => waitsOf(context).verdict_ms,
    door: ({ context }) => waitsOf(context).door_ms,
    leave: ({ context }) => waitsOf(context).leave_ms,
    escalate: ({ context }) => waitsOf(context).escalate_ms,
    hold: ({ context }) => waitsOf(context).hold_ms,
    return: ({ context }) => waitsOf(context).return_ms,
    redirect: ({ context }) => waitsOf(context).redirect_ms,
    transaction: ({ context }) => waitsOf(context).transaction_ms,
  },
});
