import { expect, test } from 'vitest';
import { planOf } from './plan.ts';
import { walk } from './walk.ts';

process.env.TZ = 'UTC';

const twice = async (seed: number, intensity: number) => {
  const options = { intensity, isTold: false };
  const plan = planOf({ seed, transactions: 40, intensity });
  return [await walk(plan, options), await walk(plan, options)] as const;
};

test.each([1, 25])(
  'a seed gives the same records and the same physical events again (intensity %i)',
  async (intensity) => {
    const [first, second] = await twice(4_711, intensity);
    expect(second).toEqual(first);
    expect(first.records).toBeGreaterThan(300);
  },
);

test('another seed gives another walk', async () => {
  const digestOf = async (seed: number): Promise<string> => {
    const plan = planOf({ seed, transactions: 5, intensity: 1 });
    return (await walk(plan, { intensity: 1, isTold: false })).digest;
  };
  expect(await digestOf(1)).not.toBe(await digestOf(2));
});
