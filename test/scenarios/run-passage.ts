/** One traveller through a fresh simulated lane, and whether it ended as the scenario says. */
import { findNode } from '../../drivers/emrtd/report/report.ts';
import type { TransactionRecord } from '../../gate-controller/api/record.ts';
import type { Scenario } from '../../simulator/scenarios/scenarios.ts';
import { checkInvariants, type InvariantReport } from './invariants.ts';
import { type Crossing, Product, type ProductOptions } from './product.ts';

export type PassageResult = {
  readonly scenario: string;
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly asExpected: boolean;
  readonly transactionId: string | null;
  readonly duration_ms: number;
  readonly timeline: readonly { readonly at_ms: number; readonly event: string }[];
  readonly checks: readonly { readonly id: string; readonly result: string }[];
  /** What the record shows of the checks for which the scenario expects something. */
  readonly findings: readonly Finding[];
  readonly invariants: InvariantReport;
};

/** Result and code of a check or, by the name of a field, what it rests on. */
export type Finding = {
  readonly check: string;
  readonly expected: string;
  readonly found: string;
};

/** How long the officer of a passage looks at a referral before acting. */
export const officer_ms = { real: 2_000, fast: 200 } as const;

export async function runPassage(
  scenario: Scenario,
  { fast, ...options }: ProductOptions & { readonly fast: boolean },
): Promise<PassageResult> {
  const product = await Product.start(options);
  try {
    await product.ready();
    const began_ms = performance.now();
    const crossing = await product.cross(scenario.name, { fast, officer_ms: fast ? officer_ms.fast : officer_ms.real });
    const duration_ms = Math.round(performance.now() - began_ms);
    const { hall } = await product.bench();
    // The journal is examined from outside, as whoever audits it would: with the controller gone.
    await product.stop();
    const invariants = checkInvariants({ journalFile: product.journalFile, ...crossing, hall: hall.invariants });
    return { ...judge(scenario, crossing), duration_ms, invariants };
  } finally {
    await product.remove();
  }
}

/** What became of a crossing, held against what the scenario expects. */
export function judge(scenario: Scenario, { record }: Crossing): Omit<PassageResult, 'duration_ms' | 'invariants'> {
  const outcome = record?.outcome ?? 'interrupted';
  const reasons = record?.reasons ?? [];
  const { expects } = scenario;
  const findings = findingsOf(expects, record);
  const hasEnded = outcome === expects.outcome && [...reasons].sort().join() === [...expects.reasons].sort().join();
  return {
    scenario: scenario.name,
    outcome,
    reasons,
    asExpected: hasEnded && findings.every(({ expected, found }) => found === expected),
    transactionId: record?.transactionId ?? null,
    timeline: (record?.timeline ?? []).map(({ at_ms, event }) => ({ at_ms, event })),
    checks: (record?.checks ?? []).map(({ id, result }) => ({ id, result })),
    findings,
  };
}

function findingsOf(
  { findings = {}, evidence = {} }: Scenario['expects'],
  record: TransactionRecord | null,
): readonly Finding[] {
  return [
    ...Object.entries(findings).map(([check, expected]) => ({ check, expected, found: outcomeIn(record, check) })),
    ...Object.entries(evidence).flatMap(([check, fields]) =>
      Object.entries(fields).map(([field, expected]) => ({
        check: `${check} ${field}`,
        expected,
        found: String(nodeIn(record, check)?.evidence?.[field] ?? 'nothing'),
      })),
    ),
  ];
}

const nodeIn = (record: TransactionRecord | null, check: string) =>
  record?.report == null ? undefined : findNode(record.report.overall, check);

/** As the report of the document says, or the decision where the report knows no such check. */
function outcomeIn(record: TransactionRecord | null, check: string): string {
  const node = nodeIn(record, check);
  const decisive = record?.checks.find(({ id }) => id === check);
  const { result, code } = node ?? { result: decisive?.result ?? 'nothing', code: decisive?.because ?? null };
  return code === null ? result : `${result} ${code}`;
}
