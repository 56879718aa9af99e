/** Chips whose keys, or the signers of whose keys, are known to be in doubt: no protocol with those keys proves them. */
import { expect, test } from 'vitest';
import type { SignerDefect } from '../../drivers/emrtd/pki/defect-list.ts';
import { type TrustStore, createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { passportOfKind } from './document-situations.ts';
import { NOW_MS, inspect, outcomeOf, utopia } from './simulated-document.ts';

const defectOf = (kind: SignerDefect['kind'], status: SignerDefect['status'] = null): SignerDefect => ({
  kind,
  type: '0.4.0.127.0.7.3.1.5.1.3',
  status,
  dataGroups: [],
  replacement: null,
  listIssued_ms: NOW_MS,
});

function trustWith(defect: SignerDefect): TrustStore {
  const list = { issuerCountry: 'XM', issued_ms: NOW_MS, entries: 1, sha256: '', defectsOf: () => [defect] };
  return createTrustStore([utopia.cscaCertificate], { defectLists: [list] }).trust;
}

test('the mapping of PACE with a chip authentication key in other hands proves no chip', async () => {
  const trust = trustWith(defectOf('chip-authentication-keys-compromised'));
  const inspection = await inspect(passportOfKind('pace-cam-bp256'), { trust });
  expect(outcomeOf(inspection, 'pace-chip-authentication-mapping')).toBe('failed CHIP_AUTHENTICATION_KEYS_COMPROMISED');
  expect(outcomeOf(inspection, 'chip-authenticity')).toBe('failed CHIP_AUTHENTICATION_KEYS_COMPROMISED');
});

test.each<[string, SignerDefect]>([
  ['is on hold', defectOf('signer-revoked', 'doubted')],
  ['has a defect that nobody knows', defectOf('unknown')],
])('a signer of EF.CardSecurity that %s vouches for no key', async (_, defect) => {
  const inspection = await inspect(passportOfKind('pace-cam-bp256'), { trust: trustWith(defect) });
  expect(outcomeOf(inspection, 'pace-chip-authentication-mapping')).toBe('undetermined CHIP_AUTHENTICITY_UNVERIFIED');
  expect(outcomeOf(inspection, 'chip-authenticity')).toMatch(/^undetermined/);
});
