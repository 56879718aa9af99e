import type { Committed } from '../kernel/kernel.ts';
import type { LaneContext } from '../lane/context.ts';
import { outermost } from '../lane/presentation.ts';
import { eventName } from './event-names.ts';
import type { Lane } from './view-sources.ts';

/**
 * A lane that an officer locked under duress is shown as one that was closed: whoever forces the officer reads the pages,
 * too. The journal, the log and the figure `gate_silent_alarm` say what it is.
 */

const isSilent = (value: unknown, context: LaneContext): boolean =>
  outermost(value) === 'lockdown' && context.lockdown === 'DURESS';

export const isUnderDuress = (lane: Lane | undefined): boolean =>
  lane !== undefined && isSilent(lane.value, lane.context);

/** The lane was locked under duress when this step was over. */
export const isStepUnderDuress = ({ kind, value, context }: Committed): boolean =>
  kind === 'lane' && isSilent(value, context as LaneContext);

const closedLane = { closed: 'shut' } as const;

/** Where the lane stands, as its pages say it. */
export const shownValue = (lane: Lane): unknown => (isUnderDuress(lane) ? closedLane : lane.value);

export const shownState = (lane: Lane | undefined): string =>
  outermost(lane === undefined ? 'starting' : shownValue(lane));

/** Name of an event as the pages say it. */
export function shownEvent(event: { readonly type: string }): string {
  if (event.type === 'OFFICER_LOCKED_LANE' && 'isDuress' in event && event.isDuress === true) {
    return 'OFFICER_CLOSED_LANE';
  }
  // The reason that the passage is held for then.
  if (event.type === 'LOCKDOWN_BEGAN' && 'cause' in event && event.cause === 'DURESS') {
    return 'OFFICER_CONFIRMATION_REQUIRED';
  }
  return eventName(event.type);
}

export type ShownStep = { readonly event: string; readonly value: unknown; readonly isIgnored: boolean };

/** A step as the pages say it; undefined for a wait that only a locked lane has. */
export function shownStep(step: Committed): ShownStep | undefined {
  const { event, value, isIgnored } = step;
  const name = shownEvent(event);
  if (!isStepUnderDuress(step)) return { event: name, value, isIgnored };
  if (isLockTimer(event.type)) return undefined;
  // A closed lane takes every order that it offers, but has no lockdown to end.
  const isOrder = /^(?:OFFICER|TECHNICIAN)_/.test(name);
  return { event: name, value: closedLane, isIgnored: isOrder ? name === 'OFFICER_RESET_LOCKDOWN' : isIgnored };
}

/** A wait of a locked lane: none of a closed one. */
export const isLockTimer = (type: string): boolean => eventName(type) === 'TIME_OVER:lockdownHold';
