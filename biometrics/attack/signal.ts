/** Signs of a presentation attack: what one frame says, what several say together, and how they become one verdict. */

/** `attack`: somebody should look. `undetermined`: nobody can say; never treated as live. */
export type AttackVerdict = 'live' | 'attack' | 'undetermined';

export type AttackSignalName =
  | 'passive-network'
  | 'face-in-rectangle'
  | 'second-face'
  | 'covered-face'
  | 'frozen-frames'
  | 'repeated-frames'
  | 'person-changed'
  | 'head-turn'
  | 'flat-under-turn';

/** What one signal measured in one frame; the unit stands with the signal in `signals.ts`. */
export type AttackSignal = { readonly name: AttackSignalName; readonly version: string } & (
  | { readonly status: 'measured'; readonly value: number }
  | { readonly status: 'unavailable'; readonly because: string }
);

/** What one signal says after all frames. */
export type SignalOutcome = {
  readonly name: AttackSignalName;
  readonly version: string;
  /** Frames in which it could measure. */
  readonly frames: number;
  /** The fused measure, in the signal's unit; null when there was too little. */
  readonly value: number | null;
  readonly verdict: AttackVerdict;
  /** Code of the reason. */
  readonly because: string;
};

export type AttackAssessment = {
  readonly verdict: AttackVerdict;
  /** Code of the rule that decided. */
  readonly because: string;
  readonly signals: readonly SignalOutcome[];
};
