/** What a record says of the doors: read from its text, so that nothing of the lane's own bookkeeping is believed. */
import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import { doorNames } from './hall.ts';

export type DoorWants = Readonly<Record<DoorName, DoorCommand[]>>;

export const nothingWanted = (): DoorWants => ({ entry: ['hold'], exit: ['hold'] });

export const doorWants: Readonly<Record<string, Readonly<Partial<Record<DoorName, readonly DoorCommand[]>>>>> = {
  openEntry: { entry: ['open'] },
  closeEntry: { entry: ['close'] },
  holdEntry: { entry: ['hold'] },
  openExit: { exit: ['open'] },
  closeExit: { exit: ['close'] },
  holdDoors: { entry: ['hold'], exit: ['hold'] },
  // The text of the type alone does not say which.
  moveDoor: { entry: ['open', 'close'], exit: ['open', 'close'] },
};
const doorEffect = new RegExp(`"type":"(${Object.keys(doorWants).join('|')})"`, 'g');

/** Keeps the last want of each door and adds those of one commit, in their order. */
export function addWants(wants: DoorWants, records: readonly JournalRecord[]): void {
  for (const name of doorNames) wants[name].splice(0, wants[name].length - 1);
  for (const { effects, state } of records) {
    if (effects.startsWith('{"effects":[],')) continue;
    // Whoever waits for the cabin of another moves no door.
    if (state.includes('"isCabinFree":false')) continue;
    for (const [, type = ''] of effects.matchAll(doorEffect)) {
      const want = doorWants[type];
      for (const name of doorNames) wants[name].push(...(want?.[name] ?? []));
    }
  }
}
