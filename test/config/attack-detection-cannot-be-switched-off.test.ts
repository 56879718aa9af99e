/** Limits of attack signals belong to a camera, but no configuration may make one of the signals say nothing. */
import { expect, test } from 'vitest';
import type { AttackSignal, AttackSignalName } from '../../biometrics/attack/signal.ts';
import { fuseSignals, judgeAttack, signals } from '../../biometrics/attack/signals.ts';
import { type AttackLimit, type AttackLimits, defaultAttackLimits } from '../../biometrics/index.ts';
import { attackConflicts, attackRanges } from '../../gate-controller/config/face-schema.ts';
import { least, problemsOf } from './least.ts';

const problemsWith = (attack: Partial<AttackLimits>) => problemsOf({ ...least, face: { attack } });

/** What would switch each signal off. */
const permissive = {
  passiveLive_min: 0,
  passiveSuspect_max: 0,
  passiveAttack_max: 0,
  rectangle_min: 1,
  secondFace_min: 1,
  covered_max: 1,
  motion_min: 0,
  repeated_max: 100,
  likeness_min: 0,
  turnLikeness_min: 0,
  flat_max: 0,
} as const satisfies Partial<AttackLimits>;

test('a configuration that switches every signal off is refused, limit by limit', () => {
  const problems = problemsWith(permissive);
  // The checker of the schema names eight errors at a time; each limit by itself follows.
  expect(problems.length).toBeGreaterThanOrEqual(8);
  for (const problem of problems) expect(problem).toMatch(/^face\.attack\.\w+ must be [<>]= [0-9.]+$/);
});

test.each(Object.entries(permissive))('%s alone cannot be %d', (name, value) => {
  expect(problemsWith({ [name]: value })[0]).toMatch(new RegExp(`^face\\.attack\\.${name} must be [<>]= [0-9.]+$`));
});

test('the defaults lie within their ranges', () => {
  expect(problemsWith(defaultAttackLimits)).toEqual([]);
});

const names = Object.keys(attackRanges) as AttackLimit[];

/** Every corner of the ranges that the configuration takes: each limit at its least or its most. */
const corners: readonly AttackLimits[] = Array.from(
  { length: 2 ** names.length },
  (_, bits) =>
    Object.fromEntries(
      names.map((name, i) => [name, (bits >> i) & 1 ? attackRanges[name].maximum : attackRanges[name].minimum]),
    ) as AttackLimits,
).filter((limits) => attackConflicts(limits).length === 0);

const eight = (value: number): readonly number[] => Array.from({ length: 8 }, () => value);
type Values = Readonly<Record<AttackSignalName, readonly number[]>>;

const perfect: Values = {
  'passive-network': eight(1),
  'face-in-rectangle': eight(0),
  'second-face': eight(0),
  'covered-face': eight(0),
  'frozen-frames': eight(90),
  'repeated-frames': [0],
  'person-changed': eight(1),
  'head-turn': [45],
  'flat-under-turn': [9, 9],
};
const bad: Values = {
  'passive-network': eight(0),
  'face-in-rectangle': eight(1),
  'second-face': eight(0.9),
  'covered-face': eight(0.9),
  'frozen-frames': eight(0.5),
  'repeated-frames': [8],
  'person-changed': eight(0.1),
  'head-turn': [10],
  'flat-under-turn': [0.1, 0.1],
};

const measures = (values: Values): readonly AttackSignal[] =>
  signals.flatMap(({ name }) =>
    values[name].map((value): AttackSignal => ({ name, version: '1', status: 'measured', value })),
  );
const liveUnder = (values: Values): readonly AttackLimits[] => {
  const found = measures(values);
  return corners.filter((limits) => judgeAttack(fuseSignals(found, limits)).verdict === 'live');
};

test('a face without fault can be live at every accepted corner, so that the corners say something', () => {
  expect(corners.length).toBeGreaterThan(1_000);
  expect(liveUnder(perfect)).toHaveLength(corners.length);
});

test('a face with every signal bad is live at no accepted corner', () => {
  expect(liveUnder(bad)).toEqual([]);
});

test.each(signals.map(({ name }) => name))('a face with only %s bad is live at no accepted corner', (name) => {
  expect(liveUnder({ ...perfect, [name]: bad[name] })).toEqual([]);
});
