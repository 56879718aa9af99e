import { expect, test } from 'vitest';
import { DeviceError } from '../../drivers/contracts/device.ts';
import type { Clock } from '../../drivers/transport/clock.ts';
import { FaultLatch, GarbageMeter } from '../../drivers/transport/fault-latch.ts';
import { RequestQueue } from '../../drivers/transport/request-queue.ts';

/** Time that only the test moves. */
class HandClock implements Clock {
  #now_ms = 0;
  #timers: { at_ms: number; run: () => void }[] = [];

  now(): number {
    return this.#now_ms;
  }

  after(delay_ms: number, run: () => void): () => void {
    const timer = { at_ms: this.#now_ms + delay_ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  async advance(by_ms: number): Promise<void> {
    const end_ms = this.#now_ms + by_ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at_ms <= end_ms).sort((a, b) => a.at_ms - b.at_ms)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now_ms = due.at_ms;
      due.run();
      await Promise.resolve();
    }
    this.#now_ms = end_ms;
  }
}

function queueOf(capacity = 2) {
  const clock = new HandClock();
  const sent: string[] = [];
  const abandoned: string[] = [];
  const queue = new RequestQueue<string, string>({
    clock,
    capacity,
    quarantine_ms: 50,
    send: (request) => sent.push(request),
    abandon: (request) => abandoned.push(request),
  });
  const ask = (request: string, signal?: AbortSignal): Promise<string> =>
    queue.submit(request, { timeout_ms: 100, ...(signal && { signal }) }).catch((error: DeviceError) => error.code);
  return { clock, sent, abandoned, queue, ask };
}

test('one request is on the line at a time, in order', async () => {
  const { sent, queue, ask } = queueOf();
  const answers = [ask('a'), ask('b'), ask('c')];
  expect(sent).toEqual(['a']);
  queue.answer('A');
  expect(sent).toEqual(['a', 'b']);
  queue.answer('B');
  queue.answer('C');
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'C']);
});

test('after a time-out the line is silent for the quarantine, and a late answer is nobody’s', async () => {
  const { clock, sent, abandoned, queue, ask } = queueOf();
  const first = ask('a');
  const second = ask('b');
  await clock.advance(100);
  expect(await first).toBe('DEVICE_TIMEOUT');
  expect(abandoned).toEqual(['a']);
  await clock.advance(49);
  expect(sent).toEqual(['a']);
  expect(queue.inFlight).toBeUndefined();
  queue.answer('A, late');
  await clock.advance(1);
  expect(sent).toEqual(['a', 'b']);
  queue.answer('B');
  expect(await second).toBe('B');
});

test('the deadline of a request that waits begins when it is sent', async () => {
  const { clock, queue, ask } = queueOf();
  void ask('a');
  const second = ask('b');
  await clock.advance(90);
  queue.answer('A');
  await clock.advance(90);
  queue.answer('B');
  expect(await second).toBe('B');
});

test('a full queue refuses, an error of the device concerns its request only', async () => {
  const { queue, ask } = queueOf(1);
  const answers = [ask('a'), ask('b'), ask('c')];
  expect(await answers[2]).toBe('DEVICE_BUSY');
  queue.fail(new DeviceError('DEVICE_REFUSED'));
  queue.answer('B');
  expect(await Promise.all(answers)).toEqual(['DEVICE_REFUSED', 'B', 'DEVICE_BUSY']);
});

test('a lost line rejects everything and ends a quarantine', async () => {
  const { clock, sent, queue, ask } = queueOf();
  const answers = [ask('a'), ask('b')];
  await clock.advance(100);
  queue.rejectAll(new DeviceError('DEVICE_DISCONNECTED'));
  expect(await Promise.all(answers)).toEqual(['DEVICE_TIMEOUT', 'DEVICE_DISCONNECTED']);
  void ask('c');
  expect(sent).toEqual(['a', 'c']);
});

test('an aborted request leaves the queue; on the line it is abandoned', async () => {
  const { clock, sent, abandoned, queue, ask } = queueOf();
  const [first, second] = [new AbortController(), new AbortController()];
  const answers = [ask('a', first.signal), ask('b', second.signal), ask('c')];
  second.abort();
  first.abort();
  await clock.advance(50);
  queue.answer('C');
  expect(await Promise.all(answers)).toEqual(['DEVICE_STOPPED', 'DEVICE_STOPPED', 'C']);
  expect([sent, abandoned]).toEqual([['a', 'c'], ['a']]);
  expect(await ask('d', AbortSignal.abort())).toBe('DEVICE_STOPPED');
});

test('a fault is told when it comes and when it goes, once each, and to whoever listens later', () => {
  const faults = new FaultLatch<never>('camera');
  const told: string[] = [];
  const stop = faults.subscribe((event) => told.push(`${event.type} ${event.code}`));
  faults.clear('CAMERA_FROZEN');
  faults.raise('CAMERA_FROZEN');
  faults.raise('CAMERA_FROZEN');
  const late: string[] = [];
  faults.subscribe((event) => late.push(event.type));
  faults.clear('CAMERA_FROZEN');
  stop();
  faults.raise('CAMERA_FROZEN');
  expect(told).toEqual(['faultRaised CAMERA_FROZEN', 'faultCleared CAMERA_FROZEN']);
  expect(late).toEqual(['faultRaised', 'faultCleared', 'faultRaised']);
});

test('two bursts of garbage are forgiven, three are a fault until ten good frames came in a row', () => {
  const meter = new GarbageMeter();
  meter.burst();
  meter.burst();
  expect(meter.isGarbage).toBe(false);
  meter.burst();
  expect(meter.isGarbage).toBe(true);
  for (let i = 0; i < 9; i++) meter.good();
  meter.burst();
  for (let i = 0; i < 9; i++) meter.good();
  expect(meter.isGarbage).toBe(true);
  meter.good();
  expect(meter.isGarbage).toBe(false);
});
