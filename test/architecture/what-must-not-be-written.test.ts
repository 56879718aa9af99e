import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const files = globSync('{gate-controller,biometrics,drivers,models,simulator,test,.ci}/**/*.ts', { cwd: root });
const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const containing = (pattern: RegExp, among = files): readonly string[] =>
  among.filter((file) => pattern.test(text(file)));

test('the pure folders take neither time nor chance', () => {
  const pure = files.filter((file) => /^gate-controller\/(lane|transaction|decision|safety)\//.test(file));
  expect(pure.length).toBeGreaterThan(15);
  expect(
    containing(/\bMath\.random\b|\bDate\.now\b|\bnew Date\b|\bperformance\.|\bsetTimeout\b|\bprocess\./, pure),
  ).toEqual([]);
});

test('no threshold of a decision stands outside the operating points', () => {
  const decision = files.filter((file) => file.startsWith('gate-controller/decision/'));
  // The one number is the ceiling above which no comparison can be: 1 and rounding.
  const numbers = decision.flatMap((file) => text(file).match(/(?<![\w.])0?\.\d+|(?<![\w.])[1-9]\d*\.\d+/g) ?? []);
  expect(numbers.filter((n) => n !== '1.0001' && !/^3\.8|^3\.5\.2|^5\.6/.test(n))).toEqual([]);
});

test('constructs that pass the type check but do not run are absent', () => {
  expect(containing(/from '\.[^']*\.js'/)).toEqual([]);
  expect(containing(/^\s*@[a-z]\w*\(/m)).toEqual([]);
});

test('package-lock.json names every optional platform package', () => {
  const all = lock.packages as Record<string, { optionalDependencies?: Record<string, string> }>;
  const missing = Object.entries(all).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => all[`${path}/node_modules/${name}`] === undefined && all[`node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});

test('the lock file names no registry', () => {
  expect(/"resolved"/.test(readFileSync(join(root, 'package-lock.json'), 'utf8'))).toBe(false);
});
