/** Starts lanes and ends them with SIGKILL: one life after another, on one journal, in one hall. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Birth, Report } from './report.ts';

/** When a life ends: at the so-maniest report of a kind, after a while; in a state; or this long after its birth. */
export type Death =
  | { readonly at: 'reached'; readonly state: string; readonly after_ms: number }
  | { readonly at: 'begun' | 'ask' | 'state' | 'durable'; readonly count: number; readonly after_ms: number }
  | { readonly at: 'birth'; readonly after_ms: number }
  | { readonly at: 'never' };

export type Life = {
  readonly birth: Birth;
  readonly death: Death;
  readonly reports: readonly Report[];
  /** False when the process ended before it could be killed. */
  readonly wasKilled: boolean;
  /** From its birth to its end, real ms. */
  readonly lasted_ms: number;
  /** From its birth to a cabin that is empty behind shut doors, real ms; null when it did not come to that. */
  readonly safeAfter_ms: number | null;
};

/** A state that is not reached within so many commits is not waited for. */
const begun_max = 110;
/** A life that neither ends nor is ended is ended by this, real ms. */
const life_max_ms = 120_000;

/** A process that has loaded everything and waits to be born. */
export class Unborn {
  readonly #process: ChildProcess;
  readonly #reports: Report[] = [];
  readonly #ready: Promise<void>;
  #listener: ((report: Report) => void) | undefined;

  /** `program`: child.ts, in one file. */
  constructor(program: string) {
    const env = { ...process.env, NODE_COMPILE_CACHE: join(dirname(program), 'compiled') };
    this.#process = spawn(process.execPath, [program], { env, stdio: ['pipe', 'ignore', 'inherit', 'pipe'] });
    const lines = createInterface({ input: this.#process.stdio[3] as Readable });
    this.#ready = new Promise((resolve, reject) => {
      this.#process.once('exit', (code) => reject(new Error(`a process that waited to be born ended: ${code}`)));
      lines.on('line', (line) => {
        const report = parse(line);
        if (report === undefined) return;
        if (report.type === 'ready') return resolve();
        this.#reports.push(report);
        this.#listener?.(report);
        return undefined;
      });
    });
    // Whoever waits for it hears of it.
    this.#ready.catch(() => {});
  }

  async live(birth: Birth, death: Death): Promise<Life> {
    await this.#ready;
    const end = once(this.#process, 'close');
    const began_ms = performance.now();
    let wasKilled = false;
    let safeAfter_ms: number | null = null;
    const kill = (): void => {
      wasKilled = this.#process.kill('SIGKILL') || wasKilled;
    };
    const later = (after_ms: number): unknown => (after_ms <= 0 ? kill() : setTimeout(kill, after_ms));
    const most = setTimeout(kill, life_max_ms);
    let count = 0;
    this.#listener = (report) => {
      if (report.type === 'state' && report.state === 'selfTest') safeAfter_ms ??= performance.now() - began_ms;
      if (death.at === 'reached') {
        if (report.type === 'begun') count += 1;
        const isReached = report.type === 'state' && report.state === death.state;
        if (isReached || count === begun_max) later(death.after_ms);
      }
      if (report.type !== death.at) return;
      count += 1;
      if (count === death.count) later(death.after_ms);
    };
    this.#process.stdin?.write(`${JSON.stringify(birth)}\n`);
    if (death.at === 'birth') later(death.after_ms);
    await end;
    clearTimeout(most);
    return { birth, death, reports: this.#reports, wasKilled, lasted_ms: performance.now() - began_ms, safeAfter_ms };
  }

  /** Not needed any more. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const end = once(this.#process, 'close');
    this.#process.kill('SIGKILL');
    await end;
  }
}

/** The last line may have been cut by the kill. */
function parse(line: string): Report | undefined {
  try {
    return JSON.parse(line) as Report;
  } catch {
    // Half a line says nothing; whatever it was about was not begun.
    return undefined;
  }
}
