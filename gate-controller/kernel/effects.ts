import { type FrameGuidance, verifyFace } from '../../biometrics/index.ts';
import type { Frame } from '../../drivers/contracts/camera.ts';
import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import { birthISO } from '../../drivers/emrtd/mrz/mrz.ts';
import { recordedReport } from '../../drivers/emrtd/report/recorded-report.ts';
import { type FaceEvidence, noEvidence } from '../decision/evidence.ts';
import { weigh } from '../decision/weigh.ts';
import type { LaneContext, TransactionStart } from '../lane/context.ts';
import { waitsOf } from '../transaction/context.ts';
import { outermost } from '../lane/presentation.ts';
import type { DoorWant } from '../safety/door-plan.ts';
import type { ExitAuthority } from '../safety/interlock.ts';
import type { LockdownCause } from '../transaction/events.ts';
import { localDate } from './calendar.ts';
import { inspectChip, type InspectorOptions } from './document-inspector.ts';
import type { DoorKeeper } from './door-keeper.ts';
import { FrameNotes } from './frame-notes.ts';
import type { Committed, Effect, Kernel } from './kernel.ts';
import { laneSnapshot, type LaneParts, tellAll, tellLane, tellTransaction, transactionSnapshot } from './lane-parts.ts';
import { selfTestFailures } from './self-test.ts';

/** What runs for one transaction and can be ended. */
type Running = {
  inspection?: AbortController;
  capture?: AbortController;
  risk?: AbortController;
  /** Begun as soon as the portrait was proven, while the rest of the chip was read. */
  enrolment?: Promise<FaceEvidence['portrait']>;
  reference?: Promise<FaceEvidence['portrait']>;
};

export type EffectsOptions = {
  readonly parts: LaneParts;
  readonly kernel: () => Kernel;
  readonly doors: DoorKeeper;
  /** What the traveller should mend before the camera; for the display only. */
  readonly onGuidance: (guidance: FrameGuidance) => void;
  /** Something an officer may see changed without an event. */
  readonly onCaseChanged: () => void;
  /** An effect failed in a way nobody foresaw; the name of the error, never its text. */
  readonly onFailure: (name: string) => void;
};

/** Time a chip has to come into the field after the printed zone was read, ms. */
const activate_ms = 4_000;
/** The inspection ends by itself this long before the machine would give it up, ms. */
const chipMargin_ms = 1_000;
/** A risk answer is awaited a little beyond its hard limit, so that the record says "late" and not "unreachable". */
const riskGrace_ms = 500;

/**
 * Carries out what the machines asked for. Every effect ends in an event or in nothing; none throws, and none outlives its
 * transaction.
 */
export class Effects {
  readonly #o: EffectsOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: EffectsOptions) {
    this.#o = options;
  }

  execute(effect: Effect, step: Committed): void {
    const run = this.#table[effect.type];
    // Actions that only mark the record for the officer's page need no hands.
    run?.(step, effect.params as never);
  }

  /** Ends what runs for a transaction and lets the face pipeline forget it. */
  end(transactionId: string): void {
    const running = this.#running.get(transactionId);
    this.#running.delete(transactionId);
    running?.inspection?.abort();
    running?.capture?.abort();
    running?.risk?.abort();
    void this.#o.parts.biometrics.forget(transactionId);
  }

  readonly #table: Readonly<Record<string, (step: Committed, params: never) => void>> = {
    openEntry: (step) => this.#want(step, 'entry', 'open'),
    closeEntry: (step) => this.#want(step, 'entry', 'closed'),
    holdEntry: (step) => this.#want(step, 'entry', 'hold'),
    openExit: (step, { by }: { by: 'admit' | 'officer' }) =>
      this.#want(step, 'exit', 'open', {
        transactionId: step.subject,
        by,
        validUntil_ms: this.#o.parts.clock.monotonic_ms() + this.#o.parts.timings.exitAuthority_ms,
      }),
    closeExit: (step) => this.#want(step, 'exit', 'closed'),
    endEmergency: () => this.#o.doors.endEmergency(),
    holdDoors: () => {
      this.#o.doors.want('exit', 'hold');
      this.#o.doors.want('entry', 'hold');
    },
    runSelfTest: () => this.#selfTest(),
    // The interlock lets this through in maintenance only.
    moveDoor: (_, { door, command }: { door: DoorName; command: DoorCommand }) =>
      this.#o.doors.want(door, command === 'close' ? 'closed' : command),
    startTransaction: (step, start: TransactionStart) => this.#start(start, step.context as LaneContext),
    freeCabin: (_, { transactionId }: { transactionId: string | null }) => {
      if (transactionId !== null) tellTransaction(this.#o.kernel(), transactionId, { type: 'CABIN_FREED' });
    },
    faultTransaction: (_, { codes }: { codes: readonly string[] }) =>
      tellAll(this.#o.kernel(), { type: 'LANE_FAULTED', codes }),
    lockTransaction: (_, { cause }: { cause: LockdownCause | null }) =>
      tellAll(this.#o.kernel(), { type: 'LOCKDOWN_BEGAN', cause: cause ?? 'OFFICER' }),
    evacuateTransaction: () => tellAll(this.#o.kernel(), { type: 'EVACUATION_BEGAN' }),
    announceLeaving: (step) => tellLane(this.#o.kernel(), { type: 'TRANSACTION_LEAVING', transactionId: step.subject }),
    announceStaying: (step) => tellLane(this.#o.kernel(), { type: 'TRANSACTION_STAYING', transactionId: step.subject }),
    reportIntrusion: () => tellLane(this.#o.kernel(), { type: 'INTRUSION_SEEN', cause: 'REVERSE_ENTRY' }),
    askRisk: (step) => this.#run(this.#askRisk(step.subject)),
    inspectDocument: (step) => this.#run(this.#inspect(step.subject)),
    stopInspection: (step) => this.#running.get(step.subject)?.inspection?.abort(),
    prepareReference: (step) => {
      const reference = this.#prepareReference(step.subject);
      this.#of(step.subject).reference = reference;
      this.#run(reference);
    },
    captureFace: (step) => this.#run(this.#captureFace(step.subject)),
    stopCapture: (step) => this.#running.get(step.subject)?.capture?.abort(),
  };

  #of(transactionId: string): Running {
    const known = this.#running.get(transactionId);
    if (known !== undefined) return known;
    const made: Running = {};
    this.#running.set(transactionId, made);
    return made;
  }

  /** Doors are moved by the lane and by the one transaction that has the cabin; whoever still waits for it moves none. */
  #want({ kind, subject }: Committed, door: DoorName, want: DoorWant, authority: ExitAuthority | null = null): void {
    const snapshot = laneSnapshot(this.#o.kernel());
    const lane = snapshot?.context;
    const hasCabin = lane?.transactionId === subject && lane.isCabinGiven;
    if (kind === 'transaction' && !hasCabin) return;
    // An admit that was decided in the very moment the lane was locked; the passage hears of it next.
    if (authority?.by === 'admit' && outermost(snapshot?.value) === 'lockdown') return;
    this.#o.doors.want(door, want, authority);
  }

  /** No effect throws. One that fails against expectation leaves the transaction to its time-out, and says so. */
  #run(effect: Promise<unknown>): void {
    effect.catch((error: unknown) => this.#o.onFailure(error instanceof Error ? error.name : 'unknown'));
  }

  #selfTest(): void {
    const { parts } = this.#o;
    const failures = selfTestFailures({
      gateIO: parts.devices.gateIO,
      camera: parts.devices.camera,
      isFacePipelineReady: () => parts.biometrics.isReady(),
      trustAnchors: () => parts.trust().certificates.length,
      now_ms: () => parts.clock.now_ms(),
      lastRecordAt_ms: parts.lastRecordAt_ms,
    });
    tellLane(this.#o.kernel(), { type: 'SELF_TEST_ENDED', failures });
  }

  #start(start: TransactionStart, { topology }: LaneContext): void {
    const { clock, policy, operatingPoint, timings, versions } = this.#o.parts;
    const hall = this.#o.doors.hall();
    const startedAt_ms = clock.now_ms();
    const input = { ...start, startedAt_ms, hall, topology, policy, operatingPoint, timings, versions };
    this.#o.kernel().start({ subject: start.transactionId, kind: 'transaction', input });
  }

  async #askRisk(id: string): Promise<void> {
    const { parts } = this.#o;
    const mrz = parts.cases.get(id)?.mrz;
    if (mrz === undefined || mrz === null) return;
    const abort = new AbortController();
    this.#of(id).risk = abort;
    const cancel = parts.clock.after(parts.timings.riskHard_ms + riskGrace_ms, () => abort.abort());
    const { evidence, candidates } = await parts.askRisk(
      {
        firstName: mrz.givenNames,
        lastName: mrz.surname,
        birthDate: birthISO(mrz, localDate(parts.clock.now_ms())),
        nationality: mrz.nationality,
        documentNumber: mrz.documentNumber,
      },
      abort.signal,
    );
    cancel();
    if (abort.signal.aborted) return;
    // An officer sees candidates only of an answer that counts: one that came too late is recorded as ignored.
    const file = parts.cases.get(id);
    const isAwaited = transactionSnapshot(this.#o.kernel(), id)?.context.evidence.risk === null;
    if (file !== undefined && isAwaited) file.candidates = candidates;
    tellTransaction(this.#o.kernel(), id, { type: 'RISK_ANSWERED', risk: evidence });
  }

  async #inspect(id: string): Promise<void> {
    const { parts } = this.#o;
    const file = parts.cases.get(id);
    const abort = new AbortController();
    this.#of(id).inspection = abort;
    if (file === undefined || file.mrz === null) return;
    let isHandedOver = false;
    const { checks, aborted, portrait, report } = await inspectChip(
      this.#inspectorOptions(id),
      file.mrz,
      abort.signal,
      {
        onProgress: (progress) => {
          file.chipProgress = progress;
          this.#o.onCaseChanged();
        },
        onPortrait: (proven) => {
          if (abort.signal.aborted) return;
          isHandedOver = true;
          this.#enrolEarly(id, proven);
        },
      },
    );
    file.chipProgress = null;
    if (abort.signal.aborted || !isHandedOver) portrait?.bytes.fill(0);
    if (abort.signal.aborted) return;
    tellTransaction(this.#o.kernel(), id, { type: 'CHIP_INSPECTED', checks, aborted, report: recordedReport(report) });
  }

  #inspectorOptions(id: string): InspectorOptions {
    const { devices, trust, clock, entropy, inspection, timings, policy, operatingPoint } = this.#o.parts;
    const mrz = transactionSnapshot(this.#o.kernel(), id)?.context.evidence.mrz ?? null;
    return {
      chipReader: devices.chipReader,
      trust,
      clock,
      entropy,
      settings: inspection,
      activate_ms,
      total_ms: timings.chip_ms - chipMargin_ms,
      printed: weigh({ ...noEvidence, mrz }, policy, operatingPoint, clock.now_ms()),
    };
  }

  /** The picture belongs to the case from here on; its bytes are overwritten once the face pipeline has it. */
  #enrolEarly(id: string, portrait: { format: 'jpeg' | 'jpeg2000'; bytes: Uint8Array }): void {
    const file = this.#o.parts.cases.get(id);
    if (file === undefined) {
      portrait.bytes.fill(0);
      return;
    }
    file.portrait = portrait;
    const enrolment = this.#enrol(id, portrait);
    this.#of(id).enrolment = enrolment;
    this.#run(enrolment);
  }

  async #prepareReference(id: string): Promise<FaceEvidence['portrait']> {
    const { parts } = this.#o;
    const portrait = parts.cases.get(id)?.portrait ?? null;
    const { enrolment } = this.#of(id);
    const missing: FaceEvidence['portrait'] = { status: 'unavailable', because: 'PORTRAIT_MISSING' };
    const evidence = await (enrolment ?? (portrait === null ? missing : this.#enrol(id, portrait)));
    tellTransaction(this.#o.kernel(), id, { type: 'REFERENCE_PREPARED', portrait: evidence });
    return evidence;
  }

  async #enrol(
    id: string,
    portrait: { format: 'jpeg' | 'jpeg2000'; bytes: Uint8Array },
  ): Promise<FaceEvidence['portrait']> {
    const { biometrics, cases } = this.#o.parts;
    const found = await biometrics.enrol(id, portrait);
    if (found.status === 'unavailable') return found;
    const file = cases.get(id);
    // The bytes of DG2 are needed for this only; the picture for the officer is handed over, not copied.
    portrait.bytes.fill(0);
    if (file !== undefined) Object.assign(file, { portrait: null, portraitPreview: found.value.preview });
    else found.value.preview.fill(0);
    this.#o.onCaseChanged();
    const { interEye_px, remarks } = found.value;
    return { ...found, value: { interEye_px, remarks } };
  }

  async #captureFace(id: string): Promise<void> {
    const { parts } = this.#o;
    const running = this.#of(id);
    const abort = new AbortController();
    running.capture = abort;
    const context = transactionSnapshot(this.#o.kernel(), id)?.context;
    const { capture_ms } = context === undefined ? parts.timings : waitsOf(context);
    const cancel = parts.clock.after(capture_ms - captureMargin_ms, () => abort.abort());
    try {
      const portrait = await running.reference;
      const outcome = portrait?.status === 'measured' ? await this.#verify(id, abort.signal) : without(portrait);
      if (!this.#isCapturing(id, abort)) return;
      tellTransaction(this.#o.kernel(), id, { type: 'FACE_VERIFIED', ...outcome });
    } finally {
      cancel();
    }
  }

  /** True while this very capture is the one the transaction waits for: neither ended nor replaced. */
  #isCapturing(id: string, abort: AbortController): boolean {
    return this.#running.get(id)?.capture === abort && this.#o.kernel().has(id);
  }

  async #verify(id: string, signal: AbortSignal): Promise<CaptureOutcome> {
    const { attackLimits, biometrics, cases, challenge, clock, devices, entropy, operatingPoint } = this.#o.parts;
    const notes = new FrameNotes();
    const { captured, similarity, attack, preview } = await verifyFace({
      biometrics: { compare: async (...asked) => notes.take(await biometrics.compare(...asked)) },
      sessionId: id,
      frames: framesOf(devices.camera, signal),
      similarity_min: operatingPoint.similarity_min,
      framesCompared_max: operatingPoint.framesCompared_max,
      // The rule whose false match rate was measured: the first mean that reaches the threshold ends the comparing.
      early_min: Array.from({ length: operatingPoint.framesCompared_max }, () => operatingPoint.similarity_min),
      challenge,
      ...(attackLimits === undefined ? {} : { attackLimits }),
      signal,
      now_ms: () => clock.now_ms(),
      monotonic_ms: () => clock.monotonic_ms(),
      random: () => (entropy(1)[0] ?? 0) / 256,
      onGuidance: this.#o.onGuidance,
    });
    const file = cases.get(id);
    if (preview !== null) {
      if (file === undefined) preview.fill(0);
      else file.livePreview = preview;
    }
    if (file !== undefined) file.face = notes.notes;
    this.#o.onCaseChanged();
    return { captured, similarity, attack, frames: notes.frames };
  }
}

/** The capture ends by itself this long before the machine would give it up, ms. */
const captureMargin_ms = 1_000;

type CaptureOutcome = Omit<FaceEvidence, 'portrait'> & { readonly frames: Readonly<Record<string, number>> };

/** Without a reference no frame is looked at; whatever is missing for that reason says so. */
function without(portrait: FaceEvidence['portrait'] | undefined): CaptureOutcome {
  const because = portrait?.status === 'unavailable' ? portrait.because : 'PORTRAIT_MISSING';
  const missing = { status: 'unavailable', because } as const;
  return { captured: missing, similarity: missing, attack: missing, frames: {} };
}

/** Frames as they come; whoever is slow gets the newest and never a queue. */
async function* framesOf(
  camera: LaneParts['devices']['camera'],
  signal: AbortSignal,
): AsyncGenerator<Frame, void, undefined> {
  let newest: Frame | undefined;
  let wake: () => void = () => {};
  const unsubscribe = camera.subscribe((event) => {
    if (event.type !== 'frame') return;
    newest = event.frame;
    wake();
  });
  const stop = (): void => wake();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      if (newest === undefined) await new Promise<void>((resolve) => (wake = resolve));
      const frame = newest;
      newest = undefined;
      if (frame !== undefined) yield frame;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    unsubscribe();
  }
}
