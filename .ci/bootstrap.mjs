// Makes a clean clone work with one command. Plain JavaScript without packages: it runs before anything is installed,
// and under whatever Node the machine has. When it ends well, node_modules is what package-lock.json says.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const packagesOf = (file) => {
  try {
    return JSON.parse(readFileSync(root + file, 'utf8')).packages;
  } catch {
    return undefined;
  }
};

/** npm writes node_modules/.package-lock.json last, so an interrupted install has none. Compared by content, not by date. */
const isInstalled = () => {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  return (
    wanted !== undefined &&
    installed !== undefined &&
    existsSync(`${root}node_modules/.bin`) &&
    Object.entries(wanted).every(([path, p]) => path === '' || p.optional || installed[path]?.version === p.version) &&
    Object.entries(installed).every(([path, p]) => wanted[path]?.version === p.version)
  );
};

const npm = (...args) => {
  // npm runs under the Node it was started with, never under the one that it may be about to replace.
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  const options = {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, npm_config_loglevel: 'error', npm_config_progress: 'true' },
  };
  const done =
    cli && node
      ? spawnSync(node, [cli, ...args], options)
      : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  return done.status === 0;
};

if (!isInstalled()) {
  console.error('Installing the packages of package-lock.json, once …');
  if (!npm('ci', '--no-audit', '--no-fund') && !npm('install', '--no-save', '--no-audit', '--no-fund')) {
    console.error('The packages could not be installed. Is the npm registry reachable?');
    process.exit(1);
  }
}
