/**
 * A simulated PN532 on a serial line (NXP UM0701-02). Answers what libnfc, nfcpy and the project's own driver ask; the
 * chip in its field is whatever was placed on it.
 */
import {
  ackFrame,
  encodeToHost,
  errorFrame,
  longestExchange_bytes,
  moreInformation,
  PN532Parser,
  type PN532Frame,
  pn532Command,
  radioRates_kbps,
  serialBaudRates,
} from '../../drivers/chip-reader/codec.ts';
import { type Cancel, type Clock, pause, systemClock } from '../../drivers/transport/clock.ts';
import type { Chip } from '../passport/chip.ts';
import type { Line } from '../wire/line.ts';
import { ISODEPCard } from './iso-dep.ts';
import { targetData } from './pn532-target.ts';
import type { RadioRate_kbps } from './radio.ts';

export type SimulatedChipReaderOptions = {
  /** Time on top of what the chip takes, for the air interface; default none. */
  readonly apduDelay_ms?: (command: Uint8Array, response: Uint8Array, radio: Radio) => number;
  /**
   * How long a chip that does not pace itself thinks about a command, what it computes here included. Measured from the
   * last byte on the line, so that no timer of this process comes on top.
   */
  readonly chipTime_ms?: (command: Uint8Array) => number;
  /** How long the reader looks for a chip before it reports none; default 5. */
  readonly search_ms?: number;
  /** How long it waits for a chip that has fallen silent; default 50. */
  readonly silence_ms?: number;
  readonly clock?: Clock;
};

/** How reader and chip speak on the air. */
export type Radio = { readonly kind: Chip['kind']; readonly rate_kbps: RadioRate_kbps };

/** Status byte (UM0701-02 section 7.1). */
const status = { ok: 0x00, timeOut: 0x01, invalidParameter: 0x10, notAcceptable: 0x27 } as const;
const firmware = [0x32, 0x01, 0x06, 0x07] as const;
const powerUpBaudRate = 115200;
const betweenBytes_ms = 100;
const autoPollPeriod_ms = 150;
const automaticRATS = 0x10;
const commandLimit_bytes = 65_536 + 16;
const autoPollType = { 'type-a': [0x00, 0x10, 0x20], 'type-b': [0x03, 0x23] } as const;
const autoPollReports = { 'type-a': 0x20, 'type-b': 0x23 } as const;

type Reply = readonly number[] | Uint8Array | 'error' | 'none';

export class SimulatedChipReader {
  readonly #line: Line;
  readonly #options: SimulatedChipReaderOptions;
  readonly #clock: Clock;
  readonly #parser = new PN532Parser();
  readonly #registers = new Map<number, number>();
  readonly #unsubscribe: readonly (() => void)[];
  #cancelIdle: Cancel = () => {};
  #running = new AbortController();
  #lastResponse: Uint8Array | undefined;
  #parameters = automaticRATS;
  /** Taken over with the host's acknowledgement. */
  #nextBaudRate: number | undefined;
  #chip: Chip | undefined;
  #selected: Chip | undefined;
  #card: ISODEPCard | undefined;
  #command: number[] = [];
  #responseParts: Uint8Array[] = [];
  #commands = 0;
  #lastCommand: number | undefined;
  #rate_kbps: RadioRate_kbps = 106;
  /** The chip has been spoken to since its activation. */
  #hasExchanged = false;
  /** When the last byte that came was due: what is timed is timed from there. */
  #received_ms = 0;
  /** When the running command's answer was due; undefined: nothing was timed, it is due now. */
  #due_ms: number | undefined;

  constructor(line: Line, options: SimulatedChipReaderOptions = {}) {
    this.#line = line;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#unsubscribe = [
      line.onBytes((bytes, due_ms) => this.#receive(bytes, due_ms)),
      line.onPlug(() => this.#powerUp()),
    ];
    this.#powerUp();
  }

  /** Commands received so far. */
  get commands(): number {
    return this.#commands;
  }

  /** Code of the last command received. */
  get lastCommand(): number | undefined {
    return this.#lastCommand;
  }

  /** Puts a chip into the field, in place of any other. */
  place(chip: Chip): void {
    this.remove();
    chip.reset();
    this.#chip = chip;
  }

  /** Takes the chip out of the field, also in the middle of an APDU. */
  remove(): void {
    this.#chip = undefined;
    this.#deselect();
  }

  /** Takes the device off the line. Idempotent. */
  close(): void {
    this.#running.abort();
    this.#cancelIdle();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #powerUp(): void {
    this.#running.abort();
    this.#cancelIdle();
    this.#parser.reset();
    this.#registers.clear();
    this.#lastResponse = undefined;
    this.#nextBaudRate = undefined;
    this.#parameters = automaticRATS;
    this.#line.device_baud = powerUpBaudRate;
    this.#deselect();
  }

  #deselect(): void {
    this.#selected?.reset();
    this.#selected = undefined;
    this.#card = undefined;
    this.#rate_kbps = 106;
    this.#hasExchanged = false;
    this.#command = [];
    this.#responseParts = [];
  }

  #receive(bytes: Uint8Array, due_ms: number): void {
    this.#received_ms = due_ms;
    this.#cancelIdle();
    for (const frame of this.#parser.push(bytes)) this.#take(frame);
    if (!this.#parser.isInFrame) return;
    this.#cancelIdle = this.#clock.after(betweenBytes_ms, () => {
      for (const frame of this.#parser.idle()) this.#take(frame);
    });
  }

  #take(frame: PN532Frame): void {
    if (frame.kind === 'ack') return this.#acknowledged();
    if (frame.kind === 'nack') {
      if (this.#lastResponse !== undefined) this.#line.write(this.#lastResponse);
      return;
    }
    if (frame.kind !== 'toChip') return; // damaged: no acknowledgement, the host notices
    this.#commands++;
    this.#lastCommand = frame.bytes[0];
    this.#running.abort();
    this.#running = new AbortController();
    this.#lastResponse = undefined;
    this.#due_ms = undefined;
    this.#line.write(ackFrame, this.#received_ms);
    void this.#carryOut(frame.bytes, this.#running.signal);
  }

  /** The host's ACK stops a running command, and makes a new baud rate valid. */
  #acknowledged(): void {
    if (this.#nextBaudRate !== undefined) this.#line.device_baud = this.#nextBaudRate;
    this.#nextBaudRate = undefined;
    this.#running.abort();
  }

  async #carryOut(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const code = bytes[0] ?? 0;
    const reply = await this.#reply(code, bytes.subarray(1), signal);
    if (signal.aborted || reply === 'none') return;
    this.#lastResponse = reply === 'error' ? errorFrame : encodeToHost(Uint8Array.of(code + 1, ...reply));
    this.#line.write(this.#lastResponse, this.#due_ms);
  }

  async #reply(code: number, parameters: Uint8Array, signal: AbortSignal): Promise<Reply> {
    switch (code) {
      case pn532Command.inDataExchange:
        return this.#dataExchange(parameters, signal);
      case pn532Command.inCommunicateThru:
        return this.#communicateThru(parameters, signal);
      case pn532Command.inListPassiveTarget:
        return this.#listPassiveTarget(parameters, signal);
      case pn532Command.inAutoPoll:
        return this.#autoPoll(parameters, signal);
      case pn532Command.inDeselect:
      case pn532Command.inRelease:
        this.#deselect();
        return [status.ok];
      case pn532Command.inPSL:
        return [this.#selectParameters(parameters)];
      case pn532Command.inSelect:
        return [this.#inField() === undefined ? status.timeOut : status.ok];
      default:
        return this.#housekeeping(code, parameters);
    }
  }

  #housekeeping(code: number, parameters: Uint8Array): Reply {
    switch (code) {
      case pn532Command.diagnose:
        return this.#diagnose(parameters);
      case pn532Command.getFirmwareVersion:
        return firmware;
      case pn532Command.getGeneralStatus:
        return this.#selected === undefined ? [0, 1, 0, 0] : [0, 1, 1, 1, 0, 0, 0, 0];
      case pn532Command.readRegister:
        return pairs(parameters, 2).map(([high = 0, low = 0]) => this.#registers.get((high << 8) | low) ?? 0);
      case pn532Command.writeRegister:
        for (const [high = 0, low = 0, value = 0] of pairs(parameters, 3))
          this.#registers.set((high << 8) | low, value);
        return [];
      case pn532Command.setSerialBaudRate:
        this.#nextBaudRate = serialBaudRates[parameters[0] ?? -1];
        return this.#nextBaudRate === undefined ? 'error' : [];
      case pn532Command.setParameters:
        this.#parameters = parameters[0] ?? 0;
        return [];
      case pn532Command.samConfiguration:
        return [];
      case pn532Command.powerDown:
        this.#deselect();
        return [status.ok];
      case pn532Command.rfConfiguration:
        if (parameters[0] === 0x01 && ((parameters[1] ?? 0) & 1) === 0) this.#deselect(); // field off
        return [];
      default:
        return 'error';
    }
  }

  #diagnose(parameters: Uint8Array): Reply {
    if (parameters[0] === 0x00) return parameters; // line test: the same bytes back
    if (parameters[0] === 0x06) return [this.#inField() === undefined ? status.timeOut : status.ok];
    return [0x00];
  }

  /** The selected chip, as long as it is there. */
  #inField(): Chip | undefined {
    return this.#selected !== undefined && this.#selected === this.#chip ? this.#selected : undefined;
  }

  #select(chip: Chip): void {
    this.#deselect();
    chip.reset();
    this.#selected = chip;
    this.#card = new ISODEPCard(chip);
    if (chip.kind === 'type-b' || this.#hasAutomaticRATS) this.#card.openByReader();
  }

  get #hasAutomaticRATS(): boolean {
    return (this.#parameters & automaticRATS) !== 0;
  }

  /** PPS with a chip of type A, right after its activation; with the same rate both ways. */
  #selectParameters(parameters: Uint8Array): number {
    const chip = this.#inField();
    if (chip === undefined) return status.timeOut;
    if (chip.kind !== 'type-a' || this.#hasExchanged) return status.notAcceptable;
    const [, toChip, fromChip] = parameters;
    const rate_kbps = radioRates_kbps[toChip ?? -1];
    if (rate_kbps === undefined || toChip !== fromChip) return status.invalidParameter;
    this.#rate_kbps = rate_kbps;
    return status.ok;
  }

  async #listPassiveTarget(parameters: Uint8Array, signal: AbortSignal): Promise<Reply> {
    const modulation = parameters[1];
    const kind = modulation === 0x00 ? 'type-a' : modulation === 0x03 ? 'type-b' : undefined;
    const chip = this.#chip;
    // A chip in a session does not hear a new request before it was released or without field (ISO/IEC 14443-3, 6.3).
    if (chip === undefined || chip.kind !== kind || chip === this.#selected) {
      await pause(this.#clock, this.#options.search_ms ?? 5, signal);
      return [0];
    }
    this.#select(chip);
    return [1, ...targetData(chip, { withATS: this.#hasAutomaticRATS })];
  }

  /** Polls `n` times through the listed types, each for a period; `n` = 255 until a chip comes or the host stops it. */
  async #autoPoll(parameters: Uint8Array, signal: AbortSignal): Promise<Reply> {
    const [count = 0, periods = 1, ...types] = parameters;
    const rounds = count === 0xff ? Infinity : count * types.length;
    for (let poll = 0; poll < rounds; poll++) {
      const chip = this.#chip;
      if (chip !== undefined && types.some((type) => autoPollType[chip.kind].some((own) => own === type))) {
        this.#select(chip);
        const target = targetData(chip, { withATS: this.#hasAutomaticRATS });
        return [1, autoPollReports[chip.kind], target.length, ...target];
      }
      await pause(this.#clock, autoPollPeriod_ms * Math.max(1, periods), signal);
      if (signal.aborted) return 'none';
    }
    return [0];
  }

  async #dataExchange(parameters: Uint8Array, signal: AbortSignal): Promise<Reply> {
    const chip = this.#inField();
    this.#hasExchanged = true;
    if (chip === undefined) return this.#silence(signal);
    const hasMore = ((parameters[0] ?? 0) & moreInformation) !== 0;
    const part = parameters.subarray(1);
    if (part.length === 0 && this.#responseParts.length > 0) return this.#nextPart();
    if (this.#command.length + part.length > commandLimit_bytes) return 'error';
    this.#command.push(...part);
    if (hasMore) return [status.ok];
    const command = Uint8Array.from(this.#command);
    this.#command = [];
    this.#responseParts = [];
    const response = await chip.transceive(command);
    if (signal.aborted) return 'none';
    if (response === undefined || this.#inField() !== chip) return this.#silence(signal);
    await this.#delay(command, response, signal);
    if (this.#inField() !== chip) return this.#silence(signal);
    for (let i = 0; i < response.length; i += longestExchange_bytes) {
      this.#responseParts.push(response.subarray(i, i + longestExchange_bytes));
    }
    return this.#nextPart();
  }

  #nextPart(): Reply {
    const part = this.#responseParts.shift() ?? new Uint8Array(0);
    return [status.ok | (this.#responseParts.length > 0 ? moreInformation : 0), ...part];
  }

  /** Without an open ISO/IEC 14443-4 session nobody answers raw frames: libnfc takes any other status for a chip. */
  async #communicateThru(parameters: Uint8Array, signal: AbortSignal): Promise<Reply> {
    this.#hasExchanged = true;
    const response = this.#inField() === undefined ? undefined : await this.#card?.exchange(parameters);
    if (signal.aborted) return 'none';
    if (response === undefined || this.#inField() === undefined) return [status.timeOut];
    await this.#delay(parameters, response, signal);
    return [status.ok, ...response];
  }

  async #silence(signal: AbortSignal): Promise<Reply> {
    await pause(this.#clock, this.#options.silence_ms ?? 50, signal);
    return [status.timeOut];
  }

  async #delay(command: Uint8Array, response: Uint8Array, signal: AbortSignal): Promise<void> {
    const { apduDelay_ms, chipTime_ms } = this.#options;
    const radio = { kind: this.#selected?.kind ?? 'type-a', rate_kbps: this.#rate_kbps };
    const thought_ms = Math.max(this.#clock.now(), this.#received_ms + (chipTime_ms?.(command) ?? 0));
    const due_ms = thought_ms + (apduDelay_ms?.(command, response, radio) ?? 0);
    const rest_ms = due_ms - this.#clock.now();
    if (rest_ms <= 0) return;
    await pause(this.#clock, rest_ms, signal);
    this.#due_ms = due_ms;
  }
}

function pairs(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.floor(bytes.length / size);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
