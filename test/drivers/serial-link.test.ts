import { fork, spawnSync } from 'node:child_process';
import { closeSync, constants, open, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { SerialLink } from '../../drivers/transport/serial-link.ts';
import { temporaryFolder, temporaryLine, until } from './harness.ts';

type Watched = { readonly link: SerialLink; opened: number; closed: number; received: number[] };

function watch(path: string): Watched {
  const watched = { opened: 0, closed: 0, received: [] as number[] };
  const link = new SerialLink(
    { path, baudRate: 115200 },
    {
      opened: () => {
        watched.opened++;
      },
      received: (bytes) => watched.received.push(...bytes),
      closed: () => {
        watched.closed++;
      },
    },
  );
  onTestFinished(() => link.stop());
  return Object.assign(watched, { link });
}

/** Every driver has one: some unplugs are noticed by nothing but a failed write. */
const heartbeat = Uint8Array.of(0x78);

async function openOn(path: string): Promise<Watched> {
  const watched = watch(path);
  watched.link.start();
  await until('open', () => watched.link.isOpen);
  return watched;
}

test('bytes go both ways unchanged, whatever their value', async () => {
  const line = temporaryLine({ pacing_baud: Infinity });
  const all = Uint8Array.from({ length: 4096 }, (_, i) => (i * 167 + (i >> 8)) & 0xff);
  const fromHost: number[] = [];
  line.onBytes((bytes) => fromHost.push(...bytes));
  const watched = await openOn(line.path);
  watched.link.write(all);
  line.write(all);
  await until('all received', () => watched.received.length >= all.length && fromHost.length >= all.length);
  expect(watched.received).toEqual([...all]);
  expect(fromHost).toEqual([...all]);
});

test('a port unplugged while idle is noticed, and opened again when it is back', async () => {
  const line = temporaryLine();
  const watched = await openOn(line.path);
  line.unplug();
  await until('closed', () => {
    watched.link.write(heartbeat);
    return watched.closed > 0;
  });
  expect(watched.link.isOpen).toBe(false);
  line.replug();
  await until('open again', () => watched.link.isOpen);
  line.write(Uint8Array.of(1, 2, 3));
  await until('bytes through the new port', () => watched.received.length === 3);
});

test('a port unplugged with writes queued is reported closed once', async () => {
  const line = temporaryLine();
  const watched = await openOn(line.path);
  for (let i = 0; i < 12; i++) watched.link.write(new Uint8Array(4096));
  line.unplug();
  await until('closed', () => watched.closed > 0);
  // Whatever serialport still says about the old port is no second ending; the next is the attempt to re-open.
  const closed = watched.closed;
  line.replug();
  await until('open again', () => watched.link.isOpen);
  expect(watched.closed).toBeLessThanOrEqual(closed + 1);
});

test('a port unplugged right after data is noticed with the next write at the latest', async () => {
  const line = temporaryLine({ pacing_baud: Infinity });
  const watched = await openOn(line.path);
  for (let round = 0; round < 12; round++) {
    const opened = watched.opened;
    line.write(new Uint8Array(300));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    line.unplug();
    await until('closed', () => {
      watched.link.write(heartbeat);
      return !watched.link.isOpen;
    });
    line.replug();
    await until('open again', () => watched.opened > opened && watched.link.isOpen);
    watched.link.confirmAlive();
  }
});

test('a port that is not there yet is opened when it comes', async () => {
  const line = temporaryLine();
  line.unplug();
  const watched = watch(line.path);
  watched.link.start();
  await until('tried and failed', () => watched.closed > 0);
  line.replug();
  await until('open', () => watched.link.isOpen);
});

test('given up by its driver, a port is opened anew', async () => {
  const line = temporaryLine();
  const watched = await openOn(line.path);
  watched.link.reopen();
  expect(watched.link.isOpen).toBe(false);
  await until('open again', () => watched.opened === 2);
});

test('a device that takes no bytes does not make the driver hoard them', async () => {
  const line = temporaryLine();
  const watched = await openOn(line.path);
  // The process that would read is busy with this loop: nobody takes the bytes.
  for (let i = 0; i < 64; i++) watched.link.write(new Uint8Array(4096));
  expect(watched.link.isOpen).toBe(false);
  await until('open again', () => watched.opened === 2);
});

test('a stopped link lets others have the port, also when stopped twice or while opening', async () => {
  const line = temporaryLine();
  const watched = watch(line.path);
  watched.link.start();
  await Promise.all([watched.link.stop(), watched.link.stop()]);
  const other = await openOn(line.path);
  await other.link.stop();
  await openOn(line.path);
  expect(watched.opened).toBe(0);
});

test('a second opener of one port waits until the first lets go', async () => {
  const line = temporaryLine();
  const first = await openOn(line.path);
  const second = watch(line.path);
  second.link.start();
  await until('refused', () => second.closed > 0);
  await first.link.stop();
  await until('open', () => second.link.isOpen);
});

test('bytes of a device in another process come at once to a reader that has nothing else to do', async () => {
  // Node 26.4 and later with serialport 13: without the wrapper nothing arrives until a timer runs (node-serialport
  // 3148).
  const folder = temporaryFolder();
  const run = (file: string, ...args: string[]): ReturnType<typeof fork> =>
    fork(fileURLToPath(new URL(file, import.meta.url)), args, { stdio: 'inherit' });
  const device = run('other-process-device.ts', folder);
  onTestFinished(() => {
    device.kill();
  });
  const path = await new Promise<string>((resolve) => {
    device.once('message', (message) => resolve(message as string));
  });
  const reader = run('other-process-reader.ts', path);
  onTestFinished(() => {
    reader.kill();
  });
  const report = await new Promise<{ received: number; longest_ms: number }>((resolve) => {
    reader.once('message', (message) => resolve(message as { received: number; longest_ms: number }));
  });
  expect(report.received).toBe(5);
  // Measured on Node 26.10: 8 ms with the wrapper, 4.8 s without (the next timer of the process).
  expect(report.longest_ms).toBeLessThan(2500);
});

/** Keeps every thread of the pool busy, without work: each waits for somebody who writes. Returns the way to let go. */
function occupyThreadPool(): () => Promise<void> {
  const fifo = join(temporaryFolder(), 'nobody-writes');
  expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  const opened = Array.from(
    { length: threads },
    () =>
      new Promise<void>((resolve) => {
        open(fifo, 'r', (_, descriptor) => {
          closeSync(descriptor);
          resolve();
        });
      }),
  );
  return async () => {
    const writer = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    await Promise.all(opened);
    closeSync(writer);
  };
}

test('bytes come and go while every thread of the pool is busy', async () => {
  const line = temporaryLine({ pacing_baud: Infinity });
  const fromHost: number[] = [];
  line.onBytes((bytes) => fromHost.push(...bytes));
  const watched = await openOn(line.path);
  const letGo = occupyThreadPool();
  try {
    watched.link.write(Uint8Array.of(1, 2, 3));
    line.write(Uint8Array.of(4, 5, 6));
    await until('both ways', () => fromHost.length === 3 && watched.received.length === 3);
  } finally {
    await letGo();
  }
  expect([...fromHost, ...watched.received]).toEqual([1, 2, 3, 4, 5, 6]);
});
