import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DiskJournal, type JournalFault, openJournal } from '../../gate-controller/journal/journal.ts';
import { anyRoom, recordsAfter, commitOf, JournalFolder } from './chain.ts';

let place: JournalFolder;
beforeEach(() => {
  place = new JournalFolder();
});
afterEach(() => place.remove());

/** The journal, and the thread that writes it. */
async function open(): Promise<{ readonly journal: DiskJournal; readonly writer: Worker }> {
  const created = new Promise<Worker>((resolve) => process.once('worker', resolve));
  const journal = await openJournal(place.file, anyRoom);
  return { journal, writer: await created };
}

test('a writer that dies while nothing is to be written is noticed at once', async () => {
  const { journal, writer } = await open();
  const faults: JournalFault[] = [];
  journal.watch((fault) => faults.push(fault));
  await writer.terminate();
  expect(faults).toContainEqual({ device: 'journal', code: 'WRITER_SILENT', stands: true });
  await expect(journal.append(commitOf(recordsAfter(null, 1)))).rejects.toMatchObject({
    code: 'JOURNAL_WRITE_FAILED',
  });
  await journal.close();
});

test('whoever begins to watch after the writer has died is told of it', async () => {
  const { journal, writer } = await open();
  await writer.terminate();
  const faults: JournalFault[] = [];
  journal.watch((fault) => faults.push(fault));
  expect(faults).toContainEqual({ device: 'journal', code: 'WRITER_SILENT', stands: true });
  await journal.close();
});

test('a journal that is closed on purpose has no fault', async () => {
  const { journal, writer } = await open();
  const faults: JournalFault[] = [];
  journal.watch((fault) => faults.push(fault));
  const ended = new Promise((resolve) => writer.once('exit', resolve));
  await journal.close();
  await ended;
  expect(faults.filter(({ code }) => code === 'WRITER_SILENT')).toEqual([]);
});
