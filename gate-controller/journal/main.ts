// npm run journal -- verify|export [--file FILE] [--json]
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { JournalDatabase } from './database.ts';
import { verifyChain } from './verify.ts';

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
  const verdict = verifyChain(database.records());
  if (values.json) console.log(JSON.stringify(verdict));
  else if (verdict.isIntact) console.log(`intact: ${verdict.records} records, head ${verdict.head}`);
  else console.log(`BROKEN at record ${verdict.brokenAt} (${verdict.because})`);
  return verdict.isIntact ? 0 : 1;
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
