/** The door keeper before the simulator's gate hardware and hall, in virtual time; the line is the driver's cycle. */
import type { DoorName, GateReading } from '../../drivers/contracts/gate-io.ts';
import { decodeBlock, encodeOutputs, inputRegisterCount } from '../../drivers/gate-io/map.ts';
import { Outputs } from '../../drivers/gate-io/outputs.ts';
import { DoorKeeper } from '../../gate-controller/kernel/door-keeper.ts';
import type { DoorMismatch } from '../../gate-controller/safety/door-watch.ts';
import { GatePLC } from '../../simulator/devices/gate-plc.ts';
import { Hall } from '../../simulator/hall/hall.ts';
import { VirtualClock } from '../kernel/virtual-clock.ts';

const step_ms = 20;
const cycle_ms = 40;
const look_ms = 100;

export class GateRig {
  readonly clock = new VirtualClock();
  readonly hall = new Hall();
  readonly plc = new GatePLC(this.hall);
  readonly outputs = new Outputs(1_000);
  /** What was reported, with the time. */
  readonly reported: (DoorMismatch & { readonly at_ms: number })[] = [];
  readonly over: string[] = [];
  isMaintenance = false;
  /** The line carries nothing. */
  isUnplugged = false;
  /** A leaf that somebody holds at a position, whatever its drive does. */
  held: { readonly door: DoorName; readonly position_percent: number } | null = null;
  readonly keeper: DoorKeeper;
  #reading: GateReading | undefined;

  constructor() {
    this.outputs.setMode('normal');
    this.keeper = new DoorKeeper({
      gateIO: {
        command: (door, command) => this.outputs.command(door, command, this.clock.monotonic_ms() + 1_000),
        reading: () => this.#reading,
      },
      clock: this.clock,
      currentTransactionId: () => 't',
      isMaintenance: () => this.isMaintenance,
      travel_ms: 6_000,
      onMismatch: (mismatch) => this.reported.push({ ...mismatch, at_ms: this.clock.monotonic_ms() }),
      onMismatchOver: (door, code) => this.over.push(`${door} ${code}`),
    });
  }

  /** A gate that has been shut for a while. */
  static async shut(): Promise<GateRig> {
    const rig = new GateRig();
    await rig.run(500);
    rig.keeper.want('entry', 'closed');
    rig.keeper.want('exit', 'closed');
    await rig.run(2_000);
    return rig;
  }

  async run(time_ms: number): Promise<void> {
    for (let passed_ms = 0; passed_ms < time_ms; passed_ms += step_ms) {
      this.hall.tick(step_ms);
      if (this.held !== null) this.hall.doors[this.held.door].position_percent = this.held.position_percent;
      this.plc.tick(step_ms);
      this.clock.advance(step_ms);
      const now_ms = Math.round(this.clock.monotonic_ms());
      if (now_ms % cycle_ms === 0) this.#cycle();
      if (now_ms % look_ms === 0) this.keeper.check();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #cycle(): void {
    if (this.isUnplugged) {
      this.#reading = undefined;
      return;
    }
    const now_ms = this.clock.monotonic_ms();
    this.outputs.expire(now_ms);
    const written = this.outputs.next();
    this.plc.writeHoldingRegisters(0, encodeOutputs(written));
    this.outputs.acknowledge(written, now_ms);
    this.#reading = decodeBlock(this.plc.readInputRegisters(0, inputRegisterCount) as number[]).reading;
    this.keeper.check();
  }

  /** Opens the exit as an admit does. */
  openExit(): void {
    const validUntil_ms = this.clock.monotonic_ms() + 8_000;
    this.keeper.want('exit', 'open', { transactionId: 't', by: 'admit', validUntil_ms });
  }

  position(door: DoorName): number {
    return Math.round(this.hall.doors[door].position_percent);
  }
}
