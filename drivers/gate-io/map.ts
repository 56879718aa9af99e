/**
 * The register map of the gate hardware, version 1: the one place that knows addresses and codes. Driver and simulated
 * hardware share it. Door state codes are those of CAME RSE2/ZLB30B (FA01323M4A), the public map nearest to a gate.
 *
 * Input registers 0–11 are read in one transaction, so that states, inputs and the echoed sequence are of one moment.
 * Holding registers 0–5 are written in one transaction, 6 alone.
 */
import type {
  DoorCommand,
  DoorMotion,
  DoorName,
  DoorReading,
  GateMode,
  GateReading,
  Lamps,
} from '../contracts/gate-io.ts';

export const mapVersion = 1;

/** Modbus address of the gate controller hardware on its line. */
export const gateUnit = 1;

export const inputRegister = {
  mapVersion: 0,
  /** Copy of holding register 0 as last written: tells a stale block from a fresh one. */
  echoedSequence: 1,
  /** Seconds since power-up, wraps at 65536. */
  uptime_s: 2,
  entryState: 3,
  exitState: 4,
  /** 0–100 %, 255 unknown. */
  entryPosition: 5,
  exitPosition: 6,
  /** Code of the last fault, 0 none. */
  lastFault: 7,
  /** Counts how often the host watchdog tripped, wraps. */
  watchdogEvents: 8,
  /** Counts passages, wraps. */
  passages: 9,
  /** Discrete inputs 0–15 as bits. */
  inputsLow: 10,
  /** Discrete inputs 16–31 as bits. */
  inputsHigh: 11,
} as const;

export const inputRegisterCount = 12;

export const holdingRegister = {
  /** Heartbeat: one more with every write, wraps at 65536. */
  sequence: 0,
  entryCommand: 1,
  exitCommand: 2,
  lamps: 3,
  mode: 4,
  /** The hardware secures the doors when no fresh sequence came for so long; at least 500. */
  watchdog_ms: 5,
  /** `clearSafeKey` clears the latched watchdog input. */
  clearSafe: 6,
} as const;

export const holdingRegisterCount = 7;

/** Written to holding register 6, clears the latched watchdog flag; any other value does nothing. */
export const clearSafeKey = 0xc1ea;

export const watchdogMin_ms = 500;

/** Discrete inputs (FC2) by address; the same bits stand in input registers 10 and 11. */
export const discreteInput = {
  entryOpenLimit: 0,
  entryClosedLimit: 1,
  exitOpenLimit: 2,
  exitClosedLimit: 3,
  entryBeam: 4,
  chamberFront: 5,
  chamberRear: 6,
  exitBeam: 7,
  entryClosingZone: 8,
  exitClosingZone: 9,
  floorMat: 10,
  secondPerson: 11,
  leftObject: 12,
  /** Normally closed contact: 1 healthy, 0 pressed or wire broken. */
  emergencyHealthy: 13,
  fireAlarm: 14,
  coverOpen: 15,
  entryDriveFault: 16,
  exitDriveFault: 17,
  onUPS: 18,
  keySwitch: 19,
  /** Latched until cleared through holding register 6. */
  watchdogTripped: 20,
  /** True while pressed: nobody presses so briefly that a cycle misses it. */
  helpButton: 21,
} as const;

export type DiscreteInputName = keyof typeof discreteInput;

export const discreteInputCount = 32;

/** Door state codes of the CAME map (40101); `partial opening` (34) is an opening. */
const codeByMotion = {
  unknown: 0,
  calibrating: 3,
  open: 16,
  closed: 17,
  partial: 18,
  stopped: 19,
  opening: 32,
  closing: 33,
} as const satisfies Record<DoorMotion, number>;

const motionByCode = new Map<number, DoorMotion>([
  ...Object.entries(codeByMotion).map(([motion, code]) => [code, motion as DoorMotion] as const),
  [34, 'opening'],
]);

const codeByCommand = { hold: 0, open: 1, close: 2 } as const satisfies Record<DoorCommand, number>;
const codeByMode = { secured: 0, normal: 1, freeExit: 2 } as const satisfies Record<GateMode, number>;

/**
 * Lamps, holding register 3: bits 0–1 entry, bits 2–3 exit (0 off, 1 green, 2 red), bits 4–5 document reader (0 off,
 * 1 place, 2 reading, 3 take). Value 3 of entry and exit is reserved and shows red.
 */
const lampShift = { entry: 0, exit: 2, document: 4 } as const;
const codeByDoorLamp = { off: 0, green: 1, red: 2 } as const satisfies Record<Lamps['entry'], number>;
const codeByDocumentLamp = { off: 0, place: 1, reading: 2, take: 3 } as const satisfies Record<
  Lamps['document'],
  number
>;

const positionUnknown = 255;

/** What the host asks for: the content of holding registers 0–5. */
export type GateOutputs = {
  /** 0–65535 */
  readonly sequence: number;
  readonly commands: Readonly<Record<DoorName, DoorCommand>>;
  readonly lamps: Lamps;
  readonly mode: GateMode;
  readonly watchdog_ms: number;
};

/** One block of input registers, as the hardware states it. */
export type GateBlock = {
  readonly mapVersion: number;
  readonly echoedSequence: number;
  readonly lastFault: number;
  readonly watchdogEvents: number;
  readonly reading: GateReading;
};

function keyOf<K extends string>(codes: Readonly<Record<K, number>>, code: number): K | undefined {
  for (const key of Object.keys(codes) as K[]) if (codes[key] === code) return key;
  return undefined;
}

function at(registers: readonly number[], address: number): number {
  const value = registers[address];
  if (value === undefined) throw new RangeError(`register ${address} missing`);
  return value;
}

export function encodeLamps(lamps: Lamps): number {
  return (
    (codeByDoorLamp[lamps.entry] << lampShift.entry) |
    (codeByDoorLamp[lamps.exit] << lampShift.exit) |
    (codeByDocumentLamp[lamps.document] << lampShift.document)
  );
}

export function decodeLamps(register: number): Lamps {
  return {
    entry: keyOf(codeByDoorLamp, (register >> lampShift.entry) & 3) ?? 'red',
    exit: keyOf(codeByDoorLamp, (register >> lampShift.exit) & 3) ?? 'red',
    document: keyOf(codeByDocumentLamp, (register >> lampShift.document) & 3) ?? 'off',
  };
}

/** Holding registers 0–5. */
export function encodeOutputs(outputs: GateOutputs): number[] {
  return [
    outputs.sequence & 0xffff,
    codeByCommand[outputs.commands.entry],
    codeByCommand[outputs.commands.exit],
    encodeLamps(outputs.lamps),
    codeByMode[outputs.mode],
    outputs.watchdog_ms,
  ];
}

/** What hardware makes of holding registers 0–5: an unknown command is `hold`, an unknown mode is `secured`. */
export function decodeOutputs(registers: readonly number[]): GateOutputs {
  return {
    sequence: at(registers, holdingRegister.sequence),
    commands: {
      entry: keyOf(codeByCommand, at(registers, holdingRegister.entryCommand)) ?? 'hold',
      exit: keyOf(codeByCommand, at(registers, holdingRegister.exitCommand)) ?? 'hold',
    },
    lamps: decodeLamps(at(registers, holdingRegister.lamps)),
    mode: keyOf(codeByMode, at(registers, holdingRegister.mode)) ?? 'secured',
    watchdog_ms: Math.max(watchdogMin_ms, at(registers, holdingRegister.watchdog_ms)),
  };
}

/** Discrete inputs 0–31 of a reading: what the hardware puts on FC2 and into input registers 10 and 11. */
export function encodeInputs(reading: GateReading): boolean[] {
  const inputs = Array.from({ length: discreteInputCount }, () => false);
  const set = (name: DiscreteInputName, value: boolean): void => {
    inputs[discreteInput[name]] = value;
  };
  const { entry, exit } = reading.doors;
  set('entryOpenLimit', entry.isAtOpenLimit);
  set('entryClosedLimit', entry.isAtClosedLimit);
  set('exitOpenLimit', exit.isAtOpenLimit);
  set('exitClosedLimit', exit.isAtClosedLimit);
  set('entryBeam', reading.isEntryBeamInterrupted);
  set('chamberFront', reading.isChamberFrontOccupied);
  set('chamberRear', reading.isChamberRearOccupied);
  set('exitBeam', reading.isExitBeamInterrupted);
  set('entryClosingZone', entry.isClosingZoneObstructed);
  set('exitClosingZone', exit.isClosingZoneObstructed);
  set('floorMat', reading.isFloorMatOccupied);
  set('secondPerson', reading.isSecondPersonSeen);
  set('leftObject', reading.isObjectLeft);
  set('emergencyHealthy', !reading.isEmergencyOpen);
  set('fireAlarm', reading.isFireAlarm);
  set('coverOpen', reading.isCoverOpen);
  set('entryDriveFault', entry.hasDriveFault);
  set('exitDriveFault', exit.hasDriveFault);
  set('onUPS', reading.isOnUPS);
  set('keySwitch', reading.isKeySwitchOn);
  set('watchdogTripped', reading.hasWatchdogTripped);
  set('helpButton', reading.isHelpRequested);
  return inputs;
}

function packBits(inputs: readonly boolean[], first: number): number {
  let word = 0;
  for (let bit = 0; bit < 16; bit++) if (inputs[first + bit]) word |= 1 << bit;
  return word;
}

/** Input registers 0–11. */
export function encodeBlock(block: GateBlock): number[] {
  const { reading } = block;
  const inputs = encodeInputs(reading);
  const position = (door: DoorReading): number => Math.round(door.position_percent ?? positionUnknown);
  return [
    block.mapVersion,
    block.echoedSequence,
    reading.uptime_s & 0xffff,
    codeByMotion[reading.doors.entry.motion],
    codeByMotion[reading.doors.exit.motion],
    position(reading.doors.entry),
    position(reading.doors.exit),
    block.lastFault,
    block.watchdogEvents & 0xffff,
    reading.passages & 0xffff,
    packBits(inputs, 0),
    packBits(inputs, 16),
  ];
}

/** Map version of a block; look at it before believing anything else in it. */
export function readMapVersion(registers: readonly number[]): number {
  return at(registers, inputRegister.mapVersion);
}

/** Input registers 0–11 as a block. An unknown state code reads as `unknown`, a position over 100 as null. */
export function decodeBlock(registers: readonly number[]): GateBlock {
  const bits = at(registers, inputRegister.inputsLow) | (at(registers, inputRegister.inputsHigh) << 16);
  const is = (name: DiscreteInputName): boolean => ((bits >>> discreteInput[name]) & 1) === 1;
  const door = (name: DoorName): DoorReading => {
    const position = at(registers, inputRegister[`${name}Position`]);
    return {
      motion: motionByCode.get(at(registers, inputRegister[`${name}State`])) ?? 'unknown',
      position_percent: position <= 100 ? position : null,
      isAtOpenLimit: is(`${name}OpenLimit`),
      isAtClosedLimit: is(`${name}ClosedLimit`),
      isClosingZoneObstructed: is(`${name}ClosingZone`),
      hasDriveFault: is(`${name}DriveFault`),
    };
  };
  return {
    mapVersion: at(registers, inputRegister.mapVersion),
    echoedSequence: at(registers, inputRegister.echoedSequence),
    lastFault: at(registers, inputRegister.lastFault),
    watchdogEvents: at(registers, inputRegister.watchdogEvents),
    reading: {
      doors: { entry: door('entry'), exit: door('exit') },
      isEntryBeamInterrupted: is('entryBeam'),
      isExitBeamInterrupted: is('exitBeam'),
      isChamberFrontOccupied: is('chamberFront'),
      isChamberRearOccupied: is('chamberRear'),
      isFloorMatOccupied: is('floorMat'),
      isSecondPersonSeen: is('secondPerson'),
      isObjectLeft: is('leftObject'),
      isEmergencyOpen: !is('emergencyHealthy'),
      isFireAlarm: is('fireAlarm'),
      isCoverOpen: is('coverOpen'),
      isOnUPS: is('onUPS'),
      isKeySwitchOn: is('keySwitch'),
      isHelpRequested: is('helpButton'),
      hasWatchdogTripped: is('watchdogTripped'),
      uptime_s: at(registers, inputRegister.uptime_s),
      passages: at(registers, inputRegister.passages),
    },
  };
}
