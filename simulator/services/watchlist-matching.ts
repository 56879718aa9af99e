/** One query against an invented list, in the terms of OpenSanctions yente: score, match, explanations by feature. */
import { nameSimilarity } from './name-similarity.ts';

/** FollowTheMoney properties: every property is a list of strings. */
export type Properties = Readonly<Record<string, readonly string[]>>;

export type ListedPerson = {
  readonly id: string;
  readonly caption: string;
  readonly properties: Properties;
  /** ISO 8601 date of the entry. */
  readonly listed: string;
};

export type Explanation = { readonly score: number; readonly detail: string };

export type MatchResult = {
  readonly person: ListedPerson;
  /** 0…1, higher = more alike. */
  readonly score: number;
  readonly explanations: Readonly<Record<string, Explanation>>;
};

/** Properties in one form: white space collapsed, countries lower case, empty values dropped. */
export function normaliseProperties(properties: Properties): Properties {
  const normalised: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(properties)) {
    const kept = values
      .map((value) => value.normalize('NFC').replace(/\s+/g, ' ').trim())
      .map((value) => (name === 'nationality' || name === 'country' ? value.toLowerCase() : value))
      .filter((value) => value !== '');
    if (kept.length > 0) normalised[name] = [...new Set(kept)];
  }
  return normalised;
}

/** Every full name that the properties allow. */
function fullNames(properties: Properties): string[] {
  const names = [...(properties.name ?? []), ...(properties.alias ?? [])];
  for (const last of properties.lastName ?? [])
    for (const first of properties.firstName ?? []) names.push(`${first} ${last}`);
  return names;
}

function compareNames(query: Properties, listed: Properties): number {
  let best = 0;
  for (const asked of fullNames(query))
    for (const known of fullNames(listed)) best = Math.max(best, nameSimilarity(asked, known));
  return best;
}

/** Dates may be as short as a year: equal as far as both go, or in the same year, or different. */
function compareBirthDates(query: Properties, listed: Properties): 'equal' | 'sameYear' | 'different' | 'unknown' {
  const asked = query.birthDate ?? [];
  const known = listed.birthDate ?? [];
  if (asked.length === 0 || known.length === 0) return 'unknown';
  const pairs = asked.flatMap((a) => known.map((k) => [a, k] as const));
  const isEqual = ([a, k]: readonly [string, string]): boolean => a.startsWith(k) || k.startsWith(a);
  if (pairs.some(isEqual)) return 'equal';
  return pairs.some(([a, k]) => a.slice(0, 4) === k.slice(0, 4)) ? 'sameYear' : 'different';
}

const share = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean | undefined =>
  a === undefined || b === undefined ? undefined : a.some((value) => b.includes(value));

const documentNumber = (value: string): string => value.toUpperCase().replace(/[^A-Z0-9]/g, '');

/** What disagreement takes away from the similarity of the names. */
const penalty = { birthDateDifferent: 0.3, birthYearOnly: 0.08, nationalityDifferent: 0.12 } as const;

/** Names below this are nobody's candidate, whatever else agrees. */
const nameMin = 0.7;

export function matchPerson(query: Properties, person: ListedPerson): MatchResult {
  const explanations: Record<string, Explanation> = {};
  const listed = normaliseProperties(person.properties);
  const names = compareNames(query, listed);
  explanations.name_match = { score: names, detail: 'similarity of the names' };
  let score = names >= nameMin ? names : 0;
  const dates = compareBirthDates(query, listed);
  if (dates === 'different' || dates === 'sameYear') {
    const taken = dates === 'different' ? penalty.birthDateDifferent : penalty.birthYearOnly;
    explanations.dob_disjoint = {
      score: -taken,
      detail: dates === 'different' ? 'birth dates differ' : 'same year only',
    };
    score -= taken;
  } else if (dates === 'equal') explanations.dob_match = { score: 0, detail: 'birth dates agree' };
  if (share(query.nationality, listed.nationality) === false) {
    explanations.country_disjoint = { score: -penalty.nationalityDifferent, detail: 'nationalities differ' };
    score -= penalty.nationalityDifferent;
  }
  const ids = (properties: Properties): string[] =>
    [...(properties.idNumber ?? []), ...(properties.passportNumber ?? [])].map(documentNumber);
  if (share(ids(query), ids(listed)) === true && ids(query).length > 0) {
    explanations.identifier_match = { score: 0.95, detail: 'a document number agrees' };
    score = Math.max(score, 0.95);
  }
  return { person, score: Math.min(1, Math.max(0, Math.round(score * 1000) / 1000)), explanations };
}

/** Candidates at or above `cutoff`, best first, at most `limit`. */
export function matchList(
  query: Properties,
  list: readonly ListedPerson[],
  {
    limit,
    cutoff,
    excluded,
  }: { readonly limit: number; readonly cutoff: number; readonly excluded: ReadonlySet<string> },
): readonly MatchResult[] {
  return list
    .filter((person) => !excluded.has(person.id))
    .map((person) => matchPerson(normaliseProperties(query), person))
    .filter((result) => result.score >= cutoff && result.score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}
