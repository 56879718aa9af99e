import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** One way out of a state, or what is done on the way in or out; plain JSON. */
export type TransitionRow = {
  /** Path of the state, e.g. `leaving.opening`. `*` holds in every state. */
  readonly state: string;
  /**
   * Name of an event, `after NAME` of a wait, `always`, `entry`, `exit`, `initial` (the inner state that is
   * taken), `end`, or `rest` where only the states around it act.
   */
  readonly on: string;
  /** Name of the condition; null = always. Rows of one event are tried from the top. */
  readonly guard: string | null;
  /** Path of the next state; null = stays. */
  readonly target: string | null;
  /** Names in the order in which they are done, with their fixed parameters. */
  readonly actions: readonly string[];
};

/** Every row of a machine, read from its definition: states in the order of the file, each with all its ways out. */
export function transitionTable(machine: AnyStateMachine): readonly TransitionRow[] {
  return statesOf(machine.root).flatMap(rowsOf);
}

const statesOf = (state: AnyStateNode): readonly AnyStateNode[] => [
  state,
  ...Object.values(state.states).flatMap(statesOf),
];

function rowsOf(state: AnyStateNode): readonly TransitionRow[] {
  const name = pathOf(state);
  const still = { state: name, guard: null, target: null } as const;
  const rows: TransitionRow[] = [];
  const entry = named(state.entry);
  if (entry.length > 0) rows.push({ ...still, on: 'entry', actions: entry });
  const [initial] = state.type === 'compound' ? (state.initial.target ?? []) : [];
  if (initial !== undefined) rows.push({ ...still, on: 'initial', target: pathOf(initial), actions: [] });
  const ways = [...(state.always ?? []), ...[...state.transitions.values()].flat()];
  for (const { eventType, guard, target, actions } of ways) {
    const [next] = target ?? [];
    rows.push({
      state: name,
      on: eventName(eventType),
      guard: guardName(guard),
      target: next === undefined ? null : pathOf(next),
      actions: named(actions),
    });
  }
  const exit = named(state.exit);
  if (exit.length > 0) rows.push({ ...still, on: 'exit', actions: exit });
  if (state.type === 'final') rows.push({ ...still, on: 'end', actions: [] });
  if (rows.length === 0) rows.push({ ...still, on: 'rest', actions: [] });
  return rows;
}

const pathOf = (state: AnyStateNode): string => (state.path.length === 0 ? '*' : state.path.join('.'));

/** XState names its waits `xstate.after.DELAY.STATE`. */
function eventName(eventType: string): string {
  if (eventType === '') return 'always';
  const wait = /^xstate\.after\.([^.]+)\./.exec(eventType)?.[1];
  return wait === undefined ? eventType : `after ${wait}`;
}

function guardName(guard: unknown): string | null {
  if (guard === undefined || guard === null) return null;
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && 'type' in guard) return String(guard.type);
  return 'unnamed';
}

const named = (actions: readonly unknown[]): readonly string[] =>
  actions.map(actionName).filter((name) => name !== null);

/** Waits of `after` are armed and cancelled by XState itself: the rows `after` say it already. */
function actionName(action: unknown): string | null {
  if (typeof action === 'string') return action;
  const { type, id, sendId, params } = action as {
    readonly type: string;
    readonly id?: unknown;
    readonly sendId?: unknown;
    readonly params?: unknown;
  };
  if (type === 'xstate.raise') return isOwnWait(id) ? null : `arm ${String(id)}`;
  if (type === 'xstate.cancel') return isOwnWait(sendId) ? null : `cancel ${String(sendId)}`;
  if (type.startsWith('xstate.')) return type.slice('xstate.'.length);
  if (typeof params !== 'object' || params === null) return type;
  const fixed = Object.entries(params).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `${type}(${fixed.join(', ')})`;
}

const isOwnWait = (id: unknown): boolean => typeof id === 'string' && id.startsWith('xstate.after.');

/** The table as a page of Markdown. */
export function transitionPage(title: string, rows: readonly TransitionRow[]): string {
  const cell = (text: string | null): string => (text === null ? '' : `\`${text}\``);
  const lines = rows.map(({ state, on, guard, target, actions }) => {
    const cells = [cell(state), cell(on), cell(guard), cell(target), actions.map(cell).join(', ')];
    return `| ${cells.join(' | ')} |`;
  });
  return `${[
    `# ${title}`,
    '',
    'Generated from the machine; a test compares them. After a change of the machine:',
    '`UPDATE_TABLES=1 npx vitest run test/search/transition-table.test.ts`, then read the difference.',
    '',
    'State `*` holds in every state. Rows of one event are tried from the top. No target: the state stays. `assign`: what the',
    'event says is remembered. `enqueueActions`: what is done depends on what is remembered.',
    '',
    '| state | on | guard | target | actions |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n')}\n`;
}
