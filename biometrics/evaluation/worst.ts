/** The comparisons somebody should look at, by the names of the files: errors of labels show here first. */
import type { Attempt } from './attempts.ts';
import type { Picture } from './dataset.ts';
import type { Similarities } from './templates.ts';

export type NamedPair = { readonly reference: string; readonly probe: string; readonly similarity: number };

export type Worst = {
  /** Most alike of two persons. */
  readonly impostor: readonly NamedPair[];
  /** Least alike of one person. */
  readonly genuine: readonly NamedPair[];
  /** Pictures least like the others of their person, by the mean similarity. */
  readonly pictures: readonly { readonly file: string; readonly meanSimilarity: number }[];
  /** Genuine pairs so much alike that they may be one photograph twice. */
  readonly suspectedRepeats: number;
};

const listed = 15;
const repeat_min = 0.98;

export function worstOf(pairs: Iterable<Attempt>, pictures: readonly Picture[], { between }: Similarities): Worst {
  const [impostor, genuine] = [new Least(), new Least()];
  const sums = new Map<number, { sum: number; count: number }>();
  let suspectedRepeats = 0;
  for (const { reference, frames } of pairs) {
    const probe = frames[0] ?? -1;
    const similarity = between(reference, probe);
    if (pictures[reference]?.person !== pictures[probe]?.person) {
      impostor.offer(-similarity, reference, probe);
      continue;
    }
    genuine.offer(similarity, reference, probe);
    if (similarity > repeat_min) suspectedRepeats += 1;
    for (const index of [reference, probe]) {
      const so = sums.get(index) ?? { sum: 0, count: 0 };
      sums.set(index, { sum: so.sum + similarity, count: so.count + 1 });
    }
  }
  const file = (index: number): string => pictures[index]?.file ?? '';
  const named = (least: Least, sign: number): NamedPair[] =>
    least.list().map(([value, a, b]) => ({ reference: file(a), probe: file(b), similarity: sign * value }));
  const means = [...sums].map(([index, { sum, count }]) => ({ file: file(index), meanSimilarity: sum / count }));
  return {
    impostor: named(impostor, -1),
    genuine: named(genuine, 1),
    pictures: means.sort((a, b) => a.meanSimilarity - b.meanSimilarity).slice(0, listed),
    suspectedRepeats,
  };
}

/** The few smallest of many values. */
class Least {
  #kept: (readonly [value: number, a: number, b: number])[] = [];
  #limit = Number.POSITIVE_INFINITY;

  offer(value: number, a: number, b: number): void {
    if (!(value < this.#limit)) return;
    this.#kept.push([value, a, b]);
    if (this.#kept.length >= 16 * listed) this.#trim();
  }

  list(): readonly (readonly [number, number, number])[] {
    this.#trim();
    return this.#kept;
  }

  #trim(): void {
    this.#kept = this.#kept.sort((x, y) => x[0] - y[0]).slice(0, listed);
    if (this.#kept.length === listed) this.#limit = this.#kept.at(-1)?.[0] ?? this.#limit;
  }
}
