/** What officers do in several scenarios: assisting, sending somebody back, ending an evacuation, ending a lockdown. */
import type { Act, OfficerNumber } from './scenario.ts';

const first: OfficerNumber = 'B-101';
const second: OfficerNumber = 'B-202';

/** Opens a lane that is shut. */
export const openAgain: readonly Act[] = [
  { does: 'command', command: 'openLane', seen: { mode: 'closed', offers: 'openLane', isHallEmpty: true } },
];

/** Makes the lane an assisted one, before anybody comes. */
export const assist: readonly Act[] = [
  { does: 'command', command: 'assistLane', seen: { mode: 'open', offers: 'assistLane' } },
  { does: 'watch', seen: { mode: 'assisted' } },
];

/** The lane goes on without assistance. */
export const endAssistance: readonly Act[] = [
  { does: 'command', command: 'openLane', seen: { mode: 'assisted', step: 'none', offers: 'openLane' } },
  { does: 'watch', seen: { mode: 'open' } },
];

/** Sends whoever is held in the cabin back to the entry side. */
export const sendBack: readonly Act[] = [
  { does: 'command', command: 'returnToEntry', seen: { step: 'held', offers: 'returnToEntry' } },
];

/** Walks through the lane once the alarm is over, and opens it again. */
export const endEvacuation: readonly Act[] = [
  { does: 'watch', seen: { mode: 'evacuation' } },
  {
    does: 'command',
    command: 'resetEvacuation',
    seen: { mode: 'evacuation', offers: 'resetEvacuation', isHallEmpty: true },
    // The hall is empty; the alarm's contact follows.
    after_ms: 500,
  },
  ...openAgain,
];

/** Two officers let somebody who came in through the exit out to the side they came from. */
export const letOutAgain: readonly Act[] = [
  {
    does: 'command',
    command: 'releaseToExit',
    officer: first,
    seen: { step: 'held', offers: 'releaseToExit' },
    // They come to the gate first; the exit has closed meanwhile.
    after_ms: 4_000,
  },
  { does: 'command', command: 'releaseToExit', officer: second, seen: { step: 'held', offers: 'releaseToExit' } },
];

/** Two officers together, once the hall is empty; one of them twice would not do. */
const resetBy = (mode: string): readonly Act[] => [
  {
    does: 'command',
    command: 'resetLockdown',
    officer: first,
    seen: { mode, step: 'none', offers: 'resetLockdown', isHallEmpty: true },
  },
  { does: 'command', command: 'resetLockdown', officer: second, seen: { mode, offers: 'resetLockdown' } },
  ...openAgain,
];

export const endLockdown = resetBy('lockdown');

/** The lane that was locked under duress looks closed on the page. */
export const endDuress = resetBy('closed');

/** A fault from a step of the passage on until everybody has left the hall. */
export const whileAt = (step: string, fault: string): readonly Act[] => [
  { does: 'switch', fault, isOn: true, seen: { step } },
  { does: 'watch', seen: { step: 'none', isHallEmpty: true } },
  { does: 'switch', fault, isOn: false },
];
