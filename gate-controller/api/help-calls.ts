import type { Committed, Kernel } from '../kernel/kernel.ts';
import { askTransaction, documentTransactionId, transactionSnapshot } from '../kernel/lane-parts.ts';
import type { LaneContext } from '../lane/context.ts';

/** A call without a passage is shown to officers for so long, ms: whoever called has been seen, or has gone. */
const standing_ms = 120_000;
/** The traveller's sign answers the call with a screen of its own for so long, ms. */
const fresh_ms = 8_000;

/** Calls for help from somebody whose passage has not begun. Wall-clock milliseconds; one at a time. */
export class HelpCalls {
  #askedAt_ms: number | null = null;
  /** The passage that is being told of a call. */
  #told: string | null = null;

  ask(now_ms: number): void {
    this.#askedAt_ms = now_ms;
  }

  /** Runs what tells a passage of a call, unless it is being told already. */
  async telling(transactionId: string, tell: () => Promise<unknown>): Promise<void> {
    if (this.#told === transactionId) return;
    this.#told = transactionId;
    try {
      await tell();
    } finally {
      if (this.#told === transactionId) this.#told = null;
    }
  }

  /** An officer has seen the call; false when there is none. */
  answer(now_ms: number): boolean {
    const isStanding = this.isStanding(now_ms);
    this.#askedAt_ms = null;
    return isStanding;
  }

  /** The button at the gate, pressed while no passage is under way; within one, the passage is told. */
  observe({ kind, event, context, at_ms }: Committed): void {
    if (kind !== 'lane' || event.type !== 'HALL_CHANGED') return;
    const { hall, transactionId } = context as LaneContext;
    if (hall.isHelpRequested && transactionId === null) this.ask(at_ms);
  }

  /** When help was called for; null when nobody waits for it. */
  since_ms(now_ms: number): number | null {
    return this.isStanding(now_ms) ? this.#askedAt_ms : null;
  }

  isStanding(now_ms: number): boolean {
    return this.#isWithin(now_ms, standing_ms);
  }

  isFresh(now_ms: number): boolean {
    return this.#isWithin(now_ms, fresh_ms);
  }

  #isWithin(now_ms: number, limit_ms: number): boolean {
    return this.#askedAt_ms !== null && Math.abs(now_ms - this.#askedAt_ms) <= limit_ms;
  }
}

export type Caller = { readonly kernel: Kernel; readonly help: HelpCalls; readonly now_ms: () => number };

/**
 * Somebody pressed the button on the sign: the one whose document is at the reader, with overlap the next traveller, since
 * whoever is on the way out has left the sign. A passage hears of it once, however often the button is pressed.
 */
export function callForHelp({ kernel, help, now_ms }: Caller): void {
  const id = documentTransactionId(kernel);
  const passage = transactionSnapshot(kernel, id);
  if (id === null || passage === undefined) help.ask(now_ms());
  else if (!passage.context.hasAskedForHelp) {
    void help.telling(id, () => askTransaction(kernel, id, { type: 'HELP_REQUESTED' }));
  }
}
