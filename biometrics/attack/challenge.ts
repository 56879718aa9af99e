/** One request to turn the head, to a side that nobody can foresee, and what came of it. Times are monotonic. */
import type { FrameFinding, FrameGuidance } from '../index.ts';
import type { AttackLimits } from './limits.ts';
import type { AttackSignal, AttackSignalName } from './signal.ts';

/** Longest wait for the turn. */
export const challenge_max_ms = 6_000;
/** Frames at the turned position that are wanted. */
const turned_min = 2;

export class Challenge {
  readonly guidance: Extract<FrameGuidance, 'turnHeadLeft' | 'turnHeadRight'>;
  readonly #sign: 1 | -1;
  readonly #asked_ms: number;
  readonly #limits: AttackLimits;
  #startYaw_deg: number | undefined;
  #turned_deg = 0;
  #turnedFrames = 0;

  /** `random` 0…1 chooses the side. */
  constructor(random: number, asked_ms: number, limits: AttackLimits) {
    // The traveller's left is the right side of the picture, where yaw is above 0; the camera does not mirror.
    this.guidance = random < 0.5 ? 'turnHeadLeft' : 'turnHeadRight';
    this.#sign = this.guidance === 'turnHeadLeft' ? 1 : -1;
    this.#asked_ms = asked_ms;
    this.#limits = limits;
  }

  /** `over` when the turn was followed and measured, or the time is up. */
  take({ pose, attack }: FrameFinding, at_ms: number): 'turning' | 'over' {
    if (pose !== null && Number.isFinite(pose.yaw_deg)) {
      this.#startYaw_deg ??= pose.yaw_deg;
      const turned_deg = this.#sign * (pose.yaw_deg - this.#startYaw_deg);
      this.#turned_deg = Math.max(this.#turned_deg, turned_deg);
      if (turned_deg >= this.#limits.turn_min_deg && this.#isTelling(attack)) this.#turnedFrames += 1;
    }
    return this.#turnedFrames >= turned_min || at_ms - this.#asked_ms >= challenge_max_ms ? 'over' : 'turning';
  }

  /** True when it was seen how flat what turned is, and that it is the same person who was compared. */
  #isTelling(attack: readonly AttackSignal[]): boolean {
    const valueOf = (name: AttackSignalName): number => {
      const found = attack.find((signal) => signal.name === name);
      return found?.status === 'measured' ? found.value : Number.NaN;
    };
    return Number.isFinite(valueOf('flat-under-turn')) && valueOf('person-changed') >= this.#limits.turnLikeness_min;
  }

  /** The largest turn in the asked direction, from the first frame after the request. */
  measure(): AttackSignal {
    const isSeen = this.#startYaw_deg !== undefined;
    const signal = { name: 'head-turn', version: '1' } as const;
    if (!isSeen) return { ...signal, status: 'unavailable', because: 'FACE_NOT_FOUND' };
    // A turn in which nobody could see what turned, and who, answers nothing.
    if (this.#turned_deg >= this.#limits.turn_min_deg && this.#turnedFrames < turned_min) {
      return { ...signal, status: 'unavailable', because: 'TURN_NOT_MEASURED' };
    }
    return { ...signal, status: 'measured', value: this.#turned_deg };
  }
}
