/** The invariants as far as one passage decides them, stated for every step of the search. */
import { isFirstOfFourEyes, isOnlyIneligible, needsFourEyes } from '../../gate-controller/transaction/context.ts';
import { asks, changesNothing, flawBy, isVoid, type Rules, type Seen as SeenOf } from './rules.ts';
import { contextOf, type Snapshot } from './transaction-search.ts';

type Context = Snapshot['context'];
type Seen = SeenOf<Context>;

const movesDoor = (seen: Seen): boolean =>
  ['openEntry', 'closeEntry', 'openExit', 'closeExit'].some((type) => asks(seen, type));

/** Every required check stands in the record, once, and has passed. */
const isProven = ({ checks, policy }: Context): boolean =>
  policy.required.every((id) => {
    const found = checks.filter((check) => check.id === id);
    return found.length === 1 && found[0]?.result === 'passed';
  });

const isIntruder = ({ reasons }: Context): boolean => reasons.includes('REVERSE_ENTRY');

/** Two different officers within the time of a consent, where the policy asks for it. */
function isReleaseGiven({ step: { event }, before, from }: Seen): boolean {
  if (event.type !== 'OFFICER_RELEASED' || !from.startsWith('held')) return false;
  if (!needsFourEyes(before)) return true;
  return !isFirstOfFourEyes(before, event['officer'] as string, event['at_ms'] as number);
}

const lateAnswers = /^(RISK_ANSWERED|FACE_VERIFIED|CHIP_INSPECTED|REFERENCE_PREPARED|DOCUMENT_PRESENTED)$/;
const laneEnds = /^(EVACUATION_BEGAN|RESTARTED)$/;
const settled = /^(held|returning|redirecting|concealing)/;

const rules: Rules<Context> = {
  'I1 both doors are wanted open': ({ step: { after } }) => after.wants.entry === 'open' && after.wants.exit === 'open',
  'I2 the exit opens on neither an admit nor a release': (seen) =>
    asks(seen, 'openExit') &&
    !asks(seen, 'closeExit') &&
    !(seen.after.release === null
      ? seen.after.decision === 'admit' && seen.after.reasons.length === 0
      : isReleaseGiven(seen)),
  // Where the exit stands open already and nobody is left in the cabin, it is shut at once: that is no way through.
  'the exit is asked to open and to close in one breath': (seen) =>
    asks(seen, 'openExit') && asks(seen, 'closeExit') && seen.to !== 'closingExit',
  'I2 the exit opens in another name': (seen) =>
    seen.effects.some(
      ({ type, params }) =>
        type === 'openExit' &&
        !asks(seen, 'closeExit') &&
        params['by'] !== (seen.after.release === null ? 'admit' : 'officer'),
    ),
  'I2 a word that came too late moves something': (seen) => isVoid(seen) && !changesNothing(seen),
  'I3 an admit lacks a proof': ({ before, after }) =>
    before.decision !== 'admit' && after.decision === 'admit' && !(isProven(after) && after.reasons.length === 0),
  'I3 an admit although an officer has to decide': ({ after }) =>
    after.decision === 'admit' && (after.isAssisted || after.companion !== null) && after.departure === null,
  'I8 a late answer changes something': (seen) =>
    lateAnswers.test(seen.step.event.type) &&
    seen.before.decision !== null &&
    // The first answer of a risk service counts until its deadline, also for whoever is referred already: officers have to know.
    !(seen.step.event.type === 'RISK_ANSWERED' && seen.before.evidence.risk === null) &&
    !changesNothing(seen),
  'I8 a second risk answer counts': ({ step, before, after }) =>
    step.event.type === 'RISK_ANSWERED' &&
    before.evidence.risk !== null &&
    after.evidence.risk !== before.evidence.risk,
  'I9 a restart or an evacuation does not end the passage at once': ({ step: { event, after } }) =>
    laneEnds.test(event.type) && after.snapshot.status !== 'done',
  'I6 a passage moves a door in an evacuation': (seen) => laneEnds.test(seen.step.event.type) && movesDoor(seen),
  'I11 a referral is taken back': ({ before, after }) => before.decision === 'refer' && after.decision !== 'refer',
  'a referral without a reason': ({ after }) => after.decision === 'refer' && after.reasons.length === 0,
  'the entry opens before the document stage is passed, or for two passages at once': ({ to, after }) =>
    to === 'entering' && !(after.decision === null && after.isCabinFree && after.evidence.chip !== null),
  'the entry opens although the document lies on the reader': ({ from, to, after, step }) =>
    to === 'entering' && from === 'awaitingRemoval' && !after.isDocumentTaken && step.event.type !== 'DOCUMENT_PLACED',
  'a face is looked for although the document lies on the reader': ({ from, to, after }) =>
    to === 'capturing' && from === 'awaitingRemoval' && !after.isDocumentTaken,
  'the entry is opened for somebody who came in through the exit': (seen) =>
    asks(seen, 'openEntry') && isIntruder(seen.before),
  'the entry is wanted open while somebody leaves or waits for an officer': ({ to, step: { after } }) =>
    /^(leaving|closingExit|held)/.test(to) && after.wants.entry === 'open',
  'the exit is wanted open where nobody may leave': ({ to, step: { after } }) =>
    after.wants.exit === 'open' && !/^(leaving|interrupted)/.test(to),
  'a referral of which no officer hears': (seen) =>
    settled.test(seen.to) &&
    stateOf(seen.from) !== stateOf(seen.to) &&
    !isOnlyIneligible(seen.after) &&
    !asks(seen, 'callOfficer'),
  'left as somebody else than who was let out': (seen) =>
    seen.before.departure === null &&
    seen.after.departure !== null &&
    seen.after.departure !== (seen.before.release === null && !isReleaseGiven(seen) ? 'admitted' : 'released'),
  'a departure is rewritten': ({ before, after }) => before.departure !== null && after.departure !== before.departure,
  'an outcome that the record does not bear out': (seen) =>
    seen.step.after.snapshot.status === 'done' && !isOutcomeTrue(seen),
};

const stateOf = (name: string): string => name.split('.')[0] ?? name;

function isOutcomeTrue({ to, after }: Seen): boolean {
  if (to === 'interrupted') return after.interruption !== null;
  if (to === 'admitted' || to === 'released') return after.departure === to;
  const isReferral = after.decision === 'refer' && after.departure === null;
  return isReferral && (to === 'redirected') === isOnlyIneligible(after);
}

export const transactionFlaw = flawBy(rules, contextOf);
