import { outermost } from '../lane/presentation.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { laneSnapshot, tellLane, tellTransaction, transactionSnapshot } from '../kernel/lane-parts.ts';
import type { OfficerCommand, OfficerCommandName } from './messages.ts';

/** Commands that open a way for somebody need a reason in words. */
const reasoned: ReadonlySet<OfficerCommandName> = new Set(['releaseToExit', 'returnToEntry', 'resetEvacuation']);

/** What an officer may do with the lane in this mode. */
export function laneCommands(state: string, isEmergency: boolean): readonly OfficerCommandName[] {
  if (state === 'closed') return ['openLane'];
  if (state === 'evacuation') return isEmergency ? [] : ['resetEvacuation'];
  if (state === 'draining' || state === 'fault' || state === 'starting') return [];
  return ['closeLane'];
}

/** What an officer may do with a transaction in this state. */
export function transactionCommands(step: string, isAcknowledged: boolean): readonly OfficerCommandName[] {
  const acknowledge: readonly OfficerCommandName[] = isAcknowledged ? [] : ['acknowledge'];
  if (step === 'held') return [...acknowledge, 'releaseToExit', 'returnToEntry'];
  return ['returning', 'redirecting', 'closingEntry', 'referred'].includes(step) ? acknowledge : [];
}

export type CommandRefusal = { readonly status: 409 | 422; readonly code: string; readonly message: string };

export type CommandContext = {
  readonly kernel: Kernel;
  readonly laneId: string;
  readonly officer: string;
  /** Marks a case that has ended as seen. */
  readonly acknowledgeEnded: (transactionId: string) => boolean;
};

const stale = (message: string): CommandRefusal => ({ status: 409, code: 'COMMAND_STALE', message });
const notNow = (message: string): CommandRefusal => ({ status: 422, code: 'COMMAND_NOT_ALLOWED', message });

/**
 * Turns an officer's command into an event, or says why not. A command belongs to what the officer saw: one for another
 * transaction, or from before a restart, is refused and not queued.
 */
export function give(command: OfficerCommand, context: CommandContext): CommandRefusal | undefined {
  const { kernel, laneId } = context;
  if (command.laneId !== laneId) return notNow('This command is for another lane.');
  if (command.expectedSeq > kernel.seq) return stale('The page is from before a restart. Load it again.');
  const reason = command.reason?.trim() ?? '';
  if (reasoned.has(command.command) && reason.length < 3) {
    return { status: 422, code: 'REASON_MISSING', message: 'Give a reason of at least three characters.' };
  }
  return command.transactionId === null
    ? giveToLane(command.command, reason, context)
    : giveToTransaction(command.command, command.transactionId, reason, context);
}

function giveToLane(
  command: OfficerCommandName,
  reason: string,
  { kernel, officer }: CommandContext,
): CommandRefusal | undefined {
  const lane = laneSnapshot(kernel);
  if (lane === undefined) return notNow('The lane is starting.');
  const { hall } = lane.context;
  const state = outermost(lane.value);
  if (!laneCommands(state, hall.isFireAlarm || hall.isEmergencyOpen || !hall.isKnown).includes(command)) {
    return notNow(`The lane cannot do this now (${state}).`);
  }
  if (command === 'openLane') tellLane(kernel, { type: 'OFFICER_OPENED_LANE', officer });
  else if (command === 'closeLane') tellLane(kernel, { type: 'OFFICER_CLOSED_LANE', officer });
  else tellLane(kernel, { type: 'OFFICER_RESET_EVACUATION', officer, reason });
  return undefined;
}

function giveToTransaction(
  command: OfficerCommandName,
  id: string,
  reason: string,
  { kernel, officer, acknowledgeEnded }: CommandContext,
): CommandRefusal | undefined {
  const transaction = transactionSnapshot(kernel, id);
  if (transaction === undefined) {
    if (command === 'acknowledge' && acknowledgeEnded(id)) return undefined;
    return stale('This passage is over.');
  }
  const step = outermost(transaction.value);
  if (!transactionCommands(step, transaction.context.isAcknowledged).includes(command)) {
    return stale(`The passage is past this point (${step}).`);
  }
  if (command === 'acknowledge') tellTransaction(kernel, id, { type: 'OFFICER_ACKNOWLEDGED', officer });
  else if (command === 'releaseToExit') tellTransaction(kernel, id, { type: 'OFFICER_RELEASED', officer, reason });
  else tellTransaction(kernel, id, { type: 'OFFICER_RETURNED', officer, reason });
  return undefined;
}
