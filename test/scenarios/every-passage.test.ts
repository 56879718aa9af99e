import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scenarios } from '../../simulator/scenarios/scenarios.ts';
import { identities } from './everybody.ts';
import { checkInvariants } from './invariants.ts';
import { type Crossing, Product } from './product.ts';
import { judge, officer_ms } from './run-passage.ts';

/** Codes of what was not proven: when a passage ends otherwise than it should, they say where to look. */
const notPassed = ({ record }: Crossing): string =>
  (record?.checks ?? [])
    .filter(({ result }) => result !== 'passed')
    .map(({ id, result, because }) => `${id} ${result} ${because ?? ''}`)
    .join('; ');

let product: Product;
const logs: string[] = [];
const crossings: Crossing[] = [];

beforeAll(async () => {
  product = await Product.start({ onLog: (from, line) => logs.push(`${from} ${line}`) });
  await product.ready();
}, 180_000);
afterAll(() => product.remove(), 30_000);

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  '%s ends as it should, and the lane serves the next traveller',
  async (_, scenario) => {
    const crossing = await product.cross(scenario.name, { fast: true, officer_ms: officer_ms.fast });
    crossings.push(crossing);
    const { outcome, reasons, findings, asExpected } = judge(scenario, crossing);
    expect(findings.filter(({ expected, found }) => found !== expected)).toEqual([]);
    expect({ outcome, reasons: [...reasons].sort() }, notPassed(crossing)).toEqual({
      outcome: scenario.expects.outcome,
      reasons: [...scenario.expects.reasons].sort(),
    });
    expect(asExpected).toBe(true);
    await product.ready();
  },
  300_000,
);

test('no invariant was broken by any of them', async () => {
  const { hall } = await product.bench();
  await product.stop();
  expect(crossings.length).toBe(scenarios.length);
  for (const crossing of crossings) {
    const { checked, broken } = checkInvariants({
      journalFile: product.journalFile,
      ...crossing,
      hall: hall.invariants,
    });
    expect(broken).toEqual([]);
    expect(checked).toBeGreaterThan(1_000);
  }
});

test('neither log nor journal holds a name, a document number or a picture of anybody (canary)', async () => {
  const journal = (await readdir(product.folder)).filter((name) => name.startsWith('journal.db'));
  expect(journal.length).toBeGreaterThan(0);
  const texts = [logs.join('\n')];
  for (const name of journal) texts.push(await readFile(join(product.folder, name), 'latin1'));
  expect(identities.length).toBeGreaterThan(5);
  for (const marks of identities) {
    for (const mark of marks)
      for (const text of texts) expect(text.toUpperCase().includes(mark.toUpperCase())).toBe(false);
  }
  for (const text of texts) expect(/\xff\xd8\xff|\xff\x4f\xff\x51|P<UTO/.test(text)).toBe(false);
});
