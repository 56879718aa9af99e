/** From documents in situations that a gate meets to the reasons an officer sees, under the policies there are. */
import { describe, expect, test } from 'vitest';
import type { Check } from '../../gate-controller/decision/checks.ts';
import { decideAtDocument } from '../../gate-controller/decision/decide.ts';
import { documentStageChecks, type Policy } from '../../gate-controller/decision/policy.ts';
import { checksForDecision } from '../../gate-controller/kernel/document-inspector.ts';
import { situations } from '../emrtd/document-situations.ts';
import { at_ms, policy } from './evidence-samples.ts';

const strict: Policy = { ...policy, chipAuthenticity: 'required', revocation: 'required' };

const printedZone: readonly Check[] = (
  ['mrz-check-digits', 'document-type', 'document-expiry', 'nationality', 'age', 'document-use'] as const
).map((id) => ({ id, result: 'passed', because: null, at_ms }));

function reasonsUnder(checks: readonly Check[], under: Policy): readonly string[] {
  const decision = decideAtDocument([...printedZone, ...checks], under);
  return decision.decision === 'admit' ? [] : decision.reasons;
}

/** Under the default policy, and what a policy that requires everything adds. */
const expected: Readonly<Record<string, readonly [byDefault: readonly string[], added: readonly string[]]>> = {
  'a copy without the key for chip authentication': [['CHIP_NOT_GENUINE'], ['REVOCATION_UNKNOWN']],
  'a copy without the key for active authentication': [['CHIP_NOT_GENUINE'], ['REVOCATION_UNKNOWN']],
  'a copy without the key for the mapping of PACE': [['CHIP_NOT_GENUINE'], ['REVOCATION_UNKNOWN']],
  'a copy of a document that proves nothing': [[], ['REVOCATION_UNKNOWN', 'CHIP_AUTHENTICITY_UNPROVEN']],
  'a copy with an EF.CardSecurity of its maker': [['CHIP_AUTHENTICITY_UNPROVEN'], ['REVOCATION_UNKNOWN']],
  'a chip that lacks the DG14 that was signed': [
    ['CHIP_AUTHENTICITY_UNPROVEN', 'CHIP_DATA_MALFORMED'],
    ['REVOCATION_UNKNOWN'],
  ],
  'a chip that hides PACE': [['DOCUMENT_ALTERED'], ['REVOCATION_UNKNOWN']],
  'a chip that offers a weaker PACE than was signed': [
    ['DOCUMENT_ALTERED'],
    ['REVOCATION_UNKNOWN', 'CHIP_AUTHENTICITY_UNPROVEN'],
  ],
  'a chip that offers a stronger PACE than was signed': [
    ['DOCUMENT_ALTERED'],
    ['REVOCATION_UNKNOWN', 'CHIP_AUTHENTICITY_UNPROVEN'],
  ],
  'a chip that ends PACE': [['CHIP_NOT_READ'], []],
  'a chip that ends PACE where Basic Access Control may follow': [[], ['REVOCATION_UNKNOWN']],
  'a chip with another key than the printed one': [['CHIP_ACCESS_REFUSED'], []],
  'a chip that falls silent when asked for EF.CardAccess': [[], ['REVOCATION_UNKNOWN', 'CHIP_AUTHENTICITY_UNPROVEN']],
  'a signer that was revoked': [['SIGNER_REVOKED'], ['CHIP_AUTHENTICITY_UNPROVEN']],
  'a signer that a current list clears': [[], ['CHIP_AUTHENTICITY_UNPROVEN']],
  'a signer about whom the list is too old': [[], ['REVOCATION_UNKNOWN', 'CHIP_AUTHENTICITY_UNPROVEN']],
  'a printed name that differs from the chip': [
    ['MRZ_DIFFERS_FROM_CHIP'],
    ['REVOCATION_UNKNOWN', 'CHIP_AUTHENTICITY_UNPROVEN'],
  ],
};

test('every situation has its reasons', () => {
  expect(Object.keys(expected)).toEqual(Object.keys(situations));
});

describe.each(Object.entries(situations))('%s', (name, inspectIt) => {
  test('has its true reasons, by default and where everything is required', async () => {
    const checks = checksForDecision((await inspectIt()).checks);
    const [byDefault, added] = expected[name] ?? [[], []];
    expect([...reasonsUnder(checks, policy)].sort()).toEqual([...byDefault].sort());
    expect([...reasonsUnder(checks, strict)].sort()).toEqual([...byDefault, ...added].sort());
  });
});

describe('a policy', () => {
  const sound: readonly Check[] = documentStageChecks
    .filter((id) => !printedZone.some((check) => check.id === id))
    .map((id) => ({ id, result: 'passed', because: null, at_ms }));
  const withCheck = (check: Omit<Check, 'at_ms'>): readonly Check[] => [
    ...sound.filter(({ id }) => id !== check.id),
    { ...check, at_ms },
  ];

  test('that requires nothing more lets pass what is not known, and nothing that is doubted', () => {
    const result = 'undetermined';
    const unknown = withCheck({ id: 'certificate-revocation', result, because: 'REVOCATION_UNKNOWN' });
    const onHold = withCheck({ id: 'certificate-revocation', result, because: 'SIGNER_ON_HOLD' });
    expect(reasonsUnder(unknown, policy)).toEqual([]);
    expect(reasonsUnder(onHold, policy)).toEqual(['SIGNER_REVOKED']);
  });

  test('that requires nothing more lets nobody pass whose signer has a defect that nobody here knows', () => {
    const doubted = withCheck({ id: 'signer-trust', result: 'undetermined', because: 'SIGNER_DEFECT_UNKNOWN' });
    expect(reasonsUnder(doubted, policy)).toEqual(['SIGNER_REVOKED']);
  });

  test('of an older version, which does not say, lets nothing pass that is not proven', () => {
    const { chipAuthenticity, revocation, ...older } = policy;
    expect([chipAuthenticity, revocation]).toEqual(['when-offered', 'when-known']);
    const notOffered = withCheck({ id: 'chip-authenticity', result: 'not-supported', because: null });
    const unknown = withCheck({ id: 'certificate-revocation', result: 'undetermined', because: 'REVOCATION_UNKNOWN' });
    expect(reasonsUnder(notOffered, older as Policy)).toEqual(['CHIP_AUTHENTICITY_UNPROVEN']);
    expect(reasonsUnder(unknown, older as Policy)).toEqual(['REVOCATION_UNKNOWN']);
  });

  test('never takes a missing answer about the chip or its signer for a good one', () => {
    for (const id of ['chip-authenticity', 'certificate-revocation'] as const) {
      expect(
        reasonsUnder(
          sound.filter((check) => check.id !== id),
          policy,
        ),
      ).toEqual(['CHECK_MISSING']);
    }
  });

  test('that names the chip among its required checks means it, whatever else it says', () => {
    const required = [...policy.required, 'chip-authenticity', 'certificate-revocation'] as const;
    const notOffered = withCheck({ id: 'chip-authenticity', result: 'not-supported', because: null });
    expect(reasonsUnder(notOffered, { ...policy, required })).toEqual(['CHIP_AUTHENTICITY_UNPROVEN']);
  });

  test('calls a chip whose keys are in other hands unproven, not a copy', () => {
    for (const key of ['CHIP', 'ACTIVE']) {
      const because = `${key}_AUTHENTICATION_KEYS_COMPROMISED`;
      const compromised = withCheck({ id: 'chip-authenticity', result: 'failed', because });
      expect(reasonsUnder(compromised, policy)).toEqual(['CHIP_AUTHENTICITY_UNPROVEN']);
    }
  });

  test('lets a data group pass that was not read for want of time, and none that was altered', () => {
    const id = 'data-group-11-hash';
    expect(reasonsUnder(withCheck({ id, result: 'undetermined', because: 'DATA_GROUP_NOT_READ' }), policy)).toEqual([]);
    const altered = withCheck({ id, result: 'failed', because: 'DATA_GROUP_HASH_MISMATCH' });
    expect(reasonsUnder(altered, policy)).toEqual(['DOCUMENT_ALTERED']);
  });
});
