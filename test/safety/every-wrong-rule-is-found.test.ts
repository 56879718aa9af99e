import { describe, expect, test } from 'vitest';
import type { DoorPlan, DoorPlanInput } from '../../gate-controller/safety/door-plan.ts';
import { isEmergency } from '../../gate-controller/safety/hall.ts';
import { interlock, type InterlockInput, type InterlockRefusal } from '../../gate-controller/safety/interlock.ts';
import { flawedPlan } from './door-plan-space.ts';
import { disagreement, everything } from './interlock-space.ts';
import { load, mutantsOf, plainSource } from './source-mutants.ts';

const fileOf = (name: string): URL => new URL(`../../gate-controller/safety/${name}`, import.meta.url);
type Rule = (input: InterlockInput) => InterlockRefusal | undefined;
type Planner = (input: DoorPlanInput) => DoorPlan;

const loadRule = (source: string): Rule => load<Rule>(source, { isEmergency }, 'interlock');
const loadPlanner = (source: string): Planner => load<Planner>(source, { interlock }, 'planDoors');
const isWrong = (source: string): boolean => disagreement(loadRule(source), everything()) !== undefined;
const isFlawed = (source: string): boolean => flawedPlan(loadPlanner(source)) !== undefined;

/** Names of the mutants that nobody noticed. One that cannot even answer is noticed. */
function survivors(source: string, isFound: (source: string) => boolean): readonly string[] {
  const isNoticed = (mutant: string): boolean => {
    try {
      return isFound(mutant);
    } catch (error) {
      if (error instanceof TypeError || error instanceof ReferenceError) return true;
      throw error;
    }
  };
  return mutantsOf(source)
    .filter((mutant) => !isNoticed(mutant.source))
    .map(({ name }) => name);
}

describe('the search over the whole input space notices', () => {
  test('every small wrong in the interlock', () => {
    const source = plainSource(fileOf('interlock.ts'));
    expect(isWrong(source)).toBe(false);
    expect(mutantsOf(source).length).toBeGreaterThan(50);
    expect(survivors(source, isWrong)).toEqual([]);
  });

  test('every small wrong in the plan for both doors', () => {
    const source = plainSource(fileOf('door-plan.ts'));
    expect(isFlawed(source)).toBe(false);
    expect(mutantsOf(source).length).toBeGreaterThan(10);
    expect(survivors(source, isFlawed)).toEqual([]);
  });
});
