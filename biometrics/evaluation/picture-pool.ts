/** A few child processes that work on pictures, one each at a time. A child that hangs or dies costs its picture, not the run. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Job } from './picture-job.ts';

export type PoolOptions = {
  readonly modelFolder: string;
  /** Child processes. */
  readonly processes: number;
  /** For one picture; opening the models has its own time. */
  readonly deadline_ms?: number;
  /** Entry of the child; another one in tests. */
  readonly childModule?: string;
};

export type Outcome = Answer | 'DEADLINE' | 'CRASHED';

/** The models are not what the manifest says, or no child comes up. */
export class PoolError extends Error {
  override readonly name = 'PoolError';
}

const ownChild = fileURLToPath(new URL('picture-child.ts', import.meta.url));
const open_ms = 60_000;
const picture_ms = 30_000;
/** The child needs to find libraries, no more. */
const passedOn = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TEMP', 'TZ'];

/**
 * Works through the jobs in order on all children; `take` gets every outcome with its index, in the order in which they
 * end. Rejects with `PoolError` when a child cannot be opened. All children have ended when it settles.
 */
export async function workThrough(
  jobs: readonly Job[],
  options: PoolOptions,
  take: (index: number, outcome: Outcome) => void,
): Promise<Readonly<Record<string, string>>> {
  let next = 0;
  let models: Readonly<Record<string, string>> = {};
  const lane = async (): Promise<void> => {
    let child: Child | undefined;
    try {
      while (next < jobs.length) {
        const index = next;
        next += 1;
        if (child === undefined) {
          child = new Child(options.childModule ?? ownChild);
          models = await opened(child, options.modelFolder);
        }
        const outcome = await child.ask(jobs[index] as Job, options.deadline_ms ?? picture_ms);
        if (typeof outcome === 'string') {
          child.end();
          child = undefined;
        }
        take(index, outcome);
      }
    } catch (error) {
      // The other lanes end after the picture in hand.
      next = jobs.length;
      throw error;
    } finally {
      child?.end();
    }
  };
  const lanes = Array.from({ length: Math.max(1, Math.min(options.processes, jobs.length)) }, lane);
  for (const settled of await Promise.allSettled(lanes)) {
    if (settled.status === 'rejected') throw settled.reason;
  }
  return models;
}

async function opened(child: Child, modelFolder: string): Promise<Readonly<Record<string, string>>> {
  const outcome = await child.ask({ ask: 'open', modelFolder }, open_ms);
  if (typeof outcome === 'string') throw new PoolError(`A child process did not come up (${outcome}).`);
  if (outcome.answer === 'refused') throw new PoolError(outcome.detail);
  if (outcome.answer !== 'opened') throw new PoolError('A child process answered something else than was asked.');
  return outcome.models;
}

class Child {
  readonly #process: ChildProcess;

  constructor(module: string) {
    const env = Object.fromEntries(
      passedOn.flatMap((k) => (process.env[k] === undefined ? [] : [[k, process.env[k]]])),
    );
    // Arguments of the parent stay with it: the inference runtime crashes on long command lines (measured).
    this.#process = fork(module, [], { env, execArgv: [], serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'] });
  }

  ask(job: Job, deadline_ms: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        this.#process.off('message', settle).off('exit', onExit).off('error', onExit);
        resolve(outcome);
      };
      const onExit = (): void => settle('CRASHED');
      const timer = setTimeout(() => settle('DEADLINE'), deadline_ms);
      this.#process.once('message', settle).once('exit', onExit).once('error', onExit);
      // A child that is gone cannot be sent to; its exit, or this error, settles.
      this.#process.send(job, (error) => {
        if (error !== null) onExit();
      });
    });
  }

  end(): void {
    // An error of a child that is being ended has nobody to go to.
    this.#process.on('error', () => undefined);
    this.#process.kill('SIGKILL');
  }
}
