import type { Evidence } from '../../drivers/contracts/evidence.ts';
import type { RecordedReport } from '../../drivers/emrtd/report/recorded-report.ts';
import type { Check } from '../decision/checks.ts';
import type { FaceEvidence, MRZEvidence, RiskEvidence } from '../decision/evidence.ts';
import type { ReferralReason } from '../decision/reasons.ts';
import type { DoorMismatchCode } from '../safety/door-watch.ts';
import type { Hall } from '../safety/hall.ts';
import type { Profile } from './topology.ts';

/** What happened, before the kernel adds when. Nothing here names the holder. */
export type TransactionHappening =
  | { readonly type: 'DOCUMENT_PRESENTED'; readonly presentationId: string; readonly mrz: MRZEvidence }
  | {
      readonly type: 'CHIP_INSPECTED';
      readonly checks: readonly Check[];
      readonly aborted: string | null;
      /** For the record and the officer. It stands in this event only, for it is long. */
      readonly report: RecordedReport | null;
    }
  | { readonly type: 'DOCUMENT_TAKEN' }
  | { readonly type: 'DOCUMENT_PLACED' }
  | { readonly type: 'REFERENCE_PREPARED'; readonly portrait: FaceEvidence['portrait'] }
  | {
      readonly type: 'FACE_VERIFIED';
      readonly captured: FaceEvidence['captured'];
      readonly similarity: Evidence<number>;
      readonly attack: FaceEvidence['attack'];
      /** Examined frames by what was to be mended in them; `none` when nothing was. */
      readonly frames: Readonly<Record<string, number>>;
    }
  | { readonly type: 'RISK_ANSWERED'; readonly risk: RiskEvidence }
  | { readonly type: 'RISK_SLOW' }
  | { readonly type: 'RISK_DEADLINE' }
  | { readonly type: 'VERDICT_DUE' }
  | { readonly type: 'HALL_CHANGED'; readonly hall: Hall }
  | {
      readonly type: 'DOOR_MISMATCH';
      readonly door: 'entry' | 'exit';
      readonly code: DoorMismatchCode;
    }
  /** The traveller before has left, and the doors are shut: the cabin is this transaction's. */
  | { readonly type: 'CABIN_FREED' }
  /** The document that was inspected at the kiosk is shown again, at the gate. */
  | { readonly type: 'TOKEN_PRESENTED' }
  | { readonly type: 'HELP_REQUESTED' }
  | { readonly type: 'LOCKDOWN_BEGAN'; readonly cause: LockdownCause }
  | { readonly type: 'LANE_FAULTED'; readonly codes: readonly string[] }
  | { readonly type: 'EVACUATION_BEGAN' }
  | { readonly type: 'RESTARTED' }
  | OfficerHappening;

/** Wall-clock milliseconds until which a command may be carried out; after that, in its own turn, it is void. */
export type Commanded = { readonly officer: string; readonly validUntil_ms: number };

type OfficerHappening = Commanded &
  (
    | { readonly type: 'OFFICER_ACKNOWLEDGED' }
    | { readonly type: 'OFFICER_RELEASED'; readonly reason: string }
    | { readonly type: 'OFFICER_RETURNED'; readonly reason: string }
    | { readonly type: 'OFFICER_ALLOWED_COMPANION'; readonly reason: string }
    | { readonly type: 'OFFICER_SET_PROFILE'; readonly profile: Profile }
  );

/** Why a lane is locked down: all doors shut, nobody served, until two officers end it. */
export type LockdownCause = 'REVERSE_ENTRY' | 'DOOR_FORCED' | 'OFFICER' | 'DURESS';

/** `at_ms`: wall-clock milliseconds, set by the kernel. */
export type TransactionEvent = TransactionHappening & { readonly at_ms: number };

/** An officer's word counts for seconds only: one that comes to its turn later is void. Written so that a missing time refuses. */
export const isFresh = (event: object): boolean =>
  'validUntil_ms' in event &&
  typeof event.validUntil_ms === 'number' &&
  'at_ms' in event &&
  typeof event.at_ms === 'number' &&
  event.at_ms <= event.validUntil_ms;

/** True for a time that has passed and is not longer than the limit; a clock that was set back makes it false. */
export const isWithin = (passed_ms: number, limit_ms: number): boolean => passed_ms >= 0 && passed_ms <= limit_ms;

/** A forced door has its own name on the officers' list; a silent alarm has none. */
export function lockdownReason(event: TransactionEvent): ReferralReason {
  const cause = event.type === 'LOCKDOWN_BEGAN' ? event.cause : 'OFFICER';
  if (cause === 'DURESS') return 'OFFICER_CONFIRMATION_REQUIRED';
  if (cause === 'REVERSE_ENTRY') return 'REVERSE_ENTRY';
  return cause === 'DOOR_FORCED' ? 'DOOR_FORCED' : 'LANE_LOCKED_DOWN';
}
