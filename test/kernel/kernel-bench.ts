/** A kernel on a real journal in a folder of its own, with a small machine and a clock of the test's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assign, setup } from 'xstate';
import { type Journal, openJournal } from '../../gate-controller/journal/journal.ts';
import { type Committed, type Effect, Kernel } from '../../gate-controller/kernel/kernel.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Opens on a push, closes by itself after a while, ends when told to. */
export const doorMachine = setup({
  types: { context: {} as { pushes: number }, events: {} as { type: string; at_ms: number } },
  actions: { open: () => {}, close: () => {}, count: assign(({ context }) => ({ pushes: context.pushes + 1 })) },
}).createMachine({
  context: { pushes: 0 },
  initial: 'shut',
  on: { RESTARTED: '.shut', END: '.gone' },
  states: {
    shut: { on: { PUSHED: { target: 'ajar', actions: 'count' } } },
    ajar: { entry: 'open', exit: 'close', on: { PULLED: 'shut' }, after: { 5000: 'shut' } },
    gone: { type: 'final' },
  },
});

export type Happened =
  | { readonly kind: 'committed'; readonly step: Committed }
  | { readonly kind: 'effect'; readonly effect: Effect; readonly seq: number };

export class KernelBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  readonly file = join(this.folder, 'journal.db');
  readonly clock = new VirtualClock();
  readonly happened: Happened[] = [];
  readonly failures: Error[] = [];
  execute: (effect: Effect, step: Committed) => void = (effect, step) => {
    this.happened.push({ kind: 'effect', effect, seq: step.seq });
  };

  async open(
    wrap: (journal: Journal) => Journal = (journal) => journal,
  ): Promise<{ kernel: Kernel; journal: Journal }> {
    const journal = await openJournal(this.file);
    const kernel = new Kernel({
      journal: wrap(journal),
      machines: { door: doorMachine },
      clock: this.clock,
      execute: (effect, step) => this.execute(effect, step),
      observe: (step) => this.happened.push({ kind: 'committed', step }),
      onFatal: (error) => this.failures.push(error),
    });
    return { kernel, journal };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
