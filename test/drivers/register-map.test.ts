import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DoorMotion, GateReading } from '../../drivers/contracts/gate-io.ts';
import {
  decodeBlock,
  decodeLamps,
  decodeOutputs,
  encodeBlock,
  encodeLamps,
  encodeOutputs,
} from '../../drivers/gate-io/map.ts';
import { quietGate } from './register-memory.ts';

/**
 * Registers 0–11 of a gate at rest: both doors closed, emergency wire healthy (bit 13), closed limits (bits 1 and 3).
 */
const atRest = [1, 77, 10, 17, 17, 0, 0, 0, 4, 3, 0x200a, 0];

test('a block of registers is read as the map says', () => {
  expect(decodeBlock(atRest)).toEqual({
    mapVersion: 1,
    echoedSequence: 77,
    lastFault: 0,
    watchdogEvents: 4,
    reading: quietGate,
  });
});

test.each<[number, (reading: GateReading) => boolean]>([
  [0, (r) => r.doors.entry.isAtOpenLimit],
  [1, (r) => r.doors.entry.isAtClosedLimit],
  [2, (r) => r.doors.exit.isAtOpenLimit],
  [3, (r) => r.doors.exit.isAtClosedLimit],
  [4, (r) => r.isEntryBeamInterrupted],
  [5, (r) => r.isChamberFrontOccupied],
  [6, (r) => r.isChamberRearOccupied],
  [7, (r) => r.isExitBeamInterrupted],
  [8, (r) => r.doors.entry.isClosingZoneObstructed],
  [9, (r) => r.doors.exit.isClosingZoneObstructed],
  [10, (r) => r.isFloorMatOccupied],
  [11, (r) => r.isSecondPersonSeen],
  [12, (r) => r.isObjectLeft],
  [13, (r) => !r.isEmergencyOpen],
  [14, (r) => r.isFireAlarm],
  [15, (r) => r.isCoverOpen],
  [16, (r) => r.doors.entry.hasDriveFault],
  [17, (r) => r.doors.exit.hasDriveFault],
  [18, (r) => r.isOnUPS],
  [19, (r) => r.isKeySwitchOn],
  [20, (r) => r.hasWatchdogTripped],
  [21, (r) => r.isHelpRequested],
])('discrete input %d means what the map says, alone', (bit, meaning) => {
  const block = atRest.with(10, bit < 16 ? 1 << bit : 0).with(11, bit < 16 ? 0 : 1 << (bit - 16));
  expect(meaning(decodeBlock(block).reading)).toBe(true);
  expect(meaning(decodeBlock(atRest.with(10, 0).with(11, 0)).reading)).toBe(false);
});

test('a broken emergency wire reads as pressed', () => {
  expect(decodeBlock(atRest.with(10, 0)).reading.isEmergencyOpen).toBe(true);
});

test.each<[number, DoorMotion]>([
  [0, 'unknown'],
  [3, 'calibrating'],
  [16, 'open'],
  [17, 'closed'],
  [18, 'partial'],
  [19, 'stopped'],
  [32, 'opening'],
  [33, 'closing'],
  [34, 'opening'],
  [35, 'unknown'],
  [65535, 'unknown'],
])('door state %d is %s', (code, motion) => {
  expect(decodeBlock(atRest.with(4, code)).reading.doors.exit.motion).toBe(motion);
});

test.each([
  [0, 0],
  [100, 100],
  [101, null],
  [255, null],
  [65535, null],
])('position register %d is %s percent', (register, percent) => {
  expect(decodeBlock(atRest.with(5, register)).reading.doors.entry.position_percent).toBe(percent);
});

test('what is asked for goes into the registers that the map names', () => {
  const outputs = {
    sequence: 0x1234,
    commands: { entry: 'open', exit: 'close' },
    lamps: { entry: 'green', exit: 'red', document: 'take' },
    mode: 'freeExit',
    watchdog_ms: 1500,
  } as const;
  expect(encodeOutputs(outputs)).toEqual([0x1234, 1, 2, 0b11_10_01, 2, 1500]);
  expect(decodeOutputs(encodeOutputs(outputs))).toEqual(outputs);
});

test('hardware takes what it does not know for the safe thing', () => {
  expect(decodeOutputs([1, 9, 7, 0b00_11_11, 5, 10])).toEqual({
    sequence: 1,
    commands: { entry: 'hold', exit: 'hold' },
    lamps: { entry: 'red', exit: 'red', document: 'off' },
    mode: 'secured',
    watchdog_ms: 500,
  });
});

test('every combination of lamps survives its register', () => {
  for (const entry of ['off', 'green', 'red'] as const) {
    for (const exit of ['off', 'green', 'red'] as const) {
      for (const document of ['off', 'place', 'reading', 'take'] as const) {
        expect(decodeLamps(encodeLamps({ entry, exit, document }))).toEqual({ entry, exit, document });
      }
    }
  }
});

test('any twelve registers decode, and what they say survives being encoded again', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { minLength: 12, maxLength: 12 }), (registers) => {
      const block = decodeBlock(registers);
      expect(decodeBlock(encodeBlock(block))).toEqual(block);
    }),
    { seed: 20260107 },
  );
});

test('a block that is too short is refused', () => {
  expect(() => decodeBlock(atRest.slice(0, 11))).toThrow(RangeError);
});
