import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import { type Hall, isEmergency } from './hall.ts';

/** Who allowed the exit to open, for which transaction, until when. Monotonic milliseconds. */
export type ExitAuthority = {
  readonly transactionId: string;
  readonly by: 'admit' | 'officer';
  readonly validUntil_ms: number;
};

export type InterlockInput = {
  readonly door: DoorName;
  readonly command: DoorCommand;
  readonly hall: Hall;
  /** What was last asked of the other door. */
  readonly otherCommand: DoorCommand;
  /** In maintenance a technician, with an officer's consent, may open both. */
  readonly isMaintenance: boolean;
  readonly currentTransactionId: string | null;
  readonly authority: ExitAuthority | null;
  readonly now_ms: number;
};

/** Why a door may not be asked for something. */
export type InterlockRefusal =
  | 'HALL_UNKNOWN'
  | 'EMERGENCY_RULES'
  | 'OTHER_DOOR_NOT_CLOSED'
  | 'OTHER_DOOR_COMMANDED_OPEN'
  | 'CLOSING_ZONE_OBSTRUCTED'
  | 'EXIT_NOT_AUTHORISED'
  | 'EXIT_FOR_ONE_PERSON_ONLY'
  | 'EXIT_AUTHORITY_EXPIRED'
  | 'EXIT_AUTHORITY_OF_OTHER_TRANSACTION';

/**
 * The rule in front of every door command: undefined = may be asked.
 *
 * `hold` asks for no force and is always allowed. On fire or emergency release nothing but `hold` is (I6): the hardware
 * opens. Closing needs a free zone (I5, EN 16005). Opening needs the other door shut by its end switch and not asked to
 * open (I1). The exit opens only on an unexpired authority of the current transaction (I2).
 */
export function interlock(input: InterlockInput): InterlockRefusal | undefined {
  const { command, door, hall } = input;
  if (command === 'hold') return undefined;
  if (!hall.isKnown) return 'HALL_UNKNOWN';
  if (isEmergency(hall)) return 'EMERGENCY_RULES';
  if (command === 'close') return mayClose(door, hall);
  return mayOpen(input);
}

const mayClose = (door: DoorName, hall: Hall): InterlockRefusal | undefined =>
  (door === 'entry' ? hall.isEntryFree : hall.isExitFree) ? undefined : 'CLOSING_ZONE_OBSTRUCTED';

function mayOpen(input: InterlockInput): InterlockRefusal | undefined {
  const { door, hall, isMaintenance, otherCommand } = input;
  if (!isMaintenance) {
    if ((door === 'entry' ? hall.exit : hall.entry) !== 'closed') return 'OTHER_DOOR_NOT_CLOSED';
    if (otherCommand === 'open') return 'OTHER_DOOR_COMMANDED_OPEN';
  }
  return door === 'exit' && !isMaintenance ? mayOpenExit(input) : undefined;
}

function mayOpenExit({ authority, currentTransactionId, hall, now_ms }: InterlockInput): InterlockRefusal | undefined {
  if (authority === null || currentTransactionId === null) return 'EXIT_NOT_AUTHORISED';
  if (authority.transactionId !== currentTransactionId) return 'EXIT_AUTHORITY_OF_OTHER_TRANSACTION';
  // An admit is for the one person who was compared; an officer who releases has looked.
  if (authority.by === 'admit' && hall.isSecondPersonSeen) return 'EXIT_FOR_ONE_PERSON_ONLY';
  // Written so that an authority without a valid time refuses.
  return authority.validUntil_ms >= now_ms ? undefined : 'EXIT_AUTHORITY_EXPIRED';
}
