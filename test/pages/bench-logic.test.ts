import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cabinWidth_mm, frameOf, leafLength_mm, positionIn } from '../../simulator/bench/page/geometry.ts';

test('closed leaves meet in the middle, open ones leave the way free', () => {
  expect(leafLength_mm(0) * 2).toBe(cabinWidth_mm);
  expect(leafLength_mm(100) * 2).toBeLessThan(cabinWidth_mm / 5);
  expect(leafLength_mm(Number.NaN)).toBe(leafLength_mm(0));
  expect(leafLength_mm(130)).toBe(leafLength_mm(100));
});

test('wherever a body is said to be, it is drawn within the picture, and in order', () => {
  const frame = frameOf({ exit_mm: 2_600, hall_mm: 2_500 });
  fc.assert(
    fc.property(fc.integer({ min: -90_000, max: 90_000 }), fc.nat(5_000), (position_mm, ahead_mm) => {
      const drawn = positionIn(frame, position_mm);
      expect(drawn).toBeGreaterThan(frame.left_mm);
      expect(drawn).toBeLessThan(frame.right_mm);
      expect(positionIn(frame, position_mm + ahead_mm)).toBeGreaterThanOrEqual(drawn);
    }),
  );
});
