import type { Lamps } from '../../drivers/contracts/gate-io.ts';

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
  | 'evacuate';

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
  betweenTravellers: { screen: 'pleaseWait', lamps: lamps('red', 'off', 'off') },
  draining: { screen: 'closed', lamps: dark },
  fault: { screen: 'outOfService', lamps: dark },
  'fault.uncleared': { screen: 'goBack', lamps: lamps('green', 'red', 'off') },
  evacuation: { screen: 'evacuate', lamps: lamps('green', 'green', 'off') },
};

/** By transaction state. Every referral in the cabin looks the same, whatever its reason (I10). */
const byTransaction: Readonly<Record<string, Presentation>> = {
  checkingZone: { screen: 'readingDocument', lamps: lamps('red', 'off', 'reading') },
  awaitingDocument: { screen: 'tryAgain', lamps: lamps('red', 'off', 'place') },
  inspectingDocument: { screen: 'readingDocument', lamps: lamps('red', 'off', 'reading') },
  weighingDocument: { screen: 'readingDocument', lamps: lamps('red', 'off', 'reading') },
  awaitingRemoval: { screen: 'takeDocument', lamps: lamps('off', 'off', 'take') },
  entering: { screen: 'enter', lamps: lamps('green', 'red', 'off') },
  closingUnused: { screen: 'standClear', lamps: lamps('red', 'red', 'off') },
  separating: { screen: 'standClear', lamps: lamps('red', 'red', 'off') },
  clearingTailgate: { screen: 'onePersonOnly', lamps: lamps('green', 'red', 'off') },
  capturing: { screen: 'lookAtCamera', lamps: lamps('red', 'red', 'off') },
  joiningRisk: { screen: 'pleaseWait', lamps: lamps('red', 'red', 'off') },
  deciding: { screen: 'pleaseWait', lamps: lamps('red', 'red', 'off') },
  concealing: { screen: 'pleaseWait', lamps: lamps('red', 'red', 'off') },
  leaving: { screen: 'leave', lamps: lamps('red', 'green', 'off') },
  closingExit: { screen: 'leave', lamps: lamps('red', 'red', 'off') },
  held: { screen: 'officerComing', lamps: lamps('red', 'red', 'off') },
  returning: { screen: 'goBack', lamps: lamps('green', 'red', 'off') },
  'returning.shuttingEntry': { screen: 'goToDesk', lamps: lamps('red', 'red', 'off') },
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

/** What the traveller sees. A state without a row shows "out of service": the screen is never blank. */
export function present(laneValue: unknown, transactionValue: unknown): Presentation {
  const laneState = outermost(laneValue);
  const lane = rowOf(byMode, laneValue) ?? outOfService;
  if (laneState === 'evacuation' || transactionValue === null) return lane;
  return rowOf(byTransaction, transactionValue) ?? lane;
}
