/** The named scenarios, chapter by chapter: how travellers come, and how each of them has to end. */
import { documentScenarios } from './document-scenarios.ts';
import { faceScenarios } from './face-scenarios.ts';
import { laneScenarios } from './lane-scenarios.ts';
import { officerScenarios } from './officer-scenarios.ts';
import { pathScenarios } from './path-scenarios.ts';
import type { Chapter, Scenario } from './scenario.ts';
import { serviceScenarios } from './service-scenarios.ts';

export type { Scenario };

/** In the order of the list of acceptance scenarios. */
export const chapters = {
  'Ways through the lane': pathScenarios,
  Documents: documentScenarios,
  Faces: faceScenarios,
  'Doors, people, safety': laneScenarios,
  'Risk services': serviceScenarios,
  'Officers and technicians': officerScenarios,
} as const satisfies Readonly<Record<string, Chapter>>;

type NamesIn<T> = T extends unknown ? keyof T : never;
export type ScenarioName = NamesIn<(typeof chapters)[keyof typeof chapters]>;

const rows: Chapter = Object.assign({}, ...Object.values(chapters)) as Chapter;

export const scenarios: readonly Scenario[] = Object.entries(rows).map(([name, row]) => ({ name, ...row }));

export const scenarioNames = scenarios.map(({ name }) => name) as readonly ScenarioName[];

export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

/** The genuine scenario played by somebody else. */
export function genuineWith(person: string): Scenario {
  return { name: 'genuine', ...pathScenarios.genuine, holder: person, bearer: person };
}
