/**
 * What the host asks of the gate, and what the hardware has acknowledged of it. Every write states everything under a
 * new sequence number; the sequence that comes back tells how old a block of inputs is. Pure: times are passed in.
 */
import { DeviceError } from '../contracts/device.ts';
import type { DoorCommand, DoorName, GateMode, Lamps } from '../contracts/gate-io.ts';
import type { GateOutputs } from './map.ts';

type PendingCommand = {
  readonly command: DoorCommand;
  readonly deadline_ms: number;
  readonly resolve: () => void;
  readonly reject: (error: DeviceError) => void;
};

/** Blocks that echo an older sequence than the last three writes are not believed at all. */
const sequenceLagMax = 2;

const doorNames = ['entry', 'exit'] as const satisfies readonly DoorName[];

const sequenceLag = (newer: number, older: number): number => (newer - older) & 0xffff;

export class Outputs {
  readonly #watchdog_ms: number;
  #commands: Record<DoorName, DoorCommand> = { entry: 'hold', exit: 'hold' };
  readonly #pending: Partial<Record<DoorName, PendingCommand>> = {};
  #lamps: Lamps = { entry: 'off', exit: 'off', document: 'off' };
  #mode: GateMode = 'secured';
  #sequence = 0;
  /** Moments of acknowledgement of the last writes, by sequence. */
  #acknowledged: { sequence: number; at_ms: number }[] = [];
  #hasChanged = true;

  constructor(watchdog_ms: number) {
    this.#watchdog_ms = watchdog_ms;
  }

  /** Something was asked for that no write has stated yet. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /** True once a write of this connection was acknowledged; before that no echo means anything. */
  get isEstablished(): boolean {
    return this.#acknowledged.length > 0;
  }

  setLamps(lamps: Lamps): void {
    const now = this.#lamps;
    if (now.entry === lamps.entry && now.exit === lamps.exit && now.document === lamps.document) return;
    this.#lamps = { ...lamps };
    this.#hasChanged = true;
  }

  setMode(mode: GateMode): void {
    if (this.#mode === mode) return;
    this.#mode = mode;
    this.#hasChanged = true;
  }

  /**
   * Rejects with DEVICE_BUSY when a newer command for the same door takes its place, DEVICE_TIMEOUT at the deadline.
   */
  command(door: DoorName, command: DoorCommand, deadline_ms: number): Promise<void> {
    this.#settle(door, new DeviceError('DEVICE_BUSY', 'superseded by a newer command'));
    this.#commands[door] = command;
    this.#hasChanged = true;
    return new Promise((resolve, reject) => {
      this.#pending[door] = { command, deadline_ms, resolve, reject };
    });
  }

  /** Commands that nobody acknowledged in time are taken back: a door must not move after the call has failed. */
  expire(now_ms: number): void {
    for (const door of doorNames) {
      const pending = this.#pending[door];
      if (pending === undefined || now_ms < pending.deadline_ms) continue;
      this.#commands[door] = 'hold';
      this.#hasChanged = true;
      this.#settle(door, new DeviceError('DEVICE_TIMEOUT'));
    }
  }

  /**
   * The hardware or the line began anew: doors back to hold, counting goes on after the sequence the hardware echoes.
   */
  startOver(error: DeviceError): void {
    this.#commands = { entry: 'hold', exit: 'hold' };
    this.#acknowledged = [];
    this.#hasChanged = true;
    for (const door of doorNames) this.#settle(door, error);
  }

  /** Makes the next sequence one that the hardware has not seen. */
  continueFrom(echoedSequence: number): void {
    this.#sequence = echoedSequence;
  }

  /** The next write, with a sequence of its own. */
  next(): GateOutputs {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#hasChanged = false;
    return {
      sequence: this.#sequence,
      commands: { ...this.#commands },
      lamps: this.#lamps,
      mode: this.#mode,
      watchdog_ms: this.#watchdog_ms,
    };
  }

  acknowledge(written: GateOutputs, at_ms: number): void {
    this.#acknowledged.push({ sequence: written.sequence, at_ms });
    if (this.#acknowledged.length > sequenceLagMax + 1) this.#acknowledged.shift();
    for (const door of doorNames) {
      if (this.#pending[door]?.command === written.commands[door]) this.#settle(door, undefined);
    }
  }

  /** A write went unanswered: everything is stated again. */
  restate(): void {
    this.#hasChanged = true;
  }

  /**
   * The moment a block of inputs is certainly not older than, or undefined when its sequence proves nothing. A block
   * with the newest sequence answers the request sent at `asked_ms`; one that lags may be as old as its own sequence.
   */
  blockTime_ms(echoedSequence: number, asked_ms: number): number | undefined {
    const lag = sequenceLag(this.#sequence, echoedSequence);
    if (lag > sequenceLagMax) return undefined;
    if (lag === 0) return asked_ms;
    return this.#acknowledged.find((write) => write.sequence === echoedSequence)?.at_ms;
  }

  #settle(door: DoorName, error: DeviceError | undefined): void {
    const pending = this.#pending[door];
    delete this.#pending[door];
    if (error === undefined) pending?.resolve();
    else pending?.reject(error);
  }
}
