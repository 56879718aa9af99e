// The only thread that writes the journal. One message in, one answer out, in order.
import { parentPort, workerData } from 'node:worker_threads';
import type { Commit, Standing } from './database.ts';
import type { DiskLimits } from './disk.ts';
import { BrokenChain, type JournalFault, JournalStore } from './store.ts';
import { failureText } from './store-failure.ts';

export type WriterOptions = {
  readonly file: string;
  readonly limits: DiskLimits;
  /** From one look at the disk to the next. */
  readonly look_ms: number;
};

export type WriterRequest =
  | { readonly id: number; readonly commit: Commit }
  | { readonly id: number; readonly close: true };

export type WriterMessage =
  | { readonly type: 'opened'; readonly standing: Standing; readonly latestAt_ms: number }
  | { readonly type: 'refused'; readonly code: 'JOURNAL_CHAIN_BROKEN' | 'JOURNAL_UNUSABLE'; readonly detail: string }
  | { readonly type: 'done'; readonly id: number; readonly failure: string | null }
  | ({ readonly type: 'fault' } & JournalFault)
  | { readonly type: 'pulse' };

/** The look through the whole chain takes a fifth of one core at most, and no commit waits for more than one piece. */
const sweepWork_ms = 2;
const sweepPause_ms = 8;
/** From the end of one look through the whole chain to the next: what a disk forgets is found within a day. */
const sweepAgain_ms = 24 * 3_600_000;
const pulse_ms = 1_000;

const port = parentPort;
if (port === null) throw new Error('the journal writer runs in a worker thread');
const say = (message: WriterMessage): void => port.postMessage(message);
const options = workerData as WriterOptions;

function open(): JournalStore | undefined {
  try {
    const store = new JournalStore({ ...options, onFault: (fault) => say({ type: 'fault', ...fault }) });
    say({ type: 'opened', standing: store.standing, latestAt_ms: store.latestAt_ms });
    return store;
  } catch (error) {
    const code = error instanceof BrokenChain ? 'JOURNAL_CHAIN_BROKEN' : 'JOURNAL_UNUSABLE';
    say({ type: 'refused', code, detail: error instanceof BrokenChain ? error.message : failureText(error) });
    return undefined;
  }
}

function serve(store: JournalStore): void {
  store.tellOfStart();
  let sweeping: NodeJS.Timeout;
  const sweep = (): void => {
    const end_ms = performance.now() + sweepWork_ms;
    let isMore = true;
    while (isMore && performance.now() < end_ms) isMore = store.sweepSlice();
    sweeping = isMore ? setTimeout(sweep, sweepPause_ms) : setTimeout(sweepAnew, sweepAgain_ms);
  };
  const sweepAnew = (): void => {
    store.beginSweep();
    sweep();
  };
  const looking = setInterval(() => store.lookAtDisk(), options.look_ms);
  const beating = setInterval(() => say({ type: 'pulse' }), pulse_ms);
  // After the start itself: setting ballast aside takes some milliseconds, and nobody waits for it.
  setImmediate(() => store.lookAtDisk());
  sweeping = setTimeout(sweep, sweepPause_ms);

  port?.on('message', (request: WriterRequest) => {
    let failure: string | null = null;
    try {
      if ('close' in request) store.close();
      else store.append(request.commit);
    } catch (error) {
      failure = failureText(error);
    }
    say({ type: 'done', id: request.id, failure });
    if (!('close' in request)) return;
    clearInterval(looking);
    clearInterval(beating);
    clearTimeout(sweeping);
    port.close();
  });
}

const store = open();
if (store === undefined) port.close();
else serve(store);
