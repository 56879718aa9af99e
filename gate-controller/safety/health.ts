/** How long a part may be silent, and how long it must speak in time again before it counts as sound. Milliseconds. */
export type PulseLimits = { readonly silence_max_ms: number; readonly steady_ms: number };

/**
 * Parts of the controller itself that have no driver to raise faults for them. Devices, face pipeline, disk and clock are
 * watched by whoever knows them; these two are heard here.
 */
export const vitalSigns = {
  /** The lane's tick came so much too late: readings, authorities and commands were as late. */
  eventLoop: { device: 'controller', code: 'EVENT_LOOP_LATE', silence_max_ms: 1_000, steady_ms: 5_000 },
  /** A commit that is not confirmed. After 3 s the kernel ends the process; until then nothing new begins. */
  commit: { device: 'journal', code: 'COMMIT_LATE', silence_max_ms: 1_000, steady_ms: 5_000 },
} as const satisfies Record<string, PulseLimits & { readonly device: string; readonly code: string }>;

/** Until when a part is held to be late: on the monotonic clock, ms. A part that was never late: `neverLate`. */
export const neverLate = Number.NEGATIVE_INFINITY;

/** The same after one more look, at which the part had been silent for `silence_ms`. */
export const lateUntil = (before_ms: number, silence_ms: number, now_ms: number, limits: PulseLimits): number =>
  silence_ms > limits.silence_max_ms ? now_ms + limits.steady_ms : before_ms;
