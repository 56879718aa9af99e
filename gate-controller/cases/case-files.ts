import type { MRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import type { RiskCandidate } from '../risk/subject.ts';

export type Portrait = { readonly format: 'jpeg' | 'jpeg2000'; readonly bytes: Uint8Array };

/** What a capture was like. Names of ISO/IEC 29794-5; units and ranges as the face pipeline gives them. */
export type FaceNotes = {
  /** Examined frames by what was to be mended in them; `none` when nothing was. */
  readonly frames: Readonly<Record<string, number>>;
  /** Of the live picture that is kept; null when none is. */
  readonly quality: {
    readonly interEyeDistance_px: number;
    /** Share of full scale. */
    readonly luminanceMean: number;
    /** 0…1; side light makes it small. */
    readonly illuminationUniformity: number;
    readonly sharpness: number;
    /** Probability 0…1 that the less open eye is open. */
    readonly eyesOpen_min: number;
    /** Above 0: turned to the traveller's own left. */
    readonly yaw_deg: number;
  } | null;
};

/**
 * What is known of one traveller while an officer may need it. A picture that is put here belongs to the case: it is
 * overwritten when another takes its place, and at once when it comes after the case was wiped.
 */
export class CaseFile {
  readonly transactionId: string;
  mrz: MRZ | null = null;
  candidates: readonly RiskCandidate[] = [];
  chipProgress: { readonly bytesRead: number; readonly bytesTotal: number | null } | null = null;
  face: FaceNotes | null = null;
  #portrait: Portrait | null = null;
  #portraitPreview: Uint8Array | null = null;
  #livePreview: Uint8Array | null = null;
  #isWiped = false;

  constructor(transactionId: string) {
    this.transactionId = transactionId;
  }

  get portrait(): Portrait | null {
    return this.#portrait;
  }

  set portrait(portrait: Portrait | null) {
    const kept = this.#keep(this.#portrait?.bytes ?? null, portrait?.bytes ?? null);
    this.#portrait = kept === null ? null : portrait;
  }

  /** JPEG pictures for the officer. */
  get portraitPreview(): Uint8Array | null {
    return this.#portraitPreview;
  }

  set portraitPreview(bytes: Uint8Array | null) {
    this.#portraitPreview = this.#keep(this.#portraitPreview, bytes);
  }

  get livePreview(): Uint8Array | null {
    return this.#livePreview;
  }

  set livePreview(bytes: Uint8Array | null) {
    this.#livePreview = this.#keep(this.#livePreview, bytes);
  }

  /** Overwrites the pictures; what comes later is overwritten on arrival. */
  wipe(): void {
    this.#isWiped = true;
    this.portrait = null;
    this.portraitPreview = null;
    this.livePreview = null;
    this.mrz = null;
    this.candidates = [];
    this.chipProgress = null;
    this.face = null;
  }

  #keep(before: Uint8Array | null, bytes: Uint8Array | null): Uint8Array | null {
    if (before !== bytes) before?.fill(0);
    if (!this.#isWiped) return bytes;
    bytes?.fill(0);
    return null;
  }
}

type Entry = { readonly file: CaseFile; wipeAt_ms: number; hasEnded: boolean };

/** Upper bound on cases held at once. */
const cases_max = 200;

/** Holds cases in memory until their time is over. Times are monotonic milliseconds. */
export class CaseFiles {
  readonly #entries = new Map<string, Entry>();

  /** Opens a case, wiped at the latest at `wipeAt_ms`. */
  open(transactionId: string, wipeAt_ms: number): CaseFile {
    const known = this.#entries.get(transactionId);
    if (known !== undefined) return known.file;
    this.#makeRoom();
    const file = new CaseFile(transactionId);
    this.#entries.set(transactionId, { file, wipeAt_ms, hasEnded: false });
    return file;
  }

  get(transactionId: string): CaseFile | undefined {
    return this.#entries.get(transactionId)?.file;
  }

  /** Every case that is held, oldest first. */
  all(): readonly CaseFile[] {
    return [...this.#entries.values()].map(({ file }) => file);
  }

  /** The passage has ended, and it is known how long an officer needs its case. */
  keepUntil(transactionId: string, wipeAt_ms: number): void {
    const entry = this.#entries.get(transactionId);
    if (entry !== undefined) Object.assign(entry, { wipeAt_ms, hasEnded: true });
  }

  /** Overwrites the pictures and forgets the case. */
  wipe(transactionId: string): void {
    this.#entries.get(transactionId)?.file.wipe();
    this.#entries.delete(transactionId);
  }

  /** Wipes what is due; answers the ids. */
  wipeDue(now_ms: number): readonly string[] {
    const due: string[] = [];
    for (const [id, { wipeAt_ms }] of this.#entries) if (wipeAt_ms <= now_ms) due.push(id);
    for (const id of due) this.wipe(id);
    return due;
  }

  /** The oldest that has ended goes; one under way only when none has, and a lane has one at a time. */
  #makeRoom(): void {
    if (this.#entries.size < cases_max) return;
    const entries = [...this.#entries];
    const [id] = entries.find(([, { hasEnded }]) => hasEnded) ?? entries[0] ?? [];
    if (id !== undefined) this.wipe(id);
  }
}
