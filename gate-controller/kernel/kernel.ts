import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';
import type { TimerRow } from '../journal/database.ts';
import type { Journal } from '../journal/journal.ts';
import { type ChainedRecord, genesisHash, hashOf, type JournalRecord } from '../journal/record.ts';
import type { Clock } from './clock.ts';

/** Something a machine asked for, to be carried out after its record is durable. */
export type Effect = { readonly type: string; readonly params: unknown };

export type KernelEvent = { readonly type: string };

/** One committed step, for observers. `state` is the outermost XState value, `isEnded` true at a final state. */
export type Committed = {
  readonly seq: number;
  readonly at_ms: number;
  readonly subject: string;
  readonly kind: string;
  readonly event: KernelEvent;
  readonly value: unknown;
  readonly context: unknown;
  readonly effects: readonly Effect[];
  /** The state had no use for the event. */
  readonly isIgnored: boolean;
  readonly isEnded: boolean;
};

export type KernelOptions = {
  readonly journal: Journal;
  readonly machines: Readonly<Record<string, AnyStateMachine>>;
  readonly clock: Clock;
  /** Carries out one effect. Must not throw; what comes of it returns through `send`. */
  readonly execute: (effect: Effect, step: Committed) => void;
  /** Sees every step after its commit and before its effects. Must not throw. */
  readonly observe: (step: Committed) => void;
  /** The journal refused a commit: nothing more may move. */
  readonly onFatal: (error: Error) => void;
};

type Subject = { readonly kind: string; snapshot: AnyMachineSnapshot };
type Waiting =
  | { readonly subject: string; readonly event: KernelEvent; readonly timer?: Timer }
  | { readonly start: Start };
type Start = { readonly subject: string; readonly kind: string; readonly input: unknown };
type Timer = { readonly row: TimerRow; cancel: () => void };
type Step = { readonly committed: Committed; readonly record: ChainedRecord; readonly timers: TimerChanges };
type TimerChanges = { readonly set: readonly TimerRow[]; readonly cancelled: readonly string[] };

/** Longest queue of events; beyond it the sender is broken, and the newest are refused. */
const queue_max = 1_000;
const batch_max = 64;

/**
 * Runs pure machines durably. Subjects (the lane, each transaction) take their events one after another; a batch of steps
 * becomes one commit, and effects run in order after it.
 */
export class Kernel {
  readonly #options: KernelOptions;
  readonly #subjects = new Map<string, Subject>();
  readonly #timers = new Map<string, Timer>();
  readonly #queue: Waiting[] = [];
  #isRunning = false;
  #isStopped = false;
  #seq: number;
  #head: Uint8Array;

  constructor(options: KernelOptions) {
    this.#options = options;
    const { last } = options.journal.standing;
    this.#seq = last?.seq ?? 0;
    this.#head = last?.hash ?? genesisHash;
  }

  /** Journal sequence of the last commit that was begun. */
  get seq(): number {
    return this.#seq;
  }

  /**
   * Loads what was under way and tells it `RESTARTED`; nothing is resumed (I9). A subject whose state cannot be restored is
   * recorded as ended. Resolves when these steps are durable.
   */
  async recover(): Promise<void> {
    const { standing } = this.#options.journal;
    for (const timer of standing.timers) this.#arm(timer);
    for (const record of standing.subjects) {
      const machine = this.#options.machines[record.kind];
      const restored = machine === undefined ? undefined : restore(machine, record.state);
      if (restored === undefined) throw new Error(`KERNEL_STATE_UNREADABLE: record ${record.seq} (${record.kind})`);
      this.#subjects.set(record.subject, { kind: record.kind, snapshot: restored });
      this.send(record.subject, { type: 'RESTARTED' });
    }
    await this.idle();
  }

  has(subject: string): boolean {
    return this.#subjects.has(subject);
  }

  /** State of a subject after the last step that was taken, or undefined when it is not under way. */
  snapshot(subject: string): AnyMachineSnapshot | undefined {
    return this.#subjects.get(subject)?.snapshot;
  }

  start(start: Start): void {
    this.#enqueue({ start });
  }

  /** Gives an event to a subject. One that is gone has the event recorded as ignored. */
  send(subject: string, event: KernelEvent): void {
    this.#enqueue({ subject, event });
  }

  /** Resolves when the queue has run empty. */
  async idle(): Promise<void> {
    while (this.#isRunning) await new Promise((resolve) => setImmediate(resolve));
  }

  stop(): void {
    this.#isStopped = true;
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#queue.length = 0;
  }

  #enqueue(waiting: Waiting): void {
    if (this.#isStopped) return;
    if (this.#queue.length >= queue_max) {
      this.#fail(new Error(`KERNEL_QUEUE_FULL: ${queue_max} events wait`));
      return;
    }
    this.#queue.push(waiting);
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && !this.#isStopped) {
      try {
        const steps = this.#queue.splice(0, batch_max).flatMap((waiting) => this.#step(waiting));
        await this.#commit(steps);
        for (const { committed } of steps) this.#actOn(committed);
      } catch (error) {
        // A refused commit, a machine in error, an effect that threw: our bug or a dead disk. Nothing more may move.
        this.#fail(error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.#isRunning = false;
  }

  #fail(error: Error): void {
    this.stop();
    this.#options.onFatal(error);
  }

  #step(waiting: Waiting): Step[] {
    if ('start' in waiting) return this.#begin(waiting.start);
    if (waiting.timer !== undefined && !this.#redeem(waiting.timer)) return [];
    const at_ms = this.#options.clock.now_ms();
    const event = { ...waiting.event, at_ms };
    const subject = this.#subjects.get(waiting.subject);
    if (subject === undefined) return [this.#recordLate(waiting.subject, event, at_ms)];
    const machine = this.#machine(subject.kind);
    const isIgnored = !subject.snapshot.can(event);
    const [next, actions] = transition(machine, subject.snapshot, event) as [AnyMachineSnapshot, readonly unknown[]];
    // A machine in error has lost its mind: keep the state it had, and record that the event broke it.
    if (next.status === 'error') throw new Error(`KERNEL_MACHINE_ERROR: ${subject.kind} on ${event.type}`);
    return [this.#take(waiting.subject, subject.kind, event, at_ms, next, actions, isIgnored)];
  }

  #begin({ subject, kind, input }: Start): Step[] {
    if (this.#subjects.has(subject)) return [];
    const at_ms = this.#options.clock.now_ms();
    const [next, actions] = initialTransition(this.#machine(kind), input) as [AnyMachineSnapshot, readonly unknown[]];
    return [this.#take(subject, kind, { type: 'STARTED' }, at_ms, next, actions, false)];
  }

  #machine(kind: string): AnyStateMachine {
    const machine = this.#options.machines[kind];
    if (machine === undefined) throw new Error(`KERNEL_MACHINE_UNKNOWN: ${kind}`);
    return machine;
  }

  #take(
    subject: string,
    kind: string,
    event: KernelEvent,
    at_ms: number,
    next: AnyMachineSnapshot,
    actions: readonly unknown[],
    isIgnored: boolean,
  ): Step {
    const isEnded = next.status === 'done';
    if (isEnded) this.#subjects.delete(subject);
    else this.#subjects.set(subject, { kind, snapshot: next });
    const { effects, timers } = sortActions(subject, actions, at_ms);
    for (const id of timers.cancelled) this.#disarm(subject, id);
    if (isEnded) this.#disarmAll(subject);
    const committed = { value: next.value, context: next.context, effects, isIgnored, isEnded } as const;
    return this.#chain({ subject, kind, event, at_ms, ...committed }, timers);
  }

  /** An answer to a transaction that is over: recorded, and without consequence. */
  #recordLate(subject: string, event: KernelEvent, at_ms: number): Step {
    const nothing = { value: 'gone', context: null, effects: [], isIgnored: true, isEnded: true } as const;
    return this.#chain({ subject, kind: 'late', event, at_ms, ...nothing }, { set: [], cancelled: [] });
  }

  #chain(step: Omit<Committed, 'seq'>, timers: TimerChanges): Step {
    this.#seq += 1;
    const record: JournalRecord = {
      seq: this.#seq,
      at_ms: step.at_ms,
      subject: step.subject,
      kind: step.kind,
      event: JSON.stringify(step.event),
      state: JSON.stringify({ value: step.value, context: step.context }),
      effects: JSON.stringify({
        effects: step.effects,
        timers: timers.set.map(({ id, deadline_ms }) => ({ id, deadline_ms })),
        isIgnored: step.isIgnored,
        isEnded: step.isEnded,
      }),
    };
    this.#head = hashOf(this.#head, record);
    return { committed: { seq: this.#seq, ...step }, record: { ...record, hash: this.#head }, timers };
  }

  async #commit(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0) return;
    await this.#options.journal.append({
      records: steps.map(({ record }) => record),
      timersSet: steps.flatMap(({ timers }) => timers.set),
      timersCancelled: steps.flatMap(({ timers, record }) =>
        timers.cancelled.map((id) => ({ subject: record.subject, id })),
      ),
      ended: steps.filter(({ committed }) => committed.isEnded).map(({ record }) => record.subject),
    });
    const isUnderWay = (row: TimerRow) => this.#subjects.has(row.subject);
    for (const { timers } of steps) for (const row of timers.set.filter(isUnderWay)) this.#arm(row);
  }

  #actOn(committed: Committed): void {
    this.#options.observe(committed);
    for (const effect of committed.effects) {
      if (this.#isStopped) return;
      this.#options.execute(effect, committed);
    }
  }

  #arm(row: TimerRow): void {
    this.#disarm(row.subject, row.id);
    // The row holds wall time for the record; the wait itself is monotonic, so a clock that jumps neither hurries nor holds it.
    const delay_ms = row.deadline_ms - this.#options.clock.now_ms();
    const timer: Timer = { row, cancel: () => {} };
    this.#timers.set(timerKey(row.subject, row.id), timer);
    timer.cancel = this.#options.clock.after(delay_ms, () =>
      this.#enqueue({ subject: row.subject, event: JSON.parse(row.event) as KernelEvent, timer }),
    );
  }

  /** A timer counts only if nothing cancelled or renewed it between its wake and its turn. */
  #redeem(timer: Timer): boolean {
    const key = timerKey(timer.row.subject, timer.row.id);
    return this.#timers.get(key) === timer && this.#timers.delete(key);
  }

  #disarm(subject: string, id: string): void {
    const key = timerKey(subject, id);
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  #disarmAll(subject: string): void {
    for (const { row } of this.#timers.values()) if (row.subject === subject) this.#disarm(subject, row.id);
  }
}

const timerKey = (subject: string, id: string): string => `${subject} ${id}`;

/** XState's own actions become timer changes, named actions become effects. Anything else is a machine we cannot run. */
function sortActions(
  subject: string,
  actions: readonly unknown[],
  at_ms: number,
): { effects: Effect[]; timers: TimerChanges } {
  const effects: Effect[] = [];
  const set = new Map<string, TimerRow>();
  const cancelled = new Set<string>();
  for (const action of actions as readonly { type: string; params?: unknown }[]) {
    const { type, params } = action;
    if (type === 'xstate.raise') {
      const { id, delay, event } = params as { id: string; delay: number; event: KernelEvent };
      set.set(id, { subject, id, deadline_ms: at_ms + Math.round(delay), event: JSON.stringify(event) });
    } else if (type === 'xstate.cancel') {
      const { sendId } = params as { sendId: string };
      set.delete(sendId);
      cancelled.add(sendId);
    } else if (type.startsWith('xstate.')) {
      throw new Error(`KERNEL_ACTION_UNKNOWN: ${type}`);
    } else {
      effects.push({ type, params: params ?? null });
    }
  }
  return { effects, timers: { set: [...set.values()], cancelled: [...cancelled] } };
}

/** A state that was written by this machine; undefined when it does not fit. */
function restore(machine: AnyStateMachine, state: string): AnyMachineSnapshot | undefined {
  try {
    const { value, context } = JSON.parse(state) as { value: never; context: object | null };
    if (context === null || typeof context !== 'object') return undefined;
    return machine.resolveState({ value, context });
  } catch {
    // An unknown state name or unreadable text: the caller refuses to start on it.
    return undefined;
  }
}
