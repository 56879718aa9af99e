/** The report of a document is fetched by the officer's page, from the journal alone. */
import { expect, test } from 'vitest';
import { type RecordedReport, recordedReport } from '../../drivers/emrtd/report/recorded-report.ts';
import { buildReport } from '../../drivers/emrtd/report/report.ts';
import { History } from '../../gate-controller/api/history.ts';
import { Metrics } from '../../gate-controller/api/metrics.ts';
import { reportIn } from '../../gate-controller/api/record.ts';
import type { JournalRecord } from '../../gate-controller/journal/record.ts';
import type { Committed } from '../../gate-controller/kernel/kernel.ts';
import { ApiBench, transactionId } from './api-bench.ts';

const sound = { result: 'passed', because: null, at_ms: 5 } as const;
const reportBegunAt = (begunAt_ms: number) =>
  buildReport({
    checks: [],
    listedDataGroups: null,
    aborted: 'CHIP_ABSENT',
    checkDigits: sound,
    expiry: sound,
    lists: [],
    document: null,
    begunAt_ms,
    endedAt_ms: 9,
  });
const report = reportBegunAt(1);
const recorded = recordedReport(report);

const recordOf = (event: object): JournalRecord => ({
  seq: 1,
  at_ms: 0,
  subject: transactionId,
  kind: 'transaction',
  event: JSON.stringify(event),
  state: '{}',
  effects: '[]',
});

const inspected = (of: RecordedReport | null): object => ({
  type: 'CHIP_INSPECTED',
  checks: [{ id: 'chip-authenticity', result: 'failed', because: 'CHIP_IS_A_COPY', at_ms: 0 }],
  aborted: null,
  report: of,
});

const stepOf = (event: object): Committed =>
  ({
    seq: 1,
    at_ms: 1,
    subject: transactionId,
    kind: 'transaction',
    event,
    value: 'weighingDocument',
    context: { startedAt_ms: 0 },
    effects: [],
    isIgnored: false,
    isEnded: false,
  }) as unknown as Committed;

test('the last inspection of a passage is the one that is reported', () => {
  const older = recordedReport(reportBegunAt(0));
  const records = [inspected(older), { type: 'HALL_CHANGED' }, inspected(recorded), { type: 'DOCUMENT_TAKEN' }];
  expect(reportIn(records.map(recordOf))).toEqual(report);
  expect(reportIn([recordOf({ type: 'DOCUMENT_TAKEN' })])).toBeNull();
  expect(reportIn([recordOf(inspected(null))])).toBeNull();
  // Only the type of an event makes it one, not a word in it.
  expect(reportIn([recordOf({ type: 'OTHER', of: 'CHIP_INSPECTED', report: recorded })])).toBeNull();
});

test('a passage without a report answers with a code, one with a report gives it', async () => {
  const bench = await new ApiBench().open();
  const absent = await bench.inject('GET', `/api/transactions/${transactionId}/report`);
  expect([absent.statusCode, absent.json<{ code: string }>().code]).toEqual([404, 'REPORT_ABSENT']);
  bench.records = [recordOf(inspected(recorded))];
  const found = await bench.inject('GET', `/api/transactions/${transactionId}/report`);
  expect([found.statusCode, found.json()]).toEqual([200, report]);
  await bench.close();
});

test('a passage is known to have a report from the inspection on', () => {
  const history = new History();
  history.observe(stepOf({ type: 'DOCUMENT_PRESENTED' }));
  expect(history.get(transactionId)?.hasReport).toBe(false);
  history.observe(stepOf(inspected(recorded)));
  history.observe(stepOf({ type: 'DOCUMENT_TAKEN' }));
  expect(history.get(transactionId)?.hasReport).toBe(true);
});

test('checks of chips are counted by result', async () => {
  const metrics = new Metrics();
  metrics.observe(stepOf(inspected(recorded)));
  expect(await metrics.text()).toContain('gate_document_checks_total{check="chip-authenticity",result="failed"} 1');
});
