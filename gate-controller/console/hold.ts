/** So long a button is held down for the silent alarm: longer than any press, shorter than anybody notices. */
export const hold_ms = 2_000;

/**
 * Tells a button that is held down from one that is pressed. A button that was held does nothing else: its click is
 * swallowed. Works with pointer and with the space bar.
 */
export class Hold {
  readonly #onHeld: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wasHeld = false;

  constructor(onHeld: () => void) {
    this.#onHeld = onHeld;
  }

  begin(): void {
    if (this.#timer !== undefined) return;
    this.#wasHeld = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#wasHeld = true;
      this.#onHeld();
    }, hold_ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Another key, another press: what was held before does not concern it. */
  forget(): void {
    this.#wasHeld = false;
  }

  /** True for the click that ends a hold; asked once. */
  swallows(): boolean {
    const wasHeld = this.#wasHeld;
    this.#wasHeld = false;
    return wasHeld;
  }
}
