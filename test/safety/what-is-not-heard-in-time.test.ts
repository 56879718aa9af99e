import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lateUntil, neverLate } from '../../gate-controller/safety/health.ts';

const limits = { silence_max_ms: 1_000, steady_ms: 5_000 };

test('a part is late from the first look at which it was silent for too long, and for a while after the last one', () => {
  const silences = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(silences, (all) => {
      let now_ms = 0;
      let until_ms = neverLate;
      let lastLate_ms = Number.NEGATIVE_INFINITY;
      for (const silence_ms of all) {
        now_ms += silence_ms;
        until_ms = lateUntil(until_ms, silence_ms, now_ms, limits);
        if (silence_ms > 1_000) lastLate_ms = now_ms;
        expect(now_ms < until_ms).toBe(now_ms - lastLate_ms < 5_000);
      }
    }),
  );
});

test('silence up to the limit is borne', () => {
  expect(lateUntil(neverLate, 1_000, 7, limits)).toBe(neverLate);
  expect(lateUntil(neverLate, 1_001, 7, limits)).toBe(5_007);
});
