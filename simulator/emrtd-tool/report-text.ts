/** An inspection report for people: one line a check, parts below their whole, codes in words at the end. Pure. */
import type { InspectionReport, ReportNode } from '../../drivers/emrtd/report/report.ts';

const resultWidth = 14;
const sectionWidth = 12;
const indent = '  ';

export function reportText(report: InspectionReport): string {
  const { standard, profile, document, overall } = report;
  const kind = document === null ? 'document of unknown kind' : `${document.format} of ${document.issuingState}`;
  const codes = [...meanings(overall)].map(([code, meaning]) => `${indent}${code}: ${meaning}`);
  return [`${standard}, profile ${profile}: ${kind}`, ...linesOf(overall, 0), ...codes.sort()].join('\n');
}

function linesOf(node: ReportNode, depth: number): string[] {
  const { result, section, title, code, evidence, errorNumber, requirement } = node;
  const margin = indent.repeat(depth);
  const remark = requirement === 'mandatory' ? '' : ` (${requirement})`;
  const because = [code ?? '', errorNumber ?? ''].join(' ').trim();
  const head = `${result.padEnd(resultWidth)} ${section.padEnd(sectionWidth)} ${margin}${title}${remark}`;
  const facts = Object.entries(evidence ?? {}).map(([name, value]) => `${name} ${String(value)}`);
  const below = ' '.repeat(resultWidth + sectionWidth + 2) + margin + indent;
  return [
    because === '' ? head : `${head}${indent}${because}`,
    ...(facts.length === 0 ? [] : [`${below}${facts.join(', ')}`]),
    ...node.parts.filter(isWorthALine).flatMap((part) => linesOf(part, depth + 1)),
  ];
}

/** Documents hold few of the sixteen data groups. */
const isWorthALine = ({ code }: ReportNode): boolean => code !== 'DATA_GROUP_ABSENT';

/** Every code in the report once, in words. */
function meanings(node: ReportNode): Map<string, string> {
  const own: [string, string][] =
    node.code === null || node.description === null ? [] : [[node.code, node.description]];
  return new Map([...own, ...node.parts.filter(isWorthALine).flatMap((part) => [...meanings(part)])]);
}
