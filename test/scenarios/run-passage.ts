/** One traveller through a fresh simulated lane: real processes, real wires, an officer who answers referrals. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaneView, OfficerCommand, OfficerView, TransactionView } from '../../gate-controller/api/messages.ts';
import type { TransactionRecord } from '../../gate-controller/api/record.ts';
import type { BenchView, PassageView } from '../../simulator/bench/messages.ts';
import { type Launched, launch, type LaunchOptions } from '../../simulator/launch.ts';
import { liveEvents } from '../../simulator/live-events.ts';
import type { Scenario } from '../../simulator/scenarios/scenarios.ts';
import { checkInvariants, type InvariantReport } from './invariants.ts';

export type PassageResult = {
  readonly scenario: string;
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly asExpected: boolean;
  readonly transactionId: string | null;
  readonly duration_ms: number;
  readonly timeline: readonly { readonly at_ms: number; readonly event: string }[];
  readonly checks: readonly { readonly id: string; readonly result: string }[];
  readonly invariants: InvariantReport;
};

export type PassageOptions = { readonly fast: boolean; readonly onLog?: LaunchOptions['onLog'] };

/** A passage that has not ended by then never will: every state of the machines has a shorter limit. */
const passage_ms = 240_000;
const ready_ms = 60_000;
/** How long the officer of this passage looks at a referral before acting. */
const officer_ms = { normal: 2_000, fast: 200 } as const;

export async function runPassage(scenario: Scenario, options: PassageOptions): Promise<PassageResult> {
  const folder = await mkdtemp(join(tmpdir(), 'gate-passage-'));
  const product = await launch({
    folder,
    controllerPort: 0,
    benchPort: 0,
    stream: false,
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
  }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  try {
    await untilReady(product);
    const began_ms = performance.now();
    const sent = await sendTraveller(product, scenario.name, options.fast);
    const transaction = await followTransaction(product, options);
    const passage = await untilGone(product, sent);
    const duration_ms = Math.round(performance.now() - began_ms);
    return await result(product, { scenario, transaction, passage, duration_ms });
  } finally {
    await product.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function getJSON<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}

async function postJSON<T>(url: string, body: unknown): Promise<{ status: number; answer: T }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  return { status: response.status, answer: (await response.json()) as T };
}

const pause = (delay_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delay_ms));

async function untilReady({ controllerUrl }: Launched): Promise<void> {
  const deadline = performance.now() + ready_ms;
  for (;;) {
    const response = await fetch(`${controllerUrl}/readyz`, { signal: AbortSignal.timeout(5_000) });
    const text = await response.text();
    if (response.ok) return;
    if (performance.now() > deadline) throw new Error(`the lane did not open: ${text}`);
    await pause(100);
  }
}

async function sendTraveller({ benchUrl }: Launched, scenario: string, fast: boolean): Promise<string> {
  const { status, answer } = await postJSON<{ id: string }>(`${originOf(benchUrl)}/api/travellers`, { scenario, fast });
  if (status !== 202) throw new Error(`the bench refused the traveller: ${status}`);
  return answer.id;
}

const originOf = (url: string): string => new URL(url).origin;

/** Watches the officers' view until the transaction has ended, and does what an officer would do about a referral. */
async function followTransaction(product: Launched, options: PassageOptions): Promise<TransactionView | null> {
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), passage_ms);
  const officer = new Officer(product, options.fast ? officer_ms.fast : officer_ms.normal);
  let seen: TransactionView | null = null;
  try {
    for await (const view of liveEvents<OfficerView>(`${product.controllerUrl}/api/events`, 'lane', stop.signal)) {
      const lane = view.lanes[0];
      seen = latest(view, lane, seen);
      if (seen?.outcome != null) break;
      if (lane !== undefined && lane.transaction !== null) officer.look(lane, lane.transaction);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(limit);
    stop.abort();
  }
  return seen;
}

/** The transaction of this passage: on the lane while it runs, by its record once it has ended. */
function latest(view: OfficerView, lane: LaneView | undefined, seen: TransactionView | null): TransactionView | null {
  if (lane?.transaction != null) return lane.transaction;
  if (seen === null) return view.referrals[0]?.transaction ?? null;
  const listed = view.referrals.find(({ transaction }) => transaction.transactionId === seen.transactionId);
  // Gone from the lane and not on the list: it ended well, and the journal says how.
  return listed?.transaction ?? { ...seen, outcome: seen.outcome ?? 'admitted' };
}

/** Acknowledges a referral and, when the traveller is held in the cabin, sends them back to the entry side. */
class Officer {
  readonly #product: Launched;
  readonly #patience_ms: number;
  readonly #given = new Set<string>();

  constructor(product: Launched, patience_ms: number) {
    this.#product = product;
    this.#patience_ms = patience_ms;
  }

  look(lane: LaneView, transaction: TransactionView): void {
    for (const command of ['acknowledge', 'returnToEntry'] as const) {
      if (!transaction.commands.includes(command) || this.#given.has(command)) continue;
      this.#given.add(command);
      setTimeout(() => void this.#give(command, lane, transaction.transactionId), this.#patience_ms);
    }
  }

  async #give(command: OfficerCommand['command'], lane: LaneView, transactionId: string): Promise<void> {
    const body: OfficerCommand = {
      commandId: randomUUID(),
      command,
      laneId: lane.laneId,
      transactionId,
      expectedSeq: lane.seq,
      reason: command === 'acknowledge' ? null : 'to the desk for the ordinary control',
    };
    await postJSON(`${this.#product.controllerUrl}/api/commands`, body).catch(() => {
      // The passage may be over by now; what became of it is in the record.
    });
  }
}

async function untilGone({ benchUrl }: Launched, id: string): Promise<PassageView> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const passage = await getJSON<PassageView>(`${originOf(benchUrl)}/api/travellers/${id}`);
    if (passage.state === 'done' || performance.now() > deadline) return passage;
    await pause(100);
  }
}

type Seen = {
  readonly scenario: Scenario;
  readonly transaction: TransactionView | null;
  readonly passage: PassageView;
  readonly duration_ms: number;
};

async function result(product: Launched, seen: Seen): Promise<PassageResult> {
  const { scenario, transaction, passage, duration_ms } = seen;
  const record =
    transaction === null
      ? null
      : await getJSON<TransactionRecord>(`${product.controllerUrl}/api/transactions/${transaction.transactionId}`);
  const { hall } = await getJSON<BenchView>(`${originOf(product.benchUrl)}/api/view`);
  // The journal is examined from outside, as whoever audits it would: with the controller gone.
  await product.stop();
  const outcome = record?.outcome ?? 'interrupted';
  const reasons = record?.reasons ?? [];
  const { expects } = scenario;
  return {
    scenario: scenario.name,
    outcome,
    reasons,
    asExpected: outcome === expects.outcome && [...reasons].sort().join() === [...expects.reasons].sort().join(),
    transactionId: record?.transactionId ?? null,
    duration_ms,
    timeline: (record?.timeline ?? []).map(({ at_ms, event }) => ({ at_ms, event })),
    checks: (record?.checks ?? []).map(({ id, result: verdict }) => ({ id, result: verdict })),
    invariants: checkInvariants({ journalFile: product.journalFile, record, passage, hall: hall.invariants }),
  };
}
