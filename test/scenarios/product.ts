/** The whole product as its users have it: two processes, the pages' addresses, and a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaneView, OfficerView } from '../../gate-controller/api/messages.ts';
import type { TransactionRecord } from '../../gate-controller/api/record.ts';
import type { BenchView, PassageView } from '../../simulator/bench/messages.ts';
import { type Launched, launch, type LaunchOptions, type Overrides } from '../../simulator/launch.ts';
import { liveEvents } from '../../simulator/live-events.ts';
import { findScenario, type Scenario } from '../../simulator/scenarios/scenarios.ts';
import { getJSON, pause, postJSON, setFault } from './http.ts';
import { Onlooker } from './onlooker.ts';
import { giveCommand, Staff, usualOfficer } from './staff.ts';

export type ProductOptions = Pick<LaunchOptions, 'onLog' | 'timings' | 'seed' | 'configuration'>;

/** How one traveller's passage went: what the journal says and what the hall saw. */
export type Walk = { readonly record: TransactionRecord | null; readonly passage: PassageView | null };

/** How a scenario went, with the traveller who came next if there was one. */
export type Crossing = Walk & {
  readonly next: Walk | null;
  /** Passages beside those: there should be none. */
  readonly others: number;
  /** Modes of the lane, each change once. */
  readonly modes: readonly string[];
  /** Times that the exit opened, as the hall saw it. */
  readonly exitOpenings: number;
  /** What officers waited for in vain, or were answered otherwise; null: all went as the scenario says. */
  readonly trouble: string | null;
};

/** Limits of waiting; every state of the machines has a shorter one. */
const limits_ms = { ready: 90_000, passage: 240_000, view: 60_000 } as const;

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

  /** Starts the controller anew with another configuration. */
  configure(configuration: Overrides): Promise<void> {
    return this.#launched.configure(configuration);
  }

  /** Resolves when the lane serves travellers; one that a scenario left shut or assisted is opened, as an officer would. */
  async ready(): Promise<void> {
    const deadline = performance.now() + limits_ms.ready;
    for (;;) {
      const [status, lane] = await Promise.all([this.#status('/readyz'), this.lane()]);
      if (status === 200 && lane.mode === 'open') return;
      const isWaiting = lane.mode === 'assisted' || lane.mode === 'closed';
      if (isWaiting && lane.commands.includes('openLane')) {
        await giveCommand(this.controllerUrl, 'openLane', { lane, at_ms: lane.at_ms });
      }
      if (performance.now() > deadline) throw new Error(`the lane did not open: it is ${lane.mode}`);
      await pause(100);
    }
  }

  async #status(path: string): Promise<number> {
    const response = await fetch(`${this.controllerUrl}${path}`, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.status;
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

  setFault(name: string, on: boolean): Promise<void> {
    return setFault(this.benchUrl, name, on);
  }

  async send(scenario: string, fast: boolean, close = false): Promise<string> {
    const { status, answer } = await postJSON(`${this.benchUrl}/api/travellers`, { scenario, fast, close });
    if (status !== 202) throw new Error(`the bench refused the traveller: ${status}`);
    return (answer as { id: string }).id;
  }

  record(transactionId: string): Promise<TransactionRecord> {
    return getJSON<TransactionRecord>(`${this.controllerUrl}/api/transactions/${transactionId}`);
  }

  /** Plays a scenario: sends whoever comes, and has officers do what it says, or the usual after `officer_ms`. */
  async cross(name: string, options: { readonly fast: boolean; readonly officer_ms: number }): Promise<Crossing> {
    const scenario = findScenario(name);
    if (scenario === undefined) throw new Error(`no scenario ${name}`);
    const urls = { controller: this.controllerUrl, bench: this.benchUrl };
    const onlooker = await Onlooker.at(urls);
    const staff = new Staff(urls, onlooker);
    const openingsBefore = (await this.bench()).hall.exitOpenings;
    try {
      const played = await this.#play(scenario, options, { onlooker, staff });
      const { hall } = await this.bench();
      const { begun, modes } = onlooker;
      const isPair = scenario.next !== undefined;
      const [own, other] = await Promise.all(begun.slice(0, isPair ? 2 : 1).map((id) => this.record(id)));
      const [passage, nextPassage] = await Promise.all(played.sent.map((id) => this.#passage(id)));
      return {
        record: own ?? null,
        passage: passage ?? null,
        next: isPair ? { record: other ?? null, passage: nextPassage ?? null } : null,
        others: begun.length - (isPair ? 2 : scenario.isNobody === true ? 0 : 1),
        modes,
        exitOpenings: hall.exitOpenings - openingsBefore,
        trouble: played.trouble,
      };
    } finally {
      staff.leave();
      await onlooker.close();
    }
  }

  async #play(
    scenario: Scenario,
    { fast, officer_ms }: { readonly fast: boolean; readonly officer_ms: number },
    { onlooker, staff }: { readonly onlooker: Onlooker; readonly staff: Staff },
  ): Promise<{ readonly sent: readonly string[]; readonly trouble: string | null }> {
    const { before = [], acts, next, isNobody } = scenario;
    const sent: string[] = [];
    const goHome = acts === undefined ? usualOfficer(staff, onlooker, officer_ms) : () => undefined;
    try {
      await staff.play(before);
      if (isNobody !== true) sent.push(await this.send(scenario.name, fast));
      if (next !== undefined) sent.push(await this.send(next.scenario, fast, next.isClose));
      const playing = staff.play(acts ?? []).then(() => null, messageOf);
      await Promise.all(sent.map((id) => this.gone(id)));
      const trouble = await playing;
      await this.#over(onlooker, sent.length);
      return { sent, trouble };
    } catch (error) {
      return { sent, trouble: messageOf(error) };
    } finally {
      goHome();
    }
  }

  /** Resolves when every passage that began has ended; somebody who never began one is waited for no longer than a while. */
  async #over(onlooker: Onlooker, travellers: number): Promise<void> {
    const began_ms = performance.now();
    for (;;) {
      const waited_ms = performance.now() - began_ms;
      const hasBegun = onlooker.begun.length >= travellers || waited_ms > 2_000;
      if ((hasBegun && onlooker.areAllOver) || waited_ms > limits_ms.passage) return;
      await pause(50);
    }
  }

  #passage(id: string): Promise<PassageView> {
    return getJSON<PassageView>(`${this.benchUrl}/api/travellers/${id}`);
  }

  /** Resolves when the traveller has left the hall, by whichever side. */
  async gone(id: string): Promise<PassageView> {
    const deadline = performance.now() + limits_ms.passage;
    for (;;) {
      const passage = await this.#passage(id);
      if (passage.state === 'done' || performance.now() > deadline) return passage;
      await pause(100);
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'something went wrong');
