import type { Kernel } from '../kernel/kernel.ts';
import { askLane, laneSnapshot, laneSubject } from '../kernel/lane-parts.ts';
import type { LaneHappening } from '../lane/events.ts';
import { outermost } from '../lane/presentation.ts';
import { isStepUnderDuress, isUnderDuress, shownState } from './disguise.ts';
import { type CommandRefusal, isSeen, notNow, refuse, stale, unfitNumber, unfitTime, verdictOf } from './commands.ts';
import { commandValid_ms, personNumberOf } from './messages.ts';
import type { TechnicianCommand, TechnicianCommandName } from './technician-messages.ts';
import type { Lane } from './view-sources.ts';

export type TechnicianContext = {
  readonly kernel: Kernel;
  readonly laneId: string;
  /** Wall clock. */
  readonly now_ms: () => number;
};

type Order = Pick<TechnicianCommand, 'command' | 'technician' | 'door' | 'motion'>;

/** Undefined when a door is to be moved and none is named. */
function eventOf({ command, technician, door, motion }: Order, validUntil_ms: number): LaneHappening | undefined {
  const by = { technician, validUntil_ms } as const;
  if (command === 'askMaintenance') return { type: 'TECHNICIAN_ASKED_MAINTENANCE', ...by };
  if (command === 'endMaintenance') return { type: 'TECHNICIAN_ENDED_MAINTENANCE', ...by };
  if (door === null || motion === null) return undefined;
  return { type: 'TECHNICIAN_MOVED_DOOR', ...by, door, command: motion };
}

const names: readonly TechnicianCommandName[] = ['askMaintenance', 'endMaintenance', 'moveDoor'];

/** What the machine would take from the technician who works in the lane, or from any while none does. */
export function technicianOffers(lane: Lane, now_ms: number): readonly TechnicianCommandName[] {
  if (isUnderDuress(lane)) return ['askMaintenance'];
  const isInMaintenance = outermost(lane.value) === 'maintenance';
  const technician = lane.context.maintenance?.technician ?? '?';
  return names.filter((command) => {
    if (isInMaintenance === (command === 'askMaintenance')) return false;
    const event = eventOf({ command, technician, door: 'entry', motion: 'hold' }, now_ms);
    return event !== undefined && lane.can({ ...event, at_ms: now_ms });
  });
}

/** Turns a technician's command into an event, or says why not; undefined once the event is recorded. */
export async function giveTechnician(
  given: TechnicianCommand,
  { kernel, laneId, now_ms }: TechnicianContext,
): Promise<CommandRefusal | undefined> {
  const command = { ...given, technician: personNumberOf(given.technician) };
  if (command.laneId !== laneId) return notNow('This command is for another lane.');
  const unfit = unfitNumber(command.technician) ?? unfitTime(command, { kernel, now_ms });
  if (unfit !== undefined) return unfit;
  const lane = laneSnapshot(kernel);
  const validUntil_ms = command.givenAt_ms + commandValid_ms;
  const event = eventOf(command, validUntil_ms);
  if (lane === undefined) return notNow('The lane is starting.');
  if (event === undefined) return refuse(422, 'DOOR_MISSING', 'Say which door, and what it shall do.');
  if (!isSeen(laneSubject, command, kernel)) return stale('The lane has changed since.');
  if (!technicianOffers(lane, now_ms()).includes(command.command)) return notNow(refusalIn(shownState(lane)));
  if (command.command === 'moveDoor' && lane.context.maintenance?.technician !== command.technician) {
    return refuse(422, 'OTHER_TECHNICIAN', 'Only the technician whom the officer consented to moves a door.');
  }
  const step = await askLane(kernel, event);
  const isTaken = step !== undefined && isStepUnderDuress(step) && step.at_ms <= validUntil_ms;
  return isTaken ? undefined : verdictOf(step, validUntil_ms);
}

const refusalIn = (state: string): string =>
  `Not in this state of the lane (${state}). Maintenance begins in a lane that is closed, in fault or empty.`;
