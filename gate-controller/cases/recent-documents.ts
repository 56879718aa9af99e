import { createHmac } from 'node:crypto';
import type { MRZ } from '../../drivers/emrtd/mrz/mrz.ts';

/** Documents that are remembered at most: four times what a lane serves in a day, the longest time that can be asked for. */
const documents_max = 20_000;

/**
 * Which documents let somebody out of this lane a moment ago, as keyed digests: neither number nor name is kept, and the key
 * ends with the process. Other lanes are not known here. Times are monotonic milliseconds.
 */
export class RecentDocuments {
  readonly #key: Uint8Array;
  readonly #kept_ms: number;
  readonly #usedAt = new Map<string, number>();

  /** `key`: 32 random bytes. `kept_ms`: how long a use is remembered. */
  constructor(key: Uint8Array, kept_ms: number) {
    this.#key = key;
    this.#kept_ms = kept_ms;
  }

  /** The document let somebody out. */
  use(mrz: MRZ, now_ms: number): void {
    this.#forget(now_ms);
    const digest = this.#digest(mrz);
    this.#usedAt.delete(digest);
    this.#usedAt.set(digest, now_ms);
    const [oldest] = this.#usedAt.keys();
    if (this.#usedAt.size > documents_max && oldest !== undefined) this.#usedAt.delete(oldest);
  }

  /** Milliseconds since the document was used; null when it was not in the time that is remembered. */
  lastUse_ms(mrz: MRZ, now_ms: number): number | null {
    this.#forget(now_ms);
    const usedAt_ms = this.#usedAt.get(this.#digest(mrz));
    return usedAt_ms === undefined ? null : now_ms - usedAt_ms;
  }

  #forget(now_ms: number): void {
    for (const [digest, usedAt_ms] of this.#usedAt) {
      if (now_ms - usedAt_ms <= this.#kept_ms) return;
      this.#usedAt.delete(digest);
    }
  }

  #digest({ issuingState, documentNumber, birthDate }: MRZ): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([issuingState, documentNumber, birthDate]))
      .digest('base64');
  }
}
