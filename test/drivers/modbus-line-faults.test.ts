/**
 * The misfortunes under which public Modbus masters return wrong data or hang, against the own client. Register n holds
 * 1000 + n, so that an answer to another question is seen at once.
 */
import { expect, onTestFinished, test } from 'vitest';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { ModbusClient } from '../../drivers/gate-io/client.ts';
import { systemClock } from '../../drivers/transport/clock.ts';
import { SerialLink } from '../../drivers/transport/serial-link.ts';
import { ModbusSlave } from '../../simulator/devices/modbus-slave.ts';
import {
  delayWrites,
  duplicateWrites,
  flipBits,
  noiseBefore,
  noiseOnly,
  splitWrites,
  truncateWrites,
} from '../../simulator/wire/line-fault.ts';
import type { Line } from '../../simulator/wire/line.ts';
import { seeded, temporaryLine } from './harness.ts';
import { PlainMemory } from './register-memory.ts';

type Setup = { readonly line: Line; readonly client: ModbusClient; readonly slave: ModbusSlave; noise_bytes: number };

async function connect(): Promise<Setup> {
  const line = temporaryLine();
  const slave = new ModbusSlave(line, 1, new PlainMemory());
  let opened = (): void => {};
  const isOpen = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const link = new SerialLink(
    { path: line.path, baudRate: 115200 },
    {
      opened,
      received: (bytes) => client.receive(bytes),
      closed: () => client.rejectAll(new DeviceError('DEVICE_DISCONNECTED')),
    },
  );
  const setup = { line, slave, noise_bytes: 0 };
  const client = new ModbusClient({
    unit: 1,
    line: link,
    clock: systemClock,
    timeout_ms: 150,
    quarantine_ms: 300,
    onNoise: (count) => {
      setup.noise_bytes += count;
    },
  });
  onTestFinished(async () => {
    slave.close();
    await link.stop();
  });
  link.start();
  await isOpen;
  return Object.assign(setup, { client });
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    (error: unknown) => (error instanceof DeviceError ? error.code : String(error)),
  );

test('an answer that comes after its time-out is not taken for the answer to the next question', async () => {
  const { line, client } = await connect();
  const remove = line.addFault(delayWrites({ delay_ms: 220 }));
  const first = codeOf(client.readInputRegisters(10, 1));
  const second = client.readInputRegisters(20, 1);
  const third = client.readInputRegisters(30, 1);
  expect(await first).toBe('DEVICE_TIMEOUT');
  remove();
  expect(await second).toEqual([1020]);
  expect(await third).toEqual([1030]);
});

test('an answer with a wrong CRC is no answer, and the next question gets its own', async () => {
  const { line, client } = await connect();
  const remove = line.addFault(flipBits({ direction: 'toHost', probability: 0.3, entropy: seeded(1) }));
  expect(await codeOf(client.readInputRegisters(1, 4))).toBe('DEVICE_TIMEOUT');
  remove();
  expect(await client.readInputRegisters(2, 2)).toEqual([1002, 1003]);
});

test('noise before an answer does not hurt', async () => {
  const setup = await connect();
  setup.line.addFault(noiseBefore({ noise: Uint8Array.of(0x00, 0xff, 0x01) }));
  expect(await setup.client.readInputRegisters(1, 1)).toEqual([1001]);
  expect(await setup.client.readInputRegisters(2, 1)).toEqual([1002]);
  expect(setup.noise_bytes).toBeGreaterThan(0);
});

test('an answer that comes byte by byte is an answer', async () => {
  const { line, client } = await connect();
  line.addFault(splitWrites({ size_bytes: 1, gap_ms: 4 }));
  expect(await client.readInputRegisters(2, 2)).toEqual([1002, 1003]);
});

test('an answer that comes twice is used once', async () => {
  const { line, client } = await connect();
  const remove = line.addFault(duplicateWrites());
  expect(await client.readInputRegisters(1, 3)).toEqual([1001, 1002, 1003]);
  remove();
  expect(await client.readInputRegisters(7, 2)).toEqual([1007, 1008]);
});

test('three questions at once get three answers, one after the other', async () => {
  const { client } = await connect();
  const answers = [3, 4, 5].map((address) => client.readInputRegisters(address, 1));
  expect(await Promise.all(answers)).toEqual([[1003], [1004], [1005]]);
});

test('noise in place of an answer ends in a time-out, and half an answer does too', async () => {
  const { line, client } = await connect();
  let remove = line.addFault(noiseOnly({ entropy: seeded(3) }));
  expect(await codeOf(client.readInputRegisters(1, 20))).toBe('DEVICE_TIMEOUT');
  remove();
  remove = line.addFault(truncateWrites({ keep_bytes: 6 }));
  expect(await codeOf(client.readInputRegisters(2, 4))).toBe('DEVICE_TIMEOUT');
  remove();
  expect(await client.readInputRegisters(2, 1)).toEqual([1002]);
});

test('a request damaged on its way is not carried out, and the slave is in step for the next', async () => {
  const { line, client, slave } = await connect();
  const remove = line.addFault(flipBits({ direction: 'fromHost', probability: 0.5, entropy: seeded(4) }));
  expect(await codeOf(client.writeRegisters(0, [7, 8, 9]))).toBe('DEVICE_TIMEOUT');
  remove();
  expect(await client.readHoldingRegisters(0, 3)).toEqual([0, 0, 0]);
  expect(slave.stats().requests).toBe(1);
});

test('a question that the device refuses is answered by the refusal', async () => {
  const { client } = await connect();
  await expect(client.readInputRegisters(99, 2)).rejects.toMatchObject({ code: 'DEVICE_REFUSED' });
  expect(await client.readDiscreteInputs(0, 8)).toEqual([false, false, false, true, false, false, false, false]);
});

test('unplugging rejects the question on the line and those that wait', async () => {
  const { line, client } = await connect();
  expect(await client.readInputRegisters(0, 1)).toEqual([1000]);
  line.addFault(delayWrites({ delay_ms: 100 }));
  const calls = [0, 1, 2].map((address) => codeOf(client.readInputRegisters(address, 1)));
  line.unplug();
  expect(await Promise.all(calls)).toEqual(['DEVICE_DISCONNECTED', 'DEVICE_DISCONNECTED', 'DEVICE_DISCONNECTED']);
});

test('more questions than may wait are refused at once', async () => {
  const { client } = await connect();
  const calls = Array.from({ length: 12 }, () => codeOf(client.readInputRegisters(0, 1)));
  const results = await Promise.all(calls);
  expect(results.filter((result) => result === 'answered')).toHaveLength(9);
  expect(results.filter((result) => result === 'DEVICE_BUSY')).toHaveLength(3);
});
