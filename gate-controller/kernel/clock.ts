/** Time as a value that is passed in. Records carry wall time; every wait is measured on the monotonic clock. */
export interface Clock {
  /** Milliseconds since the epoch; may jump. */
  now_ms: () => number;
  /** Milliseconds since some start; never jumps. */
  monotonic_ms: () => number;
  /** Calls `wake` once after `delay_ms` of monotonic time; the answer cancels it. */
  after: (delay_ms: number, wake: () => void) => () => void;
}

export const systemClock: Clock = {
  now_ms: () => Date.now(),
  monotonic_ms: () => performance.now(),
  after: (delay_ms, wake) => {
    const timer = setTimeout(wake, Math.max(0, delay_ms));
    return () => clearTimeout(timer);
  },
};
