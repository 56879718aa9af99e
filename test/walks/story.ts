/** What happened, as a digest always and as text when somebody wants to read it. */
import { createHash, type Hash } from 'node:crypto';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';

const chunk = 1 << 16;

export class Story {
  readonly #hash: Hash = createHash('sha256');
  readonly #isKept: boolean;
  readonly #lines: string[] = [];
  #open = '';

  constructor(isKept: boolean) {
    this.#isKept = isKept;
  }

  /** `words` say to a reader what `text` says to the digest. */
  tell(at_ms: number, text: string, words: () => string = () => text): void {
    this.#add(`${at_ms} ${text}\n`);
    if (this.#isKept) this.#lines.push(`${clock(at_ms)}  ${words()}`);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** A record, whole, to the digest only: readers are told of it in words. */
  keep({ seq, at_ms, subject, kind, event, state, effects }: JournalRecord): void {
    this.#add(`${seq} ${at_ms} ${subject} ${kind} ${event} ${state} ${effects}\n`);
  }

  /** Ends the story: digest of everything that was told and kept. */
  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #add(text: string): void {
    this.#open += text;
    if (this.#open.length > chunk) this.#flush();
  }

  #flush(): void {
    this.#hash.update(this.#open);
    this.#open = '';
  }
}

/** h:mm:ss.mmm since the lane's power came. */
export function clock(at_ms: number): string {
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const seconds = (at_ms / 1_000) % 60;
  return `${Math.floor(at_ms / 3_600_000)}:${two((at_ms / 60_000) % 60)}:${seconds.toFixed(3).padStart(6, '0')}`;
}
