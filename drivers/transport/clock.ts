/** Stops a timer that has not run; after that it does nothing. */
export type Cancel = () => void;

/** Time as drivers see it. Tests pass their own. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean anything. */
  now(): number;
  /** Runs once after `delay_ms`, never before this call returns. */
  after(delay_ms: number, run: () => void): Cancel;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (delay_ms, run) => {
    const timer = setTimeout(run, delay_ms);
    return () => clearTimeout(timer);
  },
};

/** A timer so much behind its time says that this process was held up, not that the other end was slow. */
const late_ms = 15;
/** Then there is so much time to read what came meanwhile: timers run before input that waits. */
const grace_ms = 20;

/** As `after`, for the time that another device has: when this process was held up, what it sent is read first. */
export function deadline(clock: Clock, delay_ms: number, run: () => void): Cancel {
  const due_ms = clock.now() + delay_ms;
  let cancel = clock.after(delay_ms, () => {
    if (clock.now() - due_ms < late_ms) return run();
    cancel = clock.after(grace_ms, run);
  });
  return () => cancel();
}

/** Resolves after `delay_ms`, earlier when the signal aborts; never rejects. */
export function pause(clock: Clock, delay_ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const finish = (): void => {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delay_ms, finish);
    signal?.addEventListener('abort', finish);
  });
}
