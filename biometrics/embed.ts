/** An aligned face as the 512 numbers that are compared. */
import { planes } from './warp.ts';

export const embeddingLength = 512;

/** Tensor [1, 3, 112, 112]: planes B, G, R, (v - 127.5) / 127.5. RGB order costs 1.6 points of TAR at FMR 1e-3 (measured). */
export function embeddingInput(aligned: Float32Array): Float32Array {
  return planes(aligned, 'BGR', 127.5, 127.5);
}

/** The network's output at unit length. Throws a RangeError for a wrong length, a zero vector or values that are not finite. */
export function unitEmbedding(output: Float32Array): Float32Array {
  if (output.length !== embeddingLength) throw new RangeError(`${embeddingLength} values expected`);
  let square = 0;
  for (const value of output) square += value * value;
  const norm = Math.sqrt(square);
  if (!(Number.isFinite(norm) && norm > 1e-6)) throw new RangeError('the embedding has no direction');
  return output.map((value) => value / norm);
}
