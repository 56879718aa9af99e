/** Issuers that are not at hand: nothing their certificates say is authenticated, so nothing of it is judged. */
import { expect, test } from 'vitest';
import { generateSigningKey } from '../../simulator/passport/keys.ts';
import {
  DAY_MS,
  authority,
  authorityKeyId,
  certificate,
  certificateAuthority,
  csca,
  cscaKey,
  inspectForged,
  keyUsage,
  signer,
  signerKey,
  subjectKeyId,
  validity,
} from './forged-document.ts';
import { NOW_MS, outcomeOf } from './simulated-document.ts';

const elsewhere = { country: 'FR', organisation: 'Another issuer', commonName: 'Authority' };
const otherKey = generateSigningKey('ecdsa-p256');

async function outcomes(...inspected: Parameters<typeof inspectForged>): Promise<readonly string[]> {
  const inspection = await inspectForged(...inspected);
  const ids = ['issuer-certificate', 'certificate-validity', 'issuing-state-matches'] as const;
  return ids.map((id) => outcomeOf(inspection, id));
}
const unknown = Array.from({ length: 3 }, () => 'undetermined ISSUER_UNKNOWN');

test.each([
  ['one byte', Uint8Array.of(1)],
  ['nothing', new Uint8Array(0)],
  ['the whole identifier', cscaKey.keyId],
])(
  'an unknown issuer that shares %s of key identifier with a trusted one of another country stays unknown',
  async (_, id) => {
    const trusted = csca({ extensions: [subjectKeyId(id), keyUsage(0x06), certificateAuthority] });
    const foreign = signer({
      issuer: elsewhere,
      issuerKey: otherKey,
      extensions: [authorityKeyId(id), keyUsage(0x80)],
    });
    expect(await outcomes({ certificates: [foreign], issuer: elsewhere }, [trusted])).toEqual(unknown);
  },
);

test('a trusted issuer of another country that really signed is a failure', async () => {
  const foreign = signer({ issuer: elsewhere });
  expect(await outcomes({ certificates: [foreign], issuer: elsewhere })).toEqual([
    'failed ISSUER_COUNTRY_DIFFERS',
    'undetermined ISSUER_COUNTRY_DIFFERS',
    'undetermined ISSUER_COUNTRY_DIFFERS',
  ]);
});

test('a trusted issuer of the same country that is named by its key and did not sign is a failure', async () => {
  expect(await outcomes({ certificates: [signer({ issuerKey: otherKey })] })).toEqual([
    'failed ISSUER_SIGNATURE_INVALID',
    'undetermined ISSUER_SIGNATURE_INVALID',
    'undetermined ISSUER_SIGNATURE_INVALID',
  ]);
});

test.each([
  ['an expired certificate', signer({ validity: validity(NOW_MS - 9 * DAY_MS, NOW_MS - DAY_MS) })],
  ['a certificate for another purpose', certificate({ extensions: [keyUsage(0x40)] })],
  ['a certificate of its own', signer({ issuerKey: signerKey })],
])('an unknown issuer with %s stays unknown, not failed', async (_, der) => {
  expect(await outcomes({ certificates: [der], issuer: authority }, [])).toEqual(unknown);
});

test('a signer under a trusted issuer that has expired fails, for then it is known', async () => {
  const expired = signer({ validity: validity(NOW_MS - 9 * DAY_MS, NOW_MS - DAY_MS) });
  expect(await outcomes({ certificates: [expired] })).toEqual(['passed', 'failed SIGNER_EXPIRED', 'passed']);
});
