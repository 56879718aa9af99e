/** Chance that can be repeated: every number follows from a text, whatever was drawn for other texts. */
import { createHash } from 'node:crypto';

/** Even in 0 (included) … 1 (excluded). */
export type Random = () => number;

/** Mulberry32, started from the SHA-256 of the words. Not for secrets. */
export function seededRandom(...words: readonly (string | number)[]): Random {
  let state = createHash('sha256').update(JSON.stringify(words)).digest().readInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

/** Mean 0, deviation 1 (Box and Muller). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Fisher and Yates, in place. */
export function shuffle(list: number[], random: Random): void {
  for (let i = list.length - 1; i > 0; i -= 1) {
    const k = Math.floor(random() * (i + 1));
    const [a = 0, b = 0] = [list[i], list[k]];
    list[i] = b;
    list[k] = a;
  }
}
