import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyGap_mm, lane, passable_percent } from '../../simulator/hall/geometry.ts';
import { Hall } from '../../simulator/hall/hall.ts';
import type { Body, DriveCommand } from '../../simulator/hall/hall.ts';

const open: DriveCommand = { motion: 'open', isLocked: false };
const close: DriveCommand = { motion: 'close', isLocked: false };
const codes = (hall: Hall): string[] => hall.watch.broken.map((entry) => entry.split(' ')[0] ?? '');

function walker(hall: Hall, from_mm: number, target_mm: number, id = 'walker'): Body {
  return Object.assign(hall.enter(id, 'traveller', from_mm), { target_mm, speed_mm_s: 1100 });
}

test('a leaf opens in 1.2 s and closes in 1.5 s', () => {
  const hall = new Hall();
  hall.doors.entry.drive = open;
  hall.tick(1190);
  expect(hall.doors.entry.position_percent).toBeLessThan(100);
  hall.tick(10);
  expect(hall.doors.entry.position_percent).toBeCloseTo(100);
  hall.doors.entry.drive = close;
  hall.tick(1490);
  expect(hall.doors.entry.position_percent).toBeGreaterThan(0);
  hall.tick(20);
  expect(hall.doors.entry.position_percent).toBe(0);
});

test('a leaf that is locked shut does not move until an emergency contact opens', () => {
  const hall = new Hall();
  hall.doors.exit.drive = { motion: 'open', isLocked: true };
  hall.tick(1000);
  expect(hall.doors.exit.position_percent).toBe(0);
  hall.contacts.isFireAlarm = true;
  hall.tick(1200);
  expect(hall.doors.exit.position_percent).toBeCloseTo(100);
});

test('a body stops before a shut door and goes on once the door is open enough', () => {
  const hall = new Hall();
  const body = walker(hall, -1000, 1300);
  hall.tick(3000);
  expect(body.position_mm).toBeCloseTo(-body.width_mm / 2);
  hall.doors.entry.drive = open;
  hall.tick(3500);
  expect(body.position_mm).toBe(1300);
});

test('a body walks past the entry beam, the closing zone, the front and the rear sensor in this order', () => {
  const hall = new Hall();
  hall.doors.entry.position_percent = 100;
  walker(hall, -1200, 1500);
  const order: string[] = [];
  for (let i = 0; i < 400; i++) {
    hall.tick(10);
    for (const [name, isOn] of Object.entries(hall.sensors())) if (isOn && !order.includes(name)) order.push(name);
  }
  expect(order).toEqual(['entryBeam', 'entryClosingZone', 'chamberFront', 'floorMat', 'chamberRear']);
});

test('the separation sensor sees two people in the chamber, and not one with another outside', () => {
  const hall = new Hall();
  hall.enter('first', 'traveller', lane.mark_mm);
  hall.enter('second', 'tailgater', -600);
  expect(hall.sensors().secondPerson).toBe(false);
  hall.leave('second');
  hall.enter('second', 'tailgater', 500);
  expect(hall.sensors().secondPerson).toBe(true);
});

test('a thing that stands alone in the chamber is a left object, beside a person it is not', () => {
  const hall = new Hall();
  hall.putDown('suitcase', 700, 350);
  expect(hall.sensors().leftObject).toBe(true);
  hall.enter('owner', 'traveller', lane.mark_mm);
  expect(hall.sensors().leftObject).toBe(false);
});

test('a stuck sensor lies to the hardware and not to the watch', () => {
  const hall = new Hall();
  hall.stuckSensors.set('entryClosingZone', false);
  hall.enter('somebody', 'traveller', 0);
  expect(hall.sensors().entryClosingZone).toBe(false);
  hall.doors.entry.position_percent = 100;
  hall.doors.entry.drive = close;
  hall.tick(500);
  expect(codes(hall)).toContain('CLOSED_ON_BODY');
});

test('a leaf that closes on a body rests on it and never goes through, and the watch counts it once', () => {
  const hall = new Hall();
  hall.doors.entry.position_percent = 100;
  hall.enter('somebody', 'traveller', 0);
  hall.doors.entry.drive = close;
  hall.tick(5000);
  expect(hall.doors.entry.position_percent).toBe(55);
  expect(codes(hall)).toEqual(['CLOSED_ON_BODY']);
});

test('two doors that are driven open together outside an emergency are a broken invariant', () => {
  const hall = new Hall();
  hall.doors.entry.drive = open;
  hall.doors.exit.drive = open;
  hall.tick(500);
  expect(codes(hall)).toEqual(['BOTH_DOORS_OPEN']);
});

test('two doors that an emergency opened may stand open until one of them was shut, not longer', () => {
  const hall = new Hall();
  hall.contacts.isEmergencyHealthy = false;
  hall.tick(2000);
  hall.contacts.isEmergencyHealthy = true;
  hall.tick(2000);
  expect(hall.watch.broken).toEqual([]);
  hall.doors.entry.drive = close;
  hall.tick(2000);
  hall.doors.entry.drive = open;
  hall.tick(500);
  expect(codes(hall)).toEqual(['BOTH_DOORS_OPEN']);
});

test('a body that is found behind the shut exit without having passed an open one is a broken invariant', () => {
  const hall = new Hall();
  const body = hall.enter('ghost', 'traveller', 1500);
  hall.tick(10);
  body.position_mm = 2600;
  hall.tick(10);
  expect(codes(hall)).toEqual(['PASSED_SHUT_EXIT']);
});

test('a door that an emergency does not open is a broken invariant after a second', () => {
  const hall = new Hall();
  hall.contacts.isEmergencyHealthy = false;
  hall.doors.entry.hasDriveFault = true;
  hall.tick(1500);
  hall.doors.entry.hasDriveFault = false;
  expect(hall.watch.broken).toEqual([]);
  // A leaf that somebody holds: its drive is sound, and it still stands.
  for (let i = 0; i < 150; i++) {
    hall.doors.entry.position_percent = 0;
    hall.tick(10);
  }
  expect(codes(hall)).toEqual(['KEPT_SHUT_IN_EMERGENCY']);
});

test('in the public hall strangers walk past one another, people of one party and people in the lane do not', () => {
  const hall = new Hall();
  const waiting = hall.enter('waiting', 'traveller', -900);
  const back = walker(hall, -300, -2500);
  hall.tick(3000);
  expect(back.position_mm).toBe(-2500);
  const companion = Object.assign(hall.enter('companion', 'companion', -1500, { party: 'waiting' }), {
    target_mm: 0,
    speed_mm_s: 1100,
  });
  hall.tick(3000);
  expect(companion.position_mm).toBe(waiting.position_mm - 450 - bodyGap_mm);
});

test('a thing in a closing door holds the leaf, and a door that is prised open moves without its drive', () => {
  const hall = new Hall();
  hall.doors.entry.position_percent = 100;
  hall.doors.entry.drive = close;
  hall.putDown('arm', 0, 100);
  hall.tick(3000);
  expect(hall.doors.entry.position_percent).toBeCloseTo(55);
  expect(codes(hall)).toEqual(['CLOSED_ON_BODY']);
  hall.doors.exit.prisedTo_percent = 30;
  hall.tick(2000);
  expect(hall.doors.exit.position_percent).toBeCloseTo(30);
});

const command = fc.record({
  drive: fc.constantFrom<'entry' | 'exit' | 'none'>('entry', 'exit', 'none'),
  motion: fc.constantFrom<DriveCommand['motion']>('open', 'close', 'stop'),
  isLocked: fc.boolean(),
  body: fc.integer({ min: 0, max: 2 }),
  target_mm: fc.integer({ min: -3000, max: 5000 }),
  speed_mm_s: fc.integer({ min: 0, max: 3000 }),
  ms: fc.integer({ min: 1, max: 800 }),
});

test('whatever drives and people do, no body goes through a shut door or another body, and positions stay in range', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const hall = new Hall();
      const bodies = [-2000, -1000, 1000].map((position_mm, i) =>
        hall.enter(`b${i}`, 'traveller', position_mm, { party: 'one' }),
      );
      for (const { drive, motion, isLocked, body, target_mm, speed_mm_s, ms } of commands) {
        if (drive !== 'none') hall.doors[drive].drive = { motion, isLocked };
        Object.assign(bodies[body] ?? {}, { target_mm, speed_mm_s });
        for (let passed_ms = 0; passed_ms < ms; passed_ms += 10) {
          const before = bodies.map((one) => one.position_mm);
          const wasPassable = { entry: hall.doors.entry.position_percent, exit: hall.doors.exit.position_percent };
          hall.tick(10);
          for (const [i, one] of bodies.entries()) {
            for (const [name, plane_mm] of [
              ['entry', 0],
              ['exit', lane.exit_mm],
            ] as const) {
              const edgeBefore_mm = Math.abs((before[i] ?? 0) - plane_mm) - one.width_mm / 2;
              const hasEntered = edgeBefore_mm >= 0 && Math.abs(one.position_mm - plane_mm) < one.width_mm / 2 - 1e-6;
              if (hasEntered) expect(wasPassable[name]).toBeGreaterThanOrEqual(passable_percent);
            }
          }
          const sorted = bodies.map((one) => one.position_mm).sort((a, b) => a - b);
          for (let i = 1; i < sorted.length; i++) {
            expect((sorted[i] ?? 0) - (sorted[i - 1] ?? 0)).toBeGreaterThanOrEqual(450 + bodyGap_mm - 1e-6);
          }
          for (const door of Object.values(hall.doors)) {
            expect(door.position_percent).toBeGreaterThanOrEqual(0);
            expect(door.position_percent).toBeLessThanOrEqual(100);
          }
        }
      }
      expect(codes(hall)).not.toContain('PASSED_SHUT_EXIT');
    }),
    { numRuns: 150 },
  );
});
