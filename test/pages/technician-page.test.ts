import type { Page } from 'playwright-core';
import { beforeEach, expect } from 'vitest';
import type { TechnicianCommand } from '../../gate-controller/api/technician-messages.ts';
import { transitionTable } from '../../gate-controller/kernel/transition-table.ts';
import { laneMachine } from '../../gate-controller/lane/machine.ts';
import { transactionMachine } from '../../gate-controller/transaction/machine.ts';
import { browserTest } from './browser.ts';
import { stageFor } from './stage.ts';
import { deadReader, technician } from './technician-views.ts';

const stage = stageFor('technician');
beforeEach(() => {
  stage.server.machines = { lane: transitionTable(laneMachine), transaction: transitionTable(transactionMachine) };
});
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

browserTest('a dead reader stands first: which port, what it means, since when, and what to do', async () => {
  const { devices } = technician();
  const others = devices.filter(({ device }) => device !== 'chip-reader');
  stage.server.send('technician', technician({ mode: 'fault', devices: [...others, deadReader] }));
  const page = await stage.open();
  const first = page.getByRole('list', { name: 'Devices' }).getByRole('listitem').first();
  await first.waitFor();
  const words = (await first.textContent()) ?? '';
  for (const said of [
    'Chip reader',
    '/dev/serial/by-id/chip-reader',
    'does not answer',
    'DEVICE_DISCONNECTED',
    '8 min',
  ]) {
    expect(words).toContain(said);
  }
  expect(words).toContain('Check power, plug and cable of this device');
});

browserTest('the map shows where lane and passage stand, and moves on with the next view', async () => {
  stage.server.send('technician', technician());
  const page = await stage.open();
  const holds = (state: string) => page.locator(`button[data-state="${state}"][data-holds]`);
  await holds('open.shut').waitFor();
  await holds('entering').waitFor();
  expect(await page.locator('button[data-state="separating"][data-next]').count()).toBe(1);
  const standing = { machine: 'transaction', role: 'current', since_ms: null } as const;
  const [lane] = technician().standings;
  if (lane === undefined) throw new Error('VIEW_WITHOUT_LANE');
  stage.server.send('technician', technician({ standings: [lane, { ...standing, states: ['separating'] }] }));
  await holds('separating').waitFor();
  expect(await holds('entering').count()).toBe(0);
});

browserTest('a state that is pressed tells what can happen in it, and the machine can be followed again', async () => {
  stage.server.send('technician', technician());
  const page = await stage.open();
  await page.locator('button[data-state="capturing"]').click();
  await page.getByRole('heading', { name: 'What can happen in “capturing”' }).waitFor();
  await page.getByRole('cell', { name: 'FACE_VERIFIED' }).waitFor();
  await button(page, 'Follow the machine').click();
  await page.getByRole('heading', { name: 'What can happen in “entering”' }).waitFor();
});

browserTest('steps stand newest first, with the time between, and ignored events are told apart', async () => {
  stage.server.send('technician', technician());
  const page = await stage.open();
  const rows = page.locator('step-table tbody tr');
  await rows.first().waitFor();
  expect(await rows.first().textContent()).toMatch(/817.*1310 ms.*DOCUMENT_TAKEN.*entering/s);
  expect(await page.locator('step-table tr.ignored').textContent()).toContain('(ignored)');
});

browserTest('a door is moved in maintenance only, by somebody with a number, after a confirmation', async () => {
  stage.server.send('technician', technician());
  const page = await stage.open();
  await page.getByText('Doors and maintenance').waitFor();
  expect(await button(page, 'Open').count()).toBe(0);
  const maintenance = { technician: 'T-7', officer: 'B-114', askedAt_ms: technician().at_ms - 20_000 };
  const commands = ['endMaintenance', 'moveDoor'] as const;
  stage.server.send('technician', technician({ mode: 'maintenance', maintenance, commands }));
  const open = page.locator('[data-door=exit]').getByRole('button', { name: 'Open' });
  expect(await open.isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'Your technician number' }).fill('T-7');
  await open.click();
  expect(stage.server.posted).toEqual([]);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Open exit door' }).click();
  await expect.poll(() => stage.server.posted.length).toBe(1);
  const { body, path } = stage.server.posted[0] ?? { body: {}, path: '' };
  expect(path).toBe('/api/technician');
  expect(body).toMatchObject({
    command: 'moveDoor',
    door: 'exit',
    motion: 'open',
    technician: 'T-7',
    expectedSeq: 817,
  });
  expect((body as TechnicianCommand).givenAt_ms).toBeGreaterThanOrEqual(technician().at_ms);
});

browserTest('a refusal is said in the controller’s words', async () => {
  stage.server.answer = { status: 422, body: { code: 'COMMAND_NOT_ALLOWED', message: 'Not in this state.' } };
  stage.server.send('technician', technician());
  const page = await stage.open();
  await page.getByRole('textbox', { name: 'Your technician number' }).fill('T-7');
  await button(page, 'Ask for maintenance').click();
  await page.getByRole('alert').filter({ hasText: 'Not done: Not in this state.' }).waitFor();
});

browserTest('a lost connection is said, and nothing can be moved', async () => {
  stage.server.send('technician', technician());
  const page = await stage.open();
  await page.getByRole('textbox', { name: 'Your technician number' }).fill('T-7');
  await expect.poll(() => button(page, 'Ask for maintenance').isEnabled()).toBe(true);
  await stage.server.stop();
  await page.getByRole('alert').filter({ hasText: 'what you see is old' }).waitFor({ timeout: 5_000 });
  expect(await button(page, 'Ask for maintenance').isDisabled()).toBe(true);
});

browserTest('nothing is wider than the screen, at a desk or on a tablet in the lane', async () => {
  stage.server.send('technician', technician({ devices: [...technician().devices, deadReader] }));
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 768, height: 1024 },
  ]) {
    const page = await stage.open({ viewport });
    await page.locator('button[data-state="entering"]').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    const overflowing = await page
      .locator('.panel')
      .evaluateAll((panels) => panels.filter((panel) => panel.scrollWidth > panel.clientWidth + 1).length);
    expect(overflowing).toBe(0);
  }
});
