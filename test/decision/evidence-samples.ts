import type { Check } from '../../gate-controller/decision/checks.ts';
import type { FaceEvidence, TransactionEvidence } from '../../gate-controller/decision/evidence.ts';
import { operatingPoint } from '../../gate-controller/decision/operating-points.ts';
import { documentStageChecks, indispensableChecks, type Policy } from '../../gate-controller/decision/policy.ts';

export const at_ms = Date.UTC(2026, 10, 22, 12);

export const policy: Policy = {
  version: 'test-1',
  required: indispensableChecks,
  chipAuthenticity: 'when-offered',
  revocation: 'when-known',
  eligibility: { documentCodes: ['P'], nationalities: 'any', age_min_years: 18, reuse_s: 300 },
  fourEyes: ['WATCHLIST_HIT'],
  operatingPoint: 'strict',
};

export const point = operatingPoint('strict');

const mrzChecks = ['mrz-check-digits', 'document-type', 'document-expiry', 'nationality', 'age', 'document-use'];

/** What a chip inspection reports about a genuine document. */
export const passedChipChecks: readonly Check[] = documentStageChecks
  .filter((id) => !mrzChecks.includes(id))
  .map((id) => ({ id, result: 'passed', because: null, at_ms }));

export const zoneRead: NonNullable<TransactionEvidence['mrz']> = {
  status: 'measured',
  value: {
    documentCode: 'P',
    issuingState: 'UTO',
    nationality: 'UTO',
    expiresOn: '2030-01-01',
    age_years: 40,
    lastUse_ms: null,
    today: '2026-11-22',
  },
  at_ms,
  by: 'test',
};

/** What the signals of a presentation attack said of one capture. */
export const attackOf = (verdict: 'live' | 'attack' | 'undetermined', because = 'X'): FaceEvidence['attack'] => ({
  status: 'measured',
  value: { verdict, because, signals: [] },
  at_ms,
  by: 'test',
});

/** Evidence of a traveller about whom everything is in order. */
export const soundEvidence: TransactionEvidence = {
  mrz: zoneRead,
  chip: passedChipChecks,
  occupancy: { status: 'measured', value: { persons: 'one' }, at_ms, by: 'test' },
  face: {
    portrait: { status: 'measured', value: { interEye_px: 90, remarks: [] }, at_ms, by: 'test' },
    captured: { status: 'measured', value: { framesSeen: 5, framesCompared: 1 }, at_ms, by: 'test' },
    similarity: { status: 'measured', value: 0.71, at_ms, by: 'test' },
    attack: attackOf('live', 'LOOKS_LIVE'),
  },
  risk: { status: 'measured', value: { verdict: 'clear', candidates: 0, topScore: null }, at_ms, by: 'test' },
};
