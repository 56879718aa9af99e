/** Scores of attempts, gathered in arrays that grow: numbers of comparisons go into the millions. */
import type { Attempt } from './attempts.ts';
import type { Picture } from './dataset.ts';
import type { FusionMethod } from './fusion.ts';
import { progressOf } from './fusion.ts';
import type { Trials } from './rates.ts';
import type { Similarities } from './templates.ts';

/** A method after so many frames. */
export type Column = { readonly method: FusionMethod; readonly frames: number };

class Growing<A extends Float32Array | Uint16Array> {
  #values: A;
  #length = 0;
  readonly #larger: (old: A) => A;

  constructor(first: A, larger: (old: A) => A) {
    this.#values = first;
    this.#larger = larger;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#values = this.#larger(this.#values);
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  done(): A {
    return this.#values.subarray(0, this.#length) as A;
  }
}

const floats = () =>
  new Growing(new Float32Array(1024), (old) => {
    const larger = new Float32Array(2 * old.length);
    larger.set(old);
    return larger;
  });
const shorts = () =>
  new Growing(new Uint16Array(1024), (old) => {
    const larger = new Uint16Array(2 * old.length);
    larger.set(old);
    return larger;
  });

/** The trials of every column, in its order; all share the arrays of persons. */
export function scoreAll(
  attempts: Iterable<Attempt>,
  pictures: readonly Picture[],
  similarities: Similarities,
  columns: readonly Column[],
): Trials[] {
  const kinds = { genuine: newKind(columns.length), impostor: newKind(columns.length) };
  for (const attempt of attempts) {
    const reference = pictures[attempt.reference]?.person ?? 0;
    const probe = pictures[attempt.frames[0] ?? -1]?.person ?? 0;
    const kind = reference === probe ? kinds.genuine : kinds.impostor;
    const progress = progressOf(attempt, similarities);
    kind.references.push(reference);
    kind.probes.push(probe);
    for (const [c, { method, frames }] of columns.entries()) kind.values[c]?.push(method.score(progress, frames));
  }
  const [genuine, impostor] = [finish(kinds.genuine), finish(kinds.impostor)];
  return columns.map((_, c) => ({ genuine: genuine(c), impostor: impostor(c) }));
}

const newKind = (columns: number) => ({
  references: shorts(),
  probes: shorts(),
  values: Array.from({ length: columns }, floats),
});

function finish(kind: ReturnType<typeof newKind>) {
  const [references, probes] = [kind.references.done(), kind.probes.done()];
  return (column: number) => ({ values: kind.values[column]?.done() ?? new Float32Array(0), references, probes });
}
