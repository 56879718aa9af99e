import type { Committed } from '../kernel/kernel.ts';
import { laneSubject } from '../kernel/lane-parts.ts';
import { shownStep } from './disguise.ts';
import type { StepView } from './technician-messages.ts';

/** Steps that a technician sees. */
const steps_max = 30;
/** Subjects whose states are known: the lane, its passages, and some that have just ended. */
const subjects_max = 8;

type Standing = { readonly state: string; readonly since_ms: number };

/** Path of every state that holds, outer before inner: `{ fault: 'waiting' }` → `fault`, `fault.waiting`. */
export function statePaths(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([outer, inner]) => [
    outer,
    ...statePaths(inner).map((path) => `${outer}.${path}`),
  ]);
}

const innermost = (value: unknown): string => statePaths(value).at(-1) ?? '';

/** The newest steps of lane and passages, and since when each stands where it stands. Codes and times only; bounded. */
export class StepLog {
  #steps: readonly StepView[] = [];
  readonly #standings = new Map<string, Standing>();

  observe(committed: Committed): void {
    const shown = shownStep(committed);
    if (shown === undefined) return;
    const { seq, at_ms, subject, kind } = committed;
    const before = this.#steps.at(-1);
    const state = innermost(shown.value);
    const step: StepView = {
      seq,
      at_ms,
      after_ms: before === undefined ? null : at_ms - before.at_ms,
      machine: kind === 'lane' || kind === 'transaction' ? kind : 'late',
      event: shown.event,
      state,
      isIgnored: shown.isIgnored,
    };
    this.#steps = [...this.#steps.slice(1 - steps_max), step];
    if (this.#standings.get(subject)?.state === state) return;
    this.#standings.delete(subject);
    this.#standings.set(subject, { state, since_ms: at_ms });
    const [oldest] = [...this.#standings.keys()].filter((each) => each !== laneSubject);
    if (this.#standings.size > subjects_max && oldest !== undefined) this.#standings.delete(oldest);
  }

  /** Oldest first. */
  get steps(): readonly StepView[] {
    return this.#steps;
  }

  /** Since when a subject has been in the state it is in; null when that is not known. */
  since_ms(subject: string): number | null {
    return this.#standings.get(subject)?.since_ms ?? null;
  }
}
