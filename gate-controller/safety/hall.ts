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
  (Object.keys(a) as (keyof Hall)[]).every((key) => a[key] === b[key]);
