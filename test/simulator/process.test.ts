import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadTrustFolder } from '../../drivers/emrtd/pki/trust-folder.ts';
import type { SimulatorAddresses } from '../../simulator/simulator.ts';

const main = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));
const freePorts = ['--port', '0', '--camera-port', '0', '--watchlist-port', '0'];
let folder = '';
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulator-process-'));
});

afterEach(async () => {
  if (child?.exitCode === null) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function run(...options: string[]): { child: ChildProcess; ended: Promise<number | null>; errors: () => string } {
  const started = spawn(process.execPath, [main, '--folder', folder, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
  child = started;
  let errors = '';
  started.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => {
    started.once('exit', (code) => resolve(code));
  });
  return { child: started, ended, errors: () => errors };
}

async function firstLine(process: ChildProcess): Promise<string> {
  if (process.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: process.stdout })) return line;
  throw new Error('ended without a line');
}

test('with --json the first line says where everything is, and after SIGTERM nothing is left behind', async () => {
  const { child: process, ended, errors } = run('--json', ...freePorts);
  const ready = JSON.parse(await firstLine(process)) as SimulatorAddresses & { ready: boolean };
  expect(ready.ready).toBe(true);
  for (const path of Object.values(ready.ports)) expect(existsSync(path), path).toBe(true);
  expect((await fetch(`${ready.watchlist}/readyz`)).status).toBe(200);
  expect((await fetch(new URL('/api/view', ready.bench))).status).toBe(200);
  const { trust, refused } = await loadTrustFolder(ready.trust);
  expect([trust.certificates.length, refused]).toEqual([2, []]);
  // A reader that holds a connection open does not keep the process alive.
  const reader = new AbortController();
  await fetch(ready.camera, { signal: reader.signal });
  const events = await fetch(new URL('/api/events', ready.bench), { signal: reader.signal });
  process.kill('SIGTERM');
  expect(await ended).toBe(0);
  await events.body?.cancel().catch(() => undefined);
  reader.abort();
  expect(await readdir(folder)).toEqual(['trust']);
  await expect(fetch(`${ready.watchlist}/readyz`)).rejects.toThrow();
  expect(errors()).toBe('');
}, 60_000);

test('with --stop-with-stdin it ends when its parent closes the pipe', async () => {
  const { child: process, ended } = run('--json', '--stop-with-stdin', ...freePorts);
  await firstLine(process);
  process.stdin?.end();
  expect(await ended).toBe(0);
}, 60_000);

test('a wrong option or configuration is refused in plain words with exit code 2', async () => {
  const unknown = run('--nonsense');
  expect(await unknown.ended).toBe(2);
  expect(unknown.errors()).toContain('--nonsense');
  const config = join(folder, 'config.json');
  await writeFile(config, JSON.stringify({ port: 123456 }));
  const wrong = run('--config', config);
  expect(await wrong.ended).toBe(2);
  expect(wrong.errors()).toBe('"port" wants a port number, 0 to 65535\n');
}, 60_000);

test('a port that is taken ends the start with exit code 1 and leaves nothing behind', async () => {
  const first = run('--json', ...freePorts);
  const ready = JSON.parse(await firstLine(first.child)) as SimulatorAddresses;
  const second = run(
    '--folder',
    join(folder, 'second'),
    '--port',
    new URL(ready.bench).port,
    '--camera-port',
    '0',
    '--watchlist-port',
    '0',
  );
  expect(await second.ended).toBe(1);
  expect(second.errors()).toContain('EADDRINUSE');
  expect(await readdir(join(folder, 'second'))).toEqual(['trust']);
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
}, 60_000);
