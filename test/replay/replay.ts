/** Gives the recorded events to the production machines, through the production kernel, and says what came of each. */
import type { Journal } from '../../gate-controller/journal/journal.ts';
import type { Clock } from '../../gate-controller/kernel/clock.ts';
import { Kernel } from '../../gate-controller/kernel/kernel.ts';
import { laneMachine } from '../../gate-controller/lane/machine.ts';
import { transactionMachine } from '../../gate-controller/transaction/machine.ts';
import { MemoryJournal } from '../lane/memory-journal.ts';
import { inputFor, type Recording, type Step, stepsOf } from './recording.ts';

/** Time is what the recording says. No timer ever wakes: that one did is an event of the recording. */
class RecordedClock implements Clock {
  at_ms = 0;

  now_ms(): number {
    return this.at_ms;
  }

  monotonic_ms(): number {
    return 0;
  }

  after(): () => void {
    return () => {};
  }
}

/** What the machines of this version answer to the recorded events. */
export async function replay(recording: Recording): Promise<readonly Step[]> {
  const journal = new MemoryJournal();
  await replayInto(journal, recording);
  return stepsOf(
    recording.head.machine,
    journal.records.filter(({ kind }) => kind === recording.head.machine),
  );
}

/** The same, recorded under the name `recorded`. Rejects with what broke the kernel. */
export async function replayInto(journal: Journal, { head, steps }: Recording): Promise<void> {
  const clock = new RecordedClock();
  const failures: Error[] = [];
  const kernel = new Kernel({
    journal,
    machines: { lane: laneMachine, transaction: transactionMachine },
    clock,
    execute: () => {},
    observe: () => {},
    onFatal: (error) => failures.push(error),
  });
  const [first, ...others] = steps;
  clock.at_ms = first?.event.at_ms ?? 0;
  kernel.start({ subject: 'recorded', kind: head.machine, input: inputFor(head) });
  await kernel.idle();
  for (const { event } of others) {
    clock.at_ms = event.at_ms;
    // The kernel itself says when. A machine that has ended answers nothing more.
    const { at_ms: _, ...happening } = event;
    await kernel.ask('recorded', happening);
  }
  kernel.stop();
  if (failures[0] !== undefined) throw failures[0];
}
