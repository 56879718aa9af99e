import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { buildPages, type PageName } from '../../.ci/build-pages.ts';
import { launchBrowser } from './browser.ts';
import { PageServer } from './page-server.ts';

/** One browser a file, one server and one page a test. */
export type Stage = {
  readonly server: PageServer;
  /** `officer`: who has given a number at the officer's page before; null: nobody. */
  open(options?: BrowserContextOptions & { readonly officer?: string | null }): Promise<Page>;
};

/** Lines in the browser's console that a cut connection or a refused command leaves there, and nothing else does. */
const expectedNoise = /Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED_ENCODING/;

/** Sets up the stage for the tests of a file; every test also fails on a script error or a breach of the security policy. */
export function stageFor(name: PageName): Stage {
  let browser: Browser | null = null;
  let server: PageServer | undefined;
  let pages: Page[] = [];
  let complaints: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
    if (browser !== null) await buildPages([name]);
  });
  beforeEach(async () => {
    complaints = [];
    server = await PageServer.start();
  });
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.close()));
    pages = [];
    await server?.stop();
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    get server() {
      if (server === undefined) throw new Error('STAGE_NOT_SET');
      return server;
    },
    async open({ officer = 'B-114', ...options } = {}) {
      if (browser === null || server === undefined) throw new Error('STAGE_NOT_SET');
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (line) => {
        if (line.type() === 'error' && !expectedNoise.test(line.text())) complaints.push(line.text());
      });
      pages.push(page);
      if (officer !== null) await page.addInitScript((number) => sessionStorage.setItem('officer', number), officer);
      await page.goto(`${server.url}/${name}`);
      return page;
    },
  };
}
