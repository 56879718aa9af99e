/** Whoever came in through the exit is never let out to the entry side by software; and other findings of reviews. */
import { describe, expect, test } from 'vitest';
import { officer, technician, VirtualLane, watchlistHit } from './virtual-lane.ts';

const minute_ms = 60_000;

/** The exit is prised open from outside, somebody steps in, and it closes behind them. */
async function intrude(lane: VirtualLane, position_mm = 1_200): Promise<void> {
  for (let step = 0; step < 40; step += 1) {
    lane.hall.doors.exit.position_percent = 60;
    await lane.run(40);
  }
  lane.hall.enter('intruder', 'traveller', position_mm);
  await lane.run(4_000);
}

/** A traveller is let out, and somebody comes to stand in the exit behind them. */
async function accompliceInExit(lane: VirtualLane): Promise<void> {
  await lane.toOpenExit();
  lane.walkTo(4_500);
  await lane.until(() => (lane.hall.bodies.find((one) => one.id === 'p')?.position_mm ?? 0) > 2_900);
  lane.hall.enter('accomplice', 'traveller', 2_200);
}

/** The accomplice walks on into the cabin, and the lane locks. */
async function stepsIn(lane: VirtualLane): Promise<void> {
  const body = lane.hall.bodies.find((one) => one.id === 'accomplice');
  Object.assign(body ?? {}, { target_mm: 1_300, speed_mm_s: 1_200 });
  await lane.until(() => JSON.stringify(lane.state).includes('lockdown'), 10_000);
}

async function expectNoWayIn(lane: VirtualLane): Promise<void> {
  for (let passed_ms = 0; passed_ms < 5 * minute_ms; passed_ms += 5_000) {
    await lane.run(5_000);
    expect(lane.position('entry')).toBe(0);
  }
  expect(JSON.stringify(lane.state)).toContain('lockdown');
}

describe('somebody who comes in through the exit', () => {
  test('by force, into an open lane', async () => {
    const lane = await VirtualLane.open();
    await lane.run(2_000);
    await intrude(lane);
    await expectNoWayIn(lane);
  });

  test('by force, into a lane that is out of service', async () => {
    const lane = await VirtualLane.open();
    lane.camera.faults.raise('DEVICE_DISCONNECTED');
    await lane.run(2_000);
    expect(JSON.stringify(lane.state)).toContain('fault');
    await intrude(lane);
    await expectNoWayIn(lane);
  });

  test('by force, into a lane that is locked already', async () => {
    const lane = await VirtualLane.open();
    await lane.run(2_000);
    lane.tellLane({ type: 'OFFICER_LOCKED_LANE', isDuress: false, ...officer('A', lane) });
    await lane.run(500);
    await intrude(lane);
    await expectNoWayIn(lane);
  });

  test('by force, while a referred traveller waits in the cabin', async () => {
    const lane = await VirtualLane.open();
    await lane.toCapturing();
    await lane.until(() => lane.isHeld, minute_ms);
    await intrude(lane, 600);
    await expectNoWayIn(lane);
  });

  test('after standing in the open exit until the passage had ended', async () => {
    const lane = await VirtualLane.open();
    await accompliceInExit(lane);
    await lane.until(() => lane.transactionId === null, minute_ms);
    await stepsIn(lane);
    await expectNoWayIn(lane);
  });

  test('the same while the next traveller waits for the cabin with a document that was read', async () => {
    const lane = await VirtualLane.open({ isOverlapping: true });
    await accompliceInExit(lane);
    lane.presentOtherDocument();
    const next = await lane.nextInspected();
    lane.takeDocument();
    await lane.until(() => lane.transactionId === next, minute_ms);
    await stepsIn(lane);
    await expectNoWayIn(lane);
  });

  test('stays in the cabin while officers would end the lockdown', async () => {
    const lane = await VirtualLane.open();
    await lane.run(2_000);
    await intrude(lane);
    for (const name of ['A', 'B']) {
      lane.tellLane({ type: 'OFFICER_RESET_LOCKDOWN', reason: 'seen', ...officer(name, lane) });
    }
    await expectNoWayIn(lane);
  });
});

describe('four eyes', () => {
  test('are needed for a hit, also when the traveller asked for help before anybody was told', async () => {
    const lane = await VirtualLane.open();
    lane.risk = watchlistHit;
    const id = await lane.toCapturing();
    lane.tell(id, { type: 'HELP_REQUESTED' });
    await lane.until(() => lane.isHeld, 2_000);
    lane.tell(id, { type: 'OFFICER_RELEASED', reason: 'seen', ...officer('A', lane) });
    await lane.run(3_000);
    expect(lane.position('exit')).toBe(0);
    lane.tell(id, { type: 'OFFICER_RELEASED', reason: 'seen', ...officer('B', lane) });
    await lane.until(() => lane.position('exit') === 100);
  });

  test('are needed while the risk service has not answered, and a hit voids the first consent', async () => {
    const lane = await VirtualLane.open();
    lane.risk = undefined;
    const id = await lane.toCapturing();
    lane.tell(id, { type: 'HELP_REQUESTED' });
    await lane.until(() => lane.isHeld, 2_000);
    lane.tell(id, { type: 'OFFICER_RELEASED', reason: 'seen', ...officer('A', lane) });
    await lane.run(500);
    const seen = lane.controller.kernel.since(id);
    lane.tell(id, { type: 'RISK_ANSWERED', risk: watchlistHit });
    await lane.run(200);
    // What officers saw has changed: a command from before is stale.
    expect(lane.controller.kernel.since(id)).toBeGreaterThan(seen ?? 0);
    lane.tell(id, { type: 'OFFICER_RELEASED', reason: 'seen', ...officer('B', lane) });
    await lane.run(3_000);
    expect(lane.position('exit')).toBe(0);
  });
});

describe('maintenance', () => {
  test('belongs to the technician whom the officer saw, from the request to the end', async () => {
    const lane = await VirtualLane.open();
    lane.tellLane({ type: 'OFFICER_CLOSED_LANE', ...officer('A', lane) });
    for (const name of ['T1', 'T2']) lane.tellLane({ type: 'TECHNICIAN_ASKED_MAINTENANCE', ...technician(name, lane) });
    lane.tellLane({ type: 'OFFICER_CONSENTED_MAINTENANCE', ...officer('A', lane) });
    await lane.run(500);
    expect(lane.state).toBe('maintenance');
    lane.tellLane({ type: 'TECHNICIAN_MOVED_DOOR', door: 'exit', command: 'open', ...technician('T2', lane) });
    lane.tellLane({ type: 'TECHNICIAN_ENDED_MAINTENANCE', ...technician('T2', lane) });
    await lane.run(3_000);
    expect(lane.state).toBe('maintenance');
    expect(lane.position('exit')).toBe(0);
    lane.tellLane({ type: 'OFFICER_CLOSED_LANE', ...officer('A', lane) });
    await lane.run(500);
    expect(lane.state).toBe('maintenance');
    lane.tellLane({ type: 'OFFICER_CLOSED_LANE', ...officer('B', lane) });
    await lane.run(10_000);
    expect(lane.state).toEqual({ closed: 'shut' });
  });
});

test('somebody who lies still before the open exit is not taken for a thing that was left behind', async () => {
  const lane = await VirtualLane.open();
  const id = await lane.toOpenExit();
  lane.hall.leave('p');
  lane.hall.putDown('somebody', 1_200, 450);
  await lane.run(5 * minute_ms);
  expect(JSON.parse(lane.journal.recordsOf(id).at(-1)?.state ?? '').value).toBe('referred');
  expect([lane.position('entry'), lane.position('exit')]).toEqual([100, 0]);
});
