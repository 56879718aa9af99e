import type { Clock } from './clock.ts';

export type RiskWatchOptions = {
  readonly clock: Clock;
  /** True when the service says that it can answer. Never rejects. */
  readonly ping: (signal: AbortSignal) => Promise<boolean>;
  /** Told after every answer; the same again changes nothing. */
  readonly setDown: (isDown: boolean) => void;
};

/** Between two questions, for one answer, ms; and how many must go wrong in a row, so that one lost answer means nothing. */
const interval_ms = 10_000;
const answer_ms = 3_000;
const failures_max = 2;

/**
 * Asks a risk service every ten seconds whether it can answer. A service that is down puts the lane in assisted mode before
 * the next traveller finds out; whoever is being served is referred by the missing answer itself.
 */
export class RiskWatch {
  readonly #o: RiskWatchOptions;
  #failures = 0;
  #isStopped = false;
  #cancel: () => void = () => {};

  constructor(options: RiskWatchOptions) {
    this.#o = options;
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const abort = new AbortController();
    const cancel = this.#o.clock.after(answer_ms, () => abort.abort());
    const isWell = await this.#o.ping(abort.signal);
    cancel();
    if (this.#isStopped) return;
    this.#failures = isWell ? 0 : this.#failures + 1;
    this.#o.setDown(this.#failures >= failures_max);
    this.#cancel = this.#o.clock.after(interval_ms, () => void this.#look());
  }
}
