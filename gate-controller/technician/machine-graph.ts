import type { MachineKind, StandingView, TransitionRow } from '../api/technician-messages.ts';
import { wordsOfCode } from '../console/words.ts';

/** One outermost state and what is within it. */
export type StateBlock = { readonly path: string; readonly inner: readonly string[] };

const parentsOf = (path: string): readonly string[] =>
  path.split('.').map((_, index, parts) => parts.slice(0, index + 1).join('.'));

/** Rows of what is done on the way in or out: no way to anywhere. */
const still: ReadonlySet<string> = new Set(['entry', 'exit', 'initial', 'end']);

/** Every state of a machine in the order of its table, inner ones within their outer one. */
export function stateBlocks(rows: readonly TransitionRow[]): readonly StateBlock[] {
  // A state without rows of its own, as one that is only passed through to, is known as a target.
  const targets = rows.flatMap(({ target }) => (target === null ? [] : [target]));
  const paths = new Set([...rows.map(({ state }) => state), ...targets].flatMap(parentsOf));
  paths.delete('*');
  const outer = [...paths].filter((path) => !path.includes('.'));
  return outer.map((path) => ({ path, inner: [...paths].filter((each) => each.startsWith(`${path}.`)) }));
}

/** A target that has inner states is entered there. */
function entered(path: string, rows: readonly TransitionRow[]): readonly string[] {
  const initial = rows.find(({ state, on }) => state === path && on === 'initial')?.target ?? null;
  return initial === null ? [path] : [path, ...entered(initial, rows)];
}

/** States that one step can lead to from where the machine stands. */
export function nextStates(rows: readonly TransitionRow[], states: readonly string[]): ReadonlySet<string> {
  const holds = new Set(['*', ...states]);
  const targets = rows
    .filter(({ state, target, on }) => holds.has(state) && target !== null && !still.has(on))
    .flatMap(({ target }) => entered(target ?? '', rows).flatMap(parentsOf));
  return new Set(targets.filter((path) => !states.includes(path)));
}

/** What can happen in a state: its own rows, then those of the states around it, then those that hold everywhere. */
export function rowsIn(rows: readonly TransitionRow[], state: string): readonly TransitionRow[] {
  const around = [...parentsOf(state).toReversed(), '*'];
  return around.flatMap((each) => rows.filter((row) => row.state === each && row.on !== 'initial'));
}

/** Standings of one machine: the lane stands once; with overlap two passages do. */
export const standingsOf = (standings: readonly StandingView[], machine: MachineKind): readonly StandingView[] =>
  standings.filter((standing) => standing.machine === machine);

/** The innermost of the states that hold, which says most. */
export const innermost = ({ states }: StandingView): string => states.at(-1) ?? '';

/** `awaitingRemoval` reads `awaiting removal`; the code stays what it is where it is looked up. */
export const wordsOfState = (path: string): string => wordsOfCode(path.split('.').at(-1) ?? '').toLowerCase();
