import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BenchView } from '../../simulator/bench/messages.ts';
import { hallView } from '../../simulator/bench/hall-view.ts';
import { BenchServer } from '../../simulator/bench/server.ts';
import type { BenchTarget } from '../../simulator/bench/server.ts';
import { Hall } from '../../simulator/hall/hall.ts';

let folder = '';
let server: BenchServer;
let calls: string[] = [];
const hall = new Hall();

const view = (): BenchView => ({
  hall: hallView(hall, undefined, () => ''),
  wires: [],
  passages: [],
  stream: { isRunning: false, isPaused: true },
  services: { watchlist: { url: '', mode: 'ok', requests: 0 } },
  camera: { url: '', mode: 'ok', frames: 0 },
  faults: [],
  scenarios: [],
});

const target: BenchTarget = {
  view,
  send: (scenario, { fast, close }) => {
    calls.push(`send ${scenario} ${fast} ${close}`);
    if (scenario === 'full') return 'too-many';
    return scenario === 'genuine' ? { id: 't0001' } : 'unknown-scenario';
  },
  passage: (id) =>
    id === 't0001' ? { id, scenario: 'genuine', traveller: 'x', state: 'queued', story: [], leftBy: null } : undefined,
  setStream: ({ paused }) => void calls.push(`stream ${paused}`),
  setFault: async (name, on) => {
    calls.push(`fault ${name} ${on}`);
    return name === 'known' ? 'done' : 'unknown-fault';
  },
};

beforeEach(async () => {
  calls = [];
  folder = await mkdtemp(join(tmpdir(), 'bench-'));
  await mkdir(join(folder, 'pages', 'assets'), { recursive: true });
  await writeFile(join(folder, 'pages', 'index.html'), '<title>bench</title>');
  await writeFile(join(folder, 'pages', 'assets', 'main.js'), 'export {};');
  await writeFile(join(folder, 'secret.json'), '{}');
  server = new BenchServer({ port: 0, pages: join(folder, 'pages'), target });
  await server.start();
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

type Reply = { status: number; body: string; type: string };

/** Without any client's own ideas of what a path, a host or an origin may be. */
function ask(
  method: string,
  path: string,
  { body = '', headers = {} }: { body?: string; headers?: Record<string, string> } = {},
) {
  const { port } = new URL(server.url);
  return new Promise<Reply>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  ask('POST', path, { body: JSON.stringify(body), headers: { ...json, ...headers } });

test('the page and its parts are served, and nothing outside their folder', async () => {
  for (const path of ['/bench', '/bench/', '/bench/index.html']) {
    expect(await ask('GET', path)).toMatchObject({ status: 200, body: '<title>bench</title>' });
  }
  expect((await ask('GET', '/bench/assets/main.js')).type).toContain('javascript');
  for (const path of [
    '/bench/../secret.json',
    '/bench/%2e%2e/secret.json',
    '/bench/..%2fsecret.json',
    '/bench/%ff',
    '/bench/none.js',
  ]) {
    expect((await ask('GET', path)).status, path).toBe(404);
  }
});

test('a traveller is sent, asked after, and refused with a code when that is impossible', async () => {
  expect(await post('/api/travellers', { scenario: 'genuine', fast: true })).toMatchObject({
    status: 202,
    body: '{"id":"t0001"}',
  });
  expect(JSON.parse((await ask('GET', '/api/travellers/t0001')).body)).toMatchObject({ id: 't0001', state: 'queued' });
  expect((await ask('GET', '/api/travellers/t9')).status).toBe(404);
  expect((await post('/api/travellers', { scenario: 'no-such' })).body).toBe('{"code":"SCENARIO_UNKNOWN"}');
  expect((await post('/api/travellers', { scenario: 'full' })).status).toBe(429);
  expect(calls).toEqual(['send genuine true false', 'send no-such false false', 'send full false false']);
});

test('the stream is paused and faults are switched', async () => {
  expect((await post('/api/stream', { paused: true })).status).toBe(202);
  expect((await post('/api/faults', { name: 'known', on: true })).status).toBe(202);
  expect((await post('/api/faults', { name: 'other', on: true })).status).toBe(404);
  expect(calls).toEqual(['stream true', 'fault known true', 'fault other true']);
});

test.each([
  ['an empty object', '/api/travellers', '{}', 400],
  ['a list', '/api/travellers', '[]', 400],
  ['half a JSON text', '/api/travellers', '{"scenario":', 400],
  ['a number for a name', '/api/travellers', '{"scenario":1}', 400],
  ['a word for a truth value', '/api/stream', '{"paused":"yes"}', 400],
  ['a missing switch', '/api/faults', '{"name":"known"}', 400],
  ['5 kB', '/api/travellers', `{"scenario":"${'x'.repeat(5000)}"}`, 413],
  ['another address', '/api/other', '{}', 404],
])('a body of %s changes nothing', async (_what, path, body, status) => {
  expect((await ask('POST', path, { body, headers: json })).status).toBe(status);
  expect(calls).toEqual([]);
});

test('a request without JSON, under another host name, or from another origin is refused', async () => {
  const body = '{"scenario":"genuine"}';
  expect((await ask('POST', '/api/travellers', { body, headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  expect((await post('/api/travellers', { scenario: 'genuine' }, { host: 'evil.example' })).status).toBe(403);
  expect((await ask('GET', '/api/view', { headers: { host: 'evil.example:8090' } })).status).toBe(403);
  for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1']) {
    expect((await post('/api/travellers', { scenario: 'genuine' }, { origin })).status, origin).toBe(403);
  }
  expect(calls).toEqual([]);
  expect((await post('/api/travellers', { scenario: 'genuine' }, { origin: server.url })).status).toBe(202);
  expect((await ask('DELETE', '/api/view')).status).toBe(405);
});

test('a reader of the events gets the view at once and a new one when something has changed', async () => {
  const stop = new AbortController();
  const response = await fetch(`${server.url}/api/events`, { signal: stop.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  if (response.body === null) throw new Error('no body');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (holds: () => boolean): Promise<void> => {
    while (!holds()) text += (await reader.read()).value ?? '';
  };
  await next(() => text.includes('\n\n'));
  expect(text).toMatch(/^id: \d+\nevent: bench\ndata: \{"hall"/);
  hall.contacts.isFireAlarm = true;
  await next(() => text.includes('"fireAlarm":true'));
  stop.abort();
});
