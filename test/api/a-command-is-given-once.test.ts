import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { CommandAnswers } from '../../gate-controller/api/command-answers.ts';
import type { CommandRefusal } from '../../gate-controller/api/commands.ts';
import type { OfficerCommand } from '../../gate-controller/api/messages.ts';

const command = (): OfficerCommand => ({
  commandId: randomUUID(),
  command: 'openLane',
  laneId: 'lane-1',
  transactionId: null,
  expectedSeq: 1,
  givenAt_ms: 1,
  officer: 'B-114',
  reason: null,
});

test('a command whose record is awaited is never forgotten for newer ones, and the newer ones are told to wait', async () => {
  let record = (_: CommandRefusal | undefined): void => {};
  let given = 0;
  const answers = new CommandAnswers(() => {
    given += 1;
    return new Promise((resolve) => (record = resolve));
  });
  const first = command();
  const heard = answers.answer(first);
  const recordFirst = record;
  for (let n = 1; n < 1_000; n += 1) void answers.answer(command());
  expect(await answers.answer(command())).toMatchObject({ status: 503 });
  expect(answers.answer(first)).toBe(heard);
  expect(given).toBe(1_000);
  recordFirst(undefined);
  expect(await heard).toBeUndefined();
  void answers.answer(command());
  expect(given).toBe(1_001);
});

test('a command that failed inside fails again and is not carried out again', async () => {
  let given = 0;
  const answers = new CommandAnswers(async () => {
    given += 1;
    throw new Error('inside');
  });
  const body = command();
  await expect(answers.answer(body)).rejects.toThrow('inside');
  await expect(answers.answer(body)).rejects.toThrow('inside');
  expect(given).toBe(1);
});
