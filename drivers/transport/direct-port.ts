/**
 * Keeps a serial port clear of the thread pool of libuv, through which serialport reads and writes. Measured on a loaded
 * machine: about one response in ten thousand lay there until something else used the pool, 150 ms to seconds later, and
 * an APDU was lost. The cause is not proven; glibc before 2.41 can lose the wake-up of a thread (sourceware bug 25847).
 */
import { readSync, stat, writeSync } from 'node:fs';
import type { LinuxPortBinding } from '@serialport/bindings-cpp';
import type { Cancel, Clock } from './clock.ts';

/** How long work for the pool may lie there before it is stirred. */
const stir_ms = 25;

/** Reads and writes on this thread, when the poller says that they will not block. The descriptor does not block. */
export function readAndWriteDirectly(binding: LinuxPortBinding): void {
  binding.read = (buffer, offset, length) => readDirectly(binding, buffer, offset, length);
  binding.write = (buffer) => writeDirectly(binding, buffer);
}

async function readDirectly(
  binding: LinuxPortBinding,
  buffer: Buffer,
  offset: number,
  length: number,
): Promise<{ buffer: Buffer; bytesRead: number }> {
  for (;;) {
    // Asked before every read: a line that is flooded must not keep the event loop for itself.
    await ready(binding, 'readable');
    const fd = descriptorOf(binding);
    const bytesRead = unlessBlocked(() => readSync(fd, buffer, offset, length, null));
    // A tty that was hung up is readable for ever and gives nothing.
    if (bytesRead === 0) throw new Error('the port was hung up');
    if (bytesRead !== undefined) return { buffer, bytesRead };
  }
}

async function writeDirectly(binding: LinuxPortBinding, buffer: Buffer): Promise<void> {
  for (let sent = 0; sent < buffer.length; ) {
    const fd = descriptorOf(binding);
    const count = unlessBlocked(() => writeSync(fd, buffer, sent));
    if (count === undefined) await ready(binding, 'writable');
    else sent += count;
  }
}

function descriptorOf({ fd }: LinuxPortBinding): number {
  // serialport takes an error with this mark for the end of a port that was closed.
  if (fd === null) throw Object.assign(new Error('the port was closed'), { canceled: true });
  return fd;
}

/** Rejects when the port is closed meanwhile. */
function ready(binding: LinuxPortBinding, event: 'readable' | 'writable'): Promise<void> {
  return new Promise((resolve, reject) => {
    descriptorOf(binding);
    binding.poller.once(event, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

/** Undefined when it would have blocked. */
function unlessBlocked(run: () => number): number | undefined {
  try {
    return run();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EAGAIN' || code === 'EINTR') return undefined;
    throw error;
  }
}

/** Opening, closing and the like go through the pool all the same: work is added to it until they are done. */
export function stirThreadPool(clock: Clock): Cancel {
  let cancel = clock.after(stir_ms, stir);
  function stir(): void {
    stat('.', () => {}); // whatever it says: only that a thread is woken counts
    cancel = clock.after(stir_ms, stir);
  }
  return () => cancel();
}
