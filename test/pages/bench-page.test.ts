import { expect } from 'vitest';
import { browserTest } from './browser.ts';
import { stageFor } from './stage.ts';
import { bench } from './views.ts';

const stage = stageFor('bench');

browserTest('a technician sends a traveller, and the page says that it was done', async () => {
  stage.server.send('bench', bench());
  const page = await stage.open();
  await page.getByRole('button', { name: 'Send impostor' }).click();
  await page.getByRole('status').filter({ hasText: 'Sent: impostor.' }).waitFor();
  expect(stage.server.posted).toEqual([{ path: '/api/travellers', body: { scenario: 'impostor' } }]);
});

browserTest('a traveller whom the simulator refuses is said to be refused', async () => {
  stage.server.send('bench', bench());
  const page = await stage.open();
  stage.server.answer = { status: 429, body: { code: 'TOO_MANY_TRAVELLERS' } };
  await page.getByRole('button', { name: 'Send genuine' }).click();
  await page.getByRole('status').filter({ hasText: 'Too many travellers wait already.' }).waitFor();
});

browserTest('a fault is switched on, and the stream paused', async () => {
  stage.server.send('bench', bench());
  const page = await stage.open();
  const fault = page.getByRole('switch', { name: 'Chip does not answer' });
  expect(await fault.getAttribute('aria-checked')).toBe('false');
  await fault.click();
  await expect.poll(() => stage.server.posted.length).toBe(1);
  await page.getByRole('button', { name: 'Pause stream' }).click();
  await expect.poll(() => stage.server.posted.length).toBe(2);
  expect(stage.server.posted).toEqual([
    { path: '/api/faults', body: { name: 'chip-silent', on: true } },
    { path: '/api/stream', body: { paused: true } },
  ]);
});

browserTest('the drawing follows the hall: an open door, an interrupted light barrier, people', async () => {
  stage.server.send('bench', bench());
  const page = await stage.open();
  await page.getByRole('img', { name: 'Lane from above; 2 people' }).waitFor();
  await page.getByText('Entry 62 % opening').waitFor();
  expect(await page.locator('.beam.on').count()).toBe(1);
  const { hall } = bench();
  stage.server.send('bench', bench({ hall: { ...hall, bodies: [], sensors: {} } }));
  await page.getByRole('img', { name: 'Lane from above; 0 people' }).waitFor();
  expect(await page.locator('.beam.on').count()).toBe(0);
});

browserTest('a broken invariant is named and counted', async () => {
  const { hall } = bench();
  stage.server.send('bench', bench({ hall: { ...hall, invariants: { checked: 7, broken: ['I1 both doors open'] } } }));
  const page = await stage.open();
  await page.getByRole('alert').filter({ hasText: 'I1 both doors open' }).waitFor();
  expect(await page.locator('[data-invariants]').textContent()).toContain('7 checked, 1 broken');
});

browserTest('a simulator that has gone is said to be gone, and nobody can be sent', async () => {
  stage.server.send('bench', bench());
  const page = await stage.open();
  await page.getByRole('button', { name: 'Send genuine' }).waitFor();
  await stage.server.stop();
  await page.getByRole('alert').filter({ hasText: 'No connection to the simulator' }).waitFor({ timeout: 5_000 });
  expect(await page.getByRole('button', { name: 'Send genuine' }).isDisabled()).toBe(true);
});
