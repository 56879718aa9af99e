import type { Clock } from '../../gate-controller/kernel/clock.ts';

/** Time that passes when a test says so. Wall clock and monotonic clock can be moved apart. */
export class VirtualClock implements Clock {
  #monotonic_ms = 0;
  #wall_ms: number;
  readonly #waiting = new Set<{ readonly at_ms: number; readonly wake: () => void }>();

  constructor(wall_ms = Date.UTC(2026, 10, 22, 12)) {
    this.#wall_ms = wall_ms;
  }

  now_ms(): number {
    return this.#wall_ms;
  }

  monotonic_ms(): number {
    return this.#monotonic_ms;
  }

  after(delay_ms: number, wake: () => void): () => void {
    const entry = { at_ms: this.#monotonic_ms + Math.max(0, delay_ms), wake };
    this.#waiting.add(entry);
    return () => this.#waiting.delete(entry);
  }

  /** Lets time pass and wakes whoever is due, in order. */
  advance(by_ms: number): void {
    const end_ms = this.#monotonic_ms + by_ms;
    for (;;) {
      const due = [...this.#waiting].filter(({ at_ms }) => at_ms <= end_ms).sort((a, b) => a.at_ms - b.at_ms)[0];
      if (due === undefined) break;
      this.#waiting.delete(due);
      this.#set(due.at_ms);
      due.wake();
    }
    this.#set(end_ms);
  }

  /** Somebody sets the wall clock; the monotonic clock does not care. */
  jump(by_ms: number): void {
    this.#wall_ms += by_ms;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  #set(monotonic_ms: number): void {
    this.#wall_ms += monotonic_ms - this.#monotonic_ms;
    this.#monotonic_ms = monotonic_ms;
  }
}
