import { afterEach, beforeEach, expect, test } from 'vitest';
import { HelpCalls } from '../../gate-controller/api/help-calls.ts';
import { ApiBench } from './api-bench.ts';

let bench: ApiBench;
beforeEach(async () => {
  bench = await new ApiBench().open();
});
afterEach(() => bench.close());

test('an officer’s page says that somebody is there', async () => {
  const answer = await bench.inject('POST', '/api/attendance', { officer: 'B-114' });
  expect([answer.statusCode, bench.attended]).toEqual([204, ['B-114']]);
});

test.each([{}, { officer: '' }, { officer: 'Erika Mustermann' }, { officer: 'B-114', more: 1 }])(
  '%j attends nothing',
  async (body) => {
    expect((await bench.inject('POST', '/api/attendance', body)).statusCode).toBe(400);
    expect(bench.attended).toEqual([]);
  },
);

test('a foreign page neither attends nor calls for help', async () => {
  const foreign = { origin: 'http://evil.example' };
  expect((await bench.inject('POST', '/api/attendance', { officer: 'B-114' }, foreign)).statusCode).toBe(403);
  expect((await bench.inject('POST', '/api/display/help', {}, foreign)).statusCode).toBe(403);
  expect([bench.attended, bench.helpCalls]).toEqual([[], 0]);
});

test('the help button on the sign calls', async () => {
  expect((await bench.inject('POST', '/api/display/help', {})).statusCode).toBe(204);
  expect(bench.helpCalls).toBe(1);
  expect((await bench.inject('POST', '/api/display/help', { who: 'me' })).statusCode).toBe(400);
});

test('a call for help stands for a while, and is forgotten when nobody can be waiting any more', () => {
  const help = new HelpCalls();
  expect(help.since_ms(1_000)).toBeNull();
  help.ask(1_000);
  expect([help.since_ms(5_000), help.isFresh(5_000)]).toEqual([1_000, true]);
  expect([help.since_ms(60_000), help.isFresh(60_000)]).toEqual([1_000, false]);
  expect(help.since_ms(200_000)).toBeNull();
});

test('a technician’s command is given once, and its words are checked', async () => {
  const command = {
    commandId: '7c1f0a52-0000-4000-8000-0000000000aa',
    command: 'moveDoor',
    laneId: 'lane-1',
    expectedSeq: 7,
    givenAt_ms: 1,
    technician: 'T-7',
    door: 'entry',
    motion: 'open',
  };
  for (const _ of [1, 2]) expect((await bench.inject('POST', '/api/technician', command)).statusCode).toBe(202);
  expect(bench.givenByTechnicians.length).toBe(1);
  for (const change of [{ door: 'roof' }, { motion: 'slam' }, { technician: 'A B' }, { command: 'openLane' }]) {
    const answer = await bench.inject('POST', '/api/technician', { ...command, ...change });
    expect(answer.statusCode).toBe(400);
  }
});
