import type { DoorReading, GateReading } from '../../drivers/contracts/gate-io.ts';
import { laneSnapshot } from '../kernel/lane-parts.ts';
import { isUnattended } from '../lane/context.ts';
import { outermost } from '../lane/presentation.ts';
import { hallOf } from '../safety/hall.ts';
import { isUnderDuress } from './disguise.ts';
import { wordsOfFault } from './fault-words.ts';
import { laneConsent, maintenanceOf } from './four-eyes.ts';
import type { Passage } from './history.ts';
import { incidentsOf } from './incidents.ts';
import type { DoorView, FaultView, LaneMode, LaneView, OfficerView } from './messages.ts';
import { laneOffers } from './offers.ts';
import { transactionView } from './transaction-view.ts';
import type { Lane, ViewSources } from './view-sources.ts';

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
  assisted: 'assisted',
  draining: 'draining',
  lockdown: 'lockdown',
  maintenance: 'maintenance',
  fault: 'fault',
  evacuation: 'evacuation',
};

/** How long the last passage stays in view once it has ended, so that its outcome can be read, ms. */
const outcomeShown_ms = 4_000;

function justEnded({ history, now_ms }: ViewSources): Passage | undefined {
  const latest = history.latestEnded();
  const endedAt_ms = latest?.endedAt_ms ?? null;
  return endedAt_ms !== null && Math.abs(now_ms() - endedAt_ms) < outcomeShown_ms ? latest : undefined;
}

/**
 * A lane that left a fault waits for its traveller, then tests itself: neither is a fault any more. A lane that was locked
 * under duress looks closed: whoever forces the officer reads this page, too.
 */
export function modeOf(lane: Lane | undefined): LaneMode {
  const { value, context } = lane ?? { value: 'starting', context: null };
  const isRecovering = typeof value === 'object' && value !== null && 'fault' in value && value.fault === 'settling';
  if (isRecovering) return (context?.transactionId ?? null) === null ? 'selfTest' : 'draining';
  return isUnderDuress(lane) ? 'closed' : (modes[outermost(value)] ?? 'fault');
}

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
  const reading = sources.reading();
  const now_ms = sources.now_ms();
  const current = lane?.context.transactionId ?? null;
  const passage = current === null ? justEnded(sources) : history.get(current);
  const next = history.get(lane?.context.nextTransactionId ?? '');
  return {
    laneId: sources.laneId,
    name: sources.laneName,
    mode: modeOf(lane),
    // Not the kernel's: a step whose record is being written is not in this view.
    seq: history.seq,
    at_ms: now_ms,
    doors: reading === undefined ? null : { entry: doorView(reading.doors.entry), exit: doorView(reading.doors.exit) },
    sensors: reading === undefined ? null : sensorsView(reading, sources.isDocumentPresent()),
    faults: standingFaults(sources).map((fault) => ({ ...fault, meaning: wordsOfFault(fault.code).meaning })),
    transaction: passage === undefined ? null : transactionView(passage, sources),
    next: next === undefined ? null : transactionView(next, sources),
    topology: lane?.context.topology ?? 'integrated-two-step',
    profile: lane?.context.profile ?? 'standard',
    isAttended: lane !== undefined && !isUnattended(lane.context),
    incidents: incidentsOf(sources),
    maintenance: lane === undefined ? null : maintenanceOf(lane, now_ms),
    waitingForSecondOfficer: lane === undefined ? null : laneConsent(lane, now_ms),
    uncontrolledCrossings: lane?.context.uncontrolledCrossings ?? 0,
    today: { ...history.today },
    commands: [
      ...(sources.help.isStanding(now_ms) ? (['acknowledge'] as const) : []),
      ...(lane === undefined ? [] : laneOffers(lane, now_ms)),
    ],
  };
}

const sensorsView = (reading: GateReading, isDocumentPresent: boolean): LaneView['sensors'] => ({
  isCabinOccupied: hallOf(reading).isCabinOccupied,
  isSecondPersonSeen: reading.isSecondPersonSeen,
  isEntryBeamInterrupted: reading.isEntryBeamInterrupted,
  isExitBeamInterrupted: reading.isExitBeamInterrupted,
  isDocumentPresent,
  isFireAlarm: reading.isFireAlarm,
  isEmergencyOpen: reading.isEmergencyOpen,
});

/** What the gate hardware says of a door. */
export const doorView = (door: DoorReading): DoorView => ({
  motion: door.motion,
  position_percent: door.position_percent,
  isObstructed: door.isClosingZoneObstructed,
});

/** Everything that stands against the lane: faults of devices, and what the last self-test found. */
export function standingFaults({ board, kernel, now_ms }: ViewSources): readonly Omit<FaultView, 'meaning'>[] {
  const found = laneSnapshot(kernel)?.context.selfTestFailures ?? [];
  return [...board(), ...found.map((code) => ({ device: 'self-test', code, since_ms: now_ms(), isBlocking: true }))];
}
