/** One scenario in a fresh simulated lane, and whether it ended as it should. */
import { findNode } from '../../drivers/emrtd/report/report.ts';
import type { TransactionRecord } from '../../gate-controller/api/record.ts';
import type { Expectation, Scenario } from '../../simulator/scenarios/scenario.ts';
import { checkInvariants, type InvariantReport } from './invariants.ts';
import { type Crossing, Product, type ProductOptions, type Walk } from './product.ts';

export type PassageResult = {
  readonly scenario: string;
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly asExpected: boolean;
  /** What was not as it should be, in words. */
  readonly deviations: readonly string[];
  readonly transactionId: string | null;
  readonly duration_ms: number;
  readonly timeline: readonly { readonly at_ms: number; readonly event: string; readonly state: string }[];
  readonly checks: readonly { readonly id: string; readonly result: string }[];
  /** What the record shows of the checks for which the scenario expects something. */
  readonly findings: readonly Finding[];
  readonly modes: readonly string[];
  /** From the end of this passage to the next one's begin and end; null where nobody came next. */
  readonly headway: { readonly begin_ms: number; readonly end_ms: number } | null;
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
  const product = await Product.start({ ...options, configuration: scenario.lane ?? {} });
  try {
    // A lane that needs an officer's presence opens when the scenario's officer comes.
    if (!opensForOfficer(scenario)) await product.ready();
    const began_ms = performance.now();
    const crossing = await product.cross(scenario.name, { fast, officer_ms: fast ? officer_ms.fast : officer_ms.real });
    const duration_ms = Math.round(performance.now() - began_ms);
    const { hall } = await product.bench();
    // The journal is examined from outside, as whoever audits it would: with the controller gone.
    await product.stop();
    const invariants = checkInvariants({
      journalFile: product.journalFile,
      crossings: [crossing],
      hall: hall.invariants,
    });
    return { ...judge(scenario, crossing), duration_ms, invariants };
  } finally {
    await product.remove();
  }
}

/** True when the lane is shut until somebody attends it. */
export const opensForOfficer = ({ before = [] }: Scenario): boolean => before.some(({ does }) => does === 'attend');

/** What became of a crossing, held against what the scenario expects. */
export function judge(scenario: Scenario, crossing: Crossing): Omit<PassageResult, 'duration_ms' | 'invariants'> {
  const { record, next, trouble, others, exitOpenings } = crossing;
  const { expects } = scenario;
  const findings = findingsOf(expects, record);
  const deviations = [
    ...(trouble === null ? [] : [trouble]),
    ...(others === 0 ? [] : [`${others} further passages began`]),
    ...deviationsOf(expects, crossing),
    ...differs('exit openings', expects.exitOpenings, exitOpenings),
    ...(scenario.next === undefined || next === null
      ? []
      : deviationsOf(scenario.next.expects, next).map((deviation) => `the next traveller: ${deviation}`)),
    ...overlapOf(scenario, crossing),
  ];
  return {
    scenario: scenario.name,
    outcome: record?.outcome ?? 'none',
    reasons: record?.reasons ?? [],
    asExpected: deviations.length === 0,
    deviations,
    transactionId: record?.transactionId ?? null,
    timeline: (record?.timeline ?? []).map(({ at_ms, event, state }) => ({ at_ms, event, state })),
    checks: (record?.checks ?? []).map(({ id, result }) => ({ id, result })),
    findings,
    modes: crossing.modes,
    headway: headwayOf(crossing),
  };
}

function differs(
  what: string,
  expected: string | number | undefined,
  found: string | number | null,
): readonly string[] {
  return expected === undefined || expected === found ? [] : [`${what}: ${found}, not ${expected}`];
}

/** In any order; one of the lists that the scenario allows. */
function differsInReasons({ reasons, reasonsElse = [] }: Expectation, found: readonly string[]): readonly string[] {
  const shown = [...found].sort().join();
  const allowed = [reasons, ...reasonsElse].map((list) => [...list].sort().join());
  return allowed.includes(shown) ? [] : [`reasons: ${shown}, not ${allowed.join(' or ')}`];
}

function deviationsOf(expects: Expectation, { record, passage }: Walk): readonly string[] {
  const states = (record?.timeline ?? []).map(({ state }) => state);
  const missing = firstMissing(expects.states ?? [], states);
  const duration_ms = record?.endedAt_ms == null ? null : record.endedAt_ms - record.startedAt_ms;
  const { max_ms } = expects;
  return [
    ...differs('outcome', expects.outcome, record?.outcome ?? 'none'),
    ...differsInReasons(expects, record?.reasons ?? []),
    ...findingsOf(expects, record).flatMap(({ check, expected, found }) => differs(check, expected, found)),
    ...(missing === undefined ? [] : [`never came to ${missing} in order: ${[...new Set(states)].join(' ')}`]),
    ...(expects.never ?? []).filter((state) => states.includes(state)).map((state) => `came to ${state}`),
    ...differs('left by', expects.leftBy, passage?.leftBy ?? null),
    ...(max_ms === undefined || (duration_ms !== null && duration_ms <= max_ms) ? [] : [`took ${duration_ms} ms`]),
  ];
}

/** The first state that does not follow those before it; one that lasts counts once. */
function firstMissing(wanted: readonly string[], states: readonly string[]): string | undefined {
  const changes = states.filter((state, index) => state !== states[index - 1]);
  let from = 0;
  for (const state of wanted) {
    const at = changes.indexOf(state, from);
    if (at < 0) return state;
    from = at + 1;
  }
  return undefined;
}

/**
 * From the end of one passage to the begin and to the end of the next; a begin below 0 is how much sooner the next document
 * was read. Null where there was no next passage.
 */
export function headwayOf({ record, next }: Pick<Crossing, 'record' | 'next'>): PassageResult['headway'] {
  const following = next?.record ?? null;
  if (record?.endedAt_ms == null || following?.endedAt_ms == null) return null;
  return { begin_ms: following.startedAt_ms - record.endedAt_ms, end_ms: following.endedAt_ms - record.endedAt_ms };
}

/** Where the next traveller's document is to be read while the one before leaves: whether it was. */
function overlapOf({ next: planned }: Scenario, { record, next }: Crossing): readonly string[] {
  const isMeant = planned?.expects.beginsBeforeEnd;
  if (isMeant === undefined) return [];
  const isBefore = (headwayOf({ record, next }) ?? { begin_ms: 0 }).begin_ms < 0;
  return isBefore === isMeant
    ? []
    : [`the next traveller ${isBefore ? 'began before' : 'did not begin until'} the end`];
}

function findingsOf(
  { findings = {}, evidence = {} }: Expectation,
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
