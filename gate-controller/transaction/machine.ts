import { assign, cancel, raise } from 'xstate';
import type { ReferralReason } from '../decision/reasons.ts';
import { newContext, seen, type TransactionContext, withEvidence, withRisk } from './context.ts';
import { lockdownReason, type TransactionEvent } from './events.ts';
import { atOf, passage } from './vocabulary.ts';

const refer = <R extends ReferralReason>(reason: R) => ({ type: 'refer', params: { reason } }) as const;
const interrupt = <B extends NonNullable<TransactionContext['interruption']>>(by: B) =>
  ({ type: 'interrupt', params: { by } }) as const;

/**
 * The face belongs to whoever was in the cabin, alone and behind a closed entry, all the time until the decision. A door
 * that opens, a cabin that empties or a second person breaks that, and nothing mends it.
 */
const brokenStay = [
  { guard: 'isSecondPersonSeen', target: 'returning', actions: refer('TAILGATING') },
  { guard: 'isStayBroken', target: 'returning', actions: refer('OCCUPANCY_UNKNOWN') },
] as const;

/** The same while the document is looked at inside the cabin (one-step lanes). Outside it, nobody's stay can be broken. */
const brokenStayInside = [
  { guard: 'isSecondPersonSeenInside', target: 'returning', actions: refer('TAILGATING') },
  { guard: 'isStayBrokenInside', target: 'returning', actions: refer('OCCUPANCY_UNKNOWN') },
] as const;

/** A permission to leave that is void: an admit is for one person, and for whoever stayed behind a shut entry. */
const voidLeave = [
  { guard: 'isAdmitOverrun', target: '#transaction.held', actions: refer('TAILGATING') },
  { guard: 'isEntryUnshut', target: '#transaction.held', actions: refer('OCCUPANCY_UNKNOWN') },
] as const;

/** A device failed while somebody is, or may be, in the cabin: they are let out. */
const faultedInside = { target: 'returning', actions: refer('DEVICE_FAULT') } as const;

/** A device failed: whoever is in the cabin is let out, whoever is outside goes to the desk. */
const faulted = [
  { guard: 'isInCabin', ...faultedInside },
  { target: 'redirecting', actions: refer('DEVICE_FAULT') },
] as const;

const referForLockdown = {
  type: 'refer',
  params: ({ event }: { event: TransactionEvent }) => ({ reason: lockdownReason(event) }),
} as const;

/**
 * One traveller's passage through a lane with two doors: document, entry door, cabin, face, exit door. Where the document is
 * looked at is the topology's business; everything else is the same in each. Pure: every action is a name that the
 * kernel carries out after the record is durable (I4). State and time-out catalogue: Frontex operational guidelines and the
 * project's own table of states.
 */
export const transactionMachine = passage.createMachine({
  id: 'transaction',
  context: ({ input }) => newContext(input),
  initial: 'arriving',
  // What holds in every state.
  on: {
    HALL_CHANGED: { actions: assign(({ context, event }) => seen(context, event.hall)) },
    DOCUMENT_TAKEN: { actions: assign({ isDocumentTaken: true }) },
    DOCUMENT_PLACED: { actions: assign({ isDocumentTaken: false }) },
    RISK_SLOW: { guard: 'isRiskOpen', actions: assign({ isRiskSlow: true }) },
    RISK_ANSWERED: {
      guard: 'isRiskOpen',
      actions: [assign(({ context, event }) => withRisk(context, event.risk)), cancel('riskSoft'), cancel('riskHard')],
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
    CABIN_FREED: { actions: assign({ isCabinFree: true }) },
    OFFICER_ACKNOWLEDGED: { guard: 'isFresh', actions: assign({ isAcknowledged: true }) },
    OFFICER_SET_PROFILE: { guard: 'isFresh', actions: assign(({ event }) => ({ profile: event.profile })) },
    // Before the decision only: afterwards an officer who releases has looked.
    OFFICER_ALLOWED_COMPANION: {
      guard: 'mayAllowCompanion',
      actions: assign(({ event }) => ({ companion: { officer: event.officer, reason: event.reason } })),
    },
    HELP_REQUESTED: [
      {
        guard: 'isUndecidedAndShutIn',
        target: '.held',
        actions: [assign({ hasAskedForHelp: true }), refer('HELP_REQUESTED')],
      },
      { actions: [assign({ hasAskedForHelp: true }), 'callOfficer'] },
    ],
    LOCKDOWN_BEGAN: [
      { guard: 'isMaybeInside', target: '.held', actions: referForLockdown },
      { target: '.redirecting', actions: referForLockdown },
    ],
    EVACUATION_BEGAN: { target: '.interrupted', actions: interrupt('EVACUATION') },
    RESTARTED: { target: '.interrupted', actions: interrupt('CONTROLLER_RESTARTED') },
  },
  // Whatever state an undecided passage hangs in, it ends (I7). After the decision every state has its own limit.
  after: {
    transaction: [
      { guard: 'isUndecidedInside', target: '.returning', actions: refer('TRANSACTION_TOO_LONG') },
      { guard: 'isUndecided', target: '.redirecting', actions: refer('TRANSACTION_TOO_LONG') },
    ],
  },
  states: {
    arriving: { always: [{ guard: 'isOneStep', target: 'separating' }, { target: 'checkingZone' }] },
    checkingZone: {
      always: [
        { guard: 'isZoneRead', target: 'inspectingDocument' },
        { guard: 'hasTriesLeft', target: 'awaitingDocument' },
        { target: 'refusing', actions: 'weighDocument' },
      ],
    },
    awaitingDocument: {
      always: brokenStayInside,
      on: {
        DOCUMENT_PRESENTED: {
          target: 'checkingZone',
          actions: assign(({ context, event }) => ({
            ...withEvidence(context, { mrz: event.mrz }),
            documentTries: context.documentTries + 1,
            isDocumentTaken: false,
          })),
        },
        LANE_FAULTED: faulted,
      },
      after: {
        documentTry: [
          { guard: 'isInCabin', target: 'held', actions: refer('DOCUMENT_UNREADABLE') },
          { target: 'interrupted', actions: interrupt('TRAVELLER_WITHDREW') },
        ],
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
      always: brokenStayInside,
      on: {
        CHIP_INSPECTED: {
          target: 'weighingDocument',
          actions: assign(({ context, event }) => withEvidence(context, { chip: event.checks })),
        },
        LANE_FAULTED: faulted,
      },
      after: { chip: { target: 'weighingDocument', actions: 'giveUpChip' } },
    },
    weighingDocument: {
      entry: 'weighDocument',
      always: [{ guard: 'mayEnter', target: 'awaitingRemoval' }, { target: 'refusing' }],
    },
    // Nobody goes on before the document has been taken, so that none is left behind.
    awaitingRemoval: {
      entry: 'prepareReference',
      on: { LANE_FAULTED: faulted },
      always: [
        ...brokenStayInside,
        { guard: 'isDocumentTakenInside', target: 'capturing' },
        { guard: 'isDocumentTakenAtKiosk', target: 'awaitingGate' },
        { guard: 'isDocumentTaken', target: 'awaitingCabin' },
      ],
      after: {
        removal: { target: 'refusing', actions: refer('DOCUMENT_LEFT_ON_READER') },
      },
    },
    // From the kiosk to the gate: the document that was inspected is the ticket.
    awaitingGate: {
      on: { TOKEN_PRESENTED: 'awaitingCabin', LANE_FAULTED: faulted },
      after: {
        token: { target: 'redirecting', actions: refer('TOKEN_NOT_REDEEMED') },
      },
    },
    // Overlapping lanes: never two travellers in the cabin.
    awaitingCabin: {
      on: { LANE_FAULTED: faulted },
      always: { guard: 'isCabinFree', target: 'entering' },
      after: {
        cabin: { target: 'redirecting', actions: refer('TRANSACTION_TOO_LONG') },
      },
    },
    entering: {
      entry: 'openEntry',
      on: {
        DOOR_MISMATCH: { guard: 'isEntryNotOpening', target: 'returning', actions: refer('DOOR_NOT_OPENING') },
        LANE_FAULTED: faultedInside,
      },
      always: [
        { guard: 'isSecondPersonSeen', target: 'clearingTailgate' },
        { guard: 'isOneInside', target: 'separating' },
      ],
      after: { enter: 'closingUnused' },
    },
    closingUnused: {
      entry: 'closeEntry',
      always: { guard: 'isAllShut', target: 'interrupted', actions: interrupt('TRAVELLER_WITHDREW') },
      after: {
        // Somebody stepped in at the last moment, or the door is held: back out, and an officer sees it.
        door: { target: 'returning', actions: refer('DOOR_NOT_CLOSING') },
      },
    },
    separating: {
      entry: ['comeInside', 'closeEntry'],
      on: {
        LANE_FAULTED: faultedInside,
      },
      always: [
        { guard: 'isSecondPersonSeen', target: 'clearingTailgate' },
        { guard: 'isShutInWithoutDocument', target: 'awaitingDocument' },
        { guard: 'isShutIn', target: 'capturing' },
        { guard: 'isCabinLeftByEntry', target: 'closingUnused' },
      ],
      after: {
        separate: { target: 'returning', actions: refer('DOOR_NOT_CLOSING') },
      },
    },
    // First time: the entry opens again and the second person is asked to step back. Second time: an officer.
    clearingTailgate: {
      entry: ['comeInside', 'countTailgating', 'openEntry'],
      on: {
        LANE_FAULTED: faultedInside,
      },
      always: [
        { guard: 'isRepeatedTailgating', target: 'returning', actions: refer('TAILGATING') },
        { guard: 'isOneInside', target: 'separating' },
        { guard: 'isCabinLeftByEntry', target: 'closingUnused' },
      ],
      after: { tailgate: { target: 'returning', actions: refer('TAILGATING') } },
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
        LANE_FAULTED: faultedInside,
      },
      always: brokenStay,
      after: { capture: { target: 'joiningRisk', actions: 'giveUpFace' } },
    },
    // Every traveller in the cabin waits here for all evidence, so that a hit takes the same way and time as anything else (I10).
    joiningRisk: {
      on: {
        LANE_FAULTED: faultedInside,
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
      // Whoever is out already has left, whatever happens to the lane.
      on: {
        LOCKDOWN_BEGAN: [
          { guard: 'isOnTheWayOut', target: 'closingExit' },
          { target: 'held', actions: referForLockdown },
        ],
      },
      initial: 'checking',
      states: {
        // Looked at before the exit is asked for anything: no door hears open and close in one breath.
        checking: {
          entry: assign({ isExitUsed: false }),
          always: [...voidLeave, { target: 'opening' }],
        },
        opening: {
          entry: [
            { type: 'openExit', params: ({ context }) => ({ by: context.release === null ? 'admit' : 'officer' }) },
            'announceLeaving',
          ],
          always: [
            ...voidLeave,
            { guard: 'isCabinLeftByExit', target: '#transaction.closingExit' },
            { guard: 'isExitOpen', target: 'walking' },
          ],
          after: {
            door: { target: '#transaction.held', actions: refer('DOOR_NOT_OPENING') },
          },
        },
        walking: {
          always: [
            // Beside an open exit a second person can only have been hidden, or have come in through it.
            {
              guard: 'isAdmitOverrun',
              target: '#transaction.held',
              actions: ['reportIntrusion', refer('TAILGATING'), refer('REVERSE_ENTRY')],
            },
            ...voidLeave,
            { guard: 'isCabinLeftByExit', target: '#transaction.closingExit' },
            { guard: 'isOnlyObjectLeft', target: '#transaction.closingExit' },
          ],
          after: {
            leave: { target: '#transaction.held', actions: refer('TRAVELLER_DID_NOT_LEAVE') },
          },
        },
      },
    },
    // The traveller is out. What is left to do concerns the cabin, and no longer the outcome.
    closingExit: {
      entry: ['closeExit', 'depart'],
      always: [
        { guard: 'isAllShut', target: 'left' },
        { guard: 'isShutOnObject', target: 'left' },
        // The cabin was seen empty behind a shut entry: whoever is in it now came in through the exit.
        {
          guard: 'isIntruderSeen',
          target: 'held',
          actions: ['reportIntrusion', refer('REVERSE_ENTRY')],
        },
      ],
      on: { LOCKDOWN_BEGAN: {} },
      // A door that does not close is the lane's fault, not the traveller's.
      after: { door: 'left' },
    },
    left: { always: [{ guard: 'wasReleased', target: 'released' }, { target: 'admitted' }] },
    held: {
      // A permission to leave that was not used is void: a release has to be given anew.
      entry: [
        'closeExit',
        'closeEntry',
        'callOfficer',
        'announceStaying',
        assign({ release: null, firstConsent: null }),
      ],
      on: {
        OFFICER_RELEASED: [
          { guard: 'isFirstOfFourEyes', actions: 'keepFirstConsent' },
          {
            guard: 'mayRelease',
            target: 'leaving',
            actions: assign(({ event }) => ({ release: { officer: event.officer, reason: event.reason } })),
          },
        ],
        OFFICER_RETURNED: { guard: 'mayReturn', target: 'returning' },
        HELP_REQUESTED: { actions: [assign({ hasAskedForHelp: true }), 'callOfficer'] },
        LOCKDOWN_BEGAN: [{ guard: 'isReverseEntryCause', actions: refer('REVERSE_ENTRY') }, {}],
      },
      initial: 'waiting',
      states: {
        waiting: { after: { escalate: 'escalated' } },
        escalated: { entry: ['escalate', assign({ isEscalated: true })] },
      },
      after: {
        hold: [
          // Whoever came in through the exit waits for officers; the hardware's emergency release works at all times.
          { guard: 'isIntruderInside', target: '.escalated', reenter: true },
          { target: 'returning' },
        ],
      },
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
      after: {
        return: [
          { guard: 'isCabinOccupied', target: 'handedOver', actions: refer('TRAVELLER_REFUSES_TO_GO') },
          { target: 'handedOver' },
        ],
      },
    },
    // Whoever the document stage refers: inside the cabin an officer comes, outside it is the way to the desk.
    refusing: { always: [{ guard: 'isInCabin', target: 'held' }, { target: 'redirecting' }] },
    redirecting: {
      entry: 'closeEntry',
      initial: 'choosing',
      states: {
        // Whoever merely may not use the gate is shown the way: no case, no officer called.
        choosing: {
          always: [
            { guard: 'isOnlyIneligible', target: 'showing' },
            { target: 'showing', actions: 'callOfficer' },
          ],
        },
        showing: {},
      },
      on: { LOCKDOWN_BEGAN: {} },
      after: { redirect: 'handedOver' },
    },
    handedOver: {
      always: [
        { guard: 'hasDeparted', target: 'left' },
        { guard: 'isOnlyIneligible', target: 'redirected' },
        { target: 'referred' },
      ],
    },
    admitted: { type: 'final' },
    referred: { type: 'final' },
    redirected: { type: 'final' },
    released: { type: 'final' },
    interrupted: { type: 'final' },
  },
});
