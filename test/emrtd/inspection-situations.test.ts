/** What an inspection finds in situations that a gate meets, beside what it finds of any genuine document. */
import { describe, expect, test } from 'vitest';
import type { InspectionCheckId } from '../../drivers/emrtd/check-sheet.ts';
import { outcomeOf } from './simulated-document.ts';
import { situations } from './document-situations.ts';

type Outcomes = Partial<Record<InspectionCheckId, string>>;

const bac: Outcomes = { 'chip-access': 'passed BASIC_ACCESS_USED', 'access-bac': 'passed' };

const findings: Readonly<Record<string, Outcomes>> = {
  'a copy without the key for chip authentication': {
    'chip-access': 'passed',
    'chip-authentication': 'failed CHIP_AUTHENTICATION_UNPROVEN',
    'chip-authenticity': 'failed CHIP_IS_A_COPY',
    'data-group-2-hash': 'passed',
    'mrz-matches-chip': 'passed',
  },
  'a copy without the key for active authentication': {
    'active-authentication': 'failed ACTIVE_AUTHENTICATION_UNPROVEN',
    'chip-authenticity': 'failed CHIP_IS_A_COPY',
  },
  'a copy without the key for the mapping of PACE': {
    'chip-access': 'passed',
    'pace-chip-authentication-mapping': 'failed CHIP_MAPPING_UNPROVEN',
    'chip-authenticity': 'failed CHIP_IS_A_COPY',
  },
  'a copy of a document that proves nothing': {
    ...bac,
    'chip-authenticity': 'not-supported CHIP_AUTHENTICATION_NOT_OFFERED',
  },
  'a copy with an EF.CardSecurity of its maker': {
    'card-security-signature': 'passed',
    'card-security-issuer': 'undetermined ISSUER_UNKNOWN',
    'pace-chip-authentication-mapping': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
    'chip-authenticity': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
  },
  'a chip that lacks the DG14 that was signed': {
    'data-group-14-hash': 'failed FILE_ABSENT',
    'chip-authentication': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
    'chip-authenticity': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
    'data-group-2-hash': 'passed',
  },
  'a chip that hides PACE': {
    ...bac,
    'access-pace': 'not-supported PACE_NOT_OFFERED',
    'card-access-matches': 'failed CARD_ACCESS_HIDES_PACE',
    'chip-authenticity': 'passed',
  },
  'a chip that offers a weaker PACE than was signed': { 'card-access-matches': 'failed CARD_ACCESS_HIDES_PACE' },
  'a chip that offers a stronger PACE than was signed': {
    'chip-access': 'passed',
    'card-access-matches': 'failed PACE_NOT_SIGNED',
  },
  'a chip that ends PACE': {
    'access-pace': 'failed PACE_INTERRUPTED',
    'access-bac': 'aborted PACE_INTERRUPTED',
    'chip-access': 'failed PACE_INTERRUPTED',
    'data-group-1-hash': 'aborted PACE_INTERRUPTED',
  },
  'a chip that ends PACE where Basic Access Control may follow': {
    'access-pace': 'failed PACE_INTERRUPTED',
    'access-bac': 'passed',
    'chip-access': 'passed PACE_FAILED_BASIC_ACCESS_USED',
    'card-access-matches': 'passed',
  },
  'a chip with another key than the printed one': {
    'access-pace': 'failed ACCESS_REFUSED',
    'chip-access': 'failed ACCESS_REFUSED',
  },
  'a chip that falls silent when asked for EF.CardAccess': { ...bac, 'data-group-2-hash': 'passed' },
  'a signer that was revoked': {
    'certificate-revocation': 'failed SIGNER_REVOKED',
    'signer-trust': 'failed SIGNER_REVOKED',
  },
  'a signer that a current list clears': { 'certificate-revocation': 'passed' },
  'a signer about whom the list is too old': { 'certificate-revocation': 'undetermined REVOCATION_LIST_STALE' },
  'a printed name that differs from the chip': { 'mrz-matches-chip': 'failed MRZ_DIFFERS' },
};

test('every situation has its findings', () => {
  expect(Object.keys(findings)).toEqual(Object.keys(situations));
});

describe.each(Object.entries(situations))('%s', (name, inspectIt) => {
  test('is told by the checks that are about it', async () => {
    const inspection = await inspectIt();
    const expected = findings[name] ?? {};
    const found = Object.keys(expected).map((id) => [id, outcomeOf(inspection, id as InspectionCheckId)]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });
});
