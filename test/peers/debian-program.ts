/** Programs of Debian that judge the simulated devices and the drivers: nobody here wrote them. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { onTestFinished, type TestContext } from 'vitest';

export type DebianProgram = {
  /** Absolute path, so that another program of the same name on PATH does not take its place. */
  readonly path: string;
  readonly package: string;
};

export const nfcList: DebianProgram = { path: '/usr/bin/nfc-list', package: 'libnfc-bin' };
export const nfcPoll: DebianProgram = { path: '/usr/bin/nfc-poll', package: 'libnfc-examples' };
export const tamashell: DebianProgram = { path: '/usr/bin/pn53x-tamashell', package: 'libnfc-pn53x-examples' };
export const mrtdreader: DebianProgram = { path: '/usr/bin/mrtdreader', package: 'mrtdreader' };
export const pcscd: DebianProgram = { path: '/usr/sbin/pcscd', package: 'pcscd vsmartcard-vpcd' };
export const openscTool: DebianProgram = { path: '/usr/bin/opensc-tool', package: 'opensc' };
export const vicc: DebianProgram = { path: '/usr/bin/vicc', package: 'vsmartcard-vpicc python3-pycryptodome' };
export const mbpoll: DebianProgram = { path: '/usr/bin/mbpoll', package: 'mbpoll' };
export const python: DebianProgram = { path: '/usr/bin/python3', package: 'python3-pymodbus python3-serial-asyncio' };

function isInstalled(program: DebianProgram): boolean {
  try {
    accessSync(program.path, constants.X_OK);
  } catch {
    return false; // absent, or not ours to run
  }
  if (program !== python) return true;
  const imports = spawnSync(program.path, ['-c', 'import pymodbus, serial_asyncio'], { timeout: 20_000 });
  return imports.status === 0;
}

/** Skips the test with a message that names the package when the program is absent. */
export function needs(context: TestContext, program: DebianProgram): void {
  const hint = `needs ${program.path}: apt-get install --no-install-recommends ${program.package}`;
  context.skip(!isInstalled(program), hint);
}

export type Outcome = { readonly code: number | null; readonly output: string };

export type RunOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
};

const limit_ms = 25_000;

/** Runs to its end, which comes after 25 s at the latest. Output is both streams together. */
export function run(program: DebianProgram, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { env = {}, cwd, input = '' } = options;
  const child = spawn(program.path, args, { env: { ...process.env, LC_ALL: 'C', ...env }, ...(cwd && { cwd }) });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), limit_ms);
    const collect = (bytes: Buffer): void => {
      output += bytes.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.stdin.on('error', () => {}); // it may end without reading all of its input
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
    child.stdin.end(input);
  });
}
