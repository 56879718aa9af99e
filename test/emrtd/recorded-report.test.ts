/** The record of an inspection keeps what was found; the rest of the report follows from its version. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DocumentInspection } from '../../drivers/emrtd/inspection.ts';
import { type RecordedReport, recordedReport, reportFrom } from '../../drivers/emrtd/report/recorded-report.ts';
import {
  type InspectionReport,
  type ReportedList,
  type ReportNode,
  buildReport,
} from '../../drivers/emrtd/report/report.ts';
import { passportOfKind, situations, trustWithRevocation } from './document-situations.ts';
import { NOW_MS, inspect } from './simulated-document.ts';

const sound = { result: 'passed', because: null, at_ms: NOW_MS } as const;
const evidence = { entries: 3 };
const lists: readonly ReportedList[] = [
  { name: 'Master list XM', result: 'undetermined', code: 'LIST_STALE', evidence },
  { name: 'Revocation lists', result: 'passed', code: null, evidence },
];
const document = { format: 'TD3', documentCode: 'P', issuingState: 'UTO' };
const times = { begunAt_ms: NOW_MS, endedAt_ms: NOW_MS };
const reportOf = (inspection: Pick<DocumentInspection, 'checks' | 'listedDataGroups' | 'aborted'>): InspectionReport =>
  buildReport({ ...inspection, checkDigits: sound, expiry: sound, lists, document, ...times });
const genuine = async (): Promise<InspectionReport> =>
  reportOf(await inspect(passportOfKind('all-groups'), { trust: trustWithRevocation([]) }));
/** As it comes out of the journal. */
const kept = (report: InspectionReport): RecordedReport =>
  JSON.parse(JSON.stringify(recordedReport(report))) as RecordedReport;

test.each(Object.entries(situations))('the report of %s comes out of its record whole', async (_, inspectIt) => {
  const report = reportOf(await inspectIt());
  expect(reportFrom(kept(report))).toEqual(report);
});

test('a document without a first data group, or without a chip, comes out of its record whole', () => {
  for (const listedDataGroups of [[2], [], null]) {
    for (const aborted of ['CHIP_ABSENT', null]) {
      const report = reportOf({ checks: [], listedDataGroups, aborted } as never);
      expect(reportFrom(kept(report))).toEqual(report);
    }
  }
});

test('the record of a genuine document has no words in it and takes two fifths of the report at most', async () => {
  const report = await genuine();
  const record = JSON.stringify(recordedReport(report));
  expect(record).not.toContain('5.6.4');
  expect(record.match(/"(title|requirement|description|section)"/g)).toEqual(['"title"', '"title"']);
  expect(record.length).toBeLessThan(JSON.stringify(report).length * 0.4);
});

test('a record of another version, with a check more or with one less, is no report of this version', async () => {
  const record = kept(await genuine());
  const { checks } = record;
  const more = [...checks, { id: 'unheard-of', result: 'failed' } as const];
  expect(reportFrom({ ...record, version: 2 as never })).toBeNull();
  expect(reportFrom({ ...record, checks: more })).toBeNull();
  expect(reportFrom({ ...record, checks: checks.slice(1) })).toBeNull();
  expect(reportFrom({ ...record, checks: [...checks.slice(1), ...more.slice(-1)] })).toBeNull();
});

test('the tree of checks is that of version 1: records of a changed one would be read wrongly', async () => {
  const placesOf = ({ id, section, title, requirement, parts }: ReportNode): unknown => [
    `${section} ${id} ${title} ${requirement}`,
    parts.map(placesOf),
  ];
  const { overall, version } = await genuine();
  const places = createHash('sha256')
    .update(JSON.stringify(placesOf(overall)))
    .digest('hex');
  // After a change: count the version up, keep the old tree for its records, and write the new fingerprint here.
  expect([version, places.slice(0, 16)]).toEqual([1, '9082733eb4f8b448']);
});
