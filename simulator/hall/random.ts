/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** Mulberry32: one 32-bit seed, one sequence, the same on every machine. Not for anything secret. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 32-bit FNV-1a over the characters, begun with a seed. */
export function hashOf(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ (seed >>> 0);
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** An independent sequence for one purpose, so that drawing in one place does not shift another. */
export const forkedRandom = (seed: number, purpose: string): Random => seededRandom(hashOf(purpose, seed));

export function between(random: Random, from: number, to: number): number {
  return from + random() * (to - from);
}

/** One of a list that must not be empty. */
export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[Math.min(list.length - 1, Math.floor(random() * list.length))];
  if (chosen === undefined) throw new RangeError('nothing to pick from');
  return chosen;
}
