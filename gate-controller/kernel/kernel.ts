import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { TimerRow } from '../journal/database.ts';
import type { Journal } from '../journal/journal.ts';
import { type JournalRecord, lateKind } from '../journal/record.ts';
import { outermost } from '../lane/presentation.ts';
import type { Clock } from './clock.ts';
import { PureMachine } from './pure-machine.ts';
import { StateText } from './state-text.ts';
import {
  type DueTimer,
  type Effect,
  foldTimers,
  type KernelEvent,
  noTimers,
  sortActions,
  type TimerChanges,
  timerKey,
} from './timer-changes.ts';

export type { Effect, KernelEvent } from './timer-changes.ts';

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
  /** False when somebody who commands should have seen the difference between two contexts; left out: always true. */
  readonly isSameToPeople?: (kind: string, before: unknown, after: unknown) => boolean;
  /** The journal refused a commit: nothing more may move. */
  readonly onFatal: (error: Error) => void;
};

type Subject = {
  readonly kind: string;
  readonly snapshot: AnyMachineSnapshot;
  /** Journal sequence at which the outermost state was entered, or what people decide by last changed in it. */
  readonly since_seq: number;
};
type Waiting =
  | {
      readonly subject: string;
      readonly event: KernelEvent;
      readonly timer?: Timer;
      readonly answer?: (step: Committed | undefined) => void;
    }
  | { readonly start: Start };
type Start = { readonly subject: string; readonly kind: string; readonly input: unknown };
type Timer = { readonly row: TimerRow; cancel: () => void };
type Step = {
  readonly committed: Committed;
  readonly record: JournalRecord;
  readonly timers: TimerChanges;
  readonly answer: ((step: Committed | undefined) => void) | undefined;
};
/** Longest queue of events; beyond it the sender is broken, and the newest are refused. */
const queue_max = 1_000;
const batch_max = 64;
/** A commit that takes longer is a dead disk: the doors are left to the hardware. */
const commit_ms = 3_000;

/**
 * Runs pure machines durably. Subjects (the lane, each transaction) take their events one after another; a batch of steps
 * becomes one commit, and effects run in order after it.
 */
export class Kernel {
  readonly #options: KernelOptions;
  readonly #machines: ReadonlyMap<string, PureMachine>;
  readonly #stateText = new StateText();
  readonly #subjects = new Map<string, Subject>();
  readonly #timers = new Map<string, Timer>();
  readonly #queue: Waiting[] = [];
  #isRunning = false;
  #isStopped = false;
  #committingSince_ms: number | null = null;
  #seq: number;

  constructor(options: KernelOptions) {
    this.#options = options;
    this.#machines = new Map(Object.entries(options.machines).map(([kind, made]) => [kind, new PureMachine(made)]));
    this.#seq = options.journal.standing.last?.seq ?? 0;
  }

  /** Journal sequence of the last commit that was begun. */
  get seq(): number {
    return this.#seq;
  }

  /** Monotonic time at which the commit that is not confirmed yet was begun; null when there is none. */
  get committingSince_ms(): number | null {
    return this.#committingSince_ms;
  }

  /**
   * Loads what was under way and tells it `RESTARTED`; nothing is resumed (I9). A subject whose state this version cannot
   * read is recorded as ended. `restarted` says with which event, by kind. Resolves when these steps are durable.
   */
  async recover(restarted: (kind: string) => KernelEvent = () => ({ type: 'RESTARTED' })): Promise<void> {
    const { standing } = this.#options.journal;
    const unreadable: JournalRecord[] = [];
    for (const record of standing.subjects) {
      const machine = this.#machines.get(record.kind);
      const snapshot = machine === undefined ? undefined : restore(machine, record.state);
      if (snapshot === undefined) unreadable.push(record);
      else this.#subjects.set(record.subject, { kind: record.kind, snapshot, since_seq: record.seq });
    }
    const { clock } = this.#options;
    const given_up = { value: 'unreadable', context: null, effects: [], isIgnored: false, isEnded: true } as const;
    const steps = unreadable.map(({ subject, kind }) =>
      this.#number(
        { subject, kind, event: { type: 'STATE_UNREADABLE' }, at_ms: clock.now_ms(), ...given_up },
        noTimers,
      ),
    );
    await this.#commit(steps);
    for (const [subject, { kind }] of this.#subjects) this.send(subject, restarted(kind));
    // Armed behind RESTARTED in the queue: no old timer acts before it.
    const now_ms = clock.monotonic_ms();
    for (const row of standing.timers) {
      if (this.#subjects.has(row.subject)) this.#arm({ row, due_ms: now_ms + (row.deadline_ms - clock.now_ms()) });
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

  /** Waits that are under way; deadlines on the wall clock, as recorded. */
  timers(): readonly TimerRow[] {
    return [...this.#timers.values()].map(({ row }) => row);
  }

  /** Journal sequence since which the subject is what people see: in its outermost state, with what they decide by unchanged. */
  since(subject: string): number | undefined {
    return this.#subjects.get(subject)?.since_seq;
  }

  start(start: Start): void {
    this.#enqueue({ start });
  }

  /** Gives an event to a subject. One that is gone has the event recorded as ignored. */
  send(subject: string, event: KernelEvent): void {
    this.#enqueue({ subject, event });
  }

  /** The same, and answers with the step once it is durable; undefined when the kernel stopped before. */
  ask(subject: string, event: KernelEvent): Promise<Committed | undefined> {
    return new Promise((answer) => this.#enqueue({ subject, event, answer }));
  }

  /** Resolves when the queue has run empty. */
  async idle(): Promise<void> {
    while (this.#isRunning) await new Promise((resolve) => setImmediate(resolve));
  }

  stop(): void {
    this.#isStopped = true;
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const waiting of this.#queue.splice(0)) if ('answer' in waiting) waiting.answer?.(undefined);
  }

  #enqueue(waiting: Waiting): void {
    if (this.#isStopped) {
      if ('answer' in waiting) waiting.answer?.(undefined);
      return;
    }
    if (this.#queue.length >= queue_max) {
      this.#fail(new Error(`KERNEL_QUEUE_FULL: ${queue_max} events wait`));
      if ('answer' in waiting) waiting.answer?.(undefined);
      return;
    }
    this.#queue.push(waiting);
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && !this.#isStopped) {
      const waiting = this.#queue.splice(0, batch_max);
      try {
        const steps = waiting.flatMap((next) => this.#step(next));
        await this.#commit(steps);
        for (const { committed, answer } of steps) {
          this.#actOn(committed);
          answer?.(committed);
        }
      } catch (error) {
        // A refused commit, a machine in error, an effect that threw: our bug or a dead disk. Nothing more may move.
        this.#fail(error instanceof Error ? error : new Error(String(error)));
        for (const next of waiting) if ('answer' in next) next.answer?.(undefined);
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
    if (subject === undefined) return [this.#recordLate(waiting.subject, event, at_ms, waiting.answer)];
    const machine = this.#machine(subject.kind);
    const isIgnored = !subject.snapshot.can(event);
    const [next, actions] = machine.next(subject.snapshot, event);
    // A machine in error has lost its mind: keep the state it had, and record that the event broke it.
    if (next.status === 'error') throw new Error(`KERNEL_MACHINE_ERROR: ${subject.kind} on ${event.type}`);
    return [
      this.#take(
        { subject: waiting.subject, kind: subject.kind, event, at_ms, isIgnored },
        next,
        actions,
        waiting.answer,
      ),
    ];
  }

  #begin({ subject, kind, input }: Start): Step[] {
    if (this.#subjects.has(subject)) return [];
    const at_ms = this.#options.clock.now_ms();
    const [next, actions] = this.#machine(kind).begin(input);
    return [
      this.#take({ subject, kind, event: { type: 'STARTED' }, at_ms, isIgnored: false }, next, actions, undefined),
    ];
  }

  #machine(kind: string): PureMachine {
    const machine = this.#machines.get(kind);
    if (machine === undefined) throw new Error(`KERNEL_MACHINE_UNKNOWN: ${kind}`);
    return machine;
  }

  #take(
    happened: Pick<Committed, 'subject' | 'kind' | 'event' | 'at_ms' | 'isIgnored'>,
    next: AnyMachineSnapshot,
    actions: readonly unknown[],
    answer: Step['answer'],
  ): Step {
    const { subject, kind, at_ms } = happened;
    const isEnded = next.status === 'done';
    const before = this.#subjects.get(subject);
    const isSameState =
      before !== undefined &&
      outermost(before.snapshot.value) === outermost(next.value) &&
      this.#options.isSameToPeople?.(kind, before.snapshot.context, next.context) !== false;
    const since_seq = isSameState ? before.since_seq : this.#seq + 1;
    if (isEnded) this.#subjects.delete(subject);
    else this.#subjects.set(subject, { kind, snapshot: next, since_seq });
    const times = { at_ms, now_ms: this.#options.clock.monotonic_ms() };
    const { effects, timers } = sortActions(subject, actions, times);
    for (const id of timers.cancelled) this.#disarm(subject, id);
    if (isEnded) this.#disarmAll(subject);
    return this.#number({ ...happened, value: next.value, context: next.context, effects, isEnded }, timers, answer);
  }

  /** An answer to a transaction that is over, or to one that is not loaded yet: recorded, and without consequence. */
  #recordLate(subject: string, event: KernelEvent, at_ms: number, answer: Step['answer']): Step {
    const nothing = { value: 'gone', context: null, effects: [], isIgnored: true, isEnded: true } as const;
    return this.#number({ subject, kind: lateKind, event, at_ms, ...nothing }, noTimers, answer);
  }

  /** The journal chains what is numbered here. */
  #number(step: Omit<Committed, 'seq'>, timers: TimerChanges, answer?: Step['answer']): Step {
    this.#seq += 1;
    const record: JournalRecord = {
      seq: this.#seq,
      at_ms: step.at_ms,
      subject: step.subject,
      kind: step.kind,
      event: JSON.stringify(step.event),
      state: this.#stateText.of(step.value, step.context),
      effects: JSON.stringify({
        effects: step.effects,
        timers: timers.set.map(({ row: { id, deadline_ms } }) => ({ id, deadline_ms })),
        isIgnored: step.isIgnored,
        isEnded: step.isEnded,
      }),
    };
    return { committed: { seq: this.#seq, ...step }, record, timers, answer };
  }

  async #commit(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0) return;
    const { set, cancelled } = foldTimers(steps);
    await this.#inTime(
      this.#options.journal.append({
        records: steps.map(({ record }) => record),
        timersSet: set.map(({ row }) => row),
        timersCancelled: cancelled,
        ended: steps.flatMap(({ committed: { kind, isEnded, subject } }) =>
          isEnded && kind !== lateKind ? [subject] : [],
        ),
      }),
    );
    for (const timer of set) if (this.#subjects.has(timer.row.subject)) this.#arm(timer);
  }

  /** A commit that neither succeeds nor fails would hold the lane, and whoever is in it, for ever. */
  async #inTime(append: Promise<void>): Promise<void> {
    let cancel: () => void = () => {};
    this.#committingSince_ms = this.#options.clock.monotonic_ms();
    const late = new Promise<never>((_, reject) => {
      cancel = this.#options.clock.after(commit_ms, () =>
        reject(new Error(`KERNEL_COMMIT_LATE: nothing was confirmed in ${commit_ms} ms`)),
      );
    });
    try {
      await Promise.race([append, late]);
    } finally {
      this.#committingSince_ms = null;
      cancel();
    }
  }

  #actOn(committed: Committed): void {
    this.#options.observe(committed);
    for (const effect of committed.effects) {
      if (this.#isStopped) return;
      this.#options.execute(effect, committed);
    }
  }

  /** The wait is monotonic: a wall clock that is set neither hurries nor holds it. */
  #arm({ row, due_ms }: DueTimer): void {
    this.#disarm(row.subject, row.id);
    const timer: Timer = { row, cancel: () => {} };
    this.#timers.set(timerKey(row.subject, row.id), timer);
    timer.cancel = this.#options.clock.after(due_ms - this.#options.clock.monotonic_ms(), () =>
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

/** A state that was written by this machine; undefined when it does not fit. */
function restore(machine: PureMachine, state: string): AnyMachineSnapshot | undefined {
  try {
    const { value, context } = JSON.parse(state) as { value: never; context: object | null };
    if (context === null || typeof context !== 'object') return undefined;
    return machine.resolve({ value, context });
  } catch {
    // An unknown state name or unreadable text: the caller refuses to start on it.
    return undefined;
  }
}
