/**
 * Keeps one inference child alive: every request has a deadline from its turn on, a child that misses it is killed and
 * replaced, and whoever waited is told why there is no evidence. It is a process because ending a worker thread in mid-inference
 * aborts the whole controller (measured).
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { withoutComparison } from './frame-result.ts';
import type {
  Biometrics,
  BiometricsErrorCode,
  FrameFinding,
  FramePurpose,
  PortraitImage,
  ReferenceEvidence,
} from './index.ts';
import { forgets_max, queue_max } from './protocol.ts';
import type { OpenedModels, Reply, Request } from './protocol.ts';
import { defaultCalibration } from './quality-limits.ts';
import type { CameraCalibration } from './quality-limits.ts';

export class BiometricsError extends Error {
  override readonly name = 'BiometricsError';
  readonly code: BiometricsErrorCode;
  /** For BIOMETRICS_MODEL begins with the file's name. */
  readonly detail: string;

  constructor(code: BiometricsErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

/** LOST: the child is gone and will be replaced after `retry_ms`. REPLACED: a new one answers, `took_ms` after the loss. */
export type BiometricsEvent =
  | { readonly type: 'LOST'; readonly because: BiometricsErrorCode; readonly detail: string; readonly retry_ms: number }
  | { readonly type: 'REPLACED'; readonly took_ms: number };

export type Deadlines = {
  /** Verifying and opening all models; measured 0.5 s on an idle core. */
  readonly open_ms: number;
  readonly enrol_ms: number;
  readonly compare_ms: number;
  readonly forget_ms: number;
};

export type BiometricsOptions = {
  /** The folder that the provisioner filled. */
  readonly modelFolder: string;
  /** Wall clock, milliseconds since the epoch: stamps evidence. */
  readonly now_ms: () => number;
  readonly deadlines?: Partial<Deadlines>;
  /** What belongs to this lane's camera: quality limits and the pitch of a level face. */
  readonly calibration?: Partial<CameraCalibration>;
  readonly onEvent?: (event: BiometricsEvent) => void;
};

/** A frame takes about 30 ms and a portrait 100 ms on an idle core: the factors are for a machine that is not. */
const defaultDeadlines: Deadlines = { open_ms: 20_000, enrol_ms: 4_000, compare_ms: 1_500, forget_ms: 1_500 };

/** Waits before the first, second, … replacement of children that did not live long. */
const retries_ms = [0, 250, 500, 1_000, 2_000, 5_000, 10_000] as const;
/** A child that answered for this long counts as sound again. */
const sound_ms = 30_000;

const childModule = fileURLToPath(new URL('./child.ts', import.meta.url));
/** The child needs to find libraries, no more: the controller's environment may hold secrets. */
const passedOn = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TEMP', 'TZ', 'NODE_COMPILE_CACHE'];

/** MB. A frame leaves its crops behind: a small nursery is emptied sooner. With the next line 268 → 229 MB resident. */
const childFlags = ['--max-semi-space-size=4', '--expose-gc'];
/** glibc keeps a heap a thread: image decoding in a thread of its own would hold memory that nobody uses. */
const childMemory = { MALLOC_ARENA_MAX: '2' };

type Failure = 'BIOMETRICS_DEADLINE' | 'BIOMETRICS_DOWN' | 'BIOMETRICS_BUSY';
type Waiting = {
  readonly request: Ask<Request>;
  readonly deadline_ms: number;
  readonly settle: (outcome: Reply | Failure) => void;
};
type Turn = Waiting & { readonly id: number; readonly timer: NodeJS.Timeout };
type Ask<R> = R extends Request ? Omit<R, 'id'> : never;

/** A child is started by `start`, not before. */
export function createBiometrics(options: BiometricsOptions): Biometrics {
  return new Supervisor(options);
}

class Supervisor implements Biometrics {
  readonly #options: BiometricsOptions;
  readonly #deadlines: Deadlines;
  readonly #listeners = new Set<(isReady: boolean) => void>();
  /** Requests in order; the child has one at a time, so that no deadline runs while another request is worked on. */
  readonly #queue: Waiting[] = [];
  readonly #busySessions = new Set<string>();
  #turn: Turn | undefined;
  #child: ChildProcess | undefined;
  #isReady = false;
  #isRunning = false;
  #nextId = 1;
  #models: OpenedModels = {};
  #shortLives = 0;
  #ready_ms = 0;
  #lost_ms = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: BiometricsOptions) {
    this.#options = options;
    this.#deadlines = { ...defaultDeadlines, ...options.deadlines };
  }

  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const trouble = await this.#open();
    if (trouble === undefined) return;
    await this.stop();
    throw trouble;
  }

  isReady(): boolean {
    return this.#isReady;
  }

  onReadiness(listener: (isReady: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  versions(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.#models).map(([name, sha256]) => [name, sha256.slice(0, 12)]));
  }

  async enrol(sessionId: string, portrait: PortraitImage): Promise<ReferenceEvidence> {
    const reply = await this.#askFor(sessionId, { ask: 'enrol', sessionId, portrait }, this.#deadlines.enrol_ms);
    if (typeof reply === 'string') return { status: 'unavailable', because: reply };
    if (reply.answer !== 'enrolled') return { status: 'unavailable', because: 'BIOMETRICS_DOWN' };
    if (reply.result.status === 'unavailable') return reply.result;
    const { status, ...value } = reply.result;
    return { status, value, ...this.#stamp() };
  }

  async compare(sessionId: string, jpeg: Uint8Array, purpose: FramePurpose = 'compare'): Promise<FrameFinding> {
    const request = { ask: 'compare', sessionId, jpeg, purpose } as const;
    const reply = await this.#askFor(sessionId, request, this.#deadlines.compare_ms);
    if (typeof reply === 'string') return withoutComparison(reply);
    if (reply.answer !== 'compared') return withoutComparison('BIOMETRICS_DOWN');
    const { similarity, fused, ...rest } = reply.result;
    const stamp = this.#stamp();
    return {
      ...rest,
      similarity: similarity.status === 'measured' ? { ...similarity, ...stamp } : similarity,
      fused: fused.status === 'measured' ? { ...fused, ...stamp } : fused,
    };
  }

  async forget(sessionId: string): Promise<void> {
    // Never turned away: it waits its turn, and a child that does not answer, or is gone, forgets everything that way.
    await this.#ask({ ask: 'forget', sessionId }, this.#deadlines.forget_ms);
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const child = this.#child;
    this.#drop('BIOMETRICS_DOWN');
    this.#models = {};
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
  }

  #stamp(): { readonly at_ms: number; readonly by: string } {
    return { at_ms: this.#options.now_ms(), by: `fr_feature ${this.versions().fr_feature ?? ''}` };
  }

  async #askFor(sessionId: string, request: Ask<Request>, deadline_ms: number): Promise<Reply | Failure> {
    if (this.#busySessions.has(sessionId)) return 'BIOMETRICS_BUSY';
    this.#busySessions.add(sessionId);
    try {
      return await this.#ask(request, deadline_ms);
    } finally {
      this.#busySessions.delete(sessionId);
    }
  }

  async #ask(request: Ask<Request>, deadline_ms: number): Promise<Reply | Failure> {
    const child = this.#child;
    if (child === undefined || (!this.#isReady && request.ask !== 'open')) return 'BIOMETRICS_DOWN';
    const isForget = request.ask === 'forget';
    const inLine = [this.#turn, ...this.#queue].filter(
      (waiting) => waiting !== undefined && (waiting.request.ask === 'forget') === isForget,
    );
    if (isForget && inLine.length >= forgets_max) {
      this.#lose(child, 'BIOMETRICS_DOWN', 'more to forget than it can have kept');
      return 'BIOMETRICS_DOWN';
    }
    if (!isForget && inLine.length >= queue_max) return 'BIOMETRICS_BUSY';
    return new Promise((settle) => {
      this.#queue.push({ request, deadline_ms, settle });
      this.#takeTurn(child);
    });
  }

  #takeTurn(child: ChildProcess): void {
    if (this.#turn !== undefined) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    const { request, deadline_ms } = waiting;
    const id = this.#nextId++;
    const timer = setTimeout(
      () => this.#lose(child, 'BIOMETRICS_DEADLINE', `no answer in ${deadline_ms} ms`),
      deadline_ms,
    );
    this.#turn = { ...waiting, id, timer };
    // A failed send means the child is going; its exit settles the request.
    child.send({ ...request, id }, () => undefined);
  }

  /** Starts a child and has it verify the models. Resolves with what went wrong, if anything did. */
  async #open(): Promise<BiometricsError | undefined> {
    const child = fork(childModule, [], {
      serialization: 'advanced',
      execArgv: childFlags,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...Object.fromEntries(passedOn.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
        ...childMemory,
      },
    });
    this.#child = child;
    child.on('message', (reply: Reply) => this.#receive(child, reply));
    child.on('error', () => this.#lose(child, 'BIOMETRICS_DOWN', 'the child could not be started or reached'));
    child.on('exit', (code, signal) => this.#lose(child, 'BIOMETRICS_DOWN', `the child ended (${signal ?? code})`));
    const calibration = { ...defaultCalibration, ...this.#options.calibration };
    const { modelFolder } = this.#options;
    const reply = await this.#ask({ ask: 'open', modelFolder, calibration }, this.#deadlines.open_ms);
    if (reply === 'BIOMETRICS_DEADLINE') return new BiometricsError(reply, 'the models were not open in time');
    if (typeof reply === 'string')
      return new BiometricsError('BIOMETRICS_DOWN', 'the child ended while opening the models');
    if (reply.answer === 'refused') {
      this.#lose(child, 'BIOMETRICS_MODEL', reply.detail);
      return new BiometricsError('BIOMETRICS_MODEL', reply.detail);
    }
    if (reply.answer !== 'opened' || this.#child !== child) return new BiometricsError('BIOMETRICS_DOWN', 'stopped');
    this.#models = reply.models;
    this.#ready_ms = this.#options.now_ms();
    this.#setReady(true);
    return undefined;
  }

  #receive(child: ChildProcess, reply: Reply): void {
    const turn = this.#turn;
    if (this.#child !== child || turn === undefined || turn.id !== reply.id) return;
    clearTimeout(turn.timer);
    this.#turn = undefined;
    turn.settle(reply);
    this.#takeTurn(child);
  }

  /** The child is not to be trusted or not there any more: end it, answer everybody, start another one. */
  #lose(child: ChildProcess, because: BiometricsErrorCode, detail: string): void {
    if (this.#child !== child) return;
    const wasReady = this.#isReady;
    const now_ms = this.#options.now_ms();
    child.kill('SIGKILL');
    this.#drop(because === 'BIOMETRICS_DEADLINE' ? 'BIOMETRICS_DEADLINE' : 'BIOMETRICS_DOWN');
    if (!this.#isRunning) return;
    if (wasReady) this.#lost_ms = now_ms;
    this.#shortLives = wasReady && now_ms - this.#ready_ms >= sound_ms ? 1 : this.#shortLives + 1;
    // A first start that fails is `start`'s to report, not to repeat.
    if (this.#models.fr_feature === undefined) return;
    const retry_ms = retries_ms[Math.min(this.#shortLives, retries_ms.length) - 1] ?? 0;
    this.#options.onEvent?.({ type: 'LOST', because, detail, retry_ms });
    this.#retry = setTimeout(() => void this.#replace(), retry_ms);
  }

  async #replace(): Promise<void> {
    const trouble = await this.#open();
    if (trouble !== undefined) return;
    this.#options.onEvent?.({ type: 'REPLACED', took_ms: this.#options.now_ms() - this.#lost_ms });
  }

  #drop(failure: Failure): void {
    this.#child = undefined;
    clearTimeout(this.#turn?.timer);
    this.#turn?.settle(failure);
    this.#turn = undefined;
    for (const { settle } of this.#queue.splice(0)) settle(failure);
    this.#setReady(false);
  }

  #setReady(isReady: boolean): void {
    if (this.#isReady === isReady) return;
    this.#isReady = isReady;
    for (const listener of this.#listeners) listener(isReady);
  }
}
