import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DoorCommand, DoorName, GateMode, Lamps } from '../../drivers/contracts/gate-io.ts';
import { clearSafeKey, decodeBlock, encodeOutputs, holdingRegister } from '../../drivers/gate-io/map.ts';
import { GatePLC } from '../../simulator/devices/gate-plc.ts';
import { isInterlockHolding } from '../../simulator/devices/plc.ts';
import { Hall } from '../../simulator/hall/hall.ts';

const cycle_ms = 10;
const off: Lamps = { entry: 'off', exit: 'off', document: 'off' };

/** A hall with its hardware and a host that states its wishes in every cycle until it falls silent. */
class Bench {
  readonly hall = new Hall();
  readonly plc = new GatePLC(this.hall);
  readonly commands: Record<DoorName, DoorCommand> = { entry: 'hold', exit: 'hold' };
  mode: GateMode = 'normal';
  lamps: Lamps = off;
  isHostAlive = true;
  #sequence = 0;

  run(time_ms: number): void {
    for (let passed_ms = 0; passed_ms < time_ms; passed_ms += cycle_ms) {
      if (this.isHostAlive) this.write();
      this.hall.tick(cycle_ms);
      this.plc.tick(cycle_ms);
    }
  }

  write(): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const { commands, lamps, mode } = this;
    const outputs = encodeOutputs({ sequence: this.#sequence, commands, lamps, mode, watchdog_ms: 500 });
    expect(this.plc.writeHoldingRegisters(0, outputs)).toBe('written');
  }

  clearWatchdog(): void {
    this.plc.writeHoldingRegisters(holdingRegister.clearSafe, [clearSafeKey]);
  }

  block() {
    const registers = this.plc.readInputRegisters(0, 12);
    if (typeof registers === 'string') throw new Error(registers);
    return decodeBlock(registers);
  }

  opened(door: DoorName): Bench {
    this.run(100);
    this.commands[door] = 'open';
    this.run(1500);
    expect(this.hall.doors[door].position_percent).toBe(100);
    return this;
  }

  position(door: DoorName): number {
    return this.hall.doors[door].position_percent;
  }
}

test('a door that is asked to open opens, and reports it by its limit switch', () => {
  const bench = new Bench().opened('entry');
  const { entry, exit } = bench.block().reading.doors;
  expect([entry.motion, entry.isAtOpenLimit, entry.isAtClosedLimit, entry.position_percent]).toEqual([
    'open',
    true,
    false,
    100,
  ]);
  expect([exit.motion, exit.isAtClosedLimit]).toEqual(['closed', true]);
});

test('a door that meets a body while it closes stops and opens to the end, although the host asks to close', () => {
  const bench = new Bench().opened('entry');
  bench.commands.entry = 'close';
  bench.run(400);
  expect(bench.block().reading.doors.entry.motion).toBe('closing');
  bench.hall.putDown('bag', 0, 200);
  bench.run(50);
  expect(bench.block().reading.doors.entry.motion).toBe('opening');
  bench.run(3000);
  expect(bench.position('entry')).toBe(100);
  bench.hall.takeAway('bag');
  bench.run(2500);
  expect(bench.position('entry')).toBe(0);
});

test('an obstruction that is gone again does not shorten the reopening', () => {
  const bench = new Bench().opened('entry');
  bench.commands.entry = 'close';
  bench.run(700);
  bench.hall.putDown('bag', 0, 200);
  bench.run(30);
  bench.hall.takeAway('bag');
  bench.run(700);
  expect(bench.position('entry')).toBe(100);
});

test('the second door stays locked until the first has reached its closed limit', () => {
  const bench = new Bench().opened('entry');
  bench.commands.exit = 'open';
  bench.run(2000);
  expect(bench.position('exit')).toBe(0);
  bench.commands.entry = 'close';
  bench.run(1400);
  expect(bench.position('entry')).toBeGreaterThan(0);
  expect(bench.position('exit')).toBe(0);
  bench.run(1500);
  expect(bench.position('entry')).toBe(0);
  expect(bench.position('exit')).toBe(100);
});

test('when both doors are asked for at once, only the exit opens', () => {
  const bench = new Bench();
  bench.run(100);
  bench.commands.entry = 'open';
  bench.commands.exit = 'open';
  bench.run(1500);
  expect([bench.position('entry'), bench.position('exit')]).toEqual([0, 100]);
});

test('a lost heartbeat closes and locks the doors, and is latched until the key is written by a live host', () => {
  const bench = new Bench().opened('entry');
  bench.isHostAlive = false;
  bench.run(3000);
  expect(bench.position('entry')).toBe(0);
  expect(bench.block().reading.hasWatchdogTripped).toBe(true);
  expect(bench.block().watchdogEvents).toBe(1);
  bench.clearWatchdog();
  bench.run(100);
  expect(bench.block().reading.hasWatchdogTripped).toBe(true);
  bench.isHostAlive = true;
  bench.run(200);
  expect(bench.block().reading.hasWatchdogTripped).toBe(true);
  bench.plc.writeHoldingRegisters(holdingRegister.clearSafe, [clearSafeKey - 1]);
  bench.run(100);
  expect(bench.block().reading.hasWatchdogTripped).toBe(true);
  bench.clearWatchdog();
  bench.run(100);
  expect(bench.block().reading.hasWatchdogTripped).toBe(false);
});

test('an open that stood when the heartbeat was lost opens nothing after clearing until it is asked for anew', () => {
  const bench = new Bench().opened('entry');
  bench.isHostAlive = false;
  bench.run(3000);
  bench.isHostAlive = true;
  bench.run(100);
  bench.clearWatchdog();
  bench.run(2000);
  expect(bench.position('entry')).toBe(0);
  bench.commands.entry = 'hold';
  bench.run(50);
  bench.commands.entry = 'open';
  bench.run(1500);
  expect(bench.position('entry')).toBe(100);
});

test('a door that lost its host in mid-reopening finishes it before it closes', () => {
  const bench = new Bench().opened('entry');
  bench.commands.entry = 'close';
  bench.run(700);
  bench.hall.putDown('bag', 0, 200);
  bench.isHostAlive = false;
  bench.run(2000);
  expect(bench.block().reading.hasWatchdogTripped).toBe(true);
  expect(bench.position('entry')).toBe(100);
  bench.hall.takeAway('bag');
  bench.run(3000);
  expect(bench.position('entry')).toBe(0);
});

test('after power-up commands are ignored until the sequence changes, and the position is unknown until a limit is seen', () => {
  const bench = new Bench().opened('entry');
  bench.run(10);
  bench.isHostAlive = false;
  bench.hall.putDown('bag', 0, 200);
  bench.hall.doors.entry.position_percent = 60;
  bench.plc.restart();
  bench.run(100);
  expect(bench.block().reading.doors.entry).toMatchObject({ motion: 'unknown', position_percent: null });
  expect(bench.plc.lamps).toEqual({ entry: 'red', exit: 'red', document: 'off' });
  bench.hall.takeAway('bag');
  bench.run(100);
  expect(bench.block().reading.doors.entry.motion).toBe('calibrating');
  bench.run(1500);
  expect(bench.block().reading.doors.entry).toMatchObject({ motion: 'closed', position_percent: 0 });
  bench.isHostAlive = true;
  bench.run(1500);
  expect(bench.position('entry')).toBe(0);
});

test('an emergency opens both doors within a second of door time, whatever the host asks, and they stay open afterwards', () => {
  const bench = new Bench();
  bench.run(100);
  bench.commands.entry = 'close';
  bench.commands.exit = 'close';
  bench.hall.contacts.isEmergencyHealthy = false;
  bench.run(1300);
  expect([bench.position('entry'), bench.position('exit')]).toEqual([100, 100]);
  expect(bench.block().reading.isEmergencyOpen).toBe(true);
  bench.commands.entry = 'open';
  bench.commands.exit = 'hold';
  bench.hall.contacts.isEmergencyHealthy = true;
  bench.run(1000);
  expect([bench.position('entry'), bench.position('exit')]).toEqual([100, 100]);
  bench.commands.entry = 'close';
  bench.commands.exit = 'close';
  bench.run(2000);
  expect([bench.position('entry'), bench.position('exit')]).toEqual([0, 0]);
  expect(bench.hall.watch.broken).toEqual([]);
});

test('a fire alarm opens both doors even when the host is lost', () => {
  const bench = new Bench();
  bench.isHostAlive = false;
  bench.run(1000);
  bench.hall.contacts.isFireAlarm = true;
  bench.run(1300);
  expect([bench.position('entry'), bench.position('exit')]).toEqual([100, 100]);
});

test('mode secured closes, and mode free exit lets out whoever stands in the chamber and nobody in', () => {
  const bench = new Bench().opened('entry');
  bench.mode = 'secured';
  bench.run(2000);
  expect(bench.position('entry')).toBe(0);
  bench.mode = 'freeExit';
  bench.run(500);
  expect([bench.position('entry'), bench.position('exit')]).toEqual([0, 0]);
  bench.hall.enter('somebody', 'traveller', 1000);
  bench.run(1500);
  expect([bench.position('entry'), bench.position('exit')]).toEqual([0, 100]);
});

test('a drive with a fault does not move, says so, and the other door stays locked while it is not shut', () => {
  const bench = new Bench().opened('entry');
  bench.hall.doors.entry.hasDriveFault = true;
  bench.commands.entry = 'close';
  bench.commands.exit = 'open';
  bench.run(2000);
  expect([bench.position('entry'), bench.position('exit')]).toEqual([100, 0]);
  expect(bench.block().reading.doors.entry.hasDriveFault).toBe(true);
  expect(bench.block().lastFault).toBe(2);
});

test('the written sequence is echoed in the polled block', () => {
  const bench = new Bench();
  bench.run(100);
  expect(bench.block().echoedSequence).toBe(10);
});

test('one passage is counted when a body has gone through the exit beam from inside, none for one who comes the other way', () => {
  const bench = new Bench().opened('exit');
  const body = bench.hall.enter('somebody', 'traveller', 1000);
  body.speed_mm_s = 1100;
  body.target_mm = 3500;
  bench.run(3000);
  expect(bench.block().reading.passages).toBe(1);
  body.target_mm = 1000;
  bench.run(3000);
  expect(bench.block().reading.passages).toBe(1);
});

test('addresses outside the map are refused and change nothing', () => {
  const { plc } = new Bench();
  expect(plc.readInputRegisters(11, 2)).toBe('illegal-address');
  expect(plc.readDiscreteInputs(32, 1)).toBe('illegal-address');
  expect(plc.writeHoldingRegisters(6, [1, 1])).toBe('illegal-address');
  expect(plc.readHoldingRegisters(0, 7)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(plc.readCoils()).toBe('illegal-address');
});

const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      address: fc.integer({ min: 0, max: 6 }),
      value: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0xffff }), fc.constant(clearSafeKey)),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('beat' as const),
      entry: fc.constantFrom('hold', 'open', 'close'),
      exit: fc.constantFrom('hold', 'open', 'close'),
      mode: fc.constantFrom('secured', 'normal', 'freeExit'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('walk' as const),
      body: fc.integer({ min: 0, max: 2 }),
      target_mm: fc.integer({ min: -2500, max: 4500 }),
      speed_mm_s: fc.integer({ min: 200, max: 2500 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('contact' as const),
      contact: fc.constantFrom('isEmergencyHealthy', 'isFireAlarm'),
      value: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

test('power that comes back to two doors ajar after an alarm locks neither until one has been shut', () => {
  const hall = new Hall();
  const plc = new GatePLC(hall);
  const run = (cycles: number): void => {
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      hall.tick(cycle_ms);
      plc.tick(cycle_ms);
    }
  };
  hall.contacts.isFireAlarm = true;
  run(5);
  hall.contacts.isFireAlarm = false;
  run(1);
  plc.restart();
  run(1);
  expect(plc.state.isAftermath).toBe(true);
  expect(hall.watch.broken).toEqual([]);
});

test('whatever the host writes and wherever people walk, hardware and hall break no invariant', () => {
  const step = fc.record({ act, ms: fc.integer({ min: 10, max: 900 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const hall = new Hall();
      const plc = new GatePLC(hall);
      const bodies = [-800, -1500, 900].map((position_mm, i) => hall.enter(`b${i}`, 'traveller', position_mm));
      let sequence = 0;
      for (const { act, ms } of steps) {
        if (act.kind === 'write') plc.writeHoldingRegisters(act.address, [act.value]);
        else if (act.kind === 'restart') plc.restart();
        else if (act.kind === 'contact') hall.contacts[act.contact] = act.value;
        else if (act.kind === 'walk')
          Object.assign(bodies[act.body] ?? {}, { target_mm: act.target_mm, speed_mm_s: act.speed_mm_s });
        else {
          sequence = (sequence + 1) & 0xffff;
          const { entry, exit, mode } = act;
          plc.writeHoldingRegisters(
            0,
            encodeOutputs({ sequence, commands: { entry, exit }, lamps: off, mode, watchdog_ms: 500 }),
          );
        }
        for (let passed_ms = 0; passed_ms < ms; passed_ms += cycle_ms) {
          hall.tick(cycle_ms);
          plc.tick(cycle_ms);
          if (!plc.state.isAftermath) expect(isInterlockHolding(plc.state)).toBe(true);
        }
      }
      expect(hall.watch.checked).toBeGreaterThanOrEqual(steps.length);
      expect(hall.watch.broken).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
