/** What the search puts before the lane machine. */
import type { AnyMachineSnapshot, SnapshotFrom } from 'xstate';
import { defaultLaneTimings, type LaneInput } from '../../gate-controller/lane/context.ts';
import type { LaneHappening } from '../../gate-controller/lane/events.ts';
import type { laneMachine } from '../../gate-controller/lane/machine.ts';
import type { Hall } from '../../gate-controller/safety/hall.ts';
import { at_ms, zoneRead } from '../decision/evidence-samples.ts';
import { quietHall } from '../safety/sample-halls.ts';
import { type Labelled, type Search, stateName } from './explore.ts';
import { hallChanged, laneHallKind, laneHalls } from './halls.ts';

export type Snapshot = SnapshotFrom<typeof laneMachine>;

const input = (change: Partial<LaneInput>): LaneInput => ({
  laneId: 'lane-1',
  opensByItself: false,
  topology: 'integrated-two-step',
  isOverlapping: false,
  attendance: 'required',
  usualProfile: 'standard',
  timings: defaultLaneTimings,
  ...change,
});

const inputs: readonly (readonly [string, LaneInput])[] = [
  ['attended lane', input({})],
  ['overlapping lane', input({ isOverlapping: true, attendance: 'notRequired', opensByItself: true })],
  ['one-step lane', input({ topology: 'one-step', attendance: 'notRequired', opensByItself: true })],
];

const said = (label: string, happening: LaneHappening, when_ms = at_ms): Labelled => [
  label,
  { ...happening, at_ms: when_ms },
];

const later_ms = at_ms + 3_600_000;
const by = (officer: string, when_ms = at_ms) => ({ officer, reason: 'looked', validUntil_ms: when_ms + 5_000 });
const from = (technician: string) => ({ technician, validUntil_ms: at_ms + 5_000 });
const stale = { officer: 'a', technician: 't', reason: 'looked', validUntil_ms: at_ms - 1 };

const alarms: readonly Hall[] = [
  { ...quietHall, isFireAlarm: true },
  { ...quietHall, isEmergencyOpen: true, entry: 'open', exit: 'open', isCabinOccupied: true },
  { ...quietHall, isFireAlarm: true, entry: 'open', exit: 'open', isExitFree: false },
];

const things: readonly Labelled[] = [
  said('well', { type: 'HEALTH_CHANGED', blocking: [], degraded: [] }),
  said('sick', { type: 'HEALTH_CHANGED', blocking: ['camera:DEVICE_DISCONNECTED'], degraded: [] }),
  said('degraded', { type: 'HEALTH_CHANGED', blocking: [], degraded: ['risk:RISK_UNAVAILABLE'] }),
  said('self-test passed', { type: 'SELF_TEST_ENDED', failures: [] }),
  said('self-test failed', { type: 'SELF_TEST_ENDED', failures: ['CAMERA_UNUSABLE'] }),
  ...['first', 'second'].flatMap((transactionId): readonly Labelled[] => [
    said(`document of ${transactionId}`, { type: 'DOCUMENT_PRESENTED', transactionId, mrz: zoneRead }),
    said(`${transactionId} came in`, { type: 'TRAVELLER_ENTERED', transactionId }),
    said(`${transactionId} is leaving`, { type: 'TRANSACTION_LEAVING', transactionId }),
    said(`${transactionId} has ended`, { type: 'TRANSACTION_ENDED', transactionId, outcome: 'admitted' }),
  ]),
  said('reverse entry', { type: 'INTRUSION_SEEN', cause: 'REVERSE_ENTRY' }),
  said('forced door', { type: 'INTRUSION_SEEN', cause: 'DOOR_FORCED' }),
  said('restart', { type: 'RESTARTED' }),
];

const people: readonly Labelled[] = [
  said('an officer is there', { type: 'ATTENDANCE_CHANGED', isAttended: true }),
  said('no officer is there', { type: 'ATTENDANCE_CHANGED', isAttended: false }),
  said('a opens', { type: 'OFFICER_OPENED_LANE', ...by('a') }),
  said('an old opening', { type: 'OFFICER_OPENED_LANE', ...stale }),
  said('a assists', { type: 'OFFICER_ASSISTED_LANE', ...by('a') }),
  said('a closes', { type: 'OFFICER_CLOSED_LANE', ...by('a') }),
  said('an old closing', { type: 'OFFICER_CLOSED_LANE', ...stale }),
  said('a locks', { type: 'OFFICER_LOCKED_LANE', isDuress: false, ...by('a') }),
  said('an old lock', { type: 'OFFICER_LOCKED_LANE', isDuress: false, ...stale }),
  said('a resets the lockdown', { type: 'OFFICER_RESET_LOCKDOWN', ...by('a') }),
  said('b resets the lockdown', { type: 'OFFICER_RESET_LOCKDOWN', ...by('b') }),
  said('b resets the lockdown an hour later', { type: 'OFFICER_RESET_LOCKDOWN', ...by('b', later_ms) }, later_ms),
  said('an old reset of the lockdown', { type: 'OFFICER_RESET_LOCKDOWN', ...stale, officer: 'b' }),
  said('a resets the evacuation', { type: 'OFFICER_RESET_EVACUATION', ...by('a') }),
  said('an old reset of the evacuation', { type: 'OFFICER_RESET_EVACUATION', ...stale }),
  said('t asks for maintenance', { type: 'TECHNICIAN_ASKED_MAINTENANCE', ...from('t') }),
  said('an old asking', { type: 'TECHNICIAN_ASKED_MAINTENANCE', ...stale }),
  said('a consents', { type: 'OFFICER_CONSENTED_MAINTENANCE', ...by('a') }),
  said('t consents', { type: 'OFFICER_CONSENTED_MAINTENANCE', ...by('t') }),
  said('a consents an hour later', { type: 'OFFICER_CONSENTED_MAINTENANCE', ...by('a', later_ms) }, later_ms),
  said('t opens the exit', { type: 'TECHNICIAN_MOVED_DOOR', door: 'exit', command: 'open', ...from('t') }),
  said('t opens the entry', { type: 'TECHNICIAN_MOVED_DOOR', door: 'entry', command: 'open', ...from('t') }),
  said('an old moving', { type: 'TECHNICIAN_MOVED_DOOR', door: 'exit', command: 'open', ...stale }),
  said('t ends maintenance', { type: 'TECHNICIAN_ENDED_MAINTENANCE', ...from('t') }),
];

const alphabet: readonly Labelled[] = [
  ...[...laneHalls, ...alarms].map((hall) => hallChanged(hall, at_ms)),
  ...things,
  ...people,
];

export const contextOf = ({ snapshot }: { snapshot: AnyMachineSnapshot }): Snapshot['context'] =>
  (snapshot as Snapshot).context;

function project(snapshot: AnyMachineSnapshot): string {
  const c = contextOf({ snapshot });
  const state = stateName(snapshot.value);
  return [
    state === 'evacuation' ? `${laneHallKind(c.hall)}${c.hall.isExitFree}` : laneHallKind(c.hall),
    c.topology,
    c.isOverlapping,
    c.blocking.length > 0,
    c.degraded.length > 0,
    c.attendance === 'required' && c.isAttended,
    c.transactionId,
    c.isCabinGiven,
    c.leavingTransactionId,
    c.nextTransactionId,
    c.shouldOpen,
    c.isAssistOrdered,
    c.lockdown,
    // Who asked matters while somebody may consent.
    c.maintenance === null ? '' : `${c.maintenance.technician} ${c.maintenance.askedAt_ms}`,
    state.startsWith('lockdown') && c.firstConsent !== null ? `${c.firstConsent.officer} ${c.firstConsent.at_ms}` : '',
  ].join(' ');
}

/** Transactions are begun under a new name, end once, and announce themselves while they run. */
function mayHappen(snapshot: AnyMachineSnapshot, event: { readonly type: string }): boolean {
  const { transactionId, nextTransactionId } = contextOf({ snapshot });
  if (!('transactionId' in event)) return true;
  const isUnderWay = event.transactionId === transactionId || event.transactionId === nextTransactionId;
  return /PRESENTED|ENTERED/.test(event.type) ? !isUnderWay : true;
}

export type Slice = { readonly begins: readonly string[]; readonly hears: (label: string, type: string) => boolean };

const ordinary: ReadonlySet<string> = new Set([
  'entry closed, exit closed',
  'entry closed, exit closed, occupied',
  'entry open, exit closed',
  'entry closed, exit open',
  'hall unknown',
]);

const isOrdinary = (label: string, type: string): boolean => type !== 'HALL_CHANGED' || ordinary.has(label);
const isOfOne = (label: string): boolean => !/second/.test(label);
const isWellOrSick = (label: string): boolean => !/^(degraded|self-test failed|reverse entry)$/.test(label);

/** Parts of the alphabet that are searched whole, each with everything that can come of it. */
export const slices: Readonly<Record<string, Slice>> = {
  'every kind of hall': {
    begins: ['attended lane'],
    hears: (label, type) =>
      (isOfOne(label) && isWellOrSick(label) && !/^(OFFICER|TECHNICIAN|ATTENDANCE)/.test(type)) ||
      /^(a opens|a resets the evacuation|an officer is there)$/.test(label),
  },
  'everything officers say': {
    begins: ['attended lane'],
    hears: (label, type) => isOfOne(label) && isOrdinary(label, type) && !/TECHNICIAN|CONSENTED/.test(type),
  },
  maintenance: {
    begins: ['attended lane'],
    hears: (label, type) =>
      isOfOne(label) &&
      isWellOrSick(label) &&
      (isOrdinary(label, type) || label.endsWith('alarm')) &&
      !/LOCKDOWN|ASSISTED/.test(type),
  },
  'overlapping travellers': {
    begins: ['overlapping lane'],
    hears: (label, type) =>
      isOrdinary(label, type) &&
      !/TECHNICIAN|CONSENTED|LOCKDOWN|ATTENDANCE|EVACUATION|ASSISTED/.test(type) &&
      !label.startsWith('an old'),
  },
  'one-step travellers': {
    begins: ['one-step lane'],
    hears: (label, type) =>
      (isOfOne(label) && !/^(OFFICER|TECHNICIAN|ATTENDANCE)/.test(type)) || /^a (opens|closes|locks)$/.test(label),
  },
};

export const laneSearch = (slice: Slice, machine: Search['machine'], flaw: Search['flaw']): Search => ({
  machine,
  inputs: inputs.filter(([label]) => slice.begins.includes(label)),
  alphabet: alphabet.filter(([label, { type }]) => slice.hears(label, type)),
  mayHappen,
  project,
  matters: () => true,
  flaw,
});
