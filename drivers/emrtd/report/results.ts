/**
 * How results of parts make the result of the whole (BSI TR-03135-1 sections 3.7, 5.4, 5.6.4, 5.6.4.1 and 5.7). Pure.
 * `passed` is the standard's "successful".
 */
import type { CheckResult } from '../../contracts/evidence.ts';

/** Section 3.7: an optional check counts when it was made, an evaluatory one never does. */
export type Requirement = 'mandatory' | 'optional' | 'evaluatory';

export type Part = { readonly result: CheckResult; readonly requirement: Requirement };

/** Results that count: without evaluatory checks and optional ones that were not made. */
export function countingResults(parts: readonly Part[]): readonly CheckResult[] {
  return parts
    .filter(({ requirement, result }) => requirement === 'mandatory' || (requirement === 'optional' && isMade(result)))
    .map(({ result }) => result);
}

const isMade = (result: CheckResult): boolean => result !== 'not-supported';

/**
 * Section 5.6.4, and for want of a rule of their own the groups below it and the optical checks: a failure outweighs
 * everything, then an abort; anything not known leaves the whole undetermined.
 */
export function provenTogether(results: readonly CheckResult[]): CheckResult {
  const trouble = gravest(results);
  if (trouble !== undefined) return trouble;
  if (!results.some(isMade)) return 'not-supported';
  return results.every((result) => result === 'passed') ? 'passed' : 'undetermined';
}

/** Sections 5.6.4.1 and 5.6.3: one success is enough; what is not supported leaves the result to the others. */
export function provenByOne(results: readonly CheckResult[]): CheckResult {
  if (results.includes('passed')) return 'passed';
  const made = results.filter(isMade);
  if (made.length === 0) return 'not-supported';
  return gravest(made) ?? 'undetermined';
}

/** Section 5.7, and lists in which what is not there is nobody's fault: at least one success, and nothing else made. */
export function provenWhereMade(results: readonly CheckResult[]): CheckResult {
  return provenTogether(results.filter(isMade));
}

/** Section 5.4: the parts are the optical, the electronic and the combined checks and those of the digital seal. */
export function provenOverall(results: readonly CheckResult[]): CheckResult {
  const whole = provenTogether(results);
  return whole === 'not-supported' ? 'undetermined' : whole;
}

/** Section 5.6.4.3.6: with a signer that is not trusted, or nobody knows of, the electronic result is never successful. */
export function limitedByTrust(result: CheckResult, trust: CheckResult): CheckResult {
  return result === 'passed' && trust !== 'passed' ? 'undetermined' : result;
}

function gravest(results: readonly CheckResult[]): CheckResult | undefined {
  return (['failed', 'aborted'] as const).find((grave) => results.includes(grave));
}
