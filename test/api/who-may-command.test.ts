import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiBench, transactionId } from './api-bench.ts';

let bench: ApiBench;
beforeEach(async () => {
  bench = await new ApiBench().open();
});
afterEach(() => bench.close());

const command = () => ({
  commandId: randomUUID(),
  command: 'releaseToExit',
  laneId: 'lane-1',
  transactionId,
  expectedSeq: 7,
  givenAt_ms: Date.UTC(2026, 10, 23),
  officer: 'B-114',
  reason: 'compared by eye',
});

describe('a command', () => {
  test('that fits is given and answered with 202', async () => {
    const response = await bench.inject('POST', '/api/commands', command());
    expect(response.statusCode).toBe(202);
    expect(bench.given.length).toBe(1);
  });

  test('that is sent twice is given once', async () => {
    const body = command();
    await bench.inject('POST', '/api/commands', body);
    expect((await bench.inject('POST', '/api/commands', body)).statusCode).toBe(202);
    expect(bench.given.length).toBe(1);
  });

  test('that is refused says why, and a repeat hears the same', async () => {
    bench.refusal = { status: 409, code: 'COMMAND_STALE', message: 'This passage is over.' };
    const body = command();
    const response = await bench.inject('POST', '/api/commands', body);
    expect(response.statusCode).toBe(409);
    expect(response.json()).toEqual({ code: 'COMMAND_STALE', message: 'This passage is over.' });
    bench.refusal = undefined;
    expect((await bench.inject('POST', '/api/commands', body)).statusCode).toBe(409);
    expect(bench.given.length).toBe(1);
    expect((await bench.inject('POST', '/api/commands', command())).statusCode).toBe(202);
  });

  test('that is repeated while the first is still being recorded is given once, and both hear the same', async () => {
    let record = (): void => {};
    bench.recorded = new Promise((resolve) => (record = resolve));
    bench.refusal = { status: 422, code: 'COMMAND_NOT_ALLOWED', message: 'Not now.' };
    const body = command();
    const answers = [bench.inject('POST', '/api/commands', body), bench.inject('POST', '/api/commands', body)];
    await vi.waitFor(() => expect(bench.given.length).toBeGreaterThan(0));
    record();
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([422, 422]);
    expect(bench.given.length).toBe(1);
  });

  test('that is not recorded in time is answered with "not known", and a repeat hears how it went', async () => {
    let record = (): void => {};
    bench.recorded = new Promise((resolve) => (record = resolve));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const body = command();
      const first = bench.inject('POST', '/api/commands', body);
      while (bench.given.length === 0) await new Promise(setImmediate);
      vi.advanceTimersByTime(4_000);
      expect((await first).json()).toMatchObject({ code: 'COMMAND_UNCONFIRMED' });
      record();
      expect((await bench.inject('POST', '/api/commands', body)).statusCode).toBe(202);
      expect(bench.given.length).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test('under the id of another one is neither given nor called recorded', async () => {
    const body = command();
    await bench.inject('POST', '/api/commands', body);
    const response = await bench.inject('POST', '/api/commands', { ...body, command: 'returnToEntry' });
    expect(response.statusCode).toBe(409);
    expect(bench.given.length).toBe(1);
  });

  test.each<[string, object]>([
    ['an unknown word', { command: 'openEverything' }],
    ['a text for a number', { expectedSeq: '7' }],
    ['no id', { commandId: 'x' }],
    ['something more', { secondOfficer: 'B-115' }],
    ['no officer', { officer: '' }],
    ['a name for a number', { officer: 'Erika Mustermann' }],
    ['a number that does not end', { officer: 'B'.repeat(21) }],
    ['no moment', { givenAt_ms: 'now' }],
    ['a reason without end', { reason: 'x'.repeat(501) }],
  ])('with %s is refused with 400', async (_, change) => {
    expect((await bench.inject('POST', '/api/commands', { ...command(), ...change })).statusCode).toBe(400);
    expect(bench.given).toEqual([]);
  });
});

describe('nobody but a page of this machine is answered', () => {
  test.each<[string, Record<string, string>]>([
    ['a name that resolves here', { host: 'evil.example' }],
    ['a name that begins like ours', { host: '127.0.0.1.evil.example' }],
    ['a foreign page', { origin: 'http://evil.example' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:9999' }],
    ['a page without an origin of its own', { origin: 'null' }],
    ['a foreign page whose browser says so', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port whose browser says so', { 'sec-fetch-site': 'same-site' }],
  ])('%s', async (_, headers) => {
    for (const [method, url] of [
      ['GET', '/api/officer'],
      ['POST', '/api/commands'],
    ] as const) {
      const response = await bench.inject(method, url, method === 'POST' ? command() : undefined, headers);
      expect(response.statusCode).toBe(403);
    }
    expect(bench.given).toEqual([]);
  });

  test('our own page is', async () => {
    const headers = { origin: 'http://127.0.0.1:8080' };
    expect((await bench.inject('POST', '/api/commands', command(), headers)).statusCode).toBe(202);
  });
});

test('a link on another page may lead to ours, and to nothing else', async () => {
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect((await bench.inject('GET', '/', undefined, headers)).statusCode).toBe(302);
  expect((await bench.inject('GET', '/%61pi/officer', undefined, headers)).statusCode).toBe(403);
});

test('no body makes the server fail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), async (payload) => {
      const { statusCode } = await bench.inject('POST', '/api/commands', payload);
      expect(statusCode).toBeGreaterThanOrEqual(400);
      expect(statusCode).toBeLessThan(500);
    }),
    { numRuns: 500 },
  );
  expect(bench.given).toEqual([]);
});

test('a body that is too large is refused', async () => {
  expect((await bench.inject('POST', '/api/commands', 'x'.repeat(100_000))).statusCode).toBe(413);
});

test('what an officer writes is not logged', async () => {
  await bench.inject('POST', '/api/commands', { ...command(), reason: 'canary-reason' });
  expect(bench.logged.length).toBeGreaterThan(0);
  expect(bench.logged.join('')).not.toContain('canary-reason');
});

describe('a picture', () => {
  test('is served while the case is open and never stored by the browser', async () => {
    bench.cases.open(transactionId, 1_000).portraitPreview = Uint8Array.of(0xff, 0xd8, 1, 2);
    const response = await bench.inject('GET', `/api/transactions/${transactionId}/portrait.jpg`);
    expect(response.statusCode).toBe(200);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  test('is gone, and overwritten, once the case is wiped', async () => {
    const picture = Uint8Array.of(0xff, 0xd8, 1, 2);
    bench.cases.open(transactionId, 1_000).portraitPreview = picture;
    expect(bench.cases.wipeDue(1_000)).toEqual([transactionId]);
    expect([...picture]).toEqual([0, 0, 0, 0]);
    expect((await bench.inject('GET', `/api/transactions/${transactionId}/portrait.jpg`)).statusCode).toBe(404);
  });
});

test('readiness says what is missing', async () => {
  bench.notReady = ['lane:fault', 'camera:CAMERA_NO_FRAMES'];
  const response = await bench.inject('GET', '/readyz');
  expect(response.statusCode).toBe(503);
  expect(response.json()).toEqual({ ready: false, because: ['lane:fault', 'camera:CAMERA_NO_FRAMES'] });
});

test('the interface describes itself', async () => {
  const { paths } = (await bench.inject('GET', '/openapi.json')).json<{ paths: object }>();
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/commands', '/readyz', '/api/transactions/{id}']));
});
