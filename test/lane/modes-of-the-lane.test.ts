/** Attendance, assisted mode, lockdown, maintenance, overlap, topologies: whole lanes in virtual time. */
import { describe, expect, test } from 'vitest';
import { officer, technician, VirtualLane } from './virtual-lane.ts';

const minute_ms = 60_000;
const doors = (lane: VirtualLane) => [lane.position('entry'), lane.position('exit')];

describe('a lane that nobody attends', () => {
  test('does not open, opens once an officer is there, and closes itself half a minute after the last sign of life', async () => {
    const lane = await VirtualLane.open({ attendance: 'required' });
    expect(lane.state).toEqual({ closed: 'shut' });
    lane.controller.attend();
    lane.tellLane({ type: 'OFFICER_OPENED_LANE', ...officer('a', lane) });
    await lane.run(3_000);
    expect(lane.state).toEqual({ open: 'shut' });
    await lane.run(25_000);
    lane.controller.attend();
    await lane.run(25_000);
    expect(lane.state).toEqual({ open: 'shut' });
    await lane.run(6_000);
    expect(lane.state).toEqual({ closed: 'shut' });
    // A sign of life alone opens nothing.
    lane.controller.attend();
    await lane.run(5_000);
    expect(lane.state).toEqual({ closed: 'shut' });
  });

  test('serves who is inside to the end, and nobody after', async () => {
    const lane = await VirtualLane.open({ attendance: 'required' });
    lane.controller.attend();
    lane.tellLane({ type: 'OFFICER_OPENED_LANE', ...officer('a', lane) });
    await lane.run(3_000);
    const id = await lane.toCapturing();
    await lane.run(15_000);
    lane.controller.attend();
    await lane.run(4_000);
    await lane.until(() => lane.state === 'draining', minute_ms);
    expect(lane.controller.kernel.has(id)).toBe(true);
    await lane.run(3 * minute_ms);
    lane.hall.leave('p');
    await lane.until(() => JSON.stringify(lane.state).includes('closed'), 2 * minute_ms);
    lane.presentDocument();
    await lane.run(1_000);
    expect(lane.transactionId).toBeNull();
  });
});

describe('assisted mode', () => {
  test('holds whom every check would admit, until an officer releases', async () => {
    const lane = await VirtualLane.open();
    lane.tellLane({ type: 'OFFICER_ASSISTED_LANE', ...officer('a', lane) });
    await lane.run(100);
    expect(lane.state).toEqual({ assisted: 'shut' });
    const id = await lane.toCapturing();
    lane.faceMatches(id);
    await lane.run(5_000);
    expect(lane.step).toEqual({ held: 'waiting' });
    expect(doors(lane)).toEqual([0, 0]);
    lane.tell(id, { type: 'OFFICER_RELEASED', reason: 'seen', ...officer('a', lane) });
    await lane.until(() => lane.position('exit') === 100);
    lane.walkTo(4_000);
    await lane.until(() => lane.transactionId === null);
    const last = lane.journal.recordsOf(id).at(-1);
    expect(JSON.parse(last?.state ?? '')).toMatchObject({
      value: 'released',
      context: { decision: 'refer', reasons: ['OFFICER_CONFIRMATION_REQUIRED'], departure: 'released' },
    });
  });

  test('begins when the risk service is down and ends after a minute without trouble', async () => {
    const lane = await VirtualLane.open();
    lane.isRiskDown = true;
    await lane.until(() => JSON.stringify(lane.state).includes('assisted'), minute_ms);
    lane.isRiskDown = false;
    await lane.run(50_000);
    expect(lane.state).toEqual({ assisted: 'shut' });
    await lane.run(25_000);
    expect(lane.state).toEqual({ open: 'shut' });
  });

  test('does not flap with a service that comes and goes', async () => {
    const lane = await VirtualLane.open();
    lane.isRiskDown = true;
    await lane.until(() => JSON.stringify(lane.state).includes('assisted'), minute_ms);
    for (let turn = 0; turn < 4; turn += 1) {
      lane.isRiskDown = turn % 2 === 1;
      await lane.run(40_000);
      expect(lane.state).toEqual({ assisted: 'shut' });
    }
  });
});

describe('a lockdown', () => {
  test('begins when somebody comes in through the open exit; only two officers end it', async () => {
    const lane = await VirtualLane.open();
    const id = await lane.toOpenExit();
    lane.walkTo(4_500);
    await lane.until(() => lane.step === 'closingExit');
    lane.hall.enter('intruder', 'traveller', 1_500);
    await lane.until(() => JSON.stringify(lane.state).includes('lockdown'), 5_000);
    await lane.run(3 * minute_ms);
    // The intruder is never let through to the entry side.
    expect(doors(lane)).toEqual([0, 0]);
    expect(lane.step).toEqual({ held: 'escalated' });
    lane.tell(id, { type: 'OFFICER_RETURNED', reason: 'wrong', ...officer('a', lane) });
    await lane.run(3_000);
    expect(doors(lane)).toEqual([0, 0]);
    lane.tell(id, { type: 'OFFICER_RELEASED', reason: 'seen', ...officer('a', lane) });
    lane.tell(id, { type: 'OFFICER_RELEASED', reason: 'seen', ...officer('b', lane) });
    await lane.until(() => lane.position('exit') === 100);
    lane.hall.leave('intruder');
    await lane.until(() => lane.transactionId === null);
    expect(JSON.parse(lane.journal.recordsOf(id).at(-1)?.state ?? '').value).toBe('admitted');
    for (const name of ['a', 'a'])
      lane.tellLane({ type: 'OFFICER_RESET_LOCKDOWN', reason: 'seen', ...officer(name, lane) });
    await lane.run(1_000);
    expect(JSON.stringify(lane.state)).toContain('lockdown');
    lane.tellLane({ type: 'OFFICER_RESET_LOCKDOWN', reason: 'seen', ...officer('b', lane) });
    await lane.run(10_000);
    expect(lane.state).toEqual({ closed: 'shut' });
    expect(lane.hall.watch.broken).toEqual([]);
  });

  test('lets somebody in the cabin out to the entry side after a minute, and stays', async () => {
    const lane = await VirtualLane.open();
    await lane.toCapturing();
    lane.tellLane({ type: 'OFFICER_LOCKED_LANE', isDuress: true, ...officer('a', lane) });
    await lane.run(1_000);
    expect(lane.step).toEqual({ held: 'waiting' });
    await lane.run(50_000);
    expect(doors(lane)).toEqual([0, 0]);
    await lane.run(15_000);
    expect(doors(lane)).toEqual([100, 0]);
    lane.hall.leave('p');
    await lane.run(10_000);
    expect(doors(lane)).toEqual([0, 0]);
    expect(JSON.stringify(lane.state)).toContain('lockdown');
  });

  test('outlives a restart', async () => {
    const lane = await VirtualLane.open();
    lane.tellLane({ type: 'OFFICER_LOCKED_LANE', isDuress: false, ...officer('a', lane) });
    await lane.run(1_000);
    lane.kill();
    await lane.boot();
    await lane.run(minute_ms);
    expect(JSON.stringify(lane.state)).toContain('lockdown');
  });

  test('begins within a second when a shut door comes open by itself', async () => {
    const lane = await VirtualLane.open();
    await lane.run(2_000);
    lane.hall.doors.exit.position_percent = 40;
    await lane.until(() => JSON.stringify(lane.state).includes('lockdown'), 1_000);
  });
});

describe('maintenance', () => {
  test('needs a technician who asks and an officer who consents; then doors move by hand, and no traveller is served', async () => {
    const lane = await VirtualLane.open();
    lane.tellLane({ type: 'OFFICER_CLOSED_LANE', ...officer('a', lane) });
    await lane.run(500);
    lane.tellLane({ type: 'OFFICER_CONSENTED_MAINTENANCE', ...officer('a', lane) });
    await lane.run(500);
    expect(lane.state).toEqual({ closed: 'shut' });
    lane.tellLane({ type: 'TECHNICIAN_ASKED_MAINTENANCE', ...technician('tech', lane) });
    await lane.run(500);
    lane.tellLane({ type: 'OFFICER_CONSENTED_MAINTENANCE', ...officer('tech', lane) });
    await lane.run(500);
    expect(lane.state).toEqual({ closed: 'shut' });
    lane.tellLane({ type: 'OFFICER_CONSENTED_MAINTENANCE', ...officer('a', lane) });
    await lane.run(500);
    expect(lane.state).toBe('maintenance');
    // The software would let both stand open; the gate's hardware allows one at a time.
    const move = async (door: 'entry' | 'exit', command: 'open' | 'close') => {
      lane.tellLane({ type: 'TECHNICIAN_MOVED_DOOR', door, command, ...technician('tech', lane) });
      await lane.run(3_000);
    };
    await move('entry', 'open');
    expect(doors(lane)).toEqual([100, 0]);
    await move('entry', 'close');
    await move('exit', 'open');
    expect(doors(lane)).toEqual([0, 100]);
    lane.presentDocument();
    await lane.run(500);
    expect(lane.transactionId).toBeNull();
    lane.tellLane({ type: 'TECHNICIAN_ENDED_MAINTENANCE', ...technician('tech', lane) });
    await lane.run(20_000);
    expect(doors(lane)).toEqual([0, 0]);
    expect(lane.state).toEqual({ closed: 'shut' });
  });
});

describe('a restart', () => {
  test('finds the lane as it is configured now, not as it was before', async () => {
    const lane = await VirtualLane.open();
    lane.kill();
    lane.how = { topology: 'one-step' };
    await lane.boot();
    await lane.until(() => JSON.stringify(lane.state).includes('inviting'), 20_000);
  });
});

describe('commands in their turn', () => {
  test('one that comes to its turn more than five seconds after it was given is void', async () => {
    const lane = await VirtualLane.open();
    const late = { officer: 'a', validUntil_ms: lane.clock.now_ms() - 1 };
    lane.tellLane({ type: 'OFFICER_CLOSED_LANE', ...late });
    await lane.run(500);
    expect(lane.state).toEqual({ open: 'shut' });
  });
});

describe('overlap', () => {
  test('the next document is read while the traveller before walks out; the entry opens when the cabin is empty and shut', async () => {
    const lane = await VirtualLane.open({ isOverlapping: true });
    const next = await lane.toNext(await lane.toCapturing());
    lane.takeDocument();
    await lane.run(1_000);
    expect(lane.controller.kernel.snapshot(next)?.value).toBe('awaitingCabin');
    expect(lane.position('entry')).toBe(0);
    lane.walkTo(4_500);
    await lane.until(() => lane.transactionId === next);
    await lane.until(() => lane.step === 'entering');
    expect(lane.position('exit')).toBe(0);
    expect(lane.hall.watch.broken).toEqual([]);
  });

  test('whoever waits for the cabin moves no door: the one inside keeps the open way back', async () => {
    const lane = await VirtualLane.open({ isOverlapping: true });
    const first = await lane.toCapturing();
    lane.faceMatches(first);
    await lane.until(() => lane.position('exit') === 100);
    await lane.run(12_000);
    lane.presentOtherDocument();
    const next = await lane.nextInspected();
    await lane.until(() => lane.isHeld, 10_000);
    lane.tell(first, { type: 'OFFICER_RETURNED', reason: 'not well', ...officer('a', lane) });
    await lane.until(() => lane.position('entry') === 100);
    expect(lane.controller.kernel.snapshot(next)?.value).toBe('awaitingRemoval');
    lane.tell(next, { type: 'LANE_FAULTED', codes: ['x:y'] });
    await lane.run(4_000);
    expect(doors(lane)).toEqual([100, 0]);
  });

  test('the document that somebody has gone in with is not taken a second time', async () => {
    const lane = await VirtualLane.open({ isOverlapping: true });
    const first = await lane.toCapturing();
    lane.faceMatches(first);
    await lane.until(() => lane.position('exit') > 50);
    lane.presentDocument();
    const next = await lane.nextInspected();
    await lane.run(100);
    expect(lane.controller.kernel.snapshot(next)?.context).toMatchObject({ reasons: ['DOCUMENT_USED_AGAIN'] });
  });

  test('no document is taken any more once the one before is held', async () => {
    const lane = await VirtualLane.open({ isOverlapping: true });
    const first = await lane.toCapturing();
    lane.faceMatches(first);
    await lane.until(() => lane.isHeld, 40_000);
    lane.presentOtherDocument();
    await lane.run(1_000);
    expect(lane.nextTransactionId).toBeNull();
  });

  test('the next traveller goes to the desk when the one before does not leave', async () => {
    const lane = await VirtualLane.open({ isOverlapping: true });
    const first = await lane.toCapturing();
    const next = await lane.toNext(first);
    lane.takeDocument();
    await lane.until(() => !lane.controller.kernel.has(next), minute_ms);
    expect(JSON.parse(lane.journal.recordsOf(next).at(-1)?.state ?? '').value).toBe('referred');
    expect(lane.transactionId).toBe(first);
    await lane.run(5 * minute_ms);
    expect(doors(lane)).toEqual([100, 0]);
  });
});

describe('a one-step lane', () => {
  test('invites, shuts the entry behind the traveller, and reads the document inside', async () => {
    const lane = await VirtualLane.open({ topology: 'one-step' });
    await lane.run(2_000);
    expect(lane.state).toEqual({ open: 'inviting' });
    expect(lane.position('entry')).toBe(100);
    lane.hall.enter('p', 'traveller', -900);
    lane.walkTo(1_300);
    await lane.until(() => lane.step === 'awaitingDocument');
    expect(doors(lane)).toEqual([0, 0]);
    const id = lane.transactionId ?? '';
    lane.presentDocument();
    await lane.until(() => lane.step === 'inspectingDocument');
    lane.chipInspected(id);
    lane.takeDocument();
    await lane.until(() => lane.step === 'capturing');
    lane.faceMatches(id);
    await lane.until(() => lane.position('exit') === 100);
    lane.walkTo(4_500);
    await lane.until(() => JSON.stringify(lane.state).includes('inviting'));
    expect(lane.hall.watch.broken).toEqual([]);
  });

  test('a document that is refused inside brings an officer, and then the way back', async () => {
    const lane = await VirtualLane.open({ topology: 'one-step' });
    await lane.run(2_000);
    lane.hall.enter('p', 'traveller', -900);
    lane.walkTo(1_300);
    await lane.until(() => lane.step === 'awaitingDocument');
    await lane.run(15_000);
    expect(lane.step).toMatchObject({ held: expect.any(String) });
    await lane.run(2 * minute_ms);
    expect(doors(lane)).toEqual([100, 0]);
  });
});

describe('a segregated lane', () => {
  test('lets in who shows the document of the kiosk at the gate, and nobody else', async () => {
    const lane = await VirtualLane.open({ topology: 'segregated' });
    lane.presentDocument();
    await lane.until(() => lane.transactionId !== null);
    const id = lane.transactionId ?? '';
    lane.chipInspected(id);
    lane.takeDocument();
    await lane.until(() => lane.step === 'awaitingGate');
    lane.presentOtherDocument();
    await lane.run(1_000);
    expect(lane.step).toBe('awaitingGate');
    lane.presentDocument();
    await lane.until(() => lane.step === 'entering', 2_000);
  });
});

describe('something left behind', () => {
  test('ends the passage as admitted, keeps both doors shut on the thing, and takes the lane out of service until it is gone', async () => {
    const lane = await VirtualLane.open();
    const id = await lane.toCapturing();
    lane.hall.putDown('suitcase', 900, 300);
    lane.faceMatches(id);
    await lane.until(() => lane.position('exit') === 100);
    lane.walkTo(4_500);
    await lane.until(() => lane.transactionId === null);
    expect(JSON.parse(lane.journal.recordsOf(id).at(-1)?.state ?? '').value).toBe('admitted');
    await lane.run(minute_ms);
    expect(JSON.stringify(lane.state)).toContain('fault');
    expect(doors(lane)).toEqual([0, 0]);
    lane.hall.takeAway('suitcase');
    await lane.until(() => JSON.stringify(lane.state).includes('open'));
  });
});

describe('a fire alarm', () => {
  test.each(['capturing', 'leaving'])('ends a passage in %s as evacuated, and as nothing else', async (state) => {
    const lane = await VirtualLane.open();
    const id = await lane.toCapturing();
    if (state === 'leaving') {
      lane.faceMatches(id);
      await lane.until(() => lane.position('exit') === 100);
    }
    lane.hall.contacts.isFireAlarm = true;
    await lane.until(() => !lane.controller.kernel.has(id), 2_000);
    expect(JSON.parse(lane.journal.recordsOf(id).at(-1)?.state ?? '')).toMatchObject({
      value: 'interrupted',
      context: { reasons: [], interruption: 'EVACUATION' },
    });
  });
});
