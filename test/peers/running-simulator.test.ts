import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mbpoll, mrtdreader, needs, nfcList, run } from './debian-program.ts';

/** The simulator as a technician starts it: a process of its own, with a document on the chip reader. */
let simulator: ChildProcess;
let folder: string;
let ready: { readonly ports: Readonly<Record<string, string>>; readonly zone: readonly string[] };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  const entry = join(import.meta.dirname, '../../simulator/main.ts');
  const ports = ['--port', '0', '--camera-port', '0', '--watchlist-port', '0'];
  const flags = ['--document', '--json', '--stop-with-stdin', '--folder', folder, ...ports];
  simulator = spawn(process.execPath, [entry, ...flags], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: simulator.stdout! });
  for await (const line of lines) {
    ready = JSON.parse(line) as typeof ready;
    break;
  }
});
afterAll(async () => {
  const gone = new Promise((resolve) => simulator.once('exit', resolve));
  simulator.kill('SIGTERM');
  await gone;
  rmSync(folder, { recursive: true, force: true });
});

const reader = () => ({ LIBNFC_DEFAULT_DEVICE: `pn532_uart:${ready.ports['chip-reader'] ?? ''}:115200` });

test('nfc-list finds the passport on the simulator’s chip-reader port', async (context) => {
  needs(context, nfcList);
  const { code, output } = await run(nfcList, ['-v'], { env: reader() });
  expect(code).toBe(0);
  expect(output).toMatch(/1 ISO14443[AB] passive target\(s\) found/);
});

test('mrtdreader opens the passport with its printed zone and takes the portrait out', async (context) => {
  needs(context, mrtdreader);
  const { output } = await run(mrtdreader, [ready.zone[1] ?? ''], { env: reader(), cwd: folder });
  expect(output).toMatch(/EF\.DG2 which contains the image\.\.\. done/);
  const image = readFileSync(join(folder, 'image.jp2'));
  expect(image.length).toBeGreaterThan(2_000);
});

test('mbpoll reads map version and shut doors from the simulated gate hardware', async (context) => {
  needs(context, mbpoll);
  const flags = ['-m', 'rtu', '-b', '115200', '-P', 'none', '-a', '1', '-0', '-r', '0', '-c', '8', '-t', '3', '-1'];
  const { code, output } = await run(mbpoll, [...flags, ready.ports['gate-plc'] ?? '']);
  expect(code).toBe(0);
  expect(output).toMatch(/\[0\]:\s+1\b/);
  expect(output).toMatch(/\[3\]:\s+17\b/);
  expect(output).toMatch(/\[4\]:\s+17\b/);
});
