import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import { verifyChain } from '../../gate-controller/journal/verify.ts';
import { KernelBench } from './kernel-bench.ts';

let bench: KernelBench;
beforeEach(() => {
  bench = new KernelBench();
});
afterEach(() => bench.remove());

const stored = () => {
  const database = new JournalDatabase(bench.file, { readOnly: true });
  const records = [...database.records()];
  database.close();
  return records;
};

test('an effect runs only when its record is on disk (I4)', async () => {
  const { kernel, journal } = await bench.open();
  const onDisk: boolean[] = [];
  bench.execute = (_, step) => onDisk.push(stored().some(({ seq }) => seq === step.seq));
  kernel.start({ subject: 'd', kind: 'door', input: undefined });
  kernel.send('d', { type: 'PUSHED' });
  kernel.send('d', { type: 'PULLED' });
  await kernel.idle();
  expect(onDisk).toEqual([true, true]);
  await journal.close();
});

test('nothing moves when the record cannot be written', async () => {
  const { kernel, journal } = await bench.open((real) => ({
    ...real,
    standing: real.standing,
    append: () => Promise.reject(new Error('SQLITE_FULL')),
  }));
  kernel.start({ subject: 'd', kind: 'door', input: undefined });
  kernel.send('d', { type: 'PUSHED' });
  await kernel.idle();
  expect(bench.happened).toEqual([]);
  expect(bench.failures.map(({ message }) => message)).toEqual(['SQLITE_FULL']);
  kernel.send('d', { type: 'PUSHED' });
  await kernel.idle();
  expect(bench.happened).toEqual([]);
  await journal.close();
});

test('an event that the state has no use for is recorded as ignored', async () => {
  const { kernel, journal } = await bench.open();
  kernel.start({ subject: 'd', kind: 'door', input: undefined });
  kernel.send('d', { type: 'PULLED' });
  await kernel.idle();
  const last = stored().at(-1);
  expect(JSON.parse(last?.effects ?? '{}')).toMatchObject({ isIgnored: true, effects: [] });
  await journal.close();
});

test('an answer to a subject that is gone changes nothing and is recorded (I8)', async () => {
  const { kernel, journal } = await bench.open();
  kernel.start({ subject: 'd', kind: 'door', input: undefined });
  kernel.send('d', { type: 'END' });
  kernel.send('d', { type: 'PUSHED' });
  await kernel.idle();
  expect(bench.happened.filter(({ kind }) => kind === 'effect')).toEqual([]);
  expect(stored().at(-1)?.kind).toBe('late');
  await journal.close();
});

test('a timer fires once at its deadline, whatever the wall clock does meanwhile', async () => {
  const { kernel, journal } = await bench.open();
  kernel.start({ subject: 'd', kind: 'door', input: undefined });
  kernel.send('d', { type: 'PUSHED' });
  await kernel.idle();
  bench.clock.jump(3_600_000);
  bench.clock.advance(4_999);
  await kernel.idle();
  expect(kernel.snapshot('d')?.value).toBe('ajar');
  bench.clock.advance(1);
  await kernel.idle();
  expect(kernel.snapshot('d')?.value).toBe('shut');
  bench.clock.advance(60_000);
  await kernel.idle();
  expect(stored().length).toBe(3);
  await journal.close();
});

test('a timer that was cancelled in the same moment as it fired does nothing', async () => {
  const { kernel, journal } = await bench.open();
  kernel.start({ subject: 'd', kind: 'door', input: undefined });
  kernel.send('d', { type: 'PUSHED' });
  await kernel.idle();
  kernel.send('d', { type: 'PULLED' });
  kernel.send('d', { type: 'PUSHED' });
  bench.clock.advance(5_000);
  await kernel.idle();
  expect(kernel.snapshot('d')?.value).toBe('ajar');
  await journal.close();
});

/** A door was pushed, its timer runs, and the kernel is gone. */
async function leaveAjar(): Promise<void> {
  const { kernel, journal } = await bench.open();
  kernel.start({ subject: 'd', kind: 'door', input: undefined });
  kernel.send('d', { type: 'PUSHED' });
  await kernel.idle();
  kernel.stop();
  await journal.close();
}

test('after a restart whatever was under way is told, its timers go, and the chain goes on', async () => {
  await leaveAjar();

  const second = await bench.open();
  await second.kernel.recover();
  expect(second.kernel.snapshot('d')?.value).toBe('shut');
  expect(second.kernel.snapshot('d')?.context).toEqual({ pushes: 1 });
  expect(bench.clock.waiting).toBe(0);
  expect(verifyChain(stored())).toMatchObject({ isIntact: true, records: 3 });
  await second.journal.close();
});

test('subjects that ended are not told of a restart', async () => {
  const first = await bench.open();
  first.kernel.start({ subject: 'd', kind: 'door', input: undefined });
  first.kernel.send('d', { type: 'END' });
  await first.kernel.idle();
  await first.journal.close();
  const second = await bench.open();
  await second.kernel.recover();
  expect(second.kernel.has('d')).toBe(false);
  expect(stored().length).toBe(2);
  await second.journal.close();
});

test('an event for a subject that is not loaded yet leaves its place and its timers in the journal', async () => {
  await leaveAjar();

  const early = await bench.open();
  early.kernel.send('d', { type: 'PULLED' });
  await early.kernel.idle();
  expect(stored().at(-1)?.kind).toBe('late');
  early.kernel.stop();
  await early.journal.close();

  const { kernel, journal } = await bench.open();
  expect(journal.standing.subjects.map(({ kind, seq }) => ({ kind, seq }))).toEqual([{ kind: 'door', seq: 2 }]);
  expect(journal.standing.timers).toHaveLength(1);
  await kernel.recover();
  expect(kernel.snapshot('d')?.context).toEqual({ pushes: 1 });
  await journal.close();
});

test('a subject that starts in the same commit as a late event for it stays under way', async () => {
  const { kernel, journal } = await bench.open();
  kernel.send('d', { type: 'PULLED' });
  kernel.start({ subject: 'd', kind: 'door', input: undefined });
  await kernel.idle();
  await journal.close();
  const again = await bench.open();
  expect(again.journal.standing.subjects.map(({ kind }) => kind)).toEqual(['door']);
  await again.journal.close();
});

test('a late event for a subject that ended does not bring it back', async () => {
  const { kernel, journal } = await bench.open();
  kernel.start({ subject: 'd', kind: 'door', input: undefined });
  kernel.send('d', { type: 'END' });
  await kernel.idle();
  kernel.send('d', { type: 'PUSHED' });
  await kernel.idle();
  await journal.close();
  const again = await bench.open();
  expect(again.journal.standing.subjects).toEqual([]);
  await again.journal.close();
});

test('a flood of events is refused at a bound, and the lane stops instead of growing', async () => {
  const { kernel, journal } = await bench.open();
  kernel.start({ subject: 'd', kind: 'door', input: undefined });
  for (let n = 0; n < 2_000; n += 1) kernel.send('d', { type: 'PULLED' });
  await kernel.idle();
  expect(bench.failures[0]?.message).toMatch(/^KERNEL_QUEUE_FULL/);
  await journal.close();
});
