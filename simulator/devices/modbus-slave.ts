/**
 * A Modbus RTU slave on a simulated line. Silent on a wrong CRC and on other units, as the standard wants it; broadcast
 * writes are carried out without an answer.
 */
import {
  decodeRequest,
  encodeAnswer,
  encodeException,
  exceptionCode,
  isSealed,
  longestFrame_bytes,
  type ModbusAnswer,
  type ModbusRequest,
  requestLength,
} from '../../drivers/gate-io/codec.ts';
import { type Cancel, type Clock, systemClock } from '../../drivers/transport/clock.ts';
import type { Line } from '../wire/line.ts';

export type BankRefusal = 'illegal-address' | 'illegal-value';

/**
 * The memory behind a Modbus slave. Addresses start at 0. Every method answers for the whole range at once, so that a
 * read is of one moment and a refused write changes nothing. Tables that a device does not have refuse every address.
 */
export interface RegisterBank {
  readCoils(address: number, quantity: number): readonly boolean[] | BankRefusal;
  readDiscreteInputs(address: number, quantity: number): readonly boolean[] | BankRefusal;
  readHoldingRegisters(address: number, quantity: number): readonly number[] | BankRefusal;
  readInputRegisters(address: number, quantity: number): readonly number[] | BankRefusal;
  writeCoils(address: number, values: readonly boolean[]): 'written' | BankRefusal;
  writeHoldingRegisters(address: number, values: readonly number[]): 'written' | BankRefusal;
}

export type ModbusSlaveOptions = {
  /** Between the end of a request and the beginning of its answer; default 2. */
  readonly turnaround_ms?: number;
  readonly clock?: Clock;
};

export type ModbusSlaveStats = {
  readonly requests: number;
  readonly crcErrors: number;
  readonly exceptions: number;
  /** Function code of the last request for this unit. */
  readonly lastFunction: number | null;
};

const broadcastUnit = 0;
/** A pause this long ends a frame; far above 3.5 characters, because bytes of a simulated line come in slices. */
const idle_ms = 50;

export class ModbusSlave {
  readonly #line: Line;
  readonly #unit: number;
  readonly #bank: RegisterBank;
  readonly #turnaround_ms: number;
  readonly #clock: Clock;
  readonly #unsubscribe: readonly (() => void)[];
  #received = new Uint8Array(0);
  #cancelIdle: Cancel = () => {};
  #cancelAnswer: Cancel = () => {};
  #stats = { requests: 0, crcErrors: 0, exceptions: 0, lastFunction: null as number | null };

  constructor(line: Line, unit: number, bank: RegisterBank, options: ModbusSlaveOptions = {}) {
    this.#line = line;
    this.#unit = unit;
    this.#bank = bank;
    this.#turnaround_ms = options.turnaround_ms ?? 2;
    this.#clock = options.clock ?? systemClock;
    this.#unsubscribe = [line.onBytes((bytes) => this.#receive(bytes)), line.onPlug(() => this.#reset())];
  }

  stats(): ModbusSlaveStats {
    return { ...this.#stats };
  }

  /** Takes the device off the line. Idempotent. */
  close(): void {
    this.#reset();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #reset(): void {
    this.#cancelIdle();
    this.#cancelAnswer();
    this.#received = new Uint8Array(0);
  }

  #receive(bytes: Uint8Array): void {
    const joined = new Uint8Array(this.#received.length + bytes.length);
    joined.set(this.#received);
    joined.set(bytes, this.#received.length);
    this.#received = joined;
    this.#cancelIdle();
    this.#cancelIdle = this.#clock.after(idle_ms, () => {
      this.#received = new Uint8Array(0);
    });
    this.#takeFrames();
    // Whatever is longer than any frame holds none.
    if (this.#received.length > longestFrame_bytes) this.#received = new Uint8Array(0);
  }

  #takeFrames(): void {
    for (;;) {
      const length = requestLength(this.#received) ?? this.#unknownLength();
      if (length === undefined || this.#received.length < length) return;
      const frame = this.#received.slice(0, length);
      if (!isSealed(frame)) {
        this.#stats.crcErrors++;
        this.#received = new Uint8Array(0); // in step again after the pause before the next request
        return;
      }
      this.#received = this.#received.slice(length);
      this.#carryOut(frame);
    }
  }

  /** An unknown function tells no length: a frame is what has a right CRC, else the idle pause ends it. */
  #unknownLength(): number | undefined {
    if (requestLength(this.#received) !== null) return undefined;
    return isSealed(this.#received) ? this.#received.length : undefined;
  }

  #carryOut(frame: Uint8Array): void {
    const unit = frame[0];
    if (unit !== this.#unit && unit !== broadcastUnit) return;
    this.#stats.requests++;
    const functionCode = frame[1] ?? 0;
    this.#stats.lastFunction = functionCode;
    const answer = this.#answer(frame, functionCode);
    if (unit === broadcastUnit) return;
    // A master that asks again has given up on the answer before.
    this.#cancelAnswer();
    this.#cancelAnswer = this.#clock.after(this.#turnaround_ms, () => this.#line.write(answer));
  }

  #answer(frame: Uint8Array, functionCode: number): Uint8Array {
    const request = decodeRequest(frame);
    if (request === 'illegal-function') return this.#refuse(functionCode, exceptionCode.illegalFunction);
    if (request === 'illegal-value') return this.#refuse(functionCode, exceptionCode.illegalValue);
    const answer = this.#execute(request);
    if (answer === 'illegal-address') return this.#refuse(functionCode, exceptionCode.illegalAddress);
    if (answer === 'illegal-value') return this.#refuse(functionCode, exceptionCode.illegalValue);
    return encodeAnswer(this.#unit, request, answer);
  }

  #refuse(functionCode: number, code: number): Uint8Array {
    this.#stats.exceptions++;
    return encodeException(this.#unit, functionCode, code);
  }

  #execute(request: ModbusRequest): ModbusAnswer | BankRefusal {
    const bank = this.#bank;
    const { address } = request;
    const bits = (result: readonly boolean[] | BankRefusal): ModbusAnswer | BankRefusal =>
      typeof result === 'string' ? result : { kind: 'bits', bits: result };
    const registers = (result: readonly number[] | BankRefusal): ModbusAnswer | BankRefusal =>
      typeof result === 'string' ? result : { kind: 'registers', registers: result };
    const written = (result: 'written' | BankRefusal): ModbusAnswer | BankRefusal =>
      result === 'written' ? { kind: 'written' } : result;
    switch (request.function) {
      case 1:
        return bits(bank.readCoils(address, request.quantity));
      case 2:
        return bits(bank.readDiscreteInputs(address, request.quantity));
      case 3:
        return registers(bank.readHoldingRegisters(address, request.quantity));
      case 4:
        return registers(bank.readInputRegisters(address, request.quantity));
      case 5:
        return written(bank.writeCoils(address, [request.value]));
      case 6:
        return written(bank.writeHoldingRegisters(address, [request.value]));
      case 15:
        return written(bank.writeCoils(address, request.values));
      default:
        return written(bank.writeHoldingRegisters(address, request.values));
    }
  }
}
