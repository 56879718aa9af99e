import fc from 'fast-check';
import { expect, test } from 'vitest';
import { similarity } from '../../biometrics/compare.ts';
import { embeddingLength, unitEmbedding } from '../../biometrics/embed.ts';
import { FaceSession, Sessions } from '../../biometrics/sessions.ts';

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
  const sessions = new Sessions(2);
  const [first, second, third] = [unit(1), unit(2), unit(3)];
  sessions.keep('a', new FaceSession(first));
  sessions.keep('a', new FaceSession(second));
  expect(first.every((v) => v === 0)).toBe(true);
  sessions.keep('b', new FaceSession(third));
  sessions.keep('c', new FaceSession(unit(4)));
  expect(sessions.of('a')).toBeUndefined();
  expect(second.every((v) => v === 0)).toBe(true);
  sessions.forget('b');
  expect(sessions.of('b')).toBeUndefined();
  expect(third.every((v) => v === 0)).toBe(true);
  expect(sessions.of('c')).toBeDefined();
});

test('several probes are compared as the mean of their embeddings, and nearer to it than each alone', () => {
  const reference = unit(1);
  const session = new FaceSession(Float32Array.from(reference));
  const probes = [2, 3].map((seed) => unitEmbedding(unit(seed).map((v, i) => v + reference[i]!)));
  const [first, second] = probes.map((probe) => session.compare(Float32Array.from(probe)));
  const mean = unitEmbedding(probes[0]!.map((v, i) => v + probes[1]![i]!));
  expect(first!.fused).toEqual({ similarity: expect.closeTo(first!.similarity, 5), frames: 1 });
  expect(second!.fused).toEqual({ similarity: expect.closeTo(similarity(reference, mean), 5), frames: 2 });
  expect(second!.fused.similarity).toBeGreaterThan(Math.max(first!.similarity, second!.similarity));
});

test('what a session remembers of pictures is overwritten with it', () => {
  const session = new FaceSession(unit(1));
  const [luma, frontal] = [new Float32Array(8).fill(5), new Float32Array(8).fill(6)];
  session.takeLuma(luma);
  session.keepFrontal(frontal, 0);
  session.compare(unit(2));
  session.wipe();
  expect([...luma, ...frontal].every((v) => v === 0)).toBe(true);
  expect(session.likeness(unit(2))).toBeUndefined();
  expect(() => session.compare(unit(2))).toThrow(RangeError);
});

test('a session is not begun with what is no embedding', () => {
  expect(() => new FaceSession(new Float32Array(embeddingLength))).toThrow(RangeError);
});
