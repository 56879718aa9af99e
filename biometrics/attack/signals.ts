/**
 * What the frames of one capture say together: each signal by its own rule, then all of them by one. Pure. A further
 * signal is one more entry of `signals`.
 */
import type { AttackAssessment, AttackSignal, AttackSignalName, AttackVerdict, SignalOutcome } from './signal.ts';

export type SignalRule = {
  readonly name: AttackSignalName;
  /** What a value says, with its unit. */
  readonly measures: string;
  /** How the values of several frames become one, and what that one means. */
  readonly fuse: (values: readonly number[], limits: AttackLimits) => Fused;
};

type Fused = { readonly value: number | null; readonly verdict: AttackVerdict; readonly because: string };

/** Every number with its origin. They belong to one camera: to be fitted on site. */
export type AttackLimits = typeof defaultAttackLimits;

export const defaultAttackLimits = {
  /** Frames that the passive network has to see. Suggested with the measurement of single frames; the gain is not measured. */
  passiveFrames_min: 5,
  /** Mean probability from which the network says live, and below which it says the opposite. Single frames: 79 of 382
   * live and 12 of 64 attack pictures beyond 0.5; 30 of 382 live below 0.2. */
  passiveLive_min: 0.5,
  passiveSuspect_max: 0.2,
  /** Straight share of the lower side and two others. Composites of 100 pictures each: beyond are 95 % of bordered prints
   * and telephones, 88 % of tablets that fill the picture, 2 % of prints without a border; 40 simulated live frames 0.65
   * at most. */
  rectangle_min: 0.85,
  /** Area of another confirmed face over that of the main one, in the median frame. */
  secondFace_min: 0.25,
  /** Score of the covered-face heuristic in the median frame. */
  covered_max: 0.5,
  /** Grey levels. Noise alone moves the coarse picture by 2.0 to 2.2, somebody who stands by 7 and more in 0.4 s (simulated). */
  motion_min: 3.5,
  /** Movements between the five frames that the passive network needs: over a second. */
  motionFrames_min: 4,
  /** Frames that came byte for byte before: no camera with a sensor sends one twice. */
  repeated_max: 2,
  /** Lowest cosine of a probe to those before it. Other people reach 0.25 in 1 % of pairs. */
  likeness_min: 0.25,
  /** Degrees of yaw in the asked direction. 60 flat pictures turned by 50 degrees make the mesh say 19 at most. */
  turn_min_deg: 20,
  /** Distance of the turned face from a flat one over its spread. Those pictures 0.17 at most; simulated heads at 20 to 30
   * degrees 0.23 to 0.30, no real ones were at hand. */
  flat_max: 0.18,
} as const satisfies Record<string, number>;

/** Frames that a median needs: one stray frame accuses nobody. */
const medianFrames_min = 3;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const highest = (values: readonly number[]): number => Math.max(...values);
const lowest = (values: readonly number[]): number => Math.min(...values);

const tooFew = { value: null, verdict: 'undetermined', because: 'TOO_FEW_FRAMES' } as const;

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
      if (value >= limits.passiveLive_min) return { value, verdict: 'live', because: 'LOOKS_LIVE' };
      const isSuspect = value < limits.passiveSuspect_max;
      return { value, verdict: 'undetermined', because: isSuspect ? 'LOOKS_LIKE_AN_ATTACK' : 'LOOKS_LIKE_EITHER' };
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
    const reasons = own.flatMap((measure) => (measure.status === 'unavailable' ? [measure.because] : []));
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

/** True while more frames may tell what these do not. */
export function needsFrames(outcomes: readonly SignalOutcome[]): boolean {
  return outcomes.some(
    (outcome) => isUnsettled(outcome) || (outcome.name === 'passive-network' && outcome.because === 'TOO_FEW_FRAMES'),
  );
}

/**
 * One verdict, by the first rule that applies. A signal that objects decides alone: each of them is rare on live faces.
 * The passive network alone never says attack, for it is wrong about one live face in ten: then the turn has to prove
 * life, and a network that still says the opposite leaves the matter to an officer.
 */
export function judgeAttack(outcomes: readonly SignalOutcome[]): AttackAssessment {
  const of = (name: AttackSignalName): SignalOutcome | undefined => outcomes.find((outcome) => outcome.name === name);
  const end = (verdict: AttackVerdict, because: string): AttackAssessment => ({ verdict, because, signals: outcomes });
  const unsettled = outcomes.find(isUnsettled);
  const alive = (because: string): AttackAssessment =>
    unsettled === undefined ? end('live', because) : end('undetermined', unsettled.because);
  const objecting = outcomes.filter(({ verdict }) => verdict === 'attack');
  const accusing = objecting.find(({ name }) => !neverAccusing.includes(name));
  if (accusing !== undefined) return end('attack', accusing.because);
  if (objecting[0] !== undefined) return end('undetermined', objecting[0].because);
  const passive = of('passive-network');
  const turn = of('head-turn');
  const isSuspect = passive?.because === 'LOOKS_LIKE_AN_ATTACK';
  if (turn?.because === 'TURN_NOT_FOLLOWED') {
    return isSuspect ? end('attack', 'SUSPECT_AND_TURN_NOT_FOLLOWED') : end('undetermined', 'TURN_NOT_FOLLOWED');
  }
  // Asked for and not seen is no answer, however live the face looked before.
  if (turn !== undefined && turn.verdict !== 'live' && turn.because !== 'NOT_ASKED') {
    return end('undetermined', turn.because);
  }
  if (passive?.verdict === 'live') return alive(passive.because);
  if (turn?.verdict !== 'live') return end('undetermined', passive?.because ?? 'TOO_FEW_FRAMES');
  if (isSuspect) return end('undetermined', 'LOOKS_LIKE_AN_ATTACK');
  // A turn that was followed proves nothing if nobody could tell whether what turned was flat.
  if (of('flat-under-turn')?.verdict !== 'live') return end('undetermined', 'TURN_NOT_MEASURED');
  return alive('TURN_FOLLOWED');
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (p: number): number => Math.log((p + 1e-4) / (1 - p + 1e-4));
