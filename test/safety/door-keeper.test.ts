import { describe, expect, test } from 'vitest';
import { GateRig } from './gate-rig.ts';

/** Commanded against observed: a mismatch is reported within this time. */
const limit_ms = 1_000;

describe('a healthy gate raises nothing', () => {
  test('when both doors open and close in turn', async () => {
    const rig = await GateRig.shut();
    for (let turn = 0; turn < 3; turn += 1) {
      rig.keeper.want('entry', 'open');
      await rig.run(4_000);
      expect(rig.position('entry')).toBe(100);
      rig.keeper.want('entry', 'closed');
      await rig.run(4_000);
      rig.openExit();
      await rig.run(4_000);
      expect(rig.position('exit')).toBe(100);
      rig.keeper.want('exit', 'closed');
      await rig.run(4_000);
    }
    expect(rig.reported).toEqual([]);
  });

  test.each([100, 300, 700, 1_000, 1_300, 1_500, 1_800])(
    'when something comes into the closing zone %i ms after the close was asked, and goes again',
    async (after_ms) => {
      const rig = await GateRig.shut();
      rig.keeper.want('entry', 'open');
      await rig.run(3_000);
      rig.keeper.want('entry', 'closed');
      await rig.run(after_ms);
      rig.hall.putDown('case', 0, 300);
      await rig.run(2_500);
      rig.hall.takeAway('case');
      await rig.run(6_000);
      expect(rig.position('entry')).toBe(0);
      expect(rig.reported).toEqual([]);
    },
  );

  test.each([40, 100, 400, 1_000, 1_300])('when an opening is taken back after %i ms', async (after_ms) => {
    const rig = await GateRig.shut();
    rig.keeper.want('entry', 'open');
    await rig.run(after_ms);
    rig.keeper.want('entry', 'closed');
    await rig.run(6_000);
    expect(rig.position('entry')).toBe(0);
    expect(rig.reported).toEqual([]);
  });

  test('when the alarm opens both doors, and when it is over', async () => {
    const rig = await GateRig.shut();
    rig.hall.contacts.isFireAlarm = true;
    await rig.run(5_000);
    rig.hall.contacts.isFireAlarm = false;
    await rig.run(5_000);
    rig.keeper.endEmergency();
    rig.keeper.want('exit', 'closed');
    await rig.run(5_000);
    rig.keeper.want('entry', 'closed');
    await rig.run(5_000);
    expect([rig.position('entry'), rig.position('exit')]).toEqual([0, 0]);
    expect(rig.reported).toEqual([]);
  });

  test('when the line is lost for a while and the hardware secures the doors by itself', async () => {
    const rig = await GateRig.shut();
    rig.keeper.want('entry', 'open');
    await rig.run(3_000);
    rig.isUnplugged = true;
    await rig.run(10_000);
    rig.isUnplugged = false;
    rig.keeper.want('entry', 'closed');
    await rig.run(5_000);
    expect(rig.reported).toEqual([]);
  });
});

describe('within a second is reported', () => {
  test.each(['entry', 'exit'] as const)('a shut %s that somebody forces', async (door) => {
    const rig = await GateRig.shut();
    const from_ms = rig.clock.monotonic_ms();
    rig.held = { door, position_percent: 8 };
    await rig.run(limit_ms);
    expect(rig.reported).toEqual([{ door, code: 'DOOR_FORCED', at_ms: expect.any(Number) }]);
    expect(rig.reported[0]?.at_ms).toBeLessThanOrEqual(from_ms + limit_ms);
    await rig.run(3_000);
    expect(rig.reported.length).toBe(1);
    rig.held = null;
    await rig.run(3_000);
    expect(rig.over).toEqual([`${door} DOOR_FORCED`]);
  });

  test.each([
    ['opens', 'DOOR_NOT_OPENING'],
    ['closes', 'DOOR_NOT_CLOSING'],
  ] as const)('a drive that no longer %s', async (verb, code) => {
    const rig = await GateRig.shut();
    if (verb === 'closes') {
      rig.keeper.want('entry', 'open');
      await rig.run(3_000);
    }
    rig.hall.doors.entry.hasDriveFault = true;
    rig.keeper.want('entry', verb === 'opens' ? 'open' : 'closed');
    await rig.run(limit_ms);
    expect(rig.reported.map((report) => report.code)).toEqual([code]);
    rig.hall.doors.entry.hasDriveFault = false;
    await rig.run(4_000);
    expect(rig.over).toEqual([`entry ${code}`]);
    expect(rig.reported.length).toBe(1);
  });
});

describe('in maintenance', () => {
  test('both doors open, and a leaf that is moved by hand is not forced', async () => {
    const rig = await GateRig.shut();
    rig.isMaintenance = true;
    rig.keeper.want('exit', 'hold');
    rig.held = { door: 'exit', position_percent: 30 };
    await rig.run(3_000);
    rig.held = null;
    await rig.run(3_000);
    expect(rig.reported).toEqual([]);
    rig.keeper.want('exit', 'open');
    rig.keeper.want('entry', 'open');
    await rig.run(400);
    expect(rig.outputs.next().commands).toEqual({ entry: 'open', exit: 'open' });
  });

  test('no door is asked to close on an obstacle', async () => {
    const rig = await GateRig.shut();
    rig.isMaintenance = true;
    rig.keeper.want('exit', 'open');
    await rig.run(3_000);
    rig.hall.putDown('foot', 2_000, 200);
    rig.keeper.want('exit', 'closed');
    await rig.run(3_000);
    expect(rig.outputs.next().commands.exit).toBe('hold');
    expect(rig.position('exit')).toBe(100);
  });

  test('what was asked without a permission is taken back when it ends', async () => {
    const rig = await GateRig.shut();
    rig.isMaintenance = true;
    rig.keeper.want('exit', 'open');
    await rig.run(400);
    rig.isMaintenance = false;
    await rig.run(200);
    expect(rig.outputs.next().commands.exit).toBe('hold');
  });
});
