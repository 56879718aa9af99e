/** Gate hardware behind a Modbus RTU line: polls one block of inputs, states everything asked for again and again. */
import { DeviceError, type FaultEvent, type Unsubscribe } from '../contracts/device.ts';
import type { DoorCommand, DoorName, GateIO, GateIOEvent, GateMode, GateReading, Lamps } from '../contracts/gate-io.ts';
import { type Cancel, type Clock, systemClock } from '../transport/clock.ts';
import { FaultLatch, GarbageMeter } from '../transport/fault-latch.ts';
import { SerialLink } from '../transport/serial-link.ts';
import { ModbusClient } from './client.ts';
import {
  clearSafeKey,
  decodeBlock,
  encodeOutputs,
  gateUnit,
  holdingRegister,
  inputRegister,
  inputRegisterCount,
  mapVersion,
  readMapVersion,
} from './map.ts';
import { Outputs } from './outputs.ts';

export type GateIOOptions = {
  readonly path: string;
  /** Default 115200. */
  readonly baudRate?: number;
  /** Default `none`. */
  readonly parity?: 'none' | 'even' | 'odd';
  /** Modbus unit, default 1. */
  readonly unit?: number;
  /** From one block of inputs to the next, default 40. */
  readonly cycle_ms?: number;
  /** Everything is stated again at least this often, default 100; at most 250 makes sense. */
  readonly heartbeat_ms?: number;
  /** A reading this old is no reading any more, default 200. */
  readonly stale_ms?: number;
  /** The hardware secures the doors when it hears nothing for so long, 500–65535, default 1000. */
  readonly watchdog_ms?: number;
  /** Default: time on the line plus 75 for the hardware. */
  readonly answer_ms?: number;
  /** Silence after an unanswered request, default 40. */
  readonly quarantine_ms?: number;
  readonly clock?: Clock;
};

/** Request and answer of the longest exchange, characters of 11 bits. */
const longestExchange_bits = 40 * 11;
const hardwareDelay_ms = 75;
/** Unanswered requests in a row after which the port is opened anew. */
const missedAnswersMax = 5;
/** How often a command is stated before the call fails is a matter of time. */
const commandLimit_ms = 1000;

export function createGateIO(options: GateIOOptions): GateIO {
  return new ModbusGateIO(options);
}

class ModbusGateIO implements GateIO {
  readonly device = 'gate-io';
  readonly #clock: Clock;
  readonly #cycle_ms: number;
  readonly #heartbeat_ms: number;
  readonly #stale_ms: number;
  readonly #faults = new FaultLatch<GateIOEvent>('gate-io');
  readonly #garbage = new GarbageMeter();
  readonly #link: SerialLink;
  readonly #client: ModbusClient;
  readonly #outputs: Outputs;
  #isRunning = false;
  /** Ends the poll loop of the connection it belongs to. */
  #connection: AbortController | undefined;
  #wake: () => void = () => {};
  #isMapKnown = false;
  #hasReported = false;
  #missedAnswers = 0;
  #lastWrite_ms = -Infinity;
  #identification: string | undefined;
  #reading: { readonly value: GateReading; readonly at_ms: number } | undefined;
  #lastReported: GateReading | undefined;
  #cancelStale: Cancel = () => {};

  constructor(options: GateIOOptions) {
    const baudRate = options.baudRate ?? 115200;
    this.#clock = options.clock ?? systemClock;
    this.#cycle_ms = options.cycle_ms ?? 40;
    this.#heartbeat_ms = options.heartbeat_ms ?? 100;
    this.#stale_ms = options.stale_ms ?? 200;
    this.#outputs = new Outputs(options.watchdog_ms ?? 1000);
    this.#link = new SerialLink(
      { path: options.path, baudRate, parity: options.parity ?? 'none', clock: this.#clock },
      {
        opened: () => this.#opened(),
        received: (bytes) => this.#client.receive(bytes),
        closed: () => this.#closed(),
      },
    );
    this.#client = new ModbusClient({
      unit: options.unit ?? gateUnit,
      line: this.#link,
      clock: this.#clock,
      timeout_ms: options.answer_ms ?? Math.ceil((longestExchange_bits * 1000) / baudRate) + hardwareDelay_ms,
      quarantine_ms: options.quarantine_ms ?? 40,
      onNoise: () => this.#noise(),
    });
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#faults.raise('DEVICE_DISCONNECTED');
    this.#faults.raise('GATE_READING_STALE');
    this.#link.start();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#endConnection(new DeviceError('DEVICE_STOPPED'));
    await this.#link.stop();
  }

  subscribe(listener: (event: GateIOEvent | FaultEvent) => void): Unsubscribe {
    return this.#faults.subscribe(listener);
  }

  identification(): string | undefined {
    return this.#identification;
  }

  reading(): GateReading | undefined {
    const reading = this.#reading;
    return reading !== undefined && this.#clock.now() - reading.at_ms < this.#stale_ms ? reading.value : undefined;
  }

  async command(door: DoorName, command: DoorCommand): Promise<void> {
    this.#refuseUnlessConnected();
    const acknowledged = this.#outputs.command(door, command, this.#clock.now() + commandLimit_ms);
    this.#wake();
    await acknowledged;
  }

  setLamps(lamps: Lamps): void {
    this.#outputs.setLamps(lamps);
    if (this.#outputs.hasChanged) this.#wake();
  }

  setMode(mode: GateMode): void {
    this.#outputs.setMode(mode);
    if (this.#outputs.hasChanged) this.#wake();
  }

  async clearWatchdog(): Promise<void> {
    this.#refuseUnlessConnected();
    await this.#client.writeRegister(holdingRegister.clearSafe, clearSafeKey);
  }

  #refuseUnlessConnected(): void {
    if (!this.#isRunning) throw new DeviceError('DEVICE_STOPPED');
    if (this.#connection === undefined || this.#faults.isRaised('DEVICE_DISCONNECTED')) {
      throw new DeviceError('DEVICE_DISCONNECTED');
    }
    if (!this.#isMapKnown) throw new DeviceError('DEVICE_REFUSED', 'register map unknown');
  }

  #opened(): void {
    this.#endConnection(new DeviceError('DEVICE_DISCONNECTED'));
    this.#missedAnswers = 0;
    this.#connection = new AbortController();
    void this.#poll(this.#connection.signal);
  }

  #closed(): void {
    this.#endConnection(new DeviceError('DEVICE_DISCONNECTED'));
    this.#dropReading();
    this.#faults.raise('DEVICE_DISCONNECTED');
  }

  #endConnection(error: DeviceError): void {
    this.#connection?.abort();
    this.#connection = undefined;
    this.#isMapKnown = false;
    this.#hasReported = false;
    this.#cancelStale();
    this.#reading = undefined;
    this.#outputs.startOver(error);
    this.#client.rejectAll(error);
    this.#wake();
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began_ms = this.#clock.now();
      try {
        await this.#cycle(signal);
      } catch (error) {
        if (!signal.aborted) this.#cycleFailed(error);
      }
      if (!signal.aborted) await this.#sleep(began_ms + this.#cycle_ms - this.#clock.now());
    }
  }

  /** Until the next cycle, or until something new is asked for. */
  #sleep(wait_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        resolve();
      };
      const cancel = this.#clock.after(Math.max(0, wait_ms), finish);
      this.#wake = finish;
    });
  }

  async #cycle(signal: AbortSignal): Promise<void> {
    this.#outputs.expire(this.#clock.now());
    if (!this.#isMapKnown && !(await this.#learnMap(signal))) return;
    if (this.#outputs.hasChanged || this.#clock.now() - this.#lastWrite_ms >= this.#heartbeat_ms) {
      await this.#write(signal);
    }
    const asked_ms = this.#clock.now();
    const registers = await this.#client.readInputRegisters(inputRegister.mapVersion, inputRegisterCount);
    if (signal.aborted) return;
    this.#answered();
    this.#take(registers, asked_ms);
  }

  /** Nothing is written to hardware whose map is not known. */
  async #learnMap(signal: AbortSignal): Promise<boolean> {
    const registers = await this.#client.readInputRegisters(inputRegister.mapVersion, inputRegisterCount);
    if (signal.aborted) return false;
    this.#answered();
    const version = readMapVersion(registers);
    this.#identification = `register map ${version}`;
    this.#isMapKnown = version === mapVersion;
    this.#faults.set('GATE_MAP_UNKNOWN', !this.#isMapKnown);
    if (this.#isMapKnown) this.#outputs.continueFrom(decodeBlock(registers).echoedSequence);
    return this.#isMapKnown;
  }

  async #write(signal: AbortSignal): Promise<void> {
    const outputs = this.#outputs.next();
    this.#lastWrite_ms = this.#clock.now();
    try {
      await this.#client.writeRegisters(holdingRegister.sequence, encodeOutputs(outputs));
    } catch (error) {
      this.#outputs.restate();
      if (error instanceof DeviceError && error.code === 'DEVICE_REFUSED') this.#outputs.startOver(error);
      throw error;
    }
    if (signal.aborted) return;
    this.#answered();
    this.#outputs.acknowledge(outputs, this.#clock.now());
  }

  #take(registers: readonly number[], asked_ms: number): void {
    if (readMapVersion(registers) !== mapVersion) {
      this.#isMapKnown = false;
      this.#outputs.startOver(new DeviceError('DEVICE_REFUSED', 'register map unknown'));
      this.#faults.raise('GATE_MAP_UNKNOWN');
      return this.#dropReading();
    }
    if (!this.#outputs.isEstablished) return;
    const block = decodeBlock(registers);
    const at_ms = this.#outputs.blockTime_ms(block.echoedSequence, asked_ms);
    if (at_ms === undefined) {
      // The hardware counts elsewhere: it has restarted, or this is a leftover. Nothing old may be asked of it again.
      this.#outputs.startOver(new DeviceError('DEVICE_DISCONNECTED', 'the hardware started over'));
      return this.#dropReading();
    }
    if (this.#reading !== undefined && at_ms < this.#reading.at_ms) return;
    if (this.#clock.now() - at_ms >= this.#stale_ms) return;
    this.#accept(block.reading, at_ms);
  }

  #accept(reading: GateReading, at_ms: number): void {
    this.#reading = { value: reading, at_ms };
    this.#cancelStale();
    this.#cancelStale = this.#clock.after(at_ms + this.#stale_ms - this.#clock.now(), () => this.#dropReading());
    this.#faults.clear('GATE_READING_STALE');
    this.#faults.set('GATE_WATCHDOG_TRIPPED', reading.hasWatchdogTripped);
    this.#faults.set('DOOR_DRIVE_FAULT', reading.doors.entry.hasDriveFault || reading.doors.exit.hasDriveFault);
    this.#faults.set('COVER_TAMPER', reading.isCoverOpen);
    const previous = this.#lastReported;
    if (this.#hasReported && previous !== undefined && !hasChanged(reading, previous)) return;
    this.#hasReported = true;
    this.#lastReported = reading;
    this.#faults.emit({ type: 'readingChanged', reading, previous });
  }

  #dropReading(): void {
    this.#cancelStale();
    this.#reading = undefined;
    this.#faults.raise('GATE_READING_STALE');
  }

  #answered(): void {
    this.#missedAnswers = 0;
    this.#link.confirmAlive();
    this.#garbage.good();
    this.#faults.set('DEVICE_GARBAGE', this.#garbage.isGarbage);
    this.#faults.clear('DEVICE_DISCONNECTED');
  }

  #noise(): void {
    this.#garbage.burst();
    this.#faults.set('DEVICE_GARBAGE', this.#garbage.isGarbage);
  }

  #cycleFailed(error: unknown): void {
    if (error instanceof DeviceError && error.code === 'DEVICE_REFUSED') {
      // It answers, but not to these addresses.
      this.#answered();
      this.#isMapKnown = false;
      this.#faults.raise('GATE_MAP_UNKNOWN');
      return this.#dropReading();
    }
    this.#outputs.restate();
    if (++this.#missedAnswers >= missedAnswersMax) this.#link.reopen();
  }
}

/** Something that is neither position, uptime nor a counter differs. */
function hasChanged(now: GateReading, before: GateReading): boolean {
  const essence = ({ uptime_s: _uptime, passages: _passages, doors, ...sensors }: GateReading): unknown[] => [
    ...Object.values(sensors),
    ...Object.values(doors).flatMap(({ position_percent: _position, ...door }) => Object.values(door)),
  ];
  const old = essence(before);
  return essence(now).some((value, i) => value !== old[i]);
}
