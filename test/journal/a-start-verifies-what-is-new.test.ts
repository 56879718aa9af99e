/** A start looks at the last records only; the rest of the chain is looked through while the lane runs. */
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DiskJournal, type JournalFault, openJournal } from '../../gate-controller/journal/journal.ts';
import { anyRoom, recordsAfter, commitOf, JournalFolder } from './chain.ts';

let place: JournalFolder;
beforeEach(() => {
  place = new JournalFolder();
});
afterEach(() => place.remove());

const records_max = 3_000;

const faultFrom = (journal: DiskJournal, code: JournalFault['code']): Promise<JournalFault> =>
  new Promise((resolve) => {
    journal.watch((fault) => {
      if (fault.code === code) resolve(fault);
    });
  });

test('an old record that was edited is found while the lane runs, and no later start believes the chain', async () => {
  await place.write(records_max);
  place.edit("UPDATE records SET event = '{}' WHERE seq = 5");
  const journal = await openJournal(place.file, anyRoom);
  expect(await faultFrom(journal, 'CHAIN_BROKEN')).toEqual({ device: 'journal', code: 'CHAIN_BROKEN', stands: true });
  // What is under way can still be recorded to its end.
  await journal.append(commitOf(recordsAfter(journal.standing.last, 1)));
  await journal.close();
  await expect(openJournal(place.file, anyRoom)).rejects.toThrow(/^JOURNAL_CHAIN_BROKEN: record 5 \(hash\)/);
});

test('an edited record among the last ends the start', async () => {
  await place.write(records_max);
  place.edit(`UPDATE records SET at_ms = at_ms + 1 WHERE seq = ${records_max - 1_500}`);
  await expect(openJournal(place.file, anyRoom)).rejects.toThrow(`JOURNAL_CHAIN_BROKEN: record ${records_max - 1_500}`);
});

test('records that were confirmed and are gone from the end are missed', async () => {
  await place.write(20);
  place.edit('DELETE FROM records WHERE seq > 17');
  await expect(openJournal(place.file, anyRoom)).rejects.toThrow('JOURNAL_CHAIN_BROKEN: record 20 (head)');
});

test('a chain that was written anew as a whole is not the one that was confirmed', async () => {
  await place.write(20);
  rmSync(place.file);
  const forged = new JournalFolder();
  const journal = await openJournal(forged.file, anyRoom);
  await journal.append(commitOf(recordsAfter(null, 25, 80)));
  await journal.close();
  place.edit(`ATTACH '${forged.file}' AS forged; CREATE TABLE records AS SELECT * FROM forged.records;
    CREATE TABLE subjects AS SELECT * FROM forged.subjects`);
  forged.remove();
  await expect(openJournal(place.file, anyRoom)).rejects.toThrow('JOURNAL_CHAIN_BROKEN: record 20 (head)');
});

test('a passage that was under way and is not listed any more is missed', async () => {
  await place.write(20);
  place.edit('DELETE FROM subjects');
  await expect(openJournal(place.file, anyRoom)).rejects.toThrow('JOURNAL_CHAIN_BROKEN: record 20 (standing)');
});

test('a passage that has ended is not taken for the lane, whose own state would be forgotten', async () => {
  const journal = await openJournal(place.file, anyRoom);
  const [first, second, third] = recordsAfter(null, 3);
  const isOver = '{"effects":[],"timers":[],"isIgnored":false,"isEnded":true}';
  const passage = { ...second!, subject: 'p1', kind: 'transaction', effects: isOver };
  await journal.append({ ...commitOf([first!, passage, third!]), ended: ['p1'] });
  await journal.close();
  place.edit("UPDATE subjects SET subject = 'p1' WHERE subject = 'lane'");
  await expect(openJournal(place.file, anyRoom)).rejects.toThrow('JOURNAL_CHAIN_BROKEN: record 3 (standing)');
});

test('without the note of its head all of the chain is verified before the start', async () => {
  await place.write(records_max);
  place.edit("UPDATE records SET event = '{}' WHERE seq = 5");
  rmSync(`${place.file}-head`);
  await expect(openJournal(place.file, anyRoom)).rejects.toThrow('JOURNAL_CHAIN_BROKEN: record 5 (hash)');
});

test('a record that does not continue the chain is refused, and nothing of it is written', async () => {
  const journal = await openJournal(place.file, anyRoom);
  const records = recordsAfter(null, 3);
  await journal.append(commitOf(records.slice(0, 1)));
  await expect(journal.append(commitOf(records.slice(2)))).rejects.toMatchObject({ code: 'JOURNAL_WRITE_FAILED' });
  await journal.append(commitOf(records.slice(1)));
  expect(journal.recordsOf('lane').map(({ seq }) => seq)).toEqual([1, 2, 3]);
  await journal.close();
});

test('the latest wall time of the last records is known at the start, even when the clock went back since', async () => {
  const journal = await openJournal(place.file, anyRoom);
  await journal.append(commitOf(recordsAfter(null, 3)));
  expect(journal.latestAt_ms).toBe(0);
  await journal.close();
  const again = await openJournal(place.file, anyRoom);
  expect(again.latestAt_ms).toBe(1_000_003);
  await again.close();
});

test('a place where no journal can be is refused by name', async () => {
  await expect(openJournal(place.folder, anyRoom)).rejects.toMatchObject({ code: 'JOURNAL_UNUSABLE' });
});
