import type { Evidence } from '../../drivers/contracts/evidence.ts';
import type { RecordedReport } from '../../drivers/emrtd/report/recorded-report.ts';
import type { Check } from '../decision/checks.ts';
import type { FaceEvidence, MRZEvidence, RiskEvidence } from '../decision/evidence.ts';
import type { Hall } from '../safety/hall.ts';

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
      readonly code: 'DOOR_NOT_OPENING' | 'DOOR_NOT_CLOSING';
    }
  | { readonly type: 'LANE_FAULTED'; readonly codes: readonly string[] }
  | { readonly type: 'EVACUATION_BEGAN' }
  | { readonly type: 'RESTARTED' }
  | { readonly type: 'OFFICER_ACKNOWLEDGED'; readonly officer: string }
  | { readonly type: 'OFFICER_RELEASED'; readonly officer: string; readonly reason: string }
  | { readonly type: 'OFFICER_RETURNED'; readonly officer: string; readonly reason: string };

/** `at_ms`: wall-clock milliseconds, set by the kernel. */
export type TransactionEvent = TransactionHappening & { readonly at_ms: number };
