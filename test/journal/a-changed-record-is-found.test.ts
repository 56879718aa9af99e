import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import { openJournal } from '../../gate-controller/journal/journal.ts';
import { type ChainedRecord, genesisHash, hashOf } from '../../gate-controller/journal/record.ts';
import { verifyChain } from '../../gate-controller/journal/verify.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  file = join(folder, 'journal.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function chain(count: number): ChainedRecord[] {
  const records: ChainedRecord[] = [];
  let previous = genesisHash;
  for (let seq = 1; seq <= count; seq += 1) {
    const record = {
      seq,
      at_ms: 1_000 + seq,
      subject: 's',
      kind: 'k',
      event: `{"n":${seq}}`,
      state: '{}',
      effects: '[]',
    };
    previous = hashOf(previous, record);
    records.push({ ...record, hash: previous });
  }
  return records;
}

function fill(count: number): void {
  const database = new JournalDatabase(file);
  database.append({ records: chain(count), timersSet: [], timersCancelled: [], ended: [] });
  database.close();
}

test('an untouched chain verifies', () => {
  expect(verifyChain(chain(50))).toMatchObject({ isIntact: true, records: 50 });
  expect(verifyChain([])).toMatchObject({ isIntact: true, records: 0 });
});

test('any change of any field of any record is named by its number', () => {
  const records = chain(20);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 19 }),
      fc.constantFrom('at_ms', 'subject', 'kind', 'event', 'state', 'effects') as fc.Arbitrary<keyof ChainedRecord>,
      (index, field) => {
        const changed = records.map((record, i) =>
          i === index
            ? { ...record, [field]: field === 'at_ms' ? record.at_ms + 1 : `${String(record[field])} ` }
            : record,
        );
        expect(verifyChain(changed)).toEqual({ isIntact: false, brokenAt: index + 1, because: 'hash' });
      },
    ),
  );
});

test('text moved from one field into the next is found', () => {
  const record = chain(1)[0]!;
  expect(verifyChain([{ ...record, subject: 'sk', kind: '' }]).isIntact).toBe(false);
});

test('a deleted and a renumbered record are found', () => {
  const records = chain(10);
  expect(verifyChain(records.filter(({ seq }) => seq !== 4))).toEqual({
    isIntact: false,
    brokenAt: 4,
    because: 'sequence',
  });
  expect(verifyChain([...records.slice(0, 3), { ...records[4]!, seq: 4 }])).toMatchObject({
    isIntact: false,
    brokenAt: 4,
  });
});

test('a lane does not start on a journal that was edited', async () => {
  fill(5);
  const editor = new DatabaseSync(file);
  editor.prepare("UPDATE records SET event = '{}' WHERE seq = 3").run();
  editor.close();
  await expect(openJournal(file)).rejects.toMatchObject({ code: 'JOURNAL_CHAIN_BROKEN' });
});

test('single flipped bits of the file are found, or harm nothing that is read', () => {
  fill(60);
  const original = readFileSync(file);
  const intact = verifyChain(new JournalDatabase(file, { readOnly: true }).records());
  let found = 0;
  for (let n = 0; n < 150; n += 1) {
    const bytes = Buffer.from(original);
    const at = (n * 7919) % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (n % 8));
    const copy = join(folder, `flipped-${n}.db`);
    writeFileSync(copy, bytes);
    const verdict = verdictOf(copy);
    if (verdict === 'found') found += 1;
    else expect(verdict).toEqual(intact);
  }
  expect(found).toBeGreaterThan(20);
});

function verdictOf(copy: string): unknown {
  try {
    const database = new JournalDatabase(copy, { readOnly: true });
    try {
      const verdict = verifyChain(database.records());
      return verdict.isIntact ? verdict : 'found';
    } finally {
      database.close();
    }
  } catch {
    // The store itself refuses the file: found as well.
    return 'found';
  }
}

test('a commit that fails half-way leaves nothing of itself', () => {
  const database = new JournalDatabase(file);
  const records = chain(3);
  expect(() =>
    database.append({ records: [...records, records[0]!], timersSet: [], timersCancelled: [], ended: [] }),
  ).toThrow();
  expect([...database.records()]).toEqual([]);
  database.append({ records, timersSet: [], timersCancelled: [], ended: [] });
  expect(verifyChain(database.records())).toMatchObject({ isIntact: true, records: 3 });
  database.close();
});

test('records survive a writer that is killed in the middle of writing', async () => {
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'endless-writer.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let acknowledged = 0;
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      acknowledged = Number(chunk.toString().trim().split('\n').at(-1));
      if (acknowledged > 200) child.kill('SIGKILL');
    });
    child.on('exit', () => resolve());
  });
  const database = new JournalDatabase(file);
  const verdict = verifyChain(database.records());
  expect(verdict.isIntact).toBe(true);
  expect(verdict).toHaveProperty('records');
  if (verdict.isIntact) expect(verdict.records).toBeGreaterThanOrEqual(acknowledged);
  database.close();
});
