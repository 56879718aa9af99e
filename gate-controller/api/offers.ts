import { outermost } from '../lane/presentation.ts';
import { isUnderDuress, shownState } from './disguise.ts';
import type { OfficerCommandName, TravellerProfile } from './messages.ts';
import { laneEvent, type Order, transactionEvent } from './officer-events.ts';
import type { Lane, Transaction } from './view-sources.ts';

/** Commands that only ever make the lane safer: whoever gives one on an old view means the lane as it is now, too. */
export const alwaysMeant: ReadonlySet<OfficerCommandName> = new Set(['lockLane', 'duress']);

/** States of the lane in which a command means something, however it is taken; the machine has the last word. */
const laneMoments: readonly (readonly [OfficerCommandName, 'always' | ReadonlySet<string>])[] = [
  ['openLane', new Set(['closed', 'assisted'])],
  ['assistLane', new Set(['closed', 'open', 'betweenTravellers'])],
  [
    'closeLane',
    new Set(['open', 'assisted', 'betweenTravellers', 'clearingCabin', 'cleared', 'selfTest', 'tested', 'draining']),
  ],
  ['useAccessibleProfile', new Set(['closed', 'open', 'assisted', 'betweenTravellers'])],
  ['useStandardProfile', new Set(['closed', 'open', 'assisted', 'betweenTravellers'])],
  ['consentMaintenance', 'always'],
  ['resetEvacuation', new Set(['evacuation'])],
  // Of a closed lane, too: one that was locked under duress looks like one, and nobody shall read it from what is offered.
  ['resetLockdown', new Set(['lockdown', 'closed'])],
  ['lockLane', 'always'],
  ['duress', 'always'],
];

/** The same for a passage. Whoever is on the way out, to the exit or to the desk, is left in peace. */
const transactionMoments: readonly (readonly [OfficerCommandName, 'always' | ReadonlySet<string>])[] = [
  ['acknowledge', new Set(['held', 'returning', 'redirecting'])],
  ['returnToEntry', 'always'],
  ['releaseToExit', 'always'],
  ['allowCompanion', 'always'],
];
const wayOut: ReadonlySet<string> = new Set(['leaving', 'closingExit', 'returning', 'redirecting']);

/** Nobody's number: asks the machine what it would take from an officer who has not spoken yet. */
const anyOfficer = '?';

const anyOrder = (now_ms: number): Order => ({ officer: anyOfficer, validUntil_ms: now_ms, reason: 'asked' });

const isOtherProfile = (command: OfficerCommandName, profile: TravellerProfile): boolean =>
  command !== (profile === 'accessible' ? 'useAccessibleProfile' : 'useStandardProfile');

/** What an officer may do with the lane now: what means something in its state, and what its machine would take. */
export function laneOffers(lane: Lane, now_ms: number): readonly OfficerCommandName[] {
  const state = shownState(lane);
  const { maintenance, profile } = lane.context;
  return laneMoments
    .filter(([command, moments]) => {
      if (moments !== 'always' && !moments.has(state)) return false;
      if (command === 'consentMaintenance' && (maintenance === null || maintenance.officer !== null)) return false;
      if (!isOtherProfile(command, profile)) return false;
      if (isTakenAnyway(command, lane)) return true;
      const event = laneEvent(command, anyOrder(now_ms));
      return event !== undefined && lane.can({ ...event, at_ms: now_ms });
    })
    .map(([command]) => command);
}

/** Taken where the machine would ignore it: what is always meant, and where a lane must not show that it is locked. */
function isTakenAnyway(command: OfficerCommandName, lane: Lane): boolean {
  if (alwaysMeant.has(command)) return true;
  return command === 'resetLockdown' ? outermost(lane.value) === 'closed' : isUnderDuress(lane);
}

/** What an officer may do with a passage that is under way. */
export function transactionOffers(transaction: Transaction, now_ms: number): readonly OfficerCommandName[] {
  const step = outermost(transaction.value);
  const { isAcknowledged, companion, profile } = transaction.context;
  const profiles: typeof transactionMoments = wayOut.has(step)
    ? []
    : [
        ['useAccessibleProfile', 'always'],
        ['useStandardProfile', 'always'],
      ];
  return [...transactionMoments, ...profiles]
    .filter(([command, moments]) => {
      if (moments !== 'always' && !moments.has(step)) return false;
      if (command === 'acknowledge' && isAcknowledged) return false;
      if (command === 'allowCompanion' && companion !== null) return false;
      if (!isOtherProfile(command, profile)) return false;
      const event = transactionEvent(command, anyOrder(now_ms));
      return event !== undefined && transaction.can({ ...event, at_ms: now_ms });
    })
    .map(([command]) => command);
}
