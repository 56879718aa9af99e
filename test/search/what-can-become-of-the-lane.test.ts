import { describe, expect, test } from 'vitest';
import { laneMachine } from '../../gate-controller/lane/machine.ts';
import { at_ms } from '../decision/evidence-samples.ts';
import { quietHall } from '../safety/sample-halls.ts';
import {
  explore,
  type Found,
  type Labelled,
  type Position,
  type Search,
  stateName,
  Stepper,
  traceOf,
} from './explore.ts';
import { guardSwitch, isLieNoticed, liesOf } from './guard-switch.ts';
import { hallChanged } from './halls.ts';
import { laneFlaw } from './lane-rules.ts';
import { contextOf, laneSearch, slices } from './lane-search.ts';
import { restingStates } from './resting-states.ts';
import { timeAlone } from './waits.ts';

const guards = guardSwitch(laneMachine);
const searches: readonly Search[] = Object.values(slices).map((slice) => laneSearch(slice, guards.machine, laneFlaw));
const found: readonly Found[] = searches.map((search) => explore(search, 40_000));
const positions: readonly Position[] = found.flatMap((part) => [...part.positions.values()]);
const statesOf = (some: readonly Position[]): readonly string[] =>
  [...new Set(some.map(({ snapshot }) => stateName(snapshot.value)))].sort();

/** Where the lane stays until somebody acts, and who that is. */
const awaited: Readonly<Record<string, string>> = {
  'fault.waiting': 'the device that is sick, or the end of the passage that was told of it',
  'closed.shut': 'an officer, who opens',
  'open.shut': 'a traveller',
  'open.inviting': 'a traveller',
  'assisted.shut': 'a traveller',
  'assisted.inviting': 'a traveller',
  draining: 'the end of the passage, which ends by itself',
  evacuation: 'an officer, who has walked through the lane',
  maintenance: 'the technician, who ends it',
  'lockdown.lettingOut': 'whoever is in the cabin: the entry is wanted open',
};

/** Where waits follow each other for as long as somebody stays in the cabin or the self-test fails. */
const repeated = /^(clearingCabin|fault|selfTest|cleared|starting|lockdown\.locked)/;

describe('over everything that can become of the lane', () => {
  test('no step breaks an invariant (I1, I2, I6, I7, I9, I11)', () => {
    const steps = found.reduce((sum, part) => sum + part.steps, 0);
    console.info(`lane: ${positions.length} positions, ${steps} steps`);
    expect(positions.length).toBeGreaterThan(5_000);
    expect(found.flatMap(({ flaws }) => [...flaws])).toEqual([]);
  });

  test('every state is reached', () => {
    const reached = new Set(statesOf(positions));
    expect(restingStates(laneMachine).filter((state) => !reached.has(state))).toEqual([]);
  });

  test('it stays where somebody is awaited, and nowhere else (I7)', () => {
    const still = found.flatMap((part) => timeAlone(part).still);
    expect(statesOf(still).filter((state) => !(state in awaited))).toEqual([]);
    const rings = found.flatMap((part) => timeAlone(part).rings);
    expect(statesOf(rings).filter((state) => !repeated.test(state))).toEqual([]);
  });
});

const said = (type: string, more: object = {}): Labelled => [
  type,
  { type, at_ms, officer: 'a', technician: 't', reason: 'looked', validUntil_ms: at_ms + 5_000, ...more },
];

/** What people do, and what passes by itself, when all is well again. */
const help: readonly Labelled[] = [
  hallChanged(quietHall, at_ms),
  said('HEALTH_CHANGED', { blocking: [], degraded: [] }),
  said('ATTENDANCE_CHANGED', { isAttended: true }),
  said('TRANSACTION_ENDED', { transactionId: 'first', outcome: 'referred' }),
  said('TRANSACTION_ENDED', { transactionId: 'second', outcome: 'referred' }),
  said('OFFICER_RESET_EVACUATION'),
  said('OFFICER_RESET_LOCKDOWN', { officer: 'a' }),
  said('OFFICER_RESET_LOCKDOWN', { officer: 'b' }),
  said('TECHNICIAN_ENDED_MAINTENANCE'),
  said('OFFICER_OPENED_LANE'),
  said('SELF_TEST_ENDED', { failures: [] }),
];

test('from everywhere the lane serves again once all is well and officers did their part', () => {
  const stepper = new Stepper(searches[0] as Search);
  const lost: string[] = [];
  for (const position of positions) {
    let at = position;
    for (let round = 0; round < 8 && !isServing(at); round += 1) {
      for (const labelled of help) if (!isServing(at)) at = stepper.take(at, labelled).after;
      for (const { id, event } of at.waits) {
        if (!isServing(at)) at = stepper.take(at, [`(wait) ${id}`, event]).after;
      }
    }
    if (!isServing(at)) lost.push(traceOf(position).join(', '));
  }
  expect(lost.slice(0, 3)).toEqual([]);
});

const isServing = (position: Position): boolean =>
  /^(open|assisted)/.test(stateName(position.snapshot.value)) && contextOf(position).transactionId === null;

describe('every guard that lies is noticed', () => {
  /** Guards whose lie changes nothing, each with the reason. */
  const equivalent: Readonly<Record<string, string>> = {
    'isAssistOver true': 'an open lane in which assistance is due goes back to assisted in the same step',
  };

  test.each(liesOf(guards))('%s is always %s', (name, answer) => {
    const isNoticed = isLieNoticed(guards, [name, answer], searches, found);
    expect(isNoticed || `${name} ${answer}` in equivalent).toBe(true);
  });
});
