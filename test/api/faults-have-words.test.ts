import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { deviceFaults } from '../../drivers/contracts/device.ts';
import { wordsOfFault } from '../../gate-controller/api/fault-words.ts';
import type { JournalFault } from '../../gate-controller/journal/store.ts';
import { vitalSigns } from '../../gate-controller/safety/health.ts';
import { doorMismatchCodes } from '../../gate-controller/safety/door-watch.ts';

const root = fileURLToPath(new URL('../../gate-controller', import.meta.url));

/** Codes that the controller raises by name: `setFault('device', 'CODE'`, and what the self-test finds. */
async function raisedByName(): Promise<ReadonlySet<string>> {
  const codes = new Set<string>();
  for await (const file of glob('{kernel,safety,lane,.}/*.ts', { cwd: root })) {
    const text = await readFile(`${root}/${file}`, 'utf8');
    for (const [, code] of text.matchAll(/(?:setFault|setDegraded)\(\s*[`'][^`']*[`'],\s*'([A-Z_]+)'/g))
      codes.add(code ?? '');
    if (!file.includes('self-test')) continue;
    for (const [, code] of text.matchAll(/, '([A-Z_]+)'\]/g)) codes.add(code ?? '');
  }
  return codes;
}

/** What the journal's store raises; its type says so at compile time. */
const storeCodes: readonly JournalFault['code'][] = [
  'CHAIN_BROKEN',
  'HEAD_MISSING',
  'WRITER_SILENT',
  'DISK_LOW',
  'DISK_FULL',
];

test('every fault that can be raised has a meaning and says what to do', async () => {
  const named = await raisedByName();
  expect(named.size).toBeGreaterThan(10);
  const codes = new Set([
    ...named,
    ...storeCodes,
    ...Object.keys(deviceFaults),
    ...doorMismatchCodes,
    ...Object.values(vitalSigns).map(({ code }) => code),
  ]);
  const wordless = [...codes].filter((code) => wordsOfFault(code).meaning === code);
  expect(wordless).toEqual([]);
});

test('a fault of another version is named by its code, and nothing is taken from an object’s own words', () => {
  expect(wordsOfFault('SOMETHING_NEW').meaning).toBe('SOMETHING_NEW');
  expect(wordsOfFault('constructor').meaning).toBe('constructor');
});
