import { expect, test } from 'vitest';
import { facePointsOf, meshNumbers } from '../../simulator/travellers/face-points.ts';
import { listPeople } from '../../simulator/travellers/people.ts';
import { measureFacePoints } from './face-points-of.ts';

test('the stored points of every face are those that the mesh network finds in the photographs', async () => {
  const measured = await measureFacePoints();
  for (const { id } of listPeople()) {
    const { all } = facePointsOf(id);
    expect(all).toHaveLength(meshNumbers.length);
    const values = all.flatMap(({ x, y, z }) => [x, y, z]);
    for (const [i, value] of values.entries()) expect(Math.abs(value - measured[id]![i]!)).toBeLessThan(0.01);
  }
});

test('an unknown person and a point that is not stored are errors', () => {
  expect(() => facePointsOf('nobody')).toThrow(RangeError);
  expect(() => facePointsOf('p01').at(467)).toThrow(RangeError);
});
