import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scenarios } from '../../simulator/scenarios/scenarios.ts';
import { coverageTable, points, scenariosFor } from './coverage.ts';

const numbers = points.map(({ number }) => number);

test('every point of sections A to E stands once, with a scenario, a test, or the reason why there is none', () => {
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.filter((number) => number <= 50)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  for (const { number, tests = [], open = '' } of points) {
    const isCovered = scenariosFor(number).length > 0 || tests.length > 0;
    expect(isCovered || open.length > 10, `point ${number}`).toBe(true);
  }
});

test('every scenario names points that stand in the table, and every test named there exists', () => {
  for (const { name, covers } of scenarios) for (const number of covers) expect(numbers, name).toContain(number);
  for (const file of points.flatMap(({ tests = [] }) => tests)) {
    expect(existsSync(fileURLToPath(new URL(`../${file}`, import.meta.url))), file).toBe(true);
  }
});

test('at least forty scenarios cover sections A, B, D and E', () => {
  const isThere = (number: number): boolean => number <= 19 || (number >= 29 && number <= 50);
  expect(scenarios.filter(({ covers }) => covers.some(isThere)).length).toBeGreaterThanOrEqual(40);
});

test('the table in the repository is the one that the scenarios make', async () => {
  await expect(coverageTable()).toMatchFileSnapshot('./coverage.md');
});
