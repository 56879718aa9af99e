/**
 * What was measured, or why it could not be. Never a bare number, never a missing value that reads as zero: whoever
 * weighs evidence has to say what an unavailable one means, and it never means "clear".
 *
 * `at_ms` is wall-clock time in milliseconds since the epoch; `by` names component and version that measured.
 */
export type Evidence<T> =
  | { readonly status: 'measured'; readonly value: T; readonly at_ms: number; readonly by: string }
  | { readonly status: 'unavailable'; readonly because: string };

/** Result of one check, in the five words of BSI TR-03135-1 section 3.5.2. `aborted` is not a result: the check never ended. */
export type CheckResult = 'passed' | 'failed' | 'undetermined' | 'not-supported' | 'aborted';
