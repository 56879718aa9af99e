// npm start: simulated hardware and controller side by side, pages alive, a timeline in the terminal.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch, LaunchError } from './launch.ts';
import { liveEvents } from './live-events.ts';

const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    'bench-port': { type: 'string', default: '8090' },
    folder: { type: 'string', default: fileURLToPath(new URL('../.cache/demo', import.meta.url)) },
    seed: { type: 'string' },
    'no-stream': { type: 'boolean', default: false },
  },
});

/** What the timeline reads of the officers' view. */
type LaneGlance = {
  readonly lanes: readonly {
    readonly mode: string;
    readonly faults: readonly { readonly device: string; readonly code: string; readonly isBlocking: boolean }[];
    readonly transaction: TransactionGlance | null;
  }[];
};

type TransactionGlance = {
  readonly transactionId: string;
  readonly step: string;
  readonly outcome: string | null;
  readonly decision: string | null;
  readonly reasons: readonly { readonly code: string }[];
  readonly timeline: readonly { readonly at_ms: number; readonly event: string }[];
};

async function main(): Promise<void> {
  console.log('Starting the simulated gate and its controller …');
  const product = await launch({
    folder: flags.folder,
    controllerPort: Number(flags.port),
    benchPort: Number(flags['bench-port']),
    stream: !flags['no-stream'],
    ...(flags.seed === undefined ? {} : { seed: Number(flags.seed) }),
    // Somebody who only looks on should not wait a full minute for an officer who is not there.
    timings: { hold_ms: 30_000 },
    onLog: (from, line) => {
      if (process.env.GATE_LOGS !== undefined) console.error(`[${from}] ${line}`);
    },
  });
  const stopping = new AbortController();
  let isStopped = false;
  const stop = async (code: number): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    stopping.abort();
    await product.stop();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stop(0));
  void product.ended.then((sentence) => {
    if (!isStopped) console.error(`${sentence}; stopping.`);
    return stop(1);
  });
  printAddresses(product.controllerUrl(), new URL(product.benchUrl).origin);
  await printTimeline(product.controllerUrl(), stopping.signal);
}

function printAddresses(controller: string, bench: string): void {
  console.log(`
  Officers     ${controller}/officer
  Travellers   ${controller}/display
  Technicians  ${controller}/technician
  Bench        ${bench}/bench      send a traveller, pause the stream, break something

  This machine only: there is no sign-in yet. Ctrl-C stops everything.
`);
}

async function printTimeline(controller: string, signal: AbortSignal): Promise<void> {
  const timeline = new Timeline();
  while (!signal.aborted) {
    try {
      for await (const view of liveEvents<LaneGlance>(`${controller}/api/events`, 'lane', signal)) {
        for (const line of timeline.news(view)) console.log(line);
      }
    } catch (error) {
      if (!signal.aborted) console.error(`timeline: ${error instanceof Error ? error.message : 'lost'}`);
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** What is new since the last view, a line each. Codes and times only. */
class Timeline {
  #mode = '';
  #faults = new Set<string>();
  #transaction = '';
  #printed = 0;
  #hasEnded = false;

  news(view: LaneGlance): readonly string[] {
    const lane = view.lanes[0];
    if (lane === undefined) return [];
    const lines: string[] = [];
    if (lane.mode !== this.#mode) {
      this.#mode = lane.mode;
      lines.push(`${clock()}  lane is ${lane.mode}`);
    }
    lines.push(...this.#faultNews(lane.faults.map(({ device, code }) => `${device} ${code}`)));
    if (lane.transaction !== null) lines.push(...this.#transactionNews(lane.transaction));
    return lines;
  }

  #faultNews(standing: readonly string[]): readonly string[] {
    const raised = standing
      .filter((fault) => !this.#faults.has(fault))
      .map((fault) => `${clock()}  fault raised   ${fault}`);
    const cleared = [...this.#faults]
      .filter((fault) => !standing.includes(fault))
      .map((fault) => `${clock()}  fault cleared  ${fault}`);
    this.#faults = new Set(standing);
    return [...raised, ...cleared];
  }

  #transactionNews(t: TransactionGlance): readonly string[] {
    if (t.transactionId !== this.#transaction) {
      this.#transaction = t.transactionId;
      this.#printed = 0;
      this.#hasEnded = false;
    }
    const short = t.transactionId.slice(0, 8);
    const lines = t.timeline
      .slice(this.#printed)
      .filter(({ event }) => event !== 'HALL_CHANGED')
      .map(({ at_ms, event }) => `${clock()}  ${short}  ${(at_ms / 1_000).toFixed(1).padStart(5)} s  ${event}`);
    this.#printed = t.timeline.length;
    if (t.outcome !== null && !this.#hasEnded) {
      this.#hasEnded = true;
      lines.push(`${clock()}  ${short}  ${t.outcome.toUpperCase()}  ${t.reasons.map(({ code }) => code).join(', ')}`);
    }
    return lines;
  }
}

const clock = (): string => new Date().toTimeString().slice(0, 8);

try {
  await main();
} catch (error) {
  if (!(error instanceof LaunchError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
