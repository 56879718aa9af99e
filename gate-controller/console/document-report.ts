import type { CheckResultView, InspectionReport, ReportNode } from '../api/messages.ts';
import { resultWords, wordsOfCode } from './words.ts';

/** The four results below the overall one, in the order of the standard. */
export const reportHeads = (report: InspectionReport): readonly ReportNode[] => report.overall.parts;

const grave: ReadonlySet<CheckResultView> = new Set(['failed', 'aborted']);

/** Branches that an officer has to see at once: those with a failure or an abort in them. */
export const isOpenAtFirst = (node: ReportNode): boolean =>
  node.parts.some((part) => grave.has(part.result) || isOpenAtFirst(part));

/** What a branch says is what one of its parts says. */
export const isInherited = (node: ReportNode): boolean => node.parts.some(({ code }) => code === node.code);

export type ReportLine = {
  /** Beside the result: why, or what is remarked on a passed check; empty when there is nothing to say. */
  readonly why: string;
  readonly requirement: string;
  /** Seconds since the inspection began; empty for what was never begun. */
  readonly time: string;
  /** What the result rests on, in words. */
  readonly evidence: readonly (readonly [name: string, value: string])[];
};

export function reportLine(node: ReportNode, begunAt_ms: number): ReportLine {
  return {
    why: node.description === null ? '' : `${sentence(node.description)}${numberOf(node)}`,
    requirement:
      node.requirement === 'mandatory' ? '' : node.requirement === 'optional' ? 'optional' : 'for information',
    time: node.at_ms === null ? '' : `${(Math.max(0, node.at_ms - begunAt_ms) / 1000).toFixed(1)} s`,
    evidence: Object.entries(node.evidence ?? {}).map(([name, value]) => [
      wordsOfCode(name),
      Array.isArray(value) ? value.map((one) => wordsOfName(String(one))).join(', ') : String(value),
    ]),
  };
}

const numberOf = ({ errorNumber }: ReportNode): string => (errorNumber === null ? '' : ` (error ${errorNumber})`);

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

/** `chip-authentication` and `issuingState` in words; what is written otherwise stays as it is. */
const wordsOfName = (name: string): string => (/^[a-z]+(-[a-z]+|[A-Z][a-z]+)+$/.test(name) ? wordsOfCode(name) : name);

/** `Chip: failed`, for those who do not see the symbol. */
export const spokenResult = (node: ReportNode): string => `${node.title}: ${resultWords[node.result].toLowerCase()}`;
