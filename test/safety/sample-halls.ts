import { type Hall, unknownHall } from '../../gate-controller/safety/hall.ts';

/** Both doors shut, nobody there. */
export const quietHall: Hall = {
  ...unknownHall,
  isKnown: true,
  entry: 'closed',
  exit: 'closed',
  isCabinOccupied: false,
  isEntryFree: true,
  isExitFree: true,
};
