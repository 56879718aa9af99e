import { describe, expect, test } from 'vitest';
import { planDoors } from '../../gate-controller/safety/door-plan.ts';
import type { DoorState, Hall } from '../../gate-controller/safety/hall.ts';
import { type ExitAuthority, interlock, type InterlockInput } from '../../gate-controller/safety/interlock.ts';

const booleans = [false, true] as const;
const states: readonly DoorState[] = ['closed', 'open', 'between', 'unknown'];
const commands = ['hold', 'open', 'close'] as const;
const authorities: readonly (ExitAuthority | null)[] = [
  null,
  { transactionId: 'current', by: 'admit', validUntil_ms: 1_000 },
  { transactionId: 'current', by: 'officer', validUntil_ms: 999 },
  { transactionId: 'current', by: 'admit', validUntil_ms: Number.NaN },
  { transactionId: 'earlier', by: 'admit', validUntil_ms: 9_000 },
];

function* halls(): Generator<Hall> {
  for (const entry of states)
    for (const exit of states)
      for (const isKnown of booleans)
        for (const isEntryFree of booleans)
          for (const isExitFree of booleans)
            for (const isFireAlarm of booleans)
              for (const isEmergencyOpen of booleans)
                for (const isSecondPersonSeen of booleans)
                  yield {
                    isKnown,
                    entry,
                    exit,
                    isCabinOccupied: true,
                    isEntryFree,
                    isExitFree,
                    isSecondPersonSeen,
                    isFireAlarm,
                    isEmergencyOpen,
                  };
}

/** The whole input space: every hall, command of either door, maintenance, transaction and authority. */
function* everything(): Generator<InterlockInput> {
  for (const hall of halls())
    for (const door of ['entry', 'exit'] as const)
      for (const command of commands)
        for (const otherCommand of commands)
          for (const isMaintenance of booleans)
            for (const currentTransactionId of [null, 'current'])
              for (const authority of authorities)
                yield {
                  door,
                  command,
                  hall,
                  otherCommand,
                  isMaintenance,
                  currentTransactionId,
                  authority,
                  now_ms: 1_000,
                };
}

describe('over its whole input space the interlock', () => {
  const allowed = [...everything()].filter((input) => interlock(input) === undefined);
  const moving = allowed.filter(({ command }) => command !== 'hold');

  test('is searched whole', () => {
    expect([...everything()].length).toBe(4 * 4 * 2 ** 6 * 2 * 3 * 3 * 2 * 2 * 5);
  });

  test('always allows to hold', () => {
    expect([...everything()].filter(({ command }) => command === 'hold').every((i) => interlock(i) === undefined)).toBe(
      true,
    );
  });

  test('moves nothing without a reading', () => {
    expect(moving.filter(({ hall }) => !hall.isKnown)).toEqual([]);
  });

  test('asks for nothing while fire or emergency release rules (I6)', () => {
    expect(moving.filter(({ hall }) => hall.isFireAlarm || hall.isEmergencyOpen)).toEqual([]);
  });

  test('closes no door on an obstacle, in any mode (I5)', () => {
    const closing = moving.filter(({ command }) => command === 'close');
    expect(closing.length).toBeGreaterThan(0);
    expect(closing.filter(({ door, hall }) => !(door === 'entry' ? hall.isEntryFree : hall.isExitFree))).toEqual([]);
  });

  test('opens no door unless the other is shut and not asked to open, except in maintenance (I1)', () => {
    const opening = moving.filter(({ command, isMaintenance }) => command === 'open' && !isMaintenance);
    expect(opening.length).toBeGreaterThan(0);
    expect(opening.filter(({ door, hall }) => (door === 'entry' ? hall.exit : hall.entry) !== 'closed')).toEqual([]);
    expect(opening.filter(({ otherCommand }) => otherCommand === 'open')).toEqual([]);
  });

  test('opens the exit only on an unexpired authority of the current transaction (I2)', () => {
    const opening = moving.filter(
      ({ door, command, isMaintenance }) => door === 'exit' && command === 'open' && !isMaintenance,
    );
    expect(opening.length).toBeGreaterThan(0);
    for (const { authority, currentTransactionId, now_ms } of opening) {
      expect(authority?.transactionId).toBe(currentTransactionId);
      expect(authority?.validUntil_ms).toBeGreaterThanOrEqual(now_ms);
    }
  });

  test('opens the exit for an admit only while no second person is seen', () => {
    const opening = moving.filter(
      ({ door, command, isMaintenance }) => door === 'exit' && command === 'open' && !isMaintenance,
    );
    expect(opening.filter(({ authority, hall }) => authority?.by === 'admit' && hall.isSecondPersonSeen)).toEqual([]);
    expect(opening.some(({ authority }) => authority?.by === 'admit')).toBe(true);
  });

  test('still lets the entry open and close in an ordinary hall', () => {
    for (const command of ['open', 'close'] as const) {
      expect(moving.some((i) => i.door === 'entry' && i.command === command && !i.isMaintenance)).toBe(true);
    }
  });
});

test('a plan never asks both doors to open', () => {
  for (const hall of halls()) {
    const { commands } = planDoors({
      wants: { entry: 'open', exit: 'open' },
      asked: { entry: 'hold', exit: 'hold' },
      hall,
      authority: { transactionId: 'current', by: 'admit', validUntil_ms: 2_000 },
      currentTransactionId: 'current',
      isMaintenance: false,
      now_ms: 1_000,
    });
    expect(commands.entry === 'open' && commands.exit === 'open').toBe(false);
  }
});
