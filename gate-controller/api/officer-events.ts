import type { LaneHappening } from '../lane/events.ts';
import type { TransactionHappening } from '../transaction/events.ts';
import type { OfficerCommandName } from './messages.ts';

/** What every order of an officer carries into the machine. */
export type Order = {
  readonly officer: string;
  /** Wall clock; the machine ignores the order in a later turn. */
  readonly validUntil_ms: number;
  readonly reason: string;
};

type EventOf<Happening> = (order: Order) => Happening;

/** Commands to the lane, as the events that its machine knows. */
const laneEvents: Partial<Readonly<Record<OfficerCommandName, EventOf<LaneHappening>>>> = {
  openLane: ({ reason: _, ...by }) => ({ type: 'OFFICER_OPENED_LANE', ...by }),
  assistLane: ({ reason: _, ...by }) => ({ type: 'OFFICER_ASSISTED_LANE', ...by }),
  closeLane: ({ reason: _, ...by }) => ({ type: 'OFFICER_CLOSED_LANE', ...by }),
  lockLane: ({ reason: _, ...by }) => ({ type: 'OFFICER_LOCKED_LANE', ...by, isDuress: false }),
  duress: ({ reason: _, ...by }) => ({ type: 'OFFICER_LOCKED_LANE', ...by, isDuress: true }),
  resetLockdown: (order) => ({ type: 'OFFICER_RESET_LOCKDOWN', ...order }),
  resetEvacuation: (order) => ({ type: 'OFFICER_RESET_EVACUATION', ...order }),
  consentMaintenance: ({ reason: _, ...by }) => ({ type: 'OFFICER_CONSENTED_MAINTENANCE', ...by }),
  useAccessibleProfile: ({ reason: _, ...by }) => ({ type: 'OFFICER_SET_PROFILE', ...by, profile: 'accessible' }),
  useStandardProfile: ({ reason: _, ...by }) => ({ type: 'OFFICER_SET_PROFILE', ...by, profile: 'standard' }),
};

/** Commands about one passage. */
const transactionEvents: Partial<Readonly<Record<OfficerCommandName, EventOf<TransactionHappening>>>> = {
  acknowledge: ({ reason: _, ...by }) => ({ type: 'OFFICER_ACKNOWLEDGED', ...by }),
  releaseToExit: (order) => ({ type: 'OFFICER_RELEASED', ...order }),
  returnToEntry: (order) => ({ type: 'OFFICER_RETURNED', ...order }),
  allowCompanion: (order) => ({ type: 'OFFICER_ALLOWED_COMPANION', ...order }),
  useAccessibleProfile: ({ reason: _, ...by }) => ({ type: 'OFFICER_SET_PROFILE', ...by, profile: 'accessible' }),
  useStandardProfile: ({ reason: _, ...by }) => ({ type: 'OFFICER_SET_PROFILE', ...by, profile: 'standard' }),
};

/** Undefined when the command does not concern the lane as such. */
export const laneEvent = (command: OfficerCommandName, order: Order): LaneHappening | undefined =>
  laneEvents[command]?.(order);

/** Undefined when the command does not concern a passage. */
export const transactionEvent = (command: OfficerCommandName, order: Order): TransactionHappening | undefined =>
  transactionEvents[command]?.(order);
