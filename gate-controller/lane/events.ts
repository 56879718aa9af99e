import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import type { MRZEvidence } from '../decision/evidence.ts';
import type { Hall } from '../safety/hall.ts';
import type { Commanded } from '../transaction/events.ts';
import type { LaneInput } from './context.ts';
import type { Profile } from '../transaction/topology.ts';

type TechnicianCommanded = { readonly technician: string; readonly validUntil_ms: number };

/** What happened to the lane, before the kernel adds when. */
export type LaneHappening =
  | { readonly type: 'HALL_CHANGED'; readonly hall: Hall }
  | {
      readonly type: 'HEALTH_CHANGED';
      /** What keeps the lane from serving, `device:code`. */
      readonly blocking: readonly string[];
      /** What the lane can serve without, with an officer's word on every passage. */
      readonly degraded: readonly string[];
    }
  /** The degraded mode's causes have been gone for the whole time to recover. */
  | { readonly type: 'HEALTH_SETTLED' }
  /** Whether an officer has given a sign of life lately. */
  | { readonly type: 'ATTENDANCE_CHANGED'; readonly isAttended: boolean }
  | { readonly type: 'SELF_TEST_ENDED'; readonly failures: readonly string[] }
  | { readonly type: 'DOCUMENT_PRESENTED'; readonly transactionId: string; readonly mrz: MRZEvidence }
  /** One-step lanes: somebody has come in through the inviting entry. */
  | { readonly type: 'TRAVELLER_ENTERED'; readonly transactionId: string }
  | { readonly type: 'TRANSACTION_LEAVING'; readonly transactionId: string }
  /** Who was on the way out, or might have been, is held. */
  | { readonly type: 'TRANSACTION_STAYING'; readonly transactionId: string }
  | { readonly type: 'TRANSACTION_ENDED'; readonly transactionId: string; readonly outcome: string }
  | { readonly type: 'INTRUSION_SEEN'; readonly cause: 'REVERSE_ENTRY' | 'DOOR_FORCED' }
  | (Commanded &
      (
        | { readonly type: 'OFFICER_OPENED_LANE' }
        | { readonly type: 'OFFICER_ASSISTED_LANE' }
        | { readonly type: 'OFFICER_CLOSED_LANE' }
        | { readonly type: 'OFFICER_LOCKED_LANE'; readonly isDuress: boolean }
        | { readonly type: 'OFFICER_RESET_LOCKDOWN'; readonly reason: string }
        | { readonly type: 'OFFICER_RESET_EVACUATION'; readonly reason: string }
        | { readonly type: 'OFFICER_CONSENTED_MAINTENANCE' }
        | { readonly type: 'OFFICER_SET_PROFILE'; readonly profile: Profile }
      ))
  | (TechnicianCommanded &
      (
        | { readonly type: 'TECHNICIAN_ASKED_MAINTENANCE' }
        | { readonly type: 'TECHNICIAN_ENDED_MAINTENANCE' }
        | { readonly type: 'TECHNICIAN_MOVED_DOOR'; readonly door: DoorName; readonly command: DoorCommand }
      ))
  /** `input`: the lane as it is configured now. */
  | { readonly type: 'RESTARTED'; readonly input?: LaneInput };

/** `at_ms`: wall-clock milliseconds, set by the kernel. */
export type LaneEvent = LaneHappening & { readonly at_ms: number };
