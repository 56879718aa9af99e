import { describe, expect, test } from 'vitest';
import { walkDay } from './days.ts';

process.env.TZ = 'UTC';

describe('no rule is broken', () => {
  test('on an ordinary day, and nine of ten travellers without a flaw are admitted', async () => {
    const { broken, outcomes, checks } = await walkDay({ seed: 20_261_123, transactions: 120, intensity: 1 });
    expect(broken).toBeNull();
    expect(outcomes.admitted).toBeGreaterThan(95);
    expect(checks).toBeGreaterThan(5_000);
  });

  test.each([101, 102, 103, 104, 105, 106])('in a storm of misfortunes (seed %i)', async (seed) => {
    const { broken, outcomes } = await walkDay({ seed, transactions: 60, intensity: 20 });
    expect(broken).toBeNull();
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(30);
  });
});
