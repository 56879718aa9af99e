/**
 * Large buffers that every frame needs again: crops and the inputs of networks. New ones for each frame are 3 MB that the
 * system has to clear and the garbage collector to follow. Whoever is done with one gives it back, and only once; it is
 * overwritten then, for it held somebody's face. One that is not given back is garbage as any other.
 */

const spare = new Map<number, Float32Array[]>();

/** Buffers of one length that are kept; a pipeline has two in use at most. */
const kept_max = 2;

/** Zeros. */
export function borrow(length: number): Float32Array {
  return spare.get(length)?.pop() ?? new Float32Array(length);
}

export function giveBack(buffer: Float32Array): void {
  buffer.fill(0);
  const others = spare.get(buffer.length) ?? [];
  spare.set(buffer.length, others);
  if (others.length < kept_max) others.push(buffer);
}
