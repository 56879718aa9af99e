/** What passive authentication says about the certificates it rests on, for EF.SOD and EF.CardSecurity. */
import { expect, test } from 'vitest';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import { fingerprint } from '../../drivers/emrtd/pki/certificate-evidence.ts';
import {
  type PassiveAuthentication,
  authenticatePassively,
  authenticateSignedObject,
} from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseCardSecurity, parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { integer, sequence } from '../../simulator/passport/der.ts';
import { writeSignedData } from '../../simulator/passport/signed-data.ts';
import { isDataAbsent, recorded } from './recorded-data.ts';
import { NOW_MS, issuerOf, passportOf, utopia } from './simulated-document.ts';
import { DAY_MS } from './trust-material.ts';

const said = ({ result, because }: { result: string; because: string | null }): string =>
  because === null ? result : `${result} ${because}`;

function authenticate(issuer = utopia, now_ms = NOW_MS, anchors = [issuer.cscaCertificate]): PassiveAuthentication {
  const securityObject = parseSecurityObject(passportOf({ issuer }).files.get(0x011d) ?? new Uint8Array(0));
  return authenticatePassively({ securityObject, trust: createTrustStore(anchors).trust, now_ms });
}

test('the record names both certificates and their algorithms', () => {
  const { evidence } = authenticate();
  const { validFrom_ms, validTo_ms, serialNumber } = parseCertificate(utopia.signerCertificate);
  expect(evidence).toEqual({
    digest: 'sha256',
    signature: 'ecdsa sha256',
    signer: {
      serialNumber,
      issuerCountry: 'UT',
      subjectCountry: 'UT',
      validFrom_ms,
      validTo_ms,
      key: 'ec prime256v1',
      signature: 'ecdsa sha256',
      sha256: fingerprint(utopia.signerCertificate),
    },
    issuer: expect.objectContaining({ sha256: fingerprint(utopia.cscaCertificate), subjectCountry: 'UT' }),
    revocationListIssued_ms: null,
  });
});

test('the signer of an unknown issuer is named, and nobody above it', () => {
  const { evidence, trustStatus } = authenticate(utopia, NOW_MS, []);
  expect([evidence.signer?.issuerCountry, evidence.issuer]).toEqual(['UT', null]);
  expect(said(trustStatus)).toBe('undetermined ISSUER_UNKNOWN');
});

test('the validity of signer and CSCA are two answers', () => {
  const validity = (o: Parameters<typeof issuerOf>[0], day = 0): readonly string[] => {
    const findings = authenticate(issuerOf(o), NOW_MS + day * DAY_MS);
    return [findings.signerValidity, findings.issuerValidity, findings.validity].map(said);
  };
  const shortSigner = { signerValidity_days: 5 };
  const shortCSCA = { cscaValidity_days: 5 };
  expect(validity(shortSigner)).toEqual(['passed', 'passed', 'passed']);
  expect(validity(shortSigner, 9)).toEqual(['failed SIGNER_EXPIRED', 'passed', 'failed SIGNER_EXPIRED']);
  expect(validity(shortCSCA, 9)).toEqual(['passed', 'failed ISSUER_EXPIRED', 'failed ISSUER_EXPIRED']);
  expect(validity({}, -9)).toEqual(['SIGNER', 'ISSUER', 'SIGNER'].map((whose) => `failed ${whose}_NOT_YET_VALID`));
  expect(validity({}, Number.NaN)).toEqual(['SIGNER', 'ISSUER', 'SIGNER'].map((whose) => `failed ${whose}_EXPIRED`));
});

const cardSecurity = (contentType: string): Uint8Array =>
  writeSignedData({
    contentType,
    content: sequence(integer(1)),
    key: utopia.signerKey,
    signer: { by: 'subject-key-id', keyId: utopia.signerKey.keyId },
    signedAt_ms: NOW_MS,
    certificates: [utopia.signerCertificate],
  });

test('EF.CardSecurity is authenticated as EF.SOD is, under its own content type only', () => {
  const { trust } = createTrustStore([utopia.cscaCertificate]);
  const outcome = (contentType: string): readonly string[] => {
    const signed = parseCardSecurity(cardSecurity(contentType));
    const { hash, signature, trustStatus } = authenticateSignedObject({ signed, trust, now_ms: NOW_MS });
    return [hash, signature, trustStatus].map(said);
  };
  expect(outcome('0.4.0.127.0.7.3.2.1')).toEqual(['passed', 'passed', 'passed']);
  expect(outcome('2.23.136.1.1.1')[0]).toBe('failed CONTENT_TYPE_WRONG');
});

test.skipIf(isDataAbsent)(
  'a published EF.CardSecurity without signed attributes is not built as the standard says',
  () => {
    expect(() => parseCardSecurity(recorded('lds/efcardsecurity.dump'))).toThrowError(/no signed attributes/);
  },
);
