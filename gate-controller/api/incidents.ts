import type { ReferralReason } from '../decision/reasons.ts';
import { laneSnapshot, laneSubject } from '../kernel/lane-parts.ts';
import { isUnattended } from '../lane/context.ts';
import { outermost } from '../lane/presentation.ts';
import { type Hall, hallOf } from '../safety/hall.ts';
import type { IncidentView, ReasonView } from './messages.ts';
import { reasonView } from './transaction-view.ts';
import type { Lane, ViewSources } from './view-sources.ts';

const lockedByOfficer: ReasonView = {
  code: 'LANE_LOCKED_DOWN',
  title: 'An officer locked this lane down. Both doors stay shut; nobody is served.',
  advice: 'Look into the lane. Two officers together end the lockdown.',
  severity: 'high',
  exception: null,
};
const unattended: ReasonView = {
  code: 'LANE_UNATTENDED',
  title: 'Nobody attends this lane; it closes itself.',
  advice: 'Give your number on this page and keep it in view.',
  severity: 'normal',
  exception: null,
};
const onBattery: ReasonView = {
  code: 'POWER_ON_BATTERY',
  title: 'The mains power has failed; the gate runs on its battery.',
  advice: 'Nobody new is served. Send travellers to the next lane and call a technician.',
  severity: 'high',
  exception: null,
};

const helpCalled: ReasonView = {
  ...reasonView('HELP_REQUESTED'),
  title: 'Somebody at the lane pressed the help button.',
  advice: 'Speak to them now, then acknowledge.',
};
const objectLeft: ReasonView = {
  code: 'OBJECT_LEFT_BEHIND',
  title: 'Something was left in the cabin; the lane stays closed.',
  advice: 'Look at it before you touch it. The lane goes on when the cabin is empty.',
  severity: 'high',
  exception: null,
};

const rank = { high: 0, normal: 1, low: 2 } as const;

/** What stands in the lane beside any traveller, gravest first; of equals the one that has waited longest. */
export function incidentsOf(sources: ViewSources): readonly IncidentView[] {
  const lane = laneSnapshot(sources.kernel);
  const now_ms = sources.now_ms();
  const calledAt_ms = sources.help.since_ms(now_ms);
  return [
    ...(lane === undefined ? [] : ofLane(lane, sources.history.log.since_ms(laneSubject))),
    ...ofHall(hallOf(sources.reading()), lane?.context.transactionId ?? null),
    ...(calledAt_ms === null ? [] : [{ ...helpCalled, since_ms: calledAt_ms }]),
  ].toSorted(
    (a, b) =>
      rank[a.severity] - rank[b.severity] ||
      (a.since_ms ?? Number.POSITIVE_INFINITY) - (b.since_ms ?? Number.POSITIVE_INFINITY),
  );
}

function ofLane({ context, value }: Lane, since_ms: number | null): readonly IncidentView[] {
  const { lockdown, uncontrolledCrossings } = context;
  return [
    ...(outermost(value) === 'lockdown' ? lockdownIncident(lockdown, since_ms) : []),
    ...(isUnattended(context) ? [{ ...unattended, since_ms: null }] : []),
    ...(uncontrolledCrossings === 0 ? [] : [{ ...uncontrolled(uncontrolledCrossings), since_ms: null }]),
  ];
}

/** An alarm that was given silently stays silent on every page of this lane. */
function lockdownIncident(cause: Lane['context']['lockdown'], since_ms: number | null): readonly IncidentView[] {
  if (cause === 'DURESS') return [];
  const reason = cause === 'OFFICER' || cause === null ? lockedByOfficer : reasonView(cause satisfies ReferralReason);
  return [{ ...reason, since_ms }];
}

const uncontrolled = (crossings: number): ReasonView => ({
  code: 'CROSSINGS_UNCONTROLLED',
  title: `${crossings === 1 ? 'One person has' : `${crossings} people have`} crossed this lane uncontrolled.`,
  advice: 'The doors stood open in an emergency. Find and control whoever went through.',
  severity: 'high',
  exception: null,
});

/** While a passage is under way its own reasons say what lies in the cabin. */
function ofHall(hall: Hall, transactionId: string | null): readonly IncidentView[] {
  const isLeft = hall.isObjectLeft && transactionId === null;
  return [
    ...(hall.isOnUPS ? [{ ...onBattery, since_ms: null }] : []),
    ...(isLeft ? [{ ...objectLeft, since_ms: null }] : []),
  ];
}
