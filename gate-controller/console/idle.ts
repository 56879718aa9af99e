/** Personal data leave the screen when nobody has touched the page for so long. */
export const hideAfter_ms = 60_000;

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/** Calls `onIdle` after `hideAfter_ms` without a sign of an officer, once for every pause. */
export class IdleWatch {
  readonly #onIdle: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #restart = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onIdle, hideAfter_ms);
  };

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  start(): void {
    for (const sign of signs) addEventListener(sign, this.#restart, { passive: true });
    this.#restart();
  }

  stop(): void {
    for (const sign of signs) removeEventListener(sign, this.#restart);
    clearTimeout(this.#timer);
  }
}
