import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPages, pageFolder, pageNames } from '../../.ci/build-pages.ts';

let outDir: string;
beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'pages-'));
});
afterAll(async () => {
  await rm(outDir, { recursive: true, force: true });
});
const source = (path: string) => readFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

test('pages are built once, and again only after their digest no longer fits', async () => {
  expect(await buildPages(pageNames, outDir)).toEqual(pageNames);
  expect(await buildPages(pageNames, outDir)).toEqual([]);
  await writeFile(join(outDir, 'display.sha256'), 'another');
  expect(await buildPages(pageNames, outDir)).toEqual(['display']);
  expect((await readdir(outDir)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a page loads nothing but its own assets, and carries nothing that a strict security policy forbids', async () => {
  await buildPages(pageNames, outDir);
  for (const name of pageNames) {
    const html = await readFile(join(pageFolder(name, outDir), 'index.html'), 'utf8');
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]);
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) expect(address).toMatch(new RegExp(`^/${name}/assets/`));
    expect(html).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=/);
    for (const file of await readdir(join(pageFolder(name, outDir), 'assets'))) {
      const text = await readFile(join(pageFolder(name, outDir), 'assets', file), 'utf8');
      expect(text, file).not.toMatch(/url\((?!#)|data:[a-z]+\/|\sstyle="|eval\(|new Function/);
    }
  }
});

test('controller and simulator share no page folder, and what both carry is the same', async () => {
  const [console_, bench] = ['gate-controller/console', 'simulator/bench/page'];
  expect(await source(`${bench}/live-view.ts`)).toBe(await source(`${console_}/live-view.ts`));
  for (const file of ['tokens.css', 'page.css']) {
    expect(await source(`${bench}/${file}`)).toBe(await source(`${console_}/${file}`));
  }
});
