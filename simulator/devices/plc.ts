/**
 * Rules of the gate hardware's own controller, as one pure scan: state, inputs and host registers in, new state and drive
 * commands out. A host only requests; what endangers people is decided here and in the drives.
 *
 * 1. Close only while the closing zone is free; any obstruction during closing: stop and reopen.
 * 2. The doors are never both unlocked, except in an emergency.
 * 3. Emergency-open and fire are hard-wired to the drives.
 * 4. Heartbeat lost for longer than the watchdog: no new opening, finish reopening, then close and lock; latched.
 * 5. After power-up secured; commands are ignored until a fresh heartbeat sequence.
 * 6. Close is a request; state comes from inputs only.
 */
import type { DoorCommand, DoorMotion, DoorName, GateMode, GateReading } from '../../drivers/contracts/gate-io.ts';
import type { GateOutputs } from '../../drivers/gate-io/map.ts';
import type { DriveCommand } from '../hall/hall.ts';

export type DoorInputs = {
  /** From the drive's encoder, 0–100. */
  readonly position_percent: number;
  readonly isZoneObstructed: boolean;
  readonly hasDriveFault: boolean;
};

export type PLCInputs = Omit<GateReading, 'doors' | 'hasWatchdogTripped' | 'uptime_s' | 'passages'> & {
  readonly doors: Readonly<Record<DoorName, DoorInputs>>;
};

type DoorState = {
  readonly motion: DoorMotion;
  readonly drive: DriveCommand['motion'];
  readonly isLocked: boolean;
  /** An obstruction met while closing: opens to the end, whatever the host asks. */
  readonly isReopening: boolean;
  /** How long the zone has been free since a reopening reached its end. */
  readonly freeFor_ms: number;
  /** The host's `open` counts only after it has asked for something else since power-up or a trip. */
  readonly isOpenArmed: boolean;
  /** The encoder is trusted once a limit switch has been seen. */
  readonly isPositionKnown: boolean;
};

export type PLCState = {
  readonly doors: Readonly<Record<DoorName, DoorState>>;
  /** Last sequence register seen; null before the first scan. */
  readonly sequence: number | null;
  readonly isAwaitingHeartbeat: boolean;
  readonly sinceHeartbeat_ms: number;
  readonly hasWatchdogTripped: boolean;
  readonly watchdogEvents: number;
  /** An emergency ended and no door has been shut since: nothing moves unless the host asks to close. */
  readonly isAftermath: boolean;
  /** The one door that may be unlocked. */
  readonly unlocked: DoorName | null;
  readonly lastFault: number;
  readonly passages: number;
  readonly isExitBeamInterrupted: boolean;
  readonly isLeavingThroughBeam: boolean;
  readonly uptime_ms: number;
};

/** Codes of input register 7. */
export const plcFault = {
  none: 0,
  watchdog: 1,
  entryDrive: 2,
  exitDrive: 3,
  entryObstructed: 4,
  exitObstructed: 5,
} as const;

/** What the host wrote since the last scan. `clearsWatchdog`: the key came to holding register 6. */
export type HostRequest = GateOutputs & { readonly clearsWatchdog: boolean };

export const reopenDwell_ms = 500;
const doorNames = ['entry', 'exit'] as const;
const otherDoor = { entry: 'exit', exit: 'entry' } as const satisfies Record<DoorName, DoorName>;

const doorAtPowerUp: DoorState = {
  motion: 'unknown',
  drive: 'stop',
  isLocked: true,
  isReopening: false,
  freeFor_ms: 0,
  isOpenArmed: false,
  isPositionKnown: false,
};

export function powerUp(): PLCState {
  return {
    doors: { entry: doorAtPowerUp, exit: doorAtPowerUp },
    sequence: null,
    isAwaitingHeartbeat: true,
    sinceHeartbeat_ms: 0,
    hasWatchdogTripped: false,
    watchdogEvents: 0,
    isAftermath: false,
    unlocked: null,
    lastFault: plcFault.none,
    passages: 0,
    isExitBeamInterrupted: false,
    isLeavingThroughBeam: false,
    uptime_ms: 0,
  };
}

const isAtOpenLimit = (door: DoorInputs): boolean => door.position_percent >= 100;
const isAtClosedLimit = (door: DoorInputs): boolean => door.position_percent <= 0;

export const isEmergency = (inputs: PLCInputs): boolean => inputs.isEmergencyOpen || inputs.isFireAlarm;

/** One scan of `dt_ms`. */
export function scan(
  state: PLCState,
  inputs: PLCInputs,
  host: HostRequest,
  dt_ms: number,
): { readonly state: PLCState; readonly drives: Readonly<Record<DoorName, DriveCommand>> } {
  const watched = watchHeartbeat(state, host, dt_ms);
  const counted = countPassages(watched, inputs);
  const isNow = isEmergency(inputs);
  const isOneShut = isAtClosedLimit(inputs.doors.entry) || isAtClosedLimit(inputs.doors.exit);
  // Power that comes back to two doors ajar finds what an emergency left: neither is locked until one has been shut.
  const isFirstScan = state.sequence === null;
  const isAftermath = isNow || ((counted.isAftermath || isFirstScan) && !isOneShut);
  const base: PLCState = { ...counted, isAftermath, uptime_ms: state.uptime_ms + dt_ms };

  const isServing = !base.isAwaitingHeartbeat && !base.hasWatchdogTripped;
  const armed = armDoors(base, host, isServing);
  const wishes = {
    entry: wishOf('entry', armed, inputs, host, isServing),
    exit: wishOf('exit', armed, inputs, host, isServing),
  };
  const unlocked = grantUnlock(armed.unlocked, wishes, inputs);
  const doors = {
    entry: driveDoor(armed.doors.entry, inputs.doors.entry, wishes.entry, dt_ms, {
      isEmergency: isNow,
      isFree: isAftermath || unlocked === 'entry',
    }),
    exit: driveDoor(armed.doors.exit, inputs.doors.exit, wishes.exit, dt_ms, {
      isEmergency: isNow,
      isFree: isAftermath || unlocked === 'exit',
    }),
  };
  const next: PLCState = { ...armed, unlocked, doors, lastFault: faultOf(armed, inputs, doors) };
  const drives = {
    entry: { motion: doors.entry.drive, isLocked: doors.entry.isLocked },
    exit: { motion: doors.exit.drive, isLocked: doors.exit.isLocked },
  };
  return { state: next, drives };
}

/** Rules 4 and 5. A heartbeat is a sequence register that changed; its value alone says nothing. */
function watchHeartbeat(state: PLCState, host: HostRequest, dt_ms: number): PLCState {
  const isFresh = state.sequence !== null && host.sequence !== state.sequence;
  const sinceHeartbeat_ms = isFresh ? 0 : state.sinceHeartbeat_ms + dt_ms;
  const isAwaitingHeartbeat = state.isAwaitingHeartbeat && !isFresh;
  const isLate = !isAwaitingHeartbeat && sinceHeartbeat_ms > host.watchdog_ms;
  const isTripping = isLate && !state.hasWatchdogTripped;
  const isCleared = host.clearsWatchdog && !isLate;
  return {
    ...state,
    sequence: host.sequence,
    sinceHeartbeat_ms,
    isAwaitingHeartbeat,
    hasWatchdogTripped: isTripping || (state.hasWatchdogTripped && !isCleared),
    watchdogEvents: (state.watchdogEvents + (isTripping ? 1 : 0)) & 0xffff,
    lastFault: isTripping ? plcFault.watchdog : state.lastFault,
  };
}

/** A passage is a body that came to the exit beam from inside and is through it. */
function countPassages(state: PLCState, inputs: PLCInputs): PLCState {
  const isInterrupted = inputs.isExitBeamInterrupted;
  if (isInterrupted === state.isExitBeamInterrupted) return state;
  const isZoneObstructed = inputs.doors.exit.isZoneObstructed;
  if (isInterrupted) return { ...state, isExitBeamInterrupted: true, isLeavingThroughBeam: isZoneObstructed };
  const hasPassed = state.isLeavingThroughBeam && !isZoneObstructed;
  return { ...state, isExitBeamInterrupted: false, passages: (state.passages + (hasPassed ? 1 : 0)) & 0xffff };
}

/** An `open` that stood before power-up or before a trip opens nothing afterwards: it has to be asked for anew. */
function armDoors(state: PLCState, host: HostRequest, isServing: boolean): PLCState {
  const arm = (name: DoorName): DoorState => {
    const door = state.doors[name];
    return { ...door, isOpenArmed: isServing && (door.isOpenArmed || host.commands[name] !== 'open') };
  };
  return { ...state, doors: { entry: arm('entry'), exit: arm('exit') } };
}

/** What is asked of a door before interlock and obstruction are looked at. */
function wishOf(
  name: DoorName,
  state: PLCState,
  inputs: PLCInputs,
  host: HostRequest,
  isServing: boolean,
): DoorCommand {
  if (isEmergency(inputs)) return 'open';
  const asked = isServing ? askedByHost(name, host.mode, host.commands[name], inputs.isFloorMatOccupied) : 'close';
  if (state.isAftermath) return isServing && asked === 'close' && host.mode !== 'freeExit' ? 'close' : 'hold';
  return asked === 'open' && !state.doors[name].isOpenArmed ? 'hold' : asked;
}

/** Free exit: nobody gets in, and whoever stands in the chamber gets out without being asked for. */
function askedByHost(name: DoorName, mode: GateMode, command: DoorCommand, isChamberOccupied: boolean): DoorCommand {
  if (mode === 'secured') return 'close';
  if (mode === 'normal') return command;
  return name === 'exit' && isChamberOccupied ? 'open' : 'close';
}

/**
 * Rule 2. One token for both doors: it is given away only while the other door stands at its closed limit, and given
 * back only at the own closed limit. When both ask at once, people get out before others get in.
 */
function grantUnlock(
  holder: DoorName | null,
  wishes: Readonly<Record<DoorName, DoorCommand>>,
  inputs: PLCInputs,
): DoorName | null {
  if (isEmergency(inputs)) return null;
  const notShut = doorNames.filter((name) => !isAtClosedLimit(inputs.doors[name]));
  if (notShut.length === 1) return notShut[0] ?? null;
  if (notShut.length > 1) return null;
  if (holder !== null && wishes[holder] === 'open') return holder;
  if (wishes.exit === 'open') return 'exit';
  return wishes.entry === 'open' ? 'entry' : null;
}

/** Rules 1 and 3 for one door. `isFree`: the interlock lets it be unlocked. */
function driveDoor(
  door: DoorState,
  inputs: DoorInputs,
  wish: DoorCommand,
  dt_ms: number,
  may: { readonly isEmergency: boolean; readonly isFree: boolean },
): DoorState {
  const isOpen = isAtOpenLimit(inputs);
  const isShut = isAtClosedLimit(inputs);
  const isPositionKnown = door.isPositionKnown || isOpen || isShut;
  const meetsObstacle = inputs.isZoneObstructed && !isShut && door.drive === 'close';
  const isReopening = !isShut && (door.isReopening || meetsObstacle) && !hasRested(door, inputs, dt_ms);
  const freeFor_ms = isReopening && isOpen && !inputs.isZoneObstructed ? door.freeFor_ms + dt_ms : 0;

  let drive: DriveCommand['motion'] = 'stop';
  if (may.isEmergency || isReopening) drive = isOpen ? 'stop' : 'open';
  else if (wish === 'open') drive = may.isFree && !isOpen ? 'open' : 'stop';
  else if (wish === 'close') drive = isShut || inputs.isZoneObstructed ? 'stop' : 'close';
  if (inputs.hasDriveFault) drive = 'stop';

  const isLocked = isShut && drive !== 'open';
  const motion = motionOf(inputs, drive, { isPositionKnown, wish });
  return { ...door, motion, drive, isLocked, isReopening, freeFor_ms, isPositionKnown };
}

/** A reopening ends at the open limit once the zone has been free for a while. */
function hasRested(door: DoorState, inputs: DoorInputs, dt_ms: number): boolean {
  return isAtOpenLimit(inputs) && !inputs.isZoneObstructed && door.freeFor_ms + dt_ms > reopenDwell_ms;
}

function motionOf(
  inputs: DoorInputs,
  drive: DriveCommand['motion'],
  { isPositionKnown, wish }: { readonly isPositionKnown: boolean; readonly wish: DoorCommand },
): DoorMotion {
  if (isAtOpenLimit(inputs) && drive !== 'close') return 'open';
  if (isAtClosedLimit(inputs) && drive !== 'open') return 'closed';
  if (drive === 'open') return 'opening';
  if (drive === 'close') return isPositionKnown ? 'closing' : 'calibrating';
  if (!isPositionKnown) return 'unknown';
  return wish === 'hold' ? 'partial' : 'stopped';
}

function faultOf(before: PLCState, inputs: PLCInputs, doors: Readonly<Record<DoorName, DoorState>>): number {
  if (inputs.doors.entry.hasDriveFault) return plcFault.entryDrive;
  if (inputs.doors.exit.hasDriveFault) return plcFault.exitDrive;
  if (doors.entry.isReopening && !before.doors.entry.isReopening) return plcFault.entryObstructed;
  if (doors.exit.isReopening && !before.doors.exit.isReopening) return plcFault.exitObstructed;
  return before.lastFault;
}

/** True while the hardware may have a door unlocked; the other one is then locked shut. */
export function isInterlockHolding(state: PLCState): boolean {
  return doorNames.every((name) => state.doors[name].isLocked || state.doors[otherDoor[name]].isLocked);
}

/** What the host reads. */
export function readingOf(state: PLCState, inputs: PLCInputs): GateReading {
  const doorReading = (name: DoorName): GateReading['doors'][DoorName] => {
    const door = inputs.doors[name];
    return {
      motion: state.doors[name].motion,
      position_percent: state.doors[name].isPositionKnown ? Math.round(door.position_percent) : null,
      isAtOpenLimit: isAtOpenLimit(door),
      isAtClosedLimit: isAtClosedLimit(door),
      isClosingZoneObstructed: door.isZoneObstructed,
      hasDriveFault: door.hasDriveFault,
    };
  };
  return {
    ...inputs,
    doors: { entry: doorReading('entry'), exit: doorReading('exit') },
    hasWatchdogTripped: state.hasWatchdogTripped,
    uptime_s: Math.floor(state.uptime_ms / 1000) & 0xffff,
    passages: state.passages,
  };
}
