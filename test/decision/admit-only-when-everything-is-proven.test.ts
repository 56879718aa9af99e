import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Check, checkDefinitions, checkIds, reasonOf } from '../../gate-controller/decision/checks.ts';
import { decide, decideAtDocument } from '../../gate-controller/decision/decide.ts';
import { noEvidence, type TransactionEvidence } from '../../gate-controller/decision/evidence.ts';
import { conditionalChecks, indispensableChecks, isTolerated } from '../../gate-controller/decision/policy.ts';
import { reasons } from '../../gate-controller/decision/reasons.ts';
import { weigh } from '../../gate-controller/decision/weigh.ts';
import { at_ms, passedChipChecks, point, policy, soundEvidence, zoneRead } from './evidence-samples.ts';

const verdict = (evidence: TransactionEvidence) => decide(weigh(evidence, policy, point, at_ms), policy);
const reasonsOf = (evidence: TransactionEvidence): readonly string[] => {
  const found = verdict(evidence);
  return found.decision === 'refer' ? found.reasons : [];
};
const withZone = (facts: Partial<NonNullable<Extract<typeof zoneRead, { status: 'measured' }>>['value']>) =>
  zoneRead.status === 'measured'
    ? { ...soundEvidence, mrz: { ...zoneRead, value: { ...zoneRead.value, ...facts } } }
    : soundEvidence;

describe('a traveller is admitted', () => {
  test('when every required check has passed', () => {
    expect(verdict(soundEvidence)).toEqual({ decision: 'admit' });
  });

  test('never without evidence', () => {
    expect(reasonsOf(noEvidence)).toEqual(['CHECK_MISSING']);
  });

  test('never when one piece of evidence is left out', () => {
    for (const key of Object.keys(soundEvidence) as (keyof TransactionEvidence)[]) {
      expect(verdict({ ...soundEvidence, [key]: null }).decision, key).toBe('refer');
    }
  });

  test('never when one required check is anything but passed', () => {
    const checks = weigh(soundEvidence, policy, point, at_ms);
    for (const id of policy.required) {
      for (const result of ['failed', 'undetermined', 'not-supported', 'aborted'] as const) {
        const changed = checks.map((check) => (check.id === id ? { ...check, result } : check));
        expect(decide(changed, policy).decision, `${id} ${result}`).toBe('refer');
      }
      expect(
        decide(
          checks.filter((check) => check.id !== id),
          policy,
        ).decision,
        id,
      ).toBe('refer');
    }
  });

  test('never when a check has two results and one of them is bad', () => {
    const checks = weigh(soundEvidence, policy, point, at_ms);
    const doubled: readonly Check[] = [...checks, { id: 'face-match', result: 'failed', because: null, at_ms }];
    expect(decide(doubled, policy)).toEqual({ decision: 'refer', reasons: ['FACE_MISMATCH'] });
  });

  test('never under a policy that requires nothing', () => {
    expect(decide(weigh(soundEvidence, policy, point, at_ms), { ...policy, required: [] }).decision).toBe('refer');
  });
});

test('more bad news never turns a referral into an admit', () => {
  const result = fc.constantFrom('passed', 'failed', 'undetermined', 'not-supported', 'aborted');
  const arbitraryChecks = fc.array(
    fc.record({ id: fc.constantFrom(...checkIds), result, because: fc.constantFrom(null, 'X'), at_ms: fc.constant(0) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(arbitraryChecks, (checks) => {
      const of = (id: string): Check[] => (checks as Check[]).filter((check) => check.id === id);
      const isProven = policy.required.every(
        (id) => of(id).length > 0 && of(id).every((check) => check.result === 'passed'),
      );
      const isClear = conditionalChecks.every(
        (id) => of(id).length > 0 && of(id).every((check) => check.result === 'passed' || isTolerated(check, policy)),
      );
      const hasFailure = (checks as Check[]).some((check) => check.result === 'failed');
      expect(decide(checks as Check[], policy).decision).toBe(isProven && isClear && !hasFailure ? 'admit' : 'refer');
    }),
    { numRuns: 2_000 },
  );
});

describe('similarity', () => {
  const withSimilarity = (value: number) =>
    verdict({
      ...soundEvidence,
      face: { ...soundEvidence.face!, similarity: { status: 'measured', value, at_ms, by: 'test' } },
    }).decision;

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.4499999, 1.5])('of %s refers', (value) => {
    expect(withSimilarity(value)).toBe('refer');
  });

  test.each([point.similarity_min, 0.9, 1])('of %s admits', (value) => {
    expect(withSimilarity(value)).toBe('admit');
  });
});

describe('each misfortune has its own reason', () => {
  const chipWith = (id: Check['id'], result: Check['result'], because: string | null): TransactionEvidence => ({
    ...soundEvidence,
    chip: passedChipChecks.map((check) => (check.id === id ? { ...check, result, because } : check)),
  });

  test.each<[string, TransactionEvidence, string]>([
    ['an expired document', withZone({ expiresOn: '2026-11-21' }), 'DOCUMENT_EXPIRED'],
    ['an unknown expiry', withZone({ expiresOn: null }), 'DOCUMENT_EXPIRED'],
    ['a child', withZone({ age_years: 9 }), 'AGE_NOT_ELIGIBLE'],
    ['an unknown age', withZone({ age_years: null }), 'AGE_NOT_ELIGIBLE'],
    ['an identity card', withZone({ documentCode: 'ID' }), 'DOCUMENT_TYPE_NOT_ELIGIBLE'],
    ['an altered portrait', chipWith('data-group-2-hash', 'failed', 'HASH_MISMATCH'), 'DOCUMENT_ALTERED'],
    ['an unknown issuer', chipWith('issuer-certificate', 'undetermined', 'ISSUER_UNKNOWN'), 'ISSUER_UNKNOWN'],
    ['a chip taken away', chipWith('data-group-2-hash', 'aborted', 'CHIP_LOST'), 'CHIP_NOT_READ'],
    ['a chip that refuses the key', chipWith('chip-access', 'failed', 'ACCESS_REFUSED'), 'CHIP_ACCESS_REFUSED'],
    ['chip data that differ from print', chipWith('mrz-matches-chip', 'failed', null), 'MRZ_DIFFERS_FROM_CHIP'],
    [
      'a second person',
      { ...soundEvidence, occupancy: { status: 'measured', value: { persons: 'several' }, at_ms, by: 't' } },
      'TAILGATING',
    ],
    [
      'a watchlist hit',
      {
        ...soundEvidence,
        risk: { status: 'measured', value: { verdict: 'hit', candidates: 1, topScore: 0.9 }, at_ms, by: 't' },
      },
      'WATCHLIST_HIT',
    ],
    ['a late risk service', { ...soundEvidence, risk: { status: 'unavailable', because: 'RISK_LATE' } }, 'RISK_LATE'],
    [
      'a risk service in error',
      { ...soundEvidence, risk: { status: 'unavailable', because: 'RISK_UNAVAILABLE' } },
      'RISK_UNAVAILABLE',
    ],
    [
      'nonsense from a risk service',
      { ...soundEvidence, risk: { status: 'unavailable', because: 'RISK_MALFORMED' } },
      'RISK_MALFORMED',
    ],
  ])('%s', (_, evidence, reason) => {
    expect(reasonsOf(evidence)).toEqual([reason]);
  });

  test('a document is valid on its last day', () => {
    expect(verdict(withZone({ expiresOn: '2026-11-22' }))).toEqual({ decision: 'admit' });
  });
});

test('the document stage lets nobody in whom the decision would refer for the document', () => {
  const atDoor = decideAtDocument(
    weigh({ ...soundEvidence, face: null, risk: null, occupancy: null }, policy, point, at_ms),
    policy,
  );
  expect(atDoor).toEqual({ decision: 'admit' });
  for (const id of indispensableChecks.filter((id) => checkDefinitions[id].group === 'chip')) {
    const chip = passedChipChecks.filter((check) => check.id !== id);
    const evidence = { ...soundEvidence, chip };
    expect(decideAtDocument(weigh(evidence, policy, point, at_ms), policy).decision, id).toBe('refer');
  }
});

test('every check and result leads to a reason that exists', () => {
  for (const id of checkIds) {
    for (const result of ['passed', 'failed', 'undetermined', 'not-supported', 'aborted'] as const) {
      expect(reasons).toHaveProperty(reasonOf({ id, result, because: null, at_ms }));
    }
  }
});
