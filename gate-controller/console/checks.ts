import type { CheckResultView, CheckView } from '../api/messages.ts';

export type CheckGroup = 'document' | 'chip' | 'face' | 'risk' | 'lane';

export const groupTitles: Readonly<Record<CheckGroup, string>> = {
  document: 'Document',
  chip: 'Chip',
  face: 'Face',
  risk: 'Risk',
  lane: 'Cabin',
};

const groupById: readonly (readonly [RegExp, CheckGroup])[] = [
  [/^(mrz-check-digits|nationality|age)$|^document/, 'document'],
  [/^(face|portrait|presentation-attack|morph|quality)/, 'face'],
  [/^(watchlist|risk|stolen)/, 'risk'],
  [/occupant|^lane/, 'lane'],
];

/** Group of a check by its id; what is not known otherwise belongs to the chip, which has most of them. */
export function groupOfCheck(id: string): CheckGroup {
  return groupById.find(([pattern]) => pattern.test(id))?.[1] ?? 'chip';
}

const gravity: Readonly<Record<CheckResultView, number>> = {
  failed: 0,
  undetermined: 1,
  aborted: 2,
  'not-supported': 3,
  passed: 4,
};

/**
 * A required check that did not pass weighs before everything else: the decision rests on it.
 */
function weight(check: CheckView): number {
  const isTheMatter = check.isRequired && check.result !== 'passed';
  return (isTheMatter ? 0 : 10) + gravity[check.result];
}

export type CheckGroupView = {
  readonly group: CheckGroup;
  readonly title: string;
  /** Result of the whole group: the gravest of its required checks, or of all where none is required. */
  readonly result: CheckResultView;
  readonly passed: number;
  readonly checks: readonly CheckView[];
};

/** Checks by group, what did not pass first. Groups without a check are left out. */
export function groupChecks(checks: readonly CheckView[]): readonly CheckGroupView[] {
  return (Object.keys(groupTitles) as CheckGroup[]).flatMap((group) => {
    const members = checks.filter((check) => groupOfCheck(check.id) === group);
    if (members.length === 0) return [];
    const required = members.filter((check) => check.isRequired);
    const decisive = required.length === 0 ? members : required;
    const result = decisive.reduce<CheckResultView>(
      (worst, check) => (gravity[check.result] < gravity[worst] ? check.result : worst),
      'passed',
    );
    const ordered = [...members].sort((a, b) => weight(a) - weight(b) || a.at_ms - b.at_ms);
    const passed = members.filter((check) => check.result === 'passed').length;
    return [{ group, title: groupTitles[group], result, passed, checks: ordered }];
  });
}
