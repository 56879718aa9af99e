/**
 * What the frames of one capture say together: each signal by its own rule, then all of them by one. Pure. A further
 * signal is one more entry of `signals`.
 */
import { type AttackLimits, defaultAttackLimits } from './limits.ts';
import type { AttackAssessment, AttackSignal, AttackSignalName, AttackVerdict, SignalOutcome } from './signal.ts';

export type SignalRule = {
  readonly name: AttackSignalName;
  /** What a value says, with its unit. */
  readonly measures: string;
  /** How the values of several frames become one, and what that one means. */
  readonly fuse: (values: readonly number[], limits: AttackLimits) => Fused;
};

type Fused = { readonly value: number | null; readonly verdict: AttackVerdict; readonly because: string };

/** Frames that a median needs: one stray frame accuses nobody. */
const medianFrames_min = 3;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const highest = (values: readonly number[]): number => Math.max(...values);
const lowest = (values: readonly number[]): number => Math.min(...values);

const tooFew = { value: null, verdict: 'undetermined', because: 'TOO_FEW_FRAMES' } as const;
const noNumber = { value: null, verdict: 'undetermined', because: 'NOT_A_NUMBER' } as const;

/** Objects when the value is beyond the limit; otherwise says that nothing was found, which proves nothing by itself. */
function objection(value: number, isFound: boolean, because: string): Fused {
  return isFound ? { value, verdict: 'attack', because } : { value, verdict: 'live', because: 'NOTHING_FOUND' };
}

export const signals: readonly SignalRule[] = [
  {
    name: 'passive-network',
    measures: 'probability of a live face, mean of the logits',
    fuse: (values, limits) => {
      if (values.length < limits.passiveFrames_min) return tooFew;
      const value = sigmoid(values.reduce((sum, p) => sum + logit(p), 0) / values.length);
      // The logit of what is no probability.
      if (!Number.isFinite(value)) return noNumber;
      if (value >= limits.passiveLive_min) return { value, verdict: 'live', because: 'LOOKS_LIVE' };
      if (value < limits.passiveAttack_max) return { value, verdict: 'undetermined', because: 'LOOKS_LIKE_AN_ATTACK' };
      const isSuspect = value < limits.passiveSuspect_max;
      return { value, verdict: 'undetermined', because: isSuspect ? 'LOOKS_SUSPECT' : 'LOOKS_LIKE_EITHER' };
    },
  },
  {
    name: 'face-in-rectangle',
    measures: 'straight share 0…1 of the lower and two other sides of the face, median',
    fuse: (values, { rectangle_min }) =>
      values.length < medianFrames_min
        ? tooFew
        : objection(median(values), median(values) >= rectangle_min, 'FACE_IN_RECTANGLE'),
  },
  {
    name: 'second-face',
    measures: 'area of another face over that of the main one, median',
    fuse: (values, { secondFace_min }) =>
      values.length < medianFrames_min
        ? tooFew
        : objection(median(values), median(values) >= secondFace_min, 'SECOND_FACE'),
  },
  {
    name: 'covered-face',
    measures: 'score 0…1 of a covered lower face, median',
    fuse: (values, { covered_max }) =>
      values.length < medianFrames_min
        ? tooFew
        : objection(median(values), median(values) > covered_max, 'FACE_COVERED'),
  },
  {
    name: 'frozen-frames',
    measures: 'largest movement in the last frames, grey levels',
    fuse: (values, { motion_min, motionFrames_min }) => {
      if (values.length < motionFrames_min) return tooFew;
      const value = highest(values.slice(-motionFrames_min));
      return objection(value, !(value >= motion_min), 'NOTHING_MOVES');
    },
  },
  {
    name: 'repeated-frames',
    measures: 'frames that came byte for byte before',
    fuse: (values, { repeated_max }) =>
      values.length === 0 ? tooFew : objection(highest(values), highest(values) > repeated_max, 'FRAMES_REPEATED'),
  },
  {
    name: 'person-changed',
    measures: 'lowest cosine of a probe to those before it',
    fuse: (values, { likeness_min }) =>
      values.length === 0 ? tooFew : objection(lowest(values), !(lowest(values) >= likeness_min), 'PERSON_CHANGED'),
  },
  {
    name: 'head-turn',
    measures: 'largest yaw in the asked direction, degrees',
    fuse: (values, { turn_min_deg }) => {
      if (values.length === 0) return { value: null, verdict: 'undetermined', because: 'NOT_ASKED' };
      const value = highest(values);
      return value >= turn_min_deg
        ? { value, verdict: 'live', because: 'TURN_FOLLOWED' }
        : { value, verdict: 'undetermined', because: 'TURN_NOT_FOLLOWED' };
    },
  },
  {
    name: 'flat-under-turn',
    measures: 'distance from a flat face over its spread, median of the turned frames',
    fuse: (values, { flat_max }) =>
      values.length === 0 ? tooFew : objection(median(values), !(median(values) > flat_max), 'FLAT_UNDER_TURN'),
  },
];

/** The measures of all frames by signal; those that could not be taken are left out. */
export function fuseSignals(
  measures: readonly AttackSignal[],
  limits: AttackLimits = defaultAttackLimits,
): readonly SignalOutcome[] {
  return signals.map(({ name, fuse }) => {
    const own = measures.filter((measure) => measure.name === name);
    const values = own.flatMap((measure) =>
      measure.status === 'measured' && Number.isFinite(measure.value) ? [measure.value] : [],
    );
    const fused = fuse(values, limits);
    // Why there was nothing to fuse is said by the frames that could not be judged.
    const reasons = own.flatMap((measure) => (measure.status === 'unavailable' ? [measure.because] : ['NOT_A_NUMBER']));
    const because = values.length === 0 && reasons.length > 0 ? (reasons.at(-1) ?? fused.because) : fused.because;
    return { name, version: own.at(-1)?.version ?? '', frames: values.length, ...fused, because };
  });
}

/** What a camera that hangs, a second traveller or a scarf does as well: nobody is accused of it, and nobody admitted. */
const neverAccusing: readonly AttackSignalName[] = ['frozen-frames', 'repeated-frames', 'second-face', 'covered-face'];

/** What every capture is watched for: nobody is live before each of them had enough frames and found nothing. */
const watching: readonly AttackSignalName[] = [
  'face-in-rectangle',
  'second-face',
  'covered-face',
  'frozen-frames',
  'repeated-frames',
  'person-changed',
];

const isUnsettled = ({ name, verdict }: SignalOutcome): boolean =>
  watching.includes(name) && verdict === 'undetermined';

/** Why nobody can be live yet: one of the signals that watch each frame has not enough, or was not taken at all. */
function unsettledBecause(outcomes: readonly SignalOutcome[]): string | undefined {
  const isComplete = watching.every((name) => outcomes.some((outcome) => outcome.name === name));
  return outcomes.find(isUnsettled)?.because ?? (isComplete ? undefined : tooFew.because);
}

/** True while more frames may tell what these do not. */
export function needsFrames(outcomes: readonly SignalOutcome[]): boolean {
  return outcomes.some(
    (outcome) => isUnsettled(outcome) || (outcome.name === 'passive-network' && outcome.because === 'TOO_FEW_FRAMES'),
  );
}

/**
 * One verdict, by the first rule that applies. A signal that objects decides alone: each of them is rare on live faces.
 * The passive network alone never says attack, for it is wrong about one live face in ten: then a turn of the head has to
 * prove life, by the same person and with the depth of a head. A face that looks as attacks do (`passiveAttack_max`) is left
 * to an officer all the same: a replay may turn its head too. So is a face of which the network could say nothing: a
 * signal that is missing never does better than a bad one, or an attack would only have to make it fail.
 */
export function judgeAttack(outcomes: readonly SignalOutcome[]): AttackAssessment {
  const of = (name: AttackSignalName): SignalOutcome | undefined => outcomes.find((outcome) => outcome.name === name);
  const end = (verdict: AttackVerdict, because: string): AttackAssessment => ({ verdict, because, signals: outcomes });
  const unsettled = unsettledBecause(outcomes);
  const alive = (because: string): AttackAssessment =>
    unsettled === undefined ? end('live', because) : end('undetermined', unsettled);
  const objecting = outcomes.filter(({ verdict }) => verdict === 'attack');
  const accusing = objecting.find(({ name }) => !neverAccusing.includes(name));
  if (accusing !== undefined) return end('attack', accusing.because);
  if (objecting[0] !== undefined) return end('undetermined', objecting[0].because);
  const passive = of('passive-network');
  const turn = of('head-turn');
  const isAttackLike = passive?.because === 'LOOKS_LIKE_AN_ATTACK';
  const isSuspect = isAttackLike || passive?.because === 'LOOKS_SUSPECT';
  if (turn?.because === 'TURN_NOT_FOLLOWED') {
    return isSuspect ? end('attack', 'SUSPECT_AND_TURN_NOT_FOLLOWED') : end('undetermined', 'TURN_NOT_FOLLOWED');
  }
  if (passive === undefined || passive.value === null) return end('undetermined', passive?.because ?? tooFew.because);
  // Asked for and not seen is no answer, however live the face looked before.
  const isTurnAsked = turn?.because !== 'NOT_ASKED';
  if (isTurnAsked && turn?.verdict !== 'live') return end('undetermined', turn?.because ?? tooFew.because);
  // A turn that was followed proves nothing if nobody could tell whether what turned was flat.
  const isFlatnessOwed = isTurnAsked && of('flat-under-turn')?.verdict !== 'live';
  if (passive.verdict === 'live')
    return isFlatnessOwed ? end('undetermined', 'TURN_NOT_MEASURED') : alive(passive.because);
  if (!isTurnAsked || isAttackLike) return end('undetermined', passive.because);
  return isFlatnessOwed ? end('undetermined', 'TURN_NOT_MEASURED') : alive('TURN_FOLLOWED');
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (p: number): number => Math.log((p + 1e-4) / (1 - p + 1e-4));
