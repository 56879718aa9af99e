/** The invariants by name, and how much time and space the world may take to obey them. */
export const rules = {
  I1: 'both doors stood open together outside an evacuation',
  I2: 'the exit was asked to open without an unexpired permission of the transaction at hand',
  I3: 'an admit stands in the record although a required check has not passed',
  I4: 'a door was asked to move before the record of it was durable',
  I5: 'a door was asked to close although somebody stood in its closing zone',
  I6: 'a door was asked to move 1 s after fire or emergency release',
  I7: 'somebody was kept, or the lane was stuck',
  I8: 'a late result changed a newer transaction',
  I9: 'a passage was resumed after a restart, or nobody was let out',
  I10: 'the time of a referral in the cabin told its reason',
  I11: 'somebody passed who should not have',
  failure: 'the controller failed in a way nobody foresaw',
} as const;
export type Rule = keyof typeof rules;

export type Broken = { readonly rule: Rule; readonly at_ms: number; readonly what: string };

export const slit_percent = 5;
/** From a reading to the withdrawal of a command: the lane acts on the reading itself. */
export const closeReaction_ms = 100;
export const fireReaction_ms = 1_000;
export const shutIn_max_ms = 150_000;
/** What was under way is ended by the first records of a new process. */
export const interruption_max_ms = 15_000;
export const afterRestart_max_ms = 60_000;
export const transaction_max_ms = 10 * 60_000;
/** Somebody who came in through the exit is held until officers come, however often these miss the call. */
export const intruder_max_ms = 60 * 60_000;
export const verdictSlack_ms = 60;
/** After its permission has run out, the exit is not asked to open any more: tick, cycle and line. */
export const withdrawal_ms = 700;
