import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import { type Hall, isEmergency } from './hall.ts';

export type DoorWatch = Readonly<Record<DoorName, { readonly command: DoorCommand; readonly since_ms: number }>>;

/** Limits in milliseconds, from the last change of command or obstruction. */
export type DoorWatchLimits = {
  /** Longest travel of a leaf; a drive needs 1 to 1.5 s (research on gates), slow ones up to 6 s. */
  readonly travel_ms: number;
};

export const unwatchedDoors: DoorWatch = {
  entry: { command: 'hold', since_ms: 0 },
  exit: { command: 'hold', since_ms: 0 },
};

export type DoorMismatch = { readonly door: DoorName; readonly code: 'DOOR_NOT_OPENING' | 'DOOR_NOT_CLOSING' };

/**
 * Doors that do not do what they were asked for. A closing door with something in its zone is no mismatch: waiting is
 * right.
 */
export function doorMismatches(
  watch: DoorWatch,
  hall: Hall,
  now_ms: number,
  limits: DoorWatchLimits,
): readonly DoorMismatch[] {
  if (!hall.isKnown || isEmergency(hall)) return [];
  const found: DoorMismatch[] = [];
  for (const door of ['entry', 'exit'] as const) {
    const { command, since_ms } = watch[door];
    const isOverdue = now_ms - since_ms > limits.travel_ms;
    const isZoneFree = door === 'entry' ? hall.isEntryFree : hall.isExitFree;
    if (command === 'open' && hall[door] !== 'open' && isOverdue) found.push({ door, code: 'DOOR_NOT_OPENING' });
    if (command === 'close' && hall[door] !== 'closed' && isOverdue && isZoneFree) {
      found.push({ door, code: 'DOOR_NOT_CLOSING' });
    }
  }
  return found;
}
