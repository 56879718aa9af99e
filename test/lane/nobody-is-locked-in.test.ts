import { describe, expect, test } from 'vitest';
import { officer, technician, VirtualLane } from './virtual-lane.ts';

const reset = {
  type: 'OFFICER_RESET_EVACUATION',
  officer: 'local',
  validUntil_ms: Number.MAX_SAFE_INTEGER,
  reason: 'walked through',
} as const;
const minute_ms = 60_000;

/** The way back to the entry side stands open, and the other one does not. */
function expectWayOut(lane: VirtualLane): void {
  expect({ entry: lane.position('entry'), exit: lane.position('exit') }).toEqual({ entry: 100, exit: 0 });
  expect(lane.gateIO.lamps?.entry).toBe('green');
  expect(lane.hall.watch.broken).toEqual([]);
}

test('a genuine traveller crosses in virtual time', async () => {
  const lane = await VirtualLane.open();
  await lane.toOpenExit();
  lane.walkTo(3_300);
  await lane.run(3_000);
  lane.hall.leave('p');
  await lane.until(() => lane.transactionId === null);
  expect(lane.controller.history.today).toEqual({ admitted: 1, referred: 0, other: 0 });
  expect(lane.hall.watch.broken).toEqual([]);
});

describe('whoever is in the cabin has the way back open', () => {
  test('after a kill and a restart', async () => {
    const lane = await VirtualLane.open();
    await lane.toCapturing();
    await lane.restart();
    await lane.run(5_000);
    expectWayOut(lane);
    lane.walkTo(-900);
    await lane.run(1_500);
    lane.hall.leave('p');
    await lane.until(() => JSON.stringify(lane.state).includes('open'));
    expect(lane.position('entry')).toBe(0);
  });

  test('after a restart with a dead camera', async () => {
    const lane = await VirtualLane.open();
    await lane.toCapturing();
    lane.isCameraDead = true;
    await lane.restart();
    await lane.run(5 * minute_ms);
    expectWayOut(lane);
  });

  test('when the camera dies and the traveller does not walk out at once', async () => {
    const lane = await VirtualLane.open();
    await lane.toCapturing();
    lane.camera.faults.raise('DEVICE_DISCONNECTED');
    await lane.run(5 * minute_ms);
    expectWayOut(lane);
  });

  test('when the officer closes the lane meanwhile', async () => {
    const lane = await VirtualLane.open();
    await lane.toCapturing();
    lane.tellLane({ type: 'OFFICER_CLOSED_LANE', officer: 'local', validUntil_ms: Number.MAX_SAFE_INTEGER });
    await lane.run(5 * minute_ms);
    expectWayOut(lane);
  });

  test('without a passage', async () => {
    const lane = await VirtualLane.open();
    lane.hall.enter('somebody', 'traveller', 1_000);
    await lane.run(10_000);
    expectWayOut(lane);
    lane.presentDocument();
    await lane.run(1_000);
    expect(lane.transactionId).toBeNull();
    lane.hall.leave('somebody');
    await lane.until(() => JSON.stringify(lane.state).includes('open'));
    await lane.toCapturing();
  });

  test('after an evacuation that an officer reset too early', async () => {
    const lane = await VirtualLane.open();
    await lane.toCapturing();
    lane.hall.contacts.isFireAlarm = true;
    await lane.run(5_000);
    lane.hall.contacts.isFireAlarm = false;
    await lane.run(1_000);
    lane.tellLane(reset);
    await lane.run(10_000);
    expectWayOut(lane);
  });
});

test('whoever blocked the exit for long and steps back in has the way back open within the travel of two doors', async () => {
  const lane = await VirtualLane.open();
  await lane.toOpenExit();
  lane.walkTo(1_850);
  await lane.until(() => JSON.stringify(lane.state).includes('uncleared'), 10 * minute_ms);
  lane.walkTo(1_300);
  await lane.until(() => lane.position('exit') === 0, 5_000);
  await lane.until(() => lane.position('entry') === 100, 3_000);
});

describe('with an exit that never reads as shut, the entry is not shut behind whoever is in the cabin', () => {
  test('after an evacuation that an officer reset too early', async () => {
    const lane = await VirtualLane.open();
    lane.hall.contacts.isFireAlarm = true;
    await lane.run(5_000);
    lane.hall.enter('somebody', 'traveller', 1_000);
    lane.hall.contacts.isFireAlarm = false;
    lane.hall.doors.exit.reads_percent = 50;
    await lane.run(1_000);
    lane.tellLane(reset);
    await lane.run(10 * minute_ms);
    expect([lane.position('entry'), lane.position('exit')]).toEqual([100, 0]);
  });

  test('after maintenance that was ended from inside', async () => {
    const lane = await VirtualLane.open();
    lane.tellLane({ type: 'OFFICER_CLOSED_LANE', ...officer('o', lane) });
    await lane.run(1_000);
    lane.tellLane({ type: 'TECHNICIAN_ASKED_MAINTENANCE', ...technician('t', lane) });
    await lane.run(1_000);
    lane.tellLane({ type: 'OFFICER_CONSENTED_MAINTENANCE', ...officer('o', lane) });
    await lane.run(1_000);
    lane.tellLane({ type: 'TECHNICIAN_MOVED_DOOR', door: 'entry', command: 'open', ...technician('t', lane) });
    await lane.run(5_000);
    expect([lane.state, lane.position('entry')]).toEqual(['maintenance', 100]);
    lane.hall.enter('t', 'traveller', 1_000);
    lane.hall.doors.exit.reads_percent = 50;
    await lane.run(1_000);
    lane.tellLane({ type: 'TECHNICIAN_ENDED_MAINTENANCE', ...technician('t', lane) });
    await lane.run(10 * minute_ms);
    expect(lane.position('entry')).toBe(100);
  });
});

describe('the exit is shut again', () => {
  test('after an evacuation, once an officer has reset it', async () => {
    const lane = await VirtualLane.open();
    lane.hall.contacts.isFireAlarm = true;
    await lane.run(5_000);
    expect([lane.position('entry'), lane.position('exit')]).toEqual([100, 100]);
    lane.hall.contacts.isFireAlarm = false;
    await lane.run(minute_ms);
    expect([lane.position('entry'), lane.position('exit')]).toEqual([100, 100]);
    lane.tellLane(reset);
    await lane.run(10_000);
    expect([lane.position('entry'), lane.position('exit')]).toEqual([0, 0]);
    expect(lane.state).toEqual({ closed: 'shut' });
  });

  test('after a kill while the traveller stood in the exit door', async () => {
    const lane = await VirtualLane.open();
    await lane.toOpenExit();
    lane.walkTo(2_050);
    await lane.run(2_000);
    await lane.restart();
    await lane.run(1_000);
    lane.walkTo(3_300);
    await lane.run(2_000);
    lane.hall.leave('p');
    await lane.run(15_000);
    expect([lane.position('entry'), lane.position('exit')]).toEqual([0, 0]);
    expect(lane.state).toEqual({ open: 'shut' });
    expect(lane.hall.watch.broken).toEqual([]);
  });

  test.each([0, 20, 40, 60, 80])('when the gate hardware restarts in mid-travel (phase %i ms)', async (phase_ms) => {
    const lane = await VirtualLane.open();
    const id = await lane.toCapturing();
    lane.faceMatches(id);
    await lane.until(() => lane.position('exit') > 30);
    await lane.until(() => Math.round(lane.clock.monotonic_ms()) % 100 === phase_ms);
    lane.plc.restart();
    await lane.run(2 * minute_ms);
    expect(lane.position('exit') === 0 || lane.position('entry') === 0).toBe(true);
    expectWayOut(lane);
  });
});

describe('an evacuation', () => {
  test('that begins with the very document closes nothing by itself', async () => {
    const lane = await VirtualLane.open();
    lane.presentDocument();
    lane.hall.contacts.isFireAlarm = true;
    await lane.run(5_000);
    lane.hall.contacts.isFireAlarm = false;
    await lane.run(2 * minute_ms);
    expect([lane.position('entry'), lane.position('exit')]).toEqual([100, 100]);
    expect(lane.state).toBe('evacuation');
  });

  test('that begins while the entry is about to close closes nothing by itself', async () => {
    const lane = await VirtualLane.open();
    await lane.toEntering();
    await lane.walkIn('separating');
    lane.hall.contacts.isFireAlarm = true;
    await lane.run(3_000);
    lane.hall.contacts.isFireAlarm = false;
    await lane.run(2 * minute_ms);
    expect([lane.position('entry'), lane.position('exit')]).toEqual([100, 100]);
  });

  test('outlives a restart', async () => {
    const lane = await VirtualLane.open();
    lane.hall.contacts.isFireAlarm = true;
    await lane.run(3_000);
    lane.kill();
    lane.hall.contacts.isFireAlarm = false;
    await lane.run(4_000);
    await lane.boot();
    await lane.run(minute_ms);
    expect(lane.state).toBe('evacuation');
  });
});

test('a disk that never answers stops the controller, so that the hardware secures the doors', async () => {
  const lane = await VirtualLane.open();
  await lane.toCapturing();
  lane.journal.isHanging = true;
  lane.hall.contacts.isFireAlarm = true;
  await lane.run(5_000);
  expect(lane.fatal[0]).toMatch(/^KERNEL_COMMIT_LATE/);
});

test('a watchdog latch is cleared although the first attempts are lost on the line', async () => {
  const lane = await VirtualLane.open();
  lane.kill();
  await lane.run(3_000);
  await lane.boot();
  lane.gateIO.lostClears = 3;
  await lane.run(20_000);
  expect(lane.gateIO.reading()?.hasWatchdogTripped).toBe(false);
  expect(lane.state).toEqual({ open: 'shut' });
});
