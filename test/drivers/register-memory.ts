/** A bank of plain memory, and one that behaves like the hardware of the register map as far as a driver can tell. */
import type { GateReading } from '../../drivers/contracts/gate-io.ts';
import {
  clearSafeKey,
  decodeOutputs,
  encodeBlock,
  encodeInputs,
  type GateOutputs,
  holdingRegister,
  holdingRegisterCount,
  inputRegister,
} from '../../drivers/gate-io/map.ts';
import type { BankRefusal, RegisterBank } from '../../simulator/devices/modbus-slave.ts';

function slice<T>(table: readonly T[], address: number, quantity: number): readonly T[] | BankRefusal {
  return address + quantity > table.length ? 'illegal-address' : table.slice(address, address + quantity);
}

function store<T>(table: T[], address: number, values: readonly T[]): 'written' | BankRefusal {
  if (address + values.length > table.length) return 'illegal-address';
  table.splice(address, values.length, ...values);
  return 'written';
}

/** Input register n holds 1000 + n. */
export class PlainMemory implements RegisterBank {
  readonly coils = Array.from({ length: 100 }, () => false);
  readonly inputs = Array.from({ length: 100 }, (_, i) => i === 3);
  readonly holding = Array.from({ length: 100 }, () => 0);
  readonly registers = Array.from({ length: 100 }, (_, i) => 1000 + i);
  readCoils = (address: number, quantity: number) => slice(this.coils, address, quantity);
  readDiscreteInputs = (address: number, quantity: number) => slice(this.inputs, address, quantity);
  readHoldingRegisters = (address: number, quantity: number) => slice(this.holding, address, quantity);
  readInputRegisters = (address: number, quantity: number) => slice(this.registers, address, quantity);
  writeCoils = (address: number, values: readonly boolean[]) => store(this.coils, address, values);
  writeHoldingRegisters = (address: number, values: readonly number[]) => store(this.holding, address, values);
}

const door = {
  motion: 'closed',
  position_percent: 0,
  isAtOpenLimit: false,
  isAtClosedLimit: true,
  isClosingZoneObstructed: false,
  hasDriveFault: false,
} as const;

export const quietGate: GateReading = {
  doors: { entry: door, exit: door },
  isEntryBeamInterrupted: false,
  isExitBeamInterrupted: false,
  isChamberFrontOccupied: false,
  isChamberRearOccupied: false,
  isFloorMatOccupied: false,
  isSecondPersonSeen: false,
  isObjectLeft: false,
  isEmergencyOpen: false,
  isFireAlarm: false,
  isCoverOpen: false,
  isOnUPS: false,
  isKeySwitchOn: false,
  isHelpRequested: false,
  hasWatchdogTripped: false,
  uptime_s: 10,
  passages: 3,
};

/** Gate hardware without doors that move: what is set is what is read. */
export class GateMemory implements RegisterBank {
  reading: GateReading = quietGate;
  mapVersion = 1;
  /** Stops copying the sequence, as a controller does whose program hangs while its port still answers. */
  isEchoing = true;
  readonly writes: GateOutputs[] = [];
  #echo = 0;
  #holding = Array.from({ length: holdingRegisterCount }, () => 0);

  /** The hardware loses power and comes back. */
  restart(): void {
    this.#holding = this.#holding.map(() => 0);
    this.#echo = 0;
    this.reading = { ...this.reading, uptime_s: 0 };
  }

  readonly readCoils = (): BankRefusal => 'illegal-address';
  readonly writeCoils = (): BankRefusal => 'illegal-address';
  readDiscreteInputs = (address: number, quantity: number) => slice(encodeInputs(this.reading), address, quantity);
  readHoldingRegisters = (address: number, quantity: number) => slice(this.#holding, address, quantity);

  readInputRegisters(address: number, quantity: number): readonly number[] | BankRefusal {
    if (this.isEchoing) this.#echo = this.#holding[holdingRegister.sequence] ?? 0;
    const block = { mapVersion: this.mapVersion, echoedSequence: this.#echo, lastFault: 0, watchdogEvents: 0 };
    return slice(encodeBlock({ ...block, reading: this.reading }), address + inputRegister.mapVersion, quantity);
  }

  writeHoldingRegisters(address: number, values: readonly number[]): 'written' | BankRefusal {
    const result = store(this.#holding, address, values);
    if (address === holdingRegister.sequence) this.writes.push(decodeOutputs(this.#holding));
    if (this.#holding[holdingRegister.clearSafe] === clearSafeKey) {
      this.reading = { ...this.reading, hasWatchdogTripped: false };
      this.#holding[holdingRegister.clearSafe] = 0;
    }
    return result;
  }
}
