/** The sheet of an inspection: every check that applies to the document, in its order, each ended once. */
import type { CheckResult } from '../contracts/evidence.ts';
import type { InspectionCode } from './codes.ts';
import type { CheckEvidence, Finding } from './finding.ts';

/** Data groups whose content may be read; DG3 and DG4 are behind terminal authentication, which this version has not. */
export const readableDataGroups = [1, 2, 7, 11, 12, 13, 14, 15, 16] as const;
export type ReadableDataGroup = (typeof readableDataGroups)[number];

/** Every check there is, in the order of the standard. */
export const inspectionCheckIds = [
  'access-pace',
  'access-bac',
  'chip-access',
  'card-security-hash',
  'card-security-signature',
  'card-security-issuer',
  'card-security-validity',
  'card-security-revocation',
  'files-consistent',
  'security-object-hash',
  'security-object-signature',
  'issuer-certificate',
  'signer-trust',
  'signer-validity',
  'issuer-validity',
  'certificate-validity',
  'certificate-revocation',
  'data-group-1-hash',
  'data-group-2-hash',
  'data-group-7-hash',
  'data-group-11-hash',
  'data-group-12-hash',
  'data-group-13-hash',
  'data-group-14-hash',
  'data-group-15-hash',
  'data-group-16-hash',
  'card-access-matches',
  'mrz-matches-chip',
  'issuing-state-matches',
  'pace-chip-authentication-mapping',
  'chip-authentication',
  'active-authentication',
  'chip-authenticity',
] as const;

export type InspectionCheckId = (typeof inspectionCheckIds)[number];

/**
 * Made only where they apply: EF.CardSecurity is read only for the chip authentication mapping of PACE, a data group
 * beside DG1 and DG2 only when EF.SOD lists it and it is wanted.
 */
const conditional = /^card-security-|^data-group-(?![12]-)/;

/** Checks that every sheet has. */
export const coreCheckIds: readonly InspectionCheckId[] = inspectionCheckIds.filter((id) => !conditional.test(id));

export type InspectionCheck = {
  readonly id: InspectionCheckId;
  readonly result: CheckResult;
  /** Why it is not passed, or a remark on a passed one (SHA1_USED). */
  readonly because: InspectionCode | null;
  /** What the result rests on; never personal. */
  readonly evidence: CheckEvidence | null;
  /** When the check ended, wall clock. */
  readonly at_ms: number;
};

export class CheckSheet {
  readonly #now_ms: () => number;
  readonly #checks = new Map<InspectionCheckId, InspectionCheck>();
  readonly #expected = new Set(coreCheckIds);

  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  record(id: InspectionCheckId, { result, because, evidence }: Finding): void {
    const hasEvidence = evidence !== undefined && Object.keys(evidence).length > 0;
    this.#checks.set(id, { id, result, because, evidence: hasEvidence ? evidence : null, at_ms: this.#now_ms() });
  }

  /** Adds to what a recorded check rests on; its result and its time stay. */
  annotate(id: InspectionCheckId, evidence: CheckEvidence): void {
    const check = this.#checks.get(id);
    if (check !== undefined) this.#checks.set(id, { ...check, evidence: { ...check.evidence, ...evidence } });
  }

  /** This document gives rise to these conditional checks too: the sheet is complete only with them. */
  expectAlso(...ids: readonly InspectionCheckId[]): void {
    for (const id of ids) this.#expected.add(id);
  }

  /** The finding stands for whatever is expected and has not been recorded. */
  recordRest(finding: Finding): void {
    for (const id of this.#expected) if (!this.#checks.has(id)) this.record(id, finding);
  }

  /** Undefined while it has not been recorded. */
  get(id: InspectionCheckId): InspectionCheck | undefined {
    return this.#checks.get(id);
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

export const dataGroupCheck = (number: ReadableDataGroup): InspectionCheckId => `data-group-${number}-hash`;
