/** A lane with everybody who comes to it, works at it or befalls it. */
import type { Fate } from './fate.ts';
import { LaneRun, type LaneRunOptions } from './lane-run.ts';
import { Officers } from './officers.ts';
import { type Plan, travellersOf } from './plan.ts';
import type { View } from './readers.ts';
import type { RiskTruth } from './risk-service.ts';

export type Composed = Pick<LaneRunOptions, 'world' | 'listener' | 'diskJournal' | 'passagesBefore'> & {
  readonly plan: Plan;
  readonly intensity: number;
};

const unknownHolder: RiskTruth = { isHit: false, conduct: 'good', answer_ms: 200 };

/** Nothing happens before the lane is booted. Officers hear of each step after the listener. */
export function compose({ plan, intensity, listener, ...rest }: Composed): Fate {
  const { world } = rest;
  const { lane, seed } = plan;
  const travellers = travellersOf(plan);
  const byNumber = new Map(travellers.map((one) => [one.papers.number, one]));
  const byId = new Map(travellers.map((one) => [one.id, one]));
  /** The camera sees whoever stands foremost in the cabin. */
  const view = (): View => {
    const [foremost] = world.hall.inCabin().toSorted((a, b) => b.position_mm - a.position_mm);
    if (foremost === undefined) return { person: null, isAttack: false };
    const traveller = byId.get(foremost.id);
    // A picture of the holder is held before the face: what is compared is the holder, what is seen is flat.
    if (traveller?.isAttack === true) return { person: traveller.papers.holder, isAttack: true };
    return { person: foremost.id, isAttack: false };
  };
  const run: LaneRun = new LaneRun({
    ...rest,
    seed,
    riskOf: (number) => {
      const one = byNumber.get(number);
      if (one === undefined) return unknownHolder;
      return { isHit: one.isHit, conduct: fate.riskForAll ?? one.risk, answer_ms: one.risk_ms };
    },
    isRiskWell: () => fate.riskForAll === null,
    lane: {
      topology: lane === 'one-step' || lane === 'segregated' ? lane : 'integrated-two-step',
      isOverlapping: lane === 'overlapping',
    },
    view,
    listener: {
      ...listener,
      onStep: (step) => {
        listener.onStep(step);
        officers.observe(step);
      },
    },
  });
  const officers = new Officers({ world, run, seed, intensity });
  const fate: Fate = { world, run, officers, riskForAll: null, excuses: new Map() };
  return fate;
}
