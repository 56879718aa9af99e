/**
 * A real file system of 6 MB in a namespace of its own (Linux lets an ordinary user have one), a limit of the kernel on the
 * size of a file (EFBIG: an I/O error for SQLite), and a file system that cannot be written.
 */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { judgeDisk } from '../../gate-controller/journal/disk.ts';
import { JournalFolder } from './chain.ts';
import type { SmallDiskReport } from './small-disk.ts';

const limit_ms = 50_000;
const script = join(import.meta.dirname, 'small-disk.ts');
const run = promisify(execFile);

let place: JournalFolder;
beforeEach(() => {
  place = new JournalFolder();
});
afterEach(() => place.remove());

/** Runs `script` as the root of a namespace in which the folder is a file system of its own. */
const inNamespace = (commands: string): readonly string[] => ['-Urm', 'sh', '-ec', commands];

const hasNamespaces = (): boolean =>
  spawnSync('unshare', inNamespace(`mount -t tmpfs -o size=1m none '${place.folder}'`)).status === 0;

async function smallDisk(file: string, flags: readonly string[]): Promise<SmallDiskReport> {
  const { stdout } = await run(file, flags, { timeout: limit_ms, killSignal: 'SIGKILL' });
  return JSON.parse(stdout) as SmallDiskReport;
}

test('a full disk costs the ballast: what is under way is recorded on, and the lane is told', async (context) => {
  if (!hasNamespaces()) context.skip('this machine lets no user mount a file system of their own');
  const commands = `mount -t tmpfs -o size=6m none '${place.folder}'; exec '${process.execPath}' '${script}' '${place.folder}' full`;
  const report = await smallDisk('unshare', inNamespace(commands));
  expect(report.faults).toEqual(['disk:DISK_FULL raised', 'disk:DISK_FULL cleared']);
  // 1 MB of ballast, about 24 kB a record of 3.5 kB: page by page, in the log.
  expect(report.afterFull).toBeGreaterThan(30);
  expect(report.refusal).toContain('JOURNAL_WRITE_FAILED: SQLITE 13');
  expect(report).toMatchObject({ isWritableAgain: true, isIntact: true });
  expect(report.stored).toBe(report.beforeFull + report.afterFull + 1);
});

test('an I/O error refuses the record, and all before it are there', async () => {
  const commands = `ulimit -f 2000; exec '${process.execPath}' '${script}' '${place.folder}' failing`;
  const report = await smallDisk('bash', ['-ec', commands]);
  expect(report.refusal).toContain('JOURNAL_WRITE_FAILED: SQLITE 10');
  expect(report.beforeFull).toBeGreaterThan(10);
  expect(report).toMatchObject({ afterFull: 0, stored: report.beforeFull, isIntact: true });
});

test('a disk that cannot be written ends the start by name', async (context) => {
  if (!hasNamespaces()) context.skip('this machine lets no user mount a file system of their own');
  const commands = `mount -t tmpfs -o ro none '${place.folder}'; exec '${process.execPath}' '${script}' '${place.folder}' failing`;
  await expect(smallDisk('unshare', inNamespace(commands))).rejects.toThrow('JOURNAL_UNUSABLE: SQLITE 14');
});

const MB = 1024 * 1024;
const limits = { low_bytes: 100 * MB, ballast_bytes: 8 * MB };

test('a disk that runs low closes the lane before it is full, and must have room again well beyond the limit', () => {
  const at = (free_MB: number, wasLow: boolean) =>
    judgeDisk({ free_bytes: free_MB * MB, hasBallast: true }, limits, wasLow).isLow;
  expect([at(101, false), at(99, false), at(101, true), at(126, true)]).toEqual([false, true, true, false]);
});

test('a disk stays full until there is room for the ballast and more', () => {
  const at = (free_MB: number) => judgeDisk({ free_bytes: free_MB * MB, hasBallast: false }, limits, false);
  expect(at(107)).toMatchObject({ isFull: true, shouldRestore: false });
  expect(at(109)).toMatchObject({ isFull: true, shouldRestore: true });
});

test('a disk that does not say how much room it has counts as it stood before', () => {
  const silent = { free_bytes: null, hasBallast: true };
  expect(judgeDisk(silent, limits, true)).toEqual({ isFull: false, isLow: true, shouldRestore: false });
  expect(judgeDisk(silent, limits, false)).toEqual({ isFull: false, isLow: false, shouldRestore: false });
});
