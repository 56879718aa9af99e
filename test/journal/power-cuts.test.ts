/**
 * Power cuts, replayed: what kernel and journal wrote and flushed is recorded from outside, then cut off again and again.
 * Of what was not flushed a disk may have kept all, nothing, some of it in any order, or sectors of a write.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import { JournalStore } from '../../gate-controller/journal/store.ts';
import { verifyChain } from '../../gate-controller/journal/verify.ts';
import { seeded } from '../drivers/harness.ts';
import { JournalFolder } from './chain.ts';
import { type Operation, operationsOf, straceFlags } from './recorded-writes.ts';

const run = promisify(execFile);
const limit_ms = 50_000;
const sector_bytes = 512;
const steps = 100;
const cuts = 400;
const suffixes = ['', '-wal', '-head'] as const;

let place: JournalFolder;
beforeEach(() => {
  // What each start flushes is of no interest here.
  place = new JournalFolder('memory');
});
afterEach(() => place.remove());

async function record(): Promise<readonly Operation[] | undefined> {
  const trace = join(place.folder, 'trace');
  const script = join(import.meta.dirname, 'recorded-writer.ts');
  const flags = [...straceFlags, '-o', trace, process.execPath, script, place.file, String(steps)];
  try {
    await run('strace', flags, { timeout: limit_ms, killSignal: 'SIGKILL', maxBuffer: 64 << 20 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const ours = suffixes.map((suffix) => `${place.file}${suffix}`);
  return operationsOf(readFileSync(trace, 'latin1'), (file) => ours.includes(file));
}

/** What a disk holds: flushed contents, and what was written since. */
class Disk {
  readonly #flushed = new Map<string, Buffer>();
  readonly #waiting = new Map<string, Operation[]>();
  /** Sequence numbers that were told to the world. */
  done = 0;
  moved = 0;

  take(operation: Operation): void {
    if (operation.kind === 'said') {
      const [, what, seq] = /^(DONE|MOVED) (\d+)$/.exec(operation.line) ?? [];
      if (what === 'DONE') this.done = Number(seq);
      if (what === 'MOVED') this.moved = Number(seq);
      return;
    }
    const waiting = this.#waiting.get(operation.file) ?? [];
    if (operation.kind === 'sync') {
      this.#flushed.set(operation.file, contentAfter(this.#flushed.get(operation.file), waiting));
      this.#waiting.delete(operation.file);
    } else {
      waiting.push(operation);
      this.#waiting.set(operation.file, waiting);
    }
  }

  /** What is found after a cut. `keep` says what became of each write that was not flushed. */
  after(file: string, keep: (operation: Operation) => Operation | undefined): Buffer {
    const kept = (this.#waiting.get(file) ?? []).flatMap((operation) => keep(operation) ?? []);
    return contentAfter(this.#flushed.get(file), kept);
  }
}

function contentAfter(before: Buffer | undefined, operations: readonly Operation[]): Buffer {
  const ends = operations.map((one) => (one.kind === 'write' ? one.offset + one.bytes.length : 0));
  const content = Buffer.alloc(Math.max(before?.length ?? 0, ...ends));
  before?.copy(content);
  let size = before?.length ?? 0;
  for (const one of operations) {
    if (one.kind === 'truncate') {
      // What is cut off and grown over again reads as zeroes.
      content.fill(0, one.size);
      size = one.size;
    } else if (one.kind === 'write') {
      one.bytes.copy(content, one.offset);
      size = Math.max(size, one.offset + one.bytes.length);
    }
  }
  return content.subarray(0, size);
}

type Keep = (random: () => number) => (operation: Operation) => Operation | undefined;

const fates: Readonly<Record<string, Keep>> = {
  nothing: () => () => undefined,
  everything: () => (operation) => operation,
  some: (random) => (operation) => (random() < 0.5 ? operation : undefined),
  sectors: (random) => (operation) => {
    if (operation.kind !== 'write' || random() < 0.5) return operation;
    const kept = Math.floor(random() * Math.ceil(operation.bytes.length / sector_bytes)) * sector_bytes;
    return { ...operation, bytes: operation.bytes.subarray(0, kept) };
  },
};

/** Starts on what the cut left; answers how many records are there, or why there was no start. */
function startOn(disk: Disk, name: string, keep: (operation: Operation) => Operation | undefined): number | string {
  const folder = join(place.folder, name);
  mkdirSync(folder);
  const file = join(folder, 'journal.db');
  for (const suffix of suffixes) writeFileSync(`${file}${suffix}`, disk.after(`${place.file}${suffix}`, keep));
  try {
    new JournalStore({ file, limits: { low_bytes: 0, ballast_bytes: 0 }, onFault: () => {} }).close();
    const database = new JournalDatabase(file, { readOnly: true });
    const verdict = verifyChain(database.records());
    database.close();
    return verdict.isIntact ? verdict.records : `record ${verdict.brokenAt} (${verdict.because})`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('after a power cut at any moment every record that was confirmed is there, and no door moved without one', async (context) => {
  const operations = await record();
  if (operations === undefined) {
    context.skip('strace is not installed: nothing can be recorded');
    return;
  }
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = seeded(seed);
  const ready = operations.findIndex((operation) => operation.kind === 'said' && operation.line === 'READY');
  const flushes = operations.filter(({ kind }) => kind === 'sync').length;
  // The recording holds what a cut can go wrong with: flushed commits and pages moved from the log into the store.
  expect(flushes).toBeGreaterThan(steps);
  expect(operations.some((operation) => operation.kind === 'write' && operation.file === place.file)).toBe(true);

  const moments = Array.from({ length: cuts }, () => ready + Math.floor(random() * (operations.length - ready)));
  const disk = new Disk();
  let taken = 0;
  for (const [n, moment] of moments.sort((a, b) => a - b).entries()) {
    while (taken < moment) disk.take(operations[taken++]!);
    const [fate, keep] = Object.entries(fates)[n % 4]!;
    const found = startOn(disk, String(n), keep(random));
    const cut = `cut ${n} at ${moment} keeping ${fate}, seed ${seed}`;
    expect(found, cut).toBeTypeOf('number');
    expect(found, cut).toBeGreaterThanOrEqual(Math.max(disk.done, disk.moved));
  }
  expect(disk.moved).toBeGreaterThan(50);
});
