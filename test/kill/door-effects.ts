/** What an effect in a record asks of the doors, in the words of the commands that follow from it. */
import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';

export type DoorEffect = { readonly door: DoorName; readonly command: DoorCommand };

const fixed: Readonly<Record<string, readonly DoorEffect[]>> = {
  openEntry: [{ door: 'entry', command: 'open' }],
  closeEntry: [{ door: 'entry', command: 'close' }],
  openExit: [{ door: 'exit', command: 'open' }],
  closeExit: [{ door: 'exit', command: 'close' }],
  holdDoors: [
    { door: 'entry', command: 'hold' },
    { door: 'exit', command: 'hold' },
  ],
};

/** `moveDoor` is a technician's, and says itself which door and where to. */
export function doorEffectsOf({
  type,
  params,
}: {
  readonly type: string;
  readonly params: unknown;
}): readonly DoorEffect[] {
  return type === 'moveDoor' ? [params as DoorEffect] : (fixed[type] ?? []);
}
