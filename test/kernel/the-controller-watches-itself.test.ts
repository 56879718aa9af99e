import { beforeEach, expect, test } from 'vitest';
import { steady_ms } from '../../gate-controller/kernel/clock-watch.ts';
import { OwnHealth } from '../../gate-controller/kernel/own-health.ts';
import { VirtualClock } from './virtual-clock.ts';

const tick_ms = 100;
const day_ms = 24 * 3_600_000;

let clock: VirtualClock;
let standing: Set<string>;
let sent: { readonly type: string }[];
let forgotten: string[];
let committingSince_ms: number | null;
let isServing: boolean;
let health: OwnHealth;
beforeEach(() => {
  clock = new VirtualClock();
  standing = new Set();
  sent = [];
  forgotten = [];
  committingSince_ms = null;
  isServing = false;
  health = new OwnHealth({
    clock,
    kernel: {
      get committingSince_ms() {
        return committingSince_ms;
      },
      send: (_, event) => sent.push(event),
    },
    biometrics: { isReady: () => true, forget: async (session) => void forgotten.push(session) },
    lastRecordAt_ms: clock.now_ms(),
    isServing: () => isServing,
    setFault: (device, code, stands) => void standing[stands ? 'add' : 'delete'](`${device}:${code}`),
  });
});

function run(time_ms: number): void {
  for (let passed_ms = 0; passed_ms < time_ms; passed_ms += tick_ms) {
    const due_ms = clock.monotonic_ms() + tick_ms;
    clock.advance(tick_ms);
    health.look(due_ms);
  }
}

test('a controller that runs in time has no fault of its own', () => {
  clock.advance(10_000);
  run(60_000);
  expect([...standing]).toEqual([]);
  expect(sent).toEqual([]);
});

test('a clock that went back closes the lane until it is right and steady again, and the jump is recorded', () => {
  run(1_000);
  clock.jump(-day_ms);
  run(tick_ms);
  expect([...standing]).toEqual(['clock:CLOCK_JUMPED']);
  expect(sent).toEqual([{ type: 'CLOCK_JUMPED', jumpedBy_ms: -day_ms }]);
  run(steady_ms * 2);
  expect([...standing]).toEqual(['clock:CLOCK_JUMPED']);
  clock.jump(day_ms);
  run(steady_ms + 2 * tick_ms);
  expect([...standing]).toEqual([]);
});

test('an event loop that stood still keeps the lane from serving until it has run in time for a while', () => {
  run(1_000);
  const due_ms = clock.monotonic_ms() + tick_ms;
  clock.advance(1_500);
  health.look(due_ms);
  expect([...standing]).toEqual(['controller:EVENT_LOOP_LATE']);
  run(4_900);
  expect([...standing]).toEqual(['controller:EVENT_LOOP_LATE']);
  run(200);
  expect([...standing]).toEqual([]);
});

test('a commit that is not confirmed keeps the lane from serving before the kernel gives up', () => {
  run(1_000);
  committingSince_ms = clock.monotonic_ms();
  run(1_000);
  expect([...standing]).toEqual([]);
  run(tick_ms);
  expect([...standing]).toEqual(['journal:COMMIT_LATE']);
  committingSince_ms = null;
  run(4_900);
  expect([...standing]).toEqual(['journal:COMMIT_LATE']);
  run(200);
  expect([...standing]).toEqual([]);
});

test('commits that follow each other without a pause are no late commit', () => {
  for (let n = 0; n < 200; n += 1) {
    committingSince_ms = clock.monotonic_ms();
    run(tick_ms);
  }
  expect([...standing]).toEqual([]);
});

test('the face pipeline is asked now and then while nobody is served, and left alone meanwhile', () => {
  run(20_000);
  expect(forgotten.length).toBeGreaterThanOrEqual(3);
  const asked = forgotten.length;
  isServing = true;
  run(20_000);
  expect(forgotten.length).toBe(asked);
});
