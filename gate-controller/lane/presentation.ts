import type { Lamps } from '../../drivers/contracts/gate-io.ts';
import type { Topology } from '../transaction/topology.ts';

export type Screen =
  | 'starting'
  | 'outOfService'
  | 'closed'
  | 'placeDocument'
  | 'tryAgain'
  | 'readingDocument'
  | 'takeDocument'
  | 'enter'
  | 'standClear'
  | 'onePersonOnly'
  | 'lookAtCamera'
  | 'pleaseWait'
  | 'leave'
  | 'officerComing'
  | 'goBack'
  | 'goToDesk'
  | 'evacuate'
  | 'goToGate'
  | 'waitForCabin'
  | 'stepIn'
  | 'officerConfirms'
  | 'helpComing'
  | 'maintenance';

export type Presentation = { readonly screen: Screen; readonly lamps: Lamps };

const lamps = (entry: Lamps['entry'], exit: Lamps['exit'], document: Lamps['document']): Lamps => ({
  entry,
  exit,
  document,
});

const dark = lamps('red', 'red', 'off');

/** By lane mode, while no transaction is under way. */
const byMode: Readonly<Record<string, Presentation>> = {
  starting: { screen: 'starting', lamps: dark },
  clearingCabin: { screen: 'pleaseWait', lamps: dark },
  'clearingCabin.lettingOut': { screen: 'goBack', lamps: lamps('green', 'red', 'off') },
  cleared: { screen: 'starting', lamps: dark },
  selfTest: { screen: 'starting', lamps: dark },
  tested: { screen: 'starting', lamps: dark },
  closed: { screen: 'closed', lamps: dark },
  open: { screen: 'placeDocument', lamps: lamps('off', 'off', 'place') },
  'open.inviting': { screen: 'stepIn', lamps: lamps('green', 'red', 'off') },
  assisted: { screen: 'placeDocument', lamps: lamps('off', 'off', 'place') },
  'assisted.inviting': { screen: 'stepIn', lamps: lamps('green', 'red', 'off') },
  betweenTravellers: { screen: 'pleaseWait', lamps: lamps('red', 'off', 'off') },
  draining: { screen: 'closed', lamps: dark },
  fault: { screen: 'outOfService', lamps: dark },
  'fault.uncleared': { screen: 'goBack', lamps: lamps('green', 'red', 'off') },
  // Nobody in the hall is told of a lockdown: the lane looks closed.
  lockdown: { screen: 'closed', lamps: dark },
  'lockdown.lettingOut': { screen: 'goBack', lamps: lamps('green', 'red', 'off') },
  maintenance: { screen: 'maintenance', lamps: dark },
  evacuation: { screen: 'evacuate', lamps: lamps('green', 'green', 'off') },
};

/** By transaction state. Every referral in the cabin looks the same, whatever its reason (I10). */
const byTransaction: Readonly<Record<string, Presentation>> = {
  arriving: { screen: 'readingDocument', lamps: lamps('red', 'off', 'reading') },
  checkingZone: { screen: 'readingDocument', lamps: lamps('red', 'off', 'reading') },
  awaitingDocument: { screen: 'tryAgain', lamps: lamps('red', 'off', 'place') },
  inspectingDocument: { screen: 'readingDocument', lamps: lamps('red', 'off', 'reading') },
  weighingDocument: { screen: 'readingDocument', lamps: lamps('red', 'off', 'reading') },
  awaitingRemoval: { screen: 'takeDocument', lamps: lamps('off', 'off', 'take') },
  awaitingGate: { screen: 'goToGate', lamps: lamps('off', 'off', 'place') },
  awaitingCabin: { screen: 'waitForCabin', lamps: lamps('off', 'off', 'off') },
  entering: { screen: 'enter', lamps: lamps('green', 'red', 'off') },
  closingUnused: { screen: 'standClear', lamps: lamps('red', 'red', 'off') },
  separating: { screen: 'standClear', lamps: lamps('red', 'red', 'off') },
  clearingTailgate: { screen: 'onePersonOnly', lamps: lamps('green', 'red', 'off') },
  capturing: { screen: 'lookAtCamera', lamps: lamps('red', 'red', 'off') },
  // The same as before the comparison ended: a hit needs one frame, a mismatch three, and the screen tells neither (I10).
  joiningRisk: { screen: 'lookAtCamera', lamps: lamps('red', 'red', 'off') },
  deciding: { screen: 'lookAtCamera', lamps: lamps('red', 'red', 'off') },
  concealing: { screen: 'lookAtCamera', lamps: lamps('red', 'red', 'off') },
  leaving: { screen: 'leave', lamps: lamps('red', 'green', 'off') },
  closingExit: { screen: 'leave', lamps: lamps('red', 'red', 'off') },
  held: { screen: 'officerComing', lamps: lamps('red', 'red', 'off') },
  returning: { screen: 'goBack', lamps: lamps('green', 'red', 'off') },
  'returning.shuttingEntry': { screen: 'goToDesk', lamps: lamps('red', 'red', 'off') },
  refusing: { screen: 'pleaseWait', lamps: lamps('red', 'off', 'off') },
  redirecting: { screen: 'goToDesk', lamps: lamps('red', 'red', 'take') },
};

/** Name of the outermost state of an XState value. */
export const outermost = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'object' && value !== null ? (Object.keys(value)[0] ?? '') : '';

const innerState = (value: unknown): string =>
  typeof value === 'object' && value !== null ? outermost(Object.values(value)[0]) : '';

/** The row of the inner state where there is one, else that of the outer. */
const rowOf = (rows: Readonly<Record<string, Presentation>>, value: unknown): Presentation | undefined =>
  rows[`${outermost(value)}.${innerState(value)}`] ?? rows[outermost(value)];

const outOfService: Presentation = { screen: 'outOfService', lamps: dark };

/** What a lane is like beside the state of the passage it serves. */
export type Surroundings = {
  readonly topology: Topology;
  /** State of the transaction whose document is read while the current one leaves; null when there is none. */
  readonly next: unknown;
  /** A document may be placed although somebody is still on the way out. */
  readonly isNextWelcome: boolean;
};

/** One-step lanes ask for a document inside only: until the entry stands open there is nothing to do. */
const preparing: Presentation = { screen: 'pleaseWait', lamps: lamps('red', 'red', 'off') };

const isBeforeInvitation = (laneValue: unknown, { topology }: Surroundings): boolean =>
  topology === 'one-step' &&
  ['open', 'assisted'].includes(outermost(laneValue)) &&
  innerState(laneValue) !== 'inviting';

const alone: Surroundings = { topology: 'integrated-two-step', next: null, isNextWelcome: false };

/**
 * What the traveller sees. A state without a row shows "out of service": the screen is never blank. With overlap the screen and
 * the lamps before the entry are the next traveller's; whoever is on the way out has an open door before them.
 */
export function present(
  laneValue: unknown,
  transactionValue: unknown,
  surroundings: Surroundings = alone,
): Presentation {
  const laneState = outermost(laneValue);
  const lane = rowOf(byMode, laneValue) ?? outOfService;
  if (laneState === 'evacuation') return lane;
  if (transactionValue === null) return isBeforeInvitation(laneValue, surroundings) ? preparing : lane;
  const current = rowOf(byTransaction, transactionValue) ?? lane;
  const { next, isNextWelcome, topology } = surroundings;
  // Only beside somebody on the way out: whoever is held or let back out sees what is meant for them.
  if (next !== null && ['leaving', 'closingExit'].includes(outermost(transactionValue))) {
    const shown = rowOf(byTransaction, next) ?? lane;
    return { screen: shown.screen, lamps: { ...shown.lamps, exit: current.lamps.exit } };
  }
  if (isNextWelcome) return { screen: current.screen, lamps: { ...current.lamps, entry: 'off', document: 'place' } };
  // Inside, with both doors shut: red lamps mean wait, and the document is asked for in the cabin.
  if (topology === 'one-step' && outermost(transactionValue) === 'awaitingDocument') {
    return { screen: 'placeDocument', lamps: lamps('red', 'red', 'place') };
  }
  return current;
}
