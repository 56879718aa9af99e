/** Chains of certificates that are almost right. */
import { expect, test } from 'vitest';
import { authenticatePassively } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { type CertificateContent, type Name, writeCertificate } from '../../simulator/passport/certificates.ts';
import { generateSigningKey } from '../../simulator/passport/keys.ts';
import { NOW_MS, passportOf, utopia } from './simulated-document.ts';

const DAY_MS = 86_400_000;
const cscaKey = generateSigningKey('ecdsa-p256');
const signerKey = generateSigningKey('ecdsa-p256');
const authority: Name = { country: 'UT', organisation: 'Simulated issuer', commonName: 'Authority' };

function certificate(role: CertificateContent['role'], options: Partial<CertificateContent> = {}): Uint8Array {
  const content: CertificateContent = {
    issuer: authority,
    subject: role === 'csca' ? authority : { ...authority, commonName: 'Signer' },
    serialNumber: Uint8Array.of(role === 'csca' ? 1 : 2),
    validFrom_ms: NOW_MS - DAY_MS,
    validTo_ms: NOW_MS + DAY_MS,
    subjectKey: role === 'csca' ? cscaKey : signerKey,
    role,
    ...options,
  };
  return writeCertificate(content, cscaKey);
}

/** A document signed with this certificate's key, checked with these trusted certificates. */
function authenticate(
  signer: { readonly der: Uint8Array; readonly name?: Name; readonly role?: 'csca' },
  ...trusted: readonly Uint8Array[]
): ReturnType<typeof authenticatePassively> {
  const passport = passportOf({
    issuer: {
      ...utopia,
      signerCertificate: signer.der,
      cscaName: signer.name ?? authority,
      signerSerialNumber: Uint8Array.of(signer.role === 'csca' ? 1 : 2),
      signerKey: signer.role === 'csca' ? cscaKey : signerKey,
    },
  });
  const securityObject = parseSecurityObject(passport.files.get(0x011d) ?? new Uint8Array(0));
  return authenticatePassively({ securityObject, trust: createTrustStore(trusted).trust, now_ms: NOW_MS });
}

test('a signer under its CSCA is accepted', () => {
  const findings = authenticate({ der: certificate('document-signer') }, certificate('csca'));
  expect([findings.signature, findings.issuer, findings.validity].map(({ result }) => result)).toEqual([
    'passed',
    'passed',
    'passed',
  ]);
  expect(findings.issuerCountry).toBe('UT');
});

test('a CSCA that signs a document itself is refused', () => {
  const csca = certificate('csca');
  const findings = authenticate({ der: csca, role: 'csca' }, csca);
  expect(findings.signature.result).toBe('passed');
  expect(findings.issuer).toEqual({ result: 'failed', because: 'SIGNER_NOT_PERMITTED' });
  expect(findings.issuerCountry).toBeNull();
});

test('a signer that says to be of another country than its CSCA is refused', () => {
  const name = { ...authority, country: 'FR' };
  const findings = authenticate({ der: certificate('document-signer', { issuer: name }), name }, certificate('csca'));
  expect(findings.issuer).toEqual({ result: 'failed', because: 'ISSUER_COUNTRY_DIFFERS' });
});

test('of two CSCA certificates with one key, the one that is valid counts', () => {
  const old = certificate('csca', { validFrom_ms: NOW_MS - 9 * DAY_MS, validTo_ms: NOW_MS - 2 * DAY_MS });
  const signer = { der: certificate('document-signer') };
  expect(authenticate(signer, old).validity).toEqual({ result: 'failed', because: 'ISSUER_EXPIRED' });
  expect(authenticate(signer, old, certificate('csca')).validity.result).toBe('passed');
  expect(authenticate(signer, certificate('csca'), old).validity.result).toBe('passed');
});

test('a CSCA that is found by name alone, written in another case and order, is accepted', () => {
  const name = { ...authority, organisation: 'SIMULATED  ISSUER', commonName: 'authority' };
  const relinked = generateSigningKey('ecdsa-p256');
  const csca = certificate('csca', { subject: name, subjectKey: { ...cscaKey, keyId: relinked.keyId } });
  expect(authenticate({ der: certificate('document-signer') }, csca).issuer.result).toBe('passed');
});

test('a signed attribute that names another content than the one signed is refused', () => {
  const file = passportOf().files.get(0x011d) ?? new Uint8Array(0);
  const securityObject = { ...parseSecurityObject(file), signedContentType: '1.2.840.113549.1.7.1' };
  const { hash } = authenticatePassively({ securityObject, trust: createTrustStore([]).trust, now_ms: NOW_MS });
  expect(hash).toEqual({ result: 'failed', because: 'CONTENT_TYPE_WRONG' });
});

test('EF.SOD that names a signer whose certificate it does not carry leaves the question open', () => {
  const findings = authenticate({ der: utopia.signerCertificate }, utopia.cscaCertificate);
  expect(findings.signature).toEqual({ result: 'undetermined', because: 'SIGNER_ABSENT' });
  expect(findings.issuer.result).toBe('undetermined');
  const renumbered = certificate('document-signer', { serialNumber: Uint8Array.of(9) });
  expect(authenticate({ der: renumbered }, certificate('csca')).signature.because).toBe('SIGNER_ABSENT');
});

test('a signature that is said to be of another kind than the key is refused', () => {
  const file = passportOf().files.get(0x011d) ?? new Uint8Array(0);
  const { trust } = createTrustStore([utopia.cscaCertificate]);
  const signatureAlgorithm = { scheme: 'rsa-pkcs1', hash: 'sha256' } as const;
  const securityObject = { ...parseSecurityObject(file), signatureAlgorithm };
  const { signature } = authenticatePassively({ securityObject, trust, now_ms: NOW_MS });
  expect(signature).toEqual({ result: 'failed', because: 'SIGNATURE_INVALID' });
});
