import type { TransactionContext } from '../transaction/context.ts';
import { waitsOf } from '../transaction/context.ts';
import { isWithin } from '../transaction/events.ts';
import type { LaneView, SecondOfficerView } from './messages.ts';
import type { Lane } from './view-sources.ts';

type Consent = { readonly officer: string; readonly at_ms: number };

/** A first officer's word counts for a while; afterwards it is as if it had not been given. */
function standing(
  consent: Consent | null,
  consent_ms: number,
  now_ms: number,
): Omit<SecondOfficerView, 'command'> | null {
  if (consent === null || !isWithin(now_ms - consent.at_ms, consent_ms)) return null;
  return { officer: consent.officer, until_ms: consent.at_ms + consent_ms };
}

/** The first of two officers who end a lockdown; null when none has spoken, or too long ago. */
export function laneConsent({ context }: Lane, now_ms: number): SecondOfficerView | null {
  const first = standing(context.firstConsent, context.timings.consent_ms, now_ms);
  return first === null ? null : { command: 'resetLockdown', ...first };
}

/** The first of two officers who release a traveller. */
export function transactionConsent(context: TransactionContext, now_ms: number): SecondOfficerView | null {
  const first = standing(context.firstConsent, waitsOf(context).consent_ms, now_ms);
  return first === null ? null : { command: 'releaseToExit', ...first };
}

/** The technician who works in the lane, or asks to; a request that nobody consented to in time is over. */
export function maintenanceOf({ context }: Lane, now_ms: number): LaneView['maintenance'] {
  const { maintenance, timings } = context;
  if (maintenance === null) return null;
  const isPending = isWithin(now_ms - maintenance.askedAt_ms, timings.consent_ms);
  return maintenance.officer !== null || isPending ? maintenance : null;
}
