import type { MRZ } from '../../drivers/emrtd/mrz.ts';
import type { RiskCandidate } from '../risk/subject.ts';

/** What is known of one traveller while an officer may need it. */
export type CaseFile = {
  readonly transactionId: string;
  mrz: MRZ | null;
  portrait: { readonly format: 'jpeg' | 'jpeg2000'; readonly bytes: Uint8Array } | null;
  /** JPEG pictures for the officer. */
  portraitPreview: Uint8Array | null;
  livePreview: Uint8Array | null;
  candidates: readonly RiskCandidate[];
  chipProgress: { readonly bytesRead: number; readonly bytesTotal: number | null } | null;
};

type Entry = { readonly file: CaseFile; wipeAt_ms: number };

/** Upper bound on cases held at once; the oldest goes first. */
const cases_max = 200;

/** Holds cases in memory until their time is over. Times are monotonic milliseconds. */
export class CaseFiles {
  readonly #entries = new Map<string, Entry>();

  /** Opens a case, wiped at the latest at `wipeAt_ms`. */
  open(transactionId: string, wipeAt_ms: number): CaseFile {
    const known = this.#entries.get(transactionId);
    if (known !== undefined) return known.file;
    const file: CaseFile = {
      transactionId,
      mrz: null,
      portrait: null,
      portraitPreview: null,
      livePreview: null,
      candidates: [],
      chipProgress: null,
    };
    this.#entries.set(transactionId, { file, wipeAt_ms });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= cases_max) break;
      this.wipe(oldest);
    }
    return file;
  }

  get(transactionId: string): CaseFile | undefined {
    return this.#entries.get(transactionId)?.file;
  }

  /** Changes when a case is wiped, e.g. once it is known whether an officer needs it. */
  keepUntil(transactionId: string, wipeAt_ms: number): void {
    const entry = this.#entries.get(transactionId);
    if (entry !== undefined) entry.wipeAt_ms = wipeAt_ms;
  }

  /** Overwrites the pictures and forgets the case. */
  wipe(transactionId: string): void {
    const file = this.#entries.get(transactionId)?.file;
    if (file === undefined) return;
    file.portrait?.bytes.fill(0);
    file.portraitPreview?.fill(0);
    file.livePreview?.fill(0);
    Object.assign(file, { mrz: null, portrait: null, portraitPreview: null, livePreview: null, candidates: [] });
    this.#entries.delete(transactionId);
  }

  /** Wipes what is due; answers the ids. */
  wipeDue(now_ms: number): readonly string[] {
    const due = [...this.#entries].filter(([, { wipeAt_ms }]) => wipeAt_ms <= now_ms).map(([id]) => id);
    for (const id of due) this.wipe(id);
    return due;
  }
}
