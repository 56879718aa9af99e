/**
 * What the controller and its pages say to each other: the only file of the controller that a page may import.
 * Views are made for one reader each. The display's view holds nothing personal; the officer's holds what an officer
 * needs to decide, and lives in memory only.
 */

import type { InspectionReport, ReportNode } from '../../drivers/emrtd/report/report.ts';
import type { Screen } from '../lane/presentation.ts';

export type { InspectionReport, ReportNode };

export type LaneMode =
  | 'starting'
  | 'selfTest'
  | 'closed'
  | 'open'
  | 'assisted'
  | 'draining'
  | 'lockdown'
  | 'evacuation'
  | 'maintenance'
  | 'fault';

/** What the traveller's passage is doing, in the order of the integrated two-step lane. */
export type TransactionStep =
  | 'awaitingDocument'
  | 'inspectingDocument'
  | 'awaitingRemoval'
  | 'entering'
  | 'separating'
  | 'capturing'
  | 'joiningRisk'
  | 'leaving'
  | 'closingExit'
  | 'held'
  | 'returning'
  | 'redirecting'
  | 'admitted'
  | 'referred'
  | 'redirected'
  | 'released'
  | 'interrupted';

export type Outcome = 'admitted' | 'referred' | 'redirected' | 'released' | 'interrupted';
export type CheckResultView = 'passed' | 'failed' | 'undetermined' | 'not-supported' | 'aborted';

export type CheckView = {
  readonly id: string;
  /** Words for an officer. */
  readonly label: string;
  readonly result: CheckResultView;
  /** Stable code that explains the result; a remark where it has passed. */
  readonly because: string | null;
  readonly isRequired: boolean;
  /** Milliseconds since the transaction began. */
  readonly at_ms: number;
};

export type ReasonView = {
  readonly code: string;
  /** What happened and what the officer should do, one sentence each. */
  readonly title: string;
  readonly advice: string;
  readonly severity: 'high' | 'normal' | 'low';
};

/** Holder as the document says; never journaled, never logged. */
export type HolderView = {
  readonly surname: string;
  readonly givenNames: string;
  readonly documentNumber: string;
  readonly documentCode: string;
  readonly issuingState: string;
  readonly nationality: string;
  /** ISO 8601 where the zone allows it, else as printed. */
  readonly birthDate: string;
  readonly expiryDate: string;
  readonly sex: string;
};

export type TimelineEntry = { readonly at_ms: number; readonly event: string };

export type AttackVerdictView = 'live' | 'attack' | 'undetermined';

/** What the capture of the live face was like. */
export type FaceView = {
  /** What the traveller is asked to do now; null when nothing. */
  readonly guidance: CaptureHint | null;
  /** What was to be mended, and in how many of the examined frames; most frequent first. */
  readonly hints: readonly { readonly hint: string; readonly frames: number }[];
  /** Signs of a presentation attack, null while not measured. */
  readonly attack: {
    readonly verdict: AttackVerdictView;
    readonly because: string;
    readonly signals: readonly {
      readonly name: string;
      readonly verdict: AttackVerdictView;
      readonly because: string;
    }[];
  } | null;
  /** Of the live picture shown; names of ISO/IEC 29794-5. Null while there is none, and after it was wiped. */
  readonly quality: {
    readonly interEyeDistance_px: number;
    /** Share of full scale. */
    readonly luminanceMean: number;
    /** 0…1; side light makes it small. */
    readonly illuminationUniformity: number;
    readonly sharpness: number;
    /** Probability 0…1 that the less open eye is open. */
    readonly eyesOpen_min: number;
    /** Above 0: turned to the traveller's own left. */
    readonly yaw_deg: number;
  } | null;
};

export type TransactionView = {
  readonly transactionId: string;
  readonly startedAt_ms: number;
  readonly endedAt_ms: number | null;
  readonly step: TransactionStep;
  readonly decision: 'admit' | 'refer' | null;
  readonly outcome: Outcome | null;
  readonly reasons: readonly ReasonView[];
  readonly checks: readonly CheckView[];
  readonly holder: HolderView | null;
  /** Addresses of JPEG pictures, null while there is none or after they were wiped. */
  readonly images: { readonly portrait: string | null; readonly live: string | null };
  /** Address of the report of the document (an `InspectionReport`), null while there is none. */
  readonly report: string | null;
  readonly similarity: { readonly value: number; readonly min: number; readonly operatingPoint: string } | null;
  readonly face: FaceView | null;
  readonly risk: {
    readonly state: 'asked' | 'slow' | 'clear' | 'hit' | 'unknown';
    readonly detail: string | null;
  } | null;
  readonly chip: { readonly bytesRead: number; readonly bytesTotal: number | null } | null;
  readonly timeline: readonly TimelineEntry[];
  /** Commands an officer may give now. */
  readonly commands: readonly OfficerCommandName[];
};

export type DoorView = {
  readonly motion: 'unknown' | 'calibrating' | 'open' | 'closed' | 'partial' | 'stopped' | 'opening' | 'closing';
  readonly position_percent: number | null;
  readonly isObstructed: boolean;
};

export type FaultView = {
  readonly device: string;
  readonly code: string;
  readonly meaning: string;
  readonly since_ms: number;
  readonly isBlocking: boolean;
};

export type LaneView = {
  readonly laneId: string;
  readonly name: string;
  readonly mode: LaneMode;
  /** Journal sequence this view was made after; commands carry it back as `expectedSeq`. */
  readonly seq: number;
  readonly at_ms: number;
  readonly doors: { readonly entry: DoorView; readonly exit: DoorView } | null;
  readonly sensors: {
    readonly isCabinOccupied: boolean;
    readonly isSecondPersonSeen: boolean;
    readonly isEntryBeamInterrupted: boolean;
    readonly isExitBeamInterrupted: boolean;
    readonly isDocumentPresent: boolean;
    readonly isFireAlarm: boolean;
    readonly isEmergencyOpen: boolean;
  } | null;
  readonly faults: readonly FaultView[];
  readonly transaction: TransactionView | null;
  readonly today: { readonly admitted: number; readonly referred: number; readonly other: number };
  readonly commands: readonly OfficerCommandName[];
};

/** A case on the officers' list: newest first; `transaction` is complete while the case's pictures are kept. */
export type ReferralView = {
  readonly transaction: TransactionView;
  readonly isAcknowledged: boolean;
};

/** Server-sent event `lane` on /api/events. */
export type OfficerView = { readonly lanes: readonly LaneView[]; readonly referrals: readonly ReferralView[] };

export type OfficerCommandName =
  | 'openLane'
  | 'closeLane'
  | 'acknowledge'
  | 'releaseToExit'
  | 'returnToEntry'
  | 'resetEvacuation';

/**
 * POST /api/commands. Answered 202 once recorded; the effect shows in the next view. 409 when the lane has moved on since
 * `expectedSeq`, 422 when not allowed now, 503 when it is not known whether it was recorded: a repeat asks again.
 */
export type OfficerCommand = {
  /** Made by the page (crypto.randomUUID); repeats are recognised by it. */
  readonly commandId: string;
  readonly command: OfficerCommandName;
  readonly laneId: string;
  /** Required by the commands that concern a transaction. */
  readonly transactionId: string | null;
  readonly expectedSeq: number;
  /** At least 3 characters for releaseToExit, returnToEntry and resetEvacuation. */
  readonly reason: string | null;
};

export type { Screen };

/** One thing to do in front of the camera. */
export type CaptureHint =
  | 'lookAtCamera'
  | 'stepCloser'
  | 'stepBack'
  | 'moveIntoView'
  | 'onePersonOnly'
  | 'holdStill'
  | 'moreLight'
  | 'evenLight'
  | 'removeCover'
  | 'openEyes'
  | 'turnHeadLeft'
  | 'turnHeadRight';

/** Server-sent event `display` on /api/display/events. Holds nothing personal. */
export type DisplayView = {
  readonly laneName: string;
  readonly screen: Screen;
  readonly hint: CaptureHint | null;
  /** 0…1 while the chip is read, else null. */
  readonly progress: number | null;
};
