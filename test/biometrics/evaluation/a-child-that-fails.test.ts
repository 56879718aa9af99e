import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Job } from '../../../biometrics/evaluation/picture-job.ts';
import { PoolError, workThrough } from '../../../biometrics/evaluation/picture-pool.ts';
import type { Outcome } from '../../../biometrics/evaluation/picture-pool.ts';

/** A child that does what the picture's path says: hangs, dies, or answers. */
const script = `
process.on('message', (job) => {
  if (job.ask === 'open' && job.modelFolder === 'broken') process.send({ answer: 'refused', detail: 'fr_feature.onnx: differs' });
  else if (job.ask === 'open' && job.modelFolder === 'dead') process.exit(3);
  else if (job.ask === 'open') process.send({ answer: 'opened', models: { m: 'sha' } });
  else if (job.path === 'dies') process.exit(1);
  else if (job.path !== 'hangs') process.send({ answer: 'judged', scores: { pid: process.pid } });
});
process.on('disconnect', () => process.exit(0));
`;
let folder = '';
let childModule = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pool-'));
  childModule = join(folder, 'child.mjs');
  await writeFile(childModule, script);
});
afterAll(async () => rm(folder, { recursive: true }));

const judge = (path: string): Job => ({ ask: 'judge', path });
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    // No such process.
    return false;
  }
};

test('a picture that kills or holds its child is counted, a new child does the rest, and none is left', async () => {
  const outcomes = new Map<number, Outcome>();
  const jobs = ['a', 'dies', 'b', 'hangs', 'c'].map(judge);
  const options = { modelFolder: 'sound', processes: 2, deadline_ms: 2_000, childModule };
  const models = await workThrough(jobs, options, (index, outcome) => outcomes.set(index, outcome));
  expect(models).toEqual({ m: 'sha' });
  expect(outcomes.get(1)).toBe('CRASHED');
  expect(outcomes.get(3)).toBe('DEADLINE');
  for (const index of [0, 2, 4]) expect(outcomes.get(index)).toMatchObject({ answer: 'judged' });
  const pids = [...outcomes.values()].flatMap((o) =>
    typeof o === 'object' && o.answer === 'judged' ? o.scores?.['pid'] : [],
  );
  await expect.poll(() => pids.filter((pid) => typeof pid === 'number' && isAlive(pid))).toEqual([]);
});

test.each([
  ['broken', /fr_feature.onnx: differs/],
  ['dead', /did not come up/],
])('models that are %s end the evaluation with a sentence', async (modelFolder, message) => {
  const run = workThrough(['a', 'b', 'c'].map(judge), { modelFolder, processes: 2, childModule }, () => undefined);
  await expect(run).rejects.toThrow(PoolError);
  await expect(run).rejects.toThrow(message);
});
