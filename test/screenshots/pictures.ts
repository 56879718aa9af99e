import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { DisplayView, OfficerView } from '../../gate-controller/api/messages.ts';
import type { BenchView } from '../../simulator/bench/messages.ts';
import { Cable } from './cable.ts';

export type PictureSet = {
  readonly browser: Browser;
  readonly controller: string;
  readonly bench: string;
  readonly folder: string;
};

/** The longest that a passage may take to get to the moment that is to be pictured. */
const moment_ms = 45_000;
const load_ms = 15_000;
const steady_ms = 3_000;

type Pages = {
  readonly officer: Page;
  readonly tablet: Page;
  readonly upright: Page;
  readonly lying: Page;
  readonly technician: Page;
  readonly bench: Page;
};

type Moment = {
  /** First part of the picture's name. */
  readonly name: string;
  readonly pages: readonly (keyof Pages)[];
  readonly is: (views: Views) => boolean;
};

type Views = { readonly officer: OfficerView; readonly display: DisplayView; readonly bench: BenchView };

const atScreen = (screen: DisplayView['screen'], pages: Moment['pages']): Moment => ({
  name: screen,
  pages,
  is: ({ display }) => display.screen === screen,
});
const signs = ['upright', 'lying'] as const;

/** One traveller who goes through, seen from everywhere. */
const genuine: readonly Moment[] = [
  atScreen('readingDocument', [...signs, 'officer', 'technician', 'bench']),
  atScreen('takeDocument', signs),
  atScreen('enter', [...signs, 'bench']),
  atScreen('lookAtCamera', [...signs, 'bench']),
  atScreen('leave', [...signs, 'officer', 'technician', 'bench']),
];

/** A traveller whose face does not match is held in the cabin; what an officer sees and does. */
const held: Moment = {
  name: 'held',
  pages: ['officer', 'tablet', 'upright', 'lying', 'bench'],
  is: ({ officer }) => officer.lanes[0]?.transaction?.step === 'held',
};

/** A document that leads to the desk before anybody goes in. */
const sentToDesk: Moment = { ...atScreen('goToDesk', [...signs, 'officer']), name: 'desk' };

/** Drives the pages through their states; returns in words the moments that did not come. */
export async function takePictures(set: PictureSet): Promise<readonly string[]> {
  const cable = await Cable.to(set.controller);
  const pages = await openPages({ ...set, controller: cable.url });
  const missed: string[] = [];
  const attempt = async (name: string, take: () => Promise<void>): Promise<void> => {
    for (const isLast of [false, true]) {
      try {
        await take();
        console.log(`taken: ${name}`);
        return;
      } catch (error) {
        if (isLast) missed.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : 'unknown'}`);
      }
    }
  };
  const shoot = (name: string, which: readonly (keyof Pages)[]) => shootAll(set, pages, name, which);

  await post(`${set.bench}/api/stream`, { paused: true });
  await attempt('idle', async () => {
    await emptyLane(set);
    await shoot('idle', ['officer', 'tablet', 'upright', 'lying', 'bench']);
  });
  await attempt('genuine', async () => {
    await emptyLane(set);
    await post(`${set.bench}/api/travellers`, { scenario: 'genuine' });
    for (const moment of genuine) await catchMoment(set, moment, shoot);
  });
  await attempt('expired-document', async () => {
    await emptyLane(set);
    await post(`${set.bench}/api/travellers`, { scenario: 'expired-document' });
    await catchMoment(set, sentToDesk, shoot);
  });
  await attempt('impostor', async () => {
    await emptyLane(set);
    await post(`${set.bench}/api/travellers`, { scenario: 'impostor' });
    await catchMoment(set, held, shoot);
    await decide(pages, shoot);
  });
  await attempt('more-time', () => giveMoreTime(set, pages, shoot));
  await attempt('help', () => callForHelp(set, pages, shoot));
  await attempt('dead-reader', () => unplugReader(set, shoot));
  await attempt('lockdown', () => lockDown(set, pages, shoot));
  await attempt('closed', () => closeLane(set, pages, shoot));
  await attempt('maintenance', () => maintain(set, pages, shoot));
  await attempt('lost', async () => {
    cable.pull();
    await loseConnection(pages);
    await shoot('lost', ['officer', 'upright', 'lying']);
  });
  await Promise.all(Object.values(pages).map((page) => page.context().close()));
  cable.pull();
  return missed;
}

type Shoot = (name: string, which: readonly (keyof Pages)[]) => Promise<void>;

/** Numbers of nobody. */
const officers = { first: 'B-101', second: 'B-102' } as const;
const technicianNumber = 'T-7';

async function openPages({ browser, controller, bench }: PictureSet): Promise<Pages> {
  const open = async (address: string, width: number, height: number, colorScheme: 'light' | 'dark' = 'light') => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    await context.addInitScript((number) => sessionStorage.setItem('officer', number), officers.first);
    const page = await context.newPage();
    await page.goto(address, { timeout: load_ms });
    return page;
  };
  return {
    officer: await open(`${controller}/officer`, 1440, 900),
    tablet: await open(`${controller}/officer`, 1024, 768, 'dark'),
    upright: await open(`${controller}/display`, 1080, 1920),
    lying: await open(`${controller}/display`, 1280, 800),
    technician: await open(`${controller}/technician`, 1440, 900),
    bench: await open(`${bench}/bench`, 1440, 900),
  };
}

async function shootAll(
  { folder }: PictureSet,
  pages: Pages,
  name: string,
  which: readonly (keyof Pages)[],
): Promise<void> {
  // One after the other: pages, gate and simulator share the machine, and a starved gate goes out of service.
  for (const page of which) {
    const show = pages[page].getByRole('button', { name: 'Show personal data' });
    if (await show.isVisible()) await show.click();
    // Pictures come back a moment after they were asked for.
    for (const image of await pages[page].getByRole('img').locator('xpath=self::img').all()) {
      await image.evaluate((face: HTMLImageElement) => face.decode().catch(() => undefined));
    }
    await pages[page].screenshot({ path: join(folder, `${page}-${name}.png`) });
  }
}

async function catchMoment(set: PictureSet, moment: Moment, shoot: Shoot): Promise<void> {
  await until(set, moment.is);
  await shoot(moment.name, moment.pages);
}

/** The officer lets the held traveller out to the entry side, with a reason. */
async function decide(pages: Pages, shoot: Shoot): Promise<void> {
  const { officer } = pages;
  await officer.getByRole('button', { name: 'Return to entry' }).click({ timeout: load_ms });
  const dialog = officer.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Ordinary control at the desk' }).click({ timeout: load_ms });
  await shoot('reason', ['officer']);
  await dialog.getByRole('button', { name: 'Return to entry' }).click({ timeout: load_ms });
  await officer.getByRole('heading', { name: /goes back|Released|Referred/ }).waitFor({ timeout: load_ms });
  await shoot('returning', ['officer', 'upright', 'lying', 'bench']);
}

async function closeLane(set: PictureSet, pages: Pages, shoot: Shoot): Promise<void> {
  await emptyLane(set);
  await pages.officer.getByRole('button', { name: 'Close lane' }).click({ timeout: load_ms });
  await until(set, ({ display }) => display.screen === 'closed');
  await pages.officer.locator('referral-list li button').first().click({ timeout: load_ms });
  await shoot('closed', ['officer', 'tablet', 'upright', 'lying', 'bench']);
  await pages.officer.getByRole('button', { name: 'Open lane' }).click({ timeout: load_ms });
  await until(set, ({ display }) => display.screen === 'placeDocument');
}

/** A button of the lane that stands behind "More". */
async function pressRare({ officer }: Pages, name: string): Promise<void> {
  await officer.locator('lane-strip summary', { hasText: 'More' }).click({ timeout: load_ms });
  await officer.locator('lane-strip').getByRole('button', { name }).click({ timeout: load_ms });
}

/** The next traveller is given more time: larger words, one language at a time. */
async function giveMoreTime(set: PictureSet, pages: Pages, shoot: Shoot): Promise<void> {
  await emptyLane(set);
  await pressRare(pages, 'Give more time');
  await until(set, ({ display }) => display.profile === 'accessible');
  for (const sign of signs) await pages[sign].locator('main.accessible').waitFor({ timeout: load_ms });
  await shoot('more-time', ['upright', 'lying', 'officer']);
  await pressRare(pages, 'Ordinary times');
  await until(set, ({ display }) => display.profile === 'standard');
}

/** Somebody presses the help button on the sign before anything else. */
async function callForHelp(set: PictureSet, pages: Pages, shoot: Shoot): Promise<void> {
  await emptyLane(set);
  await pages.upright.getByRole('button', { name: /Help/ }).click({ timeout: load_ms });
  for (const sign of signs) await pages[sign].locator('[data-screen=helpComing]').waitFor({ timeout: load_ms });
  await shoot('help', ['upright', 'lying', 'officer']);
}

/** The cable of the chip reader is pulled and put back. */
async function unplugReader(set: PictureSet, shoot: Shoot): Promise<void> {
  await emptyLane(set);
  const plug = (on: boolean) => post(`${set.bench}/api/faults`, { name: 'chip-reader-unplugged', on });
  await plug(true);
  try {
    await until(set, ({ officer }) => officer.lanes[0]?.mode === 'fault');
    await shoot('dead-reader', ['officer', 'technician', 'upright']);
  } finally {
    await plug(false);
  }
}

/** An officer locks the lane down, and two together end it. */
async function lockDown(set: PictureSet, pages: Pages, shoot: Shoot): Promise<void> {
  const { officer } = pages;
  const dialog = officer.getByRole('dialog');
  const reason = 'Lane walked through: nobody inside, doors in order';
  await emptyLane(set);
  await pressRare(pages, 'Lock lane down');
  await dialog.getByRole('button', { name: 'Lock lane down' }).click({ timeout: load_ms });
  await until(set, (views) => views.officer.lanes[0]?.mode === 'lockdown');
  await officer.getByRole('button', { name: 'End lockdown' }).click({ timeout: load_ms });
  await shoot('lockdown', ['technician', ...signs]);
  await dialog.getByRole('button', { name: reason }).click({ timeout: load_ms });
  await dialog.getByRole('button', { name: 'End lockdown' }).click({ timeout: load_ms });
  await officer.getByRole('button', { name: 'Second officer: end lockdown' }).click({ timeout: load_ms });
  await dialog.getByRole('textbox', { name: 'Number of the second officer' }).fill(officers.second);
  await dialog.getByRole('button', { name: reason }).click({ timeout: load_ms });
  await shoot('lockdown', ['officer']);
  await dialog.getByRole('button', { name: 'End lockdown' }).click({ timeout: load_ms });
  await until(set, (views) => views.officer.lanes[0]?.commands.includes('openLane') === true);
  await officer.getByRole('button', { name: 'Open lane' }).click({ timeout: load_ms });
}

/** A technician asks, an officer consents, a door is moved, and an officer opens the lane again. */
async function maintain(set: PictureSet, pages: Pages, shoot: Shoot): Promise<void> {
  const { officer, technician } = pages;
  const dialog = officer.getByRole('dialog');
  await emptyLane(set);
  await officer.getByRole('button', { name: 'Close lane' }).click({ timeout: load_ms });
  await until(set, ({ display }) => display.screen === 'closed');
  await technician.getByRole('textbox', { name: 'Your technician number' }).fill(technicianNumber);
  await technician.getByRole('button', { name: 'Ask for maintenance' }).click({ timeout: load_ms });
  await officer.getByRole('button', { name: 'Consent to maintenance' }).click({ timeout: load_ms });
  await dialog.getByRole('button', { name: 'Consent to maintenance' }).click({ timeout: load_ms });
  await until(set, ({ display }) => display.screen === 'maintenance');
  await technician.locator('[data-door=exit]').getByRole('button', { name: 'Open' }).click({ timeout: load_ms });
  await technician.getByRole('button', { name: 'Open exit door' }).click({ timeout: load_ms });
  await until(set, (views) => views.officer.lanes[0]?.doors?.exit.motion === 'open');
  await shoot('maintenance', ['officer', 'technician', 'upright']);
  await technician.locator('[data-door=exit]').getByRole('button', { name: 'Close' }).click({ timeout: load_ms });
  await technician.getByRole('button', { name: 'Close exit door' }).click({ timeout: load_ms });
  await until(set, (views) => views.officer.lanes[0]?.doors?.exit.motion === 'closed');
  await technician.getByRole('button', { name: 'End maintenance' }).click({ timeout: load_ms });
  await until(set, (views) => views.officer.lanes[0]?.commands.includes('openLane') === true);
  await officer.getByRole('button', { name: 'Open lane' }).click({ timeout: load_ms });
}

/** What the pages make of a cable that was pulled. */
async function loseConnection({ officer, upright, lying }: Pages): Promise<void> {
  await officer.getByText('what you see is old').waitFor({ timeout: load_ms });
  for (const sign of [upright, lying]) await sign.locator('[data-screen=outOfService]').waitFor({ timeout: load_ms });
}

/** Waits until the lane has been open and empty for a while: a page that starts takes the machine's time from the gate. */
async function emptyLane(set: PictureSet): Promise<void> {
  let since_ms = performance.now();
  await until(set, ({ officer, display, bench }) => {
    const isOpen = display.screen === 'placeDocument' || display.screen === 'closed';
    const isEmpty = officer.lanes[0]?.transaction === null && bench.hall.bodies.length === 0;
    if (!isOpen || !isEmpty || officer.lanes[0]?.faults.length !== 0) since_ms = performance.now();
    return performance.now() - since_ms > steady_ms;
  });
}

/** Asks ten times a second until the views are as wanted. */
async function until(set: PictureSet, is: (views: Views) => boolean): Promise<void> {
  const deadline = performance.now() + moment_ms;
  while (performance.now() < deadline) {
    const [officer, display, bench] = await Promise.all([
      read<OfficerView>(`${set.controller}/api/officer`),
      read<DisplayView>(`${set.controller}/api/display`),
      read<BenchView>(`${set.bench}/api/view`),
    ]);
    if (is({ officer, display, bench })) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the moment did not come within ${moment_ms / 1000} s`);
}

async function read<T>(url: string): Promise<T> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) throw new Error(`GET ${url}: HTTP ${answer.status}`);
  return (await answer.json()) as T;
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new Error(`POST ${url}: HTTP ${answer.status}`);
}
