/** `npm run journal -- verify`, as an auditor runs it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournalFolder } from './chain.ts';

let place: JournalFolder;
beforeEach(async () => {
  place = new JournalFolder();
  await place.write(12);
});
afterEach(() => place.remove());

function verify(): { readonly status: number | null; readonly verdict: unknown } {
  const { status, said } = place.verify('--json');
  return { status, verdict: JSON.parse(said) };
}

test('an untouched journal is intact', () => {
  expect(verify()).toMatchObject({ status: 0, verdict: { isIntact: true, records: 12 } });
});

test('an edited record is named', () => {
  place.edit("UPDATE records SET event = '{}' WHERE seq = 7");
  expect(verify()).toEqual({ status: 1, verdict: { isIntact: false, brokenAt: 7, because: 'hash' } });
});

test('a tail that was cut off is named by the record that was confirmed last', () => {
  place.edit('DELETE FROM records WHERE seq > 9');
  expect(verify()).toEqual({ status: 1, verdict: { isIntact: false, brokenAt: 12, because: 'head' } });
});
