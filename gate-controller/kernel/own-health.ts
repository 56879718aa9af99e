import type { Biometrics } from '../../biometrics/index.ts';
import { lateUntil, neverLate, vitalSigns } from '../safety/health.ts';
import type { Clock } from './clock.ts';
import { ClockWatch } from './clock-watch.ts';
import type { Kernel } from './kernel.ts';
import { laneSubject } from './lane-parts.ts';

export type OwnHealthOptions = {
  readonly clock: Clock;
  readonly kernel: Pick<Kernel, 'committingSince_ms' | 'send'>;
  readonly biometrics: Pick<Biometrics, 'forget' | 'isReady'>;
  /** Wall time of the latest record before this start; 0 when there is none. */
  readonly lastRecordAt_ms: number;
  /** True while a face may be looked at: then the pipeline is heard without being asked. */
  readonly isServing: () => boolean;
  readonly setFault: (device: string, code: string, stands: boolean) => void;
};

type VitalSign = keyof typeof vitalSigns;

/** From one question to the face pipeline to the next. */
const ping_ms = 5_000;
/** A session that no transaction has: forgetting it is the smallest thing the pipeline can be asked for. */
const nobody = 'nobody';

/**
 * What the controller notices about itself: a clock that jumped, an event loop that stood still, a commit that is not
 * confirmed, a face pipeline that does not answer. Every look is one turn of the lane's tick.
 */
export class OwnHealth {
  readonly #o: OwnHealthOptions;
  readonly #clockWatch: ClockWatch;
  readonly #lateUntil_ms: Record<VitalSign, number> = { eventLoop: neverLate, commit: neverLate };
  #pinged_ms: number;

  constructor(options: OwnHealthOptions) {
    this.#o = options;
    this.#clockWatch = new ClockWatch(options.lastRecordAt_ms);
    this.#pinged_ms = options.clock.monotonic_ms();
  }

  /** `due_ms`: monotonic time at which this look was to come. */
  look(due_ms: number): void {
    const now_ms = this.#o.clock.monotonic_ms();
    this.#seeClock(now_ms);
    this.#hear('eventLoop', now_ms - due_ms, now_ms);
    // Between commits the journal owes nothing.
    this.#hear('commit', now_ms - (this.#o.kernel.committingSince_ms ?? now_ms), now_ms);
    this.#ping(now_ms);
  }

  #seeClock(now_ms: number): void {
    const { isTrusted, jumpedBy_ms } = this.#clockWatch.look(this.#o.clock.now_ms(), now_ms);
    if (jumpedBy_ms !== null) {
      // No state has a use for it: it is in the record, with its size, for whoever reads the times around it.
      const jumped = { type: 'CLOCK_JUMPED', jumpedBy_ms };
      this.#o.kernel.send(laneSubject, jumped);
    }
    this.#o.setFault('clock', 'CLOCK_JUMPED', !isTrusted);
  }

  #hear(sign: VitalSign, silence_ms: number, now_ms: number): void {
    const vital = vitalSigns[sign];
    const until_ms = lateUntil(this.#lateUntil_ms[sign], silence_ms, now_ms, vital);
    this.#lateUntil_ms[sign] = until_ms;
    this.#o.setFault(vital.device, vital.code, now_ms < until_ms);
  }

  /** A child that does not answer in its time is replaced by its supervisor, which says so. */
  #ping(now_ms: number): void {
    const { biometrics, isServing } = this.#o;
    if (now_ms - this.#pinged_ms < ping_ms || isServing() || !biometrics.isReady()) return;
    this.#pinged_ms = now_ms;
    void biometrics.forget(nobody);
  }
}
