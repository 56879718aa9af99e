/**
 * A lane for the benchmark `kernel`: production controller, journal on a disk, gate driver over a serial line; every other
 * device and service answers at once.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GateIO } from '../../drivers/contracts/gate-io.ts';
import { createGateIO } from '../../drivers/gate-io/driver.ts';
import type { Journal } from '../../gate-controller/journal/journal.ts';
import { systemClock } from '../../gate-controller/kernel/clock.ts';
import { laneSnapshot, type LaneParts } from '../../gate-controller/kernel/lane-parts.ts';
import { outermost } from '../../gate-controller/lane/presentation.ts';
import { LaneController } from '../../gate-controller/lane-controller.ts';
import { passedChipChecks, policy, soundEvidence } from '../decision/evidence-samples.ts';
import { PlainDevice, quietParts, specimen, usualLane } from '../lane/quiet-parts.ts';
import { type GateAsked, type GateReady, type GateSensors, machineTime_ms } from './kernel-gate.ts';

const limit_ms = 20_000;
/** Documents that follow each other faster than anybody lays them down are not looked at. */
const presentation_ms = 320;

/** Times of one passage, ms. */
export type PassageTimes = {
  /** From the last piece of evidence to the call of the gate driver, and to the last byte of the command at the gate. */
  readonly evidenceToDriver_ms: number;
  readonly evidenceToGate_ms: number;
  /** Commits, one after another, and what the controller's own thread worked: it waited on nobody for these. */
  readonly commits_ms: number;
  readonly cpu_ms: number;
  readonly records: number;
};

export class BenchLane {
  readonly #controller: LaneController;
  readonly #gate: ChildProcess;
  readonly #mrzReader: PlainDevice<unknown>;
  readonly #chipReader: PlainDevice<unknown>;
  readonly #waiting = new Set<() => void>();
  #commits_ms = 0;
  #records = 0;
  #driverAsked_ms = 0;

  private constructor(journal: Journal, gate: ChildProcess, path: string) {
    this.#gate = gate;
    this.#mrzReader = new PlainDevice('mrz-reader');
    this.#chipReader = new PlainDevice('chip-reader');
    const gateIO = createGateIO({ path });
    const command = gateIO.command.bind(gateIO);
    gateIO.command = (door, wanted) => {
      if (door === 'exit' && wanted === 'open') this.#driverAsked_ms = machineTime_ms();
      return command(door, wanted);
    };
    gateIO.subscribe(() => this.#wake());
    this.#controller = new LaneController({
      lane: usualLane,
      journal: this.#timed(journal),
      onStep: () => {
        this.#records += 1;
        this.#wake();
      },
      onChange: () => {},
      onFatal: (error) => {
        throw error;
      },
      onEffectFailure: (name) => {
        throw new Error(`an effect failed: ${name}`);
      },
      parts: this.#parts(gateIO),
    });
  }

  static async open(journal: Journal): Promise<BenchLane> {
    const gate = fork(fileURLToPath(new URL('kernel-gate.ts', import.meta.url)));
    const [{ path }] = (await once(gate, 'message', { signal: AbortSignal.timeout(limit_ms) })) as [GateReady];
    const lane = new BenchLane(journal, gate, path);
    await lane.#controller.start();
    return lane;
  }

  async close(): Promise<void> {
    await this.#controller.stop();
    this.#gate.disconnect();
    await once(this.#gate, 'exit');
  }

  /** One traveller from the document to the empty cabin. */
  async passage(): Promise<PassageTimes> {
    await this.#until('the lane invites', () => this.#isWaiting);
    const begun = { cpu: process.threadCpuUsage(), commits_ms: this.#commits_ms, records: this.#records };
    this.#mrzReader.faults.emit({ type: 'mrzRead', lines: specimen });
    await this.#until('a transaction', () => this.#step === 'inspectingDocument');
    const id = this.#id ?? '';
    const { kernel, cases } = this.#controller;
    const file = cases.get(id);
    if (file !== undefined) file.portrait = { format: 'jpeg', bytes: new Uint8Array(3) };
    const inspected = { type: 'CHIP_INSPECTED', checks: passedChipChecks, aborted: null, report: null };
    kernel.send(id, inspected);
    await this.#until('removal', () => this.#step === 'awaitingRemoval');
    this.#chipReader.faults.emit({ type: 'chipGone' });
    await this.#until('an open entry', () => this.#controller.reading()?.doors.entry.isAtOpenLimit === true);
    this.#gate.send({ isOccupied: true } satisfies GateSensors);
    await this.#until('a capture', () => this.#step === 'capturing');
    await kernel.idle();
    const asked = this.#exitAsked();
    const given_ms = machineTime_ms();
    const verified = { type: 'FACE_VERIFIED', ...soundEvidence.face, frames: { none: 3 } };
    kernel.send(id, verified);
    const { at_ms } = await asked;
    await this.#until('an open exit', () => this.#controller.reading()?.doors.exit.isAtOpenLimit === true);
    this.#gate.send({ isOccupied: false } satisfies GateSensors);
    await this.#until('the end', () => this.#id === null);
    await kernel.idle();
    const cpu = process.threadCpuUsage(begun.cpu);
    await new Promise((resolve) => setTimeout(resolve, presentation_ms));
    return {
      evidenceToDriver_ms: this.#driverAsked_ms - given_ms,
      evidenceToGate_ms: at_ms - given_ms,
      commits_ms: this.#commits_ms - begun.commits_ms,
      cpu_ms: (cpu.user + cpu.system) / 1_000,
      records: this.#records - begun.records,
    };
  }

  get #isWaiting(): boolean {
    return laneSnapshot(this.#controller.kernel)?.matches({ open: 'shut' }) === true;
  }

  get #id(): string | null {
    return laneSnapshot(this.#controller.kernel)?.context.transactionId ?? null;
  }

  get #step(): string | undefined {
    const id = this.#id;
    return id === null ? undefined : outermost(this.#controller.kernel.snapshot(id)?.value ?? '');
  }

  #exitAsked(): Promise<GateAsked> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the exit was not asked to open')), limit_ms);
      const hear = (message: GateAsked): void => {
        if (message.type !== 'asked' || message.door !== 'exit' || message.command !== 'open') return;
        clearTimeout(late);
        this.#gate.off('message', hear);
        resolve(message);
      };
      this.#gate.on('message', hear);
    });
  }

  /** Looks at every step and every reading; nothing is polled, so that only the controller works. */
  #until(what: string, holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(look);
        const why = this.#controller.notReadyBecause().join(' ');
        reject(new Error(`never came: ${what}; the lane: ${why}, the transaction: ${this.#step ?? 'none'}`));
      }, limit_ms);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(late);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  #wake(): void {
    queueMicrotask(() => {
      for (const look of this.#waiting) look();
    });
  }

  #timed(journal: Journal): Journal {
    return {
      standing: journal.standing,
      append: async (commit) => {
        const begun_ms = performance.now();
        await journal.append(commit);
        this.#commits_ms += performance.now() - begun_ms;
      },
      recordsOf: (subject) => journal.recordsOf(subject),
      close: () => journal.close(),
    };
  }

  #parts(gateIO: GateIO): Omit<LaneParts, 'cases'> {
    return {
      ...quietParts,
      clock: systemClock,
      entropy: (length) => randomBytes(length),
      newId: () => randomUUID(),
      devices: {
        mrzReader: this.#mrzReader,
        chipReader: this.#chipReader,
        camera: new PlainDevice('camera'),
        gateIO,
      } as unknown as LaneParts['devices'],
      askRisk: async () => ({ evidence: { ...soundEvidence.risk!, at_ms: Date.now() }, candidates: [] }),
      // The same document comes again and again.
      policy: { ...policy, eligibility: { ...policy.eligibility, reuse_s: 0 } },
    };
  }
}
