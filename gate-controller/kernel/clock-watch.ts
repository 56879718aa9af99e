/** What one look at both clocks says. */
export type ClockVerdict = {
  readonly isTrusted: boolean;
  /** By how much the wall clock jumped since this was last said; null when there is nothing to say. */
  readonly jumpedBy_ms: number | null;
};

/** More than this between two looks, or within a minute, is a jump: a time service slews by 30 ms a minute at most. */
const jump_min_ms = 2_000;
/** From time to time the clocks are compared anew, so that slewing never adds up to a jump. */
const reference_ms = 60_000;
/** For so long the wall clock must agree with the monotonic one before it is trusted again. */
export const steady_ms = 30_000;
/** Records are stamped a little before they are durable, and a time service may step back a little. */
const tolerance_ms = 1_000;
/** A clock that jumps all the time is told of no more often than this. */
const tell_ms = 10_000;

/**
 * Compares the wall clock, which dates documents, lists and records, with the monotonic clock, which nobody can set. A jump
 * ends the trust; steady time restores it, but never before the latest time that was trusted: a lane whose clock went back a
 * day stays closed until the clock is right again. Pure: both times are passed in.
 */
export class ClockWatch {
  /** Latest wall time that was believed. */
  #floor_ms: number;
  #reference: { readonly offset_ms: number; readonly at_ms: number } | undefined;
  #offset_ms = 0;
  /** Monotonic time since which the clock is not trusted; null while it is. */
  #mistrusted_ms: number | null = null;
  #untold_ms = 0;
  #told_ms = Number.NEGATIVE_INFINITY;

  /** `floor_ms`: wall time of the latest record before this start, 0 when there is none. */
  constructor(floor_ms: number) {
    this.#floor_ms = floor_ms;
  }

  /** To be called at least every second. */
  look(wall_ms: number, monotonic_ms: number): ClockVerdict {
    const offset_ms = wall_ms - monotonic_ms;
    if (this.#reference === undefined) this.#begin(wall_ms, monotonic_ms);
    else this.#compare(offset_ms, this.#reference, monotonic_ms);
    this.#offset_ms = offset_ms;
    const isSteady = this.#mistrusted_ms !== null && monotonic_ms - this.#mistrusted_ms >= steady_ms;
    if (isSteady && this.#isAfterFloor(wall_ms)) this.#mistrusted_ms = null;
    const isTrusted = this.#mistrusted_ms === null;
    if (isTrusted) this.#floor_ms = Math.max(this.#floor_ms, wall_ms);
    return { isTrusted, jumpedBy_ms: this.#tell(monotonic_ms) };
  }

  #begin(wall_ms: number, monotonic_ms: number): void {
    this.#refer(wall_ms - monotonic_ms, monotonic_ms);
    if (!this.#isAfterFloor(wall_ms)) this.#mistrusted_ms = monotonic_ms;
  }

  #compare(offset_ms: number, reference: { offset_ms: number; at_ms: number }, monotonic_ms: number): void {
    const sinceLook_ms = offset_ms - this.#offset_ms;
    const sinceReference_ms = offset_ms - reference.offset_ms;
    if (Math.abs(sinceLook_ms) > jump_min_ms || Math.abs(sinceReference_ms) > jump_min_ms) {
      this.#untold_ms += sinceReference_ms;
      this.#mistrusted_ms = monotonic_ms;
      this.#refer(offset_ms, monotonic_ms);
    } else if (monotonic_ms - reference.at_ms >= reference_ms) this.#refer(offset_ms, monotonic_ms);
  }

  #refer(offset_ms: number, at_ms: number): void {
    this.#reference = { offset_ms, at_ms };
  }

  #isAfterFloor(wall_ms: number): boolean {
    return wall_ms >= this.#floor_ms - tolerance_ms;
  }

  #tell(monotonic_ms: number): number | null {
    if (this.#untold_ms === 0 || monotonic_ms - this.#told_ms < tell_ms) return null;
    const jumpedBy_ms = Math.round(this.#untold_ms);
    this.#untold_ms = 0;
    this.#told_ms = monotonic_ms;
    return jumpedBy_ms;
  }
}
