import { readlinkSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { SerialLink } from '../../drivers/transport/serial-link.ts';
import {
  delayWrites,
  dropWrites,
  duplicateWrites,
  flipBits,
  garble,
  type LineFault,
  noiseBefore,
  splitWrites,
  truncateWrites,
} from '../../simulator/wire/line-fault.ts';
import type { Line } from '../../simulator/wire/line.ts';
import { seeded, temporaryLine, until } from '../drivers/harness.ts';

type Host = { readonly link: SerialLink; readonly received: number[]; readonly times_ms: number[] };

async function hostOn(line: Line, baudRate = 115200): Promise<Host> {
  const received: number[] = [];
  const times_ms: number[] = [];
  const link = new SerialLink(
    { path: line.path, baudRate },
    {
      opened: () => {},
      received: (bytes) => {
        received.push(...bytes);
        times_ms.push(performance.now());
      },
      closed: () => {},
    },
  );
  onTestFinished(() => link.stop());
  link.start();
  await until('open', () => link.isOpen);
  return { link, received, times_ms };
}

test('the device sees the rate that the driver set, standard or not', async () => {
  for (const baudRate of [9600, 115200, 250_000, 921_600]) {
    const line = temporaryLine();
    await hostOn(line, baudRate);
    expect(line.stats().baudRate).toBe(baudRate);
  }
});

test('bytes need their time on the line, in both directions', async () => {
  const line = temporaryLine();
  const host = await hostOn(line, 9600);
  const arrived: number[] = [];
  line.onBytes((bytes) => arrived.push(...bytes));
  const began_ms = performance.now();
  line.write(new Uint8Array(192));
  host.link.write(new Uint8Array(192));
  await until('all there', () => host.received.length === 192 && arrived.length === 192);
  // 192 bytes of ten bits at 9600 bits per second are 200 ms; a timer may be a little early.
  expect(performance.now() - began_ms).toBeGreaterThan(190);
});

test('the port keeps its name through a replug', async () => {
  const line = temporaryLine();
  const first = readlinkSync(line.path);
  line.unplug();
  expect(() => readlinkSync(line.path)).toThrow();
  expect(line.stats()).toMatchObject({ isPlugged: false, baudRate: null });
  line.write(Uint8Array.of(1)); // into the air
  line.unplug();
  line.replug();
  line.replug();
  expect(readlinkSync(line.path)).toMatch(/^\/dev\/pts\/\d+$/);
  expect(first).toMatch(/^\/dev\/pts\/\d+$/);
  const host = await hostOn(line);
  line.write(Uint8Array.of(2));
  await until('bytes through the new terminal', () => host.received.length > 0);
  expect(host.received).toEqual([2]);
});

test('devices are told when the plug is pulled and put back', () => {
  const line = temporaryLine();
  const told: boolean[] = [];
  const stop = line.onPlug((isPlugged) => told.push(isPlugged));
  line.unplug();
  line.replug();
  stop();
  line.unplug();
  expect(told).toEqual([false, true]);
});

test('what was on its way when the plug was pulled does not arrive later', async () => {
  const line = temporaryLine();
  await hostOn(line, 9600);
  line.write(new Uint8Array(500).fill(1));
  line.unplug();
  line.replug();
  const host = await hostOn(line, 9600);
  line.write(Uint8Array.of(9));
  await until('the new byte', () => host.received.includes(9));
  expect(host.received).toEqual([9]);
});

test('bytes that nobody reads are lost, not hoarded', async () => {
  const line = temporaryLine({ pacing_baud: Infinity });
  for (let i = 0; i < 40; i++) line.write(new Uint8Array(4096));
  await until('lost', () => line.stats().bytesLost > 40 * 4096 - 64 * 1024 - 8192);
});

test('a device set to another rate than the driver sends garbage, and hears garbage', async () => {
  const line = temporaryLine({ device_baud: 9600 });
  const host = await hostOn(line, 115200);
  const heard: number[] = [];
  line.onBytes((bytes) => heard.push(...bytes));
  const message = Buffer.from('MESSAGE ON THE LINE!', 'latin1');
  line.write(message);
  host.link.write(message);
  await until('something arrived', () => host.received.length > 0 && heard.length > 0);
  expect(Buffer.from(host.received).toString('latin1')).not.toContain('MESSAGE');
  expect(Buffer.from(heard).toString('latin1')).not.toContain('MESSAGE');
  line.device_baud = 115200;
  heard.length = 0;
  host.link.write(message);
  await until('understood', () => Buffer.from(heard).toString('latin1').includes('MESSAGE ON THE LINE!'));
});

const pieces = (fault: LineFault, ...bytes: number[]) =>
  fault.apply(Uint8Array.from(bytes)).map((piece) => [[...piece.bytes], piece.after_ms]);

test('faults do what their names say', () => {
  const drop = dropWrites({ every: 2 });
  expect([pieces(drop, 1), pieces(drop, 2), pieces(drop, 3)]).toEqual([[[[1], 0]], [], [[[3], 0]]]);
  expect(pieces(truncateWrites({ keep_bytes: 2 }), 1, 2, 3)).toEqual([[[1, 2], 0]]);
  expect(pieces(delayWrites({ delay_ms: 7 }), 1)).toEqual([[[1], 7]]);
  expect(pieces(splitWrites({ size_bytes: 2, gap_ms: 3 }), 1, 2, 3)).toEqual([
    [[1, 2], 0],
    [[3], 3],
  ]);
  expect(pieces(duplicateWrites(), 1)).toEqual([
    [[1], 0],
    [[1], 0],
  ]);
  expect(pieces(noiseBefore({ noise: Uint8Array.of(9) }), 1)).toEqual([
    [[9], 0],
    [[1], 0],
  ]);
  const flipped = flipBits({ probability: 1, entropy: seeded(1) }).apply(Uint8Array.of(0, 0, 0, 0))[0]?.bytes ?? [];
  for (const byte of flipped) expect([1, 2, 4, 8, 16, 32, 64, 128]).toContain(byte);
  expect(garble(new Uint8Array(8), { sender: 9600, receiver: 19200 })).toHaveLength(16);
  expect(garble(new Uint8Array(8), { sender: 19200, receiver: 9600 })).toHaveLength(4);
});

test('a fault works from the moment it is added until it is taken off, in its direction only', async () => {
  const line = temporaryLine();
  const host = await hostOn(line);
  const arrived: number[] = [];
  line.onBytes((bytes) => arrived.push(...bytes));
  const remove = line.addFault(duplicateWrites({ direction: 'toHost' }));
  expect(line.faults()).toEqual(['duplicate']);
  line.write(Uint8Array.of(1));
  host.link.write(Uint8Array.of(5));
  await until('doubled', () => host.received.length === 2 && arrived.length === 1);
  remove();
  remove();
  expect(line.faults()).toEqual([]);
  line.write(Uint8Array.of(2));
  await until('once', () => host.received.includes(2));
  expect(host.received).toEqual([1, 1, 2]);
  expect(arrived).toEqual([5]);
});
