import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { compositionRoots, type Rule, rules } from './import-rules.ts';

const root = join(import.meta.dirname, '../..');
const product = ['gate-controller', 'biometrics', 'drivers', 'models', 'simulator'];
const sources = globSync(
  ['{gate-controller,biometrics,drivers,models,simulator}/**/*.ts', 'test/{walks,kill,replay}/**/*.ts'],
  {
    cwd: root,
  },
);

const importPattern =
  /^\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm;

const importsOf = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(importPattern)].map((m) => m[1] ?? m[2] ?? m[3] ?? '');

/** The row that rules a file: its own folder as composition root, else the longest folder name that fits. */
function ruleOf(file: string): readonly [name: string, rule: Rule] | undefined {
  const own = compositionRoots[dirname(file)];
  if (own !== undefined) return [dirname(file), own];
  const names = Object.keys(rules).filter((name) => file.startsWith(`${name}/`));
  const longest = names.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : [longest, rules[longest] as Rule];
}

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

function breaches(file: string): readonly string[] {
  const found = ruleOf(file);
  if (found === undefined) return [`${file}: its folder has no row`];
  const [name, rule] = found;
  return importsOf(file)
    .filter((specifier) => !isAllowed(file, specifier, name, rule))
    .map((specifier) => `${file} imports ${specifier}`);
}

function isAllowed(file: string, specifier: string, name: string, rule: Rule): boolean {
  if (specifier.startsWith('node:')) return rule.node === '*' || rule.node.includes(specifier);
  if (!specifier.startsWith('.')) {
    const parts = specifier.split('/');
    const packageName = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
    return rule.packages === '*' || rule.packages.includes(packageName);
  }
  const target = relative(root, join(root, dirname(file), specifier)).replaceAll('\\', '/');
  if (isBelow(target, name)) return true;
  if (!rule.folders.some((folder) => isBelow(target, folder))) return false;
  // The face pipeline is one door: other folders knock at index.ts; its own know each other.
  return !isBelow(target, 'biometrics') || target === 'biometrics/index.ts' || isBelow(name, 'biometrics');
}

test('every import is on the list', () => {
  expect(sources.flatMap(breaches)).toEqual([]);
});

test('what measures the face pipeline is no part of the gate', () => {
  const evaluation = 'biometrics/evaluation';
  const importing = sources.filter(
    (file) => !isBelow(file, evaluation) && importsOf(file).some((specifier) => /\/evaluation\//.test(specifier)),
  );
  expect(importing).toEqual([]);
  expect(importsOf(`${evaluation}/sample.ts`)).toContain('../align.ts');
});

test('only main.ts names concrete drivers', () => {
  const naming = sources.filter(
    (file) =>
      isBelow(file, 'gate-controller') &&
      importsOf(file).some((specifier) => /drivers\/[a-z-]+\/driver\.ts$/.test(specifier)),
  );
  expect(naming).toEqual(['gate-controller/main.ts']);
});

test('the import scan sees what it should', () => {
  expect(importsOf('gate-controller/main.ts')).toContain('../drivers/gate-io/driver.ts');
  expect(sources.length).toBeGreaterThan(100);
});

test('every row of the list has its folder', () => {
  for (const name of [...Object.keys(rules), ...Object.keys(compositionRoots)]) {
    expect(existsSync(join(root, name)), name).toBe(true);
  }
});

test('every relative import ends in what Node can load', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith('.') && !/\.(ts|json|css)$/.test(specifier))
      .map((specifier) => `${file}: ${specifier}`),
  );
  expect(wrong).toEqual([]);
});

test('every folder begins with a README of at most 60 lines', () => {
  const folders = new Set(sources.map((file) => dirname(file)));
  for (const folder of folders) {
    const readme = join(root, folder, 'README.md');
    expect(existsSync(readme), `${folder}/README.md`).toBe(true);
    expect(readFileSync(readme, 'utf8').split('\n').length, folder).toBeLessThanOrEqual(61);
  }
});

test('the top level is what was agreed', () => {
  const tracked = globSync('*', { cwd: root }).filter((name) => name !== 'node_modules' && name !== 'coverage');
  const folders = tracked.filter((name) => statSync(join(root, name)).isDirectory());
  expect(folders.sort()).toEqual([...product, 'test'].sort());
});
