/**
 * Files that were damaged while the lane was off: a start either refuses by name, or every record that was confirmed is
 * there as it was written. One damage at a time; whoever changes the log and the note of its head alike is not found here.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import { JournalStore } from '../../gate-controller/journal/store.ts';
import { recordsAfter, commitOf, JournalFolder } from './chain.ts';

const limits = { low_bytes: 0, ballast_bytes: 0 };
const suffixes = ['', '-wal', '-head'] as const;
const records_count = 120;
const runs = 400;

let place: JournalFolder;
let original: Readonly<Record<(typeof suffixes)[number], Buffer>>;
let found: readonly string[];

/** The files as a controller leaves them that was killed: part of the records in the store, part in its log. */
beforeEach(() => {
  place = new JournalFolder('memory');
  const records = recordsAfter(null, records_count, 3_000);
  const half = records_count / 2;
  const first = new JournalStore({ file: place.file, limits, onFault: () => {} });
  for (const record of records.slice(0, half)) write(first, record);
  first.close();
  const second = new JournalStore({ file: place.file, limits, onFault: () => {} });
  for (const record of records.slice(half)) write(second, record);
  const read = (suffix: string): Buffer => readFileSync(`${place.file}${suffix}`);
  original = { '': read(''), '-wal': read('-wal'), '-head': read('-head') };
  second.close();
  found = [...hashesIn(place.file), `lane ${records_count}`];
});
afterEach(() => place.remove());

type Damage = (bytes: Buffer, at: number) => Buffer;

const damages: Readonly<Record<string, Damage>> = {
  'a flipped bit': (bytes, at) => {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    return bytes;
  },
  'a lost sector': (bytes, at) => bytes.fill(0, at - (at % 512), Math.min(at - (at % 512) + 512, bytes.length)),
  'a torn end': (bytes, at) => bytes.subarray(0, at),
};

const isOver = '{"effects":[],"timers":[],"isIgnored":false,"isEnded":true}';

/** One commit: mostly of the lane, sometimes of a passage that is over with it. */
function write(store: JournalStore, record: JournalRecord): void {
  if (record.seq % 7 === 0) {
    const subject = `p${record.seq}`;
    store.append({ ...commitOf([{ ...record, subject, kind: 'transaction', effects: isOver }]), ended: [subject] });
  } else store.append(commitOf([record]));
}

function hashesIn(file: string): readonly string[] {
  const database = new JournalDatabase(file, { readOnly: true });
  try {
    return [...database.records()].map(({ hash }) => Buffer.from(hash).toString('hex'));
  } finally {
    database.close();
  }
}

let folders = 0;
/** Sequence numbers do not need a look of their own: they are in the hashes. What is under way stands after them. */
function startOn(file: (typeof suffixes)[number], damage: Damage, where: number): readonly string[] | 'refused' {
  const folder = join(place.folder, `damaged-${(folders += 1)}`);
  mkdirSync(folder);
  const copy = join(folder, 'journal.db');
  for (const suffix of suffixes) {
    const bytes = Buffer.from(original[suffix]);
    const damaged = suffix === file ? damage(bytes, Math.floor(where * bytes.length)) : bytes;
    writeFileSync(`${copy}${suffix}`, damaged);
  }
  try {
    const store = new JournalStore({ file: copy, limits, onFault: () => {} });
    const underWay = store.standing.subjects.map(({ subject, seq }) => `${subject} ${seq}`);
    store.close();
    return [...hashesIn(copy), ...underWay];
  } catch {
    // By whichever name: BrokenChain, or what SQLite says of a file that it cannot read.
    return 'refused';
  }
}

for (const file of suffixes) {
  test(`damage to ${file === '' ? 'the store' : `the file ${file}`} is refused, or every record is there`, () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(damages)),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (name, where) => {
          const now = startOn(file, damages[name]!, where);
          if (now === 'refused') refused += 1;
          else expect(now).toEqual(found);
        },
      ),
      { numRuns: file === '-head' ? 60 : runs },
    );
    // The note of the head is no record: without it everything is verified. Anything else must have been found.
    if (file !== '-head') expect(refused).toBeGreaterThan(runs / 4);
  });
}

test('a log that was removed is missed', () => {
  expect(startOn('-wal', () => Buffer.alloc(0), 0)).toBe('refused');
});

test('untouched files start with every record', () => {
  expect(startOn('', (bytes) => bytes, 0)).toEqual(found);
});
