import { afterEach, expect, test } from 'vitest';
import { callForHelp, HelpCalls } from '../../gate-controller/api/help-calls.ts';
import { transactionSnapshot } from '../../gate-controller/kernel/lane-parts.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { VirtualLane } from '../lane/virtual-lane.ts';

let lane: VirtualLane;
afterEach(() => lane.kill());

const call = (help = new HelpCalls()): void =>
  callForHelp({ kernel: lane.controller.kernel, help, now_ms: () => lane.clock.now_ms() });

const passage = (id: string | null) => transactionSnapshot(lane.controller.kernel, id);

test('however often a traveller presses, the call is recorded once', async () => {
  lane = await VirtualLane.open();
  const id = await lane.toCapturing();
  const help = new HelpCalls();
  for (let press = 0; press < 5; press++) call(help);
  await lane.run(100);
  call(help);
  await lane.run(100);
  expect(passage(id)?.context.hasAskedForHelp).toBe(true);
  const calls = lane.journal.recordsOf(id).filter(({ event }) => event.includes('HELP_REQUESTED'));
  expect(calls).toHaveLength(1);
});

test('beside somebody on the way out, the call belongs to whoever stands before the sign', async () => {
  lane = await VirtualLane.open({ isOverlapping: true });
  const id = await lane.toCapturing();
  lane.faceMatches(id);
  await lane.until(() => outermost(passage(id)?.value) === 'leaving');
  lane.presentOtherDocument();
  await lane.until(() => passage(lane.nextTransactionId) !== undefined);
  const nextId = lane.nextTransactionId;
  call();
  await lane.run(100);
  expect([passage(id)?.context.hasAskedForHelp, passage(nextId)?.context.hasAskedForHelp]).toEqual([false, true]);
});

test('without a passage the lane itself is called', async () => {
  lane = await VirtualLane.open();
  const help = new HelpCalls();
  call(help);
  expect(help.isStanding(lane.clock.now_ms())).toBe(true);
});
