import { expect, test } from 'vitest';
import { planDoors } from '../../gate-controller/safety/door-plan.ts';
import { everyPlan, flawedPlan } from './door-plan-space.ts';

test('over its whole input space a plan asks only for what may be asked, and for all of it that was wanted', () => {
  expect(flawedPlan(planDoors)).toBeUndefined();
});

test('the space is whole: every want and every last command of both doors, in every hall', () => {
  let count = 0;
  for (const _ of everyPlan()) count += 1;
  // hall × wants × asked × maintenance × transaction × permission
  expect(count).toBe(16 * 2 ** 6 * 9 * 9 * 2 * 2 * 4);
});
