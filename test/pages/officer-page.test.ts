import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { OfficerCommand } from '../../gate-controller/api/messages.ts';
import { browserTest } from './browser.ts';
import { stageFor } from './stage.ts';
import { heldView, holder, idleView, lane, longHolder, manyReferrals, transaction } from './views.ts';

const stage = stageFor('officer');
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const alert = (page: Page, words: RegExp) => page.getByRole('alert').filter({ hasText: words });

async function openHeld(): Promise<Page> {
  stage.server.send('lane', heldView());
  const page = await stage.open();
  await page.getByRole('heading', { name: /officer needed/ }).waitFor();
  return page;
}

browserTest('a referral shows its gravest reason with advice, both faces, and what the comparison lacked', async () => {
  const page = await openHeld();
  const reasons = page.getByRole('list', { name: 'Reasons and advice' }).getByRole('listitem');
  expect(await reasons.first().textContent()).toContain('Compare face and portrait yourself');
  await page.getByRole('img', { name: 'Portrait in the chip' }).waitFor();
  await page.getByRole('img', { name: 'Live face' }).waitFor();
  await page.getByRole('img', { name: 'Similarity 0.32 is below the 0.45 that is required.' }).waitFor();
  await page.getByText(holder.surname).waitFor();
});

browserTest('both faces are shown whole, from hairline to chin', async () => {
  const page = await openHeld();
  for (const name of ['Portrait in the chip', 'Live face']) {
    const shown = await page.getByRole('img', { name }).evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      const [picture, frame] = [image.getBoundingClientRect(), image.parentElement?.getBoundingClientRect()];
      const isInside = frame !== undefined && picture.bottom <= frame.bottom && picture.right <= frame.right;
      return { isInside, fit: getComputedStyle(image).objectFit };
    });
    expect(shown).toEqual({ isInside: true, fit: 'contain' });
  }
});

browserTest(
  'a release needs a reason, and is posted with the sequence number of the view it was given on',
  async () => {
    const page = await openHeld();
    await button(page, 'Release to exit').click();
    const dialog = page.getByRole('dialog', { name: 'Release the traveller to the exit?' });
    const confirm = dialog.getByRole('button', { name: 'Release to exit' });
    await dialog.getByRole('textbox').fill('ok');
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('Compared by eye: same person');
    await confirm.click();
    await expect.poll(() => stage.server.posted.length).toBe(1);
    const [posted] = stage.server.posted.map(({ body }) => body as OfficerCommand);
    const { commandId, ...command } = posted ?? { commandId: 'none was posted' };
    expect(command).toEqual({
      command: 'releaseToExit',
      laneId: 'lane-1',
      transactionId: transaction().transactionId,
      expectedSeq: 412,
      reason: 'Compared by eye: same person',
    });
    expect(commandId).toMatch(/^[0-9a-f-]{36}$/);
  },
);

browserTest('after a recorded command its buttons wait until a newer view shows the effect', async () => {
  const page = await openHeld();
  await button(page, 'Acknowledge').click();
  await expect.poll(() => stage.server.posted.length).toBe(1);
  expect(await button(page, 'Release to exit').isDisabled()).toBe(true);
  const next = heldView({ commands: ['releaseToExit'] });
  stage.server.send('lane', { ...next, lanes: next.lanes.map((each) => ({ ...each, seq: 413 })) });
  await expect.poll(() => button(page, 'Release to exit').isEnabled()).toBe(true);
});

browserTest('a command that comes too late is said not to have been done', async () => {
  const page = await openHeld();
  stage.server.answer = { status: 409, body: { code: 'STALE', message: 'sequence 413' } };
  await button(page, 'Acknowledge').click();
  await alert(page, /Not done: the lane had moved on/).waitFor();
  expect(await button(page, 'Acknowledge').isEnabled()).toBe(true);
});

browserTest('a command that is not allowed now shows the words of the controller', async () => {
  const page = await openHeld();
  stage.server.answer = { status: 422, body: { code: 'NOT_ALLOWED', message: 'The exit is obstructed.' } };
  await button(page, 'Acknowledge').click();
  await alert(page, /Not done: The exit is obstructed\./).waitFor();
});

browserTest(
  'a case that changes while the officer writes must be looked at again before anything is sent',
  async () => {
    const page = await openHeld();
    await button(page, 'Return to entry').click();
    await button(page, 'Traveller needs help').click();
    stage.server.send('lane', heldView({ reasons: [...transaction().reasons].slice(1) }));
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('alert').waitFor();
    await dialog.getByRole('button', { name: 'Return to entry' }).click();
    await dialog.getByRole('alert').waitFor({ state: 'detached' });
    expect(stage.server.posted).toEqual([]);
    await dialog.getByRole('button', { name: 'Return to entry' }).click();
    await expect.poll(() => stage.server.posted.length).toBe(1);
  },
);

browserTest(
  'a lost connection is said at once, with the age of what is shown, and no command can be given',
  async () => {
    const page = await openHeld();
    await stage.server.stop();
    await alert(page, /No connection to lane: what you see is old/).waitFor({ timeout: 3_000 });
    await page.getByText(/Last heard \d+ s ago/).waitFor();
    expect(await button(page, 'Acknowledge').isDisabled()).toBe(true);
    expect(await button(page, 'Close lane').isDisabled()).toBe(true);
  },
);

browserTest('a controller that hangs without closing the connection is noticed too', async () => {
  const page = await openHeld();
  stage.server.isHanging = true;
  await alert(page, /No connection to lane/).waitFor({ timeout: 15_000 });
});

browserTest('a new referral is read out, old ones are not', async () => {
  stage.server.send('lane', { lanes: [lane()], referrals: manyReferrals(2) });
  const page = await stage.open();
  await page.getByText('No traveller in the lane').waitFor();
  const spoken = page.locator('[aria-live=assertive]');
  expect((await spoken.textContent())?.trim()).toBe('');
  stage.server.send('lane', { lanes: [lane()], referrals: [...heldView().referrals, ...manyReferrals(2)] });
  await spoken.filter({ hasText: 'New referral, severity high: The face is not similar enough' }).waitFor();
});

browserTest('personal data leave the page after a minute without an officer and come back on demand', async () => {
  stage.server.send('lane', heldView());
  const page = await stage.open();
  await page.clock.install();
  await page.reload();
  await page.getByText(holder.surname).waitFor();
  await page.clock.fastForward(61_000);
  await page.getByText(holder.surname).waitFor({ state: 'detached' });
  expect(await page.getByRole('img', { name: 'Live face' }).count()).toBe(0);
  await button(page, 'Show personal data').click();
  await page.getByText(holder.surname).waitFor();
});

browserTest(
  'with twenty cases and the longest names nothing is wider than the screen, at the desk or on a tablet',
  async () => {
    const { lanes } = heldView({ holder: longHolder });
    stage.server.send('lane', { lanes, referrals: manyReferrals(20) });
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 1024, height: 768 },
    ]) {
      const page = await stage.open({ viewport });
      await page.getByText(longHolder.surname).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      const overflowing = await page
        .locator('case-view .panel')
        .evaluateAll((panels) =>
          panels.filter((panel) => panel.scrollWidth > panel.clientWidth + 1).map((panel) => panel.className),
        );
      expect(overflowing).toEqual([]);
    }
  },
);

browserTest(
  'every control has a name and a role, the page has its landmarks, and a keyboard reaches the commands',
  async () => {
    const page = await openHeld();
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    await page.getByRole('main').waitFor();
    await page.getByRole('navigation', { name: 'Cases' }).waitFor();
    for (const control of await page.getByRole('button').all()) {
      expect((await control.textContent())?.trim().length).toBeGreaterThan(2);
    }
    const focused = () =>
      page.evaluate(() => {
        let at: Element | null = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return at?.textContent?.trim() ?? '';
      });
    const reached: string[] = [];
    for (let tabs = 0; tabs < 8; tabs++) {
      await page.keyboard.press('Tab');
      reached.push(await focused());
    }
    expect(reached).toEqual(
      expect.arrayContaining(['Close lane', 'Acknowledge', 'Return to entry…', 'Release to exit…']),
    );
  },
);

browserTest('an empty lane says so, and today’s figures stand beside it', async () => {
  stage.server.send('lane', idleView());
  const page = await stage.open();
  await page.getByRole('heading', { name: 'No traveller in the lane' }).waitFor();
  await page.getByText('214 admitted · 11 referred · 3 other').waitFor();
});
