/** The answer to one question about a document, before it stands on the sheet. */
import type { CheckResult } from '../contracts/evidence.ts';
import type { InspectionCode } from './codes.ts';

/**
 * What a result rests on: algorithms, curves, key sizes, certificates by country and serial number, names of fields. Never
 * what identifies a holder or one document: it goes into records.
 */
export type CheckEvidence = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A passed check may carry a remark (SHA1_USED); any other result always says why. */
export type Finding = {
  readonly result: CheckResult;
  readonly because: InspectionCode | null;
  readonly evidence?: CheckEvidence;
};

export const passed: Finding = { result: 'passed', because: null };
export const failed = (because: InspectionCode): Finding => ({ result: 'failed', because });
export const undetermined = (because: InspectionCode): Finding => ({ result: 'undetermined', because });
export const notSupported = (because: InspectionCode): Finding => ({ result: 'not-supported', because });

/** The same finding, resting on this; what it rested on before is kept. */
export const withEvidence = (finding: Finding, evidence: CheckEvidence): Finding => ({
  ...finding,
  evidence: { ...finding.evidence, ...evidence },
});
