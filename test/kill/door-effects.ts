/** What an effect in a record asks of the doors, in the words of the commands that follow from it. */
import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import { doorWants } from '../walks/door-wants.ts';
import { doorNames } from '../walks/hall.ts';

type DoorEffect = { readonly door: DoorName; readonly command: DoorCommand };

/** `moveDoor` is a technician's, and says itself which door and where to. */
export function doorEffectsOf({
  type,
  params,
}: {
  readonly type: string;
  readonly params: unknown;
}): readonly DoorEffect[] {
  if (type === 'moveDoor') return [params as DoorEffect];
  return doorNames.flatMap((door) => (doorWants[type]?.[door] ?? []).map((command) => ({ door, command })));
}
