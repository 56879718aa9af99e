/** Shorter ways that the kernel takes must lead where the plain ones do. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { PureMachine } from '../../gate-controller/kernel/pure-machine.ts';
import { StateText } from '../../gate-controller/kernel/state-text.ts';
import { doorMachine } from './kernel-bench.ts';

test('a machine with one actor for all calls takes the same steps as one with an actor for each', () => {
  const machine = new PureMachine(doorMachine);
  const events = fc.array(
    fc.constantFrom('PUSHED', 'PULLED', 'RESTARTED', 'UNKNOWN', 'xstate.after.5000.(machine).ajar'),
  );
  fc.assert(
    fc.property(events, (types) => {
      let [plain, plainActions] = initialTransition(doorMachine);
      let [ours, ourActions] = machine.begin(undefined);
      for (const type of types) {
        const event = { type, at_ms: 1 };
        [plain, plainActions] = transition(doorMachine, plain, event);
        [ours, ourActions] = machine.next(ours, event);
        expect({ value: ours.value, context: ours.context, status: ours.status }).toEqual({
          value: plain.value,
          context: plain.context,
          status: plain.status,
        });
        const named = (actions: readonly unknown[]) =>
          (actions as readonly { type: string; params: unknown }[]).map(({ type: name, params }) => ({ name, params }));
        expect(named(ourActions)).toEqual(named(plainActions));
      }
    }),
  );
});

test('a state reads as JSON writes it, however its context is made and however often its parts come again', () => {
  const text = new StateText();
  const part = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.constant(Number.NaN), fc.date());
  fc.assert(
    fc.property(fc.jsonValue(), fc.dictionary(fc.string(), part), (value, context) => {
      const plain = JSON.stringify({ value, context });
      expect(text.of(value, context)).toBe(plain);
      expect(text.of(value, { ...context })).toBe(plain);
    }),
  );
  expect(text.of('gone', null)).toBe(JSON.stringify({ value: 'gone', context: null }));
});
