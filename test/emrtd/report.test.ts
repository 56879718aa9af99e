/** The report of a document: whole, by the rules, and without a word about its holder. */
import fc from 'fast-check';
import Schema from 'typebox/schema';
import { describe, expect, test } from 'vitest';
import { inspectionCheckIds } from '../../drivers/emrtd/check-sheet.ts';
import { inspectionCodes } from '../../drivers/emrtd/codes.ts';
import type { DocumentInspection } from '../../drivers/emrtd/inspection.ts';
import { abortNumbers, reportCodes } from '../../drivers/emrtd/report/report-codes.ts';
import {
  type InspectionReport,
  type ReportInput,
  type ReportNode,
  buildReport,
  findNode,
} from '../../drivers/emrtd/report/report.ts';
import schema from '../../drivers/emrtd/report/report.schema.json' with { type: 'json' };
import { type ProfileName, profileNamed } from '../../simulator/passport/profiles.ts';
import { passportOfKind, situations, trustWithRevocation } from './document-situations.ts';
import { NOW_MS, holder, inspect, passportOf } from './simulated-document.ts';

const sound = { result: 'passed', because: null, at_ms: NOW_MS } as const;

function reportOf(inspection: DocumentInspection, change: Partial<ReportInput> = {}): InspectionReport {
  return buildReport({
    checks: inspection.checks,
    listedDataGroups: inspection.listedDataGroups,
    aborted: inspection.aborted,
    checkDigits: sound,
    expiry: sound,
    lists: [],
    document: { format: 'TD3', documentCode: 'P', issuingState: 'UTO' },
    begunAt_ms: NOW_MS,
    endedAt_ms: NOW_MS,
    ...change,
  });
}

const genuine = async (kind: ProfileName): Promise<InspectionReport> =>
  reportOf(await inspect(passportOfKind(kind), { trust: trustWithRevocation([]) }));

function node(report: InspectionReport, id: string): ReportNode {
  const found = findNode(report.overall, id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

const results = (report: InspectionReport, ...ids: readonly string[]): readonly string[] =>
  ids.map((id) => node(report, id).result);

const nodesOf = (one: ReportNode): readonly ReportNode[] => [one, ...one.parts.flatMap(nodesOf)];

const heads = ['overall', 'optical', 'electronic', 'combined', 'digital-seal'];

test('every check of the inspection has its place, and no place is there twice', async () => {
  const report = await genuine('all-groups');
  const ids = nodesOf(report.overall).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const places = inspectionCheckIds.map((id) => (id === 'chip-access' ? 'access' : id));
  expect(places.filter((id) => !ids.includes(id))).toEqual([]);
});

test('a genuine document with every proof passes all that this gate can check, and the rest is told', async () => {
  const report = await genuine('typical-eu');
  expect(results(report, ...heads)).toEqual(['undetermined', 'undetermined', 'passed', 'passed', 'not-supported']);
  expect(node(report, 'spectral').code).toBe('OPTICAL_SCANNER_ABSENT');
  expect(node(report, 'data-group-2-hash').evidence).toMatchObject({ status: 'identical', algorithm: 'sha256' });
  expect(node(report, 'data-group-3-hash').evidence).toEqual({ status: 'not present' });
});

test('a chip that offers no proof of being the original leaves the electronic result open (5.6.4)', async () => {
  const report = await genuine('bac-only');
  expect(results(report, 'chip-authenticity', 'electronic')).toEqual(['not-supported', 'undetermined']);
});

test('a chip with PACE that also speaks Basic Access Control has passed access by one of them (5.6.3)', async () => {
  const report = await genuine('typical-eu');
  expect(results(report, 'access', 'access-pace', 'access-bac')).toEqual(['passed', 'passed', 'not-supported']);
});

const expectations: Readonly<Record<string, readonly string[]>> = {
  'a copy without the key for chip authentication': ['failed', 'failed', 'passed'],
  'a chip that hides PACE': ['failed', 'failed', 'passed'],
  'a chip with another key than the printed one': ['failed', 'failed', 'aborted'],
  'a signer that was revoked': ['failed', 'failed', 'passed'],
  'a signer about whom the list is too old': ['undetermined', 'undetermined', 'passed'],
  'a printed name that differs from the chip': ['failed', 'undetermined', 'failed'],
};

test.each(Object.entries(expectations))(
  '%s makes overall, electronic and combined result %j',
  async (name, expected) => {
    const inspection = await situations[name]?.();
    if (inspection === undefined) throw new Error(name);
    expect(results(reportOf(inspection), 'overall', 'electronic', 'combined')).toEqual(expected);
  },
);

test('a signer whom nobody vouches for never lets the electronic result be successful (5.6.4.3.6)', async () => {
  const inspection = await inspect(passportOfKind('typical-eu'), { trust: trustWithRevocation([]) });
  const checks = inspection.checks.map((check) =>
    check.id === 'signer-trust' ? { ...check, result: 'undetermined' as const } : check,
  );
  const electronic = node(reportOf({ ...inspection, checks }), 'electronic');
  expect([electronic.result, electronic.code]).toEqual(['undetermined', 'SIGNER_NOT_TRUSTED']);
});

test('an expired document fails the combined checks whatever its chip says (5.7.1)', async () => {
  const expiry = { result: 'failed', because: 'EXPIRED', at_ms: NOW_MS } as const;
  const report = reportOf(await inspect(passportOf()), { expiry });
  expect(results(report, 'combined', 'overall')).toEqual(['failed', 'failed']);
});

test('a document without a chip in the field is aborted throughout, with a number of its error (5.3)', () => {
  const because = 'CHIP_ABSENT';
  const check = { id: 'chip-access', result: 'aborted', because: 'CHIP_LOST', evidence: null, at_ms: NOW_MS } as const;
  const inspection = { checks: [check], listedDataGroups: null, aborted: because };
  const report = reportOf(inspection as unknown as DocumentInspection);
  expect(results(report, 'electronic', 'access', 'chip-authenticity')).toEqual(['aborted', 'aborted', 'aborted']);
  expect(node(report, 'security-object-hash').errorNumber).toBe(1001);
  expect(node(report, 'card-security-hash').result).toBe('not-supported');
});

test('a data group that was left out for want of time is told and spoils nothing', async () => {
  const trust = trustWithRevocation([]);
  const report = reportOf(await inspect(passportOfKind('all-groups'), { trust, further_ms: 0 }));
  const left = node(report, 'data-group-11-hash');
  expect([left.result, left.code]).toEqual(['not-supported', 'DATA_GROUP_NOT_READ']);
  expect(left.evidence).toEqual({ status: 'present (not read)' });
  expect(results(report, 'data-groups', 'electronic')).toEqual(['passed', 'passed']);
});

test('a list that is out of date is told and counts in nothing', async () => {
  const list = {
    name: 'Master list XM',
    result: 'undetermined',
    code: 'LIST_STALE',
    evidence: { entries: 3 },
  } as const;
  const inspection = await inspect(passportOfKind('typical-eu'), { trust: trustWithRevocation([]) });
  const report = reportOf(inspection, { lists: [list] });
  expect(results(report, 'trust-lists', 'electronic')).toEqual(['undetermined', 'passed']);
});

describe('codes', () => {
  test('of an abort have numbers of the range for manufacturers, each its own', () => {
    const numbers = Object.values(abortNumbers);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.every((number) => number >= 1000 && number <= 999_999)).toBe(true);
    const known: readonly string[] = [...Object.keys(inspectionCodes), ...Object.keys(reportCodes)];
    expect(Object.keys(abortNumbers).filter((code) => !known.includes(code))).toEqual([]);
  });

  test('stand in every report with words', async () => {
    for (const inspectIt of Object.values(situations)) {
      for (const { code, description, result, errorNumber } of nodesOf(reportOf(await inspectIt()).overall)) {
        expect(description === null).toBe(code === null);
        if (code !== null) expect(description, code).not.toBe(code);
        if (result === 'aborted') expect(errorNumber, code ?? '').not.toBeNull();
      }
    }
  });
});

test('every report obeys its schema', async () => {
  const validator = Schema.Compile(schema);
  for (const inspectIt of Object.values(situations)) {
    const report: unknown = JSON.parse(JSON.stringify(reportOf(await inspectIt())));
    expect(validator.Check(report)).toBe(true);
  }
  expect(validator.Check({ ...(await genuine('bac-only')), surname: 'X' })).toBe(false);
});

test('nothing in a report is of its holder', async () => {
  const letters = fc.stringMatching(/^[A-Z]{5,12}$/);
  const people = fc.record({
    surname: letters,
    givenNames: letters,
    documentNumber: fc.stringMatching(/^[A-Z0-9]{9}$/),
    birthDate: fc.date({ min: new Date('1930-01-01'), max: new Date('2005-12-31'), noInvalidDate: true }),
  });
  const profile = profileNamed('bac-ca-ecdh');
  const someone = JSON.stringify(reportOf(await inspect(passportOf({ profile }))));
  await fc.assert(
    fc.asyncProperty(people, async ({ birthDate, ...names }) => {
      const person = { ...holder, ...names, birthDate: birthDate.toISOString().slice(0, 10) };
      const inspection = await inspect(passportOf({ holder: person, profile }));
      const { mrzLines } = passportOf({ holder: person, profile });
      const text = JSON.stringify(reportOf(inspection));
      const birth = person.birthDate.slice(2).replaceAll('-', '');
      const personal = [person.surname, person.givenNames, person.documentNumber, person.birthDate, birth, ...mrzLines];
      // What stands in the report of somebody else too is nobody's: a word of the report, digits of a fingerprint.
      const found = personal.filter((value) => text.includes(value) && !someone.includes(value));
      expect(found).toEqual([]);
    }),
    { numRuns: 25 },
  );
});
