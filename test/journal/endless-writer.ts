// Writes records until it is killed; prints the number of each that is durable.
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import { genesisHash, hashOf } from '../../gate-controller/journal/record.ts';

const database = new JournalDatabase(process.argv[2] ?? '');
let previous = genesisHash;
for (let seq = 1; seq < 1_000_000; seq += 1) {
  const record = { seq, at_ms: seq, subject: 's', kind: 'k', event: '{}', state: '{}', effects: '[]' };
  previous = hashOf(previous, record);
  database.append({ records: [{ ...record, hash: previous }], timersSet: [], timersCancelled: [], ended: [] });
  process.stdout.write(`${seq}\n`);
}
