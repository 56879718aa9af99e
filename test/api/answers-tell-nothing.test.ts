import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiBench, transactionId } from './api-bench.ts';

let bench: ApiBench;
beforeEach(async () => {
  bench = await new ApiBench().open();
});
afterEach(() => bench.close());

const canary = 'CANARY';

describe('what somebody sent does not come back, and is not logged', () => {
  test.each<[string, 'GET' | 'POST', string, string | undefined, number, string]>([
    ['an unknown address', 'GET', `/foo/${canary}?name=${canary}`, undefined, 404, 'NOT_FOUND'],
    ['an address that cannot be decoded', 'GET', `/${canary}/%`, undefined, 400, 'REQUEST_INVALID'],
    ['an id without end', 'GET', `/api/transactions/${canary.repeat(60)}`, undefined, 414, 'ADDRESS_TOO_LONG'],
    ['an id that is none', 'GET', `/api/transactions/${canary}`, undefined, 400, 'REQUEST_INVALID'],
    ['a body that is no JSON', 'POST', '/api/commands', `{"reason": ${canary}}`, 400, 'REQUEST_INVALID'],
    ['a body with something more', 'POST', '/api/commands', `{"${canary}": 1}`, 400, 'REQUEST_INVALID'],
    ['a body that is too large', 'POST', '/api/commands', canary.repeat(20_000), 413, 'BODY_TOO_LARGE'],
  ])('%s', async (_, method, url, payload, status, code) => {
    const response = await bench.inject(method, url, payload);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toEqual({ code, message: expect.any(String) });
    expect(response.body + bench.logged.join('')).not.toContain(canary);
    expect(response.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': expect.stringContaining('default-src'),
    });
    const foreign = await bench.inject(method, url, payload, { host: 'evil.example' });
    expect(foreign.statusCode).toBe(403);
  });

  test('bytes that are no HTTP', async () => {
    const { said } = await bench.raw(`${canary}\r\n\r\n`);
    const answer = await said(/}$/);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('REQUEST_INVALID');
    expect(answer).not.toContain(canary);
  });
});

test('a failure inside is named by its code, in the answer and in the log', async () => {
  bench.officerView = () => {
    throw Object.assign(new TypeError(`${canary} in a message`), { code: 'ERR_INSIDE' });
  };
  const response = await bench.inject('GET', '/api/officer');
  expect(response.statusCode).toBe(500);
  expect(response.json()).toEqual({ code: 'FAILED_INSIDE', message: expect.any(String) });
  expect(response.body + bench.logged.join('')).not.toContain(canary);
  expect(bench.logged.join('')).toContain('ERR_INSIDE');
});

test.each([
  '/api/officer',
  '/api/display',
  `/api/transactions/${transactionId}`,
  '/api/transactions/x',
  '/api/nothing',
])('%s is kept by no browser', async (url) => {
  expect((await bench.inject('GET', url)).headers['cache-control']).toBe('no-store');
  const refused = await bench.inject('GET', url, undefined, { host: 'evil.example' });
  expect(refused.headers['cache-control']).toBe('no-store');
});
