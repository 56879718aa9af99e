import { assign, cancel, enqueueActions, raise, setup } from 'xstate';
import type { ReferralReason } from '../decision/reasons.ts';
import {
  isAllShut,
  isLeftByEntry,
  isLeftByExit,
  isOccupied,
  isOneInside,
  isSecondPersonSeen,
  isShutIn,
  isStayBroken,
} from '../safety/hall.ts';
import {
  decided,
  isOnlyIneligible,
  newContext,
  occupancyOf,
  referredFor,
  type TransactionContext,
  type TransactionInput,
  weighedAtDocument,
  withEvidence,
} from './context.ts';
import type { TransactionEvent } from './events.ts';

/** Document tries before the traveller is sent to the desk (state catalogue, T1). */
const documentTries_max = 3;

/** Time of the event at hand: XState's own start and timer events carry none, the kernel stamps all others. */
const atOf = (context: TransactionContext, event: object): number =>
  'at_ms' in event && typeof event.at_ms === 'number' ? event.at_ms : context.startedAt_ms;

const waits = ({ timings }: TransactionContext) => timings;

/**
 * The face belongs to whoever was in the cabin, alone and behind a closed entry, all the time until the decision. A door
 * that opens, a cabin that empties or a second person breaks that, and nothing mends it.
 */
const brokenStay = [
  {
    guard: 'isSecondPersonSeen',
    target: 'returning',
    actions: { type: 'refer', params: { reason: 'TAILGATING' } },
  },
  {
    guard: 'isStayBroken',
    target: 'returning',
    actions: { type: 'refer', params: { reason: 'OCCUPANCY_UNKNOWN' } },
  },
] as const;

/**
 * One traveller's passage through an integrated two-step lane: document outside, entry door, cabin, exit door.
 * Pure: every action is a name that the kernel carries out after the record is durable (I4). State and time-out
 * catalogue: Frontex operational guidelines and the project's own table of states.
 */
export const transactionMachine = setup({
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
    countTailgating: assign(({ context }) => ({ tailgatings: context.tailgatings + 1 })),
  },
  guards: {
    isZoneRead: ({ context }) => context.evidence.mrz?.status === 'measured',
    hasTriesLeft: ({ context }) => context.documentTries < documentTries_max,
    mayEnter: ({ context }) => context.decision === null,
    isAdmitted: ({ context }) => context.decision === 'admit' && context.reasons.length === 0,
    isDocumentTaken: ({ context }) => context.isDocumentTaken,
    isRiskKnownAndHallSeen: ({ context }) => context.evidence.risk !== null && context.hall.isKnown,
    isRiskOpen: ({ context }) => context.evidence.risk === null,
    isReferenceOpen: ({ context }) => context.evidence.face === null,
    isUndecided: ({ context }) => context.decision === null,
    isUndecidedInside: ({ context }) => context.decision === null && context.hall.isCabinOccupied,
    isVerdictDue: ({ context }) => context.isVerdictDue,
    isAdmitOverrun: ({ context }) => context.release === null && isSecondPersonSeen(context.hall),
    isReleased: ({ context }) => context.release !== null,
    isOnlyIneligible: ({ context }) => isOnlyIneligible(context),
    isRepeatedTailgating: ({ context }) => context.tailgatings > 1,
    isSecondPersonSeen: ({ context }) => isSecondPersonSeen(context.hall),
    isStayBroken: ({ context }) => isStayBroken(context.hall),
    isOneInside: ({ context }) => isOneInside(context.hall),
    isShutIn: ({ context }) => isShutIn(context.hall),
    isCabinOccupied: ({ context }) => isOccupied(context.hall),
    isCabinLeftByEntry: ({ context }) => isLeftByEntry(context.hall),
    isCabinLeftByExit: ({ context }) => isLeftByExit(context.hall),
    isExitOpen: ({ context: { hall } }) => hall.isKnown && hall.exit === 'open',
    isAllShut: ({ context }) => isAllShut(context.hall),
  },
  delays: {
    documentTry: ({ context }) => waits(context).documentTry_ms,
    chip: ({ context }) => waits(context).chip_ms,
    riskSoft: ({ context }) => waits(context).riskSoft_ms,
    riskHard: ({ context }) => waits(context).riskHard_ms,
    removal: ({ context }) => waits(context).removal_ms,
    enter: ({ context }) => waits(context).enter_ms,
    separate: ({ context }) => waits(context).separate_ms,
    tailgate: ({ context }) => waits(context).tailgate_ms,
    capture: ({ context }) => waits(context).capture_ms,
    verdict: ({ context }) => waits(context).verdict_ms,
    door: ({ context }) => waits(context).door_ms,
    leave: ({ context }) => waits(context).leave_ms,
    escalate: ({ context }) => waits(context).escalate_ms,
    hold: ({ context }) => waits(context).hold_ms,
    return: ({ context }) => waits(context).return_ms,
    redirect: ({ context }) => waits(context).redirect_ms,
    transaction: ({ context }) => waits(context).transaction_ms,
  },
}).createMachine({
  id: 'transaction',
  context: ({ input }) => newContext(input),
  initial: 'checkingZone',
  // What holds in every state.
  on: {
    HALL_CHANGED: { actions: assign(({ event }) => ({ hall: event.hall })) },
    DOCUMENT_TAKEN: { actions: assign({ isDocumentTaken: true }) },
    DOCUMENT_PLACED: { actions: assign({ isDocumentTaken: false }) },
    RISK_SLOW: { guard: 'isRiskOpen', actions: assign({ isRiskSlow: true }) },
    RISK_ANSWERED: {
      guard: 'isRiskOpen',
      actions: [
        assign(({ context, event }) => withEvidence(context, { risk: event.risk })),
        cancel('riskSoft'),
        cancel('riskHard'),
      ],
    },
    VERDICT_DUE: { actions: assign({ isVerdictDue: true }) },
    // A later answer finds risk decided and is recorded as ignored (I8).
    RISK_DEADLINE: {
      guard: 'isRiskOpen',
      actions: assign(({ context }) =>
        withEvidence(context, { risk: { status: 'unavailable', because: 'RISK_LATE' } }),
      ),
    },
    REFERENCE_PREPARED: {
      guard: 'isReferenceOpen',
      actions: assign(({ context, event }) => {
        const pending = { status: 'unavailable', because: 'FACE_NOT_CAPTURED' } as const;
        const face = { portrait: event.portrait, captured: pending, similarity: pending, attack: pending };
        return withEvidence(context, { face });
      }),
    },
    OFFICER_ACKNOWLEDGED: { actions: assign({ isAcknowledged: true }) },
    EVACUATION_BEGAN: { target: '.interrupted', actions: { type: 'interrupt', params: { by: 'EVACUATION' } } },
    RESTARTED: { target: '.interrupted', actions: { type: 'interrupt', params: { by: 'CONTROLLER_RESTARTED' } } },
  },
  // Whatever state an undecided passage hangs in, it ends (I7). After the decision every state has its own limit.
  after: {
    transaction: [
      {
        guard: 'isUndecidedInside',
        target: '.returning',
        actions: { type: 'refer', params: { reason: 'TRANSACTION_TOO_LONG' } },
      },
      {
        guard: 'isUndecided',
        target: '.redirecting',
        actions: { type: 'refer', params: { reason: 'TRANSACTION_TOO_LONG' } },
      },
    ],
  },
  states: {
    checkingZone: {
      always: [
        { guard: 'isZoneRead', target: 'inspectingDocument' },
        { guard: 'hasTriesLeft', target: 'awaitingDocument' },
        { target: 'redirecting', actions: 'weighDocument' },
      ],
    },
    awaitingDocument: {
      on: {
        DOCUMENT_PRESENTED: {
          target: 'checkingZone',
          actions: assign(({ context, event }) => ({
            ...withEvidence(context, { mrz: event.mrz }),
            documentTries: context.documentTries + 1,
            isDocumentTaken: false,
          })),
        },
        LANE_FAULTED: { target: 'redirecting', actions: { type: 'refer', params: { reason: 'DEVICE_FAULT' } } },
      },
      after: {
        documentTry: { target: 'interrupted', actions: { type: 'interrupt', params: { by: 'TRAVELLER_WITHDREW' } } },
      },
    },
    inspectingDocument: {
      // Risk is asked as soon as the printed zone is read and runs beside everything else.
      entry: [
        raise(({ context, event }) => ({ type: 'RISK_SLOW', at_ms: atOf(context, event) }), {
          id: 'riskSoft',
          delay: 'riskSoft',
        }),
        raise(({ context, event }) => ({ type: 'RISK_DEADLINE', at_ms: atOf(context, event) }), {
          id: 'riskHard',
          delay: 'riskHard',
        }),
        'askRisk',
        'inspectDocument',
      ],
      exit: 'stopInspection',
      on: {
        CHIP_INSPECTED: {
          target: 'weighingDocument',
          actions: assign(({ context, event }) => withEvidence(context, { chip: event.checks })),
        },
        LANE_FAULTED: { target: 'redirecting', actions: { type: 'refer', params: { reason: 'DEVICE_FAULT' } } },
      },
      after: { chip: { target: 'weighingDocument', actions: 'giveUpChip' } },
    },
    weighingDocument: {
      entry: 'weighDocument',
      always: [{ guard: 'mayEnter', target: 'awaitingRemoval' }, { target: 'redirecting' }],
    },
    // The entry opens only when the document has been taken, so that none is left behind.
    awaitingRemoval: {
      entry: 'prepareReference',
      on: { LANE_FAULTED: { target: 'redirecting', actions: { type: 'refer', params: { reason: 'DEVICE_FAULT' } } } },
      always: { guard: 'isDocumentTaken', target: 'entering' },
      after: {
        removal: {
          target: 'redirecting',
          actions: { type: 'refer', params: { reason: 'DOCUMENT_LEFT_ON_READER' } },
        },
      },
    },
    entering: {
      entry: 'openEntry',
      on: {
        DOOR_MISMATCH: {
          guard: ({ event }) => event.door === 'entry' && event.code === 'DOOR_NOT_OPENING',
          target: 'returning',
          actions: { type: 'refer', params: { reason: 'DOOR_NOT_OPENING' } },
        },
        LANE_FAULTED: { target: 'returning', actions: { type: 'refer', params: { reason: 'DEVICE_FAULT' } } },
      },
      always: [
        { guard: 'isSecondPersonSeen', target: 'clearingTailgate' },
        { guard: 'isOneInside', target: 'separating' },
      ],
      after: { enter: 'closingUnused' },
    },
    closingUnused: {
      entry: 'closeEntry',
      always: {
        guard: 'isAllShut',
        target: 'interrupted',
        actions: { type: 'interrupt', params: { by: 'TRAVELLER_WITHDREW' } },
      },
      after: {
        // Somebody stepped in at the last moment, or the door is held: back out, and an officer sees it.
        door: { target: 'returning', actions: { type: 'refer', params: { reason: 'DOOR_NOT_CLOSING' } } },
      },
    },
    separating: {
      entry: 'closeEntry',
      on: {
        LANE_FAULTED: { target: 'returning', actions: { type: 'refer', params: { reason: 'DEVICE_FAULT' } } },
      },
      always: [
        { guard: 'isSecondPersonSeen', target: 'clearingTailgate' },
        { guard: 'isShutIn', target: 'capturing' },
        { guard: 'isCabinLeftByEntry', target: 'closingUnused' },
      ],
      after: {
        separate: { target: 'returning', actions: { type: 'refer', params: { reason: 'DOOR_NOT_CLOSING' } } },
      },
    },
    // First time: the entry opens again and the second person is asked to step back. Second time: an officer.
    clearingTailgate: {
      entry: ['countTailgating', 'openEntry'],
      on: {
        LANE_FAULTED: { target: 'returning', actions: { type: 'refer', params: { reason: 'DEVICE_FAULT' } } },
      },
      always: [
        {
          guard: 'isRepeatedTailgating',
          target: 'returning',
          actions: { type: 'refer', params: { reason: 'TAILGATING' } },
        },
        { guard: 'isOneInside', target: 'separating' },
        { guard: 'isCabinLeftByEntry', target: 'closingUnused' },
      ],
      after: { tailgate: { target: 'returning', actions: { type: 'refer', params: { reason: 'TAILGATING' } } } },
    },
    // Entered once a transaction: the false match rate of the operating point holds for that many frames and no more.
    // Whoever appears behind a closed door was hidden, and is no misunderstanding to be cleared.
    capturing: {
      entry: [
        raise(({ context, event }) => ({ type: 'VERDICT_DUE', at_ms: atOf(context, event) }), {
          id: 'verdict',
          delay: 'verdict',
        }),
        'captureFace',
      ],
      exit: 'stopCapture',
      on: {
        FACE_VERIFIED: {
          target: 'joiningRisk',
          actions: assign(({ context, event }) => {
            const portrait = context.evidence.face?.portrait ?? { status: 'unavailable', because: 'REFERENCE_MISSING' };
            return withEvidence(context, {
              face: { portrait, captured: event.captured, similarity: event.similarity, attack: event.attack },
            });
          }),
        },
        LANE_FAULTED: { target: 'returning', actions: { type: 'refer', params: { reason: 'DEVICE_FAULT' } } },
      },
      always: brokenStay,
      after: { capture: { target: 'joiningRisk', actions: 'giveUpFace' } },
    },
    // Every traveller in the cabin waits here for all evidence, so that a hit takes the same way and time as anything else (I10).
    joiningRisk: {
      on: {
        LANE_FAULTED: { target: 'returning', actions: { type: 'refer', params: { reason: 'DEVICE_FAULT' } } },
      },
      // Decided only while the hall is seen: one lost answer of the gate is no reason to doubt who stands there.
      always: [...brokenStay, { guard: 'isRiskKnownAndHallSeen', target: 'deciding' }],
    },
    deciding: {
      entry: ['measureOccupancy', 'decide'],
      always: [{ guard: 'isAdmitted', target: 'leaving', actions: cancel('verdict') }, { target: 'concealing' }],
    },
    // A mismatch takes three frames, a hit one. The traveller sees a referral no earlier than a fixed time after the capture
    // began, so that its pace tells nothing of its reason (I10). The officer is called at once.
    concealing: {
      entry: 'callOfficer',
      always: { guard: 'isVerdictDue', target: 'held' },
      after: { verdict: 'held' },
    },
    leaving: {
      initial: 'opening',
      states: {
        opening: {
          entry: enqueueActions(({ enqueue, context }) => {
            enqueue({ type: 'openExit', params: { by: context.release === null ? 'admit' : 'officer' } });
          }),
          always: [
            // An admit is for one person. An officer who releases has looked.
            {
              guard: 'isAdmitOverrun',
              target: '#transaction.held',
              actions: { type: 'refer', params: { reason: 'TAILGATING' } },
            },
            { guard: 'isCabinLeftByExit', target: '#transaction.closingExit' },
            { guard: 'isExitOpen', target: 'walking' },
          ],
          after: {
            door: {
              target: '#transaction.held',
              actions: { type: 'refer', params: { reason: 'DOOR_NOT_OPENING' } },
            },
          },
        },
        walking: {
          always: { guard: 'isCabinLeftByExit', target: '#transaction.closingExit' },
          after: {
            leave: {
              target: '#transaction.held',
              actions: { type: 'refer', params: { reason: 'TRAVELLER_DID_NOT_LEAVE' } },
            },
          },
        },
      },
    },
    closingExit: {
      entry: 'closeExit',
      always: [
        { guard: 'isAllShut', target: 'left' },
        // Somebody is in the cabin again: whoever it is, an officer looks.
        {
          guard: 'isCabinOccupied',
          target: 'held',
          actions: { type: 'refer', params: { reason: 'TRAVELLER_DID_NOT_LEAVE' } },
        },
      ],
      // The traveller has left; a door that does not close is the lane's fault, not the traveller's.
      after: { door: 'left' },
    },
    left: { always: [{ guard: 'isReleased', target: 'released' }, { target: 'admitted' }] },
    held: {
      // A permission to leave that was not used is void: a release has to be given anew.
      entry: ['closeExit', 'callOfficer', assign({ release: null })],
      on: {
        OFFICER_RELEASED: {
          target: 'leaving',
          actions: assign(({ event }) => ({ release: { officer: event.officer, reason: event.reason } })),
        },
        OFFICER_RETURNED: 'returning',
      },
      initial: 'waiting',
      states: {
        waiting: { after: { escalate: 'escalated' } },
        escalated: { entry: ['escalate', assign({ isEscalated: true })] },
      },
      after: { hold: 'returning' },
    },
    // The way out to the entry side: nobody is kept in the cabin by software. However often somebody steps in again, the case
    // is handed over in time, with an open entry for whoever stays: the lane goes on looking after the cabin.
    returning: {
      entry: ['closeExit', 'callOfficer'],
      initial: 'lettingOut',
      states: {
        lettingOut: { entry: 'openEntry', always: { guard: 'isCabinLeftByEntry', target: 'shuttingEntry' } },
        shuttingEntry: {
          entry: 'closeEntry',
          always: [
            { guard: 'isAllShut', target: '#transaction.handedOver' },
            { guard: 'isCabinOccupied', target: 'lettingOut' },
          ],
        },
      },
      after: { return: 'handedOver' },
    },
    redirecting: {
      entry: [
        'closeEntry',
        enqueueActions(({ enqueue, context }) => {
          if (!isOnlyIneligible(context)) enqueue('callOfficer');
        }),
      ],
      after: { redirect: 'handedOver' },
    },
    handedOver: {
      always: [{ guard: 'isOnlyIneligible', target: 'redirected' }, { target: 'referred' }],
    },
    admitted: { type: 'final' },
    referred: { type: 'final' },
    redirected: { type: 'final' },
    released: { type: 'final' },
    interrupted: { type: 'final' },
  },
});
