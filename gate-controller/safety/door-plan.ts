import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import type { Hall } from './hall.ts';
import { type ExitAuthority, interlock, type InterlockRefusal } from './interlock.ts';

/** What is wanted of a door until something else is. */
export type DoorWant = 'open' | 'closed' | 'hold';

export type DoorPlanInput = {
  readonly wants: Readonly<Record<DoorName, DoorWant>>;
  /** What was last asked of each door. */
  readonly asked: Readonly<Record<DoorName, DoorCommand>>;
  readonly hall: Hall;
  readonly authority: ExitAuthority | null;
  readonly currentTransactionId: string | null;
  readonly isMaintenance: boolean;
  /** Monotonic milliseconds. */
  readonly now_ms: number;
};

export type DoorPlan = {
  readonly commands: Readonly<Record<DoorName, DoorCommand>>;
  readonly refusals: Readonly<Partial<Record<DoorName, InterlockRefusal>>>;
};

const commandOf: Readonly<Record<DoorWant, DoorCommand>> = { open: 'open', closed: 'close', hold: 'hold' };

/**
 * What may be asked of both doors now. Made anew from every reading: a close request is withdrawn the moment something
 * stands in the closing zone and made again when it is free; an opening waits until the other door is shut.
 */
export function planDoors(input: DoorPlanInput): DoorPlan {
  const { hall, authority, currentTransactionId, isMaintenance, now_ms } = input;
  const commands: Record<DoorName, DoorCommand> = { entry: 'hold', exit: 'hold' };
  const refusals: Partial<Record<DoorName, InterlockRefusal>> = {};
  for (const door of ['entry', 'exit'] as const) {
    const command = commandOf[input.wants[door]];
    const other = door === 'entry' ? 'exit' : 'entry';
    // What was asked before counts until something else is asked: the two plans are never a moment apart.
    const otherCommand = input.asked[other] === 'open' ? 'open' : commands[other];
    const refusal = interlock({
      door,
      command,
      hall,
      otherCommand,
      isMaintenance,
      currentTransactionId,
      authority,
      now_ms,
    });
    if (refusal === undefined) commands[door] = command;
    else refusals[door] = refusal;
  }
  return { commands, refusals };
}
