/** Whoever can make a signal fail must gain nothing by it: what is not known is never better than what is bad. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttackSignal, AttackSignalName, SignalOutcome } from '../../biometrics/attack/signal.ts';
import { fuseSignals, judgeAttack, signals } from '../../biometrics/attack/signals.ts';

type Values = Readonly<Record<AttackSignalName, readonly number[]>>;

const eight = (value: number): readonly number[] => Array.from({ length: 8 }, () => value);

/** A capture in which the head was turned, and nothing is wrong. */
const followed: Values = {
  'passive-network': eight(0.4),
  'face-in-rectangle': eight(0.3),
  'second-face': eight(0),
  'covered-face': eight(0),
  'frozen-frames': eight(20),
  'repeated-frames': [0],
  'person-changed': eight(0.9),
  'head-turn': [25],
  'flat-under-turn': [0.3, 0.3],
};

const measures = (values: Values): readonly AttackSignal[] =>
  signals.flatMap(({ name }) =>
    values[name].map((value): AttackSignal => ({ name, version: '1', status: 'measured', value })),
  );
const unavailable = (name: AttackSignalName, because: string): AttackSignal => ({
  name,
  version: '1',
  status: 'unavailable',
  because,
});
const without = (name: AttackSignalName, values: Values): readonly AttackSignal[] =>
  measures(values).filter((measure) => measure.name !== name);

test('with the passive network a turn that was followed proves life', () => {
  expect(judgeAttack(fuseSignals(measures(followed)))).toMatchObject({ verdict: 'live', because: 'TURN_FOLLOWED' });
});

test.each(['CONTEXT_CLIPPED', 'NOT_A_NUMBER'])(
  'a passive network that says nothing but %s leaves a turn that was followed undetermined',
  (because) => {
    const found = [
      ...without('passive-network', followed),
      ...eight(0).map(() => unavailable('passive-network', because)),
    ];
    expect(judgeAttack(fuseSignals(found))).toMatchObject({ verdict: 'undetermined', because });
  },
);

test.each([
  ['no frame', [], 'TOO_FEW_FRAMES'],
  ['too few frames', [0.4, 0.4, 0.4], 'TOO_FEW_FRAMES'],
  ['frames that are no numbers', eight(Number.NaN), 'NOT_A_NUMBER'],
  ['probabilities that are none', eight(2), 'NOT_A_NUMBER'],
] as const)('a passive network with %s leaves a turn that was followed undetermined', (_, passive, because) => {
  const found = measures({ ...followed, 'passive-network': passive });
  expect(judgeAttack(fuseSignals(found))).toMatchObject({ verdict: 'undetermined', because });
});

test('a face that looks live and turned, and of which nobody could say how flat it was, is not called live', () => {
  const found = without('flat-under-turn', { ...followed, 'passive-network': eight(0.9) });
  expect(judgeAttack(fuseSignals(found))).toMatchObject({ verdict: 'undetermined', because: 'TURN_NOT_MEASURED' });
});

test('a turn that was asked for and measured as no number is not one that was never asked for', () => {
  const found = measures({ ...followed, 'passive-network': eight(0.9), 'head-turn': [Number.NaN] });
  expect(judgeAttack(fuseSignals(found))).toMatchObject({ verdict: 'undetermined', because: 'NOT_A_NUMBER' });
});

/** Good and bad values of each signal, and those at its limits. */
const some: Readonly<Record<AttackSignalName, readonly number[]>> = {
  'passive-network': [0, 0.005, 0.01, 0.1, 0.2, 0.4, 0.5, 0.9, 1],
  'face-in-rectangle': [0, 0.3, 0.85, 1],
  'second-face': [0, 0.25, 0.9],
  'covered-face': [0, 0.5, 0.9],
  'frozen-frames': [0, 3.5, 20],
  'repeated-frames': [0, 2, 3],
  'person-changed': [-1, 0.1, 0.25, 0.9],
  'head-turn': [-20, 5, 20, 30],
  'flat-under-turn': [0, 0.18, 0.19, 0.4],
};
const anything: fc.Arbitrary<Values> = fc.record(
  Object.fromEntries(
    signals.map(({ name }) => {
      // Bad values are rare, so that most captures lack little to be called live.
      const value = fc.oneof(
        { weight: 4, arbitrary: fc.constant(followed[name].at(-1)!) },
        fc.constantFrom(...some[name]),
      );
      return [name, fc.oneof(value.map(eight), fc.array(value, { maxLength: 8 }))];
    }),
  ) as Record<AttackSignalName, fc.Arbitrary<readonly number[]>>,
);
/** Only the frames of a turn that was asked for are looked at for flatness. */
const capture = anything.map(
  (values): Values => (values['head-turn'].length > 0 ? values : { ...values, 'flat-under-turn': [] }),
);
const name = fc.constantFrom(...signals.map((signal) => signal.name));

test('a capture that is not live does not become live by what a signal could not measure', () => {
  fc.assert(
    fc.property(capture, name, fc.constantFrom('unavailable', 'NaN', 'none'), (values, lost, how) => {
      // A turn of which nothing was measured at all was not asked for: `Challenge` always gives its answer.
      if (how === 'none' && lost === 'head-turn') return;
      if (judgeAttack(fuseSignals(measures(values))).verdict === 'live') return;
      const own = values[lost].length === 0 ? [0] : values[lost];
      const instead = own.map(
        (): AttackSignal =>
          how === 'NaN'
            ? { name: lost, version: '1', status: 'measured', value: Number.NaN }
            : unavailable(lost, 'CONTEXT_CLIPPED'),
      );
      const left = how === 'none' ? without(lost, values) : [...without(lost, values), ...instead];
      expect(judgeAttack(fuseSignals(left)).verdict).not.toBe('live');
    }),
    { numRuns: 20_000 },
  );
});

test('a verdict that is not live does not become live when an outcome is void or left out', () => {
  fc.assert(
    fc.property(capture, name, fc.boolean(), (values, lost, isLeftOut) => {
      const outcomes = fuseSignals(measures(values));
      if (judgeAttack(outcomes).verdict === 'live') return;
      const voided = (outcome: SignalOutcome): SignalOutcome => ({
        ...outcome,
        frames: 0,
        value: null,
        verdict: 'undetermined',
        because: 'CONTEXT_CLIPPED',
      });
      const left = isLeftOut
        ? outcomes.filter((outcome) => outcome.name !== lost)
        : outcomes.map((outcome) => (outcome.name === lost ? voided(outcome) : outcome));
      expect(judgeAttack(left).verdict).not.toBe('live');
    }),
    { numRuns: 20_000 },
  );
});
