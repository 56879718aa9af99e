/**
 * `kill -9` at random moments of real runs: production controller, kernel and journal on a disk, again and again on the same
 * folder. `KILLS=40` kills less often, `KILL_SEED=N` draws other travellers, misfortunes and moments.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JournalDatabase } from '../../gate-controller/journal/database.ts';
import { verifyChain } from '../../gate-controller/journal/verify.ts';
import { laneKinds } from '../walks/plan.ts';
import { type Killed, Line } from './generations.ts';
import type { Life } from './lives.ts';
import { inOneFile } from './one-file.ts';
import { summaryOf } from './summary.ts';

const kills = Number(process.env.KILLS ?? 208);
const seed = Number(process.env.KILL_SEED ?? 20_261_123);
/** A restarted controller serves again within this time, or its lane says what keeps it; virtual ms. */
const serve_max_ms = 150_000;
const each = Math.ceil(kills / laneKinds.length);

const killed: Killed[] = [];
let folder = '';
let program = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-nine-'));
  program = await inOneFile(folder);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  console.log(summaryOf(killed, seed));
});

describe.concurrent(`a lane that is killed ${each} times`, () => {
  test.for(laneKinds.map((kind, n) => ({ kind, n })))(
    'moves no door without a record, resumes nothing, and serves again: $kind',
    { timeout: 900_000 },
    async ({ kind, n }) => {
      const line = new Line({ kind, seed: seed + n, kills: each, folder: join(folder, kind), program });
      const last = await line.run();
      killed.push(...line.killed);
      for (const one of line.killed) {
        expect(one.broken, `KILL_SEED=${seed}, ${kind}, life ${one.generation}: ${JSON.stringify(one.death)}`).toEqual(
          [],
        );
        if (!one.hasSaidWhy) expect(one.servedAfter_ms ?? 0).toBeLessThan(serve_max_ms);
      }
      expect(line.killed.filter(({ wasKilled }) => wasKilled).length).toBeGreaterThan(each * 0.8);
      expectAdmitted(last);
      const database = new JournalDatabase(line.journal, { readOnly: true });
      expect(verifyChain(database.records())).toMatchObject({ isIntact: true });
      database.close();
    },
  );
});

/** Left alone in calm weather, the lane admits. */
function expectAdmitted({ reports }: Life): void {
  const states = reports.flatMap((one) => (one.type === 'state' ? [`${one.subject} ${one.state}`] : []));
  expect(
    states.filter((state) => state.endsWith('admitted')),
    states.join(', '),
  ).not.toEqual([]);
  expect(reports.at(-1)?.type).toBe('over');
}
