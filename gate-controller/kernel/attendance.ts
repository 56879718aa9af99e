import type { Clock } from './clock.ts';

/** Without a sign of life for so long nobody attends the lane, ms (acceptance list, F51). */
export const attendance_ms = 30_000;

/** Whether an officer has given a sign of life lately. Nobody has until the first one. */
export class Attendance {
  readonly #clock: Clock;
  #seen_ms = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  attend(): void {
    this.#seen_ms = this.#clock.monotonic_ms();
  }

  isAttended(): boolean {
    return this.#clock.monotonic_ms() - this.#seen_ms < attendance_ms;
  }
}
