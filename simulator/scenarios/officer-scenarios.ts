/** Officers and technicians who take part: confirming, releasing, alarming, not being there. */
import { watchlistedPerson } from './listed-persons.ts';
import { assist, endAssistance, endDuress, endEvacuation, openAgain, sendBack } from './officer-routines.ts';
import { admitted, type Chapter, ordinary, referred } from './scenario.ts';

const released = (...reasons: readonly string[]) => ({ outcome: 'released', reasons }) as const;

export const officerScenarios = {
  'assisted-lane': {
    ...ordinary('p01'),
    title: 'An assisted lane: all checks pass, and an officer confirms',
    covers: [45],
    before: assist,
    acts: [
      { does: 'command', command: 'releaseToExit', seen: { step: 'held', offers: 'releaseToExit' } },
      ...endAssistance,
    ],
    expects: {
      ...released('OFFICER_CONFIRMATION_REQUIRED'),
      states: ['held', 'leaving'],
      leftBy: 'exit',
      exitOpenings: 1,
    },
  },
  'assisted-lane-refers': {
    ...ordinary(watchlistedPerson),
    title: 'An assisted lane and a holder on the watchlist: the officer sends them back',
    covers: [45],
    before: assist,
    acts: [...sendBack, ...endAssistance],
    expects: { ...referred('WATCHLIST_HIT', 'OFFICER_CONFIRMATION_REQUIRED'), leftBy: 'entry', exitOpenings: 0 },
  },
  'two-officers-release': {
    ...ordinary(watchlistedPerson),
    title: 'A holder on the watchlist whom two officers let pass; one alone could not',
    covers: [48],
    acts: [
      { does: 'command', command: 'releaseToExit', officer: 'B-101', seen: { step: 'held', offers: 'releaseToExit' } },
      {
        does: 'command',
        command: 'releaseToExit',
        officer: 'B-101',
        answer: 422,
        seen: { step: 'held' },
        after_ms: 300,
      },
      { does: 'command', command: 'releaseToExit', officer: 'B-202', seen: { step: 'held' } },
    ],
    expects: { ...released('WATCHLIST_HIT'), states: ['held', 'leaving'], leftBy: 'exit', exitOpenings: 1 },
  },
  'one-officer-is-not-enough': {
    ...ordinary(watchlistedPerson),
    title: 'One officer would let a holder on the watchlist pass, and nobody joins',
    covers: [48],
    acts: [
      { does: 'command', command: 'releaseToExit', officer: 'B-101', seen: { step: 'held', offers: 'releaseToExit' } },
      { does: 'command', command: 'returnToEntry', officer: 'B-101', seen: { step: 'held' }, after_ms: 1_000 },
    ],
    expects: { ...referred('WATCHLIST_HIT'), never: ['leaving'], leftBy: 'entry', exitOpenings: 0 },
  },
  'officer-too-late': {
    ...ordinary('p06'),
    title: 'An officer’s release that is six seconds old when it arrives is refused',
    covers: [53],
    faults: ['watchlist-unavailable'],
    acts: [
      {
        does: 'command',
        command: 'releaseToExit',
        seen: { step: 'held', offers: 'releaseToExit' },
        age_ms: 6_000,
        answer: 409,
      },
      ...sendBack,
    ],
    expects: { ...referred('RISK_UNAVAILABLE'), never: ['leaving'], leftBy: 'entry', exitOpenings: 0 },
  },
  'help-button': {
    ...ordinary('p06'),
    title: 'The traveller presses the help button in the cabin',
    covers: [],
    mishaps: [{ when: 'standingAtMark', after_ms: 200, fault: 'help-button', for_ms: 1_000 }],
    expects: { ...referred('HELP_REQUESTED'), states: ['held'], leftBy: 'entry', exitOpenings: 0 },
  },
  companion: {
    ...ordinary('p08'),
    title: 'A parent with a small child by the hand; an officer allows both and lets them out',
    covers: [19],
    behaviour: { second: 'child' },
    acts: [
      { does: 'command', command: 'allowCompanion', seen: { step: 'entering', offers: 'allowCompanion' } },
      { does: 'command', command: 'releaseToExit', seen: { step: 'held', offers: 'releaseToExit' } },
    ],
    expects: { ...released('COMPANION_PROCEDURE'), states: ['held', 'leaving'], leftBy: 'exit', exitOpenings: 1 },
  },
  duress: {
    ...ordinary('p08'),
    title: 'An officer gives the duress alarm while a traveller is in the cabin',
    covers: [57],
    acts: [
      { does: 'command', command: 'duress', seen: { step: 'capturing' } },
      // The page looks as if the lane were closed: whoever forces the officer reads it, too.
      { does: 'watch', seen: { mode: 'closed', step: 'held' }, within_ms: 1_500 },
      ...sendBack,
      ...endDuress,
    ],
    expects: { ...referred('OFFICER_CONFIRMATION_REQUIRED'), never: ['leaving'], leftBy: 'entry', exitOpenings: 0 },
  },
  'emergency-release-in-lockdown': {
    ...ordinary('p02'),
    title: 'The emergency release in the cabin of a locked lane opens the doors',
    covers: [40],
    acts: [
      { does: 'command', command: 'lockLane', seen: { step: 'capturing' } },
      { does: 'switch', fault: 'emergency-open', isOn: true, seen: { mode: 'lockdown' }, after_ms: 500 },
      { does: 'watch', seen: { mode: 'evacuation', isHallEmpty: true } },
      { does: 'switch', fault: 'emergency-open', isOn: false },
      ...endEvacuation,
    ],
    expects: {
      outcome: 'interrupted',
      reasons: ['LANE_LOCKED_DOWN', 'EVACUATION'],
      never: ['leaving'],
      leftBy: 'exit',
    },
  },
  'maintenance-with-consent': {
    ...ordinary('p01'),
    title: 'A technician asks for maintenance; nothing happens until an officer consents',
    covers: [62],
    isNobody: true,
    before: [{ does: 'command', command: 'closeLane', seen: { mode: 'open', offers: 'closeLane' } }],
    acts: [
      { does: 'ask-maintenance', seen: { mode: 'closed' } },
      { does: 'watch', seen: { mode: 'closed', offers: 'consentMaintenance' } },
      { does: 'command', command: 'consentMaintenance', seen: { offers: 'consentMaintenance' } },
      { does: 'watch', seen: { mode: 'maintenance' } },
      { does: 'end-maintenance', seen: { mode: 'maintenance' }, after_ms: 500 },
      ...openAgain,
    ],
    expects: { outcome: 'none', reasons: [] },
  },
  'unattended-lane': {
    ...ordinary('p01'),
    title: 'The officer goes away: the traveller in the lane is served, then the lane closes itself',
    covers: [51],
    lane: { lane: { attendance: 'required' } },
    before: [{ does: 'attend' }, { does: 'watch', seen: { mode: 'open' } }],
    acts: [
      { does: 'go-away', seen: { step: 'inspectingDocument' } },
      { does: 'watch', seen: { mode: 'closed', isHallEmpty: true } },
      { does: 'attend' },
      ...openAgain,
    ],
    expects: { ...admitted, leftBy: 'exit' },
  },
  'document-used-again': {
    ...ordinary('p02'),
    title: 'The document that has just passed comes again',
    covers: [18],
    lane: { policy: { eligibility: { reuse_s: 300 } } },
    next: {
      scenario: 'document-used-again',
      isClose: false,
      expects: { ...referred('DOCUMENT_USED_AGAIN'), leftBy: 'neverEntered' },
    },
    expects: { ...admitted, leftBy: 'exit' },
  },
} as const satisfies Chapter;
