/** One key of an authority in several certificates, of which its list names one. */
import { expect, test } from 'vitest';
import type { Finding } from '../../drivers/emrtd/finding.ts';
import { parseRevocationList } from '../../drivers/emrtd/pki/crl.ts';
import { type PassiveAuthentication, authenticatePassively } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { writeCRL } from '../../simulator/passport/crl.ts';
import { authority, csca, cscaKey, securityObject } from './forged-document.ts';
import { NOW_MS } from './simulated-document.ts';
import { DAY_MS } from './trust-material.ts';

const first = csca({ serialNumber: 1 });
const second = csca({ serialNumber: 2 });

function authenticate(anchors: readonly Uint8Array[], ...revoked: readonly number[]): PassiveAuthentication {
  const list = writeCRL(
    { cscaName: authority, cscaKey },
    {
      revoked: revoked.map((serial) => ({ serialNumber: Uint8Array.of(serial), at_ms: NOW_MS - DAY_MS })),
      thisUpdate_ms: NOW_MS - DAY_MS,
      nextUpdate_ms: NOW_MS + DAY_MS,
      number: 1,
    },
  );
  const { trust } = createTrustStore(anchors, { revocationLists: [parseRevocationList(list)] });
  return authenticatePassively({ securityObject: parseSecurityObject(securityObject()), trust, now_ms: NOW_MS });
}

const said = ({ result, because }: Finding): string => (because === null ? result : `${result} ${because}`);
const outcome = ({ revocation, trustStatus }: PassiveAuthentication): readonly string[] =>
  [revocation, trustStatus].map(said);

test('the key of an authority is trusted while none of its certificates is revoked', () => {
  expect(outcome(authenticate([first, second]))).toEqual(['passed', 'passed']);
  expect(outcome(authenticate([first, second], 3))).toEqual(['passed', 'passed']);
});

test('with one of two certificates of a key revoked the key is never clear, in whatever order they stand', () => {
  for (const anchors of [
    [first, second],
    [second, first],
  ]) {
    for (const revoked of [1, 2]) {
      for (const result of outcome(authenticate(anchors, revoked))) expect(result).toMatch(/ISSUER_REVOKED$/);
    }
  }
  const other = 'undetermined ISSUER_REVOKED';
  expect(outcome(authenticate([first, second], 2))).toEqual([other, other]);
});

test('with all certificates of a key revoked it is revoked', () => {
  const outcomes = ['failed ISSUER_REVOKED', 'failed ISSUER_REVOKED'];
  expect(outcome(authenticate([first, second], 1, 2))).toEqual(outcomes);
  expect(outcome(authenticate([first], 1))).toEqual(outcomes);
});
