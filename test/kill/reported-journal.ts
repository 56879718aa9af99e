/** The lane's journal on its disk, which tells when a commit is handed over and when it is confirmed. */
import type { Commit } from '../../gate-controller/journal/database.ts';
import type { Journal } from '../../gate-controller/journal/journal.ts';

export class ReportedJournal implements Journal {
  readonly #journal: Journal;
  readonly #tell: (type: 'begun' | 'durable', seq: number) => void;
  #underWay = 0;

  constructor(journal: Journal, tell: (type: 'begun' | 'durable', seq: number) => void) {
    this.#journal = journal;
    this.#tell = tell;
  }

  get standing(): Journal['standing'] {
    return this.#journal.standing;
  }

  /** A commit has not been confirmed yet. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  async append(commit: Commit): Promise<void> {
    const seq = commit.records.at(-1)?.seq ?? 0;
    this.#underWay += 1;
    this.#tell('begun', seq);
    await this.#journal.append(commit);
    this.#tell('durable', seq);
    this.#underWay -= 1;
  }

  recordsOf(subject: string): ReturnType<Journal['recordsOf']> {
    return this.#journal.recordsOf(subject);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}
