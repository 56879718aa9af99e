import { assign, setup } from 'xstate';
import type { MRZEvidence } from '../decision/evidence.ts';
import { type Hall, isAllShut, isEmergency, isLeftByEntry, isOccupied, isUnshut, unknownHall } from '../safety/hall.ts';

/** Waits of the lane in milliseconds. */
export type LaneTimings = {
  readonly start_ms: number;
  readonly selfTest_ms: number;
  readonly clearCabin_ms: number;
  /** How long health must be good before the lane leaves a fault, so that a flapping device does not flap the lane. */
  readonly settle_ms: number;
  /** Pause before a failed self-test is repeated. */
  readonly retest_ms: number;
};

export const defaultLaneTimings: LaneTimings = {
  start_ms: 30_000,
  selfTest_ms: 10_000,
  clearCabin_ms: 30_000,
  settle_ms: 2_000,
  retest_ms: 15_000,
};

export type LaneInput = {
  readonly laneId: string;
  /** True: the lane opens after a passed self-test without an officer's word (demonstration, commissioning). */
  readonly opensByItself: boolean;
  readonly timings: LaneTimings;
};

export type LaneContext = LaneInput & {
  readonly hall: Hall;
  /** What keeps the lane from serving, `device:code`; starts as "nothing is known". */
  readonly blocking: readonly string[];
  readonly selfTestFailures: readonly string[];
  readonly transactionId: string | null;
  readonly shouldOpen: boolean;
};

export type LaneHappening =
  | { readonly type: 'HALL_CHANGED'; readonly hall: Hall }
  | { readonly type: 'HEALTH_CHANGED'; readonly blocking: readonly string[] }
  | { readonly type: 'SELF_TEST_ENDED'; readonly failures: readonly string[] }
  | { readonly type: 'DOCUMENT_PRESENTED'; readonly transactionId: string; readonly mrz: MRZEvidence }
  | { readonly type: 'TRANSACTION_ENDED'; readonly transactionId: string; readonly outcome: string }
  | { readonly type: 'OFFICER_OPENED_LANE'; readonly officer: string }
  | { readonly type: 'OFFICER_CLOSED_LANE'; readonly officer: string }
  | { readonly type: 'OFFICER_RESET_EVACUATION'; readonly officer: string; readonly reason: string }
  | { readonly type: 'RESTARTED' };

export type LaneEvent = LaneHappening & { readonly at_ms: number };

/**
 * The lane's mode. Fire and emergency release win in every state (I6); the hardware opens the doors, the lane only follows
 * and never closes again by itself: an officer resets it once the inputs are quiet.
 */
export const laneMachine = setup({
  types: {
    context: {} as LaneContext,
    events: {} as LaneEvent,
    input: {} as LaneInput,
  },
  actions: {
    openEntry: () => {},
    closeEntry: () => {},
    closeExit: () => {},
    holdDoors: () => {},
    endEmergency: () => {},
    runSelfTest: () => {},
    startTransaction: (_, _start: { transactionId: string; mrz: MRZEvidence }) => {},
    faultTransaction: (_, _fault: { codes: readonly string[] }) => {},
    evacuateTransaction: () => {},
    seeHall: assign((_, params: { hall: Hall }) => ({ hall: params.hall })),
    forgetTransaction: assign({ transactionId: null }),
    forgetWhatWasSeen: assign({
      hall: unknownHall,
      blocking: ['lane:NOT_STARTED'],
      selfTestFailures: [],
      transactionId: null,
    }),
  },
  guards: {
    isEmergency: (_, params: { hall: Hall }) => isEmergency(params.hall),
    isEmergencyOver: ({ context: { hall } }) => hall.isKnown && !isEmergency(hall),
    // A hall that cannot be seen is a fault of its device, and counts once that fault has stood.
    isSick: ({ context }) => context.blocking.length > 0,
    isExitShut: ({ context: { hall } }) => hall.isKnown && hall.exit === 'closed',
    isExitUnshut: ({ context: { hall } }) => hall.isKnown && hall.exit !== 'closed',
    isUnshut: ({ context }) => isUnshut(context.hall),
    isUnshutAndIdle: ({ context }) => context.transactionId === null && isUnshut(context.hall),
    isShutOrServing: ({ context }) => context.transactionId !== null || isAllShut(context.hall),
    isIdle: ({ context }) => context.transactionId === null,
    isHealthyAndIdle: ({ context }) =>
      context.blocking.length === 0 && context.hall.isKnown && context.transactionId === null,
    isCabinOccupied: ({ context }) => isOccupied(context.hall),
    isCabinEmpty: ({ context }) => isLeftByEntry(context.hall),
    isAllShut: ({ context }) => isAllShut(context.hall),
    isReadyForTraveller: ({ context }) => context.transactionId === null && isAllShut(context.hall),
    isCurrent: ({ context }, params: { transactionId: string }) => context.transactionId === params.transactionId,
    hasPassed: (_, params: { failures: readonly string[] }) => params.failures.length === 0,
    shouldOpen: ({ context }) => context.shouldOpen,
  },
  delays: {
    start: ({ context }) => context.timings.start_ms,
    selfTest: ({ context }) => context.timings.selfTest_ms,
    clearCabin: ({ context }) => context.timings.clearCabin_ms,
    settle: ({ context }) => context.timings.settle_ms,
    retest: ({ context }) => context.timings.retest_ms,
  },
}).createMachine({
  id: 'lane',
  context: ({ input }) => ({
    ...input,
    hall: unknownHall,
    blocking: ['lane:NOT_STARTED'],
    selfTestFailures: [],
    transactionId: null,
    shouldOpen: input.opensByItself,
  }),
  initial: 'starting',
  on: {
    HALL_CHANGED: [
      {
        guard: { type: 'isEmergency', params: ({ event }) => ({ hall: event.hall }) },
        target: '.evacuation',
        actions: [{ type: 'seeHall', params: ({ event }) => ({ hall: event.hall }) }],
      },
      { actions: { type: 'seeHall', params: ({ event }) => ({ hall: event.hall }) } },
    ],
    HEALTH_CHANGED: { actions: assign(({ event }) => ({ blocking: event.blocking })) },
    TRANSACTION_ENDED: {
      guard: { type: 'isCurrent', params: ({ event }) => ({ transactionId: event.transactionId }) },
      actions: 'forgetTransaction',
    },
    OFFICER_OPENED_LANE: { actions: assign({ shouldOpen: true }) },
    OFFICER_CLOSED_LANE: { actions: assign({ shouldOpen: false }) },
    // Nothing of what was is believed after a restart (I9).
    RESTARTED: {
      target: '.starting',
      actions: ['forgetWhatWasSeen', assign(({ context }) => ({ shouldOpen: context.opensByItself }))],
    },
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
            { guard: 'isExitUnshut', target: 'shuttingExit' },
            { guard: 'isCabinEmpty', target: 'shuttingEntry' },
            { target: 'lettingOut' },
          ],
        },
        shuttingExit: { entry: 'closeExit', always: { guard: 'isExitShut', target: 'looking' } },
        lettingOut: { entry: 'openEntry', always: { guard: 'isCabinEmpty', target: 'shuttingEntry' } },
        shuttingEntry: {
          entry: 'closeEntry',
          always: [
            { guard: 'isAllShut', target: '#lane.cleared' },
            { guard: 'isCabinOccupied', target: 'lettingOut' },
            { guard: 'isExitUnshut', target: 'shuttingExit' },
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
          {
            guard: { type: 'hasPassed', params: ({ event }) => ({ failures: event.failures }) },
            target: 'tested',
          },
          { target: 'fault.failed', actions: assign(({ event }) => ({ selfTestFailures: event.failures })) },
        ],
      },
      after: { selfTest: { target: 'fault.failed', actions: assign({ selfTestFailures: ['SELF_TEST_NOT_ENDED'] }) } },
    },
    tested: { always: [{ guard: 'shouldOpen', target: 'open' }, { target: 'closed' }] },
    closed: {
      entry: 'closeEntry',
      initial: 'shut',
      states: {
        shut: { always: { guard: 'isUnshut', target: 'disturbed' } },
        disturbed: { always: { guard: 'isAllShut', target: 'shut' }, after: { settle: '#lane.clearingCabin' } },
      },
      always: [
        { guard: 'isSick', target: 'fault' },
        { guard: 'shouldOpen', target: 'clearingCabin' },
      ],
    },
    open: {
      initial: 'shut',
      states: {
        shut: { always: { guard: 'isUnshutAndIdle', target: 'disturbed' } },
        // Somebody is in the cabin, or a door is not shut, without a passage: after a moment the lane looks after them.
        disturbed: {
          always: { guard: 'isShutOrServing', target: 'shut' },
          after: { settle: '#lane.clearingCabin' },
        },
      },
      always: {
        guard: 'isSick',
        target: 'fault',
        actions: { type: 'faultTransaction', params: ({ context }) => ({ codes: context.blocking }) },
      },
      on: {
        DOCUMENT_PRESENTED: {
          guard: 'isReadyForTraveller',
          actions: [
            assign(({ event }) => ({ transactionId: event.transactionId })),
            {
              type: 'startTransaction',
              params: ({ event }) => ({ transactionId: event.transactionId, mrz: event.mrz }),
            },
          ],
        },
        TRANSACTION_ENDED: {
          guard: { type: 'isCurrent', params: ({ event }) => ({ transactionId: event.transactionId }) },
          target: 'betweenTravellers',
          actions: 'forgetTransaction',
        },
        OFFICER_CLOSED_LANE: [
          { guard: 'isIdle', target: 'closed', actions: assign({ shouldOpen: false }) },
          { target: 'draining', actions: assign({ shouldOpen: false }) },
        ],
      },
    },
    // The next document is accepted only from an empty cabin behind shut doors.
    betweenTravellers: {
      always: [
        { guard: 'isSick', target: 'fault' },
        { guard: 'isAllShut', target: 'tested' },
        { target: 'clearingCabin' },
      ],
    },
    draining: {
      always: [
        {
          guard: 'isSick',
          target: 'fault',
          actions: { type: 'faultTransaction', params: ({ context }) => ({ codes: context.blocking }) },
        },
        { guard: 'isIdle', target: 'betweenTravellers' },
      ],
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
        // What was wanted of the doors stays wanted: the entry stays open for somebody who does not leave.
        uncleared: { always: { guard: 'isAllShut', target: 'waiting' }, after: { retest: 'waiting' } },
      },
    },
    evacuation: {
      entry: ['holdDoors', 'evacuateTransaction', assign({ shouldOpen: false })],
      exit: 'endEmergency',
      on: {
        HALL_CHANGED: { actions: { type: 'seeHall', params: ({ event }) => ({ hall: event.hall }) } },
        OFFICER_OPENED_LANE: {},
        OFFICER_RESET_EVACUATION: { guard: 'isEmergencyOver', target: 'starting' },
        // A restart is no officer: only a walk through the lane ends an evacuation.
        RESTARTED: { actions: ['forgetWhatWasSeen', 'holdDoors', assign({ shouldOpen: false })] },
      },
    },
  },
});
