import fc from 'fast-check';
import { expect, test } from 'vitest';
import { similarity } from '../../biometrics/compare.ts';
import { embeddingLength, unitEmbedding } from '../../biometrics/embed.ts';
import { References } from '../../biometrics/references.ts';

const unit = (seed: number): Float32Array =>
  unitEmbedding(Float32Array.from({ length: embeddingLength }, (_, i) => Math.sin(seed + i * (seed + 1))));

test('a vector compared with itself is 1, with its opposite -1, and the order does not matter', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), (a, b) => {
      expect(similarity(unit(a), unit(a))).toBeCloseTo(1, 5);
      expect(
        similarity(
          unit(a),
          unit(a).map((v) => -v),
        ),
      ).toBeCloseTo(-1, 5);
      expect(similarity(unit(a), unit(b))).toBeCloseTo(similarity(unit(b), unit(a)), 6);
    }),
  );
});

const broken: readonly (readonly [string, Float32Array])[] = [
  ['empty', new Float32Array(0)],
  ['short', unit(1).subarray(0, 128)],
  ['long', Float32Array.from([...unit(1), 0])],
  ['zero', new Float32Array(embeddingLength)],
  ['NaN', unit(1).map((v, i) => (i === 7 ? Number.NaN : v))],
  ['infinite', unit(1).map((v, i) => (i === 7 ? Infinity : v))],
  ['not normalised', unit(1).map((v) => 2 * v)],
];

test.each(broken)('a %s vector on either side gives an error, never a score', (_, vector) => {
  expect(() => similarity(vector, unit(2))).toThrow(RangeError);
  expect(() => similarity(unit(2), vector)).toThrow(RangeError);
  expect(() => similarity(vector, vector)).toThrow(RangeError);
});

test('an output without direction makes no embedding', () => {
  for (const output of [new Float32Array(embeddingLength), new Float32Array(embeddingLength).fill(Number.NaN)]) {
    expect(() => unitEmbedding(output)).toThrow(RangeError);
  }
  expect(() => unitEmbedding(new Float32Array(10).fill(1))).toThrow(RangeError);
});

test('a forgotten, replaced or displaced reference is overwritten with zeros', () => {
  const references = new References(2);
  const [first, second, third] = [unit(1), unit(2), unit(3)];
  references.keep('a', first);
  references.keep('a', second);
  expect(first.every((v) => v === 0)).toBe(true);
  references.keep('b', third);
  references.keep('c', unit(4));
  expect(references.of('a')).toBeUndefined();
  expect(second.every((v) => v === 0)).toBe(true);
  references.forget('b');
  expect(references.of('b')).toBeUndefined();
  expect(third.every((v) => v === 0)).toBe(true);
  expect(references.of('c')).toBeDefined();
});
