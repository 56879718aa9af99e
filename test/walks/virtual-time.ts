/**
 * Time that jumps to whatever is due next. Between two moments everything that was promised is carried out: micro-tasks
 * by the engine itself, `setImmediate` by a queue of this clock, so that no event loop is waited for.
 */
import type { Clock } from '../../gate-controller/kernel/clock.ts';

/** Something that happens at a moment; cancelled by taking its `wake` away. */
export type Due = { readonly at_ms: number; readonly order: number; wake: (() => void) | undefined };

/** Turns of `setImmediate` without time passing, after which time passes: whoever polls waits for something. */
const turns_max = 8;
/** After so many steps the engine's own event loop has a turn: a test that takes too long can be ended. */
const steps_max = 4_096;

const engineTurn = globalThis.setImmediate;

export class VirtualTime {
  #now_ms = 0;
  #wall_ms: number;
  #order = 0;
  readonly #heap: Due[] = [];
  #immediates: (() => void)[] = [];

  constructor(wall_ms: number) {
    this.#wall_ms = wall_ms;
  }

  get now_ms(): number {
    return this.#now_ms;
  }

  get wall_ms(): number {
    return this.#wall_ms + this.#now_ms;
  }

  /** Somebody sets the wall clock. */
  jumpWall(by_ms: number): void {
    this.#wall_ms += by_ms;
  }

  /** Whole milliseconds. Moments of the same one happen in the order in which they were asked for. */
  at(at_ms: number, wake: () => void): Due {
    this.#order += 1;
    const due: Due = { at_ms: Math.ceil(Math.max(at_ms, this.#now_ms)), order: this.#order, wake };
    push(this.#heap, due);
    return due;
  }

  in(delay_ms: number, wake: () => void): Due {
    return this.at(this.#now_ms + delay_ms, wake);
  }

  /** As `in`, for what one process waits for: it is gone when the process is. */
  inLifeOf(process: { readonly isAlive: boolean }, delay_ms: number, wake: () => void): Due {
    return this.in(delay_ms, () => {
      if (process.isAlive) wake();
    });
  }

  sleep(delay_ms: number): Promise<void> {
    return new Promise((resolve) => this.in(delay_ms, resolve));
  }

  /** The clock of one process. */
  clockOf(process: { readonly isAlive: boolean }): Clock {
    return {
      now_ms: () => Math.round(this.wall_ms),
      monotonic_ms: () => this.#now_ms,
      after: (delay_ms, wake) => {
        const due = this.inLifeOf(process, delay_ms, wake);
        return () => {
          due.wake = undefined;
        };
      },
    };
  }

  /**
   * Lets time pass until `isOver`, which is asked after every moment, or until nothing is due any more. Time stands
   * still while `isHeld`: something real, as a disk, is waited for.
   */
  async run(isOver: () => boolean, isHeld: () => boolean = () => false): Promise<void> {
    if (globalThis.setImmediate !== engineTurn) throw new Error('time runs already: one walk at a time in a process');
    const queue = (wake: (...args: unknown[]) => void, ...args: unknown[]): unknown =>
      this.#immediates.push(() => wake(...args));
    globalThis.setImmediate = queue as unknown as typeof setImmediate;
    let turns = 0;
    let steps = 0;
    try {
      await new Promise<void>((resolve, reject) => {
        const step = (): void => {
          try {
            const isStanding = isHeld();
            if (this.#immediates.length > 0 && (turns < turns_max || isStanding)) {
              turns += 1;
              const due = this.#immediates;
              this.#immediates = [];
              for (const wake of due) wake();
            } else if (!isStanding) {
              turns = 0;
              if (isOver() || !this.#advance()) return resolve();
            }
            steps += 1;
            if (isStanding) setTimeout(step, 1);
            else if (steps % steps_max === 0) engineTurn(step);
            else queueMicrotask(nextTick);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
          return undefined;
        };
        // It comes when every micro-task has run, and those that they made; a turn of the event loop costs many times as much.
        const nextTick = (): void => process.nextTick(step);
        // What was asked of the engine before time ran has its turn first.
        engineTurn(step);
      });
    } finally {
      globalThis.setImmediate = engineTurn;
      this.#immediates = [];
    }
  }

  #advance(): boolean {
    for (let due = pop(this.#heap); due !== undefined; due = pop(this.#heap)) {
      const { wake } = due;
      if (wake === undefined) continue;
      this.#now_ms = due.at_ms;
      wake();
      return true;
    }
    return false;
  }
}

const isBefore = (a: Due, b: Due): boolean => a.at_ms < b.at_ms || (a.at_ms === b.at_ms && a.order < b.order);

function push(heap: Due[], due: Due): void {
  let at = heap.length;
  heap.push(due);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Due;
    if (!isBefore(due, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = due;
}

function pop(heap: Due[]): Due | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isBefore(heap[below + 1] as Due, heap[below] as Due)) below += 1;
    if (!isBefore(heap[below] as Due, last)) break;
    heap[at] = heap[below] as Due;
    at = below;
  }
  heap[at] = last;
  return first;
}
