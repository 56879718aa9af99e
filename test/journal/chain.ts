/** Records as a kernel writes them, and a journal in a folder of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Commit } from '../../gate-controller/journal/database.ts';
import { openJournal } from '../../gate-controller/journal/journal.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';

/** `count` records that continue `last`, each of about `size_bytes` of state. */
export function recordsAfter(last: JournalRecord | null, count: number, size_bytes = 40): readonly JournalRecord[] {
  const begin = (last?.seq ?? 0) + 1;
  return Array.from({ length: count }, (_, n) => {
    const seq = begin + n;
    return {
      seq,
      at_ms: 1_000_000 + seq,
      subject: 'lane',
      kind: 'lane',
      event: `{"type":"HAPPENED","n":${seq}}`,
      state: JSON.stringify({ value: 'open', context: { filler: `${seq} `.repeat(Math.ceil(size_bytes / 5)) } }),
      effects: '{"effects":[],"timers":[],"isIgnored":false,"isEnded":false}',
    };
  });
}

export const commitOf = (records: readonly JournalRecord[]): Commit => ({
  records,
  timersSet: [],
  timersCancelled: [],
  ended: [],
});

/** Room for every machine that runs this. */
export const anyRoom = { low_bytes: 0, ballast_bytes: 4_096 } as const;

const tool = join(import.meta.dirname, '../../gate-controller/journal/main.ts');

/** A file system that flushes nothing, where the machine has one. */
const memory = '/dev/shm';

export class JournalFolder {
  readonly folder: string;
  readonly file: string;

  constructor(on: 'disk' | 'memory' = 'disk') {
    this.folder = mkdtempSync(join(on === 'memory' && existsSync(memory) ? memory : tmpdir(), 'journal-'));
    this.file = join(this.folder, 'journal.db');
  }

  /** A journal that was closed in order, with so many records. */
  async write(count: number): Promise<void> {
    const journal = await openJournal(this.file, anyRoom);
    const records = recordsAfter(null, count);
    for (let begin = 0; begin < count; begin += 500) await journal.append(commitOf(records.slice(begin, begin + 500)));
    await journal.close();
  }

  /** Changes the file behind the journal's back. */
  edit(sql: string): void {
    const editor = new DatabaseSync(this.file);
    editor.exec(sql);
    editor.close();
  }

  /** `npm run journal -- verify`, as an auditor runs it. */
  verify(...flags: readonly string[]): { readonly status: number | null; readonly said: string } {
    const { status, stdout } = spawnSync(process.execPath, [tool, 'verify', '--file', this.file, ...flags]);
    return { status, said: stdout.toString() };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
