/** A machine whose guards can be made to lie, one at a time. */
import type { AnyStateMachine } from 'xstate';
import { transitionTable } from '../../gate-controller/kernel/transition-table.ts';
import { compare, type Found, type Search } from './explore.ts';

type Guard = (args: unknown, params: unknown) => boolean;

/** Far more than the longest honest step asks. */
const questions_max = 2_000;

export type GuardSwitch = {
  /** The production machine; its guards answer truly until one is forced. */
  readonly machine: AnyStateMachine;
  readonly names: readonly string[];
  /** Makes one guard answer always the same; null: all are true to themselves again. */
  readonly force: (name: string | null, answer: boolean) => void;
};

export function guardSwitch(machine: AnyStateMachine): GuardSwitch {
  let forced: string | null = null;
  let lie = false;
  let event: unknown;
  let asked = 0;
  const guards = machine.implementations.guards as Readonly<Record<string, Guard>>;
  const wrapped = Object.fromEntries(
    Object.entries(guards).map(([name, guard]) => [
      name,
      (args: { readonly event: unknown }, params: unknown): boolean => {
        asked = args.event === event ? asked + 1 : 0;
        event = args.event;
        // A guard that lies can send a machine round and round within one event.
        if (asked > questions_max) throw new Error('the machine does not come to rest');
        return name === forced ? lie : guard(args, params);
      },
    ]),
  );
  return {
    machine: machine.provide({ guards: wrapped } as never),
    // One that no row names is found by the test of the table.
    names: Object.keys(guards).filter((name) => transitionTable(machine).some(({ guard }) => guard === name)),
    force: (name, answer) => {
      forced = name;
      event = undefined;
      lie = answer;
    },
  };
}

/** Every guard with both of its lies. */
export const liesOf = ({ names }: GuardSwitch): readonly (readonly [name: string, answer: boolean])[] =>
  names.flatMap((name) => [true, false].map((answer) => [name, answer] as const));

/** True when one of the searches sees a difference while the guard lies. */
export function isLieNoticed(
  { force }: GuardSwitch,
  [name, answer]: readonly [string, boolean],
  searches: readonly Search[],
  found: readonly Found[],
): boolean {
  force(name, answer);
  const verdicts = searches.map((search, index) => compare(search, found[index] as Found));
  force(null, false);
  return verdicts.some((verdict) => verdict !== 'is not noticed');
}
