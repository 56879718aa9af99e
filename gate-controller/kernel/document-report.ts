import type { InspectionCheck } from '../../drivers/emrtd/check-sheet.ts';
import type { MRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import type { TrustListStatus, TrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import {
  buildReport,
  type InspectionReport,
  type PrintedFinding,
  type ReportedList,
} from '../../drivers/emrtd/report/report.ts';
import type { Check } from '../decision/checks.ts';

export type ReportedInspection = {
  readonly checks: readonly InspectionCheck[];
  readonly listedDataGroups: readonly number[] | null;
  readonly aborted: string | null;
};

/** Report of one document for the record: nothing in it names the holder. */
export function documentReport(o: {
  readonly inspection: ReportedInspection;
  /** Checks of the printed zone, as the decision weighs them. */
  readonly printed: readonly Check[];
  readonly mrz: MRZ;
  readonly trust: TrustStore | null;
  readonly begunAt_ms: number;
  readonly endedAt_ms: number;
}): InspectionReport {
  const { format, documentCode, issuingState } = o.mrz;
  return buildReport({
    ...o.inspection,
    checkDigits: printedFinding(o.printed, 'mrz-check-digits', 'MRZ_CHECK_DIGIT', o.endedAt_ms),
    expiry: printedFinding(o.printed, 'document-expiry', 'EXPIRED', o.endedAt_ms),
    lists: o.trust === null ? [] : reportedLists(o.trust.lists, o.endedAt_ms),
    document: { format, documentCode, issuingState },
    begunAt_ms: o.begunAt_ms,
    endedAt_ms: o.endedAt_ms,
  });
}

function printedFinding(checks: readonly Check[], id: Check['id'], failure: string, now_ms: number): PrintedFinding {
  const check = checks.find((one) => one.id === id);
  if (check === undefined) return { result: 'undetermined', because: 'MRZ_NOT_READ', at_ms: now_ms };
  const { result, because, at_ms } = check;
  return { result, because: because ?? (result === 'failed' ? failure : null), at_ms };
}

/** Few lists speak of all documents; of revocation lists each state has its own, so that those are counted. */
export function reportedLists(lists: readonly TrustListStatus[], now_ms: number): readonly ReportedList[] {
  const single = lists.filter(({ kind }) => kind !== 'crl').map((list) => reportedList(list, now_ms));
  const revocation = lists.filter(({ kind }) => kind === 'crl');
  if (revocation.length === 0) return single;
  const fresh = revocation.filter((list) => list.isFresh(now_ms)).length;
  const isFresh = fresh === revocation.length;
  const name = 'Revocation lists';
  const evidence = { lists: revocation.length, current: fresh };
  return [
    ...single,
    { name, result: isFresh ? 'passed' : 'undetermined', code: isFresh ? null : 'LIST_STALE', evidence },
  ];
}

const listNames: Readonly<Record<TrustListStatus['kind'], string>> = {
  'master-list': 'Master list',
  'defect-list': 'Defect list',
  crl: 'Revocation list',
};

function reportedList(list: TrustListStatus, now_ms: number): ReportedList {
  const isFresh = list.isFresh(now_ms);
  return {
    name: `${listNames[list.kind]} ${list.issuerCountry ?? ''}`.trim(),
    result: isFresh ? 'passed' : 'undetermined',
    code: isFresh ? null : 'LIST_STALE',
    evidence: { issued: dayOf(list.issued_ms), entries: list.entries, fingerprint: list.sha256 },
  };
}

function dayOf(time_ms: number): string {
  const date = new Date(time_ms);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().slice(0, 10);
}
