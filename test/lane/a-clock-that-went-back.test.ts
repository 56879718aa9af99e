/** Documents are judged by the date: a lane does not serve by a clock that jumped, and its waits do not ask that clock. */
import { expect, test } from 'vitest';
import { VirtualLane } from './virtual-lane.ts';

const day_ms = 24 * 3_600_000;
const because = (lane: VirtualLane) => lane.controller.notReadyBecause();

test('a lane whose clock goes back a day closes, records by how much, and opens when the clock is right again', async () => {
  const lane = await VirtualLane.open();
  expect(because(lane)).toEqual([]);
  lane.clock.jump(-day_ms);
  await lane.run(2_500);
  expect(because(lane)).toContain('clock:CLOCK_JUMPED');
  const jump = lane.journal.records.find(({ event }) => event.includes('CLOCK_JUMPED'));
  expect(JSON.parse(jump?.event ?? '{}')).toMatchObject({ type: 'CLOCK_JUMPED', jumpedBy_ms: -day_ms });
  await lane.run(120_000);
  expect(because(lane)).toContain('clock:CLOCK_JUMPED');
  lane.clock.jump(day_ms);
  await lane.until(() => because(lane).length === 0);
});

test('a passage in whose middle the clock jumps ends before the exit opens', async () => {
  const lane = await VirtualLane.open();
  const id = await lane.toCapturing();
  lane.clock.jump(-day_ms);
  await lane.run(1_000);
  lane.faceMatches(id);
  await lane.run(10_000);
  expect(lane.position('exit')).toBe(0);
  expect(lane.controller.history.today.admitted).toBe(0);
  expect(lane.hall.watch.broken).toEqual([]);
});

test('a full disk ends the passage that is under way, and the lane serves again when there is room', async () => {
  const lane = await VirtualLane.open();
  await lane.toCapturing();
  lane.controller.setFault('disk', 'DISK_FULL', true);
  await lane.run(20_000);
  expect(lane.position('exit')).toBe(0);
  expect(because(lane)).toContain('disk:DISK_FULL');
  lane.walkTo(-900);
  await lane.until(() => lane.transactionId === null);
  lane.controller.setFault('disk', 'DISK_FULL', false);
  await lane.until(() => because(lane).length === 0);
});
