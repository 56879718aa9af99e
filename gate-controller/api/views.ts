import type { FrameGuidance } from '../../biometrics/index.ts';
import type { DoorReading, GateReading } from '../../drivers/contracts/gate-io.ts';
import { type DeviceFaultCode, deviceFaults } from '../../drivers/contracts/device.ts';
import { birthISO, expiryISO, type MRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import type { CaseFile, CaseFiles } from '../cases/case-files.ts';
import { type Check, checkDefinitions } from '../decision/checks.ts';
import { isDecisive } from '../decision/policy.ts';
import { interruptions, reasons, type ReferralReason } from '../decision/reasons.ts';
import { localDate } from '../kernel/calendar.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { laneSnapshot, transactionSnapshot } from '../kernel/lane-parts.ts';
import { outermost, present } from '../lane/presentation.ts';
import type { Fault, FaultBoard } from '../safety/fault-board.ts';
import { hallOf } from '../safety/hall.ts';
import { laneCommands, transactionCommands } from './commands.ts';
import { type History, outcomeOf, type Passage } from './history.ts';
import type {
  CheckView,
  DisplayView,
  DoorView,
  FaultView,
  HolderView,
  LaneMode,
  LaneView,
  OfficerView,
  ReasonView,
  TransactionStep,
  TransactionView,
} from './messages.ts';

export type ViewSources = {
  readonly laneId: string;
  readonly laneName: string;
  readonly kernel: Kernel;
  readonly history: History;
  readonly cases: CaseFiles;
  readonly board: () => FaultBoard;
  readonly reading: () => GateReading | undefined;
  readonly isDocumentPresent: () => boolean;
  readonly guidance: () => FrameGuidance;
  readonly now_ms: () => number;
};

/** Internal lane states that an officer need not tell apart. */
const modes: Readonly<Record<string, LaneMode>> = {
  starting: 'starting',
  clearingCabin: 'selfTest',
  cleared: 'selfTest',
  selfTest: 'selfTest',
  tested: 'selfTest',
  closed: 'closed',
  open: 'open',
  betweenTravellers: 'open',
  draining: 'draining',
  fault: 'fault',
  evacuation: 'evacuation',
};

const steps: Readonly<Record<string, TransactionStep>> = {
  checkingZone: 'awaitingDocument',
  weighingDocument: 'inspectingDocument',
  closingUnused: 'separating',
  clearingTailgate: 'separating',
  deciding: 'joiningRisk',
  concealing: 'joiningRisk',
  left: 'closingExit',
  handedOver: 'returning',
};

/** How long the last passage stays in view once it has ended, so that its outcome can be read, ms. */
const outcomeShown_ms = 4_000;

function justEnded({ history, now_ms }: ViewSources): Passage | undefined {
  const latest = history.latest();
  const endedAt_ms = latest?.endedAt_ms ?? null;
  return endedAt_ms !== null && Math.abs(now_ms() - endedAt_ms) < outcomeShown_ms ? latest : undefined;
}

/** A lane that left a fault waits for its traveller, then tests itself: neither is a fault any more. */
function modeOf(value: unknown, transactionId: string | null): LaneMode {
  const isRecovering = typeof value === 'object' && value !== null && 'fault' in value && value.fault === 'settling';
  if (isRecovering) return transactionId === null ? 'selfTest' : 'draining';
  return modes[outermost(value ?? 'starting')] ?? 'fault';
}

const stepOf = (state: string): TransactionStep => steps[state] ?? (state as TransactionStep);

export function officerView(sources: ViewSources): OfficerView {
  return {
    lanes: [laneView(sources)],
    referrals: sources.history.referrals().map((passage) => ({
      transaction: transactionView(passage, sources),
      isAcknowledged: passage.context.isAcknowledged,
    })),
  };
}

function laneView(sources: ViewSources): LaneView {
  const { kernel, history } = sources;
  const lane = laneSnapshot(kernel);
  const state = outermost(lane?.value ?? 'starting');
  const reading = sources.reading();
  const hall = hallOf(reading);
  const current = lane?.context.transactionId ?? null;
  const passage = current === null ? justEnded(sources) : history.get(current);
  return {
    laneId: sources.laneId,
    name: sources.laneName,
    mode: modeOf(lane?.value, current),
    // Not the kernel's: a step whose record is being written is not in this view.
    seq: history.seq,
    at_ms: sources.now_ms(),
    doors: reading === undefined ? null : { entry: doorView(reading.doors.entry), exit: doorView(reading.doors.exit) },
    sensors:
      reading === undefined
        ? null
        : {
            isCabinOccupied: hall.isCabinOccupied,
            isSecondPersonSeen: reading.isSecondPersonSeen,
            isEntryBeamInterrupted: reading.isEntryBeamInterrupted,
            isExitBeamInterrupted: reading.isExitBeamInterrupted,
            isDocumentPresent: sources.isDocumentPresent(),
            isFireAlarm: reading.isFireAlarm,
            isEmergencyOpen: reading.isEmergencyOpen,
          },
    faults: [...sources.board().map(faultView), ...(lane?.context.selfTestFailures ?? []).map(selfTestFault(sources))],
    transaction: passage === undefined ? null : transactionView(passage, sources),
    today: { ...history.today },
    commands: laneCommands(state, hall.isFireAlarm || hall.isEmergencyOpen || !hall.isKnown),
  };
}

const doorView = (door: DoorReading): DoorView => ({
  motion: door.motion,
  position_percent: door.position_percent,
  isObstructed: door.isClosingZoneObstructed,
});

const otherMeanings: Readonly<Record<string, string>> = {
  NOT_READY: 'the face pipeline is starting or was replaced',
  DOOR_NOT_OPENING: 'the door does not open although it was asked to',
  DOOR_NOT_CLOSING: 'the door does not close although nothing is in its way',
  TRUST_LIST_REFUSED:
    'an imported master, revocation or defect list is lost, altered or without its issuer: import the list again',
  NOT_STARTED: 'nothing has been heard of the devices yet',
};

const meaningOf = (code: string): string =>
  code in deviceFaults ? deviceFaults[code as DeviceFaultCode].meaning : (otherMeanings[code] ?? code);

const faultView = (fault: Fault): FaultView => ({
  device: fault.device,
  code: fault.code,
  meaning: meaningOf(fault.code),
  since_ms: fault.since_ms,
  isBlocking: fault.isBlocking,
});

const selfTestFault =
  (sources: ViewSources) =>
  (code: string): FaultView => ({
    device: 'self-test',
    code,
    meaning: selfTestMeanings[code] ?? code,
    since_ms: sources.now_ms(),
    isBlocking: true,
  });

const selfTestMeanings: Readonly<Record<string, string>> = {
  GATE_NOT_SEEN: 'doors and sensors are not seen',
  ENTRY_NOT_CLOSED: 'the entry door is not closed',
  EXIT_NOT_CLOSED: 'the exit door is not closed',
  EMERGENCY_STANDS: 'fire alarm or emergency release stands',
  CAMERA_NOT_SEEN: 'the camera sends nothing',
  FACE_PIPELINE_NOT_READY: 'the face pipeline is not ready',
  TRUST_STORE_EMPTY: 'no issuer certificate is trusted: put CSCA certificates into the trust folder',
  CLOCK_NOT_TRUSTED: 'the clock is wrong or went backwards: set the time',
  CABIN_NOT_CLEARED: 'somebody or something is in the cabin',
  SELF_TEST_NOT_ENDED: 'the self-test did not end in time',
};

function transactionView(passage: Passage, sources: ViewSources): TransactionView {
  const { context, transactionId } = passage;
  const file = sources.cases.get(transactionId);
  const picture = (bytes: Uint8Array | null | undefined, name: string): string | null =>
    bytes === null || bytes === undefined ? null : `/api/transactions/${transactionId}/${name}.jpg`;
  return {
    transactionId,
    startedAt_ms: context.startedAt_ms,
    endedAt_ms: passage.endedAt_ms,
    step: stepOf(passage.step),
    decision: context.decision,
    outcome: outcomeOf(passage.step),
    reasons: [
      ...context.reasons.map(reasonView),
      ...(context.interruption === null
        ? []
        : [
            {
              code: context.interruption,
              title: interruptions[context.interruption],
              advice: '',
              severity: 'low' as const,
            },
          ]),
    ],
    checks: gatheredChecks(passage).map((check) => checkView(check, context)),
    holder: file?.mrz == null ? null : holderView(file.mrz, sources.now_ms()),
    images: { portrait: picture(file?.portraitPreview, 'portrait'), live: picture(file?.livePreview, 'live') },
    report: passage.hasReport ? `/api/transactions/${transactionId}/report` : null,
    similarity: similarityView(passage),
    face: faceView(passage, file, passage.step === 'capturing' ? sources.guidance() : 'none'),
    risk: riskView(passage, file),
    chip: file?.chipProgress ?? null,
    timeline: passage.timeline,
    commands: transactionCommands(passage.step, context.isAcknowledged),
  };
}

/** Checks as decided; before the decision, what the chip inspection has said so far. */
const gatheredChecks = ({ context }: Passage): readonly Check[] =>
  context.checks.length > 0 ? context.checks : (context.evidence.chip ?? []);

const reasonView = (code: ReferralReason): ReasonView => ({ code, ...reasons[code] });

const checkView = (check: Check, { policy, startedAt_ms }: Passage['context']): CheckView => ({
  id: check.id,
  label: checkDefinitions[check.id].label,
  result: check.result,
  because: check.because,
  isRequired: isDecisive(check, policy),
  at_ms: Math.max(0, check.at_ms - startedAt_ms),
});

const holderView = (mrz: MRZ, now_ms: number): HolderView => ({
  surname: mrz.surname,
  givenNames: mrz.givenNames,
  documentNumber: mrz.documentNumber,
  documentCode: mrz.documentCode,
  issuingState: mrz.issuingState,
  nationality: mrz.nationality,
  birthDate: birthISO(mrz, localDate(now_ms)) ?? mrz.birthDate,
  expiryDate: expiryISO(mrz, localDate(now_ms)) ?? mrz.expiryDate,
  sex: mrz.sex,
});

function similarityView({ context }: Passage): TransactionView['similarity'] {
  const similarity = context.evidence.face?.similarity;
  if (similarity?.status !== 'measured') return null;
  const { name, similarity_min } = context.operatingPoint;
  return { value: similarity.value, min: similarity_min, operatingPoint: name };
}

/** Null before anything is known of the live face. */
function faceView({ context }: Passage, file: CaseFile | undefined, guidance: FrameGuidance): TransactionView['face'] {
  const attack = context.evidence.face?.attack;
  const notes = file?.face ?? null;
  const finding = attack?.status === 'measured' ? attack.value : null;
  if (finding === null && notes === null && guidance === 'none') return null;
  const { none: _, ...mended } = notes?.frames ?? {};
  return {
    guidance: guidance === 'none' ? null : guidance,
    hints: Object.entries(mended)
      .map(([hint, frames]) => ({ hint, frames }))
      .toSorted((a, b) => b.frames - a.frames),
    attack:
      finding === null
        ? null
        : {
            verdict: finding.verdict,
            because: finding.because,
            signals: finding.signals.map(({ name, verdict, because }) => ({ name, verdict, because })),
          },
    quality: notes?.quality ?? null,
  };
}

function riskView({ context }: Passage, file: CaseFile | undefined): TransactionView['risk'] {
  const { mrz, risk } = context.evidence;
  if (risk === null) {
    return mrz?.status === 'measured' ? { state: context.isRiskSlow ? 'slow' : 'asked', detail: null } : null;
  }
  if (risk.status === 'unavailable') return { state: 'unknown', detail: risk.because };
  if (risk.value.verdict === 'clear') return { state: 'clear', detail: null };
  const candidate = file?.candidates[0];
  return {
    state: 'hit',
    detail:
      candidate === undefined
        ? null
        : `${candidate.caption}, score ${candidate.score.toFixed(2)} (${candidate.features.join(', ')})`,
  };
}

/** What the traveller sees. The one view that leaves the officers' side: it holds nothing personal. */
export function displayView(sources: ViewSources): DisplayView {
  const lane = laneSnapshot(sources.kernel);
  const id = lane?.context.transactionId ?? null;
  const transaction = transactionSnapshot(sources.kernel, id);
  const { screen } = present(lane?.value ?? 'starting', transaction?.value ?? null);
  const guidance = sources.guidance();
  const progress = id === null ? null : (sources.cases.get(id)?.chipProgress ?? null);
  return {
    laneName: sources.laneName,
    screen,
    hint: screen === 'lookAtCamera' && guidance !== 'none' ? guidance : null,
    progress:
      screen === 'readingDocument' && progress !== null && progress.bytesTotal !== null && progress.bytesTotal > 0
        ? Math.min(1, progress.bytesRead / progress.bytesTotal)
        : null,
  };
}
