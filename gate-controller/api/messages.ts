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

/** How kiosk, cabin and doors stand to each other. */
export type LaneTopology = 'integrated-two-step' | 'one-step' | 'segregated';

/** `accessible`: longer times, larger words, no hurry. */
export type TravellerProfile = 'standard' | 'accessible';

/** What the traveller's passage is doing, in the order of the integrated two-step lane. */
export type TransactionStep =
  | 'awaitingDocument'
  | 'inspectingDocument'
  | 'awaitingRemoval'
  | 'awaitingGate'
  | 'awaitingCabin'
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
  /** Type in the catalogue of sixteen exceptions (Frontex operational guideline, section 3.8), in words. */
  readonly exception: string | null;
};

/** What stands in the lane and concerns an officer, beside any one traveller. `since_ms`: null where only a sensor knows. */
export type IncidentView = ReasonView & { readonly since_ms: number | null };

/** One officer has given a command that takes two; another officer's counts until then. */
export type SecondOfficerView = {
  readonly command: OfficerCommandName;
  /** Number of the first officer. */
  readonly officer: string;
  readonly until_ms: number;
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
  readonly profile: TravellerProfile;
  /** An officer confirms this traveller, whatever the checks say. */
  readonly isAssisted: boolean;
  /** Number of the officer who allowed a second person in the cabin; null: one person only. */
  readonly companionBy: string | null;
  readonly hasAskedForHelp: boolean;
  readonly waitingForSecondOfficer: SecondOfficerView | null;
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
  /** Whose document is read while the one before leaves. */
  readonly next: TransactionView | null;
  readonly topology: LaneTopology;
  /** Of the next traveller. */
  readonly profile: TravellerProfile;
  /** False while no officer's page gives a sign of life: the lane closes itself, unless it runs without. */
  readonly isAttended: boolean;
  /** Empty when nothing but travellers needs an officer; gravest first. */
  readonly incidents: readonly IncidentView[];
  /** A technician works in the lane, or asks to. */
  readonly maintenance: {
    readonly technician: string;
    /** Number of the officer who consented; null while that is asked for. */
    readonly officer: string | null;
    readonly askedAt_ms: number;
  } | null;
  readonly waitingForSecondOfficer: SecondOfficerView | null;
  /** People who crossed uncontrolled since the start: doors stood open in an emergency. */
  readonly uncontrolledCrossings: number;
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
  | 'assistLane'
  | 'closeLane'
  | 'lockLane'
  /** Locks the lane and alarms silently: nothing on a page of this lane shows that it was given. */
  | 'duress'
  | 'resetLockdown'
  | 'resetEvacuation'
  | 'consentMaintenance'
  /** Of a case; without one, of the call for help that stands in the lane. */
  | 'acknowledge'
  | 'releaseToExit'
  | 'returnToEntry'
  | 'allowCompanion'
  /** Of the passage that is named, else of the next traveller. */
  | 'useAccessibleProfile'
  | 'useStandardProfile';

/** Longest time between the officer's hand and the machine's turn, ms (border-control practice: an order is for now). */
export const commandValid_ms = 5_000;

/** Number of an officer or technician. Until sign-in exists it is what the person says. */
export const personNumberPattern = '^[A-Za-z0-9-]{2,20}$';

const personNumber = new RegExp(personNumberPattern);

/** True for what the controller takes as the number of an officer or technician. */
export const isPersonNumber = (number: string): boolean => personNumber.test(number);

/** One person, one number, however it is written: applied where a number that fits the pattern enters. */
export const personNumberOf = (written: string): string => written.trim().toUpperCase();

/**
 * POST /api/commands. Answered 202 once recorded; the effect shows in the next view. 409 when the lane has moved on since
 * `expectedSeq` or the command is too old, 422 when not allowed now, 503 when it is not known whether it was recorded: a
 * repeat asks again. A command that takes two officers is given twice, by different ones.
 */
export type OfficerCommand = {
  /** Made by the page (crypto.randomUUID); repeats are recognised by it. */
  readonly commandId: string;
  readonly command: OfficerCommandName;
  readonly laneId: string;
  /** Required by the commands that concern a transaction. */
  readonly transactionId: string | null;
  readonly expectedSeq: number;
  /** When the officer gave it, on the controller's clock: `at_ms` of the newest view and the time since it came. */
  readonly givenAt_ms: number;
  /** Number of the officer who gives it (`personNumberPattern`). */
  readonly officer: string;
  /** At least 3 characters for the commands that open a way or end a lockdown; null where none is asked. */
  readonly reason: string | null;
};

/** POST /api/attendance, every 10 s from an officer's page that can be seen. Answered 204. */
export type Attendance = { readonly officer: string };

/** How often an officer's page says that somebody is there, ms. */
export const attendanceEvery_ms = 10_000;

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
  /** Words are larger and more of them for `accessible`. */
  readonly profile: TravellerProfile;
  /** `offered`: the sign has a button that calls somebody (POST /api/display/help); `coming`: it was pressed. */
  readonly help: 'none' | 'offered' | 'coming';
};
