import { afterEach, beforeEach, expect, test } from 'vitest';
import { laneSubject } from '../../gate-controller/kernel/lane-parts.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { quietHall } from '../safety/sample-halls.ts';
import { codeOf, CommandBench, transactionId } from './command-bench.ts';

let bench: CommandBench;
beforeEach(async () => {
  bench = await new CommandBench().open();
});
afterEach(() => bench.close());

const state = (): string => outermost(bench.state(laneSubject));
const reset = (officer: string) => bench.give('resetLockdown', bench.kernel.seq, { officer });

test('a lockdown ends with the word of a second officer, and the page says who has spoken and until when', async () => {
  await bench.give('lockLane', bench.kernel.seq);
  expect(bench.lane().waitingForSecondOfficer).toBeNull();
  expect(await reset('B-114')).toBeUndefined();
  expect(state()).toBe('lockdown');
  expect(bench.lane().waitingForSecondOfficer).toMatchObject({ command: 'resetLockdown', officer: 'B-114' });
  expect(await reset('B-115')).toBeUndefined();
  expect(state()).not.toBe('lockdown');
  expect(bench.lane().waitingForSecondOfficer).toBeNull();
});

test('the same officer twice are not four eyes', async () => {
  await bench.give('lockLane', bench.kernel.seq);
  await reset('B-114');
  expect(codeOf(await reset('B-114'))).toBe('SECOND_OFFICER_NEEDED');
  expect(state()).toBe('lockdown');
});

test('a first word that is too old is none: who speaks then is the first again', async () => {
  await bench.give('lockLane', bench.kernel.seq);
  await reset('B-114');
  bench.clock.advance(31_000);
  expect(bench.lane().waitingForSecondOfficer).toBeNull();
  expect(await reset('B-115')).toBeUndefined();
  expect(state()).toBe('lockdown');
  expect(await reset('B-114')).toBeUndefined();
  expect(state()).not.toBe('lockdown');
});

test('of two officers who release, the second is another one', async () => {
  await bench.tell('FIRST_OFFICER', { officer: 'B-114' });
  expect(codeOf(await bench.give('releaseToExit', bench.kernel.seq))).toBe('SECOND_OFFICER_NEEDED');
  expect(bench.state(transactionId)).toBe('held');
  expect(await bench.give('releaseToExit', bench.kernel.seq, { officer: 'B-115' })).toBeUndefined();
  expect(bench.state(transactionId)).toBe('leaving');
});

test('nobody consents to the own maintenance', async () => {
  await intoFault();
  expect(await bench.giveAsTechnician('askMaintenance')).toBeUndefined();
  expect(bench.lane().maintenance).toMatchObject({ technician: 'T-7', officer: null });
  expect(codeOf(await bench.give('consentMaintenance', bench.kernel.seq, { officer: 'T-7' }))).toBe(
    'SECOND_PERSON_NEEDED',
  );
  expect(await bench.give('consentMaintenance', bench.kernel.seq)).toBeUndefined();
  expect(state()).toBe('maintenance');
  expect(bench.lane()).toMatchObject({ mode: 'maintenance', maintenance: { technician: 'T-7', officer: 'B-114' } });
});

test('a door is moved by a technician in maintenance only, and never a nameless one', async () => {
  await intoFault();
  const open = { door: 'exit', motion: 'open' } as const;
  expect(codeOf(await bench.giveAsTechnician('moveDoor', open))).toBe('COMMAND_NOT_ALLOWED');
  await bench.giveAsTechnician('askMaintenance');
  expect(codeOf(await bench.giveAsTechnician('moveDoor', open))).toBe('COMMAND_NOT_ALLOWED');
  await bench.give('consentMaintenance', bench.kernel.seq);
  expect(codeOf(await bench.giveAsTechnician('moveDoor'))).toBe('DOOR_MISSING');
  expect(codeOf(await bench.giveAsTechnician('moveDoor', { ...open, technician: 'T-8' }))).toBe('OTHER_TECHNICIAN');
  expect(await bench.giveAsTechnician('moveDoor', open)).toBeUndefined();
  expect(codeOf(await bench.giveAsTechnician('moveDoor', { ...open, givenAt_ms: 1 }))).toBe('COMMAND_EXPIRED');
  expect(await bench.giveAsTechnician('endMaintenance')).toBeUndefined();
  expect(codeOf(await bench.giveAsTechnician('moveDoor', open))).toBe('COMMAND_NOT_ALLOWED');
});

test('a technician’s request that nobody answers is over after a while', async () => {
  await intoFault();
  await bench.giveAsTechnician('askMaintenance');
  expect(bench.lane().commands).toContain('consentMaintenance');
  bench.clock.advance(31_000);
  expect(bench.lane().maintenance).toBeNull();
  expect(bench.lane().commands).not.toContain('consentMaintenance');
});

/** Hall seen, nothing in it, and a device that fails: the lane is out of service. */
async function intoFault(): Promise<void> {
  await bench.seeHall(quietHall);
  bench.clock.advance(60_000);
  await bench.kernel.idle();
  expect(state()).toBe('fault');
}
