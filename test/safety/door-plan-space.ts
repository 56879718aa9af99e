/** The whole input space of the plan for both doors, and what must hold of every plan. */
import type { DoorCommand, DoorName } from '../../drivers/contracts/gate-io.ts';
import type { DoorPlan, DoorPlanInput, DoorWant } from '../../gate-controller/safety/door-plan.ts';
import type { ExitAuthority } from '../../gate-controller/safety/interlock.ts';
import { breaks, commands, doorNames, halls, now_ms, other } from './interlock-space.ts';

const wants: readonly DoorWant[] = ['open', 'closed', 'hold'];
const permissions: readonly (ExitAuthority | null)[] = [
  null,
  { transactionId: 'current', by: 'admit', validUntil_ms: now_ms },
  { transactionId: 'current', by: 'officer', validUntil_ms: now_ms },
  { transactionId: 'current', by: 'admit', validUntil_ms: now_ms - 1 },
];

export function* everyPlan(): Generator<DoorPlanInput> {
  const input = { now_ms } as { -readonly [K in keyof DoorPlanInput]: DoorPlanInput[K] };
  const pairs = <T>(each: readonly T[]): readonly Record<DoorName, T>[] =>
    each.flatMap((entry) => each.map((exit) => ({ entry, exit })));
  for (input.hall of halls)
    for (input.wants of pairs(wants))
      for (input.asked of pairs(commands))
        for (input.isMaintenance of [false, true])
          for (input.currentTransactionId of [null, 'current']) for (input.authority of permissions) yield input;
}

const meant: Readonly<Record<DoorWant, DoorCommand>> = { open: 'open', closed: 'close', hold: 'hold' };
const invariants = Object.entries(breaks);

/** What is wrong with a plan; undefined when nothing is. */
export function planFlaw(input: DoorPlanInput, { commands: planned, refusals }: DoorPlan): string | undefined {
  if (!input.isMaintenance && planned.entry === 'open' && planned.exit === 'open') return 'both are asked to open';
  for (const door of doorNames) {
    const wanted = meant[input.wants[door]];
    const refusal = refusals[door];
    const isOtherAsked = (command: DoorCommand): boolean =>
      input.asked[other[door]] === command || planned[other[door]] === command;
    if (planned[door] !== wanted && planned[door] !== 'hold') return `${door}: something that nobody wanted`;
    if ((refusal === undefined) !== (planned[door] === wanted)) return `${door}: not what was wanted, without a reason`;
    if (!input.isMaintenance && planned[door] === 'open' && isOtherAsked('open')) return `${door}: beside an open one`;
    const asked = { ...input, door, command: planned[door], otherCommand: planned[other[door]] };
    for (const [name, isBroken] of invariants) if (isBroken(asked)) return `${door}: ${name}`;
    if (refusal === undefined) continue;
    const refused = { ...asked, command: wanted };
    const isSo = refusal === 'OTHER_DOOR_COMMANDED_OPEN' ? isOtherAsked('open') : breaks[refusal](refused);
    if (!isSo) return `${door}: refused by ${refusal}, which is not so`;
  }
  return undefined;
}

export function flawedPlan(plan: (input: DoorPlanInput) => DoorPlan): { readonly flaw: string } | undefined {
  for (const input of everyPlan()) {
    const made = plan(input);
    const flaw = planFlaw(input, made);
    if (flaw !== undefined) return { flaw, ...input, ...made };
  }
  return undefined;
}
