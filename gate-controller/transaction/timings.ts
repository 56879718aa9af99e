import type { Profile } from './topology.ts';

/**
 * Every wait of a transaction in milliseconds. Defaults follow the state catalogue for integrated two-step lanes; the
 * upper limits keep a traveller from being held by software.
 */
export type Timings = {
  /** Second and third try at presenting the document. */
  readonly documentTry_ms: number;
  /** Whole chip inspection (BSI TR-03135-1 section 4.1.4 asks for 7 s, and a time-out of 10 to 15 s). */
  readonly chip_ms: number;
  /** Soft and hard limit of a risk service, counted from the printed zone. */
  readonly riskSoft_ms: number;
  readonly riskHard_ms: number;
  /** Taking the document from the reader. */
  readonly removal_ms: number;
  /** Segregated lanes: from the kiosk to the gate. */
  readonly token_ms: number;
  /** Overlapping lanes: until the traveller before has left the cabin. */
  readonly cabin_ms: number;
  /** Walking in after the entry door was asked to open. */
  readonly enter_ms: number;
  /** Closing the entry door behind the traveller. */
  readonly separate_ms: number;
  /** Sending the second person out again. */
  readonly tailgate_ms: number;
  /**
   * Face capture, after which the passage goes on without a face. It ends by itself 1 s before. Frames for comparison and
   * attack signals take 1 to 3.5 s of it and a turn of the head 6 s at most; the rest is for following hints.
   */
  readonly capture_ms: number;
  /** From the begin of the capture until a referral in the cabin may be seen, whatever its reason (I10). */
  readonly verdict_ms: number;
  /** Opening or closing of one door. */
  readonly door_ms: number;
  /** An admit opens the exit only within this time. */
  readonly exitAuthority_ms: number;
  /** Walking out through the open exit. */
  readonly leave_ms: number;
  /** Referral inside the cabin: officer's attention, then the way back. */
  readonly escalate_ms: number;
  readonly hold_ms: number;
  /** Within which the second officer has to confirm what needs four eyes. */
  readonly consent_ms: number;
  /** Walking back to the entry side before the case is handed over as it stands. */
  readonly return_ms: number;
  /** How long the way to the desk is shown. */
  readonly redirect_ms: number;
  /** Hard limit of the whole passage. */
  readonly transaction_ms: number;
};

export const defaultTimings: Timings = {
  documentTry_ms: 10_000,
  chip_ms: 15_000,
  riskSoft_ms: 2_000,
  riskHard_ms: 8_000,
  removal_ms: 10_000,
  token_ms: 45_000,
  cabin_ms: 30_000,
  enter_ms: 12_000,
  separate_ms: 10_000,
  tailgate_ms: 8_000,
  capture_ms: 20_000,
  verdict_ms: 4_000,
  door_ms: 6_000,
  exitAuthority_ms: 8_000,
  leave_ms: 15_000,
  escalate_ms: 10_000,
  hold_ms: 60_000,
  consent_ms: 30_000,
  return_ms: 30_000,
  redirect_ms: 5_000,
  transaction_ms: 120_000,
};

/** Smallest and largest value of each wait, in milliseconds. */
export const timingRanges: Readonly<Record<keyof Timings, readonly [min: number, max: number]>> = {
  documentTry_ms: [2_000, 60_000],
  chip_ms: [3_000, 60_000],
  riskSoft_ms: [100, 30_000],
  riskHard_ms: [500, 60_000],
  removal_ms: [2_000, 60_000],
  token_ms: [5_000, 120_000],
  cabin_ms: [5_000, 60_000],
  enter_ms: [3_000, 60_000],
  separate_ms: [2_000, 60_000],
  tailgate_ms: [2_000, 60_000],
  capture_ms: [2_000, 60_000],
  verdict_ms: [1_500, 20_000],
  door_ms: [2_000, 30_000],
  exitAuthority_ms: [1_000, 30_000],
  leave_ms: [3_000, 60_000],
  escalate_ms: [1_000, 60_000],
  hold_ms: [5_000, 120_000],
  consent_ms: [5_000, 60_000],
  return_ms: [5_000, 120_000],
  redirect_ms: [1_000, 30_000],
  transaction_ms: [30_000, 300_000],
};

/** Waits that must stand in order, so that whoever reads the record sees which one ran out. */
export function timingConflicts(t: Timings): readonly string[] {
  const rules: readonly (readonly [boolean, string])[] = [
    [t.riskSoft_ms < t.riskHard_ms, 'riskSoft_ms must be shorter than riskHard_ms'],
    [t.escalate_ms < t.hold_ms, 'escalate_ms must be shorter than hold_ms'],
    [
      t.chip_ms + t.capture_ms < t.transaction_ms,
      'chip_ms and capture_ms together must be shorter than transaction_ms',
    ],
    [t.token_ms < t.transaction_ms, 'token_ms must be shorter than transaction_ms'],
    [t.cabin_ms < t.transaction_ms, 'cabin_ms must be shorter than transaction_ms'],
    [t.riskHard_ms < t.transaction_ms, 'riskHard_ms must be shorter than transaction_ms'],
    [t.verdict_ms <= t.capture_ms, 'verdict_ms must not be longer than capture_ms'],
    [t.door_ms <= t.enter_ms, 'door_ms must not be longer than enter_ms'],
  ];
  return rules.filter(([holds]) => !holds).map(([, conflict]) => conflict);
}

/** What is waited for is a person, who may need longer; devices, doors, services and officers do not. */
const personal = [
  'documentTry_ms',
  'removal_ms',
  'token_ms',
  'enter_ms',
  'separate_ms',
  'tailgate_ms',
  'capture_ms',
  'leave_ms',
  'return_ms',
  'transaction_ms',
] as const satisfies readonly (keyof Timings)[];

/** The waits of a passage under a profile: `accessible` doubles what a person is waited for. */
export function timingsFor(timings: Timings, profile: Profile): Timings {
  if (profile === 'standard') return timings;
  return { ...timings, ...Object.fromEntries(personal.map((name) => [name, timings[name] * 2])) };
}
