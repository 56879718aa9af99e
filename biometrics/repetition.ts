/** Frames that came before, byte for byte: a camera with a sensor sends none twice, a recording in a loop does. */
import { createHash } from 'node:crypto';

/** Frames remembered: ten seconds at 25 a second. Only their digests are kept. */
const remembered_max = 256;

export class Repetition {
  readonly #digests = new Set<string>();
  #count = 0;
  #inARow = 0;

  /** Counts the frame; true when its bytes came before. */
  isRepeated(jpeg: Uint8Array): boolean {
    const digest = createHash('sha256').update(jpeg).digest('base64');
    const isRepeated = this.#digests.has(digest);
    this.#inARow = isRepeated ? this.#inARow + 1 : 0;
    if (isRepeated) this.#count += 1;
    const [oldest] = this.#digests;
    if (!isRepeated && this.#digests.size >= remembered_max && oldest !== undefined) this.#digests.delete(oldest);
    this.#digests.add(digest);
    return isRepeated;
  }

  /** Repeated frames in all. */
  get count(): number {
    return this.#count;
  }

  /** Repeated frames since the last new one. */
  get inARow(): number {
    return this.#inARow;
  }
}
