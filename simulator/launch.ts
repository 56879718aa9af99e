/** Starts simulated hardware and a controller beside it: two processes that know each other by wires and display. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SimulatorAddresses } from './simulator.ts';

export type Overrides = Readonly<Record<string, unknown>>;

export type LaunchOptions = {
  /** Port links, trust folder, journal and configuration go here. */
  readonly folder: string;
  /** 0 = any free port. */
  readonly controllerPort: number;
  readonly benchPort: number;
  /** Send travellers by itself. */
  readonly stream: boolean;
  readonly seed?: number;
  /** Overrides of the controller's waits, ms. */
  readonly timings?: Readonly<Record<string, number>>;
  /** Parts of the controller's configuration that differ from the usual, by chapter, as in gate.json. */
  readonly configuration?: Overrides;
  /** Where the processes write their logs; default: they are discarded. */
  readonly onLog?: (from: 'simulator' | 'controller', line: string) => void;
};

export type Launched = {
  /** Address of the controller's pages; changes when it is started again on any free port. */
  readonly controllerUrl: () => string;
  readonly benchUrl: string;
  readonly journalFile: string;
  readonly configurationFile: string;
  /** Resolves with a sentence when one of the two ends without being asked to. */
  readonly ended: Promise<string>;
  /** Ends the controller at once, as a power cut would. */
  killController(): Promise<void>;
  /** Starts a controller again on the same folder; resolves when it answers. */
  startController(): Promise<void>;
  /** Ends the controller in order and starts it with another configuration. */
  configure(configuration: Overrides): Promise<void>;
  /** Ends both, with force after 6 s. Idempotent. */
  stop(): Promise<void>;
};

const ready_ms = 180_000;
const stop_ms = 6_000;

/** A process did not get ready; the message names it and what it said last. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

export async function launch(options: LaunchOptions): Promise<Launched> {
  await mkdir(options.folder, { recursive: true });
  const running = new Set<ChildProcess>();
  const stop = async (): Promise<void> => {
    await Promise.all([...running].map(end));
  };
  try {
    const simulator = start('simulator', simulatorArguments(options), options);
    running.add(simulator.process);
    const wires = (await simulator.ready) as SimulatorAddresses;
    const configurationFile = join(options.folder, 'gate.json');
    const write = (overrides: Overrides): Promise<void> =>
      writeFile(configurationFile, JSON.stringify(merged(usual(wires, options), overrides), null, 2));
    await write(options.configuration ?? {});
    const startOne = async (): Promise<{ process: ChildProcess; url: string }> => {
      const started = start('controller', ['--config', configurationFile], options);
      running.add(started.process);
      const { url } = (await started.ready) as { url: string };
      // The display hangs in the hall: travellers read there what the camera needs of them.
      simulator.process.stdin?.write(`${JSON.stringify({ display: url })}\n`);
      return { process: started.process, url };
    };
    let controller = await startOne();
    return {
      controllerUrl: () => controller.url,
      benchUrl: wires.bench,
      journalFile: join(options.folder, 'journal.db'),
      configurationFile,
      ended: Promise.race([ending('simulator', simulator.process), ending('controller', controller.process)]),
      killController: async () => {
        const gone = once(controller.process, 'exit');
        controller.process.kill('SIGKILL');
        await gone;
      },
      startController: async () => {
        controller = await startOne();
      },
      configure: async (overrides) => {
        await end(controller.process);
        running.delete(controller.process);
        await write(overrides);
        controller = await startOne();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function simulatorArguments({ folder, benchPort, stream, seed }: LaunchOptions): string[] {
  return [
    '--folder',
    folder,
    '--port',
    String(benchPort),
    '--camera-port',
    '0',
    '--watchlist-port',
    '0',
    ...(stream ? ['--stream'] : []),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
  ];
}

function usual(wires: SimulatorAddresses, { folder, controllerPort, timings }: LaunchOptions): Overrides {
  return {
    lane: { id: 'lane-1', name: 'Lane 1', opensByItself: true, attendance: 'notRequired' },
    // Ten invented holders come again and again.
    policy: { eligibility: { reuse_s: 0 } },
    http: { host: '127.0.0.1', port: controllerPort },
    folder,
    trustFolder: wires.trust,
    devices: {
      mrzReader: { path: wires.ports['mrz-reader'] },
      chipReader: { path: wires.ports['chip-reader'] },
      gateIO: { path: wires.ports['gate-plc'] },
      camera: { url: wires.camera },
    },
    risk: { url: wires.watchlist, dataset: wires.watchlistDataset },
    timings: timings ?? {},
  };
}

const isGroup = (value: unknown): value is Overrides =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The overrides, and of everything else what is there. */
function merged(base: Overrides, overrides: Overrides): Overrides {
  const entries = Object.entries(overrides).map(([name, value]) => {
    const below = base[name];
    return [name, isGroup(value) && isGroup(below) ? merged(below, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(entries) };
}

const entries = {
  simulator: fileURLToPath(new URL('./main.ts', import.meta.url)),
  controller: fileURLToPath(new URL('../gate-controller/main.ts', import.meta.url)),
} as const;

/** As the script `gate` has them: a nursery that is emptied sooner, and compiled sources kept for the next start. */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=4'];
export const compiled = fileURLToPath(new URL('../.cache/compiled', import.meta.url));

type Started = { readonly process: ChildProcess; readonly ready: Promise<unknown> };

function start(name: keyof typeof entries, flags: readonly string[], { onLog }: LaunchOptions): Started {
  // A closed stdin tells the child that its parent is gone, however it went: nothing is left behind.
  const child = spawn(process.execPath, [...nodeFlags, entries[name], ...flags, '--json', '--stop-with-stdin'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  });
  const last: string[] = [];
  // A child that has ended reads no more; its end is reported otherwise.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stderr }).on('line', (line) => {
    last.push(line);
    if (last.length > 10) last.shift();
    onLog?.(name, line);
  });
  return { process: child, ready: readyLine(name, child, last) };
}

async function readyLine(name: string, child: ChildProcess, last: readonly string[]): Promise<unknown> {
  if (child.stdout === null) throw new LaunchError(`${name}: no output`);
  const lines = createInterface({ input: child.stdout });
  const found = new Promise<unknown>((resolve) => {
    lines.on('line', (line) => {
      const message = parse(line);
      if (message?.ready === true) resolve(message);
    });
  });
  const gone = once(child, 'exit').then(() => {
    throw new LaunchError(`the ${name} ended before it was ready:\n${last.join('\n')}`);
  });
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new LaunchError(`the ${name} was not ready after ${ready_ms} ms`)), ready_ms);
    timer.unref();
  });
  gone.catch(() => {
    // Heard only while waiting; a later end is reported by `ended`.
  });
  return Promise.race([found, gone, late]);
}

function parse(line: string): { ready?: boolean } | undefined {
  try {
    return JSON.parse(line) as { ready?: boolean };
  } catch {
    // Not a message for us.
    return undefined;
  }
}

const ending = (name: string, child: ChildProcess): Promise<string> =>
  once(child, 'exit').then(([code, signal]) => `the ${name} ended (${String(signal ?? code)})`);

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), stop_ms);
  await gone;
  clearTimeout(force);
}
