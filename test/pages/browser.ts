// Debian's Chromium under playwright-core. Tests that need it are skipped, with a message, where it is absent.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { test } from 'vitest';

export const executablePath = '/usr/bin/chromium';
const hasChromium = existsSync(executablePath);

if (!hasChromium) console.warn(`Page tests are skipped: there is no ${executablePath} (apt-get install chromium).`);

export const browserTest = test.skipIf(!hasChromium);

/** Without the background flags Chromium looks up hosts of its maker at every start. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launchBrowser = async (): Promise<Browser | null> =>
  hasChromium ? chromium.launch({ executablePath, args: chromiumArguments }) : null;
