/** The controller as a process of its own beside the simulator: how soon it is there, and how much memory it holds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import { openJournal } from '../../gate-controller/journal/journal.ts';
import { type ChainedRecord, genesisHash, hashOf } from '../../gate-controller/journal/record.ts';
import { compiled, type Launched, launch, nodeFlags } from '../../simulator/launch.ts';
import { type Figure, median } from './figure.ts';

const starts = 3;
const limit_ms = 60_000;
const readyGoal_ms = 3_000;
const memoryGoal_MB = 350;
const longJournal_records = 500_000;
const controller = fileURLToPath(new URL('../../gate-controller/main.ts', import.meta.url));

type Start = {
  readonly answers_ms: number;
  readonly open_ms: number;
  readonly memory_MB: number;
  readonly rssSum_MB: number;
};

export async function* startFigures(): AsyncIterable<Omit<Figure, 'benchmark'>> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const launched = await launch({ folder, controllerPort: 0, benchPort: 0, stream: false });
    try {
      await launched.killController();
      yield* figuresOf('start', launched);
      for (const suffix of ['', '-wal', '-shm', '-head']) rmSync(`${launched.journalFile}${suffix}`, { force: true });
      const begun_ms = performance.now();
      await writeLongJournal(launched.journalFile);
      const run = `start on ${longJournal_records} records`;
      yield { run, figure: 'written_in_ms', value: performance.now() - begun_ms };
      yield* figuresOf(run, launched);
    } finally {
      await launched.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* figuresOf(run: string, launched: Launched): AsyncIterable<Omit<Figure, 'benchmark'>> {
  const found: Start[] = [];
  for (let n = 0; n < starts; n += 1) found.push(await startOnce(launched.configurationFile));
  const of = (value: (start: Start) => number): number => median(found.map(value));
  yield { run, figure: 'answers_ms', value: of((start) => start.answers_ms), goal_max: readyGoal_ms };
  yield { run, figure: 'open_ms', value: of((start) => start.open_ms) };
  yield { run, figure: 'memory_MB', value: of((start) => start.memory_MB), goal_max: memoryGoal_MB };
  yield { run, figure: 'rssSum_MB', value: of((start) => start.rssSum_MB) };
}

/** From the start of the process until its pages answer, and until the lane serves; then ended in good order. */
async function startOnce(configurationFile: string): Promise<Start> {
  const begun_ms = performance.now();
  // As the script `gate` starts it.
  const flags = [...nodeFlags, controller, '--config', configurationFile, '--json', '--stop-with-stdin'];
  const env = { ...process.env, NODE_COMPILE_CACHE: compiled };
  const child = spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'ignore'], env });
  const gone = once(child, 'exit');
  try {
    const url = await readyLine(child);
    const answers_ms = performance.now() - begun_ms;
    await untilOpen(url, begun_ms);
    const open_ms = performance.now() - begun_ms;
    return { answers_ms, open_ms, memory_MB: residentMemory_MB(child.pid ?? 0), rssSum_MB: rssSum_MB(child.pid ?? 0) };
  } finally {
    child.kill('SIGTERM');
    await gone;
  }
}

async function readyLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const { ready, url } = JSON.parse(line) as { ready?: boolean; url?: string };
    if (ready === true && url !== undefined) return url;
  }
  throw new Error('the controller ended before it was ready');
}

async function untilOpen(url: string, begun_ms: number): Promise<void> {
  for (;;) {
    const { status } = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(limit_ms) });
    if (status === 200) return;
    if (performance.now() - begun_ms > limit_ms) throw new Error('the lane did not open');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

type Memory = { readonly own_MB: number; readonly file_MB: number };

/** Resident memory of a process and everything it started; pages of files (programs, libraries), which they share, once. */
function residentMemory_MB(pid: number): number {
  const all = family(pid).map(
    (one): Memory => ({ own_MB: statusOf(one, 'RssAnon') / 1024, file_MB: statusOf(one, 'RssFile') / 1024 }),
  );
  return all.reduce((sum, { own_MB }) => sum + own_MB, 0) + Math.max(...all.map(({ file_MB }) => file_MB));
}

/** The same with shared pages counted for each process that has them. */
const rssSum_MB = (pid: number): number => family(pid).reduce((sum, one) => sum + statusOf(one, 'VmRSS') / 1024, 0);

/** A process and all that it started. */
function family(pid: number): readonly string[] {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statusOf(name, 'PPid') === pid);
  return [String(pid), ...children.flatMap((child) => family(Number(child)))];
}

/** A number of /proc/PID/status, 0 when the process is gone. */
function statusOf(pid: string, name: 'PPid' | 'RssAnon' | 'RssFile' | 'VmRSS'): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  } catch {
    // It ended between two looks.
    return 0;
  }
}

/** Passages that are over, as a lane of some years has them, written as a lane writes them. */
async function writeLongJournal(file: string): Promise<void> {
  const group = 5_000;
  const state = JSON.stringify({ value: 'admitted', context: { filler: 'x'.repeat(400) } });
  const effects = '{"effects":[],"timers":[],"isIgnored":false,"isEnded":true}';
  let previous = genesisHash;
  const database = new JournalDatabase(file);
  for (let begin = 1; begin <= longJournal_records; begin += group) {
    const records: ChainedRecord[] = [];
    for (let seq = begin; seq < begin + group; seq += 1) {
      const record = { seq, at_ms: 1_000 + seq, subject: `t-${seq >> 5}`, kind: 'late', event: '{}', state, effects };
      previous = hashOf(previous, record);
      records.push({ ...record, hash: previous });
    }
    const ended = [...new Set(records.map(({ subject }) => subject))];
    database.append({ records, timersSet: [], timersCancelled: [], ended });
  }
  database.close();
  // The first start verifies all of it and notes where it ends; what is measured is any later one.
  await (await openJournal(file)).close();
}
