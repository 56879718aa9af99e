/** Without the note of the head nobody can say that the end of the chain is the one that was confirmed. */
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DiskJournal, type JournalFault, openJournal } from '../../gate-controller/journal/journal.ts';
import { anyRoom, recordsAfter, commitOf, JournalFolder } from './chain.ts';

let place: JournalFolder;
beforeEach(async () => {
  place = new JournalFolder();
  await place.write(12);
});
afterEach(() => place.remove());

const losses: readonly (readonly [string, (head: string) => void])[] = [
  ['missing', (head) => rmSync(head)],
  ['torn', (head) => truncateSync(head, 20)],
  ['altered', (head) => writeFileSync(head, readFileSync(head).fill(0, 8, 40))],
];

/** What the start had to say. */
async function faultsAfterStart(journal: DiskJournal): Promise<readonly JournalFault['code'][]> {
  const codes: JournalFault['code'][] = [];
  const stop = journal.watch(({ code }) => codes.push(code));
  // The answer to a commit comes after whatever the writer said before.
  await journal.append(commitOf(recordsAfter(journal.standing.last, 1)));
  stop();
  return codes;
}

test.each(losses)('with a head that is %s, verification says that a cut-off tail cannot be excluded', (_, lose) => {
  expect(place.verify().said).not.toMatch(/cut off/);
  expect(JSON.parse(place.verify('--json').said)).toMatchObject({ isIntact: true, isEndConfirmed: true });
  place.edit('DELETE FROM records WHERE seq > 9');
  lose(`${place.file}-head`);
  const { status, said } = place.verify();
  expect(said).toMatch(/^intact: 9 records/);
  expect(said).toMatch(/cannot be excluded that records were cut off/);
  expect(status).toBe(3);
  expect(JSON.parse(place.verify('--json').said)).toMatchObject({ isIntact: true, isEndConfirmed: false });
});

test.each(losses)(
  'a start with a head that is %s raises a fault; the next one, with a head again, does not',
  async (_, lose) => {
    lose(`${place.file}-head`);
    const journal = await openJournal(place.file, anyRoom);
    expect(await faultsAfterStart(journal)).toContain('HEAD_MISSING');
    expect(journal.recordsOf('lane')).toHaveLength(13);
    await journal.close();
    const again = await openJournal(place.file, anyRoom);
    expect(await faultsAfterStart(again)).not.toContain('HEAD_MISSING');
    await again.close();
  },
);

test('a journal that is new misses no head', async () => {
  const fresh = new JournalFolder();
  const journal = await openJournal(fresh.file, anyRoom);
  expect(await faultsAfterStart(journal)).not.toContain('HEAD_MISSING');
  await journal.close();
  fresh.remove();
});
