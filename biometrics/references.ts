/** The embeddings of the travellers in the gate: few, kept by session, overwritten when they go. */

export class References {
  readonly #capacity: number;
  readonly #bySession = new Map<string, Float32Array>();

  /** `capacity`: sessions kept; the oldest goes when one more comes. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Takes the array over. */
  keep(sessionId: string, reference: Float32Array): void {
    this.forget(sessionId);
    const [oldest] = this.#bySession.keys();
    if (this.#bySession.size >= this.#capacity && oldest !== undefined) this.forget(oldest);
    this.#bySession.set(sessionId, reference);
  }

  of(sessionId: string): Float32Array | undefined {
    return this.#bySession.get(sessionId);
  }

  forget(sessionId: string): void {
    this.#bySession.get(sessionId)?.fill(0);
    this.#bySession.delete(sessionId);
  }
}
