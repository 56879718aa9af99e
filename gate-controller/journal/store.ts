import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Ballast } from './ballast.ts';
import { type Commit, JournalDatabase, type Standing } from './database.ts';
import { type DiskLimits, judgeDisk } from './disk.ts';
import { HeadFile } from './head-file.ts';
import { type ChainedRecord, hashOf, type JournalRecord, lateKind } from './record.ts';
import { isFull } from './store-failure.ts';
import { type BrokenBecause, chainBegin, type ChainPlace, walkChain } from './verify.ts';

/** What is wrong with the journal or its disk. All but HEAD_MISSING keep the lane from serving. */
export type JournalFault = {
  readonly device: 'journal' | 'disk';
  readonly code: 'CHAIN_BROKEN' | 'HEAD_MISSING' | 'WRITER_SILENT' | 'DISK_LOW' | 'DISK_FULL';
  readonly stands: boolean;
};

export type StoreOptions = {
  readonly file: string;
  readonly limits: DiskLimits;
  readonly onFault: (fault: JournalFault) => void;
};

/** So many records before the last one that was confirmed are verified at every start. */
const tail_records = 2_000;
/** Records that are read at once. */
const slice_records = 64;

/** A record cannot be believed; the file is left as it is for whoever examines it. */
export class BrokenChain extends Error {
  override readonly name = 'BrokenChain';

  constructor(brokenAt: number, because: BrokenBecause) {
    super(`record ${brokenAt} (${because}); keep the journal's files as evidence and start without them`);
  }
}

/**
 * The journal as its one writer sees it: chains records to a chain that it knows, gives up ballast rather than a record, and
 * looks through the whole chain a slice at a time. Calls block for a flush.
 */
export class JournalStore {
  readonly standing: Standing<ChainedRecord>;
  /** Latest wall time of the last records; 0 when there are none. */
  readonly latestAt_ms: number;
  readonly #options: StoreOptions;
  readonly #database: JournalDatabase;
  readonly #headFile: HeadFile;
  readonly #ballast: Ballast;
  #head: ChainPlace;
  /** Where the look through the whole chain stands; null while none is under way. */
  #sweep: { place: ChainPlace; readonly until_seq: number } | null = null;
  readonly #isHeadMissing: boolean;
  #isLow = false;
  readonly #standingFaults = new Set<JournalFault['code']>();

  /** Throws BrokenChain when the last records cannot be believed, or what SQLite says when the file cannot be used. */
  constructor(options: StoreOptions) {
    this.#options = options;
    this.#headFile = new HeadFile(`${options.file}-head`);
    this.#database = new JournalDatabase(options.file);
    try {
      this.standing = this.#database.standing();
      this.latestAt_ms = this.#database.latestAt_ms();
      const noted = this.#headFile.read();
      this.#isHeadMissing = noted === null && this.standing.last !== null;
      const start = this.#startOfTail(noted);
      this.#head = this.#verifyTail(start);
      this.#noteHead();
      // Without a head to start from all of the chain has been verified.
      if (start.seq > 0) this.beginSweep();
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#ballast = new Ballast(`${options.file}-ballast`, options.limits.ballast_bytes);
  }

  /**
   * Chains the records to what is there and writes them. Throws when nothing of the commit was written. A disk that is full
   * costs the ballast, and is tried once more.
   */
  append({ records, ...changes }: Commit): void {
    const commit = { ...changes, records: this.#continued(records) };
    try {
      this.#database.append(commit);
    } catch (error) {
      if (!isFull(error) || !this.#ballast.release()) throw error;
      this.#set('disk', 'DISK_FULL', true);
      this.#database.append(commit);
    }
    this.#head = commit.records.at(-1) ?? this.#head;
    this.#noteHead();
  }

  /**
   * Tells what the start found, once somebody listens. Records without a note of their head end somewhere, but nobody can
   * say that they end where the last commit was confirmed. It stands until the next start.
   */
  tellOfStart(): void {
    this.#set('journal', 'HEAD_MISSING', this.#isHeadMissing);
  }

  /** Looks at the room that is left, raises and clears faults, and sets ballast aside when there is room. */
  lookAtDisk(): void {
    const { limits } = this.#options;
    const state = { free_bytes: this.#free_bytes(), hasBallast: this.#ballast.isThere };
    const first = judgeDisk(state, limits, this.#isLow);
    const hasBallast = first.shouldRestore ? this.#ballast.restore() : state.hasBallast;
    this.#isLow = first.isLow;
    this.#set('disk', 'DISK_LOW', first.isLow);
    this.#set('disk', 'DISK_FULL', !hasBallast);
  }

  /** Begins to look through the whole chain, from its first record to the one that is the last now. */
  beginSweep(): void {
    this.#sweep = { place: chainBegin, until_seq: this.#head.seq };
  }

  /** Verifies a few records more; false when there is nothing left to do. */
  sweepSlice(): boolean {
    if (this.#sweep === null) return false;
    const { place, until_seq } = this.#sweep;
    const walked = this.#walkOn(place, until_seq);
    if (walked !== null && walked.seq < until_seq) {
      this.#sweep.place = walked;
      return true;
    }
    this.#sweep = null;
    if (walked === null) this.#foundBroken();
    return false;
  }

  /** Null when the records there are not what was written. */
  #walkOn(place: ChainPlace, until_seq: number): ChainPlace | null {
    if (place.seq >= until_seq) return place;
    try {
      const limit = Math.min(slice_records, until_seq - place.seq);
      const walked = walkChain(this.#database.recordsAfter(place.seq, limit), place);
      return 'because' in walked || walked.seq === place.seq ? null : walked;
    } catch {
      // The store itself cannot read what it wrote.
      return null;
    }
  }

  close(): void {
    this.#database.close();
    this.#headFile.close();
  }

  /** Where the chain ends now, before anybody hears of it. A note that fails is of no harm: it is older than what is there. */
  #noteHead(): void {
    if (this.#head.seq === 0 || this.#standingFaults.has('CHAIN_BROKEN')) return;
    try {
      this.#headFile.write(this.#head);
    } catch {
      // No room, or no disk: the record itself is durable, and whatever is wrong shows with the next one.
    }
  }

  /** Without a head the next start verifies all of the chain, and refuses. */
  #foundBroken(): void {
    this.#set('journal', 'CHAIN_BROKEN', true);
    this.#headFile.remove();
  }

  /** The records with their hashes; throws when one of them is not the next. */
  #continued(records: readonly JournalRecord[]): readonly ChainedRecord[] {
    let { seq, hash } = this.#head;
    return records.map((record) => {
      seq += 1;
      if (record.seq !== seq) throw new Error(`record ${record.seq} does not continue the chain at ${seq}`);
      hash = hashOf(hash, record);
      return { ...record, hash };
    });
  }

  #startOfTail(noted: ChainPlace | null): ChainPlace {
    if (noted === null) return chainBegin;
    if (!this.#database.holds(noted)) throw new BrokenChain(noted.seq, 'head');
    const oldestUnderWay = this.standing.subjects[0]?.seq ?? noted.seq;
    const seq = Math.min(noted.seq - tail_records, oldestUnderWay - 1);
    const hash = seq > 0 ? this.#database.hashAt(seq) : undefined;
    return hash === undefined ? chainBegin : { seq, hash };
  }

  #verifyTail(start: ChainPlace): ChainPlace {
    const latest = new Map<string, ChainedRecord>();
    let place = start;
    for (;;) {
      const slice = this.#database.recordsAfter(place.seq, slice_records);
      if (slice.length === 0) break;
      const walked = walkChain(slice, place);
      if ('because' in walked) throw new BrokenChain(walked.brokenAt, walked.because);
      place = walked;
      for (const record of slice) if (record.kind !== lateKind) latest.set(record.subject, record);
    }
    this.#compareStanding(latest);
    return place;
  }

  /** What is under way stands in a table of its own: it must be what the records themselves say. */
  #compareStanding(latest: ReadonlyMap<string, ChainedRecord>): void {
    const underWay = [...latest.values()].filter(({ effects }) => !isEnd(effects));
    const standing = new Map(this.standing.subjects.map(({ subject, seq }) => [subject, seq]));
    const isSame =
      underWay.length === this.standing.subjects.length &&
      underWay.every(({ subject, seq }) => standing.get(subject) === seq);
    if (!isSame) throw new BrokenChain(this.standing.last?.seq ?? 0, 'standing');
  }

  #free_bytes(): number | null {
    try {
      const { bavail, bsize } = statfsSync(dirname(this.#options.file));
      return bavail * bsize;
    } catch {
      // A folder that cannot be looked at: the next commit says what is wrong with it.
      return null;
    }
  }

  #set(device: JournalFault['device'], code: JournalFault['code'], stands: boolean): void {
    if (this.#standingFaults.has(code) === stands) return;
    if (stands) this.#standingFaults.add(code);
    else this.#standingFaults.delete(code);
    this.#options.onFault({ device, code, stands });
  }
}

/** The record ended its subject. Text that is no JSON cannot have been written by a kernel. */
function isEnd(effects: string): boolean {
  try {
    return (JSON.parse(effects) as { isEnded?: unknown }).isEnded === true;
  } catch {
    // The hash of the record was right, so it was written like this; whoever wrote it said nothing of an end.
    return false;
  }
}
