// npm run journal -- verify|export [--file FILE] [--json]
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { JournalDatabase } from './database.ts';
import { HeadFile } from './head-file.ts';
import { type ChainPlace, type ChainVerdict, verifyChain } from './verify.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { file: { type: 'string', default: '.cache/lane/journal.db' }, json: { type: 'boolean', default: false } },
});

const usage = 'usage: npm run journal -- verify|export [--file FILE] [--json]';

function run(command: string | undefined): number {
  if (command !== 'verify' && command !== 'export') {
    console.error(usage);
    return 2;
  }
  if (!existsSync(values.file)) {
    console.error(`JOURNAL_NOT_FOUND: ${values.file}. Name the lane's journal with --file.`);
    return 2;
  }
  const database = new JournalDatabase(values.file, { readOnly: true });
  try {
    return command === 'verify' ? verify(database) : exportRecords(database);
  } finally {
    database.close();
  }
}

function verify(database: JournalDatabase): number {
  // The note is read first: a running lane goes on writing.
  const noted = new HeadFile(`${values.file}-head`).read();
  const verdict = verdictOf(database, noted);
  if (!verdict.isIntact) {
    console.log(values.json ? JSON.stringify(verdict) : `BROKEN at record ${verdict.brokenAt} (${verdict.because})`);
    return exit.broken;
  }
  const isEndConfirmed = noted !== null || verdict.records === 0;
  if (values.json) console.log(JSON.stringify({ ...verdict, isEndConfirmed }));
  else {
    console.log(`intact: ${verdict.records} records, head ${verdict.head}`);
    if (!isEndConfirmed) console.log(withoutHead);
  }
  return isEndConfirmed ? exit.intact : exit.endUnconfirmed;
}

const exit = { intact: 0, broken: 1, endUnconfirmed: 3 } as const;

const withoutHead = `${values.file}-head is missing or not whole: it cannot be excluded that records were cut off at the end.
Compare count and head with what an earlier verification printed.`;

/** The whole chain, and that what was confirmed last is in it. */
function verdictOf(database: JournalDatabase, noted: ChainPlace | null): ChainVerdict {
  const verdict = verifyChain(database.records());
  if (!verdict.isIntact || noted === null) return verdict;
  return database.holds(noted) ? verdict : { isIntact: false, brokenAt: noted.seq, because: 'head' };
}

/** One line of JSON a record, oldest first. */
function exportRecords(database: JournalDatabase): number {
  for (const r of database.records()) {
    const line = {
      seq: r.seq,
      at: new Date(r.at_ms).toISOString(),
      subject: r.subject,
      kind: r.kind,
      event: JSON.parse(r.event) as unknown,
      state: JSON.parse(r.state) as unknown,
      effects: JSON.parse(r.effects) as unknown,
      hash: Buffer.from(r.hash).toString('hex'),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
  return 0;
}

process.exitCode = run(positionals[0]);
