/**
 * A whole lane in virtual time: the production machines, kernel, door keeper and inputs against the simulator's hall and
 * gate hardware. Only the serial line between them is left out; its timing is that of the driver's cycle.
 */
import type { DoorCommand, DoorName, GateIO, GateReading, Lamps } from '../../drivers/contracts/gate-io.ts';
import { clearSafeKey, decodeBlock, encodeOutputs, inputRegisterCount } from '../../drivers/gate-io/map.ts';
import { Outputs } from '../../drivers/gate-io/outputs.ts';
import { DeviceError } from '../../drivers/contracts/device.ts';
import { FaultLatch } from '../../drivers/transport/fault-latch.ts';
import { LaneController } from '../../gate-controller/lane-controller.ts';
import type { LaneInput } from '../../gate-controller/lane/context.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { laneSnapshot, laneSubject, type LaneParts } from '../../gate-controller/kernel/lane-parts.ts';
import { GatePLC } from '../../simulator/devices/gate-plc.ts';
import { Hall } from '../../simulator/hall/hall.ts';
import { passedChipChecks, soundEvidence } from '../decision/evidence-samples.ts';
import { VirtualClock } from '../kernel/virtual-clock.ts';
import { MemoryJournal } from './memory-journal.ts';
import { PlainDevice, quietParts, specimen, usualLane } from './quiet-parts.ts';

/** The same holder with a document of another number. */
const otherSpecimen = [specimen[0], 'L898903C77UTO7408122F3001019<<<<<<<<<<<<<<<2'];

/** A risk service's answer that somebody like this is looked for. */
export const watchlistHit = { ...soundEvidence.risk, value: { verdict: 'hit', candidates: 1, topScore: 0.9 } };

/** Whose word it is, and until when it counts, as a page sends it now. */
export const officer = (name: string, lane: VirtualLane) => ({ officer: name, validUntil_ms: countsUntil_ms(lane) });
export const technician = (name: string, lane: VirtualLane) => ({
  technician: name,
  validUntil_ms: countsUntil_ms(lane),
});
const countsUntil_ms = (lane: VirtualLane): number => lane.clock.now_ms() + 5_000;

const stale_ms = 200;
const heartbeat_ms = 100;
const cycle_ms = 40;
const step_ms = 20;

/** The gate I/O driver's cycle over a line without faults, in virtual time. */
class CycleGateIO implements GateIO {
  readonly device = 'gate-io';
  readonly faults = new FaultLatch<{ type: 'readingChanged'; reading: GateReading; previous: undefined }>('gate-io');
  readonly #outputs = new Outputs(1_000);
  readonly #clock: VirtualClock;
  readonly #plc: GatePLC;
  #reading: { readonly value: GateReading; readonly at_ms: number } | undefined;
  #shape = '';
  #written_ms = Number.NEGATIVE_INFINITY;
  #isRunning = false;
  #isEstablished = false;
  lamps: Lamps | undefined;
  /** So many attempts to clear the watchdog latch are lost on the line. */
  lostClears = 0;

  constructor(clock: VirtualClock, plc: GatePLC) {
    this.#clock = clock;
    this.#plc = plc;
  }

  start(): void {
    this.#isRunning = true;
    this.faults.raise('DEVICE_DISCONNECTED');
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
  }

  subscribe(listener: Parameters<GateIO['subscribe']>[0]): () => void {
    return this.faults.subscribe(listener);
  }

  identification(): string {
    return 'virtual';
  }

  reading(): GateReading | undefined {
    const latest = this.#reading;
    return latest !== undefined && this.#clock.monotonic_ms() - latest.at_ms < stale_ms ? latest.value : undefined;
  }

  async command(door: DoorName, command: DoorCommand): Promise<void> {
    if (!this.#isRunning) throw new DeviceError('DEVICE_STOPPED');
    await this.#outputs.command(door, command, this.#clock.monotonic_ms() + 1_000);
  }

  setLamps(lamps: Lamps): void {
    this.lamps = lamps;
    this.#outputs.setLamps(lamps);
  }

  setMode(mode: Parameters<GateIO['setMode']>[0]): void {
    this.#outputs.setMode(mode);
  }

  async clearWatchdog(): Promise<void> {
    this.lostClears -= 1;
    if (this.lostClears >= 0) throw new DeviceError('DEVICE_TIMEOUT');
    this.#plc.writeHoldingRegisters(6, [clearSafeKey]);
  }

  cycle(): void {
    if (!this.#isRunning) return;
    const now_ms = this.#clock.monotonic_ms();
    this.#outputs.expire(now_ms);
    if (!this.#isEstablished) {
      this.#outputs.continueFrom(this.#block().echoedSequence);
      this.#isEstablished = true;
      this.faults.clear('DEVICE_DISCONNECTED');
    }
    if (this.#outputs.hasChanged || now_ms - this.#written_ms >= heartbeat_ms) this.#write(now_ms);
    this.#read(now_ms);
  }

  #block() {
    return decodeBlock(this.#plc.readInputRegisters(0, inputRegisterCount) as number[]);
  }

  #write(now_ms: number): void {
    const outputs = this.#outputs.next();
    this.#written_ms = now_ms;
    this.#plc.writeHoldingRegisters(0, encodeOutputs(outputs));
    this.#outputs.acknowledge(outputs, now_ms);
  }

  #read(now_ms: number): void {
    const { reading } = this.#block();
    this.#reading = { value: reading, at_ms: now_ms };
    this.faults.set('GATE_WATCHDOG_TRIPPED', reading.hasWatchdogTripped);
    const shape = JSON.stringify({ ...reading, uptime_s: 0, passages: 0 });
    if (shape === this.#shape) return;
    this.#shape = shape;
    this.faults.emit({ type: 'readingChanged', reading, previous: undefined });
  }
}

export class VirtualLane {
  readonly clock = new VirtualClock();
  readonly hall = new Hall();
  readonly plc = new GatePLC(this.hall);
  readonly journal = new MemoryJournal();
  readonly fatal: string[] = [];
  isCameraDead = false;
  isRiskDown = false;
  /** What the risk service answers; undefined: nothing. */
  risk: unknown = soundEvidence.risk;
  /** What is configured otherwise. */
  how: Partial<Omit<LaneInput, 'timings'>> = {};
  isTrustWhole = true;
  gateIO!: CycleGateIO;
  camera!: PlainDevice<{ type: 'frame'; frame: never }>;
  controller!: LaneController;
  #mrzReader!: PlainDevice<{ type: 'mrzRead'; lines: readonly string[] }>;
  #chipReader!: PlainDevice<{ type: 'chipGone' }>;
  #isAlive = false;
  #ids = 0;

  /** A lane that has opened. */
  static async open(how: Partial<Omit<LaneInput, 'timings'>> = {}): Promise<VirtualLane> {
    const lane = new VirtualLane();
    lane.how = how;
    await lane.boot();
    await lane.run(3_000);
    return lane;
  }

  /** Starts a controller on what the journal holds. */
  async boot(): Promise<void> {
    this.gateIO = new CycleGateIO(this.clock, this.plc);
    this.camera = new PlainDevice('camera');
    this.camera.isDead = this.isCameraDead;
    this.#mrzReader = new PlainDevice('mrz-reader');
    this.#chipReader = new PlainDevice('chip-reader');
    this.#isAlive = true;
    this.controller = new LaneController({
      lane: { ...usualLane, ...this.how },
      journal: this.journal,
      onStep: () => {},
      onChange: () => {},
      onFatal: (error) => {
        this.fatal.push(error.message);
        // As the process does: nothing of it runs any more.
        this.#isAlive = false;
        void this.gateIO.stop();
      },
      onEffectFailure: (name) => this.fatal.push(`effect ${name}`),
      parts: this.#parts(),
    });
    await this.controller.start();
  }

  #parts(): Omit<LaneParts, 'cases'> {
    const devices = {
      mrzReader: this.#mrzReader,
      chipReader: this.#chipReader,
      gateIO: this.gateIO,
      camera: this.camera,
    } as unknown as LaneParts['devices'];
    return {
      ...quietParts,
      clock: this.clock,
      entropy: (length) => new Uint8Array(length),
      newId: () => `id-${(this.#ids += 1)}`,
      devices,
      isTrustWhole: () => this.isTrustWhole,
      pingRisk: async () => !this.isRiskDown,
      askRisk: async () =>
        this.risk === undefined ? new Promise(() => {}) : { evidence: this.risk as never, candidates: [] },
    };
  }

  /** kill -9. */
  kill(): void {
    this.#isAlive = false;
    void this.gateIO.stop();
    this.controller.kernel.stop();
  }

  /** kill -9, and a new start some seconds later. */
  async restart(): Promise<void> {
    this.kill();
    await this.run(4_000);
    await this.boot();
  }

  async run(time_ms: number): Promise<void> {
    for (let passed_ms = 0; passed_ms < time_ms; passed_ms += step_ms) {
      this.hall.tick(step_ms);
      this.plc.tick(step_ms);
      this.clock.advance(step_ms);
      if (!this.#isAlive) continue;
      if (Math.round(this.clock.monotonic_ms() / step_ms) % (cycle_ms / step_ms) === 0) this.gateIO.cycle();
      await this.#settle();
    }
  }

  /** Runs until it holds, at most so long. */
  async until(holds: () => boolean, most_ms = 60_000): Promise<void> {
    for (let passed_ms = 0; passed_ms < most_ms && !holds(); passed_ms += step_ms) await this.run(step_ms);
    if (!holds()) throw new Error(`did not happen in ${most_ms} ms; the lane is ${JSON.stringify(this.state)}`);
  }

  async #settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (!this.journal.isHanging) await this.controller.kernel.idle();
  }

  get state(): unknown {
    return laneSnapshot(this.controller.kernel)?.value;
  }

  get transactionId(): string | null {
    return laneSnapshot(this.controller.kernel)?.context.transactionId ?? null;
  }

  get step(): unknown {
    return this.transactionId === null ? undefined : this.controller.kernel.snapshot(this.transactionId)?.value;
  }

  /** An officer has to decide on the passage in the cabin. */
  get isHeld(): boolean {
    return this.step !== undefined && outermost(this.step) === 'held';
  }

  position(door: DoorName): number {
    return Math.round(this.hall.doors[door].position_percent);
  }

  tellLane(event: { readonly type: string } & Readonly<Record<string, unknown>>): void {
    this.controller.kernel.send(laneSubject, event);
  }

  tell(id: string, event: { readonly type: string } & Readonly<Record<string, unknown>>): void {
    this.controller.kernel.send(id, event);
  }

  presentDocument(): void {
    this.#mrzReader.faults.emit({ type: 'mrzRead', lines: specimen });
  }

  /** Somebody else's document. */
  presentOtherDocument(): void {
    this.#mrzReader.faults.emit({ type: 'mrzRead', lines: otherSpecimen });
  }

  takeDocument(): void {
    this.#chipReader.faults.emit({ type: 'chipGone' });
  }

  get nextTransactionId(): string | null {
    return laneSnapshot(this.controller.kernel)?.context.nextTransactionId ?? null;
  }

  /** The chip of the transaction's document was read, and everything about it is in order. */
  chipInspected(id: string): void {
    const file = this.controller.cases.get(id);
    if (file !== undefined) file.portrait = { format: 'jpeg', bytes: new Uint8Array(3) };
    this.tell(id, { type: 'CHIP_INSPECTED', checks: passedChipChecks, aborted: null, report: null });
  }

  /** A genuine document, read and taken. */
  async toEntering(): Promise<string> {
    this.presentDocument();
    await this.until(() => this.transactionId !== null);
    const id = this.transactionId ?? '';
    this.chipInspected(id);
    await this.run(60);
    this.takeDocument();
    await this.run(60);
    return id;
  }

  /** Somebody in the cabin, the entry shut behind them. */
  async toCapturing(): Promise<string> {
    const id = await this.toEntering();
    await this.walkIn('capturing');
    return id;
  }

  /** Everything about the traveller in the cabin is in order, and the exit stands open for them. */
  async toOpenExit(): Promise<string> {
    const id = await this.toCapturing();
    this.faceMatches(id);
    await this.until(() => this.position('exit') === 100);
    return id;
  }

  /** Goes through the entry as it opens, and on until the passage is at this step. */
  async walkIn(step: 'separating' | 'capturing'): Promise<void> {
    this.hall.enter('p', 'traveller', -900);
    await this.until(() => this.position('entry') === 100);
    this.walkTo(1_300);
    await this.until(() => this.step === step);
  }

  /** Whoever is in the cabin may leave, and another document is read meanwhile; the passage that it begins. */
  async toNext(first: string): Promise<string> {
    this.faceMatches(first);
    await this.until(() => this.position('exit') > 50);
    this.presentOtherDocument();
    return this.nextInspected();
  }

  /** The document that was presented begins the next passage, and everything about its chip is in order. */
  async nextInspected(): Promise<string> {
    await this.until(() => this.nextTransactionId !== null, 2_000);
    const next = this.nextTransactionId ?? '';
    this.chipInspected(next);
    return next;
  }

  walkTo(target_mm: number): void {
    const body = this.hall.bodies.find(({ id }) => id === 'p');
    if (body === undefined) throw new Error('nobody is there');
    Object.assign(body, { target_mm, speed_mm_s: 1_200 });
  }

  faceMatches(id: string): void {
    this.tell(id, {
      type: 'FACE_VERIFIED',
      captured: soundEvidence.face?.captured,
      similarity: { status: 'measured', value: 0.8, at_ms: 0, by: 'test' },
      attack: soundEvidence.face?.attack,
      frames: { none: 3 },
    });
  }
}
