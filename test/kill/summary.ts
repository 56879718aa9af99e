/** What the kills hit, in figures. */
import type { Killed } from './generations.ts';

const countOf = (words: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');
};

const quantilesOf = (numbers: readonly (number | null)[]): string => {
  const known = numbers.filter((one) => one !== null).toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(known[Math.min(known.length - 1, Math.floor(share * known.length))] ?? 0);
  return `median ${at(0.5)} ms, 90 % ${at(0.9)} ms, most ${at(1)} ms (${known.length} times)`;
};

export function summaryOf(killed: readonly Killed[], seed: number): string {
  const hit = killed.filter(({ wasKilled }) => wasKilled);
  return [
    `seed ${seed}: ${hit.length} kills (${countOf(hit.map(({ kind }) => kind))})`,
    `lane when killed: ${countOf(hit.map(({ lane }) => lane))}`,
    `passage when killed: ${countOf(hit.map(({ passage }) => passage))}`,
    `commit under way: ${countOf(hit.map(({ commit }) => commit))}`,
    `reborn with somebody in the cabin: ${killed.filter(({ isCabinOccupied }) => isCabinOccupied).length}`,
    `start to a clear cabin, lane's time: ${quantilesOf(killed.map(({ clearedAfter_ms }) => clearedAfter_ms))}`,
    `  with somebody in it: ${quantilesOf(killed.filter((one) => one.isCabinOccupied).map((one) => one.clearedAfter_ms))}`,
    `start to a clear cabin, real time: ${quantilesOf(killed.map(({ safeAfter_ms }) => safeAfter_ms))}`,
    `start to serving, lane's time: ${quantilesOf(killed.map(({ servedAfter_ms }) => servedAfter_ms))}`,
    `broken: ${killed.flatMap(({ broken }) => broken).length}`,
  ].join('\n');
}
