/** `npm run journal -- verify`, as an auditor runs it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal } from '../../gate-controller/journal/journal.ts';
import { chainAfter, commitOf, JournalFolder } from './chain.ts';

const script = join(import.meta.dirname, '../../gate-controller/journal/main.ts');

let place: JournalFolder;
beforeEach(async () => {
  place = new JournalFolder();
  const journal = await openJournal(place.file, { low_bytes: 0, ballast_bytes: 4_096 });
  await journal.append(commitOf(chainAfter(undefined, 12)));
  await journal.close();
});
afterEach(() => place.remove());

function verify(): { readonly status: number | null; readonly verdict: unknown } {
  const { status, stdout } = spawnSync(process.execPath, [script, 'verify', '--json', '--file', place.file]);
  return { status, verdict: JSON.parse(stdout.toString()) };
}

function edit(sql: string): void {
  const editor = new DatabaseSync(place.file);
  editor.exec(sql);
  editor.close();
}

test('an untouched journal is intact', () => {
  expect(verify()).toMatchObject({ status: 0, verdict: { isIntact: true, records: 12 } });
});

test('an edited record is named', () => {
  edit("UPDATE records SET event = '{}' WHERE seq = 7");
  expect(verify()).toEqual({ status: 1, verdict: { isIntact: false, brokenAt: 7, because: 'hash' } });
});

test('a tail that was cut off is named by the record that was confirmed last', () => {
  edit('DELETE FROM records WHERE seq > 9');
  expect(verify()).toEqual({ status: 1, verdict: { isIntact: false, brokenAt: 12, because: 'head' } });
});
