/** Ways through the lane as they should be, for everybody and in every order of reader, doors and cabin. */
import { admitted, type Chapter, good, ordinary, referred } from './scenario.ts';

export const pathScenarios = {
  genuine: {
    ...ordinary('p01'),
    title: 'A traveller with their own valid document',
    covers: [1],
    expects: { ...admitted, findings: { 'certificate-revocation': 'passed' }, leftBy: 'exit', exitOpenings: 1 },
  },
  'one-step': {
    ...ordinary('p02'),
    title: 'A lane whose reader stands in the cabin: first in, then the document',
    covers: [5],
    lane: { lane: { topology: 'one-step' } },
    expects: { ...admitted, leftBy: 'exit', exitOpenings: 1 },
  },
  'one-step-expired': {
    ...ordinary('p06'),
    title: 'A lane whose reader stands in the cabin, and a document that has expired: out by the way in',
    covers: [5],
    document: { ...good, validUntil: 'weeks-ago' },
    lane: { lane: { topology: 'one-step' } },
    expects: { ...referred('DOCUMENT_EXPIRED'), leftBy: 'entry', exitOpenings: 0 },
  },
  segregated: {
    ...ordinary('p06'),
    title: 'A kiosk reads the document, which then opens the gate',
    covers: [4],
    lane: { lane: { topology: 'segregated' } },
    expects: {
      ...admitted,
      states: ['inspectingDocument', 'awaitingGate', 'entering'],
      leftBy: 'exit',
      exitOpenings: 1,
    },
  },
  overlap: {
    ...ordinary('p01'),
    title: 'The next traveller’s document is read while the one before leaves',
    covers: [3],
    lane: { lane: { isOverlapping: true } },
    next: { scenario: 'bac-only', isClose: true, expects: { ...admitted, beginsBeforeEnd: true, leftBy: 'exit' } },
    expects: { ...admitted, leftBy: 'exit' },
  },
  'close-behind': {
    ...ordinary('p01'),
    title: 'The next traveller stands at the reader while the one before leaves, at a lane that does not overlap',
    covers: [3],
    next: { scenario: 'bac-only', isClose: true, expects: { ...admitted, beginsBeforeEnd: false, leftBy: 'exit' } },
    expects: { ...admitted, leftBy: 'exit' },
  },
  wheelchair: {
    ...ordinary('p02'),
    title: 'A traveller in a wheelchair, for whom an officer gave the lane more time',
    covers: [28],
    behaviour: { manner: 'wheelchair' },
    before: [
      { does: 'command', command: 'useAccessibleProfile', seen: { mode: 'open', offers: 'useAccessibleProfile' } },
    ],
    acts: [],
    expects: { ...admitted, leftBy: 'exit' },
  },
  'wheelchair-unannounced': {
    ...ordinary('p02'),
    title: 'The same traveller at a lane that does not know: the reader’s time runs out, and an officer helps',
    covers: [28],
    behaviour: { manner: 'wheelchair' },
    expects: { ...referred('DOCUMENT_LEFT_ON_READER'), leftBy: 'neverEntered' },
  },
} as const satisfies Chapter;
