/** What the room on the disk means for the lane: pure. */

export type DiskLimits = {
  /** Below this the lane leaves service while all is still in order. */
  readonly low_bytes: number;
  readonly ballast_bytes: number;
};

export type DiskState = {
  /** Room that is left to this program; null when the disk does not say. */
  readonly free_bytes: number | null;
  /** The ballast is in place. False from the moment the disk was full until there is room again. */
  readonly hasBallast: boolean;
};

export type DiskVerdict = {
  readonly isFull: boolean;
  readonly isLow: boolean;
  /** There is room to set ballast aside. */
  readonly shouldRestore: boolean;
};

/**
 * Room must come back well beyond the limit before the lane serves again, so that it does not flap at the edge. A disk that
 * does not say how much room it has counts as it stood before.
 */
export function judgeDisk({ free_bytes, hasBallast }: DiskState, limits: DiskLimits, wasLow: boolean): DiskVerdict {
  const enough_bytes = limits.low_bytes * (wasLow ? 1.25 : 1);
  return {
    isFull: !hasBallast,
    isLow: free_bytes === null ? wasLow : free_bytes < enough_bytes,
    shouldRestore: !hasBallast && free_bytes !== null && free_bytes >= limits.ballast_bytes + enough_bytes,
  };
}
