import { expect } from 'vitest';
import { hintTexts, screenTexts } from '../../gate-controller/display/texts.ts';
import type { CaptureHint, Screen } from '../../gate-controller/api/messages.ts';
import { browserTest } from './browser.ts';
import { stageFor } from './stage.ts';
import { display } from './views.ts';

const stage = stageFor('display');
const shows = (screen: Screen) => `main[data-screen=${screen}]`;

browserTest('before any script runs the sign says in every language that the lane is out of service', async () => {
  stage.server.blocked.add('.js');
  const page = await stage.open();
  await page.getByRole('heading', { name: screenTexts.outOfService.en }).waitFor();
  for (const language of ['de', 'fr', 'es', 'ar'] as const) {
    expect(await page.locator(`p[lang=${language}]`).textContent()).toBe(screenTexts.outOfService[language]);
  }
});

browserTest('a controller that never answers leaves the sign at out of service, once', async () => {
  const page = await stage.open();
  await page.locator('#still').waitFor({ state: 'detached' });
  expect(await page.getByRole('heading').allTextContents()).toEqual([screenTexts.outOfService.en]);
});

browserTest('a connection that is lost turns the sign to out of service', async () => {
  stage.server.send('display', display({ screen: 'enter' }));
  const page = await stage.open();
  await page.locator(shows('enter')).waitFor();
  await stage.server.stop();
  await page.locator(shows('outOfService')).waitFor({ timeout: 5_000 });
});

browserTest(
  'a controller that hangs turns the sign to out of service, and its next answer brings it back',
  async () => {
    stage.server.send('display', display({ screen: 'lookAtCamera' }));
    const page = await stage.open();
    await page.locator(shows('lookAtCamera')).waitFor();
    stage.server.isHanging = true;
    await page.locator(shows('outOfService')).waitFor({ timeout: 10_000 });
    stage.server.isHanging = false;
    await page.locator(shows('lookAtCamera')).waitFor({ timeout: 10_000 });
  },
);

const screens = Object.keys(screenTexts) as Screen[];
const hints = Object.keys(hintTexts) as CaptureHint[];

/** Words of whatever reaches over the edge of the screen, or over its neighbour. */
const beyond = () => {
  const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect();
  const [picture, words] = [box('.picture svg'), box('.words')];
  const parts = [...document.querySelectorAll('.words > *, .picture svg, header, .help')].filter((part) => {
    const { left, top, right, bottom } = part.getBoundingClientRect();
    return left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight + 1;
  });
  const isCovered = words.left < picture.right - 1 && words.top < picture.bottom - 1;
  const help = document.querySelector('.help')?.getBoundingClientRect();
  const lowest = Math.max(...[...document.querySelectorAll('.words > *')].map((e) => e.getBoundingClientRect().bottom));
  return [
    ...parts.map((part) => part.textContent),
    ...(isCovered ? ['words over picture'] : []),
    ...(help !== undefined && lowest > help.top + 1 ? ['words over the help button'] : []),
  ];
};

/** Shows a pair of languages without waiting for its turn, and reads its lines before the next turn can come. */
const linesOfTurn = async (turn: number) => {
  const sign = document.querySelector('display-sign') as HTMLElement & {
    turn: number;
    updateComplete: Promise<unknown>;
  };
  sign.turn = turn;
  await sign.updateComplete;
  return [...document.querySelectorAll('.words p')].map((line) => line.textContent);
};

const postures = Object.entries({
  upright: { width: 1080, height: 1920 },
  lying: { width: 1280, height: 800 },
});

for (const [posture, viewport] of postures) {
  browserTest(
    `every screen and hint has a picture and fits the ${posture} sign, with each pair of languages`,
    async () => {
      stage.server.send('display', display());
      const page = await stage.open({ viewport });
      await page.locator(shows('placeDocument')).waitFor();
      for (const view of [
        ...screens.map((screen) => display({ screen })),
        ...hints.map((hint) => display({ screen: 'lookAtCamera', hint })),
      ]) {
        stage.server.send('display', view);
        const words = view.hint === null ? screenTexts[view.screen] : hintTexts[view.hint];
        const seen = new Set<string>();
        await page.getByRole('heading', { name: words.en, exact: true }).waitFor();
        for (const turn of [0, 1]) {
          for (const line of await page.evaluate(linesOfTurn, turn)) seen.add(line);
          expect(await page.evaluate(beyond), `${view.screen} ${view.hint}`).toEqual([]);
        }
        expect(seen).toEqual(new Set([words.de, words.fr, words.es, words.ar]));
        expect(await page.locator('.picture svg *').count()).toBeGreaterThan(1);
      }
    },
    120_000,
  );
}

for (const [posture, viewport] of postures) {
  browserTest(
    `with larger words and more of them every screen fits the ${posture} sign`,
    async () => {
      stage.server.send('display', display());
      const page = await stage.open({ viewport });
      for (const screen of screens) {
        stage.server.send('display', display({ screen, profile: 'accessible' }));
        await page.locator(`${shows(screen)}.accessible`).waitFor();
        for (const turn of [0, 1, 2, 3]) {
          await page.evaluate(linesOfTurn, turn);
          expect(await page.evaluate(beyond), `${screen} ${turn}`).toEqual([]);
        }
      }
    },
    120_000,
  );
}

browserTest('the help button calls somebody, and the sign says that help is coming', async () => {
  stage.server.send('display', display());
  const page = await stage.open();
  await page.getByRole('button', { name: /Help/ }).click();
  await expect.poll(() => stage.server.signs).toEqual([{ path: '/api/display/help', body: {} }]);
  stage.server.send('display', display({ help: 'coming' }));
  await page.getByText('Help is coming').waitFor();
  expect(await page.getByRole('button').count()).toBe(0);
  stage.server.send('display', display({ screen: 'closed', help: 'none' }));
  await page.getByText('Help is coming').waitFor({ state: 'detached' });
});

browserTest('the ring grows with the chip that is read', async () => {
  stage.server.send('display', display({ screen: 'readingDocument', progress: 0.25 }));
  const page = await stage.open();
  const drawn = () =>
    page.locator('circle.ring').evaluate((ring) => Number.parseFloat(ring.getAttribute('stroke-dasharray') ?? ''));
  await page.locator(shows('readingDocument')).waitFor();
  const before = await drawn();
  stage.server.send('display', display({ screen: 'readingDocument', progress: 0.75 }));
  await expect.poll(drawn).toBeCloseTo(before * 3, 0);
});

browserTest(
  'the ring lies on its track, whether it grows or turns, and for whoever asked for less motion',
  async () => {
    const centre = (circle: Element): readonly number[] => {
      const { left, top, width, height } = circle.getBoundingClientRect();
      return [Math.round(left + width / 2), Math.round(top + height / 2)];
    };
    for (const reducedMotion of ['reduce', 'no-preference'] as const) {
      for (const progress of [null, 0.25]) {
        stage.server.send('display', display({ screen: 'readingDocument', progress }));
        const page = await stage.open({ reducedMotion });
        await page.locator(shows('readingDocument')).waitFor();
        const track = await page.locator('circle.ring-track').evaluate(centre);
        expect(await page.locator('circle.ring').evaluate(centre), `${reducedMotion} ${progress}`).toEqual(track);
      }
    }
  },
);

browserTest('Arabic is written from right to left', async () => {
  stage.server.send('display', display());
  const page = await stage.open();
  const arabic = page.locator('.words p[lang=ar]');
  await arabic.waitFor({ timeout: 10_000 });
  expect(await arabic.evaluate((line) => getComputedStyle(line).direction)).toBe('rtl');
});
