import type { DoorReading, GateReading } from '../../drivers/contracts/gate-io.ts';

export type DoorState = 'closed' | 'open' | 'between' | 'unknown';

/** What the machines know of the hall. High-rate values (positions, counters) do not appear: this is what changes mean. */
export type Hall = {
  /** False while there is no fresh reading: then nothing below may be concluded from. */
  readonly isKnown: boolean;
  readonly entry: DoorState;
  readonly exit: DoorState;
  /** Somebody or something is between the doors. */
  readonly isCabinOccupied: boolean;
  /** Nothing in the entry beam or its closing zone. */
  readonly isEntryFree: boolean;
  readonly isExitFree: boolean;
  readonly isSecondPersonSeen: boolean;
  /** Something lies in the cabin and nobody is with it. */
  readonly isObjectLeft: boolean;
  /** Mains power has failed: whoever is inside is let out, nobody new comes in. */
  readonly isOnUPS: boolean;
  /** The help button is pressed. */
  readonly isHelpRequested: boolean;
  readonly isFireAlarm: boolean;
  readonly isEmergencyOpen: boolean;
};

/** Without a reading the cabin counts as occupied and no zone as free: unknown is never clear. */
export const unknownHall: Hall = {
  isKnown: false,
  entry: 'unknown',
  exit: 'unknown',
  isCabinOccupied: true,
  isEntryFree: false,
  isExitFree: false,
  isSecondPersonSeen: false,
  isObjectLeft: false,
  isOnUPS: false,
  isHelpRequested: false,
  isFireAlarm: false,
  isEmergencyOpen: false,
};

/** Reduces a reading, or the lack of one. */
export function hallOf(reading: GateReading | undefined): Hall {
  if (reading === undefined) return unknownHall;
  return {
    isKnown: true,
    entry: doorState(reading.doors.entry),
    exit: doorState(reading.doors.exit),
    isCabinOccupied: reading.isChamberFrontOccupied || reading.isChamberRearOccupied || reading.isFloorMatOccupied,
    isEntryFree: !reading.isEntryBeamInterrupted && !reading.doors.entry.isClosingZoneObstructed,
    isExitFree: !reading.isExitBeamInterrupted && !reading.doors.exit.isClosingZoneObstructed,
    isSecondPersonSeen: reading.isSecondPersonSeen,
    isObjectLeft: reading.isObjectLeft,
    isOnUPS: reading.isOnUPS,
    isHelpRequested: reading.isHelpRequested,
    isFireAlarm: reading.isFireAlarm,
    isEmergencyOpen: reading.isEmergencyOpen,
  };
}

/** End switches only: a position or a motion code is a hint, a switch is a fact. Both at once is a broken switch. */
function doorState(door: DoorReading): DoorState {
  if (door.isAtClosedLimit && door.isAtOpenLimit) return 'unknown';
  if (door.isAtClosedLimit) return 'closed';
  if (door.isAtOpenLimit) return 'open';
  return 'between';
}

/** True when two halls call for the same behaviour. */
export const isSameHall = (a: Hall, b: Hall): boolean =>
  a === b || (Object.keys(a) as (keyof Hall)[]).every((key) => a[key] === b[key]);

// What both machines ask of a hall. Each is false while the hall is not known: nothing is concluded from what is not seen.

/** Both end switches say closed and nobody is in between. */
export const isAllShut = (hall: Hall): boolean =>
  hall.isKnown && hall.entry === 'closed' && hall.exit === 'closed' && !hall.isCabinOccupied;

export const isUnshut = (hall: Hall): boolean => hall.isKnown && !isAllShut(hall);

export const isOccupied = (hall: Hall): boolean => hall.isKnown && hall.isCabinOccupied;

/** Nobody in the cabin and nobody in the entry: it may be shut. */
export const isLeftByEntry = (hall: Hall): boolean => hall.isKnown && !hall.isCabinOccupied && hall.isEntryFree;

/** Nobody in the cabin and nobody in the exit, which has been open. */
export const isLeftByExit = (hall: Hall): boolean =>
  hall.isKnown && !hall.isCabinOccupied && hall.isExitFree && hall.exit !== 'closed';

/** Somebody in the cabin, clear of the entry, and the separation sensor quiet. */
export const isOneInside = (hall: Hall): boolean => isOccupied(hall) && hall.isEntryFree && !hall.isSecondPersonSeen;

export const isShutIn = (hall: Hall): boolean => isOccupied(hall) && hall.entry === 'closed';

/**
 * A door opened or the cabin emptied: whoever stands there now need not be who was compared. What the hardware does in an
 * emergency is no finding about a traveller: the lane ends the passage.
 */
export const isStayBroken = (hall: Hall): boolean =>
  hall.isKnown && !isEmergency(hall) && (hall.entry !== 'closed' || !hall.isCabinOccupied);

/** Both doors are shut on something that a traveller left behind; nobody is with it. */
export const isShutOnObject = (hall: Hall): boolean =>
  hall.isKnown && hall.entry === 'closed' && hall.exit === 'closed' && hall.isObjectLeft && !hall.isHelpRequested;

/** The traveller is out through the open exit, and has left something behind. */
export const isOnlyObjectLeft = (hall: Hall): boolean =>
  hall.isKnown && hall.isObjectLeft && !hall.isHelpRequested && hall.isExitFree && hall.exit !== 'closed';

/**
 * Between two halls somebody came in through the exit: the cabin was empty behind a shut entry, the exit was not shut, and now
 * somebody is inside. A thing that was pushed in counts too.
 */
export const isReverseEntry = (before: Hall, after: Hall): boolean =>
  isUnoccupiedBehindEntry(before) &&
  isOccupied(after) &&
  after.entry === 'closed' &&
  (before.exit !== 'closed' || after.exit !== 'closed');

const isUnoccupiedBehindEntry = (hall: Hall): boolean =>
  hall.isKnown && !hall.isCabinOccupied && hall.entry === 'closed';

/**
 * The entry is not shut although somebody is on the way out: whoever leaves need not be who was admitted. In an emergency the
 * hardware opens it, and the lane says so to the passage.
 */
export const isEntryUnshut = (hall: Hall): boolean => hall.isKnown && !isEmergency(hall) && hall.entry !== 'closed';

export const isSecondPersonSeen = (hall: Hall): boolean => hall.isKnown && hall.isSecondPersonSeen;

/** Fire alarm or emergency release stands. */
export const isEmergency = (hall: Hall): boolean => hall.isKnown && (hall.isFireAlarm || hall.isEmergencyOpen);
