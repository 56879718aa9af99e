/** From the frames of one traveller to one similarity and one verdict: which frames count, when enough were seen, what is missing. */
import type { Evidence } from '../drivers/contracts/evidence.ts';
import { Challenge } from './attack/challenge.ts';
import { type AttackLimits, defaultAttackLimits } from './attack/limits.ts';
import type { AttackAssessment, AttackSignal } from './attack/signal.ts';
import { fuseSignals, judgeAttack, needsFrames } from './attack/signals.ts';
import { SteadyGuidance } from './guidance.ts';
import type { Biometrics, FrameFinding, FrameGuidance, FramePurpose } from './index.ts';
import { Repetition } from './repetition.ts';

/** What a camera delivers; `at_ms` is monotonic, `sequence` grows with every frame. */
export type CameraFrame = { readonly jpeg: Uint8Array; readonly sequence: number; readonly at_ms: number };

/** How the frames of one capture become one similarity; belongs to the operating point. */
export type Fusion = 'mean-of-embeddings' | 'maximum' | 'single-frame';

/** When the traveller is asked to turn the head. `whenUndetermined`: when the passive signals cannot say. */
export type ChallengePolicy = 'whenUndetermined' | 'always' | 'never';

export type VerifyFaceRequest = {
  readonly biometrics: Pick<Biometrics, 'compare'>;
  /** The session under which the portrait was enrolled. */
  readonly sessionId: string;
  readonly frames: AsyncIterable<CameraFrame>;
  /** Cosine of the operating point. */
  readonly similarity_min: number;
  /** Comparisons that count towards the score. The FMR of the threshold was measured for this many. */
  readonly framesCompared_max: number;
  /** `mean-of-embeddings` when left out. */
  readonly fusion?: Fusion;
  /**
   * Fused similarity that ends the comparing after one frame, two, …; none below `similarity_min`, which stands for those
   * left out. The FMR of an operating point is that of its whole rule.
   */
  readonly early_min?: readonly number[];
  /** Ends the capture with what there is. */
  readonly signal: AbortSignal;
  /** Wall clock, for the evidence. */
  readonly now_ms: () => number;
  /** The clock of `at_ms`: frames older than `age_max_ms` are never used. */
  readonly monotonic_ms: () => number;
  /** 0…1, uniform: to which side the head is to be turned must not be foreseen. */
  readonly random: () => number;
  /** A hint for the traveller, each time it changes and has stood for `steady_ms`. */
  readonly onGuidance: (guidance: FrameGuidance) => void;
  /** `whenUndetermined` when left out. */
  readonly challenge?: ChallengePolicy;
  readonly attackLimits?: AttackLimits;
};

export type FaceVerification = {
  readonly captured: Evidence<{ readonly framesSeen: number; readonly framesCompared: number }>;
  /** Of the counted comparisons, by the fusion. Unavailable: FACE_NOT_CAPTURED, FRAMES_REPEATED, FRAMES_STALE, FRAME_UNDECODABLE, FRAME_SIZE_CHANGED, REFERENCE_MISSING, BIOMETRICS_DEADLINE, BIOMETRICS_DOWN. */
  readonly similarity: Evidence<number>;
  /** Live, attack or undetermined, and by which signals. Unavailable as `similarity`. */
  readonly attack: Evidence<AttackAssessment>;
  /** JPEG of the counted frame with the highest similarity, the caller's from now on; all others were overwritten. */
  readonly preview: Uint8Array | null;
};

/** Frames nearer together show the same moment again and would make N frames cheaper than they were measured. */
export const spacing_min_ms = 300;
/** Between frames in which the head turns: near enough to see the turn, far enough not to hurry the child. */
const turnSpacing_min_ms = 100;
/** An older frame may show the last traveller, or this one before somebody took the place. */
export const age_max_ms = 1_000;
/** Frames that are observed beyond those compared, for the attack signals. */
const observed_max = 8;
/** Repeated frames in a row after which the camera is taken to hang. */
const hung_min = 25;

const component = 'face-capture';

/** Conditions of the machinery, not of the traveller: named as they are when nothing could be compared. */
const systemReasons = [
  'REFERENCE_MISSING',
  'BIOMETRICS_DEADLINE',
  'BIOMETRICS_DOWN',
  'FRAME_UNDECODABLE',
  'FRAME_SIZE_CHANGED',
];

/**
 * Compares frames until the rule of the operating point is satisfied, watches a few more for attacks, asks for a turn
 * of the head where that is needed, and ends at the latest when the frames or the reference end, or the signal aborts.
 * Never rejects for what frames hold; rejects if `frames` does. Throws RangeError for an early threshold below the last.
 */
export async function verifyFace(request: VerifyFaceRequest): Promise<FaceVerification> {
  if (request.early_min?.some((min) => !(min >= request.similarity_min))) {
    throw new RangeError('an early threshold may not be lower than the last one');
  }
  const aborted = whenAborted(request.signal);
  const iterator = request.frames[Symbol.asyncIterator]();
  const capture = new Capture(request);
  try {
    while (!capture.isOver()) {
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next === undefined || next.done === true) break;
      const purpose = capture.purposeOf(next.value);
      if (purpose === undefined) continue;
      const comparing = request.biometrics.compare(request.sessionId, next.value.jpeg, purpose);
      const found = await Promise.race([comparing, aborted.promise]);
      if (found === undefined) {
        void comparing.then(({ preview }) => preview?.fill(0));
        break;
      }
      capture.take(next.value, found, purpose);
    }
  } catch (error) {
    capture.wipe();
    throw error;
  } finally {
    aborted.release();
    // Not awaited: an iterator that waits for its next frame would hold the result back.
    iterator.return?.()?.catch(() => undefined);
  }
  return capture.outcome();
}

/** Resolves with undefined on abort; `release` takes the listener off. */
function whenAborted(signal: AbortSignal): { readonly promise: Promise<undefined>; readonly release: () => void } {
  let listener: () => void = () => undefined;
  const promise = new Promise<undefined>((resolve) => {
    listener = () => resolve(undefined);
    if (signal.aborted) listener();
    else signal.addEventListener('abort', listener, { once: true });
  });
  return { promise, release: () => signal.removeEventListener('abort', listener) };
}

class Capture {
  readonly #request: VerifyFaceRequest;
  readonly #limits: AttackLimits;
  readonly #steady = new SteadyGuidance();
  readonly #repetition = new Repetition();
  readonly #measures: AttackSignal[] = [];
  #purpose: FramePurpose | 'over' = 'compare';
  #challenge: Challenge | undefined;
  #framesSeen = 0;
  #framesCompared = 0;
  #framesObserved = 0;
  #lastSequence = Number.NEGATIVE_INFINITY;
  #lastCounted_ms = Number.NEGATIVE_INFINITY;
  #score: { readonly value: number; readonly by: string } | undefined;
  #preview: Uint8Array | null = null;
  #highest = Number.NEGATIVE_INFINITY;
  #because = 'FACE_NOT_CAPTURED';

  constructor(request: VerifyFaceRequest) {
    this.#request = request;
    this.#limits = request.attackLimits ?? defaultAttackLimits;
  }

  isOver(): boolean {
    return this.#purpose === 'over';
  }

  /** Counts the frame; says what it is to be examined for, or undefined when it adds nothing. */
  purposeOf(frame: CameraFrame): FramePurpose | undefined {
    this.#framesSeen += 1;
    // Numbers that run backwards add nothing to what was seen.
    if (this.#purpose === 'over' || !(frame.sequence > this.#lastSequence)) return undefined;
    this.#lastSequence = frame.sequence;
    if (!(this.#request.monotonic_ms() - frame.at_ms <= age_max_ms)) return this.#pass('FRAMES_STALE');
    if (this.#repetition.isRepeated(frame.jpeg)) {
      if (this.#repetition.inARow >= hung_min) this.#purpose = 'over';
      return this.#pass('FRAMES_REPEATED');
    }
    const spacing_ms = this.#purpose === 'turn' ? turnSpacing_min_ms : spacing_min_ms;
    return frame.at_ms - this.#lastCounted_ms >= spacing_ms ? this.#purpose : undefined;
  }

  /** Remembers why, in case nothing better becomes of the capture. */
  #pass(because: string): undefined {
    if (this.#because === 'FACE_NOT_CAPTURED') this.#because = because;
    return undefined;
  }

  take(frame: CameraFrame, found: FrameFinding, purpose: FramePurpose): void {
    this.#measures.push(...found.attack.filter(({ name }) => name !== 'head-turn'));
    if (purpose !== 'turn') {
      const hint = this.#steady.take(found.guidance, frame.at_ms);
      if (hint !== undefined) this.#request.onGuidance(hint);
    }
    this.#keepPreview(found, purpose);
    const reason = found.similarity.status === 'unavailable' ? found.similarity.because : undefined;
    if (reason !== undefined && systemReasons.includes(reason)) {
      this.#because = reason;
      // Without a reference no later frame can be compared: the child that held it was replaced.
      if (reason === 'REFERENCE_MISSING') this.#purpose = 'over';
      return;
    }
    if (purpose === 'turn') this.#turn(frame, found);
    else if (purpose === 'observe' && found.guidance === 'none') this.#observe(frame);
    else if (purpose === 'compare' && reason === undefined) this.#count(frame, found);
  }

  #keepPreview(found: FrameFinding, purpose: FramePurpose): void {
    if (found.preview === null) return;
    const value = found.similarity.status === 'measured' && purpose === 'compare' ? found.similarity.value : Number.NaN;
    if (!(value > this.#highest)) {
      found.preview.fill(0);
      return;
    }
    this.#highest = value;
    this.wipe();
    this.#preview = found.preview;
  }

  /** Overwrites the picture that would have been handed over. */
  wipe(): void {
    this.#preview?.fill(0);
    this.#preview = null;
  }

  #count(frame: CameraFrame, { similarity, fused }: FrameFinding): void {
    this.#framesCompared += 1;
    this.#lastCounted_ms = frame.at_ms;
    const { fusion = 'mean-of-embeddings', framesCompared_max, early_min, similarity_min } = this.#request;
    if (fusion === 'maximum') this.#takeScore(similarity, true);
    // A mean over other frames than these (an earlier capture of the session) is not the one that was measured.
    else if (fused.status === 'measured' && fused.value.frames === this.#framesCompared) {
      this.#takeScore({ ...fused, value: fused.value.similarity }, false);
    }
    const early = early_min?.[this.#framesCompared - 1] ?? similarity_min;
    const isSure = this.#score !== undefined && this.#score.value >= early;
    if (isSure || this.#framesCompared >= framesCompared_max) this.#proceed(frame);
  }

  /** What is not a number spends one of the N comparisons and is no score. */
  #takeScore(found: Evidence<number>, isHighestOnly: boolean): void {
    if (found.status !== 'measured' || !Number.isFinite(found.value)) return;
    if (isHighestOnly && this.#score !== undefined && found.value <= this.#score.value) return;
    this.#score = { value: found.value, by: found.by };
  }

  #observe(frame: CameraFrame): void {
    this.#framesObserved += 1;
    this.#lastCounted_ms = frame.at_ms;
    this.#proceed(frame);
  }

  /** After the comparisons: more frames for the attack signals, or the turn of the head, or the end. */
  #proceed(frame: CameraFrame): void {
    this.#purpose = 'observe';
    const assessment = this.#assess();
    const { verdict, signals } = assessment;
    if (verdict === 'undetermined' && needsFrames(signals) && this.#framesObserved < observed_max) return;
    this.#purpose = this.#challenges(assessment) ? 'turn' : 'over';
    if (this.#purpose !== 'turn') return;
    this.#challenge = new Challenge(this.#request.random(), frame.at_ms, this.#limits);
    this.#request.onGuidance(this.#steady.show(this.#challenge.guidance, frame.at_ms));
  }

  /** A turn of the head answers doubt; it does not answer a signal that objects. */
  #challenges({ verdict, signals }: AttackAssessment): boolean {
    const { challenge = 'whenUndetermined' } = this.#request;
    if (challenge === 'never' || signals.some((signal) => signal.verdict === 'attack')) return false;
    return challenge === 'always' || verdict === 'undetermined';
  }

  #turn(frame: CameraFrame, found: FrameFinding): void {
    this.#lastCounted_ms = frame.at_ms;
    if (this.#challenge?.take(found, frame.at_ms) !== 'over') return;
    this.#request.onGuidance(this.#steady.show('none', frame.at_ms));
    this.#purpose = 'over';
  }

  #assess(): AttackAssessment {
    const repeated: AttackSignal = {
      name: 'repeated-frames',
      version: '1',
      status: 'measured',
      value: this.#repetition.count,
    };
    const turn = this.#challenge === undefined ? [] : [this.#challenge.measure()];
    return judgeAttack(fuseSignals([...this.#measures, repeated, ...turn], this.#limits));
  }

  /** Where every traveller has to turn the head, a capture that ended before it was asked for proves nothing. */
  #verdict(): AttackAssessment {
    const found = this.#assess();
    const isOwed = this.#request.challenge === 'always' && this.#challenge === undefined;
    return isOwed && found.verdict === 'live' ? { ...found, verdict: 'undetermined', because: 'NOT_ASKED' } : found;
  }

  outcome(): FaceVerification {
    const score = this.#score;
    if (score === undefined) {
      const missing = { status: 'unavailable', because: this.#because } as const;
      this.wipe();
      return { captured: missing, similarity: missing, attack: missing, preview: null };
    }
    const at_ms = this.#request.now_ms();
    const counts = { framesSeen: this.#framesSeen, framesCompared: this.#framesCompared };
    const stamp = { at_ms, by: component };
    return {
      captured: { status: 'measured', value: counts, ...stamp },
      similarity: { status: 'measured', value: score.value, at_ms, by: score.by },
      attack: { status: 'measured', value: this.#verdict(), ...stamp },
      preview: this.#preview,
    };
  }
}
