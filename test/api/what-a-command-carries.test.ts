import { afterEach, beforeEach, expect, test } from 'vitest';
import { laneSubject } from '../../gate-controller/kernel/lane-parts.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { ApiBench } from './api-bench.ts';
import { quietHall } from '../safety/sample-halls.ts';
import { codeOf, CommandBench, transactionId } from './command-bench.ts';

let bench: CommandBench;
beforeEach(async () => {
  bench = await new CommandBench().open();
});
afterEach(() => bench.close());

test('one officer who writes the number in two ways is still one officer', async () => {
  await bench.give('lockLane', bench.kernel.seq);
  expect(await bench.give('resetLockdown', bench.kernel.seq, { officer: 'b-114' })).toBeUndefined();
  expect(codeOf(await bench.give('resetLockdown', bench.kernel.seq, { officer: 'B-114' }))).toBe(
    'SECOND_OFFICER_NEEDED',
  );
  expect(bench.lane().waitingForSecondOfficer?.officer).toBe('B-114');
});

test('nobody consents to the own maintenance by writing the number in another way', async () => {
  await bench.seeHall(quietHall);
  bench.clock.advance(60_000);
  await bench.kernel.idle();
  expect(await bench.giveAsTechnician('askMaintenance', { technician: 'x-7' })).toBeUndefined();
  expect(bench.lane().maintenance?.technician).toBe('X-7');
  expect(codeOf(await bench.give('consentMaintenance', bench.kernel.seq, { officer: 'x-7' }))).toBe(
    'SECOND_PERSON_NEEDED',
  );
});

test('a sign of life counts for the officer, however the number is written', async () => {
  const api = await new ApiBench().open();
  await api.inject('POST', '/api/attendance', { officer: 'b-114' });
  await api.close();
  expect(api.attended).toEqual(['B-114']);
});

test('a reason given for the lane must not name anybody whose case is held', async () => {
  bench.holder({ surname: 'ERIKSSON', givenNames: 'ANNA MARIA', documentNumber: 'L898902C3' });
  await bench.give('lockLane', bench.kernel.seq);
  const named = { reason: 'Eriksson was led out' };
  expect(codeOf(await bench.give('resetLockdown', bench.kernel.seq, named))).toBe('REASON_PERSONAL');
  expect(await bench.give('resetLockdown', bench.kernel.seq, { reason: 'walked through' })).toBeUndefined();
});

test.each(['lockLane', 'duress'] as const)('%s locks the lane, whichever passage it was given beside', async (name) => {
  for (const beside of [transactionId, 'a3f0c1de-0000-4000-8000-0000000000ff']) {
    expect(await bench.give(name, bench.kernel.seq, { transactionId: beside })).toBeUndefined();
    expect(outermost(bench.state(laneSubject))).toBe('lockdown');
  }
});
