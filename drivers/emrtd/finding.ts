/** The answer to one question about a document, before it stands on the sheet. */
import type { CheckResult } from '../contracts/evidence.ts';
import type { InspectionCode } from './codes.ts';

/** A passed check may carry a remark (SHA1_USED); any other result always says why. */
export type Finding = { readonly result: CheckResult; readonly because: InspectionCode | null };

export const passed: Finding = { result: 'passed', because: null };
export const failed = (because: InspectionCode): Finding => ({ result: 'failed', because });
export const undetermined = (because: InspectionCode): Finding => ({ result: 'undetermined', because });
export const notSupported = (because: InspectionCode): Finding => ({ result: 'not-supported', because });
