/** From a walk that broke a rule to the shortest one that breaks it too: delta debugging over what happens. */
import type { Happening, Plan } from './plan.ts';
import { walk, type WalkOptions, type WalkResult } from './walk.ts';

export type Shrunk = { readonly plan: Plan; readonly result: WalkResult; readonly tries: number };

/** Walks that are tried at most. */
const tries_max = 400;
/** After the last happening: a stay, a hold and a way back have their ends. */
const afterwards_ms = 15 * 60_000;

/** `plan` broke `rule`. What is left breaks the same rule; its story is told. */
export async function shrink(plan: Plan, rule: string, options: WalkOptions): Promise<Shrunk> {
  let tries = 0;
  const breaks = async (happenings: readonly Happening[]): Promise<boolean> => {
    tries += 1;
    const { broken } = await walk(planWith(plan, happenings), { ...options, isTold: false });
    return broken?.rule === rule;
  };
  // What comes after the break cannot have caused it.
  const first = await walk(plan, { ...options, isTold: false });
  const end_ms = first.broken?.at_ms ?? Number.POSITIVE_INFINITY;
  const before = plan.happenings.filter(({ at_ms }) => at_ms <= end_ms);
  let kept: readonly Happening[] = (await breaks(before)) ? before : plan.happenings;
  let parts = 2;
  while (parts <= kept.length * 2) {
    const smaller = await withoutOnePart(kept, Math.min(parts, kept.length), breaks, () => tries < tries_max);
    if (smaller === undefined && (parts >= kept.length || tries >= tries_max)) break;
    kept = smaller ?? kept;
    parts = smaller === undefined ? parts * 2 : Math.max(2, Math.min(parts - 1, kept.length));
  }
  kept = await calmed(kept, breaks);
  const shortest = planWith(plan, kept);
  return { plan: shortest, result: await walk(shortest, { ...options, isTold: true }), tries };
}

/** The same list without one of so many parts, if that breaks the rule too. The latest part goes first. */
async function withoutOnePart(
  happenings: readonly Happening[],
  parts: number,
  breaks: (happenings: readonly Happening[]) => Promise<boolean>,
  mayTry: () => boolean,
): Promise<readonly Happening[] | undefined> {
  const size = Math.ceil(happenings.length / parts);
  for (let from = 0; from < happenings.length && mayTry(); from += size) {
    const rest = [...happenings.slice(0, from), ...happenings.slice(from + size)];
    if (await breaks(rest)) return rest;
  }
  return undefined;
}

/** Travellers who need not be odd are ordinary. */
async function calmed(
  happenings: readonly Happening[],
  breaks: (happenings: readonly Happening[]) => Promise<boolean>,
): Promise<readonly Happening[]> {
  let kept = happenings;
  for (const [n, one] of happenings.entries()) {
    if (one.kind !== 'traveller' || one.habit === 'ordinary') continue;
    const calmer = kept.map((other, m) => (m === n ? ({ ...one, habit: 'ordinary' } as const) : other));
    if (await breaks(calmer)) kept = calmer;
  }
  return kept;
}

const planWith = (plan: Plan, happenings: readonly Happening[]): Plan => ({
  ...plan,
  happenings,
  end_ms: Math.min(plan.end_ms, (happenings.at(-1)?.at_ms ?? 0) + afterwards_ms),
});
