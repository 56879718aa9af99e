/** What the rules of both machines ask of one step of the search. */
import type { AnyMachineSnapshot } from 'xstate';
import { type Effect, stateName, type Step } from './explore.ts';

/** A step as a rule sees it: memory and state before and after, and what was asked for. */
export type Seen<Context> = {
  readonly step: Step;
  readonly type: string;
  readonly before: Context;
  readonly after: Context;
  readonly from: string;
  readonly to: string;
  readonly effects: readonly Effect[];
};

/** Each rule says what is wrong; it holds where it is false. */
export type Rules<Context> = Readonly<Record<string, (seen: Seen<Context>) => boolean>>;

export const asks = ({ effects }: Seen<unknown>, type: string): boolean =>
  effects.some((effect) => effect.type === type);

export const changesNothing = ({ step, effects }: Seen<unknown>): boolean =>
  step.after.key === step.before.key && effects.length === 0;

/** Somebody's word that came to its turn later than it counted. */
export const isVoid = ({ step: { event } }: Seen<unknown>): boolean =>
  typeof event['validUntil_ms'] === 'number' && !((event['at_ms'] as number) <= event['validUntil_ms']);

/** Names the first rule that a step breaks. */
export function flawBy<Context>(
  rules: Rules<Context>,
  contextOf: (position: { readonly snapshot: AnyMachineSnapshot }) => Context,
): (step: Step) => string | undefined {
  const named = Object.entries(rules);
  return (step) => {
    const { before, event, after, effects } = step;
    if (after.snapshot.status === 'error') return 'the machine broke';
    const seen: Seen<Context> = {
      step,
      type: event.type,
      before: contextOf(before),
      after: contextOf(after),
      from: stateName(before.snapshot.value),
      to: stateName(after.snapshot.value),
      effects,
    };
    return named.find(([, isBroken]) => isBroken(seen))?.[0];
  };
}
