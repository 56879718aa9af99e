/**
 * Breadth-first search over everything a machine can come to: every state, every context that makes a difference, every
 * event of a finite alphabet, and every wait that is armed, in any order. The production machine runs; nothing is modelled
 * but the kernel's book of armed waits and what is wanted of the two doors.
 */
import type { AnyEventObject, AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { DoorName } from '../../drivers/contracts/gate-io.ts';
import { PureMachine, type PureStep } from '../../gate-controller/kernel/pure-machine.ts';
import type { DoorWant } from '../../gate-controller/safety/door-plan.ts';

export type Effect = { readonly type: string; readonly params: Readonly<Record<string, unknown>> };

/** A wait that is armed: what it will say, and after how long. */
export type Wait = { readonly id: string; readonly delay_ms: number; readonly event: AnyEventObject };

/** What is wanted of the doors, as the door keeper remembers it. */
type Wants = Readonly<Record<DoorName, DoorWant>>;

export type Position = {
  readonly snapshot: AnyMachineSnapshot;
  readonly waits: readonly Wait[];
  readonly wants: Wants;
  /** Two positions with the same key are the same for everything that can follow. */
  readonly key: string;
  readonly from: Position | null;
  /** What led here. */
  readonly by: string;
};

export type Step = {
  readonly before: Position;
  readonly label: string;
  readonly event: AnyEventObject;
  readonly after: Position;
  readonly effects: readonly Effect[];
};

export type Labelled = readonly [label: string, event: AnyEventObject];

export type Search = {
  readonly machine: AnyStateMachine;
  /** Ways to begin: inputs of the machine. */
  readonly inputs: readonly (readonly [label: string, input: unknown])[];
  readonly alphabet: readonly Labelled[];
  /** False for what cannot happen here, e.g. an answer that nobody has asked for yet. */
  readonly mayHappen: (snapshot: AnyMachineSnapshot, event: AnyEventObject) => boolean;
  /** What of the context makes a difference to what can follow. */
  readonly project: (snapshot: AnyMachineSnapshot) => string;
  /** False for a wait that makes no difference here any more. */
  readonly matters: (snapshot: AnyMachineSnapshot, waitId: string) => boolean;
  /** What is wrong with a step; undefined when nothing is. */
  readonly flaw: (step: Step) => string | undefined;
};

/** A state as people read it: `held.waiting`. */
export function stateName(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as Record<string, unknown>)
    .map(([name, inner]) => `${name}.${stateName(inner)}`)
    .join('+');
}

/** One way to come here, as a list of labels. */
export function traceOf(position: Position): readonly string[] {
  const labels: string[] = [];
  for (let at: Position | null = position; at !== null; at = at.from) {
    labels.push(`${at.by} → ${stateName(at.snapshot.value)}`);
  }
  return labels.toReversed();
}

const firstWants: Wants = { entry: 'hold', exit: 'hold' };

const wantsAfter: Readonly<Record<string, (wants: Wants) => Wants>> = {
  openEntry: (wants) => ({ ...wants, entry: 'open' }),
  closeEntry: (wants) => ({ ...wants, entry: 'closed' }),
  holdEntry: (wants) => ({ ...wants, entry: 'hold' }),
  openExit: (wants) => ({ ...wants, exit: 'open' }),
  closeExit: (wants) => ({ ...wants, exit: 'closed' }),
  holdDoors: () => firstWants,
};

/** Runs a machine step by step without an actor. */
export class Stepper {
  readonly #search: Search;
  readonly #machine: PureMachine;
  readonly #handled = new Map<string, ReadonlySet<string>>();
  /** Steps taken. */
  count = 0;

  constructor(search: Search) {
    this.#search = search;
    this.#machine = new PureMachine(search.machine);
  }

  begin(): readonly Position[] {
    return this.#search.inputs.map(
      ([label, input]) => this.#position(this.#machine.begin(input), null, label).position,
    );
  }

  take(before: Position, [label, event]: Labelled): Step {
    this.count += 1;
    const { position, effects } = this.#position(this.#machine.next(before.snapshot, event), before, label);
    return { before, label, event, after: position, effects };
  }

  /** What can happen here: every armed wait, and every event that some active state names. */
  possible(position: Position): readonly Labelled[] {
    const { snapshot, waits } = position;
    if (snapshot.status !== 'active') return [];
    const handled = this.#handledIn(snapshot);
    const due = waits.map(({ id, event }): Labelled => [`(wait) ${id}`, event]);
    const { alphabet, mayHappen } = this.#search;
    return [...due, ...alphabet.filter(([, event]) => handled.has(event.type) && mayHappen(snapshot, event))];
  }

  #handledIn(snapshot: AnyMachineSnapshot): ReadonlySet<string> {
    const name = stateName(snapshot.value);
    const known = this.#handled.get(name);
    if (known !== undefined) return known;
    const found = new Set(snapshot._nodes.flatMap((node) => [...node.transitions.keys()]));
    this.#handled.set(name, found);
    return found;
  }

  #position(
    [snapshot, actions]: PureStep,
    from: Position | null,
    by: string,
  ): { position: Position; effects: readonly Effect[] } {
    const waits = new Map(from?.waits.map((wait) => [wait.id, wait]));
    if (by.startsWith('(wait) ')) waits.delete(by.slice('(wait) '.length));
    let wants = from?.wants ?? firstWants;
    const effects: Effect[] = [];
    for (const { type, params } of actions as readonly { readonly type: string; readonly params: unknown }[]) {
      if (type === 'xstate.raise') {
        const { id, delay, event } = params as { id: string; delay: number; event: AnyEventObject };
        waits.set(id, { id, delay_ms: delay, event });
      } else if (type === 'xstate.cancel') {
        waits.delete((params as { sendId: string }).sendId);
      } else {
        effects.push({ type, params: (params ?? {}) as Effect['params'] });
        wants = wantsAfter[type]?.(wants) ?? wants;
      }
    }
    const armed = [...waits.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const key = [
      stateName(snapshot.value),
      this.#search.project(snapshot),
      `${wants.entry}/${wants.exit}`,
      armed.flatMap(({ id }) => (this.#search.matters(snapshot, id) ? [id] : [])).join(),
    ].join(' | ');
    return { position: { snapshot, waits: armed, wants, key, from, by }, effects };
  }
}

export type Found = {
  readonly begins: readonly Position[];
  /** One position for each key, in the order in which they were come to. */
  readonly positions: ReadonlyMap<string, Position>;
  readonly steps: number;
  /** Every kind of step that was seen, with the first one of its kind. */
  readonly kinds: ReadonlyMap<string, Step>;
  /** One step in so many, so that a changed machine can be held against what was seen. */
  readonly samples: readonly Step[];
  /** Where an armed wait leads from a key: delay and key. */
  readonly waits: ReadonlyMap<string, readonly (readonly [delay_ms: number, key: string])[]>;
  /** Broken invariants, each with the shortest way to come there; the search goes on behind them. */
  readonly flaws: ReadonlyMap<string, string>;
};

/** A step as a line of the reachable graph: state, event, next state, effects and what they are to be done with. */
export const kindOf = ({ before, event, after, effects }: Step): string =>
  [
    stateName(before.snapshot.value),
    event.type.replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1'),
    stateName(after.snapshot.value),
    effects.map(({ type, params }) => `${type} ${JSON.stringify(params)}`).join(' '),
  ].join(' | ');

const sampling = 101;
/** At one position in so many it is looked whether positions of one key do go on alike. */
const doubting = 499;

/** Everything that can be come to. Throws where that is more than the search was made for. */
export function explore(search: Search, positions_max: number): Found {
  const stepper = new Stepper(search);
  const positions = new Map<string, Position>();
  const kinds = new Map<string, Step>();
  const waits = new Map<string, (readonly [number, string])[]>();
  const samples: Step[] = [];
  const flaws = new Map<string, string>();
  const begins = stepper.begin();
  const queue = [...begins];
  for (const position of queue) positions.set(position.key, position);
  for (let next = 0; next < queue.length; next += 1) {
    const before = queue[next] as Position;
    const delays: (readonly [number, string])[] = [];
    waits.set(before.key, delays);
    for (const labelled of stepper.possible(before)) {
      const step = stepper.take(before, labelled);
      const { after } = step;
      const kind = kindOf(step);
      if (!kinds.has(kind)) kinds.set(kind, step);
      if (stepper.count % sampling === 0) samples.push(step);
      const wait = before.waits.find(({ id }) => step.label === `(wait) ${id}`);
      if (wait !== undefined && search.matters(before.snapshot, wait.id)) delays.push([wait.delay_ms, after.key]);
      const flaw = search.flaw(step);
      if (flaw !== undefined && !flaws.has(flaw)) flaws.set(flaw, traceOf(after).join(', '));
      const known = positions.get(after.key);
      if (known !== undefined && next % doubting === 0) doubt(stepper, known, after);
      if (known !== undefined) continue;
      if (positions.size >= positions_max) throw new Error(`more than ${positions_max} positions`);
      positions.set(after.key, after);
      queue.push(after);
    }
  }
  return { begins, positions, steps: stepper.count, kinds, samples, waits, flaws };
}

/**
 * Two positions that were taken for one must go on alike, or the search has left something out of the key. Throws where
 * they do not.
 */
function doubt(stepper: Stepper, known: Position, other: Position): void {
  if (known.snapshot.context === other.snapshot.context) return;
  const others = stepper.possible(other);
  for (const labelled of stepper.possible(known)) {
    if (labelled[0].startsWith('(wait) ') && !others.some(([label]) => label === labelled[0])) continue;
    const [a, b] = [stepper.take(known, labelled), stepper.take(other, labelled)];
    if (a.after.key === b.after.key && kindOf(a) === kindOf(b)) continue;
    throw new Error(`not the same after ${labelled[0]}: ${traceOf(known).join(', ')} and ${traceOf(other).join(', ')}`);
  }
}

export type Verdict = 'breaks an invariant' | 'changes what is reached' | 'does not come to rest' | 'is not noticed';

/** Holds a changed machine against what was seen: its beginnings, every kind of step, and the samples. */
export function compare(search: Search, found: Found): Verdict {
  const stepper = new Stepper(search);
  try {
    const isBegunAlike = stepper.begin().every(({ key }, index) => key === found.begins[index]?.key);
    let verdict: Verdict = isBegunAlike ? 'is not noticed' : 'changes what is reached';
    const steps = [...found.kinds.values(), ...found.samples];
    for (const [index, seen] of steps.entries()) {
      const step = stepper.take(seen.before, [seen.label, seen.event]);
      if (search.flaw(step) !== undefined && search.flaw(seen) === undefined) return 'breaks an invariant';
      if (!isSameStep(step, seen)) verdict = 'changes what is reached';
      // Broken invariants are looked for among all kinds; the samples are for what is still not noticed.
      if (verdict === 'changes what is reached' && index >= found.kinds.size) return verdict;
    }
    return verdict;
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not come to rest')) return 'does not come to rest';
    throw error;
  }
}

const isSameStep = (a: Step, b: Step): boolean =>
  a.after.key === b.after.key &&
  kindOf(a) === kindOf(b) &&
  a.after.waits.length === b.after.waits.length &&
  JSON.stringify(a.after.snapshot.context) === JSON.stringify(b.after.snapshot.context);
