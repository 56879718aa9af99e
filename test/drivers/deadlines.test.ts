import { createServer, type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, deadline, systemClock } from '../../drivers/transport/clock.ts';

/** A clock whose timers come when the test says, however late. */
function handClock(): Clock & { now_ms: number; timers: { delay_ms: number; run: () => void }[] } {
  const clock = {
    now_ms: 0,
    timers: [] as { delay_ms: number; run: () => void }[],
    now: () => clock.now_ms,
    after: (delay_ms: number, run: () => void) => {
      const timer = { delay_ms, run };
      clock.timers.push(timer);
      return () => {
        clock.timers = clock.timers.filter((other) => other !== timer);
      };
    },
  };
  return clock;
}

test('a deadline that comes in time has passed', () => {
  const clock = handClock();
  let runs = 0;
  deadline(clock, 100, () => runs++);
  clock.now_ms = 103;
  clock.timers.shift()?.run();
  expect(runs).toBe(1);
});

test('a deadline that comes late passes only after what waits could be read, and only once', () => {
  const clock = handClock();
  let runs = 0;
  const cancel = deadline(clock, 100, () => runs++);
  clock.now_ms = 400;
  clock.timers.shift()?.run();
  expect(runs).toBe(0);
  expect(clock.timers).toHaveLength(1);
  clock.timers.shift()?.run();
  expect(runs).toBe(1);
  cancel();
});

test('a deadline that was called off while it gave grace does not pass', () => {
  const clock = handClock();
  const cancel = deadline(clock, 100, () => expect.unreachable());
  clock.now_ms = 400;
  clock.timers.shift()?.run();
  cancel();
  expect(clock.timers).toEqual([]);
});

test('an answer that came while this process was held up is read before the deadline passes', async () => {
  const server = createServer((socket) => socket.pipe(socket));
  onTestFinished(() => {
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await new Promise((resolve) => {
    socket.once('connect', resolve);
  });
  const first = await new Promise((resolve) => {
    socket.once('data', () => resolve('answer'));
    deadline(systemClock, 30, () => resolve('deadline'));
    socket.write('ping');
    const end_ms = performance.now() + 120;
    while (performance.now() < end_ms); // held up
  });
  expect(first).toBe('answer');
});
