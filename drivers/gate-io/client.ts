/**
 * A Modbus RTU master for one unit. Rules that public masters break and that doors depend on: one request in flight;
 * line flushed and parser emptied before each request; the answer must match unit, function, length, byte count and
 * CRC; after a time-out the line is quarantined. What an answer cannot prove, the sequence in the register map does.
 */
import { DeviceError } from '../contracts/device.ts';
import type { Clock } from '../transport/clock.ts';
import { RequestQueue } from '../transport/request-queue.ts';
import { encodeRequest, findAnswer, longestFrame_bytes, type ModbusAnswer, type ModbusRequest } from './codec.ts';

/** The line a client talks on. */
export type ModbusLine = {
  write(bytes: Uint8Array): void;
  /** Throws away what has been received and not read. Never rejects. */
  flush(): Promise<void>;
};

export type ModbusClientOptions = {
  readonly unit: number;
  readonly line: ModbusLine;
  readonly clock: Clock;
  readonly timeout_ms: number;
  /** Longer than the device needs for its longest late answer. */
  readonly quarantine_ms: number;
  /** Requests that may wait; default 8. */
  readonly capacity?: number;
  /** Bytes came that belong to no answer. */
  readonly onNoise?: (count_bytes: number) => void;
};

/** An answer and the noise that may stand before it. */
const receiveLimit_bytes = 2 * longestFrame_bytes;

export class ModbusClient {
  readonly #options: ModbusClientOptions;
  readonly #queue: RequestQueue<ModbusRequest, ModbusAnswer>;
  #received = new Uint8Array(0);

  constructor(options: ModbusClientOptions) {
    this.#options = options;
    this.#queue = new RequestQueue({
      clock: options.clock,
      capacity: options.capacity ?? 8,
      quarantine_ms: options.quarantine_ms,
      send: (request) => void this.#send(request),
      abandon: () => this.#discardReceived(),
    });
  }

  async readDiscreteInputs(address: number, quantity: number): Promise<readonly boolean[]> {
    return this.#bits({ function: 2, address, quantity });
  }

  async readHoldingRegisters(address: number, quantity: number): Promise<readonly number[]> {
    return this.#registers({ function: 3, address, quantity });
  }

  async readInputRegisters(address: number, quantity: number): Promise<readonly number[]> {
    return this.#registers({ function: 4, address, quantity });
  }

  async writeRegister(address: number, value: number): Promise<void> {
    await this.#ask({ function: 6, address, value });
  }

  async writeRegisters(address: number, values: readonly number[]): Promise<void> {
    await this.#ask({ function: 16, address, values });
  }

  /** Whatever came over the line. */
  receive(bytes: Uint8Array): void {
    const request = this.#queue.inFlight;
    if (request === undefined) return this.#options.onNoise?.(bytes.length);
    const joined = new Uint8Array(this.#received.length + bytes.length);
    joined.set(this.#received);
    joined.set(bytes, this.#received.length);
    this.#received = joined.slice(-receiveLimit_bytes);
    const found = findAnswer(this.#received, this.#options.unit, request);
    if (found === undefined) return;
    if (found.noise_bytes > 0) this.#options.onNoise?.(found.noise_bytes);
    this.#received = new Uint8Array(0);
    const { answer } = found;
    if (answer.kind === 'exception') this.#queue.fail(new DeviceError('DEVICE_REFUSED', `exception ${answer.code}`));
    else this.#queue.answer(answer);
  }

  /** The line is gone: rejects everything. */
  rejectAll(error: DeviceError): void {
    this.#queue.rejectAll(error);
    this.#received = new Uint8Array(0);
  }

  async #bits(request: ModbusRequest): Promise<readonly boolean[]> {
    const answer = await this.#ask(request);
    if (answer.kind !== 'bits') throw new DeviceError('DEVICE_PROTOCOL', answer.kind);
    return answer.bits;
  }

  async #registers(request: ModbusRequest): Promise<readonly number[]> {
    const answer = await this.#ask(request);
    if (answer.kind !== 'registers') throw new DeviceError('DEVICE_PROTOCOL', answer.kind);
    return answer.registers;
  }

  #ask(request: ModbusRequest): Promise<ModbusAnswer> {
    return this.#queue.submit(request, { timeout_ms: this.#options.timeout_ms });
  }

  async #send(request: ModbusRequest): Promise<void> {
    await this.#options.line.flush();
    if (this.#queue.inFlight !== request) return; // timed out, or the line went, meanwhile
    this.#discardReceived();
    this.#options.line.write(encodeRequest(this.#options.unit, request));
  }

  #discardReceived(): void {
    if (this.#received.length > 0) this.#options.onNoise?.(this.#received.length);
    this.#received = new Uint8Array(0);
  }
}
