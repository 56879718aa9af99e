/** What the search puts before the transaction machine. */
import type { AnyMachineSnapshot, SnapshotFrom } from 'xstate';
import type { MRZEvidence } from '../../gate-controller/decision/evidence.ts';
import { isOnlyIneligible, needsFourEyes, type TransactionInput } from '../../gate-controller/transaction/context.ts';
import type { TransactionHappening } from '../../gate-controller/transaction/events.ts';
import type { transactionMachine } from '../../gate-controller/transaction/machine.ts';
import { defaultTimings } from '../../gate-controller/transaction/timings.ts';
import { at_ms, passedChipChecks, point, policy, soundEvidence, zoneRead } from '../decision/evidence-samples.ts';
import { quietHall } from '../safety/sample-halls.ts';
import { type Labelled, type Search, stateName } from './explore.ts';
import { hallChanged, hallKind, halls } from './halls.ts';

export type Snapshot = SnapshotFrom<typeof transactionMachine>;

const face = soundEvidence.face!;
const tooYoung: MRZEvidence =
  zoneRead.status === 'measured' ? { ...zoneRead, value: { ...zoneRead.value, age_years: 3 } } : zoneRead;
const unread: MRZEvidence = { status: 'unavailable', because: 'MRZ_NOT_READ' };

const input = (change: Partial<TransactionInput>): TransactionInput => ({
  transactionId: 'current',
  startedAt_ms: at_ms,
  mrz: zoneRead,
  hall: quietHall,
  topology: 'integrated-two-step',
  profile: 'standard',
  isAssisted: false,
  isCabinFree: true,
  policy,
  operatingPoint: point,
  timings: defaultTimings,
  versions: {},
  ...change,
});

const inputs: readonly (readonly [string, TransactionInput])[] = [
  ['document read', input({})],
  ['document unreadable', input({ mrz: unread })],
  ['document of a child', input({ mrz: tooYoung })],
  ['assisted lane', input({ isAssisted: true })],
  ['overlapping lane', input({ isCabinFree: false })],
  ['segregated lane', input({ topology: 'segregated' })],
  [
    'one-step lane',
    input({ topology: 'one-step', mrz: null, hall: { ...quietHall, entry: 'open', isCabinOccupied: true } }),
  ],
];

const said = (label: string, happening: TransactionHappening, when_ms = at_ms): Labelled => [
  label,
  { ...happening, at_ms: when_ms },
];

/** Long after every consent has expired. */
const later_ms = at_ms + 3_600_000;
const by = (officer: string, when_ms = at_ms) => ({ officer, reason: 'looked', validUntil_ms: when_ms + 5_000 });
const stale = { officer: 'a', reason: 'looked', validUntil_ms: at_ms - 1 };

const devices: readonly Labelled[] = [
  said('document read', { type: 'DOCUMENT_PRESENTED', presentationId: 'p', mrz: zoneRead }),
  said('document unread', { type: 'DOCUMENT_PRESENTED', presentationId: 'p', mrz: unread }),
  said('chip sound', { type: 'CHIP_INSPECTED', checks: passedChipChecks, aborted: null, report: null }),
  said('chip wanting', {
    type: 'CHIP_INSPECTED',
    checks: passedChipChecks.slice(1),
    aborted: 'CHIP_LOST',
    report: null,
  }),
  said('document taken', { type: 'DOCUMENT_TAKEN' }),
  said('document placed', { type: 'DOCUMENT_PLACED' }),
  said('portrait usable', { type: 'REFERENCE_PREPARED', portrait: face.portrait }),
  said('portrait unusable', {
    type: 'REFERENCE_PREPARED',
    portrait: { status: 'unavailable', because: 'PORTRAIT_UNDECODABLE' },
  }),
  said('face matches', {
    type: 'FACE_VERIFIED',
    captured: face.captured,
    similarity: face.similarity,
    attack: face.attack,
    frames: {},
  }),
  said('face differs', {
    type: 'FACE_VERIFIED',
    captured: face.captured,
    similarity: { status: 'measured', value: Number.NaN, at_ms, by: 'search' },
    attack: face.attack,
    frames: {},
  }),
  said('risk clear', { type: 'RISK_ANSWERED', risk: soundEvidence.risk! }),
  said('risk hit', {
    type: 'RISK_ANSWERED',
    risk: { status: 'measured', value: { verdict: 'hit', candidates: 1, topScore: 0.9 }, at_ms, by: 'search' },
  }),
  ...(['entry', 'exit'] as const).flatMap((door) =>
    (['DOOR_NOT_OPENING', 'DOOR_NOT_CLOSING'] as const).map((code) =>
      said(`${door} ${code}`, { type: 'DOOR_MISMATCH', door, code }),
    ),
  ),
];

const people: readonly Labelled[] = [
  said('ticket shown', { type: 'TOKEN_PRESENTED' }),
  said('help button', { type: 'HELP_REQUESTED' }),
  said('officer a acknowledges', { type: 'OFFICER_ACKNOWLEDGED', ...by('a') }),
  said('an old acknowledgement', { type: 'OFFICER_ACKNOWLEDGED', ...stale }),
  said('officer a releases', { type: 'OFFICER_RELEASED', ...by('a') }),
  said('officer b releases', { type: 'OFFICER_RELEASED', ...by('b') }),
  said('officer b releases an hour later', { type: 'OFFICER_RELEASED', ...by('b', later_ms) }, later_ms),
  said('an old release', { type: 'OFFICER_RELEASED', ...stale }),
  said('officer a returns', { type: 'OFFICER_RETURNED', ...by('a') }),
  said('an old return', { type: 'OFFICER_RETURNED', ...stale }),
  said('officer a allows a companion', { type: 'OFFICER_ALLOWED_COMPANION', ...by('a') }),
  said('an old companion', { type: 'OFFICER_ALLOWED_COMPANION', ...stale }),
];

const lane: readonly Labelled[] = [
  said('cabin free', { type: 'CABIN_FREED' }),
  said('lockdown', { type: 'LOCKDOWN_BEGAN', cause: 'OFFICER' }),
  said('forced exit', { type: 'LOCKDOWN_BEGAN', cause: 'REVERSE_ENTRY' }),
  said('device fault', { type: 'LANE_FAULTED', codes: ['camera:DEVICE_DISCONNECTED'] }),
  said('evacuation', { type: 'EVACUATION_BEGAN' }),
  said('restart', { type: 'RESTARTED' }),
];

const alphabet: readonly Labelled[] = [
  ...halls.map((hall) => hallChanged(hall, at_ms)),
  ...devices,
  ...people,
  ...lane,
];

const beforeRemoval = /^(arriving|checkingZone|awaitingDocument|inspectingDocument|weighingDocument)/;

/** States in which something of the context still makes a difference. */
const atDocument = /^(arriving|checkingZone|awaitingDocument|inspectingDocument|weighingDocument|awaitingRemoval)/;
const beforeCapture =
  /^(arriving|checkingZone|awaiting|inspecting|weighing|entering|closingUnused|separating|clearingTailgate)/;

function project(snapshot: AnyMachineSnapshot): string {
  const { context: c } = snapshot as Snapshot;
  const state = stateName(snapshot.value);
  if (snapshot.status !== 'active')
    return `${c.decision} ${c.reasons.length > 0} ${c.departure} ${c.interruption !== null}`;
  const undecided = c.decision === null;
  const { mrz, chip, risk, face: seen } = c.evidence;
  return [
    hallKind(c.hall),
    c.decision,
    // Of the reasons only what changes the way: whoever is merely not eligible, whom two officers release, an intruder.
    c.reasons.length > 0 ? `${needsFourEyes(c)}${c.reasons.includes('REVERSE_ENTRY')}${isOnlyIneligible(c)}` : '',
    c.departure,
    c.isInCabin,
    c.companion !== null,
    c.release !== null,
    c.firstConsent?.officer,
    c.firstConsent?.at_ms,
    Math.min(c.tailgatings, 2),
    beforeCapture.test(state) ? `${c.topology} ${c.isDocumentTaken} ${c.isCabinFree}` : '',
    atDocument.test(state) ? c.documentTries : '',
    ...(undecided
      ? [
          c.isAssisted,
          c.hasAskedForHelp,
          mrz?.status === 'measured' ? mrz.value.age_years : mrz?.status,
          chip?.length,
          risk === null,
          // Whom two officers have to release follows from a hit.
          risk === null ? 'open' : risk.status === 'measured' ? risk.value.verdict : 'unavailable',
          seen?.portrait.status,
          seen?.similarity.status === 'measured' && !Number.isNaN(seen.similarity.value),
          c.isVerdictDue,
        ]
      : [
          state === 'concealing' && c.isVerdictDue,
          risk === null,
          // Whom two officers have to release follows from the evidence, also from an answer that is still to come.
          /^(held|returning|concealing|leaving|closingExit)/.test(state) &&
            `${needsFourEyes(c)} ${mrz?.status} ${risk === null}`,
        ]),
    state.startsWith('leaving') && c.isExitUsed,
  ].join(' ');
}

/** Waits that have nothing left to do: risk and the length of the whole passage count until the decision only. */
function matters(snapshot: AnyMachineSnapshot, waitId: string): boolean {
  if (waitId === 'riskSoft') return false;
  if (waitId === 'riskHard' && /^(held|returning|concealing)/.test(stateName(snapshot.value))) {
    return contextOf({ snapshot }).evidence.risk === null;
  }
  const isEarly = waitId === 'riskHard' || waitId === 'verdict' || waitId === 'xstate.after.transaction.transaction';
  return !isEarly || contextOf({ snapshot }).decision === null || stateName(snapshot.value) === 'concealing';
}

/** Nobody answers what was not asked: a portrait is prepared after the document stage, a face compared in the cabin. */
function mayHappen(snapshot: AnyMachineSnapshot, { type }: { readonly type: string }): boolean {
  const state = stateName(snapshot.value);
  if (type === 'REFERENCE_PREPARED') return !beforeRemoval.test(state);
  if (type === 'RISK_ANSWERED') return state !== 'awaitingDocument' && contextOf({ snapshot }).evidence.mrz !== null;
  return true;
}

export const contextOf = ({ snapshot }: { snapshot: AnyMachineSnapshot }): Snapshot['context'] =>
  (snapshot as Snapshot).context;

export type Slice = {
  /** Which ways to begin, which events. */
  readonly begins: (label: string) => boolean;
  readonly hears: (label: string, type: string) => boolean;
};

export const transactionSearch = (slice: Slice, machine: Search['machine'], flaw: Search['flaw']): Search => ({
  machine,
  inputs: inputs.filter(([label]) => slice.begins(label)),
  alphabet: alphabet.filter(([label, { type }]) => slice.hears(label, type)),
  mayHappen,
  project,
  matters,
  flaw,
});

/** People and doors: every kind of hall, every device; one officer, who never lets anybody come along. */
export const bodies: Slice = {
  begins: (label) => /^(document read|overlapping|segregated|one-step)/.test(label),
  hears: (label, type) =>
    !/COMPANION|HELP|ACKNOWLEDGED/.test(type) &&
    !/^(officer b|an old|portrait unusable|forced door|document unread|risk hit|exit DOOR|entry DOOR_NOT_CLOSING)/.test(
      label,
    ),
};

/** Officers and requests: everything they can say, in the halls of an ordinary passage. */
export const words: Slice = {
  begins: () => true,
  hears: (label, type) => type !== 'HALL_CHANGED' || ordinary.has(label),
};

const ordinary: ReadonlySet<string> = new Set([
  'entry closed, exit closed',
  'entry closed, exit closed, occupied',
  'entry closed, exit closed, occupied, second person',
  'entry open, exit closed',
  'entry open, exit closed, occupied',
  'entry closed, exit open, occupied',
  'entry closed, exit open',
  'hall unknown',
]);
