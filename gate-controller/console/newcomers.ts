/** So long a button has to stand before it can be pressed: longer than a hand that was already on its way, ms. */
export const settle_ms = 300;

/**
 * Tells what has just appeared from what has stood there: a press that was meant for one button must not land on another
 * that took its place. Times in milliseconds of any one clock that never goes back.
 */
export class Newcomers<Name> {
  readonly #since = new Map<Name, number>();

  /** What stands there now. What has gone is new when it comes back. */
  see(names: readonly Name[], now_ms: number): void {
    for (const name of this.#since.keys()) if (!names.includes(name)) this.#since.delete(name);
    for (const name of names) if (!this.#since.has(name)) this.#since.set(name, now_ms);
  }

  /** Everything that is seen next is new. */
  forget(): void {
    this.#since.clear();
  }

  isNew(name: Name, now_ms: number): boolean {
    return now_ms - (this.#since.get(name) ?? now_ms) < settle_ms;
  }

  /** How long until nothing is new any more; 0 when nothing is. */
  left_ms(now_ms: number): number {
    return Math.max(0, ...[...this.#since.values()].map((since_ms) => since_ms + settle_ms - now_ms));
  }
}
