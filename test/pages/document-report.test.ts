/** The report of a document as the officer's page lays it out. */
import { expect, test } from 'vitest';
import { browserTest } from './browser.ts';
import { stageFor } from './stage.ts';
import { heldView } from './views.ts';
import { isOpenAtFirst, reportHeads, reportLine, spokenResult } from '../../gate-controller/console/document-report.ts';
import { buildReport, findNode } from '../../drivers/emrtd/report/report.ts';
import { situations } from '../emrtd/document-situations.ts';
import { NOW_MS } from '../emrtd/simulated-document.ts';

const stage = stageFor('officer');

async function reportOf(name: string) {
  const inspection = await situations[name]?.();
  if (inspection === undefined) throw new Error(name);
  const sound = { result: 'passed', because: null, at_ms: NOW_MS } as const;
  const times = { begunAt_ms: NOW_MS - 1500, endedAt_ms: NOW_MS };
  return buildReport({ ...inspection, checkDigits: sound, expiry: sound, lists: [], document: null, ...times });
}

test('branches with a failure are open, all others closed', async () => {
  const { overall } = await reportOf('a copy without the key for chip authentication');
  const isOpen = (id: string) => isOpenAtFirst(findNode(overall, id) ?? overall);
  expect(['electronic', 'content', 'chip-authenticity'].map(isOpen)).toEqual([true, true, true]);
  expect(['optical', 'access', 'certificates', 'data-groups', 'combined'].map(isOpen)).not.toContain(true);
});

test('the heads are the four groups of the standard, in its order', async () => {
  const report = await reportOf('a signer that a current list clears');
  expect(reportHeads(report).map(spokenResult)).toEqual([
    'Printed document: undetermined',
    'Chip: undetermined',
    'Print and chip together: passed',
    'Digital seal: not supported',
  ]);
});

test('a line says why, what it rests on, and when', async () => {
  const { overall, begunAt_ms } = await reportOf('a printed name that differs from the chip');
  const node = findNode(overall, 'mrz-matches-chip') ?? overall;
  expect(reportLine(node, begunAt_ms)).toEqual({
    why: 'The printed MRZ differs from DG1',
    requirement: '',
    time: '1.5 s',
    evidence: [['Differing', 'name']],
  });
  const absent = findNode(overall, 'vendor-checks') ?? overall;
  expect(reportLine(absent, begunAt_ms)).toMatchObject({ requirement: 'optional', time: '' });
});

const withReport = heldView({ report: '/api/transactions/7c1f0a52-0000-4000-8000-000000000001/report' });

browserTest('an officer sees at once which part of the document failed, and opens the rest on demand', async () => {
  stage.server.report = await reportOf('a copy without the key for chip authentication');
  stage.server.send('lane', withReport);
  const page = await stage.open();
  // Said once, where it was found, not again on every branch above it.
  const cause = page.getByText('the chip does not hold the key that belongs to them').filter({ visible: true });
  await expect.poll(() => cause.count()).toBe(1);
  const line = (name: string) => page.locator('report-view .leaf').filter({ hasText: name });
  expect(await line('Chip authentication').first().isVisible()).toBe(true);
  expect(await line('EF.COM lists what EF.SOD does').isVisible()).toBe(false);
  await page.locator('report-view summary').filter({ hasText: 'Data groups' }).first().click();
  await line('EF.COM lists what EF.SOD does').waitFor();
});

browserTest('the result of the whole stands at the top of the report', async () => {
  stage.server.report = await reportOf('a copy without the key for chip authentication');
  stage.server.send('lane', withReport);
  const page = await stage.open();
  const top = page.locator('report-view .leaf').first();
  await expect.poll(() => top.innerText()).toMatch(/^Inspection of the document\s+5\.4\s+Failed/);
  const lines = await page.locator('report-view .pill, report-view summary').all();
  const height = async (one: typeof top): Promise<number> => (await one.boundingBox())?.y ?? Number.NaN;
  const heights = await Promise.all(lines.map(height));
  expect(Math.min(...heights.filter((y) => !Number.isNaN(y)))).toBeGreaterThan(await height(top));
});

browserTest('a report that is on its way is said to be, not taken for none', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  stage.server.report = promise;
  stage.server.send('lane', withReport);
  const page = await stage.open();
  await page.getByText('The report is being fetched.').waitFor();
  expect(await page.getByText('No document has been inspected yet.').count()).toBe(0);
  resolve(await reportOf('a signer that a current list clears'));
  await page.locator('report-view .leaf').first().waitFor();
  expect(await page.getByText('The report is being fetched.').count()).toBe(0);
});

browserTest('a report that cannot be fetched is said to be missing, not shown as empty', async () => {
  stage.server.send('lane', withReport);
  const page = await stage.open();
  await page.getByText('The report could not be fetched.').waitFor();
});

browserTest('a passage without an inspected document says so', async () => {
  stage.server.send('lane', heldView());
  const page = await stage.open();
  await page.getByText('No document has been inspected yet.').waitFor();
});
