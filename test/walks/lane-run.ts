/** The production controller over the walk's devices: power on, power off, and what outlives both. */
import type { DoorCommand, DoorName, GateReading } from '../../drivers/contracts/gate-io.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { operatingPoint } from '../../gate-controller/decision/operating-points.ts';
import { defaultFourEyes, indispensableChecks, type Policy } from '../../gate-controller/decision/policy.ts';
import type { Journal } from '../../gate-controller/journal/journal.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import type { Committed } from '../../gate-controller/kernel/kernel.ts';
import { laneSnapshot, laneSubject, presentation } from '../../gate-controller/kernel/lane-parts.ts';
import type { LaneInput } from '../../gate-controller/lane/context.ts';
import { LaneController } from '../../gate-controller/lane-controller.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';
import { hashOf } from '../../simulator/hall/random.ts';
import { type FaceState, WalkFaceEngine } from './face-engine.ts';
import { GateLine } from './gate-line.ts';
import { inspectionOver } from './inspection.ts';
import { MemoryJournal } from './memory-journal.ts';
import { Process } from './process.ts';
import { type DeviceState, type Tray, type View, WalkCamera, WalkChipReader, WalkMRZReader } from './readers.ts';
import { type RiskTruth, riskAsker } from './risk-service.ts';
import type { World } from './world.ts';

export const policy: Policy = {
  version: 'walk-1',
  required: indispensableChecks,
  chipAuthenticity: 'when-offered',
  revocation: 'when-known',
  eligibility: { documentCodes: ['P'], nationalities: 'any', age_min_years: 18, reuse_s: 600 },
  fourEyes: defaultFourEyes,
  operatingPoint: 'strict',
};

/** The supervisor starts a controller that ended by itself. */
const respawn_ms = 4_000;

/** Where a power cut strikes. */
export type CutAt = 'beforeDurable' | 'afterDurable' | 'atCommand';

export type LaneListener = {
  readonly onStep: (step: Committed) => void;
  readonly onDurable: (records: readonly JournalRecord[]) => void;
  readonly onCommand: (door: DoorName, command: DoorCommand) => void;
  readonly onReading: (reading: GateReading) => void;
  readonly onBoot: () => void;
  readonly onDeath: () => void;
  readonly onUnforeseen: (what: string) => void;
};

export type LaneRunOptions = {
  readonly world: World;
  readonly seed: number;
  readonly riskOf: (documentNumber: string) => RiskTruth;
  /** The risk service says that it can answer. */
  readonly isRiskWell: () => boolean;
  readonly lane: Pick<LaneInput, 'topology' | 'isOverlapping'>;
  readonly view: () => View;
  readonly listener: LaneListener;
  /** On a disk instead of in memory. */
  readonly diskJournal?: Journal;
  /** Passages that earlier runs on the same journal have numbered. */
  readonly passagesBefore?: number;
};

const trust = { ...createTrustStore([]).trust, certificates: [{}] as never };

export class LaneRun {
  readonly states = {
    mrzReader: { isDead: false } as DeviceState,
    chipReader: { isDead: false } as DeviceState,
    camera: { isDead: false } as DeviceState,
    face: { conduct: 'good' } as FaceState,
  };
  readonly tray: Tray = { papers: null };
  readonly journal: MemoryJournal;
  isTrustWhole = true;
  process = new Process(0);
  controller: LaneController | undefined;
  devices:
    | { mrzReader: WalkMRZReader; chipReader: WalkChipReader; camera: WalkCamera; gate: GateLine; face: WalkFaceEngine }
    | undefined;
  readonly #o: LaneRunOptions;
  #cutAt: CutAt | undefined;
  #down_ms = 0;
  #ids: number;
  #entropy = 0;

  constructor(options: LaneRunOptions) {
    this.#o = options;
    this.#ids = options.passagesBefore ?? 0;
    const { world, listener } = options;
    this.journal = new MemoryJournal(world.time, {
      mayBegin: () => this.process.isAlive && !this.#strikes('beforeDurable'),
      mayAcknowledge: (records) => {
        if (this.process.isAlive) listener.onDurable(records);
        return this.process.isAlive && !this.#strikes('afterDurable');
      },
    });
    world.onReadable = () => this.devices?.gate.planReading();
    world.onLine = () => this.devices?.gate.noticeLine();
  }

  get isAlive(): boolean {
    return this.process.isAlive && this.controller !== undefined;
  }

  /** Outermost state of the lane's machine. */
  get laneState(): string {
    const kernel = this.controller?.kernel;
    return kernel === undefined ? 'dead' : outermost(laneSnapshot(kernel)?.value ?? '');
  }

  /** The next commit or door command is the last thing that this process does. */
  armCut(at: CutAt, down_ms: number): void {
    this.#cutAt = at;
    this.#down_ms = down_ms;
  }

  #strikes(at: CutAt): boolean {
    if (this.#cutAt !== at) return false;
    this.cut(this.#down_ms);
    return true;
  }

  /** The controller's power goes, and comes back. */
  cut(down_ms: number): void {
    if (!this.isAlive) return;
    const { world, listener } = this.#o;
    world.tell(`power cut (${this.#cutAt ?? 'now'})`);
    this.#cutAt = undefined;
    this.process.isAlive = false;
    this.controller?.kernel.stop();
    this.controller = undefined;
    this.devices = undefined;
    world.setHost(false);
    listener.onDeath();
    world.time.in(down_ms, () => this.boot());
  }

  boot(): void {
    const { world, listener } = this.#o;
    if (this.isAlive) return;
    this.process = new Process(this.process.number + 1);
    world.tell(`controller starts (${this.process.number})`);
    const { process } = this;
    const parts = { time: world.time, process };
    this.devices = {
      mrzReader: new WalkMRZReader({ ...parts, state: this.states.mrzReader }),
      chipReader: new WalkChipReader({ ...parts, state: this.states.chipReader }, this.tray),
      camera: new WalkCamera({ ...parts, state: this.states.camera }, this.#o.view),
      gate: this.#gateLine(process),
      face: new WalkFaceEngine({
        ...parts,
        state: this.states.face,
        seed: this.#o.seed,
        viewIn: (jpeg) => this.devices?.camera.viewIn(jpeg) ?? { person: null, isAttack: false },
      }),
    };
    this.controller = this.#controller(process);
    world.setHost(true);
    listener.onBoot();
    void this.controller.start();
  }

  #gateLine(process: Process): GateLine {
    const { world, listener } = this.#o;
    return new GateLine({
      time: world.time,
      process,
      hardware: world.hardware,
      line: world.line,
      onCommand: (door, command) => {
        listener.onCommand(door, command);
        if (command !== 'hold' && this.#cutAt === 'atCommand') world.time.in(60, () => this.#strikes('atCommand'));
      },
      onReading: listener.onReading,
      onTaken: () => world.touch(),
    });
  }

  #controller(process: Process): LaneController {
    const { world, listener, riskOf } = this.#o;
    const { time } = world;
    const devices = this.devices as NonNullable<LaneRun['devices']>;
    const clock = time.clockOf(process);
    return new LaneController({
      lane: {
        laneId: 'lane-1',
        opensByItself: false,
        attendance: 'required',
        usualProfile: 'standard',
        ...this.#o.lane,
      },
      journal: this.#o.diskJournal ?? this.journal,
      onStep: (step) => {
        listener.onStep(step);
        this.#show();
      },
      onChange: () => {},
      onFatal: (error) => {
        world.tell(`controller stops: ${error.message}`);
        if (!error.message.startsWith('KERNEL_COMMIT_LATE')) listener.onUnforeseen(error.message);
        this.cut(respawn_ms);
      },
      onEffectFailure: (name) => listener.onUnforeseen(`effect ${name}`),
      parts: {
        clock,
        entropy: (length) => this.#entropyOf(length),
        newId: () => `p${(this.#ids += 1)}`,
        devices: {
          mrzReader: devices.mrzReader,
          chipReader: devices.chipReader,
          gateIO: devices.gate,
          camera: devices.camera,
        },
        biometrics: devices.face,
        challenge: 'whenUndetermined',
        trust: () => trust,
        isTrustWhole: () => this.isTrustWhole,
        inspection: {
          accessPolicy: 'pace-required-when-offered',
          dataGroups: [],
          further_ms: 0,
          inspect: inspectionOver(time, () => !this.states.chipReader.isDead && process.isAlive),
        },
        askRisk: riskAsker({ time, process, truthOf: riskOf }),
        pingRisk: async () => this.#o.isRiskWell(),
        policy,
        operatingPoint: operatingPoint('strict'),
        timings: defaultTimings,
        versions: { walk: '1' },
        lastRecordAt_ms: (this.#o.diskJournal ?? this.journal).standing.last?.at_ms ?? 0,
      },
    });
  }

  #entropyOf(length: number): Uint8Array {
    this.#entropy += 1;
    return new Uint8Array(length).fill(hashOf(`${this.#o.seed} ${this.#entropy}`) & 255);
  }

  /** The display follows the machines. */
  #show(): void {
    const kernel = this.controller?.kernel;
    if (kernel === undefined) return;
    const { screen } = presentation(kernel);
    if (screen === this.#o.world.screen) return;
    this.#o.world.screen = screen;
    this.#o.world.tell(`display: ${screen}`);
    this.#o.world.wakeWaiters();
  }

  tellLane(event: { readonly type: string } & Readonly<Record<string, unknown>>): void {
    this.controller?.kernel.send(laneSubject, event);
  }

  tellTransaction(id: string, event: { readonly type: string } & Readonly<Record<string, unknown>>): void {
    this.controller?.kernel.send(id, event);
  }
}
