import type { LaneHappening } from '../lane/events.ts';
import type { Commanded, TransactionHappening } from '../transaction/events.ts';
import type { OfficerCommandName } from './messages.ts';

/** What every order of an officer carries into the machine. */
export type Order = Commanded & { readonly reason: string };

/** Not every event takes the reason: the record holds none where none was asked. */
type EventOf<Happening> = (by: Commanded, reason: string) => Happening;

/** Commands to the lane, as the events that its machine knows. */
const laneEvents: Partial<Readonly<Record<OfficerCommandName, EventOf<LaneHappening>>>> = {
  openLane: (by) => ({ type: 'OFFICER_OPENED_LANE', ...by }),
  assistLane: (by) => ({ type: 'OFFICER_ASSISTED_LANE', ...by }),
  closeLane: (by) => ({ type: 'OFFICER_CLOSED_LANE', ...by }),
  lockLane: (by) => ({ type: 'OFFICER_LOCKED_LANE', ...by, isDuress: false }),
  duress: (by) => ({ type: 'OFFICER_LOCKED_LANE', ...by, isDuress: true }),
  resetLockdown: (by, reason) => ({ type: 'OFFICER_RESET_LOCKDOWN', ...by, reason }),
  resetEvacuation: (by, reason) => ({ type: 'OFFICER_RESET_EVACUATION', ...by, reason }),
  consentMaintenance: (by) => ({ type: 'OFFICER_CONSENTED_MAINTENANCE', ...by }),
  useAccessibleProfile: (by) => ({ type: 'OFFICER_SET_PROFILE', ...by, profile: 'accessible' }),
  useStandardProfile: (by) => ({ type: 'OFFICER_SET_PROFILE', ...by, profile: 'standard' }),
};

/** Commands about one passage. */
const transactionEvents: Partial<Readonly<Record<OfficerCommandName, EventOf<TransactionHappening>>>> = {
  acknowledge: (by) => ({ type: 'OFFICER_ACKNOWLEDGED', ...by }),
  releaseToExit: (by, reason) => ({ type: 'OFFICER_RELEASED', ...by, reason }),
  returnToEntry: (by, reason) => ({ type: 'OFFICER_RETURNED', ...by, reason }),
  allowCompanion: (by, reason) => ({ type: 'OFFICER_ALLOWED_COMPANION', ...by, reason }),
  useAccessibleProfile: (by) => ({ type: 'OFFICER_SET_PROFILE', ...by, profile: 'accessible' }),
  useStandardProfile: (by) => ({ type: 'OFFICER_SET_PROFILE', ...by, profile: 'standard' }),
};

/** Undefined when the command does not concern the lane as such. */
export const laneEvent = (command: OfficerCommandName, { reason, ...by }: Order): LaneHappening | undefined =>
  laneEvents[command]?.(by, reason);

/** Undefined when the command does not concern a passage. */
export const transactionEvent = (
  command: OfficerCommandName,
  { reason, ...by }: Order,
): TransactionHappening | undefined => transactionEvents[command]?.(by, reason);
