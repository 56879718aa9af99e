import { beforeEach, expect, test } from 'vitest';
import type { DoorReading, GateReading } from '../../drivers/contracts/gate-io.ts';
import { Outputs } from '../../drivers/gate-io/outputs.ts';
import { DoorKeeper } from '../../gate-controller/kernel/door-keeper.ts';
import { quietGate } from '../drivers/register-memory.ts';
import { VirtualClock } from './virtual-clock.ts';

const quiet = quietGate;
const shut = quiet.doors.entry;
const open: DoorReading = {
  ...shut,
  motion: 'open',
  position_percent: 100,
  isAtOpenLimit: true,
  isAtClosedLimit: false,
};

let reading: GateReading;
let outputs: Outputs;
let clock: VirtualClock;
let keeper: DoorKeeper;

beforeEach(() => {
  reading = quiet;
  outputs = new Outputs(1_000);
  clock = new VirtualClock();
  keeper = new DoorKeeper({
    gateIO: {
      command: (door, command) => outputs.command(door, command, clock.monotonic_ms() + 1_000),
      reading: () => reading,
    },
    clock,
    currentTransactionId: () => 't',
    isMaintenance: () => false,
    travel_ms: 60_000,
    onMismatch: () => {},
    onMismatchOver: () => {},
  });
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Lets the keeper look again and again, as the lane does. */
async function look(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    keeper.check();
    await turn();
    clock.advance(100);
  }
}

test('a close that superseded an open before it was written is withdrawn when an obstacle comes', async () => {
  reading = { ...quiet, doors: { entry: open, exit: shut } };
  keeper.want('entry', 'open');
  await turn();
  keeper.want('entry', 'closed');
  await turn();
  expect(outputs.next().commands.entry).toBe('close');
  reading = { ...reading, doors: { entry: { ...open, isClosingZoneObstructed: true }, exit: shut } };
  await look(3);
  expect(outputs.next().commands.entry).toBe('hold');
});

test('an exit that was asked to open is asked to hold when its authority has expired', async () => {
  keeper.want('exit', 'closed');
  await turn();
  keeper.want('exit', 'open', { transactionId: 't', by: 'admit', validUntil_ms: clock.monotonic_ms() + 50 });
  await turn();
  expect(outputs.next().commands.exit).toBe('open');
  clock.advance(100);
  await look(3);
  expect(outputs.next().commands.exit).toBe('hold');
});

test('nothing is asked after a fire alarm, though it ended, until the lane says that it is over', async () => {
  keeper.want('entry', 'open');
  await look(2);
  reading = { ...quiet, isFireAlarm: true };
  await look(2);
  expect(outputs.next().commands).toEqual({ entry: 'hold', exit: 'hold' });
  reading = quiet;
  keeper.want('entry', 'closed');
  await look(3);
  expect(outputs.next().commands).toEqual({ entry: 'hold', exit: 'hold' });
  keeper.endEmergency();
  keeper.want('entry', 'closed');
  await look(3);
  expect(outputs.next().commands.entry).toBe('close');
});
