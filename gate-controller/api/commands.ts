import type { CaseFiles } from '../cases/case-files.ts';
import type { Committed, Kernel } from '../kernel/kernel.ts';
import { askLane, askTransaction, laneSnapshot, laneSubject, transactionSnapshot } from '../kernel/lane-parts.ts';
import { outermost } from '../lane/presentation.ts';
import { isStepUnderDuress, shownState } from './disguise.ts';
import {
  commandValid_ms,
  isPersonNumber,
  type OfficerCommand,
  type OfficerCommandName,
  personNumberOf,
} from './messages.ts';
import { namesHolder } from './holder-words.ts';
import { laneConsent, transactionConsent } from './four-eyes.ts';
import { alwaysMeant, laneOffers, transactionOffers } from './offers.ts';
import { laneEvent, type Order, transactionEvent } from './officer-events.ts';

/** Commands that open a way for somebody, or end what was begun for safety, need a reason in words. */
const reasoned: ReadonlySet<OfficerCommandName> = new Set([
  'releaseToExit',
  'returnToEntry',
  'allowCompanion',
  'resetEvacuation',
  'resetLockdown',
]);

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
  /** Marks a case that has ended as seen. */
  readonly acknowledgeEnded: (transactionId: string) => boolean;
  /** Ends a call for help that belongs to no passage; false when none stands. It is no event of a machine. */
  readonly answerHelp: () => boolean;
  /** Wall clock. */
  readonly now_ms: () => number;
};

type Asked = Promise<Committed | undefined>;

export const refuse = (status: CommandRefusal['status'], code: string, message: string): CommandRefusal => ({
  status,
  code,
  message,
});
export const stale = (message: string): CommandRefusal => refuse(409, 'COMMAND_STALE', message);
export const notNow = (message: string): CommandRefusal => refuse(422, 'COMMAND_NOT_ALLOWED', message);
const expired = (): CommandRefusal =>
  refuse(409, 'COMMAND_EXPIRED', `It came more than ${commandValid_ms / 1_000} seconds after it was given.`);

/** A page's clock may run this far ahead of ours, ms: its offset was taken from a view that travelled. */
const ahead_max_ms = 1_000;

/** An order is for now: one that is too old, or from a page whose clock is wrong, is refused. */
function untimely(givenAt_ms: number, now_ms: number): CommandRefusal | undefined {
  if (givenAt_ms - now_ms > ahead_max_ms) {
    return refuse(409, 'COMMAND_FROM_FUTURE', 'The clock of this page is wrong. Load it again.');
  }
  // Written so that a time that is none is refused.
  return now_ms - givenAt_ms <= commandValid_ms ? undefined : expired();
}

/** Undefined for an order of now, from a page of this run. */
export function unfitTime(
  { expectedSeq, givenAt_ms }: Pick<OfficerCommand, 'expectedSeq' | 'givenAt_ms'>,
  { kernel, now_ms }: Pick<CommandContext, 'kernel' | 'now_ms'>,
): CommandRefusal | undefined {
  if (expectedSeq > kernel.seq) return stale('The page is from before a restart. Load it again.');
  return untimely(givenAt_ms, now_ms());
}

/** Undefined for the number of an officer or technician, as far as its form can tell. */
export const unfitNumber = (number: string): CommandRefusal | undefined =>
  isPersonNumber(number)
    ? undefined
    : refuse(422, 'NUMBER_UNFIT', 'Give your own number: 2 to 20 letters, digits or hyphens.');

/** What became of an order in its own turn; undefined: recorded and carried out. */
export function verdictOf(step: Committed | undefined, validUntil_ms: number): CommandRefusal | undefined {
  if (step === undefined) return refuse(503, 'LANE_STOPPED', 'The lane has stopped. Supervise it by sight.');
  if (!step.isIgnored) return undefined;
  return step.at_ms > validUntil_ms ? expired() : stale('Something else came first.');
}

/**
 * Turns an officer's command into an event, or says why not; undefined once the event is recorded. A command belongs to
 * what the officer saw and to the moment: one for another transaction, from before the state at hand, from before a restart
 * or older than 5 s is refused, here or, when the lane was busy, by the machine in the command's own turn.
 */
export async function give(given: OfficerCommand, context: CommandContext): Promise<CommandRefusal | undefined> {
  if (given.laneId !== context.laneId) return notNow('This command is for another lane.');
  const isAlwaysMeant = alwaysMeant.has(given.command);
  // Whatever case the officer had open: these are for the lane.
  const transactionId = isAlwaysMeant ? null : given.transactionId;
  const command = { ...given, transactionId, officer: personNumberOf(given.officer) };
  const unfit =
    unfitNumber(command.officer) ??
    (isAlwaysMeant ? undefined : unfitTime(command, context)) ??
    unfitReason(command, context.cases);
  if (unfit !== undefined) return unfit;
  const order: Order = {
    officer: command.officer,
    validUntil_ms: (isAlwaysMeant ? context.now_ms() : command.givenAt_ms) + commandValid_ms,
    reason: trimmed(command),
  };
  // Nothing is awaited before the event waits in line: what was looked at is what stands when it is given.
  const asked =
    command.transactionId === null ? giveToLane(command, order, context) : giveToTransaction(command, order, context);
  if (!(asked instanceof Promise)) return asked;
  const step = await asked;
  if (step !== undefined && isCoveredUp(command.command, step, order)) return undefined;
  return verdictOf(step, order.validUntil_ms);
}

/**
 * Answered as if it had been carried out, although the machine had no use for it: the silent alarm whatever the lane was
 * doing, every order to a lane that only looks closed, a lock where the lane is locked, and the end of a lockdown in a lane
 * that really is closed, which must not answer otherwise than one that only looks so.
 */
function isCoveredUp(command: OfficerCommandName, step: Committed, { validUntil_ms }: Order): boolean {
  const state = step.kind === 'lane' ? outermost(step.value) : '';
  if (command === 'duress') return true;
  if (step.at_ms > validUntil_ms) return false;
  if (command === 'lockLane') return state === 'lockdown';
  return command === 'resetLockdown' ? state === 'closed' : isStepUnderDuress(step);
}

const trimmed = ({ reason }: OfficerCommand): string => reason?.trim() ?? '';

/** The record is kept for long and names nobody, so an officer's own words must not either. */
function unfitReason(command: OfficerCommand, cases: CaseFiles): CommandRefusal | undefined {
  if (!reasoned.has(command.command)) return undefined;
  const reason = trimmed(command);
  if (reason.length < 3) return refuse(422, 'REASON_MISSING', 'Give a reason of at least three characters.');
  // An order to the lane may be about anybody whose case is at hand.
  const files = command.transactionId === null ? cases.all() : [cases.get(command.transactionId)];
  if (!files.some((file) => file?.mrz != null && namesHolder(reason, file.mrz))) return undefined;
  return refuse(422, 'REASON_PERSONAL', 'Leave the holder’s name and document number out: the reason is recorded.');
}

/** False when the subject has entered another state, or the same one again, since the page was drawn. */
export const isSeen = (subject: string, { expectedSeq }: Pick<OfficerCommand, 'expectedSeq'>, kernel: Kernel) =>
  expectedSeq >= (kernel.since(subject) ?? Number.POSITIVE_INFINITY);

/** Four eyes are two officers: the one who has agreed already is not the other. */
const sameOfficer = (): CommandRefusal =>
  refuse(422, 'SECOND_OFFICER_NEEDED', 'You have agreed already. Another officer has to, with the own number.');

function giveToLane(
  command: OfficerCommand,
  order: Order,
  { answerHelp, kernel, now_ms }: CommandContext,
): CommandRefusal | Asked | undefined {
  const lane = laneSnapshot(kernel);
  const event = laneEvent(command.command, order);
  if (command.command === 'acknowledge') return answerHelp() ? undefined : stale('Nobody calls for help any more.');
  if (lane === undefined) return notNow('The lane is starting.');
  if (event === undefined) return notNow('This command is for a traveller.');
  if (alwaysMeant.has(command.command)) return askLane(kernel, event);
  if (!isSeen(laneSubject, command, kernel)) return stale('The lane has changed since.');
  const { maintenance } = lane.context;
  if (command.command === 'resetLockdown' && laneConsent(lane, now_ms())?.officer === order.officer) {
    return sameOfficer();
  }
  if (command.command === 'consentMaintenance' && maintenance?.technician === order.officer) {
    return refuse(422, 'SECOND_PERSON_NEEDED', 'Nobody consents to the own work. Another officer has to.');
  }
  if (!laneOffers(lane, now_ms()).includes(command.command)) {
    return notNow(`The lane cannot do this now (${shownState(lane)}).`);
  }
  return askLane(kernel, event);
}

function giveToTransaction(
  command: OfficerCommand,
  order: Order,
  { kernel, acknowledgeEnded, now_ms }: CommandContext,
): CommandRefusal | Asked | undefined {
  const id = command.transactionId ?? '';
  const transaction = transactionSnapshot(kernel, id);
  if (transaction === undefined) {
    return command.command === 'acknowledge' && acknowledgeEnded(id) ? undefined : stale('This passage is over.');
  }
  if (!isSeen(id, command, kernel)) return stale('The passage has changed since.');
  const event = transactionEvent(command.command, order);
  if (event === undefined) return notNow('This command is for the lane.');
  const consent = transactionConsent(transaction.context, now_ms());
  if (command.command === 'releaseToExit' && consent?.officer === order.officer) return sameOfficer();
  if (!transactionOffers(transaction, now_ms()).includes(command.command)) {
    return stale(`The passage is past this point (${outermost(transaction.value)}).`);
  }
  return askTransaction(kernel, id, event);
}
