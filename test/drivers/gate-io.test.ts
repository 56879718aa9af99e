import { expect, onTestFinished, test } from 'vitest';
import type { GateIO, GateIOEvent, GateReading } from '../../drivers/contracts/gate-io.ts';
import { createGateIO, type GateIOOptions } from '../../drivers/gate-io/driver.ts';
import { ModbusSlave } from '../../simulator/devices/modbus-slave.ts';
import { dropWrites, flipBits, noiseBefore, noiseOnly } from '../../simulator/wire/line-fault.ts';
import type { Line } from '../../simulator/wire/line.ts';
import { Recording, seeded, temporaryLine, until } from './harness.ts';
import { GateMemory, quietGate } from './register-memory.ts';

type Setup = {
  readonly line: Line;
  readonly memory: GateMemory;
  readonly gate: GateIO;
  readonly heard: Recording<GateIOEvent>;
};

/** Tests share their machine: limits as wide as a busy one needs, but where staleness itself is looked at. */
function gateOn(options: Partial<GateIOOptions> = {}): Setup {
  const line = temporaryLine();
  const memory = new GateMemory();
  const slave = new ModbusSlave(line, 1, memory);
  onTestFinished(() => slave.close());
  const gate = createGateIO({ path: line.path, stale_ms: 1000, answer_ms: 250, ...options });
  return { line, memory, gate, heard: new Recording(gate) };
}

async function inService(options: Partial<GateIOOptions> = {}): Promise<Setup> {
  const setup = gateOn(options);
  await setup.heard.cleared('GATE_READING_STALE');
  return setup;
}

const lastWrite = (memory: GateMemory) => memory.writes.at(-1);
const isReading = (matches: (reading: GateReading) => boolean) => (event: { readonly type: string }) =>
  event.type === 'readingChanged' && matches((event as GateIOEvent).reading);

test('a gate that answers is read, and its faults are cleared', async () => {
  const { gate, heard, memory } = await inService();
  expect(heard.standing).toEqual([]);
  expect(gate.reading()).toEqual(quietGate);
  expect(gate.identification()).toBe('register map 1');
  expect(memory.writes[0]).toMatchObject({
    commands: { entry: 'hold', exit: 'hold' },
    mode: 'secured',
    watchdog_ms: 1000,
  });
});

test('a command is acknowledged, stated again, and stands until it changes', async () => {
  const { gate, memory } = await inService();
  await gate.command('entry', 'open');
  expect(lastWrite(memory)?.commands).toEqual({ entry: 'open', exit: 'hold' });
  const stated = memory.writes.length;
  await until('stated three times more', () => memory.writes.length >= stated + 3);
  expect(memory.writes.slice(stated - 1).every((write) => write.commands.entry === 'open')).toBe(true);
  await gate.command('entry', 'close');
  expect(lastWrite(memory)?.commands).toEqual({ entry: 'close', exit: 'hold' });
});

test('every write has a new sequence', async () => {
  const { memory } = await inService();
  await until('twenty writes', () => memory.writes.length >= 20);
  const sequences = memory.writes.map((write) => write.sequence);
  expect(new Set(sequences).size).toBe(sequences.length);
});

test('lamps and mode reach the hardware', async () => {
  const { gate, memory } = await inService();
  const lamps = { entry: 'green', exit: 'red', document: 'take' } as const;
  gate.setLamps(lamps);
  gate.setMode('normal');
  await until('lamps written', () => lastWrite(memory)?.mode === 'normal');
  expect(lastWrite(memory)?.lamps).toEqual(lamps);
});

test('what changes at the gate is told with what it was before', async () => {
  const { memory, heard } = await inService();
  const changed = heard.next(
    'emergency',
    isReading((reading) => reading.isEmergencyOpen),
  );
  memory.reading = { ...quietGate, isEmergencyOpen: true };
  expect(await changed).toMatchObject({ previous: { isEmergencyOpen: false } });
});

test('a door that moves and counters that count are read without an event', async () => {
  const { gate, memory, heard } = await inService();
  const { entry, exit } = quietGate.doors;
  memory.reading = {
    ...quietGate,
    uptime_s: 99,
    passages: 8,
    doors: { entry: { ...entry, position_percent: 40 }, exit },
  };
  await until('position read', () => gate.reading()?.doors.entry.position_percent === 40);
  expect(heard.events.filter((event) => event.type === 'readingChanged')).toHaveLength(1);
});

test('faults that the hardware reports are raised and cleared', async () => {
  const { memory, heard, gate } = await inService();
  const { entry, exit } = quietGate.doors;
  memory.reading = {
    ...quietGate,
    isCoverOpen: true,
    hasWatchdogTripped: true,
    doors: { entry, exit: { ...exit, hasDriveFault: true } },
  };
  await Promise.all([
    heard.raised('COVER_TAMPER'),
    heard.raised('DOOR_DRIVE_FAULT'),
    heard.raised('GATE_WATCHDOG_TRIPPED'),
  ]);
  memory.reading = { ...memory.reading, isCoverOpen: false, doors: quietGate.doors };
  await Promise.all([heard.cleared('COVER_TAMPER'), heard.cleared('DOOR_DRIVE_FAULT')]);
  expect(heard.standing).toEqual(['GATE_WATCHDOG_TRIPPED']);
  await gate.clearWatchdog();
  await heard.cleared('GATE_WATCHDOG_TRIPPED');
});

test('hardware that falls silent leaves no reading and rejects commands, and is back by itself', async () => {
  const { line, gate, heard } = await inService();
  const remove = line.addFault(dropWrites({ every: 1 }));
  await heard.raised('GATE_READING_STALE');
  expect(gate.reading()).toBeUndefined();
  await heard.raised('DEVICE_DISCONNECTED');
  await expect(gate.command('exit', 'open')).rejects.toMatchObject({ code: 'DEVICE_DISCONNECTED' });
  remove();
  await heard.cleared('GATE_READING_STALE');
  expect(heard.standing).toEqual([]);
});

test('a command that nobody acknowledges fails and is taken back', async () => {
  const { line, gate, memory } = await inService({ answer_ms: 600 });
  const remove = line.addFault(dropWrites({ every: 1 }));
  await expect(gate.command('exit', 'open')).rejects.toMatchObject({ name: 'DeviceError' });
  remove();
  const written = memory.writes.length;
  await until('stated anew', () => memory.writes.length > written + 1);
  expect(lastWrite(memory)?.commands.exit).toBe('hold');
});

test('a newer command for the same door takes the place of one that waits', async () => {
  const { gate, memory } = await inService();
  const first = gate.command('exit', 'open');
  const second = gate.command('exit', 'close');
  await expect(first).rejects.toMatchObject({ code: 'DEVICE_BUSY' });
  await second;
  expect(lastWrite(memory)?.commands.exit).toBe('close');
});

test('after unplugging and plugging in again every door is at hold under a fresh sequence', async () => {
  const { line, gate, memory, heard } = await inService();
  await gate.command('entry', 'open');
  const before = lastWrite(memory)?.sequence ?? 0;
  line.unplug();
  await heard.raised('DEVICE_DISCONNECTED');
  expect(gate.reading()).toBeUndefined();
  expect(heard.standing).toEqual(['DEVICE_DISCONNECTED', 'GATE_READING_STALE']);
  const written = memory.writes.length;
  const read = heard.next('reading after the re-connect', (event) => event.type === 'readingChanged');
  line.replug();
  await read;
  expect(heard.standing).toEqual([]);
  expect(memory.writes[written]).toMatchObject({ commands: { entry: 'hold', exit: 'hold' } });
  expect(memory.writes[written]?.sequence).toBeGreaterThan(before);
});

test('hardware that lost power gets no command from before', async () => {
  const { gate, memory, heard } = await inService();
  await gate.command('entry', 'open');
  await until('sequence well above zero', () => (lastWrite(memory)?.sequence ?? 0) > 5);
  const stale = heard.next('stale', (event) => 'code' in event && event.code === 'GATE_READING_STALE');
  memory.restart();
  await stale;
  await heard.cleared('GATE_READING_STALE');
  expect(lastWrite(memory)?.commands).toEqual({ entry: 'hold', exit: 'hold' });
});

test('blocks that echo an old sequence are stale although they keep coming', async () => {
  const { gate, memory, heard } = await inService();
  memory.isEchoing = false;
  await heard.raised('GATE_READING_STALE');
  expect(gate.reading()).toBeUndefined();
  expect(heard.standing).not.toContain('DEVICE_DISCONNECTED');
  memory.isEchoing = true;
  await heard.cleared('GATE_READING_STALE');
});

test('hardware with another register map is read and never written to', async () => {
  const setup = gateOn();
  setup.memory.mapVersion = 2;
  await setup.heard.raised('GATE_MAP_UNKNOWN');
  expect(setup.gate.reading()).toBeUndefined();
  await expect(setup.gate.command('entry', 'open')).rejects.toMatchObject({ code: 'DEVICE_REFUSED' });
  expect(setup.memory.writes).toEqual([]);
  setup.memory.mapVersion = 1;
  await setup.heard.cleared('GATE_READING_STALE');
  expect(setup.heard.standing).toEqual([]);
});

test('hardware that changes its register map in service is not written to any more', async () => {
  const { memory, heard, gate } = await inService();
  await gate.command('entry', 'open');
  memory.mapVersion = 2;
  await heard.raised('GATE_MAP_UNKNOWN');
  expect(gate.reading()).toBeUndefined();
  const written = memory.writes.length;
  memory.mapVersion = 1;
  await heard.cleared('GATE_READING_STALE');
  expect(memory.writes[written]?.commands).toEqual({ entry: 'hold', exit: 'hold' });
});

test('a noisy line is reported and does not make anything up', async () => {
  const { line, gate, heard } = await inService();
  const remove = line.addFault(noiseBefore({ noise: Uint8Array.of(0xff, 0x01, 0x04, 0x00) }));
  await heard.raised('DEVICE_GARBAGE');
  expect(gate.reading()).toEqual(quietGate);
  remove();
  await heard.cleared('DEVICE_GARBAGE');
  expect(heard.standing).toEqual([]);
});

test('on a line that damages bytes both ways the gate is read right or not at all', async () => {
  const { line, memory, heard, gate } = await inService({ answer_ms: 60 });
  const entropy = seeded(20260103);
  const remove = line.addFault(flipBits({ probability: 0.005, entropy }));
  const removeNoise = line.addFault(noiseBefore({ noise: Uint8Array.of(0x01, 0x04) }));
  const seen: (GateReading | undefined)[] = [];
  await until('thirty writes under fault', () => {
    seen.push(gate.reading());
    return memory.writes.length > 30;
  });
  for (const reading of seen) expect([undefined, quietGate]).toContainEqual(reading);
  remove();
  removeNoise();
  await heard.cleared('GATE_READING_STALE');
  await heard.cleared('DEVICE_GARBAGE');
});

test('a port set to another rate than the hardware is a device that does not answer', async () => {
  const { line, heard } = await inService();
  line.device_baud = 19200;
  await heard.raised('DEVICE_DISCONNECTED');
  line.device_baud = undefined;
  await heard.cleared('GATE_READING_STALE');
});

test('noise for answers ends in disconnection, silence of noise in service', async () => {
  const { line, heard } = await inService();
  const remove = line.addFault(noiseOnly({ entropy: seeded(5) }));
  await heard.raised('DEVICE_GARBAGE');
  await heard.raised('DEVICE_DISCONNECTED');
  remove();
  await heard.cleared('GATE_READING_STALE');
});

test('a stopped gate rejects commands and holds no port', async () => {
  const { line, gate } = await inService();
  const pending = gate.command('entry', 'open').catch((error: unknown) => error);
  await gate.stop();
  expect([undefined, 'DEVICE_STOPPED']).toContain(((await pending) as { code?: string } | undefined)?.code);
  await expect(gate.command('entry', 'open')).rejects.toMatchObject({ code: 'DEVICE_STOPPED' });
  const second = createGateIO({ path: line.path });
  const heard = new Recording(second);
  await heard.cleared('DEVICE_DISCONNECTED');
});
