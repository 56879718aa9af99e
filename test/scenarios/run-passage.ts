/** One traveller through a fresh simulated lane, and whether it ended as the scenario says. */
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
  readonly invariants: InvariantReport;
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
  return {
    scenario: scenario.name,
    outcome,
    reasons,
    asExpected: outcome === expects.outcome && [...reasons].sort().join() === [...expects.reasons].sort().join(),
    transactionId: record?.transactionId ?? null,
    timeline: (record?.timeline ?? []).map(({ at_ms, event }) => ({ at_ms, event })),
    checks: (record?.checks ?? []).map(({ id, result }) => ({ id, result })),
  };
}
