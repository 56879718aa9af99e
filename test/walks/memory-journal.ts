/** A journal in memory that outlives processes: commits take time, and a power cut loses or keeps the last one. */
import type { Commit, Standing } from '../../gate-controller/journal/database.ts';
import type { Journal } from '../../gate-controller/journal/journal.ts';
import { type JournalRecord, lateKind } from '../../gate-controller/journal/record.ts';
import type { VirtualTime } from './virtual-time.ts';

export type JournalHooks = {
  /** Before anything of a commit is durable; false: the power fails now, and nothing of it is. */
  readonly mayBegin: () => boolean;
  /** Durable, not yet acknowledged; false: the power fails now. */
  readonly mayAcknowledge: (records: readonly JournalRecord[]) => boolean;
};

/** Usual time of a commit: a flush of a good disk. */
const commit_ms = 1;

export class MemoryJournal implements Journal {
  readonly #subjects = new Map<string, JournalRecord>();
  readonly #timers = new Map<string, Standing['timers'][number]>();
  readonly #time: VirtualTime;
  readonly #hooks: JournalHooks;
  #last: JournalRecord | null = null;
  #count = 0;
  /** The disk takes this much longer. */
  slowness_ms = 0;
  /** Sees each record, whole. */
  onRecord: ((record: JournalRecord) => void) | undefined;

  constructor(time: VirtualTime, hooks: JournalHooks) {
    this.#time = time;
    this.#hooks = hooks;
  }

  get count(): number {
    return this.#count;
  }

  get standing(): Standing {
    const subjects = [...this.#subjects.values()].sort((a, b) => a.seq - b.seq);
    return { last: this.#last, subjects, timers: [...this.#timers.values()] };
  }

  append(commit: Commit): Promise<void> {
    return new Promise((resolve) => {
      this.#time.in(commit_ms + this.slowness_ms, () => {
        if (!this.#hooks.mayBegin()) return;
        this.#keep(commit);
        if (this.#hooks.mayAcknowledge(commit.records)) resolve();
      });
    });
  }

  #keep({ records, timersSet, timersCancelled, ended }: Commit): void {
    for (const record of records) {
      if (record.kind !== lateKind) this.#subjects.set(record.subject, record);
      this.#last = record;
      this.#count += 1;
      this.onRecord?.(record);
    }
    for (const { subject, id } of timersCancelled) this.#timers.delete(`${subject} ${id}`);
    for (const timer of timersSet) this.#timers.set(`${timer.subject} ${timer.id}`, timer);
    for (const subject of ended) {
      this.#subjects.delete(subject);
      for (const [key, timer] of this.#timers) if (timer.subject === subject) this.#timers.delete(key);
    }
  }

  recordsOf(): readonly JournalRecord[] {
    return [];
  }

  async close(): Promise<void> {}
}
