/** The sheet of an inspection: every check in its order, each ended once. */
import type { CheckResult } from '../contracts/evidence.ts';
import type { InspectionCode } from './codes.ts';
import type { Finding } from './finding.ts';

/** In the order of the standard; a sheet always has all of them. */
export const inspectionCheckIds = [
  'chip-access',
  'files-consistent',
  'security-object-hash',
  'security-object-signature',
  'issuer-certificate',
  'certificate-validity',
  'certificate-revocation',
  'data-group-1-hash',
  'data-group-2-hash',
  'mrz-matches-chip',
  'issuing-state-matches',
  'chip-authenticity',
] as const;

export type InspectionCheckId = (typeof inspectionCheckIds)[number];

export type InspectionCheck = {
  readonly id: InspectionCheckId;
  readonly result: CheckResult;
  /** Why it is not passed, or a remark on a passed one (SHA1_USED). */
  readonly because: InspectionCode | null;
  /** When the check ended, wall clock. */
  readonly at_ms: number;
};

export class CheckSheet {
  readonly #now_ms: () => number;
  readonly #checks = new Map<InspectionCheckId, InspectionCheck>();

  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  record(id: InspectionCheckId, finding: Finding): void {
    this.#checks.set(id, { id, ...finding, at_ms: this.#now_ms() });
  }

  /** The first end stands for whatever has not been recorded. */
  recordRest(finding: Finding): void {
    for (const id of inspectionCheckIds) if (!this.#checks.has(id)) this.record(id, finding);
  }

  /** True when the check was recorded as passed. */
  isPassed(id: InspectionCheckId): boolean {
    return this.#checks.get(id)?.result === 'passed';
  }

  /** Every check, in order. Call after `recordRest` or when all were recorded. */
  checks(): readonly InspectionCheck[] {
    return inspectionCheckIds.flatMap((id) => this.#checks.get(id) ?? []);
  }
}
