/** One reference against one probe. */
import { embeddingLength } from './embed.ts';

const unitTolerance = 1e-3;

/**
 * Cosine similarity of two unit embeddings, -1…1; higher = more alike. Both vectors are checked here, where they are
 * compared: 512 finite values of unit length, or a RangeError. There is no score for a vector that is not one.
 */
export function similarity(reference: Float32Array, probe: Float32Array): number {
  assertUnit(reference, 'reference');
  assertUnit(probe, 'probe');
  let cosine = 0;
  for (const [i, value] of reference.entries()) cosine += value * (probe[i] ?? Number.NaN);
  return Math.min(1, Math.max(-1, cosine));
}

function assertUnit(vector: Float32Array, side: 'reference' | 'probe'): void {
  if (vector.length !== embeddingLength) throw new RangeError(`${side}: ${embeddingLength} values expected`);
  let square = 0;
  for (const value of vector) square += value * value;
  // Written so that NaN and infinity fail.
  if (!(Math.abs(square - 1) <= unitTolerance)) throw new RangeError(`${side}: not a unit vector`);
}
