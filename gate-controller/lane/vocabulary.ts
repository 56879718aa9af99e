import { assign, setup } from 'xstate';
import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import {
  type Hall,
  isAllShut,
  isEmergency,
  isLeftByEntry,
  isOccupied,
  isShutOnObject,
  isUnshut,
} from '../safety/hall.ts';
import { isFresh, type LockdownCause } from '../transaction/events.ts';
import {
  endOfTransaction,
  isAssistDue,
  isCrossing,
  isEmergencyEvent,
  isFirstOfTwo,
  isNewcomerWelcome,
  isNextWelcome,
  isReverseEntryEvent,
  isUnattended,
  type LaneContext,
  type LaneInput,
  lockedFor,
  mayAskForMaintenance,
  mayBeginMaintenance,
  restarted,
  type TransactionStart,
} from './context.ts';
import type { LaneEvent } from './events.ts';

/** Somebody has to look after the cabin; a thing that was left behind shut doors waits for officers. */
const isDisturbed = (hall: Hall): boolean => isUnshut(hall) && !isShutOnObject(hall);

/**
 * What the lane can ask for, remember, test and wait for. Actions without a body are carried out by the kernel's effects
 * after the record is durable (I4).
 */
export const laneVocabulary = setup({
  types: {
    context: {} as LaneContext,
    events: {} as LaneEvent,
    input: {} as LaneInput,
  },
  actions: {
    // Carried out by the kernel's effects.
    openEntry: () => {},
    closeEntry: () => {},
    /** Neither opens nor shuts it: whatever was wanted of it before is over. */
    holdEntry: () => {},
    closeExit: () => {},
    holdDoors: () => {},
    moveDoor: (_, _move: { door: DoorName; command: DoorCommand }) => {},
    endEmergency: () => {},
    runSelfTest: () => {},
    startTransaction: (_, _start: TransactionStart) => {},
    freeCabin: (_, _to: { transactionId: string | null }) => {},
    faultTransaction: (_, _fault: { codes: readonly string[] }) => {},
    lockTransaction: (_, _lockdown: { cause: LockdownCause | null }) => {},
    evacuateTransaction: () => {},
    // What is remembered.
    seeHall: assign(({ event }) => (event.type === 'HALL_CHANGED' ? { hall: event.hall } : {})),
    seeHealth: assign(({ event }) =>
      event.type === 'HEALTH_CHANGED' ? { blocking: event.blocking, degraded: event.degraded } : {},
    ),
    countCrossing: assign(({ context, event }) => ({
      uncontrolledCrossings: context.uncontrolledCrossings + (isCrossing(context, event) ? 1 : 0),
    })),
    takeCabin: assign(({ context, event }) => ({
      transactionId: 'transactionId' in event ? event.transactionId : null,
      isCabinGiven: true,
      profile: context.usualProfile,
    })),
    takeNext: assign(({ context, event }) => ({
      nextTransactionId: 'transactionId' in event ? event.transactionId : null,
      profile: context.usualProfile,
    })),
    giveCabin: assign({ isCabinGiven: true }),
    endTransaction: assign(({ context, event }) => endOfTransaction(context, event)),
    close: assign({ shouldOpen: false, isAssistOrdered: false }),
    lockForReverseEntry: assign(lockedFor('REVERSE_ENTRY')),
    lock: assign((_, { cause }: { cause: LockdownCause }) => lockedFor(cause)),
    keepFirstConsent: assign(({ event }) => ({
      firstConsent: { officer: 'officer' in event ? event.officer : '', at_ms: event.at_ms },
    })),
    askForMaintenance: assign(({ event }) => ({
      maintenance: {
        technician: 'technician' in event ? event.technician : '',
        askedAt_ms: event.at_ms,
        officer: null,
      },
    })),
    beginMaintenance: assign(({ context: { maintenance }, event }) => ({
      maintenance: maintenance === null ? null : { ...maintenance, officer: 'officer' in event ? event.officer : null },
      firstConsent: null,
      shouldOpen: false,
      isAssistOrdered: false,
    })),
    forgetWhatWasSeen: assign(({ context, event }) => restarted(context, event)),
  },
  guards: {
    isFresh: ({ event }) => isFresh(event),
    isFirstOfTwo: ({ context, event }) => isFirstOfTwo(context, event),
    isSecondOfTwoAndIdle: ({ context, event }) =>
      isFresh(event) &&
      !isFirstOfTwo(context, event) &&
      context.transactionId === null &&
      // Whoever came in through the exit has to be out before the lane looks after its cabin again.
      (context.lockdown !== 'REVERSE_ENTRY' || (context.hall.isKnown && !context.hall.isCabinOccupied)),
    mayAskForMaintenance: ({ context, event }) => mayAskForMaintenance(context, event),
    isOwnMaintenance: ({ context: { maintenance }, event }) =>
      isFresh(event) && 'technician' in event && event.technician === maintenance?.technician,
    mayBeginMaintenance: ({ context, event }) => mayBeginMaintenance(context, event),
    isEmergency: ({ event }) => isEmergencyEvent(event),
    isResetOfEmergency: ({ context: { hall }, event }) => isFresh(event) && hall.isKnown && !isEmergency(hall),
    // A hall that cannot be seen is a fault of its device, and counts once that fault has stood.
    isSick: ({ context }) => context.blocking.length > 0,
    /** Somebody is in the cabin behind a shut exit, and the entry has not come to stand open for them yet. */
    isLettingOutPossible: ({ context: { hall } }) =>
      isOccupied(hall) && hall.exit === 'closed' && hall.entry !== 'open' && !isShutOnObject(hall),
    /** The entry stays as it is: behind an exit that never comes to read as shut it could not be opened again. */
    isTrapPossible: ({ context: { hall } }) => isOccupied(hall) && hall.exit !== 'closed',
    isExitShut: ({ context: { hall } }) => hall.isKnown && hall.exit === 'closed',
    isExitUnshut: ({ context: { hall } }) => hall.isKnown && hall.exit !== 'closed',
    isUnshut: ({ context }) => isDisturbed(context.hall),
    isUnshutAndIdle: ({ context }) => context.transactionId === null && isDisturbed(context.hall),
    isShutOrServing: ({ context }) => context.transactionId !== null || isAllShut(context.hall),
    isShutOnObject: ({ context }) => isShutOnObject(context.hall),
    isIdle: ({ context }) => context.transactionId === null,
    isServing: ({ context }) => context.transactionId !== null,
    isFreshAndIdle: ({ context, event }) => isFresh(event) && context.transactionId === null,
    isHealthyAndIdle: ({ context }) =>
      context.blocking.length === 0 && context.hall.isKnown && context.transactionId === null,
    isCabinOccupied: ({ context }) => isOccupied(context.hall),
    isCabinEmpty: ({ context }) => isLeftByEntry(context.hall),
    isAllShut: ({ context }) => isAllShut(context.hall),
    isCabinDue: ({ context }) => context.transactionId !== null && !context.isCabinGiven && isAllShut(context.hall),
    isReadyForTraveller: ({ context }) => context.topology !== 'one-step' && isNewcomerWelcome(context),
    isReadyForNext: ({ context }) => isNextWelcome(context),
    isInvitationDue: ({ context }) => context.topology === 'one-step' && isNewcomerWelcome(context),
    isEnteredAndIdle: ({ context }) => context.transactionId === null && isOccupied(context.hall),
    isUnattendedAndIdle: ({ context }) => isUnattended(context) && context.transactionId === null,
    isUnattended: ({ context }) => isUnattended(context),
    isAssistDue: ({ context }) => isAssistDue(context),
    isAssistOver: ({ context }) => !isAssistDue(context),
    isFreshAndWell: ({ context, event }) => isFresh(event) && context.degraded.length === 0,
    isRecovery: ({ context, event }) =>
      event.type === 'HEALTH_CHANGED' && context.degraded.length > 0 && event.degraded.length === 0,
    isDegradation: ({ event }) => event.type === 'HEALTH_CHANGED' && event.degraded.length > 0,
    isCurrent: ({ context, event }) =>
      event.type === 'TRANSACTION_ENDED' && event.transactionId === context.transactionId,
    isCurrentLeaving: ({ context, event }) =>
      event.type === 'TRANSACTION_LEAVING' && event.transactionId === context.transactionId,
    hasPassed: ({ event }) => event.type === 'SELF_TEST_ENDED' && event.failures.length === 0,
    mayOpen: ({ context }) => context.shouldOpen && !isUnattended(context),
    isReverseEntry: ({ event }) => event.type === 'INTRUSION_SEEN' && event.cause === 'REVERSE_ENTRY',
    isReverseEntrySeen: ({ context, event }) => isReverseEntryEvent(context, event),
    isLockedIn: ({ context }) =>
      context.transactionId === null &&
      context.lockdown !== 'REVERSE_ENTRY' &&
      isOccupied(context.hall) &&
      !context.hall.isObjectLeft,
  },
  delays: {
    start: ({ context }) => context.timings.start_ms,
    selfTest: ({ context }) => context.timings.selfTest_ms,
    clearCabin: ({ context }) => context.timings.clearCabin_ms,
    settle: ({ context }) => context.timings.settle_ms,
    retest: ({ context }) => context.timings.retest_ms,
    recover: ({ context }) => context.timings.recover_ms,
    lockdownHold: ({ context }) => context.timings.lockdownHold_ms,
  },
});
