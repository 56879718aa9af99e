import type { Found, Position } from './explore.ts';

export type TimeAlone = {
  /** Longest time in ms that passes, from any position, until no wait is armed; every wait is counted whole. */
  readonly longest_ms: number;
  /** Where waits follow each other in a ring: time alone ends nothing. */
  readonly rings: readonly Position[];
  /** Where nothing is armed and the machine has not ended. */
  readonly still: readonly Position[];
};

/** What becomes of every position when nobody does anything and only waits run out, in any order. */
export function timeAlone(found: Found): TimeAlone {
  const longest = new Map<string, number>();
  const under = new Set<string>();
  const rings = new Set<string>();
  const visit = (key: string): number => {
    const known = longest.get(key);
    if (known !== undefined) return known;
    if (under.has(key)) {
      rings.add(key);
      return 0;
    }
    under.add(key);
    const ways = (found.waits.get(key) ?? []).map(([delay_ms, next]) => delay_ms + visit(next));
    under.delete(key);
    const most_ms = Math.max(0, ...ways);
    longest.set(key, most_ms);
    return most_ms;
  };
  const positions = [...found.positions.values()];
  const longest_ms = Math.max(...positions.map(({ key }) => visit(key)));
  const still = positions.filter(
    ({ key, snapshot }) => snapshot.status === 'active' && found.waits.get(key)?.length === 0,
  );
  return { longest_ms, rings: positions.filter(({ key }) => rings.has(key)), still };
}
