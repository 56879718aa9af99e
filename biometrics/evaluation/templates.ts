/** The embeddings of a set, side by side, and the similarities between them. In memory only. */
import { embeddingLength } from '../embed.ts';
import type { Picture } from './dataset.ts';

/** Unit embeddings in one array, a row for each picture; `isThere` is false for a picture without one. */
export class Templates {
  readonly count: number;
  readonly #rows: Float32Array;
  readonly #isThere: Uint8Array;

  constructor(count: number) {
    this.count = count;
    this.#rows = new Float32Array(count * embeddingLength);
    this.#isThere = new Uint8Array(count);
  }

  /** Throws RangeError unless the embedding has its length and is a unit vector. */
  set(index: number, embedding: Float32Array): void {
    const square = embedding.reduce((sum, value) => sum + value * value, 0);
    if (embedding.length !== embeddingLength || !(Math.abs(square - 1) <= 1e-3)) throw new RangeError('unit embedding');
    this.#rows.set(embedding, index * embeddingLength);
    this.#isThere[index] = 1;
  }

  isThere(index: number): boolean {
    return this.#isThere[index] === 1;
  }

  row(index: number): Float32Array {
    return this.#rows.subarray(index * embeddingLength, (index + 1) * embeddingLength);
  }
}

export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < embeddingLength; i += 1) sum += (a[i] ?? Number.NaN) * (b[i] ?? Number.NaN);
  return sum;
}

/** What the fusion of frames needs to know about a set: each reference against each probe, and a person's probes among themselves. */
export type Similarities = {
  readonly between: (reference: number, probe: number) => number;
  readonly amongProbes: (one: number, other: number) => number;
};

export function similaritiesOf(pictures: readonly Picture[], references: Templates, probes: Templates): Similarities {
  const { count } = references;
  const all = new Float32Array(count * count);
  for (let i = 0; i < count; i += 1) {
    if (!references.isThere(i)) continue;
    const row = references.row(i);
    for (let k = 0; k < count; k += 1) if (probes.isThere(k)) all[i * count + k] = cosine(row, probes.row(k));
  }
  const between = (reference: number, probe: number): number => all[reference * count + probe] ?? Number.NaN;
  // With one set on both sides the table holds the probes among themselves as well.
  return { between, amongProbes: references === probes ? between : amongProbesOf(pictures, probes) };
}

/** A table for each person: pictures of one person lie side by side in the data set. */
function amongProbesOf(pictures: readonly Picture[], probes: Templates): (one: number, other: number) => number {
  const first = new Map<number, number>();
  const size = new Map<number, number>();
  for (const [i, { person }] of pictures.entries()) {
    if (!first.has(person)) first.set(person, i);
    size.set(person, i + 1 - (first.get(person) ?? i));
  }
  const width = Math.max(0, ...size.values());
  const table = new Float32Array(pictures.length * width);
  for (const [i, { person }] of pictures.entries()) {
    const start = first.get(person) ?? 0;
    for (let k = 0; k < (size.get(person) ?? 0); k += 1) {
      table[i * width + k] = cosine(probes.row(i), probes.row(start + k));
    }
  }
  return (one, other) => table[one * width + other - (first.get(pictures[one]?.person ?? -1) ?? 0)] ?? Number.NaN;
}
