/** Each bug is put into the production code of a process of its own; a walk must break a rule by it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mutations } from './mutations.ts';

const main = join(import.meta.dirname, 'main.ts');

const walkWith = (args: readonly string[]): Promise<{ code: number; out: string; trouble: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { timeout: 120_000, maxBuffer: 1 << 26 }, (error, out, trouble) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, trouble });
    });
  });

const storm = ['--transactions', '250', '--intensity', '6'];
const seeds = [1, 2, 3, 4, 5, 6];

test.concurrent.each(Object.entries(mutations))(
  'a walk finds that %s',
  async (name, { breaks }) => {
    for (const seed of seeds) {
      const { out, trouble } = await walkWith(['--seed', String(seed), ...storm, '--json', '--mutation', name]);
      expect(trouble).toBe('');
      const { broken } = JSON.parse(out) as { broken: { rule: string } | null };
      if (broken === null) continue;
      expect(breaks).toContain(broken.rule);
      return;
    }
    expect.fail('no walk broke a rule');
  },
  300_000,
);

test('the story of a bug is shortened to what it needs, and says its seed', async () => {
  const { code, out } = await walkWith(['--seed', '1', ...storm, '--mutation', 'a hit is clear']);
  expect(code).toBe(1);
  expect(out).toMatch(/BROKEN I11 .*: t\d+: the watchlist knows the holder\nseed 1;/);
  expect(out).toMatch(/^1 happenings are left/m);
  expect(out).toContain('BROKEN I11');
}, 120_000);
