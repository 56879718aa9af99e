/** The simulated hardware as a process of its own. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildPages } from '../.ci/build-pages.ts';
import { checkSettings, defaultSettings, parseCommandLine, SettingsError, usage } from './command-line.ts';
import type { CommandLine, Settings } from './command-line.ts';
import { createSimulator } from './simulator.ts';
import type { Simulator, SimulatorAddresses } from './simulator.ts';

/** Relative folders of the defaults are meant from here, wherever the process was started. */
const repository = fileURLToPath(new URL('..', import.meta.url));

async function readSettings({ config, settings }: CommandLine): Promise<Settings> {
  if (config === null) return { ...defaultSettings, ...settings };
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(config, 'utf8'));
  } catch {
    throw new SettingsError(`${config} cannot be read as JSON`);
  }
  return { ...defaultSettings, ...checkSettings(parsed), ...settings };
}

function announce(addresses: SimulatorAddresses, zone: readonly string[], isJSON: boolean): void {
  if (isJSON) {
    process.stdout.write(`${JSON.stringify({ ready: true, ...addresses, ...(zone.length > 0 ? { zone } : {}) })}\n`);
    return;
  }
  const rows: readonly (readonly [string, string])[] = [
    ...Object.entries(addresses.ports),
    ['camera', addresses.camera],
    ['watchlist', addresses.watchlist],
    ['trusted issuer', addresses.trust],
    ['bench', addresses.bench],
    ...zone.map((line, index) => [`printed zone ${index + 1}`, line] as const),
  ];
  process.stdout.write(
    `Simulated border gate\n${rows.map(([name, value]) => `  ${name.padEnd(15)} ${value}\n`).join('')}`,
  );
}

/** Resolves with the first reason to stop. */
function reasonToStop(stopsWithStdin: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
    if (!stopsWithStdin) return;
    process.stdin.once('end', () => resolve());
    process.stdin.once('error', () => resolve());
    process.stdin.resume();
  });
}

/** The parent names the controller whose display hangs in the hall, once it has one: a line `{"display": URL}`. */
function hearParent(simulator: Simulator): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const url = displayIn(line);
    if (url !== undefined) simulator.readDisplay(url);
  });
}

function displayIn(line: string): string | undefined {
  try {
    const { display } = JSON.parse(line) as { readonly display?: unknown };
    return typeof display === 'string' && URL.canParse(display) ? display : undefined;
  } catch {
    // Not a message for us.
    return undefined;
  }
}

async function main(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (commandLine.isHelp) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const settings = await readSettings(commandLine);
  const folder = resolve(repository, settings.folder);
  if (settings.pages === defaultSettings.pages) await buildPages(['bench']);
  const simulator = createSimulator({
    folder,
    trustFolder: settings.trust === null ? join(folder, 'trust') : resolve(repository, settings.trust),
    pages: resolve(repository, settings.pages),
    benchPort: settings.port,
    cameraPort: settings.cameraPort,
    watchlistPort: settings.watchlistPort,
    seed: settings.seed,
    isStreaming: settings.stream,
  });
  const stopping = reasonToStop(commandLine.stopsWithStdin);
  if (commandLine.stopsWithStdin) hearParent(simulator);
  const starting = simulator.start();
  const addresses = await Promise.race([starting, stopping]);
  if (addresses !== undefined) {
    const zone = commandLine.isDocumentLaid ? await simulator.layDocument() : [];
    announce(addresses, zone, commandLine.isJSON);
    await stopping;
  } else starting.catch(() => undefined); // it was told to stop: whatever that breaks is no error
  await simulator.stop();
  process.stdin.destroy();
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'the simulator could not start'}\n`);
  process.exitCode = error instanceof SettingsError ? 2 : 1;
  // Whoever started us may keep our standard input open: it must not keep the process.
  process.stdin.destroy();
}
