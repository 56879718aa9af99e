/** From the frames of one traveller to one similarity: which frames count, when enough were seen, what is missing. */
import type { Evidence } from '../drivers/contracts/evidence.ts';
import { steadyGuidance } from './guidance.ts';
import type { Biometrics, FrameFinding, FrameGuidance } from './index.ts';

/** What a camera delivers; `at_ms` is monotonic, `sequence` grows with every frame. */
export type CameraFrame = { readonly jpeg: Uint8Array; readonly sequence: number; readonly at_ms: number };

export type VerifyFaceRequest = {
  readonly biometrics: Pick<Biometrics, 'compare'>;
  /** The session under which the portrait was enrolled. */
  readonly sessionId: string;
  readonly frames: AsyncIterable<CameraFrame>;
  /** Cosine; at or above it the first comparison ends the capture. */
  readonly similarity_min: number;
  /** Comparisons that count towards the score. The FMR of the threshold was measured for this many (best of N). */
  readonly framesCompared_max: number;
  /** Ends the capture with what there is. */
  readonly signal: AbortSignal;
  /** Wall clock, for the evidence. */
  readonly now_ms: () => number;
  /** A hint for the traveller, each time it changes and has stood for `steady_ms`. */
  readonly onGuidance: (guidance: FrameGuidance) => void;
};

export type FaceVerification = {
  readonly captured: Evidence<{ readonly framesSeen: number; readonly framesCompared: number }>;
  /** Highest of the counted comparisons. Unavailable: FACE_NOT_CAPTURED, REFERENCE_MISSING, BIOMETRICS_DEADLINE, BIOMETRICS_DOWN. */
  readonly similarity: Evidence<number>;
  /** JPEG of the counted frame with the highest similarity, the caller's from now on; all others were overwritten. */
  readonly preview: Uint8Array | null;
};

/** Frames nearer together show the same moment again and would make best-of-N cheaper than it was measured. */
export const spacing_min_ms = 300;

const component = 'face-capture';

/** Conditions of the machinery, not of the traveller: named as they are when nothing could be compared. */
const systemReasons = ['REFERENCE_MISSING', 'BIOMETRICS_DEADLINE', 'BIOMETRICS_DOWN'];

/**
 * Compares frames until one reaches `similarity_min`, until `framesCompared_max` were compared, until the frames or
 * the reference end, or until the signal aborts. Never rejects for what frames hold; rejects if `frames` does.
 */
export async function verifyFace(request: VerifyFaceRequest): Promise<FaceVerification> {
  const aborted = whenAborted(request.signal);
  const iterator = request.frames[Symbol.asyncIterator]();
  const capture = new Capture(request);
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next === undefined || next.done === true) break;
      if (!capture.wants(next.value)) continue;
      const comparing = request.biometrics.compare(request.sessionId, next.value.jpeg);
      const found = await Promise.race([comparing, aborted.promise]);
      if (found === undefined) {
        void comparing.then(({ preview }) => preview?.fill(0));
        break;
      }
      capture.take(next.value, found);
      if (capture.isOver()) break;
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
  readonly #steady = steadyGuidance();
  #framesSeen = 0;
  #framesCompared = 0;
  #lastSequence = Number.NEGATIVE_INFINITY;
  #lastCompared: CameraFrame | undefined;
  #best: { readonly value: number; readonly by: string; readonly preview: Uint8Array | null } | undefined;
  #because = 'FACE_NOT_CAPTURED';

  constructor(request: VerifyFaceRequest) {
    this.#request = request;
  }

  /** Counts the frame; true when it may be compared. */
  wants(frame: CameraFrame): boolean {
    this.#framesSeen += 1;
    // A camera that repeats itself, or numbers that run backwards, add nothing to what was seen.
    if (!(frame.sequence > this.#lastSequence)) return false;
    this.#lastSequence = frame.sequence;
    const last = this.#lastCompared;
    if (last === undefined) return true;
    return frame.at_ms - last.at_ms >= spacing_min_ms && !isSameBytes(frame.jpeg, last.jpeg);
  }

  take(frame: CameraFrame, found: FrameFinding): void {
    const hint = this.#steady(found.guidance, frame.at_ms);
    if (hint !== undefined) this.#request.onGuidance(hint);
    if (!this.#isBest(frame, found)) found.preview?.fill(0);
  }

  /** Overwrites the picture that would have been handed over. */
  wipe(): void {
    this.#best?.preview?.fill(0);
  }

  #isBest(frame: CameraFrame, { similarity, preview }: FrameFinding): boolean {
    if (similarity.status === 'unavailable') {
      if (systemReasons.includes(similarity.because)) this.#because = similarity.because;
      return false;
    }
    this.#framesCompared += 1;
    this.#lastCompared = frame;
    // What is not a number spends one of the N comparisons and is no score.
    if (!Number.isFinite(similarity.value)) return false;
    if (this.#best !== undefined && similarity.value <= this.#best.value) return false;
    this.wipe();
    this.#best = { value: similarity.value, by: similarity.by, preview };
    return true;
  }

  isOver(): boolean {
    // Without a reference no later frame can be compared: the child that held it was replaced.
    if (this.#because === 'REFERENCE_MISSING' || this.#framesCompared >= this.#request.framesCompared_max) return true;
    return this.#best !== undefined && this.#best.value >= this.#request.similarity_min;
  }

  outcome(): FaceVerification {
    const best = this.#best;
    if (best === undefined) {
      const missing = { status: 'unavailable', because: this.#because } as const;
      return { captured: missing, similarity: missing, preview: null };
    }
    const at_ms = this.#request.now_ms();
    const counts = { framesSeen: this.#framesSeen, framesCompared: this.#framesCompared };
    return {
      captured: { status: 'measured', value: counts, at_ms, by: component },
      similarity: { status: 'measured', value: best.value, at_ms, by: best.by },
      preview: best.preview,
    };
  }
}

const isSameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
