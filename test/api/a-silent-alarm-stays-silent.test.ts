import { afterEach, beforeEach, expect, test } from 'vitest';
import { laneSubject } from '../../gate-controller/kernel/lane-parts.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { codeOf, CommandBench } from './command-bench.ts';

let bench: CommandBench;
beforeEach(async () => {
  bench = await new CommandBench().open();
});
afterEach(() => bench.close());

test('under duress the lane is locked, and its page shows a lane that was closed', async () => {
  expect(await bench.give('duress', bench.kernel.seq)).toBeUndefined();
  expect(outermost(bench.state(laneSubject))).toBe('lockdown');
  const { mode, incidents } = bench.lane();
  expect({ mode, incidents }).toEqual({ mode: 'closed', incidents: [] });
  expect(JSON.stringify(bench.lane())).not.toMatch(/LOCKED|LOCKDOWN|DURESS/);
});

test('whoever supervises sees the alarm in the figures until two officers end it', async () => {
  expect(await bench.metrics.text()).toMatch(/^gate_silent_alarm 0$/m);
  await bench.give('duress', bench.kernel.seq);
  expect(await bench.metrics.text()).toMatch(/^gate_silent_alarm 1$/m);
  await bench.give('resetLockdown', bench.kernel.seq, { officer: 'B-115' });
  await bench.give('resetLockdown', bench.kernel.seq, { officer: 'B-116' });
  expect(await bench.metrics.text()).toMatch(/^gate_silent_alarm 0$/m);
});

test('a second alarm in a lane that is locked already is counted, too', async () => {
  await bench.give('duress', bench.kernel.seq);
  await bench.give('duress', bench.kernel.seq);
  expect(await bench.metrics.text()).toMatch(/^gate_silent_alarms_total 2$/m);
});

test('it is answered alike on a stale view, and when the lane is locked already', async () => {
  expect(await bench.give('duress', bench.kernel.seq + 5, { givenAt_ms: 1 })).toBeUndefined();
  expect(await bench.give('duress', bench.kernel.seq)).toBeUndefined();
  expect(codeOf(await bench.give('duress', bench.kernel.seq, { laneId: 'lane-2' }))).toBe('COMMAND_NOT_ALLOWED');
});

test('an ordinary lockdown is said plainly, with what to do', async () => {
  await bench.give('lockLane', bench.kernel.seq);
  const { mode, incidents } = bench.lane();
  expect(mode).toBe('lockdown');
  expect(incidents.map(({ code, severity }) => [code, severity])).toEqual([['LANE_LOCKED_DOWN', 'high']]);
});
