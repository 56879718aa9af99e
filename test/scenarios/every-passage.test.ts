import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scenario, scenarios } from '../../simulator/scenarios/scenarios.ts';
import { identities } from './everybody.ts';
import { checkInvariants } from './invariants.ts';
import { LanePool } from './lane-pool.ts';
import type { Crossing, Product } from './product.ts';
import { headwayOf, judge, officer_ms, opensForOfficer } from './run-passage.ts';

/**
 * A passage takes half a minute, of which the processor is busy a quarter: lanes side by side wait together. Each is a
 * whole product at its real pace; only people hurry.
 */
const lanes = 5;

const logs: string[] = [];
const crossings = new Map<Product, Crossing[]>();
const pool = new LanePool(lanes, { onLog: (from, line) => logs.push(`${from} ${line}`) });

/** Codes of what was not proven: when a passage ends otherwise than it should, they say where to look. */
const notPassed = ({ record }: Crossing): string =>
  (record?.checks ?? [])
    .filter(({ result }) => result !== 'passed')
    .map(({ id, result, because }) => `${id} ${result} ${because ?? ''}`)
    .join('; ');

/**
 * Those in other configurations first, together, for to change it takes a start of the controller; then travellers with
 * manners, who take longest, so that no lane is left with one of them at the end.
 */
const rank = ({ lane, behaviour }: Scenario): string =>
  `${lane === undefined ? 1 : 0} ${JSON.stringify(lane ?? {})} ${behaviour.manner === undefined ? 1 : 0}`;
const inOrder = scenarios.toSorted((a, b) => rank(a).localeCompare(rank(b)));

async function cross(scenario: Scenario): Promise<Crossing> {
  return pool.use(scenario.lane ?? {}, async (product) => {
    if (!opensForOfficer(scenario)) await product.ready();
    const crossing = await product.cross(scenario.name, { fast: true, officer_ms: officer_ms.fast });
    crossings.set(product, [...(crossings.get(product) ?? []), crossing]);
    // The lane serves the next traveller, whatever this one did.
    await product.ready();
    return crossing;
  });
}

/** Begun in order as lanes become free; the tests wait for theirs. */
const results = new Map<string, Promise<Crossing>>();

beforeAll(() => {
  for (const scenario of inOrder) {
    const result = cross(scenario);
    result.catch(() => undefined); // reported by the test of this scenario
    results.set(scenario.name, result);
  }
});
afterAll(() => pool.remove(), 30_000);

describe('each scenario ends as it should, and the lane serves the next traveller', () => {
  test.each(inOrder.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (name, scenario) => {
      const crossing = await results.get(name);
      if (crossing === undefined) throw new Error('never begun');
      expect(judge(scenario, crossing).deviations, notPassed(crossing)).toEqual([]);
    },
    600_000,
  );
});

test('at an overlapping lane the next document is read at least 2.5 s sooner than one after another', async () => {
  const begins_ms = await Promise.all(
    ['overlap', 'close-behind'].map(async (name) => {
      const crossing = await results.get(name);
      return crossing === undefined ? undefined : headwayOf(crossing)?.begin_ms;
    }),
  );
  const [overlapping_ms = Number.POSITIVE_INFINITY, after_ms = 0] = begins_ms;
  expect(after_ms - overlapping_ms).toBeGreaterThan(2_500);
}, 600_000);

test('no invariant was broken by any of them', async () => {
  await Promise.allSettled(results.values());
  const halls = await Promise.all(pool.products.map(async (product) => (await product.bench()).hall));
  await pool.stop();
  expect([...crossings.values()].flat().length).toBe(scenarios.length);
  for (const [index, product] of pool.products.entries()) {
    const hall = halls[index]?.invariants;
    if (hall === undefined) throw new Error('a lane without a hall');
    const own = crossings.get(product) ?? [];
    const { checked, broken } = checkInvariants({ journalFile: product.journalFile, crossings: own, hall });
    expect(broken).toEqual([]);
    expect(checked).toBeGreaterThan(1_000);
  }
}, 60_000);

test('neither log nor journal holds a name, a document number or a picture of anybody (canary)', async () => {
  const texts = new Map([['log', logs.join('\n')]]);
  for (const { folder } of pool.products) {
    const journal = (await readdir(folder)).filter((name) => name.startsWith('journal.db'));
    expect(journal.length).toBeGreaterThan(0);
    for (const name of journal) texts.set(join(folder, name), await readFile(join(folder, name), 'latin1'));
  }
  expect(identities.length).toBeGreaterThan(5);
  for (const [source, text] of texts) {
    const upper = text.toUpperCase();
    for (const mark of identities.flat()) {
      const at = upper.indexOf(mark.toUpperCase());
      // Invented persons: what surrounds the mark may be shown.
      expect(at < 0 ? '' : upper.slice(Math.max(0, at - 80), at + 80), `${mark} in ${source}`).toBe('');
    }
    expect(/\xff\xd8\xff|\xff\x4f\xff\x51|P<UTO/.test(text), source).toBe(false);
  }
});
