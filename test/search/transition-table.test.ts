import { readFileSync, writeFileSync } from 'node:fs';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { describe, expect, test } from 'vitest';
import { transitionPage, transitionTable } from '../../gate-controller/kernel/transition-table.ts';
import { laneMachine } from '../../gate-controller/lane/machine.ts';
import { transactionMachine } from '../../gate-controller/transaction/machine.ts';

const machines: readonly (readonly [string, AnyStateMachine, string])[] = [
  ['lane', laneMachine, 'Every state and every way out of it: the lane'],
  ['transaction', transactionMachine, 'Every state and every way out of it: one traveller’s passage'],
];

const statesOf = (state: AnyStateNode): readonly AnyStateNode[] => [
  state,
  ...Object.values(state.states).flatMap(statesOf),
];

describe.each(machines)('the table of the %s machine', (folder, machine, title) => {
  const rows = transitionTable(machine);

  test('is the one that is kept beside the machine', () => {
    const file = new URL(`../../gate-controller/${folder}/transitions.md`, import.meta.url);
    const page = transitionPage(title, rows);
    if (process.env['UPDATE_TABLES'] === '1') writeFileSync(file, page);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });

  test('names every state, every condition and every target', () => {
    const states = new Set(rows.map(({ state }) => state));
    const known = [...statesOf(machine.root)].map(({ path }) => (path.length === 0 ? '*' : path.join('.')));
    expect([...states].sort()).toEqual(known.sort());
    expect(rows.filter(({ guard }) => guard === 'unnamed')).toEqual([]);
    expect(rows.filter(({ target }) => target !== null && !states.has(target))).toEqual([]);
  });

  test('leaves no named condition unused', () => {
    const used = new Set(rows.map(({ guard }) => guard));
    expect(Object.keys(machine.implementations.guards).filter((name) => !used.has(name))).toEqual([]);
  });

  test('survives a journey as JSON', () => {
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
  });
});
