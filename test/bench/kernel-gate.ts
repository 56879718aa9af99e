/**
 * Gate hardware for the benchmark `kernel`, a process of its own at the far end of a pseudo-terminal: doors that obey at
 * once, sensors that say what the parent says. Started with an IPC channel; ends with it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import { ModbusSlave } from '../../simulator/devices/modbus-slave.ts';
import { Line } from '../../simulator/wire/line.ts';
import { GateMemory } from '../drivers/register-memory.ts';

export type GateReady = { readonly type: 'ready'; readonly path: string };
/** A door was asked for something new; the moment the last byte of it had come, on the machine's monotonic clock. */
export type GateAsked = {
  readonly type: 'asked';
  readonly door: DoorName;
  readonly command: DoorCommand;
  readonly at_ms: number;
};
export type GateSensors = { readonly isOccupied: boolean };

/** The same for every process of a machine. */
export const machineTime_ms = (): number => Number(process.hrtime.bigint()) / 1e6;

class ObedientGate extends GateMemory {
  readonly #asked: Record<DoorName, DoorCommand> = { entry: 'hold', exit: 'hold' };

  override writeHoldingRegisters(
    address: number,
    values: readonly number[],
  ): ReturnType<GateMemory['writeHoldingRegisters']> {
    const at_ms = machineTime_ms();
    const result = super.writeHoldingRegisters(address, values);
    const commands = this.writes.at(-1)?.commands;
    this.writes.length = 0;
    for (const door of ['entry', 'exit'] as const) {
      const command = commands?.[door] ?? 'hold';
      if (command === this.#asked[door]) continue;
      this.#asked[door] = command;
      process.send?.({ type: 'asked', door, command, at_ms } satisfies GateAsked);
      if (command !== 'hold') this.#move(door, command === 'open');
    }
    return result;
  }

  #move(door: DoorName, isOpen: boolean): void {
    const before = this.reading.doors[door];
    const now = {
      ...before,
      motion: isOpen ? ('open' as const) : ('closed' as const),
      position_percent: isOpen ? 100 : 0,
      isAtOpenLimit: isOpen,
      isAtClosedLimit: !isOpen,
    };
    this.reading = { ...this.reading, doors: { ...this.reading.doors, [door]: now } };
  }
}

/** Only as a child: the parent imports the types and the clock. */
if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const line = new Line({ folder, name: 'gate' });
  const gate = new ObedientGate();
  const slave = new ModbusSlave(line, 1, gate);
  process.on('message', ({ isOccupied }: GateSensors) => {
    gate.reading = { ...gate.reading, isChamberFrontOccupied: isOccupied, isFloorMatOccupied: isOccupied };
  });
  process.on('disconnect', () => {
    slave.close();
    line.unplug();
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
  process.send({ type: 'ready', path: line.path } satisfies GateReady);
}
