/**
 * The controller's clock as this page knows it: the time in the newest view, and how long ago that came. Orders carry it,
 * so that one which waits on its way is refused instead of carried out late.
 */
export class LaneClock {
  readonly #monotonic_ms: () => number;
  #offset_ms: number | null = null;

  constructor(monotonic_ms: () => number = () => performance.now()) {
    this.#monotonic_ms = monotonic_ms;
  }

  /** A view has just come. */
  hear(at_ms: number): void {
    this.#offset_ms = at_ms - this.#monotonic_ms();
  }

  /** Milliseconds since the epoch on the controller's clock; 0, which every order is too old for, before the first view. */
  now_ms(): number {
    return this.#offset_ms === null ? 0 : Math.round(this.#monotonic_ms() + this.#offset_ms);
  }
}
