import type { AnyStateMachine } from 'xstate';
import { transitionTable } from '../../gate-controller/kernel/transition-table.ts';

/** States in which a machine can come to rest: the innermost ones that are not left in the very step that enters them. */
export function restingStates(machine: AnyStateMachine): readonly string[] {
  const rows = transitionTable(machine);
  const outer = new Set(rows.filter(({ on }) => on === 'initial').map(({ state }) => state));
  const routers = new Set(rows.filter(({ on, guard }) => on === 'always' && guard === null).map(({ state }) => state));
  const states = new Set(rows.map(({ state }) => state));
  return [...states].filter((state) => !outer.has(state) && !routers.has(state));
}
