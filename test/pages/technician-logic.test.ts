import { expect, test } from 'vitest';
import type { AnyStateNode } from 'xstate';
import { transitionTable } from '../../gate-controller/kernel/transition-table.ts';
import { laneMachine } from '../../gate-controller/lane/machine.ts';
import { nextStates, rowsIn, stateBlocks } from '../../gate-controller/technician/machine-graph.ts';
import { transactionMachine } from '../../gate-controller/transaction/machine.ts';

const machines = { lane: transitionTable(laneMachine), transaction: transitionTable(transactionMachine) };

/** Every state of a machine as XState knows it, as paths. */
const pathsOf = ({ path, states }: AnyStateNode): readonly string[] => [
  ...(path.length === 0 ? [] : [path.join('.')]),
  ...Object.values(states).flatMap(pathsOf),
];

test.each([
  ['lane', laneMachine],
  ['transaction', transactionMachine],
] as const)('the map of the %s shows every state that the machine has, and none besides', (name, machine) => {
  const shown = stateBlocks(machines[name]).flatMap(({ path, inner }) => [path, ...inner]);
  expect([...shown].sort()).toEqual([...pathsOf(machine.root)].sort());
});

test('from where the machine stands the map marks what one step leads to, into the inner state that is entered', () => {
  const row = (state: string, on: string, target: string | null) => ({ state, on, target, guard: null, actions: [] });
  const rows = [
    row('held', 'initial', 'held.waiting'),
    row('held', 'RELEASED', 'leaving'),
    row('held.waiting', 'after escalate', 'held.escalated'),
    row('leaving', 'initial', 'leaving.opening'),
    row('leaving', 'always', 'gone'),
  ];
  const next = nextStates(rows, ['held', 'held.waiting']);
  expect([...next].sort()).toEqual(['held.escalated', 'leaving', 'leaving.opening']);
});

test('what holds in every state is one step away from each', () => {
  expect(nextStates(machines.transaction, ['capturing']).has('interrupted')).toBe(true);
  expect(nextStates(machines.lane, ['closed', 'closed.shut']).has('evacuation')).toBe(true);
});

test('the rows of a state are its own, then those around it, then those of every state', () => {
  const rows = rowsIn(machines.transaction, 'held.waiting');
  const order = rows.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1]);
  expect(order).toEqual(['held.waiting', 'held', '*']);
});

test('a machine without rows shows nothing and breaks nothing', () => {
  expect([stateBlocks([]), [...nextStates([], ['open'])], rowsIn([], 'open')]).toEqual([[], [], []]);
});
