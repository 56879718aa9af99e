/** Records as a kernel writes them, and a journal in a folder of its own. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commit } from '../../gate-controller/journal/database.ts';
import { type ChainedRecord, genesisHash, hashOf } from '../../gate-controller/journal/record.ts';

/** `count` records that continue `last`, each of about `size_bytes` of state. */
export function chainAfter(last: ChainedRecord | undefined, count: number, size_bytes = 40): ChainedRecord[] {
  const records: ChainedRecord[] = [];
  let previous = last?.hash ?? genesisHash;
  const begin = (last?.seq ?? 0) + 1;
  for (let seq = begin; seq < begin + count; seq += 1) {
    const record = {
      seq,
      at_ms: 1_000_000 + seq,
      subject: 'lane',
      kind: 'lane',
      event: `{"type":"HAPPENED","n":${seq}}`,
      state: JSON.stringify({ value: 'open', context: { filler: `${seq} `.repeat(Math.ceil(size_bytes / 5)) } }),
      effects: '{"effects":[],"timers":[],"isIgnored":false,"isEnded":false}',
    };
    previous = hashOf(previous, record);
    records.push({ ...record, hash: previous });
  }
  return records;
}

export const commitOf = (records: readonly ChainedRecord[]): Commit => ({
  records,
  timersSet: [],
  timersCancelled: [],
  ended: [],
});

/** A file system that flushes nothing, where the machine has one. */
const memory = '/dev/shm';

export class JournalFolder {
  readonly folder: string;
  readonly file: string;

  constructor(on: 'disk' | 'memory' = 'disk') {
    this.folder = mkdtempSync(join(on === 'memory' && existsSync(memory) ? memory : tmpdir(), 'journal-'));
    this.file = join(this.folder, 'journal.db');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
