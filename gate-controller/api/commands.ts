import { outermost } from '../lane/presentation.ts';
import type { CaseFiles } from '../cases/case-files.ts';
import type { Committed, Kernel } from '../kernel/kernel.ts';
import { askLane, askTransaction, laneSnapshot, laneSubject, transactionSnapshot } from '../kernel/lane-parts.ts';
import { namesHolder } from './holder-words.ts';
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
  return ['returning', 'redirecting', 'referred'].includes(step) ? acknowledge : [];
}

export type CommandRefusal = {
  /** 503: the lane does not record any more. */
  readonly status: 409 | 422 | 503;
  readonly code: string;
  readonly message: string;
};

export type CommandContext = {
  readonly kernel: Kernel;
  readonly cases: CaseFiles;
  readonly laneId: string;
  readonly officer: string;
  /** Marks a case that has ended as seen. */
  readonly acknowledgeEnded: (transactionId: string) => boolean;
};

type Asked = Promise<Committed | undefined>;

const refuse = (status: CommandRefusal['status'], code: string, message: string): CommandRefusal => ({
  status,
  code,
  message,
});
const stale = (message: string): CommandRefusal => refuse(409, 'COMMAND_STALE', message);
const notNow = (message: string): CommandRefusal => refuse(422, 'COMMAND_NOT_ALLOWED', message);

/**
 * Turns an officer's command into an event, or says why not; undefined once the event is recorded. A command belongs to
 * what the officer saw: one for another transaction, from before the state at hand or from before a restart is refused.
 */
export async function give(command: OfficerCommand, context: CommandContext): Promise<CommandRefusal | undefined> {
  const { kernel, laneId } = context;
  if (command.laneId !== laneId) return notNow('This command is for another lane.');
  if (command.expectedSeq > kernel.seq) return stale('The page is from before a restart. Load it again.');
  const unfit = unfitReason(command, context.cases);
  if (unfit !== undefined) return unfit;
  // Nothing is awaited before the event waits in line: what was looked at is what stands when it is given.
  const asked = command.transactionId === null ? giveToLane(command, context) : giveToTransaction(command, context);
  if (!(asked instanceof Promise)) return asked;
  const step = await asked;
  if (step === undefined) return refuse(503, 'LANE_STOPPED', 'The lane has stopped. Supervise it by sight.');
  return step.isIgnored ? stale('Something else came first.') : undefined;
}

const trimmed = ({ reason }: OfficerCommand): string => reason?.trim() ?? '';

/** The record is kept for long and names nobody, so an officer's own words must not either. */
function unfitReason(command: OfficerCommand, cases: CaseFiles): CommandRefusal | undefined {
  if (!reasoned.has(command.command)) return undefined;
  const reason = trimmed(command);
  if (reason.length < 3) return refuse(422, 'REASON_MISSING', 'Give a reason of at least three characters.');
  const mrz = command.transactionId === null ? undefined : cases.get(command.transactionId)?.mrz;
  if (mrz === undefined || mrz === null || !namesHolder(reason, mrz)) return undefined;
  return refuse(422, 'REASON_PERSONAL', 'Leave the holder’s name and document number out: the reason is recorded.');
}

/** False when the subject has entered another state, or the same one again, since the page was drawn. */
const isSeen = (subject: string, { expectedSeq }: OfficerCommand, kernel: Kernel): boolean =>
  expectedSeq >= (kernel.since(subject) ?? Number.POSITIVE_INFINITY);

function giveToLane(command: OfficerCommand, { kernel, officer }: CommandContext): CommandRefusal | Asked {
  const lane = laneSnapshot(kernel);
  if (lane === undefined) return notNow('The lane is starting.');
  if (!isSeen(laneSubject, command, kernel)) return stale('The lane has changed since.');
  const { hall } = lane.context;
  const state = outermost(lane.value);
  if (!laneCommands(state, hall.isFireAlarm || hall.isEmergencyOpen || !hall.isKnown).includes(command.command)) {
    return notNow(`The lane cannot do this now (${state}).`);
  }
  if (command.command === 'openLane') return askLane(kernel, { type: 'OFFICER_OPENED_LANE', officer });
  if (command.command === 'closeLane') return askLane(kernel, { type: 'OFFICER_CLOSED_LANE', officer });
  return askLane(kernel, { type: 'OFFICER_RESET_EVACUATION', officer, reason: trimmed(command) });
}

function giveToTransaction(
  command: OfficerCommand,
  { kernel, officer, acknowledgeEnded }: CommandContext,
): CommandRefusal | Asked | undefined {
  const id = command.transactionId ?? '';
  const transaction = transactionSnapshot(kernel, id);
  if (transaction === undefined) {
    return command.command === 'acknowledge' && acknowledgeEnded(id) ? undefined : stale('This passage is over.');
  }
  if (!isSeen(id, command, kernel)) return stale('The passage has changed since.');
  const step = outermost(transaction.value);
  if (!transactionCommands(step, transaction.context.isAcknowledged).includes(command.command)) {
    return stale(`The passage is past this point (${step}).`);
  }
  if (command.command === 'acknowledge') return askTransaction(kernel, id, { type: 'OFFICER_ACKNOWLEDGED', officer });
  const type = command.command === 'releaseToExit' ? 'OFFICER_RELEASED' : 'OFFICER_RETURNED';
  return askTransaction(kernel, id, { type, officer, reason: trimmed(command) });
}
