import type { Commit, Standing } from '../../gate-controller/journal/database.ts';
import type { Journal } from '../../gate-controller/journal/journal.ts';
import { type JournalRecord, lateKind } from '../../gate-controller/journal/record.ts';

/** A journal that survives the death of a kernel, as a disk does. */
export class MemoryJournal implements Journal {
  readonly records: JournalRecord[] = [];
  readonly #subjects = new Map<string, JournalRecord>();
  readonly #timers = new Map<string, Standing['timers'][number]>();
  isHanging = false;

  get standing(): Standing {
    const subjects = [...this.#subjects.values()].sort((a, b) => a.seq - b.seq);
    return { last: this.records.at(-1) ?? null, subjects, timers: [...this.#timers.values()] };
  }

  async append(commit: Commit): Promise<void> {
    if (this.isHanging) return new Promise(() => {});
    for (const record of commit.records) {
      this.records.push(record);
      if (record.kind !== lateKind) this.#subjects.set(record.subject, record);
    }
    for (const { subject, id } of commit.timersCancelled) this.#timers.delete(`${subject} ${id}`);
    for (const timer of commit.timersSet) this.#timers.set(`${timer.subject} ${timer.id}`, timer);
    for (const subject of commit.ended) this.#subjects.delete(subject);
    return undefined;
  }

  recordsOf(subject: string): readonly JournalRecord[] {
    return this.records.filter((record) => record.subject === subject);
  }

  async close(): Promise<void> {}
}
