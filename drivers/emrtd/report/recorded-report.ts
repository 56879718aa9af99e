/**
 * A report as records keep it: what was found, each under the id of its check. Order, sections, titles, requirements and
 * words follow from the version of the report and are added when it is read. Pure.
 */
import { type Definition, dataGroupNodes, reportDefinition } from './definitions.ts';
import { describe, errorNumberOf } from './report-codes.ts';
import { type InspectionReport, type ReportNode, listPlace } from './report.ts';

/** What is absent is null in the full form. */
export type RecordedCheck = Pick<ReportNode, 'id' | 'result'> & {
  readonly code?: string;
  readonly at_ms?: number;
  readonly evidence?: NonNullable<ReportNode['evidence']>;
  /** These two where they do not follow from the id: the name of a list, a data group that this document need not have. */
  readonly title?: string;
  readonly requirement?: ReportNode['requirement'];
};

export type RecordedReport = Omit<InspectionReport, 'overall'> & { readonly checks: readonly RecordedCheck[] };

type Place = Pick<Definition, 'id' | 'section' | 'title' | 'requirement'> & { readonly parts?: readonly Place[] };

/** The most that a document may have; which of these it need not have, its record says. */
const dataGroups = dataGroupNodes({ checks: [], listedDataGroups: null, aborted: null });
const isListId = (id: string): boolean => /^trust-list-[0-9]+$/.test(id);

/** Every place that there is in a report of version 1; lists have those that the record names. */
const placesIn = (lists: readonly string[], place: Place = reportDefinition): Place => {
  const { id, section, title, requirement, parts = [] } = place;
  const own = id === 'data-group-hashes' ? dataGroups : parts;
  const named = id === 'trust-lists' ? lists.map((list) => ({ id: list, title: '', ...listPlace })) : own;
  return { id, section, title, requirement, parts: named.map((part) => placesIn(lists, part)) };
};

const flat = <T extends { readonly parts?: readonly T[] }>(one: T): readonly T[] => [
  one,
  ...(one.parts ?? []).flatMap(flat),
];

export function recordedReport({ overall, ...rest }: InspectionReport): RecordedReport {
  const places = new Map(flat(placesIn([])).map((place) => [place.id, place]));
  return { ...rest, checks: flat(overall).map((node) => recordedCheck(node, places.get(node.id))) };
}

function recordedCheck(node: ReportNode, place: Place | undefined): RecordedCheck {
  const { id, result, code, at_ms, evidence, title, requirement } = node;
  return {
    id,
    result,
    ...(code !== null && { code }),
    ...(at_ms !== null && { at_ms }),
    ...(evidence !== null && { evidence }),
    ...(title !== place?.title && { title }),
    ...(requirement !== (place ?? listPlace).requirement && { requirement }),
  };
}

/** The report that was recorded; null when its version, or a check in it, is not one that this software knows. */
export function reportFrom({ checks, ...rest }: RecordedReport): InspectionReport | null {
  const places = placesIn(checks.map(({ id }) => id).filter(isListId));
  const known = new Set(flat(places).map(({ id }) => id));
  // What is left out would be hidden from whoever reads the report, and what is not there cannot be made up.
  if (rest.version !== 1 || checks.length !== known.size || !checks.every(({ id }) => known.has(id))) return null;
  const recorded = new Map(checks.map((check) => [check.id, check]));
  const overall = nodeFrom(places, recorded);
  return overall === undefined ? null : { ...rest, overall };
}

function nodeFrom(place: Place, recorded: ReadonlyMap<string, RecordedCheck>): ReportNode | undefined {
  const { id, section, parts = [] } = place;
  const check = recorded.get(id);
  if (check === undefined) return undefined;
  const { result, code = null, at_ms = null, evidence = null } = check;
  return {
    id,
    section,
    title: check.title ?? place.title,
    requirement: check.requirement ?? place.requirement,
    result,
    code,
    description: code === null ? null : describe(code),
    errorNumber: errorNumberOf(result, code),
    evidence,
    at_ms,
    parts: parts.flatMap((part) => nodeFrom(part, recorded) ?? []),
  };
}
