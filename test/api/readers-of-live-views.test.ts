import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventStream } from '../../gate-controller/api/event-stream.ts';
import { ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeEach(async () => {
  bench = await new ApiBench().open();
});
afterEach(() => bench.close());

const ask = 'GET /api/events HTTP/1.1\r\nhost: localhost\r\n\r\n';

test('a reader gets the view at once and again when something changed', async () => {
  const { said } = await bench.raw(ask);
  const text = await said(/event: lane\ndata: .*\n\n/);
  expect(text).toMatch(/^HTTP\/1.1 200 /);
  expect(text).toMatch(/content-type: text\/event-stream/i);
  bench.server.changed();
  expect(await said(/id: 2\n/)).toContain('id: 2\n');
});

test('one connection gets one stream, whatever it asks for, and leaves room for the others', async () => {
  const greedy = await bench.raw(ask.repeat(40));
  await greedy.said(/event: lane/);
  const officer = await bench.raw(ask);
  expect(await officer.said(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 200 /);
});

test('the place of a reader that went is free again', async () => {
  const readers = await Promise.all(Array.from({ length: 32 }, () => bench.raw(ask)));
  await Promise.all(readers.map(({ said }) => said(/event: lane/)));
  const late = await bench.raw(ask);
  expect(await late.said(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 503 /);
  readers[0]?.socket.destroy();
  await vi.waitFor(async () => {
    const next = await bench.raw(ask);
    expect(await next.said(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 200 /);
  });
});

test('an event stream without a reader, as HEAD would be, does not exist', async () => {
  for (const url of ['/api/events', '/api/display/events']) {
    expect((await bench.inject('HEAD', url)).statusCode).toBe(404);
  }
});

test('a reader that takes nothing is dropped', async () => {
  let stream: EventStream | undefined;
  const server = createServer((_, response) => {
    stream = new EventStream(response, 'lane', { blocked_max_ms: 30 });
    const closed = once(response, 'close');
    stream.send('x'.repeat(64 << 20));
    stream.send('newer');
    void closed.then(() => server.emit('dropped'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dropped = once(server, 'dropped');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  socket.on('error', () => socket.destroy());
  socket.write(ask);
  await dropped;
  expect(stream).toBeDefined();
  socket.destroy();
  server.close();
});

test('a view that cannot be made harms no reader and is logged by its code, once', async () => {
  const { said } = await bench.raw(ask);
  await said(/id: 1\n/);
  const view = bench.officerView;
  let failures = 0;
  bench.officerView = () => {
    failures += 1;
    throw new RangeError('CANARY');
  };
  bench.server.changed();
  await vi.waitFor(() => expect(failures).toBe(1));
  bench.server.changed();
  await vi.waitFor(() => expect(failures).toBeGreaterThan(1));
  bench.officerView = view;
  bench.server.changed();
  expect(await said(/id: 2\n/)).toContain('id: 2\n');
  const lines = bench.logged.filter((line) => line.includes('RangeError'));
  expect(lines.length).toBe(1);
  expect(lines.join('')).not.toContain('CANARY');
});
