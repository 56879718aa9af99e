/** Watches the officers' page and the hall at once, and remembers which passages began. */
import type { LaneView, OfficerView, TransactionView } from '../../gate-controller/api/messages.ts';
import type { BenchView } from '../../simulator/bench/messages.ts';
import { liveEvents } from '../../simulator/live-events.ts';
import type { Seen } from '../../simulator/scenarios/scenario.ts';
import { getJSON, pause } from './http.ts';

/** The newest of both; what one of them shows may be a moment older than the other. */
export type Sight = { readonly lane: LaneView; readonly bench: BenchView; readonly at_ms: number };

const look_ms = 50;

export class Onlooker {
  readonly #urls: { readonly controller: string; readonly bench: string };
  readonly #stop = new AbortController();
  readonly #before: ReadonlySet<string>;
  readonly #begun: string[] = [];
  readonly #ended = new Set<string>();
  readonly #modes: string[] = [];
  readonly #listeners = new Set<(lane: LaneView, transaction: TransactionView) => void>();
  #view: { readonly lane: LaneView; readonly came_ms: number } | undefined;
  #watching: Promise<void> = Promise.resolve();

  private constructor(urls: { controller: string; bench: string }, before: ReadonlySet<string>) {
    this.#urls = urls;
    this.#before = before;
  }

  /** Passages that are on the officers' page now are none of this onlooker's. */
  static async at(urls: { readonly controller: string; readonly bench: string }): Promise<Onlooker> {
    const view = await getJSON<OfficerView>(`${urls.controller}/api/officer`);
    const current = view.lanes.flatMap(({ transaction, next }) => [transaction, next]);
    const known = [...current, ...view.referrals.map(({ transaction }) => transaction)];
    const onlooker = new Onlooker(urls, new Set(known.flatMap((each) => (each === null ? [] : [each.transactionId]))));
    onlooker.#watching = onlooker.#watch();
    return onlooker;
  }

  /** Passages that began since, first come first. */
  get begun(): readonly string[] {
    return this.#begun;
  }

  /** Every passage that began has ended. */
  get areAllOver(): boolean {
    return this.#begun.every((id) => this.#ended.has(id));
  }

  /** Modes of the lane, each change once. */
  get modes(): readonly string[] {
    return this.#modes;
  }

  /** The newest lane, and the controller's clock by it. */
  lane(): { readonly lane: LaneView; readonly now_ms: number } {
    if (this.#view === undefined) throw new Error('the officers’ page shows nothing yet');
    const { lane, came_ms } = this.#view;
    return { lane, now_ms: lane.at_ms + (performance.now() - came_ms) };
  }

  /** `onPassage` hears of every view with a passage under way. Calling the answer ends it. */
  listen(onPassage: (lane: LaneView, transaction: TransactionView) => void): () => void {
    this.#listeners.add(onPassage);
    return () => this.#listeners.delete(onPassage);
  }

  /** Resolves once everything is seen at once; rejects, saying what there was instead, after `limit_ms`. */
  async see(what: Seen, limit_ms: number): Promise<void> {
    const deadline = performance.now() + limit_ms;
    for (;;) {
      if (await this.#shows(what)) return;
      if (performance.now() > deadline) throw new Error(`never seen: ${JSON.stringify(what)}; ${this.#instead()}`);
      await pause(look_ms);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #shows({ mode, step, hasReason, offers, fault, isHallEmpty }: Seen): Promise<boolean> {
    const lane = this.#view?.lane;
    if (lane === undefined) return false;
    const { transaction } = lane;
    const isUnderWay = transaction !== null && transaction.outcome === null;
    const commands: readonly string[] = [...lane.commands, ...(transaction?.commands ?? [])];
    const holds = [
      mode === undefined || lane.mode === mode,
      step === undefined || (step === 'none' ? !isUnderWay : isUnderWay && transaction.step === step),
      hasReason === undefined || transaction?.reasons.some(({ code }) => code === hasReason) === true,
      offers === undefined || commands.includes(offers),
      fault === undefined || lane.faults.some(({ code }) => code === fault),
    ];
    if (holds.includes(false)) return false;
    if (isHallEmpty !== true) return true;
    const { hall, passages } = await getJSON<BenchView>(`${this.#urls.bench}/api/view`);
    return hall.bodies.length === 0 && passages.every(({ state }) => state === 'done');
  }

  #instead(): string {
    const lane = this.#view?.lane;
    if (lane === undefined) return 'nothing was shown';
    const { mode, transaction, faults, commands } = lane;
    const passage = transaction === null ? 'no passage' : `${transaction.step} ${transaction.outcome ?? ''}`;
    const offered = [...commands, ...(transaction?.commands ?? [])].join(' ');
    return `the lane is ${mode}, ${passage}, faults ${faults.map(({ code }) => code).join(' ')}, offers ${offered}`;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        for await (const view of liveEvents<OfficerView>(`${this.#urls.controller}/api/events`, 'lane', signal))
          this.#take(view);
      } catch {
        // A controller that was restarted ends the stream; the next one begins where the page is then.
      }
      if (!signal.aborted) await pause(look_ms);
    }
  }

  #take(view: OfficerView): void {
    const [lane] = view.lanes;
    if (lane === undefined) return;
    this.#view = { lane, came_ms: performance.now() };
    if (this.#modes.at(-1) !== lane.mode) this.#modes.push(lane.mode);
    const shown = [lane.transaction, lane.next, ...view.referrals.map(({ transaction }) => transaction)];
    for (const transaction of shown) if (transaction !== null) this.#note(transaction);
    // What has left the page has ended.
    const onPage = new Set(shown.map((transaction) => transaction?.transactionId));
    for (const id of this.#begun) if (!onPage.has(id)) this.#ended.add(id);
    const { transaction } = lane;
    if (transaction === null || this.#before.has(transaction.transactionId)) return;
    for (const listener of this.#listeners) listener(lane, transaction);
  }

  #note({ transactionId, outcome }: TransactionView): void {
    if (this.#before.has(transactionId)) return;
    if (!this.#begun.includes(transactionId)) this.#begun.push(transactionId);
    if (outcome !== null) this.#ended.add(transactionId);
  }
}
