/** The gate hardware: hall sensors in, drives out, and the register bank a Modbus slave puts on the wire. */
import type { DoorName, Lamps } from '../../drivers/contracts/gate-io.ts';
import {
  clearSafeKey,
  decodeOutputs,
  discreteInputCount,
  encodeBlock,
  encodeInputs,
  holdingRegister,
  holdingRegisterCount,
  inputRegisterCount,
  mapVersion,
} from '../../drivers/gate-io/map.ts';
import type { Hall } from '../hall/hall.ts';
import type { BankRefusal, RegisterBank } from './modbus-slave.ts';
import { powerUp, readingOf, scan } from './plc.ts';
import type { PLCInputs, PLCState } from './plc.ts';

const lampsInEmergency: Lamps = { entry: 'red', exit: 'green', document: 'off' };
const lampsWithoutHost: Lamps = { entry: 'red', exit: 'red', document: 'off' };

const zeros = (): number[] => Array.from({ length: holdingRegisterCount }, () => 0);

export class GatePLC implements RegisterBank {
  readonly #hall: Hall;
  #state: PLCState = powerUp();
  #holding = zeros();
  #clearsWatchdog = false;

  constructor(hall: Hall) {
    this.#hall = hall;
  }

  get state(): PLCState {
    return this.#state;
  }

  /** What the lamps at the gate show: the host's wish, unless the host is lost or an emergency stands. */
  get lamps(): Lamps {
    if (this.#hall.isEmergency) return lampsInEmergency;
    if (this.#state.isAwaitingHeartbeat || this.#state.hasWatchdogTripped) return lampsWithoutHost;
    return decodeOutputs(this.#holding).lamps;
  }

  /** Power off and on: every register and every latch is forgotten. */
  restart(): void {
    this.#state = powerUp();
    this.#holding = zeros();
    this.#clearsWatchdog = false;
  }

  /** One cycle: reads the hall's sensors, decides, drives the doors. */
  tick(dt_ms: number): void {
    const host = { ...decodeOutputs(this.#holding), clearsWatchdog: this.#clearsWatchdog };
    this.#clearsWatchdog = false;
    const { state, drives } = scan(this.#state, this.#inputs(), host, dt_ms);
    this.#state = state;
    this.#hall.doors.entry.drive = drives.entry;
    this.#hall.doors.exit.drive = drives.exit;
  }

  readCoils(): BankRefusal {
    return 'illegal-address';
  }

  writeCoils(): BankRefusal {
    return 'illegal-address';
  }

  readDiscreteInputs(address: number, quantity: number): readonly boolean[] | BankRefusal {
    if (address + quantity > discreteInputCount) return 'illegal-address';
    return encodeInputs(readingOf(this.#state, this.#inputs())).slice(address, address + quantity);
  }

  readInputRegisters(address: number, quantity: number): readonly number[] | BankRefusal {
    if (address + quantity > inputRegisterCount) return 'illegal-address';
    const block = encodeBlock({
      mapVersion,
      echoedSequence: this.#holding[holdingRegister.sequence] ?? 0,
      lastFault: this.#state.lastFault,
      watchdogEvents: this.#state.watchdogEvents,
      reading: readingOf(this.#state, this.#inputs()),
    });
    return block.slice(address, address + quantity);
  }

  readHoldingRegisters(address: number, quantity: number): readonly number[] | BankRefusal {
    if (address + quantity > holdingRegisterCount) return 'illegal-address';
    return this.#holding.slice(address, address + quantity);
  }

  writeHoldingRegisters(address: number, values: readonly number[]): 'written' | BankRefusal {
    if (address + values.length > holdingRegisterCount) return 'illegal-address';
    for (const [offset, value] of values.entries()) this.#holding[address + offset] = value;
    if (this.#holding[holdingRegister.clearSafe] === clearSafeKey) this.#clearsWatchdog = true;
    this.#holding[holdingRegister.clearSafe] = 0;
    return 'written';
  }

  #inputs(): PLCInputs {
    const sensors = this.#hall.sensors();
    const { contacts } = this.#hall;
    const door = (name: DoorName): PLCInputs['doors'][DoorName] => ({
      position_percent: this.#hall.doors[name].reads_percent ?? this.#hall.doors[name].position_percent,
      isZoneObstructed: sensors[`${name}ClosingZone`],
      hasDriveFault: this.#hall.doors[name].hasDriveFault,
    });
    return {
      doors: { entry: door('entry'), exit: door('exit') },
      isEntryBeamInterrupted: sensors.entryBeam,
      isExitBeamInterrupted: sensors.exitBeam,
      isChamberFrontOccupied: sensors.chamberFront,
      isChamberRearOccupied: sensors.chamberRear,
      isFloorMatOccupied: sensors.floorMat,
      isSecondPersonSeen: sensors.secondPerson,
      isObjectLeft: sensors.leftObject,
      isEmergencyOpen: !contacts.isEmergencyHealthy,
      isFireAlarm: contacts.isFireAlarm,
      isCoverOpen: contacts.isCoverOpen,
      isOnUPS: contacts.isOnUPS,
      isKeySwitchOn: contacts.isKeySwitchOn,
      isHelpRequested: contacts.isHelpRequested,
    };
  }
}
