import fc from 'fast-check';
import { expect, test } from 'vitest';
import { embeddingLength, unitEmbedding } from '../../../biometrics/embed.ts';
import type { Picture } from '../../../biometrics/evaluation/dataset.ts';
import { fusionMethods, progressOf } from '../../../biometrics/evaluation/fusion.ts';
import { normal, seededRandom } from '../../../biometrics/evaluation/random.ts';
import { cosine, similaritiesOf, Templates } from '../../../biometrics/evaluation/templates.ts';

/** Two persons with five pictures each; embeddings of one person lie near each other. */
function someone(seed: number) {
  const random = seededRandom('fusion', seed);
  const centres = [0, 1].map(() => Float32Array.from({ length: embeddingLength }, () => normal(random)));
  const pictures = Array.from({ length: 10 }, (_, i): Picture => {
    const person = Math.floor(i / 5);
    return { file: `${i}`, person, original: `${i}` };
  });
  const vectors = (spread: number) =>
    pictures.map(({ person }) =>
      unitEmbedding((centres[person] as Float32Array).map((v) => v + spread * normal(random))),
    );
  const templates = (rows: readonly Float32Array[]): Templates => {
    const all = new Templates(rows.length);
    for (const [i, row] of rows.entries()) all.set(i, row);
    return all;
  };
  const [chips, frames] = [vectors(1), vectors(2)];
  return { pictures, chips, frames, references: templates(chips), probes: templates(frames) };
}

test('the mean of embeddings computed from similarities is that of the embeddings themselves', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 }), (seed) => {
      const { pictures, chips, frames, references, probes } = someone(seed);
      const similarities = similaritiesOf(pictures, references, probes);
      const order = [7, 5, 9];
      const { fused, single } = progressOf({ reference: 6, frames: order }, similarities);
      for (let k = 1; k <= 3; k += 1) {
        const sum = new Float32Array(embeddingLength);
        for (const i of order.slice(0, k)) for (const [d, v] of (frames[i] ?? []).entries()) sum[d] = (sum[d] ?? 0) + v;
        expect(fused[k - 1]).toBeCloseTo(cosine(chips[6] as Float32Array, unitEmbedding(sum)), 5);
        expect(single[k - 1]).toBeCloseTo(
          cosine(chips[6] as Float32Array, frames[order[k - 1] ?? 0] as Float32Array),
          5,
        );
      }
    }),
    { numRuns: 30 },
  );
});

test('with one set on both sides the table serves for the probes as well', () => {
  const { pictures, probes } = someone(1);
  const both = similaritiesOf(pictures, probes, probes);
  const apart = similaritiesOf(pictures, probes, copyOf(probes));
  for (let i = 0; i < 5; i += 1) {
    for (let k = 0; k < 5; k += 1) expect(apart.amongProbes(i, k)).toBeCloseTo(both.amongProbes(i, k), 6);
  }
});

function copyOf(templates: Templates): Templates {
  const copy = new Templates(templates.count);
  for (let i = 0; i < templates.count; i += 1) copy.set(i, templates.row(i).slice());
  return copy;
}

const cosines = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
const progress = fc.tuple(cosines, cosines).map(([single, fused]) => ({
  single: Float64Array.from(single),
  fused: Float64Array.from(fused),
}));

test('the score of the sequential rule is at the threshold exactly when deciding frame by frame accepts', () => {
  fc.assert(
    fc.property(progress, fc.double({ min: -1, max: 1, noNaN: true }), (seen, threshold) => {
      const accepts = (from: number, margin: number): boolean =>
        [1, 2, 3].some((k) => {
          const wanted = k === 3 ? threshold : threshold + margin;
          return (k >= from || k === 3) && (seen.fused[k - 1] ?? 0) >= wanted;
        });
      expect(fusionMethods.sequential.score(seen, 3) >= threshold).toBe(accepts(1, 0));
      expect(fusionMethods.sequentialFromSecond.score(seen, 3) >= threshold).toBe(accepts(2, 0));
    }),
  );
});

test('a margin asks for more from every frame but the last', () => {
  const seen = { single: Float64Array.of(0.5, 0, 0), fused: Float64Array.of(0.5, 0.3, 0.2) };
  expect(fusionMethods.sequential.score(seen, 3)).toBe(0.5);
  expect(fusionMethods.sequentialWithMargin.score(seen, 3)).toBeCloseTo(0.45, 12);
  expect(fusionMethods.sequentialWithMargin.score(seen, 1)).toBe(0.5);
});

test('more frames never lower the maximum or the sequential score: their FMR can only grow', () => {
  fc.assert(
    fc.property(progress, (seen) => {
      for (const method of [fusionMethods.maximum, fusionMethods.sequential]) {
        expect(method.score(seen, 2)).toBeGreaterThanOrEqual(method.score(seen, 1));
        expect(method.score(seen, 3)).toBeGreaterThanOrEqual(method.score(seen, 2));
      }
    }),
  );
});

test('with one frame every method gives the similarity of that frame', () => {
  const seen = { single: Float64Array.of(0.37), fused: Float64Array.of(0.37) };
  for (const method of Object.values(fusionMethods)) expect(method.score(seen, 1)).toBeCloseTo(0.37, 12);
});

test('a vector that is no unit embedding is not taken among the templates', () => {
  const templates = new Templates(1);
  expect(() => templates.set(0, new Float32Array(embeddingLength))).toThrow(RangeError);
  expect(() => templates.set(0, new Float32Array(128).fill(1 / Math.sqrt(128)))).toThrow(RangeError);
  expect(() => templates.set(0, new Float32Array(embeddingLength).fill(Number.NaN))).toThrow(RangeError);
  expect(templates.isThere(0)).toBe(false);
});
