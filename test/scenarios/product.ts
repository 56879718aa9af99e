/** The whole product as its users have it: two processes, the pages' addresses, and a folder of its own. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  LaneView,
  OfficerCommand,
  OfficerCommandName,
  OfficerView,
  TransactionView,
} from '../../gate-controller/api/messages.ts';
import type { TransactionRecord } from '../../gate-controller/api/record.ts';
import type { BenchView, PassageView } from '../../simulator/bench/messages.ts';
import { type Launched, launch, type LaunchOptions } from '../../simulator/launch.ts';
import { liveEvents } from '../../simulator/live-events.ts';

export type ProductOptions = Pick<LaunchOptions, 'onLog' | 'timings' | 'seed'>;

/** How a traveller's passage went: what the journal says and what the hall saw. */
export type Crossing = { readonly record: TransactionRecord | null; readonly passage: PassageView };

/** Limits of waiting; every state of the machines has a shorter one. */
const limits_ms = { ready: 90_000, transaction: 240_000, leaving: 120_000, view: 60_000 } as const;

const pause = (delay_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delay_ms));

export class Product {
  readonly #launched: Launched;
  readonly #folder: string;

  private constructor(launched: Launched, folder: string) {
    this.#launched = launched;
    this.#folder = folder;
  }

  static async start(options: ProductOptions = {}): Promise<Product> {
    const folder = await mkdtemp(join(tmpdir(), 'gate-'));
    try {
      const launched = await launch({ folder, controllerPort: 0, benchPort: 0, stream: false, ...options });
      return new Product(launched, folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get journalFile(): string {
    return this.#launched.journalFile;
  }

  get controllerUrl(): string {
    return this.#launched.controllerUrl();
  }

  get benchUrl(): string {
    return new URL(this.#launched.benchUrl).origin;
  }

  /** Everything that both processes logged so far goes through `onLog`; this is what remains on disk. */
  get folder(): string {
    return this.#folder;
  }

  /** Ends both processes, keeping the folder for examination until `remove`. Idempotent. */
  async stop(): Promise<void> {
    await this.#launched.stop();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  killController(): Promise<void> {
    return this.#launched.killController();
  }

  startController(): Promise<void> {
    return this.#launched.startController();
  }

  /** Resolves when the lane serves travellers. */
  async ready(): Promise<void> {
    const deadline = performance.now() + limits_ms.ready;
    for (;;) {
      const { status, text } = await this.#get('/readyz');
      if (status === 200) return;
      if (performance.now() > deadline) throw new Error(`the lane did not open: ${text}`);
      await pause(100);
    }
  }

  async #get(path: string): Promise<{ status: number; text: string }> {
    const response = await fetch(`${this.controllerUrl}${path}`, { signal: AbortSignal.timeout(5_000) });
    return { status: response.status, text: await response.text() };
  }

  async lane(): Promise<LaneView> {
    const view = await getJSON<OfficerView>(`${this.controllerUrl}/api/officer`);
    const [lane] = view.lanes;
    if (lane === undefined) throw new Error('no lane');
    return lane;
  }

  bench(): Promise<BenchView> {
    return getJSON<BenchView>(`${this.benchUrl}/api/view`);
  }

  /** Resolves with the first officers' view that fulfils the condition. */
  async until(what: string, holds: (view: OfficerView) => boolean): Promise<OfficerView> {
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), limits_ms.view);
    try {
      for await (const view of liveEvents<OfficerView>(`${this.controllerUrl}/api/events`, 'lane', stop.signal)) {
        if (holds(view)) return view;
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      clearTimeout(limit);
      stop.abort();
    }
    throw new Error(`never happened: ${what}`);
  }

  async setFault(name: string, on: boolean): Promise<void> {
    const { status } = await postJSON(`${this.benchUrl}/api/faults`, { name, on });
    if (status !== 202) throw new Error(`fault ${name}: ${status}`);
  }

  async send(scenario: string, fast: boolean): Promise<string> {
    const { status, answer } = await postJSON(`${this.benchUrl}/api/travellers`, { scenario, fast });
    if (status !== 202) throw new Error(`the bench refused the traveller: ${status}`);
    return (answer as { id: string }).id;
  }

  give(
    command: OfficerCommandName,
    lane: LaneView,
    transactionId: string | null,
  ): Promise<{ status: number; answer: unknown }> {
    const body: OfficerCommand = {
      commandId: randomUUID(),
      command,
      laneId: lane.laneId,
      transactionId,
      expectedSeq: lane.seq,
      reason: command === 'acknowledge' ? null : 'to the desk for the ordinary control',
    };
    return postJSON(`${this.controllerUrl}/api/commands`, body);
  }

  record(transactionId: string): Promise<TransactionRecord> {
    return getJSON<TransactionRecord>(`${this.controllerUrl}/api/transactions/${transactionId}`);
  }

  /** Sends a traveller and sees them through; an officer answers a referral after `officer_ms`. */
  async cross(scenario: string, options: { readonly fast: boolean; readonly officer_ms: number }): Promise<Crossing> {
    const before = new Set(await this.#knownTransactions());
    const sent = await this.send(scenario, options.fast);
    const transaction = await this.#follow(before, options.officer_ms);
    const passage = await this.gone(sent);
    return { record: transaction === null ? null : await this.record(transaction), passage };
  }

  async #knownTransactions(): Promise<readonly string[]> {
    const view = await getJSON<OfficerView>(`${this.controllerUrl}/api/officer`);
    const current = view.lanes.flatMap(({ transaction }) => (transaction === null ? [] : [transaction.transactionId]));
    return [...current, ...view.referrals.map(({ transaction }) => transaction.transactionId)];
  }

  /** Watches the officers' view until the new transaction has ended; answers its id. */
  async #follow(before: ReadonlySet<string>, officer_ms: number): Promise<string | null> {
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), limits_ms.transaction);
    const officer = new Officer(this, officer_ms);
    let seen: string | null = null;
    try {
      for await (const view of liveEvents<OfficerView>(`${this.controllerUrl}/api/events`, 'lane', stop.signal)) {
        const [lane] = view.lanes;
        const transaction = lane?.transaction ?? null;
        const isNew = transaction !== null && !before.has(transaction.transactionId);
        if (isNew) seen = transaction.transactionId;
        if (seen !== null && (!isNew || transaction.outcome !== null)) break;
        if (lane !== undefined && isNew) officer.look(lane, transaction);
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      clearTimeout(limit);
      stop.abort();
    }
    return seen;
  }

  /** Resolves when the traveller has left the hall, by whichever side. */
  async gone(id: string): Promise<PassageView> {
    const deadline = performance.now() + limits_ms.leaving;
    for (;;) {
      const passage = await getJSON<PassageView>(`${this.benchUrl}/api/travellers/${id}`);
      if (passage.state === 'done' || performance.now() > deadline) return passage;
      await pause(100);
    }
  }
}

/** Acknowledges a referral and, when the traveller is held in the cabin, sends them back to the entry side. */
class Officer {
  readonly #product: Product;
  readonly #patience_ms: number;
  readonly #given = new Set<string>();

  constructor(product: Product, patience_ms: number) {
    this.#product = product;
    this.#patience_ms = patience_ms;
  }

  look(lane: LaneView, transaction: TransactionView): void {
    for (const command of ['acknowledge', 'returnToEntry'] as const) {
      if (!transaction.commands.includes(command) || this.#given.has(command)) continue;
      this.#given.add(command);
      setTimeout(() => {
        this.#product.give(command, lane, transaction.transactionId).catch(() => {
          // The passage may be over by now; what became of it is in the record.
        });
      }, this.#patience_ms);
    }
  }
}

async function getJSON<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}

async function postJSON(url: string, body: unknown): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, answer: await response.json() };
}
