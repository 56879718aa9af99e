import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { OfficerCommand } from '../../gate-controller/api/messages.ts';
import { hold_ms } from '../../gate-controller/console/hold.ts';
import { browserTest } from './browser.ts';
import { stageFor } from './stage.ts';
import { heldView, holder, idleView, lane, longHolder, manyReferrals, reason, transaction } from './views.ts';

const stage = stageFor('officer');
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const alert = (page: Page, words: RegExp) => page.getByRole('alert').filter({ hasText: words });

async function openHeld(change: Parameters<typeof heldView>[0] = {}): Promise<Page> {
  stage.server.send('lane', heldView(change));
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
    const { commandId, givenAt_ms, ...command } = posted ?? { commandId: 'none was posted', givenAt_ms: 0 };
    expect(givenAt_ms).toBeGreaterThanOrEqual(lane().at_ms);
    expect(givenAt_ms).toBeLessThan(lane().at_ms + 60_000);
    expect(command).toEqual({
      command: 'releaseToExit',
      laneId: 'lane-1',
      transactionId: transaction().transactionId,
      expectedSeq: 412,
      officer: 'B-114',
      reason: 'Compared by eye: same person',
    });
    expect(commandId).toMatch(/^[0-9a-f-]{36}$/);
  },
);

browserTest('until somebody gives a number no command can be given; then signs of life go out', async () => {
  stage.server.send('lane', heldView());
  const page = await stage.open({ officer: null });
  await page.getByText('Nobody attends at this page').waitFor();
  expect(await button(page, 'Acknowledge').isDisabled()).toBe(true);
  expect(stage.server.signs).toEqual([]);
  await page.getByRole('textbox', { name: 'Your officer number' }).fill('B-7');
  await button(page, 'Attend').click();
  await expect.poll(() => stage.server.signs).toEqual([{ path: '/api/attendance', body: { officer: 'B-7' } }]);
  await button(page, 'Acknowledge').click();
  await expect.poll(() => stage.server.posted.map(({ body }) => (body as OfficerCommand).officer)).toEqual(['B-7']);
  await page.reload();
  await button(page, 'Hand over').click();
  await page.getByText('Nobody attends at this page').waitFor();
});

browserTest('what takes two officers is answered by a second one, with the own number', async () => {
  const waitingForSecondOfficer = {
    command: 'releaseToExit',
    officer: 'B-114',
    until_ms: lane().at_ms + 30_000,
  } as const;
  stage.server.send('lane', heldView({ waitingForSecondOfficer }));
  const page = await stage.open();
  await page.getByText(/Officer B-114 said “Release to exit”. Another officer has to say so, too/).waitFor();
  await button(page, 'Second officer: release to exit').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Document examined by officer: genuine' }).click();
  const confirm = dialog.getByRole('button', { name: 'Release to exit' });
  const number = dialog.getByRole('textbox', { name: 'Number of the second officer' });
  await number.fill('B-114');
  expect(await confirm.isDisabled()).toBe(true);
  await number.fill('B-115');
  await confirm.click();
  await expect.poll(() => stage.server.posted.length).toBe(1);
  expect(stage.server.posted[0]?.body).toMatchObject({ command: 'releaseToExit', officer: 'B-115' });
});

browserTest('a second officer at an own page finds the own number filled in', async () => {
  const until_ms = lane().at_ms + 30_000;
  const waitingForSecondOfficer = { command: 'releaseToExit', officer: 'B-114', until_ms } as const;
  stage.server.send('lane', heldView({ waitingForSecondOfficer }));
  const page = await stage.open({ officer: 'B-115' });
  await button(page, 'Second officer: release to exit').click();
  const number = page.getByRole('dialog').getByRole('textbox', { name: 'Number of the second officer' });
  expect(await number.inputValue()).toBe('B-115');
});

browserTest('a button that is held gives the silent alarm, and nothing on the page shows it', async () => {
  const page = await openHeld();
  const seen = (await page.locator('case-view').textContent()) ?? '';
  await button(page, 'Release to exit').hover();
  await page.mouse.down();
  await expect.poll(() => stage.server.posted.length, { timeout: 10_000 }).toBe(1);
  await page.mouse.up();
  expect(stage.server.posted[0]?.body).toMatchObject({ command: 'duress', transactionId: null, reason: null });
  await expect.poll(() => button(page, 'Release to exit').isEnabled()).toBe(true);
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await page.locator('case-view').textContent()).toBe(seen);
  expect(await page.getByText(/duress|alarm/i).count()).toBe(0);
  await button(page, 'Release to exit').click();
  await page.getByRole('dialog').waitFor();
});

browserTest('a hold ends where the hand lets go, also when its button has gone from under it', async () => {
  const page = await openHeld();
  await page.clock.install();
  await button(page, 'Release to exit').hover();
  await page.mouse.down();
  stage.server.send('lane', heldView({ commands: ['acknowledge', 'returnToEntry'] }));
  await button(page, 'Release to exit').waitFor({ state: 'detached' });
  await page.mouse.up();
  stage.server.send('lane', heldView());
  await button(page, 'Release to exit').waitFor();
  // Longer than a hold: a timer that had survived would have posted by now.
  await page.clock.runFor(hold_ms + 300);
  expect(stage.server.posted).toEqual([]);
});

browserTest('a press that began on one button is none on the one that takes its place', async () => {
  const page = await openHeld({ commands: ['acknowledge'] });
  await button(page, 'Acknowledge').hover();
  await page.mouse.down();
  stage.server.send('lane', heldView({ commands: ['returnToEntry'] }));
  await button(page, 'Return to entry').waitFor();
  await page.mouse.up();
  // The last thing that a click does is done by the time its page answers.
  await page.evaluate(() => 0);
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(stage.server.posted).toEqual([]);
});

browserTest('a button that has just appeared cannot be pressed yet', async () => {
  const page = await openHeld({ commands: ['acknowledge'] });
  await button(page, 'Acknowledge').waitFor();
  await page.evaluate(() => {
    const seen: boolean[] = [];
    Object.assign(globalThis, { seen });
    const bar = document
      .querySelector('officer-page')
      ?.shadowRoot?.querySelector('case-view')
      ?.shadowRoot?.querySelector('command-bar')?.shadowRoot;
    if (bar === null || bar === undefined) throw new Error('BAR_NOT_FOUND');
    new MutationObserver(() => {
      const added = bar.querySelector<HTMLButtonElement>('[data-command=releaseToExit]');
      if (added !== null) seen.push(added.disabled);
    }).observe(bar, { childList: true, subtree: true });
  });
  stage.server.send('lane', heldView());
  await expect.poll(() => button(page, 'Release to exit').isEnabled()).toBe(true);
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: boolean[] }).seen);
  expect(seen[0]).toBe(true);
});

browserTest('what stands in the lane beside any traveller is said with what to do, gravest first', async () => {
  const incidents = [
    {
      ...reason('DOOR_FORCED', 'high', 'A door was forced.', 'Go to the lane.'),
      since_ms: lane().at_ms - 12_000,
    },
    { ...reason('LANE_UNATTENDED', 'normal', 'Nobody attends this lane; it closes itself.', 'Stay.'), since_ms: null },
  ];
  stage.server.send('lane', {
    lanes: [lane({ mode: 'lockdown', incidents, commands: ['resetLockdown'] })],
    referrals: [],
  });
  const page = await stage.open();
  const said = page.getByRole('list', { name: 'Incidents' }).getByRole('listitem');
  await said.first().waitFor();
  expect(await said.first().textContent()).toMatch(/A door was forced\. Go to the lane\..*for 12 s/s);
  expect(await said.count()).toBe(2);
  await button(page, 'End lockdown').waitFor();
});

browserTest('rare commands stand behind "More", and a technician’s request stands in front', async () => {
  const maintenance = { technician: 'T-7', officer: null, askedAt_ms: lane().at_ms - 4_000 };
  const commands = ['consentMaintenance', 'openLane', 'lockLane', 'duress'] as const;
  stage.server.send('lane', { lanes: [lane({ mode: 'closed', maintenance, commands })], referrals: [] });
  const page = await stage.open();
  await page.getByText('Technician T-7 asks to work in this lane').waitFor();
  expect(await button(page, 'Lock lane down').isVisible()).toBe(false);
  await page.locator('lane-strip summary', { hasText: 'More' }).click();
  await button(page, 'Lock lane down').click();
  await page
    .getByRole('dialog', { name: 'Lock this lane down?' })
    .getByRole('button', { name: 'Lock lane down' })
    .click();
  await expect.poll(() => stage.server.posted.length).toBe(1);
  expect(stage.server.posted[0]?.body).toMatchObject({ command: 'lockLane', reason: null });
});

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
    // A button that has just appeared cannot be pressed yet.
    for (const name of ['Close lane', 'Release to exit']) {
      await page.locator('button:enabled').filter({ hasText: name }).first().waitFor();
    }
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
