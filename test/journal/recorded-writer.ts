/**
 * A kernel on a real journal, watched from outside by `strace`: `recorded-writer.ts FILE COUNT`. Says `READY` once the
 * journal is open, `DONE seq` when an answer was durable, `MOVED seq` when a door is asked for; ends without closing.
 */
import { writeSync } from 'node:fs';
import { openJournal } from '../../gate-controller/journal/journal.ts';
import { Kernel } from '../../gate-controller/kernel/kernel.ts';
import { doorMachine } from '../kernel/kernel-bench.ts';
import { VirtualClock } from '../kernel/virtual-clock.ts';

const [file = '', count = '100'] = process.argv.slice(2);
const say = (line: string): number => writeSync(1, `${line}\n`);
const journal = await openJournal(file, { low_bytes: 0, ballast_bytes: 4_096 });
const kernel = new Kernel({
  journal,
  machines: { door: doorMachine },
  clock: new VirtualClock(),
  execute: (_, { seq }) => say(`MOVED ${seq}`),
  observe: () => {},
  onFatal: (error) => {
    throw error;
  },
});
await kernel.recover();
say('READY');
for (let n = 0; n < Number(count); n += 1) {
  const subject = `passage-${n % 7}`;
  if (!kernel.has(subject)) kernel.start({ subject, kind: 'door', input: undefined });
  // Now one event a commit, now several, of very different sizes.
  for (let more = n % 4; more > 0; more -= 1) kernel.send(subject, { type: more % 2 === 0 ? 'PUSHED' : 'PULLED' });
  const event = { type: n % 23 === 22 ? 'END' : 'PUSHED', filler: 'x'.repeat((n * 977) % 30_000) };
  const step = await kernel.ask(subject, event);
  if (step !== undefined) say(`DONE ${step.seq}`);
}
process.exit(0);
