import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { laneSubject } from '../../gate-controller/kernel/lane-parts.ts';
import { quietHall } from '../safety/sample-halls.ts';
import { codeOf, CommandBench, transactionId } from './command-bench.ts';

let bench: CommandBench;
beforeEach(async () => {
  bench = await new CommandBench().open();
});
afterEach(() => bench.close());

test('a release that was decided on a view of this hold is recorded and lets the traveller out', async () => {
  expect(await bench.give('releaseToExit', bench.kernel.seq)).toBeUndefined();
  expect(bench.state(transactionId)).toBe('leaving');
  expect(bench.journal.recordsOf(transactionId).at(-1)?.event).toContain('OFFICER_RELEASED');
});

test('a view from long before, of the same hold, still counts', async () => {
  const seen = bench.kernel.seq;
  await bench.give('acknowledge', seen);
  for (let n = 0; n < 5; n += 1) await bench.seeHall({ ...quietHall, isExitFree: n % 2 === 0 });
  expect(await bench.give('releaseToExit', seen)).toBeUndefined();
});

test('a release of an earlier hold does not open a later one', async () => {
  const seen = bench.kernel.seq;
  await bench.give('releaseToExit', seen);
  await bench.tell('HELD_AGAIN');
  expect(codeOf(await bench.give('releaseToExit', seen))).toBe('COMMAND_STALE');
  expect(bench.state(transactionId)).toBe('held');
  expect(await bench.give('releaseToExit', bench.kernel.seq)).toBeUndefined();
});

test('who saw only an earlier alarm cannot end a later one', async () => {
  const alarm = async (): Promise<void> => {
    await bench.seeHall({ ...quietHall, isFireAlarm: true });
    await bench.seeHall(quietHall);
  };
  await alarm();
  const seen = bench.kernel.seq;
  expect(await bench.give('resetEvacuation', seen)).toBeUndefined();
  await alarm();
  expect(codeOf(await bench.give('resetEvacuation', seen))).toBe('COMMAND_STALE');
  expect(bench.state(laneSubject)).toBe('evacuation');
  expect(await bench.give('resetEvacuation', bench.kernel.seq)).toBeUndefined();
});

test('a page from before a restart, which has seen more than there is, is told so', async () => {
  expect(codeOf(await bench.give('releaseToExit', bench.kernel.seq + 1))).toBe('COMMAND_STALE');
});

test('of two releases in the same moment one is carried out, and the other learns that it came too late', async () => {
  const { seq } = bench.kernel;
  const answers = await Promise.all([bench.give('releaseToExit', seq), bench.give('releaseToExit', seq)]);
  expect(answers.map(codeOf)).toEqual([undefined, 'COMMAND_STALE']);
});

test('an officer hears "recorded" only when it is', async () => {
  let spin = (): void => {};
  bench.disk = new Promise((resolve) => (spin = resolve));
  let isAnswered = false;
  const answer = bench.give('releaseToExit', bench.kernel.seq).then((refusal) => {
    isAnswered = true;
    return refusal;
  });
  while (bench.state(transactionId) !== 'leaving') await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(isAnswered).toBe(false);
  spin();
  expect(await answer).toBeUndefined();
});

test('a lane that stopped before it could record says that it stopped', async () => {
  const answer = bench.give('releaseToExit', bench.kernel.seq);
  bench.kernel.stop();
  expect(await answer).toMatchObject({ status: 503, code: 'LANE_STOPPED' });
});

describe('a reason goes to the record, and must not name the holder', () => {
  beforeEach(() =>
    bench.holder({ surname: 'MUELLER VAN DER BERG', givenNames: 'ANA ZOE', documentNumber: 'L898902C3' }),
  );

  test.each([
    ['the surname', 'Mr Mueller was compared'],
    ['the surname as it is written at home', 'Herr Müllers Foto verglichen'],
    ['one part of the surname', 'berg: compared'],
    ['a given name with an accent', 'it is Zoé'],
    ['the document number in small letters', 'passport l898902c3 looked at'],
    ['the document number in groups', 'passport L898 902-C3'],
  ])('%s', async (_, reason) => {
    expect(await bench.give('releaseToExit', bench.kernel.seq, { reason })).toMatchObject({
      status: 422,
      code: 'REASON_PERSONAL',
    });
    expect(bench.state(transactionId)).toBe('held');
  });

  test('words that merely hold the letters of a short name are no name', async () => {
    const reason = 'banana peel on the iceberg-cold floor analysed, vanished';
    bench.holder({ surname: 'VAN', givenNames: 'ANA', documentNumber: 'L898902C3' });
    expect(await bench.give('releaseToExit', bench.kernel.seq, { reason })).toBeUndefined();
  });
});
