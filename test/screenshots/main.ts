// npm run screenshots: drives the running pages through their states and saves pictures of them.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { buildPages } from '../../.ci/build-pages.ts';
import { chromiumArguments, executablePath } from '../pages/browser.ts';
import { takePictures } from './pictures.ts';

const { values: flags } = parseArgs({
  options: {
    controller: { type: 'string' },
    bench: { type: 'string' },
    out: { type: 'string', default: fileURLToPath(new URL('../../.cache/screenshots', import.meta.url)) },
  },
});

const ready_ms = 240_000;
const stop_ms = 10_000;

type Product = { readonly controller: string; readonly bench: string; stop(): Promise<void> };

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });

/** The product of this repository, with its journal in a folder of its own that is removed afterwards. */
async function startProduct(): Promise<Product> {
  await buildPages();
  const [port, benchPort] = [await freePort(), await freePort()];
  const folder = await mkdtemp(join(tmpdir(), 'screenshots-'));
  const demo = fileURLToPath(new URL('../../simulator/demo.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [demo, '--port', String(port), '--bench-port', String(benchPort), '--folder', folder, '--no-stream'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const controller = `http://127.0.0.1:${port}`;
  try {
    await untilReady(controller, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { controller, bench: `http://127.0.0.1:${benchPort}`, stop };
}

async function untilReady(controller: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + ready_ms;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The product ended with exit code ${child.exitCode}.`);
    const answer = await fetch(`${controller}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`The product was not ready within ${ready_ms / 1000} s.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), stop_ms);
  await ended;
  clearTimeout(force);
}

const givenProduct = (controller: string, bench: string): Product => ({
  controller: new URL(controller).origin,
  bench: new URL(bench).origin,
  stop: async () => undefined,
});

async function main(): Promise<void> {
  if (!existsSync(executablePath)) {
    console.error(`There is no ${executablePath}; install Debian's chromium.`);
    process.exitCode = 2;
    return;
  }
  if ((flags.controller === undefined) !== (flags.bench === undefined)) {
    console.error('usage: npm run screenshots -- [--controller URL --bench URL] [--out DIR]');
    process.exitCode = 2;
    return;
  }
  const { controller, bench } = flags;
  const isGiven = controller !== undefined && bench !== undefined;
  if (!isGiven) console.log('Starting the product …');
  const product = isGiven ? givenProduct(controller, bench) : await startProduct();
  try {
    await mkdir(flags.out, { recursive: true });
    const browser = await chromium.launch({ executablePath, args: chromiumArguments });
    try {
      const missed = await takePictures({ browser, ...product, folder: flags.out });
      for (const words of missed) console.error(`missed: ${words}`);
      if (missed.length > 0) process.exitCode = 1;
    } finally {
      await browser.close();
    }
  } finally {
    await product.stop();
  }
  console.log(`Pictures are in ${flags.out}`);
}

await main();
