import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { ModbusClient } from '../../drivers/gate-io/client.ts';
import { systemClock } from '../../drivers/transport/clock.ts';
import { SerialLink } from '../../drivers/transport/serial-link.ts';
import { ModbusSlave } from '../../simulator/devices/modbus-slave.ts';
import type { Line } from '../../simulator/wire/line.ts';
import { temporaryLine, until } from '../drivers/harness.ts';
import { PlainMemory } from '../drivers/register-memory.ts';
import { mbpoll, needs, python, run } from './debian-program.ts';

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function slaveOn(line: Line): PlainMemory {
  const memory = new PlainMemory();
  const slave = new ModbusSlave(line, 1, memory);
  onTestFinished(() => slave.close());
  return memory;
}

const rtu = ['-m', 'rtu', '-b', '115200', '-P', 'none', '-a', '1', '-0', '-1'];

test('mbpoll reads and writes the simulated slave', async (context) => {
  needs(context, mbpoll);
  const line = temporaryLine();
  const memory = slaveOn(line);
  const inputs = await run(mbpoll, [...rtu, '-r', '0', '-c', '8', '-t', '1', line.path]);
  expect(inputs.output).toMatch(/\[3\]:\s+1/);
  expect(inputs.output).toMatch(/\[4\]:\s+0/);
  const registers = await run(mbpoll, [...rtu, '-r', '8', '-c', '3', '-t', '3', line.path]);
  expect(registers.output).toMatch(/\[10\]:\s+1010/);
  const written = await run(mbpoll, [...rtu, '-r', '8', '-t', '4', line.path, '7', '8', '9']);
  expect(written.output).toContain('Written 3 references.');
  expect(memory.holding.slice(8, 11)).toEqual([7, 8, 9]);
  const coil = await run(mbpoll, [...rtu, '-r', '2', '-t', '0', line.path, '1']);
  expect(coil.output).toContain('Written 1 references.');
  expect(memory.coils[2]).toBe(true);
});

test('mbpoll is refused an address that does not exist, and hears nothing from another unit', async (context) => {
  needs(context, mbpoll);
  const line = temporaryLine();
  slaveOn(line);
  const beyond = await run(mbpoll, [...rtu, '-r', '99', '-c', '2', '-t', '4', line.path]);
  expect(beyond.output).toContain('Illegal data address');
  expect(beyond.code).toBe(1);
  const other = await run(mbpoll, [...rtu, '-a', '2', '-o', '0.3', '-r', '0', '-c', '1', '-t', '4', line.path]);
  expect(other.output).toMatch(/timed out/i);
});

test('pymodbus reads and writes the simulated slave', async (context) => {
  needs(context, python);
  const line = temporaryLine();
  const memory = slaveOn(line);
  const { output } = await run(python, [script('modbus-client.py'), line.path]);
  expect(output).toContain('connect True');
  expect(output).toContain('inputs [False, False, False, True, False, False, False, False]');
  expect(output).toContain('registers [1005, 1006, 1007]');
  expect(output).toContain('write False');
  expect(output).toContain('holding [7, 8, 9]');
  expect(output).toContain('coils False [False, False, True, False, True, False, False, False]');
  expect(output).toMatch(/beyond .*(IllegalAddress|Exception Response\(132)/);
  expect(memory.holding.slice(10, 13)).toEqual([7, 8, 9]);
});

test('the client reads and writes the server of pymodbus', async (context) => {
  needs(context, python);
  // A null modem: each side opens a port of its own.
  const ours = temporaryLine();
  const theirs = temporaryLine();
  ours.onBytes((bytes) => theirs.write(bytes));
  theirs.onBytes((bytes) => ours.write(bytes));
  void run(python, [script('modbus-server.py'), theirs.path]);
  const link = new SerialLink(
    { path: ours.path, baudRate: 115200 },
    { opened: () => {}, received: (bytes) => client.receive(bytes), closed: () => {} },
  );
  const client = new ModbusClient({ unit: 1, line: link, clock: systemClock, timeout_ms: 400, quarantine_ms: 100 });
  onTestFinished(async () => {
    client.rejectAll(new DeviceError('DEVICE_STOPPED'));
    await link.stop();
  });
  link.start();
  await until('open', () => link.isOpen);
  let first: readonly number[] | undefined;
  for (let attempt = 0; attempt < 30 && first === undefined; attempt++) {
    // The server needs a moment to start; before that nobody answers.
    first = await client.readInputRegisters(0, 12).catch(() => undefined);
  }
  expect(first).toEqual(Array.from({ length: 12 }, (_, i) => 1000 + i));
  expect(await client.readDiscreteInputs(0, 4)).toEqual([false, true, false, true]);
  await client.writeRegisters(20, [400, 500, 600]);
  await client.writeRegister(23, 700);
  expect(await client.readHoldingRegisters(19, 6)).toEqual([19, 400, 500, 600, 700, 24]);
  await expect(client.readInputRegisters(99, 5)).rejects.toMatchObject({ code: 'DEVICE_REFUSED' });
});
