/**
 * A journal on a disk that fills up or fails, in a process of its own: `small-disk.ts FOLDER full|failing`. Writes records
 * until one is refused and prints what happened as one line of JSON.
 */
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import { type DiskJournal, openJournal } from '../../gate-controller/journal/journal.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import { verifyChain } from '../../gate-controller/journal/verify.ts';
import { recordsAfter, commitOf } from './chain.ts';

export type SmallDiskReport = {
  readonly beforeFull: number;
  readonly afterFull: number;
  readonly refusal: string;
  readonly faults: readonly string[];
  readonly isWritableAgain: boolean;
  readonly stored: number;
  readonly isIntact: boolean;
};

const [folder = '', kind = 'full'] = process.argv.slice(2);
const file = join(folder, 'journal.db');
const filler = join(folder, 'filler');
const record_bytes = 3_500;
const records_max = 5_000;

async function ballastSetAside(size_bytes: number): Promise<void> {
  while ((statSync(`${file}-ballast`, { throwIfNoEntry: false })?.size ?? 0) < size_bytes) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Takes all the room that is left. */
function fill(): void {
  const descriptor = openSync(filler, 'w');
  const piece = Buffer.alloc(4_096, 1);
  try {
    for (;;) writeSync(descriptor, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(descriptor);
  }
}

const seen = (journal: DiskJournal, code: string, stands: boolean): Promise<void> =>
  new Promise((resolve) => {
    journal.watch((fault) => {
      if (fault.code === code && fault.stands === stands) resolve();
    });
  });

const nextAfter = (last: JournalRecord | null): JournalRecord => recordsAfter(last, 1, record_bytes)[0]!;

async function main(): Promise<SmallDiskReport> {
  const ballast_bytes = kind === 'full' ? 1_048_576 : 4_096;
  const journal = await openJournal(file, { low_bytes: 0, ballast_bytes, look_ms: 50 });
  const faults: string[] = [];
  journal.watch(({ device, code, stands }) => faults.push(`${device}:${code} ${stands ? 'raised' : 'cleared'}`));
  let last = nextAfter(null);
  await journal.append(commitOf([last]));
  await ballastSetAside(ballast_bytes);
  if (kind === 'full') fill();
  let beforeFull = 1;
  let afterFull = 0;
  let refusal = '';
  while (refusal === '' && beforeFull + afterFull < records_max) {
    const next = nextAfter(last);
    try {
      await journal.append(commitOf([next]));
      last = next;
      if (faults.some((fault) => fault.includes('DISK_FULL'))) afterFull += 1;
      else beforeFull += 1;
    } catch (error) {
      refusal = error instanceof Error ? error.message : String(error);
    }
  }
  let isWritableAgain = false;
  if (kind === 'full') {
    rmSync(filler);
    await seen(journal, 'DISK_FULL', false);
    await journal.append(commitOf([nextAfter(last)]));
    isWritableAgain = true;
  }
  await journal.close();
  const database = new JournalDatabase(file, { readOnly: true });
  const verdict = verifyChain(database.records());
  database.close();
  const stored = verdict.isIntact ? verdict.records : 0;
  return { beforeFull, afterFull, refusal, faults, isWritableAgain, stored, isIntact: verdict.isIntact };
}

process.stdout.write(`${JSON.stringify(await main())}\n`);
