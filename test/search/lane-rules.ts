/** The invariants as far as the lane decides them, stated for every step of the search. */
import { isAssistDue, isUnattended } from '../../gate-controller/lane/context.ts';
import { type Hall, isAllShut, isEmergency, isOccupied } from '../../gate-controller/safety/hall.ts';
import { contextOf, type Snapshot } from './lane-search.ts';
import { asks, changesNothing, flawBy, isVoid, type Rules, type Seen as SeenOf } from './rules.ts';

type Context = Snapshot['context'];
type Seen = SeenOf<Context>;

const movesDoor = (seen: Seen): boolean =>
  ['openEntry', 'closeEntry', 'closeExit', 'moveDoor'].some((type) => asks(seen, type));
/** The cabin was empty, somebody is in it now, and the entry was and is shut. */
const isEnteredBehindShutEntry = (before: Hall, after: Hall): boolean =>
  [before, after].every(({ isKnown, entry }) => isKnown && entry === 'closed') &&
  !before.isCabinOccupied &&
  after.isCabinOccupied;
const isServing = (state: string): boolean => /^(open|assisted)/.test(state);
const isAlarm = ({ type, step }: Seen): boolean =>
  type === 'HALL_CHANGED' && isEmergency((step.event as unknown as { hall: Context['hall'] }).hall);
const enters = ({ from, to }: Seen, state: string): boolean => to.startsWith(state) && !from.startsWith(state);
const leaves = ({ from, to }: Seen, state: string): boolean => from.startsWith(state) && !to.startsWith(state);

/** A passage may be begun: nothing is wrong, somebody watches, and the cabin is its own or will be. */
function mayStart({ before, from, type, effects, after }: Seen): boolean {
  const start = effects.find((effect) => effect.type === 'startTransaction')?.params;
  if (!isServing(from) || before.blocking.length > 0 || isUnattended(before)) return false;
  if (start?.['isAssisted'] !== isAssistDue(before)) return false;
  if (start['isCabinFree'] === true) {
    const isCabinRight = type === 'TRAVELLER_ENTERED' ? isOccupied(before.hall) : isAllShut(before.hall);
    return before.transactionId === null && isCabinRight && after.transactionId === start['transactionId'];
  }
  const isLeaving = before.transactionId !== null && before.leavingTransactionId === before.transactionId;
  return before.isOverlapping && isLeaving && before.nextTransactionId === null;
}

const isNewInCabin = ({ before, after }: Seen): boolean =>
  !before.isCabinGiven || before.transactionId !== after.transactionId;

/** Two different officers, the second within the time of a consent. */
function isResetByTwo({ type, before, step: { event } }: Seen): boolean {
  const first = before.firstConsent;
  if (type !== 'OFFICER_RESET_LOCKDOWN' || first === null || first.officer === event['officer']) return false;
  return (event['at_ms'] as number) - first.at_ms <= before.timings.consent_ms;
}

function isMaintenanceAgreed({ type, before, step: { event } }: Seen): boolean {
  const asked = before.maintenance;
  if (type !== 'OFFICER_CONSENTED_MAINTENANCE' || asked === null || before.transactionId !== null) return false;
  const isInTime = (event['at_ms'] as number) - asked.askedAt_ms <= before.timings.consent_ms;
  return isInTime && event['officer'] !== asked.technician;
}

const rules: Rules<Context> = {
  'I2 the lane asks the exit to open': (seen) =>
    asks(seen, 'openExit') || (asks(seen, 'moveDoor') && seen.from !== 'maintenance'),
  // The interlock waits until the exit is shut, so it must be wanted shut. Of one that is not seen nothing is concluded.
  'I1 the entry is to open before an exit that stands open and is not wanted shut': (seen) =>
    asks(seen, 'openEntry') &&
    seen.after.hall.isKnown &&
    seen.after.hall.exit !== 'closed' &&
    seen.step.after.wants.exit !== 'closed',
  'a passage begins where it may not': (seen) => asks(seen, 'startTransaction') && !mayStart(seen),
  'a passage is forgotten that nobody ended': ({ type, before, after }) =>
    before.transactionId !== null && after.transactionId !== before.transactionId && !/ENDED|RESTARTED/.test(type),
  'the lane opens the entry while a passage has the cabin': (seen) =>
    asks(seen, 'openEntry') && seen.after.transactionId !== null && seen.after.isCabinGiven,
  'the lane shuts a door while a passage has the cabin': (seen) =>
    (asks(seen, 'closeEntry') || asks(seen, 'closeExit')) &&
    seen.after.transactionId !== null &&
    seen.after.isCabinGiven &&
    !seen.to.startsWith('lockdown'),
  'a cabin is given that is not empty behind shut doors': (seen) =>
    asks(seen, 'freeCabin') &&
    !(isAllShut(seen.after.hall) && seen.after.transactionId !== null && seen.after.isCabinGiven && isNewInCabin(seen)),
  'I6 an alarm is not followed at once': (seen) => isAlarm(seen) && seen.to !== 'evacuation',
  'I6 an evacuation does not let the doors go, or is not told to the passage': (seen) =>
    enters(seen, 'evacuation') && !(asks(seen, 'holdDoors') && asks(seen, 'evacuateTransaction')),
  'I6 a door is moved in an evacuation': (seen) => seen.to === 'evacuation' && movesDoor(seen),
  'an evacuation ends without an officer, or while the alarm stands': (seen) =>
    leaves(seen, 'evacuation') &&
    !(seen.type === 'OFFICER_RESET_EVACUATION' && seen.before.hall.isKnown && !isEmergency(seen.before.hall)),
  'doors may move again although the evacuation goes on': (seen) =>
    asks(seen, 'endEmergency') && !leaves(seen, 'evacuation'),
  'I9 a restart goes on with a passage, or opens a door': (seen) =>
    seen.type === 'RESTARTED' &&
    !(seen.after.transactionId === null && seen.after.nextTransactionId === null && !asks(seen, 'openEntry')),
  'I9 a restart leads somewhere else than to the beginning': ({ type, from, to }) =>
    type === 'RESTARTED' && to !== 'starting' && !/^(evacuation|lockdown|maintenance)/.test(from),
  'I2 a word that came too late moves something': (seen) => isVoid(seen) && !changesNothing(seen),
  'a lane that is sick serves': ({ to, after }) =>
    after.blocking.length > 0 && /^(open|assisted|selfTest|draining|closed)/.test(to),
  'a lane that nobody watches serves': ({ to, after }) => isServing(to) && isUnattended(after),
  'a lane opens that nobody asked to': (seen) => isServing(seen.to) && !isServing(seen.from) && !seen.after.shouldOpen,
  'I11 an open lane does not ask for the officer it needs': ({ to, after }) =>
    to.startsWith('open') && isAssistDue(after),
  'a passage is not told of the fault that ends it': (seen) =>
    enters(seen, 'fault') &&
    /^(open|assisted|draining)/.test(seen.from) &&
    seen.after.transactionId !== null &&
    !asks(seen, 'faultTransaction'),
  'an intrusion is not answered': ({ type, from, to }) =>
    type === 'INTRUSION_SEEN' &&
    /^(open|assisted|draining|closed|betweenTravellers)/.test(from) &&
    !to.startsWith('lockdown'),
  'a lockdown leaves a door as it was, or is not told to the passage': (seen) =>
    enters(seen, 'lockdown') && !(asks(seen, 'closeEntry') && asks(seen, 'closeExit') && asks(seen, 'lockTransaction')),
  'a lockdown ends without two officers': (seen) =>
    leaves(seen, 'lockdown') && seen.to !== 'evacuation' && !isResetByTwo(seen),
  'a lockdown forgets that somebody came in through the exit': ({ type, step, from, to, before, after }) =>
    from.startsWith('lockdown') &&
    to.startsWith('lockdown') &&
    (before.lockdown === 'REVERSE_ENTRY' || (type === 'INTRUSION_SEEN' && step.event['cause'] === 'REVERSE_ENTRY')) &&
    after.lockdown !== 'REVERSE_ENTRY',
  'whoever came in through the exit is let through to the entry side': (seen) =>
    seen.to.startsWith('lockdown') && asks(seen, 'openEntry') && seen.after.lockdown === 'REVERSE_ENTRY',
  'maintenance begins without an officer, or with a passage under way': (seen) =>
    enters(seen, 'maintenance') && !isMaintenanceAgreed(seen),
  'maintenance ends by something else than the technician or an alarm': (seen) =>
    leaves(seen, 'maintenance') && seen.to !== 'evacuation' && seen.type !== 'TECHNICIAN_ENDED_MAINTENANCE',
  'a door is moved in maintenance by the lane itself': (seen) =>
    seen.to === 'maintenance' && (asks(seen, 'openEntry') || asks(seen, 'closeEntry') || asks(seen, 'closeExit')),
  'somebody comes in through the exit while no passage has the cabin, and the lane is not locked': (seen) =>
    seen.type === 'HALL_CHANGED' &&
    isEnteredBehindShutEntry(seen.before.hall, seen.after.hall) &&
    (seen.before.hall.exit !== 'closed' || seen.after.hall.exit !== 'closed') &&
    (seen.before.transactionId === null || !seen.before.isCabinGiven) &&
    !/^(evacuation|maintenance)/.test(seen.from) &&
    seen.after.lockdown !== 'REVERSE_ENTRY' &&
    seen.to !== 'evacuation',
  // Behind an exit that never reads as shut the interlock would not open the entry again. A lockdown shuts both on purpose.
  'I7 the entry is shut behind somebody in the cabin while the exit is not shut': (seen) =>
    asks(seen, 'closeEntry') &&
    seen.after.hall.isKnown &&
    seen.after.hall.isCabinOccupied &&
    seen.after.hall.entry !== 'closed' &&
    seen.after.hall.exit !== 'closed' &&
    !seen.to.startsWith('lockdown'),
  'I7 somebody is to be let out through an entry that is not wanted open': ({ to, step: { after } }) =>
    to.endsWith('lettingOut') && after.wants.entry !== 'open',
};

export const laneFlaw = flawBy(rules, contextOf);
