import { assign, cancel, raise } from 'xstate';
import type { LockdownCause } from '../transaction/events.ts';
import { type LaneContext, newLaneContext, startOf } from './context.ts';
import type { LaneEvent } from './events.ts';
import { laneVocabulary } from './vocabulary.ts';

type Args = { context: LaneContext; event: LaneEvent };

const faulted = {
  guard: 'isSick',
  target: '#lane.fault',
  actions: { type: 'faultTransaction', params: ({ context }: Args) => ({ codes: context.blocking }) },
} as const;

/** A transaction that came by overlap gets the cabin once it is empty behind shut doors. */
const cabinGiven = {
  guard: 'isCabinDue',
  actions: [
    { type: 'freeCabin', params: ({ context }: Args) => ({ transactionId: context.transactionId }) },
    'giveCabin',
  ],
} as const;

const start = (isCabinFree: boolean) =>
  ({
    type: 'startTransaction',
    params: ({ context, event }: Args) => startOf(context, event, isCabinFree),
  }) as const;

/** Open and assisted serve alike; they differ in who decides. */
const serving = laneVocabulary.createStateConfig({
  initial: 'shut',
  states: {
    shut: {
      always: [
        { guard: 'isInvitationDue', target: 'inviting' },
        { guard: 'isUnshutAndIdle', target: 'disturbed' },
      ],
    },
    // One-step lanes: the entry stands open until somebody has come in.
    inviting: {
      entry: 'openEntry',
      on: { TRAVELLER_ENTERED: { guard: 'isEnteredAndIdle', target: 'shut', actions: [start(true), 'takeCabin'] } },
    },
    // Somebody is in the cabin, or a door is not shut, without a passage: after a moment the lane looks after them.
    disturbed: {
      always: { guard: 'isShutOrServing', target: 'shut' },
      after: { settle: '#lane.clearingCabin' },
    },
  },
  on: {
    DOCUMENT_PRESENTED: [
      { guard: 'isReadyForTraveller', actions: [start(true), 'takeCabin'] },
      // The next document is read while the traveller before walks out.
      { guard: 'isReadyForNext', actions: [start(false), 'takeNext'] },
    ],
    TRANSACTION_ENDED: [
      { guard: 'isCurrent', target: '#lane.betweenTravellers', actions: 'endTransaction' },
      { actions: 'endTransaction' },
    ],
    OFFICER_CLOSED_LANE: [
      { guard: 'isFreshAndIdle', target: '#lane.closed', actions: 'close' },
      { guard: 'isFresh', target: '#lane.draining', actions: 'close' },
    ],
  },
});

/** What every serving mode looks at before anything else. */
const servingAlways = [
  faulted,
  { guard: 'isUnattendedAndIdle', target: '#lane.closed', actions: 'close' },
  { guard: 'isUnattended', target: '#lane.draining', actions: 'close' },
  cabinGiven,
] as const;

const intrusion = {
  target: '#lane.lockdown',
  actions: {
    type: 'lock',
    params: ({ event }: Args): { cause: LockdownCause } => ({
      cause: event.type === 'INTRUSION_SEEN' ? event.cause : 'OFFICER',
    }),
  },
} as const;

/** A lockdown for another cause becomes the graver one; whoever consented to its end did not know. */
const raised = [
  'closeEntry',
  'lockForReverseEntry',
  { type: 'lockTransaction', params: { cause: 'REVERSE_ENTRY' } },
] as const;

/**
 * The lane's mode. Fire and emergency release win in every state (I6); the hardware opens the doors, the lane only follows
 * and never closes again by itself: an officer resets it once the inputs are quiet. A lockdown is ended by two officers,
 * maintenance by whoever began it.
 */
export const laneMachine = laneVocabulary.createMachine({
  id: 'lane',
  context: ({ input }) => newLaneContext(input),
  initial: 'starting',
  on: {
    HALL_CHANGED: [
      { guard: 'isEmergency', target: '.evacuation', actions: 'seeHall' },
      { guard: 'isReverseEntrySeen', target: '.lockdown', actions: ['seeHall', 'lockForReverseEntry'] },
      { actions: 'seeHall' },
    ],
    HEALTH_CHANGED: [
      {
        guard: 'isRecovery',
        actions: [
          'seeHealth',
          assign({ isRecovering: true }),
          raise(({ event }) => ({ type: 'HEALTH_SETTLED', at_ms: event.at_ms }), { id: 'recovery', delay: 'recover' }),
        ],
      },
      { guard: 'isDegradation', actions: ['seeHealth', assign({ isRecovering: false }), cancel('recovery')] },
      { actions: 'seeHealth' },
    ],
    HEALTH_SETTLED: { actions: assign({ isRecovering: false }) },
    INTRUSION_SEEN: intrusion,
    ATTENDANCE_CHANGED: { actions: assign(({ event }) => ({ isAttended: event.isAttended })) },
    TRANSACTION_ENDED: { actions: 'endTransaction' },
    TRANSACTION_LEAVING: {
      guard: 'isCurrentLeaving',
      actions: assign(({ event }) => ({ leavingTransactionId: event.transactionId })),
    },
    TRANSACTION_STAYING: { actions: assign({ leavingTransactionId: null }) },
    OFFICER_OPENED_LANE: { guard: 'isFresh', actions: assign({ shouldOpen: true, isAssistOrdered: false }) },
    OFFICER_ASSISTED_LANE: { guard: 'isFresh', actions: assign({ shouldOpen: true, isAssistOrdered: true }) },
    OFFICER_CLOSED_LANE: { guard: 'isFresh', actions: 'close' },
    OFFICER_SET_PROFILE: { guard: 'isFresh', actions: assign(({ event }) => ({ profile: event.profile })) },
    OFFICER_LOCKED_LANE: {
      guard: 'isFresh',
      target: '.lockdown',
      actions: { type: 'lock', params: ({ event }) => ({ cause: event.isDuress ? 'DURESS' : 'OFFICER' }) },
    },
    // Nothing of what was is believed after a restart (I9).
    RESTARTED: { target: '.starting', actions: ['forgetWhatWasSeen', assign({ lockdown: null, maintenance: null })] },
  },
  states: {
    // Letting somebody out needs the hall only; whether the lane may serve is asked afterwards.
    starting: {
      entry: 'holdDoors',
      always: [
        { guard: 'isUnshutAndIdle', target: 'clearingCabin' },
        { guard: 'isHealthyAndIdle', target: 'cleared' },
      ],
      after: { start: 'fault' },
    },
    // Both doors shut and nobody between them. Whoever is there without a transaction is let out to the entry side, and the
    // exit is shut before the entry opens.
    clearingCabin: {
      initial: 'looking',
      states: {
        looking: {
          always: [
            { guard: 'isAllShut', target: '#lane.cleared' },
            { guard: 'isShutOnObject', target: '#lane.fault.waiting' },
            { guard: 'isExitUnshut', target: 'shuttingExit' },
            { guard: 'isCabinEmpty', target: 'shuttingEntry' },
            { target: 'lettingOut' },
          ],
        },
        // What was wanted for a traveller who is gone opens the entry no more. It is not shut either: behind an exit that does
        // not come to read as shut, the interlock would never open it again for whoever is there.
        shuttingExit: { entry: ['holdEntry', 'closeExit'], always: { guard: 'isExitShut', target: 'looking' } },
        lettingOut: { entry: 'openEntry', always: { guard: 'isCabinEmpty', target: 'shuttingEntry' } },
        shuttingEntry: {
          entry: 'closeEntry',
          always: [
            { guard: 'isAllShut', target: '#lane.cleared' },
            { guard: 'isExitUnshut', target: 'shuttingExit' },
            { guard: 'isCabinOccupied', target: 'lettingOut' },
          ],
        },
      },
      after: {
        clearCabin: { target: 'fault.uncleared', actions: assign({ selfTestFailures: ['CABIN_NOT_CLEARED'] }) },
      },
    },
    cleared: {
      entry: assign({ selfTestFailures: [] }),
      always: [{ guard: 'isSick', target: 'fault' }, { target: 'selfTest' }],
    },
    selfTest: {
      entry: 'runSelfTest',
      always: { guard: 'isSick', target: 'fault' },
      on: {
        SELF_TEST_ENDED: [
          { guard: 'hasPassed', target: 'tested' },
          { target: 'fault.failed', actions: assign(({ event }) => ({ selfTestFailures: event.failures })) },
        ],
      },
      after: { selfTest: { target: 'fault.failed', actions: assign({ selfTestFailures: ['SELF_TEST_NOT_ENDED'] }) } },
    },
    tested: {
      always: [{ guard: 'mayOpen', target: 'open' }, { guard: 'isServing', target: 'draining' }, { target: 'closed' }],
    },
    closed: {
      initial: 'looking',
      states: {
        looking: {
          always: [
            { guard: 'isTrapPossible', target: 'disturbed' },
            { target: 'shut', actions: 'closeEntry' },
          ],
        },
        shut: { always: { guard: 'isUnshut', target: 'disturbed' } },
        disturbed: { always: { guard: 'isAllShut', target: 'looking' }, after: { settle: '#lane.clearingCabin' } },
      },
      always: [
        { guard: 'isSick', target: 'fault' },
        { guard: 'mayOpen', target: 'clearingCabin' },
      ],
      on: {
        TECHNICIAN_ASKED_MAINTENANCE: { guard: 'mayAskForMaintenance', actions: 'askForMaintenance' },
        OFFICER_CONSENTED_MAINTENANCE: { guard: 'mayBeginMaintenance', target: 'maintenance' },
      },
    },
    open: { ...serving, always: [...servingAlways, { guard: 'isAssistDue', target: 'assisted' }] },
    // Something is missing that officers can stand in for: every passage waits for an officer's word (I11).
    assisted: {
      ...serving,
      always: [...servingAlways, { guard: 'isAssistOver', target: 'open' }],
      on: {
        ...serving.on,
        OFFICER_OPENED_LANE: {
          guard: 'isFreshAndWell',
          actions: [assign({ shouldOpen: true, isAssistOrdered: false, isRecovering: false }), cancel('recovery')],
        },
      },
    },
    // The next document is accepted only from an empty cabin behind shut doors.
    betweenTravellers: {
      always: [faulted, { guard: 'isAllShut', target: 'tested' }, { target: 'clearingCabin' }],
    },
    draining: {
      always: [faulted, cabinGiven, { guard: 'isIdle', target: 'betweenTravellers' }],
    },
    // Doors shut, nobody served. A passage that is under way stands still before an officer; somebody who is in the cabin
    // without one is let out to the entry side after a while, unless they came in through the exit. Hardware release works.
    lockdown: {
      entry: [
        'closeExit',
        'closeEntry',
        { type: 'lockTransaction', params: ({ context }) => ({ cause: context.lockdown }) },
      ],
      initial: 'locked',
      states: {
        locked: {
          after: {
            lockdownHold: [
              { guard: 'isLockedIn', target: 'lettingOut' },
              { target: 'locked', reenter: true },
            ],
          },
        },
        lettingOut: {
          entry: 'openEntry',
          always: { guard: 'isCabinEmpty', target: 'locked', actions: 'closeEntry' },
        },
      },
      on: {
        // Whatever the lane was locked for: once somebody came in through the exit, nobody is let out by the entry.
        INTRUSION_SEEN: [{ guard: 'isReverseEntry', target: '.locked', actions: raised }, {}],
        HALL_CHANGED: [
          { guard: 'isEmergency', target: '#lane.evacuation', actions: 'seeHall' },
          { guard: 'isReverseEntrySeen', target: '.locked', actions: ['seeHall', ...raised] },
          { actions: 'seeHall' },
        ],
        OFFICER_LOCKED_LANE: {},
        OFFICER_OPENED_LANE: {},
        OFFICER_ASSISTED_LANE: {},
        OFFICER_RESET_LOCKDOWN: [
          { guard: 'isFirstOfTwo', actions: 'keepFirstConsent' },
          {
            guard: 'isSecondOfTwoAndIdle',
            target: 'starting',
            actions: assign({ lockdown: null, firstConsent: null }),
          },
        ],
        // A restart is no officer.
        RESTARTED: {
          target: '.locked',
          reenter: true,
          actions: ['forgetWhatWasSeen', 'close', 'closeExit', 'closeEntry'],
        },
      },
    },
    // A technician works in the gate, with an officer's consent: no traveller, no self-made motion, both doors may stand open.
    maintenance: {
      entry: ['beginMaintenance', 'holdDoors'],
      on: {
        TECHNICIAN_MOVED_DOOR: {
          guard: 'isOwnMaintenance',
          actions: {
            type: 'moveDoor',
            params: ({ event }) => ({ door: event.door, command: event.command }),
          },
        },
        TECHNICIAN_ENDED_MAINTENANCE: {
          guard: 'isOwnMaintenance',
          target: 'starting',
          actions: assign({ maintenance: null, shouldOpen: false }),
        },
        // A technician who is gone: two officers look that nobody stands in the gate.
        OFFICER_CLOSED_LANE: [
          { guard: 'isFirstOfTwo', actions: 'keepFirstConsent' },
          {
            guard: 'isSecondOfTwoAndIdle',
            target: 'starting',
            actions: assign({ maintenance: null, shouldOpen: false, firstConsent: null }),
          },
        ],
        HALL_CHANGED: [
          { guard: 'isEmergency', target: '#lane.evacuation', actions: 'seeHall' },
          { actions: 'seeHall' },
        ],
        INTRUSION_SEEN: {},
        OFFICER_OPENED_LANE: {},
        OFFICER_ASSISTED_LANE: {},
        OFFICER_LOCKED_LANE: {},
        // Somebody may stand between the doors: a restart moves none.
        RESTARTED: { actions: ['forgetWhatWasSeen', 'close', 'holdDoors'] },
      },
    },
    // Out of service, but not out of care: a traveller's way out is finished, and whoever is in the cabin is let out.
    fault: {
      initial: 'waiting',
      states: {
        waiting: {
          always: [
            { guard: 'isUnshutAndIdle', target: '#lane.clearingCabin' },
            { guard: 'isHealthyAndIdle', target: 'settling' },
          ],
        },
        settling: {
          always: { guard: 'isSick', target: 'waiting' },
          after: { settle: '#lane.clearingCabin' },
        },
        // A self-test that failed with every device healthy is repeated at leisure.
        failed: { always: { guard: 'isSick', target: 'waiting' }, after: { retest: 'waiting' } },
        // What was wanted of the doors stays wanted: the entry stays open for somebody who does not leave. One that could not
        // be opened before the exit was shut is opened now.
        uncleared: {
          always: [
            { guard: 'isAllShut', target: 'waiting' },
            { guard: 'isLettingOutPossible', target: '#lane.clearingCabin' },
          ],
          after: { retest: 'waiting' },
        },
      },
      on: {
        TECHNICIAN_ASKED_MAINTENANCE: { guard: 'mayAskForMaintenance', actions: 'askForMaintenance' },
        OFFICER_CONSENTED_MAINTENANCE: { guard: 'mayBeginMaintenance', target: 'maintenance' },
      },
    },
    evacuation: {
      entry: [
        'holdDoors',
        'evacuateTransaction',
        assign({
          shouldOpen: false,
          isAssistOrdered: false,
          lockdown: null,
          maintenance: null,
          uncontrolledCrossings: 0,
        }),
      ],
      exit: 'endEmergency',
      on: {
        HALL_CHANGED: { actions: ['countCrossing', 'seeHall'] },
        INTRUSION_SEEN: {},
        OFFICER_OPENED_LANE: {},
        OFFICER_ASSISTED_LANE: {},
        OFFICER_LOCKED_LANE: {},
        OFFICER_RESET_EVACUATION: { guard: 'isResetOfEmergency', target: 'starting' },
        // A restart is no officer: only a walk through the lane ends an evacuation.
        RESTARTED: { actions: ['forgetWhatWasSeen', 'close', 'holdDoors'] },
      },
    },
  },
});
