import { expect, test } from 'vitest';
import { VirtualLane } from './virtual-lane.ts';

test('a lane that started without the note of its journal’s head serves with an officer, and its record says so', async () => {
  const lane = await VirtualLane.open();
  lane.controller.setDegraded('journal', 'HEAD_MISSING', true);
  const told = (): unknown[] =>
    lane.journal.records
      .map(({ event }) => JSON.parse(event) as { readonly type: string; readonly degraded?: readonly string[] })
      .filter(({ type, degraded }) => type === 'HEALTH_CHANGED' && degraded?.includes('journal:HEAD_MISSING'));
  await lane.until(() => told().length > 0);
  expect(lane.controller.notReadyBecause()).toEqual([]);
  expect(JSON.parse(lane.journal.records.findLast(({ kind }) => kind === 'lane')?.state ?? '{}')).toMatchObject({
    value: { assisted: 'shut' },
  });
});
