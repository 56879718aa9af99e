/** A lane judges expiry by its wall clock: one that jumped is not believed until it is steady and after the last record. */
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { type ClockVerdict, ClockWatch, steady_ms } from '../../gate-controller/kernel/clock-watch.ts';
import { VirtualClock } from './virtual-clock.ts';

const day_ms = 24 * 3_600_000;
const tick_ms = 100;

let clock: VirtualClock;
let watch: ClockWatch;
beforeEach(() => {
  clock = new VirtualClock();
  watch = new ClockWatch(clock.now_ms() - 5_000);
});

/** Looks every tick for so long; the last verdict and all that was told. */
function run(time_ms: number): ClockVerdict & { readonly told: readonly number[] } {
  const told: number[] = [];
  let verdict: ClockVerdict = { isTrusted: false, jumpedBy_ms: null };
  for (let passed_ms = 0; passed_ms <= time_ms; passed_ms += tick_ms) {
    verdict = watch.look(clock.now_ms(), clock.monotonic_ms());
    if (verdict.jumpedBy_ms !== null) told.push(verdict.jumpedBy_ms);
    clock.advance(tick_ms);
  }
  return { ...verdict, told };
}

test('a clock that runs is trusted from the first look on', () => {
  expect(watch.look(clock.now_ms(), clock.monotonic_ms())).toEqual({ isTrusted: true, jumpedBy_ms: null });
  expect(run(10 * 60_000)).toMatchObject({ isTrusted: true, told: [] });
});

test('a clock that goes back a day is not trusted, for as long as it stays there', () => {
  run(1_000);
  clock.jump(-day_ms);
  expect(run(0)).toMatchObject({ isTrusted: false, told: [-day_ms] });
  expect(run(3_600_000)).toMatchObject({ isTrusted: false, told: [] });
});

test('a clock that went back and was set right is trusted once it has been steady', () => {
  run(1_000);
  clock.jump(-day_ms);
  run(60_000);
  clock.jump(day_ms);
  expect(run(steady_ms - 2 * tick_ms)).toMatchObject({ isTrusted: false, told: [day_ms] });
  expect(run(3 * tick_ms)).toMatchObject({ isTrusted: true });
});

test('a clock that jumped forward is trusted once it has been steady', () => {
  run(1_000);
  clock.jump(3_600_000);
  expect(run(steady_ms - 2 * tick_ms)).toMatchObject({ isTrusted: false, told: [3_600_000] });
  expect(run(3 * tick_ms)).toMatchObject({ isTrusted: true });
});

test('a clock before the last record is not trusted after a start', () => {
  watch = new ClockWatch(clock.now_ms() + 60_000);
  expect(run(58_000)).toMatchObject({ isTrusted: false, told: [] });
  expect(run(2_000)).toMatchObject({ isTrusted: true });
});

test('a time service that slews the clock is no jump, however long it does', () => {
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    clock.jump(30);
    expect(run(60_000 - tick_ms)).toMatchObject({ isTrusted: true, told: [] });
  }
});

test('many small steps are a jump', () => {
  run(1_000);
  clock.jump(-1_500);
  expect(run(1_000)).toMatchObject({ isTrusted: true });
  clock.jump(-1_500);
  expect(run(1_000)).toMatchObject({ isTrusted: false, told: [-3_000] });
});

test('a clock that never rests is told of now and then, not at every look', () => {
  run(1_000);
  let told = 0;
  for (let n = 0; n < 600; n += 1) {
    clock.jump(n % 2 === 0 ? day_ms : -day_ms);
    told += run(0).told.length;
  }
  expect(told).toBeLessThanOrEqual(7);
});

test('trust never returns at a time before the latest one that was trusted, whatever the clock does', () => {
  const step = fc.record({
    jump_ms: fc.integer({ min: -day_ms, max: day_ms }),
    run_ms: fc.integer({ min: 0, max: 40_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      clock = new VirtualClock();
      watch = new ClockWatch(clock.now_ms());
      let latest_ms = clock.now_ms();
      for (const { jump_ms, run_ms } of steps) {
        clock.jump(jump_ms);
        for (let passed_ms = 0; passed_ms <= run_ms; passed_ms += 500) {
          clock.advance(500);
          if (!watch.look(clock.now_ms(), clock.monotonic_ms()).isTrusted) continue;
          expect(clock.now_ms()).toBeGreaterThanOrEqual(latest_ms - 2_000 - 1_000);
          latest_ms = Math.max(latest_ms, clock.now_ms());
        }
      }
    }),
  );
});
