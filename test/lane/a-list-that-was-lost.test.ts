/** A lane that lost a list about issuers serves nobody: it would admit more people than with the list (I11). */
import { expect, test } from 'vitest';
import { laneShown, pageSources } from './page-sources.ts';
import { VirtualLane } from './virtual-lane.ts';

test('a lane that starts without an imported list stays out of service, says why, and opens once it is there', async () => {
  const lane = new VirtualLane();
  lane.isTrustWhole = false;
  await lane.boot();
  await lane.run(60_000);
  expect(lane.controller.notReadyBecause()).toEqual(['lane:fault', 'trust-lists:TRUST_LIST_REFUSED']);
  const [fault] = laneShown(pageSources(lane)).faults;
  expect(fault).toMatchObject({ device: 'trust-lists', code: 'TRUST_LIST_REFUSED', isBlocking: true });
  expect(fault?.meaning).toContain('import the list again');
  lane.presentDocument();
  await lane.run(1_000);
  expect(lane.transactionId).toBeNull();
  lane.isTrustWhole = true;
  await lane.until(() => lane.controller.notReadyBecause().length === 0);
  expect(lane.controller.faults).toEqual([]);
});

test('a list that is lost while somebody is in the cabin ends the passage before the exit opens', async () => {
  const lane = await VirtualLane.open();
  const id = await lane.toCapturing();
  lane.isTrustWhole = false;
  await lane.run(1_000);
  lane.faceMatches(id);
  await lane.run(10_000);
  expect(lane.position('exit')).toBe(0);
  expect(lane.position('entry')).toBe(100);
  expect(lane.controller.history.today.admitted).toBe(0);
  expect(lane.hall.watch.broken).toEqual([]);
});
