/**
 * The report of an inspection (BSI TR-03135-1 section 5): every check of the standard with its own result, also those
 * that this gate cannot make, and overall results by the rules of the standard. Pure: the sheet goes in, a tree comes out.
 * It goes into records, so nothing in it identifies a holder or a single document.
 */
import type { CheckResult } from '../../contracts/evidence.ts';
import type { InspectionCheck } from '../check-sheet.ts';
import type { CheckEvidence } from '../finding.ts';
import { type Definition, dataGroupNodes, reportDefinition } from './definitions.ts';
import { describe, errorNumberOf } from './report-codes.ts';
import { type Requirement, countingResults, limitedByTrust } from './results.ts';

export type ReportNode = {
  /** Stable; parts are found by it. */
  readonly id: string;
  /** Section of BSI TR-03135-1 version 2.5 where it begins with a digit; else the standard is named. */
  readonly section: string;
  readonly title: string;
  readonly requirement: Requirement;
  readonly result: CheckResult;
  /** Why it is not passed, or a remark on a passed one; null: nothing to say. */
  readonly code: string | null;
  /** The code in words. */
  readonly description: string | null;
  /** Of an abort: number of the error in the range for manufacturers (section 5.3); null otherwise. */
  readonly errorNumber: number | null;
  readonly evidence: CheckEvidence | null;
  /** Wall clock when the result stood; null for checks that were never begun. */
  readonly at_ms: number | null;
  readonly parts: readonly ReportNode[];
};

/** A list of the background PKI at the time of the inspection. */
export type ReportedList = {
  /** What it lists, and whose list it is: never a person. */
  readonly name: string;
  readonly result: CheckResult;
  readonly code: string | null;
  readonly evidence: CheckEvidence;
};

/** What was found outside the chip. */
export type PrintedFinding = { readonly result: CheckResult; readonly because: string | null; readonly at_ms: number };

export type ReportInput = {
  /** The sheet; when no chip came it may have a single check. */
  readonly checks: readonly InspectionCheck[];
  /** Data groups that EF.SOD lists; null: not known. */
  readonly listedDataGroups: readonly number[] | null;
  /** Why the inspection ended before all checks were made; null: it did not. */
  readonly aborted: string | null;
  readonly checkDigits: PrintedFinding;
  readonly expiry: PrintedFinding;
  readonly lists: readonly ReportedList[];
  /** Kind of document; nothing of its holder. Null: not known. */
  readonly document: { readonly format: string; readonly documentCode: string; readonly issuingState: string } | null;
  readonly begunAt_ms: number;
  readonly endedAt_ms: number;
};

export type InspectionReport = {
  readonly standard: 'BSI TR-03135-1 2.5';
  readonly profile: 'self service';
  /** Of this layout and of the tree of checks: counts up when a reader of reports or of records has to change. */
  readonly version: 1;
  readonly begunAt_ms: number;
  readonly duration_ms: number;
  readonly document: ReportInput['document'];
  readonly overall: ReportNode;
};

export function buildReport(input: ReportInput): InspectionReport {
  const { begunAt_ms, endedAt_ms, document } = input;
  return {
    standard: 'BSI TR-03135-1 2.5',
    profile: 'self service',
    version: 1,
    begunAt_ms,
    duration_ms: Math.max(0, endedAt_ms - begunAt_ms),
    document,
    overall: nodeOf(reportDefinition, input),
  };
}

/** The node with this id, at any depth. */
export function findNode(node: ReportNode, id: string): ReportNode | undefined {
  if (node.id === id) return node;
  for (const part of node.parts) {
    const found = findNode(part, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Outcome = Pick<ReportNode, 'result' | 'code' | 'evidence' | 'at_ms'>;

function nodeOf(definition: Definition, input: ReportInput): ReportNode {
  const parts = partsOf(definition, input);
  const { result, code, evidence, at_ms } = outcomeOf(definition, parts, input);
  const { id, section, title, requirement } = definition;
  return {
    id,
    section,
    title,
    requirement,
    result,
    code,
    description: code === null ? null : describe(code),
    errorNumber: errorNumberOf(result, code),
    evidence,
    at_ms,
    parts,
  };
}

function partsOf({ parts, id }: Definition, input: ReportInput): readonly ReportNode[] {
  const nodes = (parts ?? []).map((part) => nodeOf(part, input));
  if (id === 'data-group-hashes') return dataGroupNodes(input).map((group) => nodeOf(group, input));
  return id === 'trust-lists' ? input.lists.map(listNode) : nodes;
}

function outcomeOf(definition: Definition, parts: readonly ReportNode[], input: ReportInput): Outcome {
  const { source } = definition;
  if (source === undefined) return combined(definition, parts);
  if (source.kind === 'unable') return { result: 'not-supported', code: source.code, evidence: null, at_ms: null };
  if (source.kind === 'printed') {
    const { result, because, at_ms } = input[source.field];
    return { result, code: because, evidence: null, at_ms };
  }
  if (source.kind === 'known') return { ...source.outcome, at_ms: null };
  const check = input.checks.find(({ id }) => id === source.check);
  if (check === undefined) return notRecorded(source.otherwise, input);
  const evidence = definition.evidence === undefined ? check.evidence : { ...check.evidence, ...definition.evidence };
  return { result: check.result, code: check.because, evidence, at_ms: check.at_ms };
}

/** A check that the sheet lacks was cut off with the rest, or does not apply to this document. */
function notRecorded(otherwise: string | undefined, { aborted, endedAt_ms }: ReportInput): Outcome {
  if (otherwise === undefined && aborted !== null) {
    return { result: 'aborted', code: aborted, evidence: null, at_ms: endedAt_ms };
  }
  return { result: 'not-supported', code: otherwise ?? 'NOT_APPLICABLE', evidence: null, at_ms: null };
}

function combined({ rule, id }: Definition, parts: readonly ReportNode[]): Outcome {
  const result = rule?.(countingResults(parts)) ?? 'not-supported';
  const times = parts.flatMap(({ at_ms }) => at_ms ?? []);
  const cause = parts.find((part) => part.result === result && part.code !== null && part.requirement !== 'evaluatory');
  const limited = id === 'electronic' ? limitedByTrust(result, trustIn(parts)) : result;
  return {
    result: limited,
    code: limited !== result ? 'SIGNER_NOT_TRUSTED' : result === 'passed' ? null : (cause?.code ?? null),
    evidence: null,
    at_ms: times.length === 0 ? null : Math.max(...times),
  };
}

function trustIn(parts: readonly ReportNode[]): CheckResult {
  return (
    parts.map((part) => findNode(part, 'signer-trust')).find((node) => node !== undefined)?.result ?? 'undetermined'
  );
}

/** Where every list stands; its title is its name. */
export const listPlace = { section: '5.6.1.1', requirement: 'mandatory' } as const;

function listNode({ name, result, code, evidence }: ReportedList, index: number): ReportNode {
  return {
    id: `trust-list-${index + 1}`,
    title: name,
    ...listPlace,
    result,
    code,
    description: code === null ? null : describe(code),
    errorNumber: null,
    evidence,
    at_ms: null,
    parts: [],
  };
}
