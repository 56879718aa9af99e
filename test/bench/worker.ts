/** A process of its own that is asked one thing at a time: what two libraries need is measured apart. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * What a worker says about one picture: milliseconds by stage, and whether the picture came to its end. `…_cpu_ms` is what
 * the processor worked in all threads of the worker: on a machine that does other work too it says more than the clock.
 */
export type Timed = { readonly isWhole: boolean; readonly stages_ms: Readonly<Record<string, number>> };

/** Does the work and enters its time as `<stage>_ms` and `<stage>_cpu_ms`. */
export async function timed<T>(into: Record<string, number>, stage: string, work: () => T | Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  const begun_ms = performance.now();
  const value = await work();
  into[`${stage}_ms`] = performance.now() - begun_ms;
  const { user, system } = process.cpuUsage(before);
  into[`${stage}_cpu_ms`] = (user + system) / 1000;
  return value;
}

const answer_ms = 60_000;

export class BenchWorker {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** `module`: file in this folder. Resolves when it says that it is ready. */
  static async start(module: string, args: readonly string[] = []): Promise<BenchWorker> {
    const child = fork(fileURLToPath(new URL(module, import.meta.url)), args, {
      serialization: 'advanced',
      // Standard output belongs to the figures.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    const worker = new BenchWorker(child);
    await worker.#answer();
    return worker;
  }

  async ask<T>(question: object): Promise<T> {
    const answer = this.#answer();
    this.#child.send(question);
    return (await answer) as T;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #answer(): Promise<unknown> {
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(answer_ms)]);
    const onExit = (): void => ended.abort(new Error('the worker ended'));
    this.#child.once('exit', onExit);
    try {
      const [answer] = await once(this.#child, 'message', { signal });
      return answer;
    } finally {
      this.#child.off('exit', onExit);
    }
  }
}
