import { describe, expect, test } from 'vitest';
import type { DoorCommand } from '../../drivers/contracts/gate-io.ts';
import {
  type DoorMismatchCode,
  doorMismatches,
  type DoorWatch,
  doorWatchLimits,
  unwatchedDoors,
  watchDoors,
} from '../../gate-controller/safety/door-watch.ts';
import type { DoorState, Hall } from '../../gate-controller/safety/hall.ts';
import { quietHall } from './sample-halls.ts';

const limits = { ...doorWatchLimits, travel_ms: 6_000 };
/** How often the doors are looked at. */
const look_ms = 100;
/** A fault stands within this time (issue: commanded against observed). */
const limit_ms = 1_000;

type Seen = { command?: DoorCommand; exit?: DoorState; isMovedByHand?: boolean } & Partial<Hall>;

/** The exit door over time; what is not named stays as it was. */
class Watching {
  #watch: DoorWatch = unwatchedDoors;
  #now_ms = 50_000;
  #hall: Hall = quietHall;
  #command: DoorCommand = 'close';
  #isMovedByHand = false;

  /** Looks again and again for so long, and says at what time a mismatch was first found, and which. */
  for(
    time_ms: number,
    { command, isMovedByHand, ...hall }: Seen = {},
  ): { after_ms: number; code: DoorMismatchCode } | null {
    this.#command = command ?? this.#command;
    this.#isMovedByHand = isMovedByHand ?? this.#isMovedByHand;
    this.#hall = { ...this.#hall, ...hall };
    let first: { after_ms: number; code: DoorMismatchCode } | null = null;
    for (let after_ms = 0; after_ms < time_ms; after_ms += look_ms) {
      const commands = { entry: 'hold', exit: this.#command } as const;
      const sight = { commands, hall: this.#hall, isMovedByHand: this.#isMovedByHand, now_ms: this.#now_ms };
      this.#watch = watchDoors(this.#watch, sight, limits);
      const [found] = doorMismatches(this.#watch, this.#now_ms, limits);
      if (found !== undefined && first === null) first = { after_ms, code: found.code };
      this.#now_ms += look_ms;
    }
    return first;
  }

  /** Shut for a while. */
  static shut(): Watching {
    const watching = new Watching();
    expect(watching.for(1_500)).toBeNull();
    return watching;
  }

  static open(): Watching {
    const watching = Watching.shut();
    expect(watching.for(200, { command: 'open' })).toBeNull();
    expect(watching.for(1_200, { exit: 'between' })).toBeNull();
    expect(watching.for(1_500, { exit: 'open' })).toBeNull();
    return watching;
  }
}

const withinLimit = (code: DoorMismatchCode) => ({ code, after_ms: expect.toSatisfy((ms: number) => ms <= limit_ms) });

describe('a shut door that nobody asked to open', () => {
  test.each(['close', 'hold'] as const)('is forced when it does not stay shut (%s stands)', (command) => {
    const watching = Watching.shut();
    watching.for(1_000, { command });
    expect(watching.for(2_000, { exit: 'between' })).toEqual(withinLimit('DOOR_FORCED'));
  });

  test('is forced although whoever forces it stands in the closing zone', () => {
    const watching = Watching.shut();
    const forced = watching.for(2_000, { exit: 'between', isExitFree: false, command: 'hold' });
    expect(forced).toEqual(withinLimit('DOOR_FORCED'));
  });

  test('is not forced by a blink of its switch', () => {
    const watching = Watching.shut();
    expect(watching.for(200, { exit: 'between' })).toBeNull();
    expect(watching.for(2_000, { exit: 'closed' })).toBeNull();
    expect(watching.for(200, { exit: 'between' })).toBeNull();
    expect(watching.for(2_000, { exit: 'closed' })).toBeNull();
  });

  test('is forced when it was opened in a gap of the readings that is shorter than a second', () => {
    const watching = Watching.shut();
    expect(watching.for(800, { isKnown: false, exit: 'unknown' })).toBeNull();
    expect(watching.for(2_000, { isKnown: true, exit: 'between' })).toEqual(withinLimit('DOOR_FORCED'));
  });

  test('is not called forced after a longer gap, in which the hardware may have acted', () => {
    const watching = Watching.shut();
    watching.for(3_000, { isKnown: false, exit: 'unknown', command: 'hold' });
    expect(watching.for(3_000, { isKnown: true, exit: 'open' })).toBeNull();
  });

  test('may be opened by the hardware in an emergency, and stay so when that is over', () => {
    const watching = Watching.shut();
    expect(watching.for(3_000, { exit: 'open', isFireAlarm: true, command: 'hold' })).toBeNull();
    expect(watching.for(3_000, { isFireAlarm: false })).toBeNull();
  });

  test('may be opened by hand where people work on it', () => {
    const watching = Watching.shut();
    expect(watching.for(3_000, { exit: 'open', isMovedByHand: true, command: 'hold' })).toBeNull();
    expect(watching.for(3_000, { isMovedByHand: false })).toBeNull();
  });

  test('is watched again once it was shut after an emergency', () => {
    const watching = Watching.shut();
    watching.for(3_000, { exit: 'open', isFireAlarm: true, command: 'hold' });
    watching.for(1_000, { isFireAlarm: false, exit: 'closed' });
    expect(watching.for(2_000, { exit: 'between' })).toEqual(withinLimit('DOOR_FORCED'));
  });
});

describe('a door that was asked to close', () => {
  test('is at fault when it does not leave its open switch', () => {
    expect(Watching.open().for(3_000, { command: 'close' })).toEqual(withinLimit('DOOR_NOT_CLOSING'));
  });

  test('may wait as long as something is in its zone, and rest a little before it closes', () => {
    const watching = Watching.open();
    expect(watching.for(20_000, { command: 'hold', isExitFree: false })).toBeNull();
    expect(watching.for(20_000, { command: 'close' })).toBeNull();
    expect(watching.for(700, { isExitFree: true })).toBeNull();
    expect(watching.for(1_500, { exit: 'between' })).toBeNull();
    expect(watching.for(2_000, { exit: 'closed' })).toBeNull();
  });

  test('may reverse on an obstacle and try again', () => {
    const watching = Watching.open();
    watching.for(200, { command: 'close' });
    watching.for(800, { exit: 'between' });
    expect(watching.for(600, { command: 'hold', isExitFree: false })).toBeNull();
    expect(watching.for(700, { command: 'close', isExitFree: true })).toBeNull();
    expect(watching.for(600, { exit: 'open' })).toBeNull();
    expect(watching.for(1_400, { exit: 'between' })).toBeNull();
    expect(watching.for(2_000, { exit: 'closed' })).toBeNull();
  });

  test('is at fault when it does not arrive in the time of a travel', () => {
    const watching = Watching.open();
    watching.for(200, { command: 'close' });
    const late = watching.for(8_000, { exit: 'between' });
    expect(late?.code).toBe('DOOR_NOT_CLOSING');
    expect(late?.after_ms).toBeGreaterThan(limits.travel_ms - 500);
    expect(late?.after_ms).toBeLessThanOrEqual(limits.travel_ms + limit_ms);
  });

  test('is at fault when it has just been shut and springs open again', () => {
    const watching = Watching.open();
    watching.for(200, { command: 'close' });
    watching.for(1_400, { exit: 'between' });
    watching.for(200, { exit: 'closed' });
    expect(watching.for(3_000, { exit: 'between' })).toEqual(withinLimit('DOOR_NOT_CLOSING'));
  });
});

describe('a door that was asked to open', () => {
  test('is at fault when it does not leave its closed switch', () => {
    expect(Watching.shut().for(3_000, { command: 'open' })).toEqual(withinLimit('DOOR_NOT_OPENING'));
  });

  test('is at fault when it does not arrive in the time of a travel', () => {
    const watching = Watching.shut();
    watching.for(200, { command: 'open' });
    const late = watching.for(8_000, { exit: 'between' });
    expect(late?.code).toBe('DOOR_NOT_OPENING');
    expect(late?.after_ms).toBeLessThanOrEqual(limits.travel_ms + limit_ms);
  });

  test('is at fault when it was open and does not stay so', () => {
    expect(Watching.open().for(3_000, { exit: 'between' })).toEqual(withinLimit('DOOR_NOT_OPENING'));
    expect(Watching.open().for(3_000, { exit: 'closed' })).toEqual(withinLimit('DOOR_NOT_OPENING'));
  });

  test('may still set out a moment after it is not asked any more', () => {
    const watching = Watching.shut();
    watching.for(100, { command: 'open' });
    watching.for(100, { command: 'hold' });
    expect(watching.for(2_000, { exit: 'between' })).toBeNull();
  });

  test('begins its waits anew after a gap in the readings', () => {
    const watching = Watching.shut();
    watching.for(600, { command: 'open' });
    watching.for(600, { isKnown: false, exit: 'unknown' });
    expect(watching.for(600, { isKnown: true, exit: 'closed' })).toBeNull();
    expect(watching.for(2_000)).toEqual(withinLimit('DOOR_NOT_OPENING'));
  });
});

describe('both end switches at once', () => {
  test('are a fault when they stay so', () => {
    expect(Watching.shut().for(3_000, { exit: 'unknown' })).toEqual(withinLimit('DOOR_SWITCH_IMPLAUSIBLE'));
  });

  test('are noise for a moment', () => {
    const watching = Watching.shut();
    expect(watching.for(500, { exit: 'unknown' })).toBeNull();
    expect(watching.for(2_000, { exit: 'closed' })).toBeNull();
  });

  test('are something else than no reading at all', () => {
    expect(Watching.shut().for(5_000, { isKnown: false, exit: 'unknown' })).toBeNull();
  });
});
