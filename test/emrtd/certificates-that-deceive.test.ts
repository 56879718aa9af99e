/** Certificates that say more than one thing, or that were issued for something else than signing documents. */
import { expect, test } from 'vitest';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import {
  bitString,
  boolean,
  contextPrimitive,
  integer,
  nullValue,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
} from '../../simulator/passport/der.ts';
import {
  DAY_MS,
  authorityKeyId,
  certificate,
  certificateAuthority,
  csca,
  cscaKey,
  extension,
  inspectForged,
  keyUsage,
  signer,
  signerKey,
  validity,
} from './forged-document.ts';
import { NOW_MS, outcomeOf } from './simulated-document.ts';

test('a document built part by part is genuine when nothing is forged', async () => {
  const inspection = await inspectForged({});
  for (const id of ['security-object-signature', 'issuer-certificate', 'certificate-validity'] as const) {
    expect(outcomeOf(inspection, id)).toBe('passed');
  }
  expect(inspection.portrait).not.toBeNull();
});

function textOf(der: Uint8Array): Uint8Array {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return Buffer.from(['', '-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'));
}

test('a certificate in text form inside another one is never taken for it', async () => {
  const forAnotherPurpose = certificate({ extensions: [authorityKeyId(cscaKey.keyId), keyUsage(0x08)] });
  for (const [hidden, key] of [
    [forAnotherPurpose, signerKey],
    [csca(), cscaKey],
  ] as const) {
    const decoy = signer({ issuerKey: signerKey }, extension('1.2.3.4', false, octetString(textOf(hidden))));
    expect(() => parseCertificate(decoy)).toThrowError(/not a certificate/);
    const inspection = await inspectForged({ certificates: [decoy], key });
    expect(outcomeOf(inspection, 'issuer-certificate')).toBe('undetermined SIGNER_MALFORMED');
    expect([inspection.dg1, inspection.portrait]).toEqual([null, null]);
  }
});

test('bytes after a certificate, and an extension that comes twice, are no certificate', () => {
  expect(() => parseCertificate(concatBytes(signer(), Uint8Array.of(0)))).toThrowError(/not a certificate/);
  expect(() => parseCertificate(signer({}, keyUsage(0x80)))).toThrowError(/twice/);
});

const documentTypes = (...types: readonly string[]): Uint8Array =>
  extension('2.23.136.1.1.6.2', false, sequence(integer(0), setOf(...types.map(printableString))));

test.each([
  ['has no key usage', certificate({ extensions: [authorityKeyId(cscaKey.keyId)] })],
  ['has no extensions', certificate({ extensions: [] })],
  ['may sign, but no data', certificate({ extensions: [authorityKeyId(cscaKey.keyId), keyUsage(0x40)] })],
  ['may issue certificates', signer({}, certificateAuthority)],
  ['is for signing master lists', signer({}, extension('2.5.29.37', true, sequence(oid('2.23.136.1.1.3'))))],
  ['is for TLS clients', signer({}, extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.2'))))],
  ['has a critical extension that nobody knows', signer({}, extension('1.2.3.4.5', true, nullValue()))],
  ['is for identity cards only', signer({}, documentTypes('ID', 'I'))],
  ['is for diplomatic passports only', signer({}, documentTypes('PD'))],
])('a signer whose certificate %s does not sign passports', async (_, der) => {
  const inspection = await inspectForged({ certificates: [der] });
  expect(outcomeOf(inspection, 'security-object-signature')).toBe('passed');
  expect(outcomeOf(inspection, 'issuer-certificate')).toBe('failed SIGNER_NOT_PERMITTED');
});

test.each([
  ['an extension that nobody knows, not critical', extension('1.2.3.4.5', false, nullValue())],
  ['an extension that says it is not critical', sequence(oid('1.2.3.4.5'), boolean(false), octetString(nullValue()))],
  ['passports among its document types', documentTypes('ID', 'P')],
  ['passports written with a filler', documentTypes('P<')],
  [
    'passports in a list without version and set',
    extension('2.23.136.1.1.6.2', false, sequence(...['PO', 'P'].map(printableString))),
  ],
])('a signer with %s signs passports', async (_, more) => {
  const inspection = await inspectForged({ certificates: [signer({}, more)] });
  expect(outcomeOf(inspection, 'issuer-certificate')).toBe('passed');
});

const generalTime = (at_ms: number): Uint8Array =>
  Buffer.from(`${new Date(at_ms).toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`);
const keyPeriod = (from_ms: number, to_ms: number): Uint8Array =>
  extension(
    '2.5.29.16',
    false,
    sequence(contextPrimitive(0, generalTime(from_ms)), contextPrimitive(1, generalTime(to_ms))),
  );

test('a key whose period of use has not begun cannot have signed a document; one whose period is over can', async () => {
  const early = signer({}, keyPeriod(NOW_MS + DAY_MS / 2, NOW_MS + DAY_MS));
  const over = signer({}, keyPeriod(NOW_MS - DAY_MS, NOW_MS - DAY_MS / 2));
  const validityOf = async (der: Uint8Array): Promise<string> =>
    outcomeOf(await inspectForged({ certificates: [der] }), 'certificate-validity');
  expect(await validityOf(early)).toBe('failed SIGNER_NOT_YET_VALID');
  expect(await validityOf(over)).toBe('passed');
});

const times = (from: string, to: string, tag = 0x17): Uint8Array =>
  sequence(writeTLV(tag, Buffer.from(from)), writeTLV(tag, Buffer.from(to)));

test.each([
  ['a thirteenth month', times('250101000000Z', '251301000000Z')],
  ['a thirtieth of February', times('250101000000Z', '270230000000Z')],
  ['no digits', times('250101000000Z', 'zzzzzzzzzzzzZ')],
  ['an offset from UTC', times('250101000000Z', '271122093000+0100')],
  ['fractions of a second', times('20250101000000Z', '20271122093000.5Z', 0x18)],
  ['an hour 24', times('250101000000Z', '271122240000Z')],
])('a certificate whose validity has %s is no certificate', async (_, dates) => {
  const certificates = [signer({ validity: dates })];
  for (let run = 0; run < 3; run++) {
    const inspection = await inspectForged({ certificates });
    expect(outcomeOf(inspection, 'certificate-validity')).toBe('undetermined SIGNER_MALFORMED');
  }
});

test('validity is read from the certificate in both forms of time, with the century of RFC 5280', () => {
  const dates = (of: Uint8Array): readonly number[] => {
    const { validFrom_ms, validTo_ms } = parseCertificate(signer({ validity: of }));
    return [validFrom_ms, validTo_ms];
  };
  expect(dates(times('250102030405Z', '491231235959Z'))).toEqual([
    Date.UTC(2025, 0, 2, 3, 4, 5),
    Date.UTC(2049, 11, 31, 23, 59, 59),
  ]);
  expect(dates(times('500101000000Z', '991231235959Z'))).toEqual([
    Date.UTC(1950, 0, 1),
    Date.UTC(1999, 11, 31, 23, 59, 59),
  ]);
  expect(dates(times('20240229000000Z', '99991231235959Z', 0x18))).toEqual([
    Date.UTC(2024, 1, 29),
    Date.UTC(9999, 11, 31, 23, 59, 59),
  ]);
  expect(dates(validity(NOW_MS, NOW_MS + DAY_MS))).toEqual([NOW_MS, NOW_MS + DAY_MS]);
});

test('a key usage of no bits permits nothing', async () => {
  const none = extension('2.5.29.15', true, bitString(new Uint8Array(0)));
  const der = certificate({ extensions: [authorityKeyId(cscaKey.keyId), none] });
  const inspection = await inspectForged({ certificates: [der] });
  expect(outcomeOf(inspection, 'issuer-certificate')).toBe('failed SIGNER_NOT_PERMITTED');
});
