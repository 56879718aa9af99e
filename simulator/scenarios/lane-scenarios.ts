/** People and things between the doors, and doors that do what nobody asked of them. */
import { endEvacuation, endLockdown, letOutAgain, whileAt } from './officer-routines.ts';
import { type Act, admitted, type Chapter, interrupted, ordinary, referred } from './scenario.ts';

const returned = ['held', 'returning'] as const;

/** Somebody came in through the exit. */
const endIntrusion: readonly Act[] = [
  { does: 'watch', seen: { mode: 'lockdown', hasReason: 'REVERSE_ENTRY' } },
  ...letOutAgain,
  ...endLockdown,
];

/** A door that does what nobody asked of it is noticed within a second. */
const lockedBy = (fault: string): readonly Act[] => [
  { does: 'switch', fault, isOn: true, seen: { mode: 'open' }, after_ms: 1_000 },
  { does: 'watch', seen: { mode: 'lockdown' }, within_ms: 1_500 },
  { does: 'switch', fault, isOn: false },
  ...endLockdown,
];

export const laneScenarios = {
  tailgating: {
    ...ordinary('p01'),
    title: 'A second person slips in behind the traveller, and stays',
    covers: [29],
    behaviour: { second: 'tailgater' },
    expects: {
      ...referred('TAILGATING'),
      states: ['clearingTailgate', 'returning'],
      never: ['capturing', 'leaving'],
      leftBy: 'entry',
      exitOpenings: 0,
    },
  },
  'second-person-steps-back': {
    ...ordinary('p02'),
    title: 'A second person comes in by mistake, and steps back when asked to',
    covers: [29],
    behaviour: { second: 'misled' },
    expects: { ...admitted, states: ['clearingTailgate', 'separating', 'capturing'], leftBy: 'exit', exitOpenings: 1 },
  },
  withdraws: {
    ...ordinary('p05'),
    title: 'The traveller turns back when the entry door opens',
    covers: [],
    behaviour: { manner: 'turns-back' },
    expects: { ...interrupted('TRAVELLER_WITHDREW'), states: ['entering', 'closingUnused'], leftBy: 'neverEntered' },
  },
  dawdles: {
    ...ordinary('p06'),
    title: 'The traveller stops in the entry door and looks for something',
    covers: [31],
    behaviour: { manner: 'dawdles' },
    expects: { ...admitted, leftBy: 'exit' },
  },
  'blocks-entry': {
    ...ordinary('p06'),
    title: 'The traveller stays standing in the entry door',
    covers: [31],
    behaviour: { manner: 'blocks-entry' },
    expects: { ...referred('DOOR_NOT_CLOSING'), never: ['capturing', 'leaving'], leftBy: 'entry', exitOpenings: 0 },
  },
  'arm-in-door': {
    ...ordinary('p08'),
    title: 'Somebody reaches into the entry door while it closes: it reopens, and closes when it is free',
    covers: [31],
    mishaps: [{ when: 'standingAtMark', after_ms: 100, fault: 'arm-in-entry', for_ms: 2_500 }],
    expects: { ...admitted, states: ['separating', 'capturing'], leftBy: 'exit' },
  },
  'steps-back-in': {
    ...ordinary('p08'),
    title: 'The traveller turns round in the exit door and stays in the cabin: the leave to go is void',
    covers: [30],
    behaviour: { manner: 'steps-back-in' },
    expects: {
      ...referred('TRAVELLER_DID_NOT_LEAVE'),
      states: ['leaving', ...returned],
      leftBy: 'entry',
      exitOpenings: 1,
    },
  },
  'does-not-leave': {
    ...ordinary('p06'),
    title: 'The traveller does not walk out through the open exit',
    covers: [34],
    behaviour: { manner: 'stays-inside' },
    expects: { ...referred('TRAVELLER_DID_NOT_LEAVE'), states: ['leaving', ...returned], leftBy: 'entry' },
  },
  'sits-down': {
    ...ordinary('p02'),
    title: 'The traveller sits down in the cabin, leaves by neither door, and is fetched',
    covers: [34],
    behaviour: { manner: 'sits-down' },
    expects: {
      ...referred('TRAVELLER_DID_NOT_LEAVE', 'TRAVELLER_REFUSES_TO_GO'),
      states: ['leaving', ...returned],
      leftBy: 'entry',
    },
  },
  'reverse-entry': {
    ...ordinary('p01'),
    title: 'Somebody runs in through the exit while it closes behind the traveller',
    covers: [32],
    behaviour: { second: 'intruder' },
    acts: endIntrusion,
    expects: { ...admitted, reasons: ['REVERSE_ENTRY'], leftBy: 'exit', exitOpenings: 2 },
  },
  'comes-back-in': {
    ...ordinary('p02'),
    title: 'The traveller turns round behind the exit and walks back in while it closes',
    covers: [32],
    behaviour: { manner: 'comes-back-in' },
    acts: endIntrusion,
    expects: { ...admitted, reasons: ['REVERSE_ENTRY'], leftBy: 'exit', exitOpenings: 2 },
  },
  'suitcase-left': {
    ...ordinary('p06'),
    title: 'A suitcase stays in the cabin: the lane closes until somebody takes it away',
    covers: [33],
    mishaps: [{ when: 'leaving', fault: 'suitcase-left', stays: true }],
    acts: [
      { does: 'watch', seen: { mode: 'fault', fault: 'OBJECT_LEFT', isHallEmpty: true } },
      { does: 'switch', fault: 'suitcase-left', isOn: false },
    ],
    expects: { ...admitted, leftBy: 'exit' },
  },
  'fire-while-reading': {
    ...ordinary('p06'),
    title: 'Fire alarm while the document is read',
    covers: [36],
    mishaps: [{ when: 'waitingForReading', after_ms: 600, fault: 'fire-alarm' }],
    acts: endEvacuation,
    expects: { ...interrupted('EVACUATION'), never: ['entering'], leftBy: 'neverEntered' },
  },
  'fire-at-the-entry': {
    ...ordinary('p07'),
    title: 'Fire alarm while the traveller walks in',
    covers: [36],
    mishaps: [{ when: 'enteringChamber', after_ms: 150, fault: 'fire-alarm' }],
    acts: endEvacuation,
    expects: interrupted('EVACUATION'),
  },
  'fire-in-the-cabin': {
    ...ordinary('p08'),
    title: 'Fire alarm while the face is captured: the hardware opens both doors',
    covers: [36],
    acts: [...whileAt('capturing', 'fire-alarm'), ...endEvacuation],
    expects: { ...interrupted('EVACUATION'), states: ['capturing'], never: ['leaving'], leftBy: 'exit' },
  },
  'fire-while-leaving': {
    ...ordinary('p08'),
    title: 'Fire alarm while the traveller walks out',
    covers: [36],
    mishaps: [{ when: 'leaving', fault: 'fire-alarm' }],
    acts: endEvacuation,
    expects: { ...interrupted('EVACUATION'), states: ['leaving'], leftBy: 'exit' },
  },
  'fire-while-held': {
    ...ordinary('p09'),
    title: 'Fire alarm while a referred traveller waits in the cabin',
    covers: [36],
    acts: [...whileAt('held', 'fire-alarm'), ...endEvacuation],
    expects: { outcome: 'interrupted', reasons: ['WATCHLIST_HIT', 'EVACUATION'], states: ['held'], leftBy: 'exit' },
  },
  'emergency-release': {
    ...ordinary('p01'),
    title: 'The traveller presses the emergency release in the cabin',
    covers: [40],
    acts: [...whileAt('capturing', 'emergency-open'), ...endEvacuation],
    expects: { ...interrupted('EVACUATION'), never: ['leaving'], leftBy: 'exit' },
  },
  'power-lost-outside': {
    ...ordinary('p02'),
    title: 'The mains fail while the document is read; the supply runs on its battery',
    covers: [37],
    mishaps: [{ when: 'waitingForReading', after_ms: 600, fault: 'on-ups' }],
    expects: { ...referred('DEVICE_FAULT'), never: ['entering'], leftBy: 'neverEntered' },
  },
  'power-lost-in-the-cabin': {
    ...ordinary('p01'),
    title: 'The mains fail while the face is captured: out by the way in',
    covers: [37],
    acts: whileAt('capturing', 'on-ups'),
    expects: { ...referred('DEVICE_FAULT'), states: ['capturing', 'returning'], never: ['leaving'], leftBy: 'entry' },
  },
  'power-lost-while-leaving': {
    ...ordinary('p01'),
    title: 'The mains fail while the traveller walks out: the way out is finished',
    covers: [37],
    mishaps: [{ when: 'leaving', fault: 'on-ups' }],
    expects: { ...admitted, leftBy: 'exit' },
  },
  'door-forced': {
    ...ordinary('p01'),
    title: 'Somebody prises the exit door open while nobody is in the lane',
    covers: [39],
    isNobody: true,
    acts: lockedBy('exit-prised'),
    expects: { outcome: 'none', reasons: [] },
  },
  'door-position-lies': {
    ...ordinary('p01'),
    title: 'The position of the exit door reads open while the door is shut and nobody asked for it',
    covers: [39],
    isNobody: true,
    acts: lockedBy('exit-reads-open'),
    expects: { outcome: 'none', reasons: [] },
  },
} as const satisfies Chapter;
