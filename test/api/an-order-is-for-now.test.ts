import { afterEach, beforeEach, expect, test } from 'vitest';
import { laneSubject } from '../../gate-controller/kernel/lane-parts.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { codeOf, CommandBench, transactionId } from './command-bench.ts';

let bench: CommandBench;
beforeEach(async () => {
  bench = await new CommandBench().open();
});
afterEach(() => bench.close());

const ago = (age_ms: number) => ({ givenAt_ms: bench.clock.now_ms() - age_ms });

test('a release that was given more than 5 s ago opens nothing', async () => {
  expect(codeOf(await bench.give('releaseToExit', bench.kernel.seq, ago(5_001)))).toBe('COMMAND_EXPIRED');
  expect(bench.state(transactionId)).toBe('held');
  expect(await bench.give('releaseToExit', bench.kernel.seq, ago(5_000))).toBeUndefined();
});

test('a page whose clock runs ahead by more than 1 s is told so, and its order is not done', async () => {
  expect(codeOf(await bench.give('releaseToExit', bench.kernel.seq, ago(-1_001)))).toBe('COMMAND_FROM_FUTURE');
  expect(codeOf(await bench.give('releaseToExit', bench.kernel.seq, ago(Number.NaN)))).toBe('COMMAND_EXPIRED');
  expect(bench.state(transactionId)).toBe('held');
  expect(await bench.give('releaseToExit', bench.kernel.seq, ago(-1_000))).toBeUndefined();
});

test('F53: "open exit" that waited in line until it was too old is refused in its own turn as expired', async () => {
  let spin = (): void => {};
  bench.disk = new Promise((resolve) => (spin = resolve));
  const first = bench.give('acknowledge', bench.kernel.seq);
  await new Promise(setImmediate);
  const late = bench.give('releaseToExit', bench.kernel.seq, ago(4_000));
  bench.clock.advance(2_000);
  spin();
  expect(await first).toBeUndefined();
  expect(codeOf(await late)).toBe('COMMAND_EXPIRED');
  expect(bench.state(transactionId)).toBe('held');
  expect(bench.journal.recordsOf(transactionId).at(-1)?.effects).toContain('"isIgnored":true');
});

test('an order to lock the lane counts on whatever view and clock it was given', async () => {
  expect(await bench.give('lockLane', bench.kernel.seq + 9, ago(60_000))).toBeUndefined();
  expect(outermost(bench.state(laneSubject))).toBe('lockdown');
});

test.each(['', 'B', 'Erika Mustermann', 'B_114', 'B'.repeat(21)])(
  '"%s" is no number of an officer',
  async (officer) => {
    expect(codeOf(await bench.give('releaseToExit', bench.kernel.seq, { officer }))).toBe('NUMBER_UNFIT');
    expect(bench.state(transactionId)).toBe('held');
  },
);

test('the record names the officer and until when the order counted', async () => {
  const givenAt_ms = bench.clock.now_ms() - 700;
  await bench.give('releaseToExit', bench.kernel.seq, { givenAt_ms, officer: 'B-115' });
  expect(JSON.parse(bench.journal.recordsOf(transactionId).at(-1)?.event ?? '{}')).toMatchObject({
    type: 'OFFICER_RELEASED',
    officer: 'B-115',
    validUntil_ms: givenAt_ms + 5_000,
  });
});

test('what is offered to an officer is what the machine would take now', async () => {
  expect(bench.lane().commands).not.toContain('resetLockdown');
  await bench.give('lockLane', bench.kernel.seq);
  expect(bench.lane().commands).toContain('resetLockdown');
  expect(bench.lane().commands).not.toContain('openLane');
  expect(codeOf(await bench.give('openLane', bench.kernel.seq))).toBe('COMMAND_NOT_ALLOWED');
});
