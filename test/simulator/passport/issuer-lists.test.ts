/** Certificates, signed files and lists of simulated issuers, judged by openssl and by the reader's trust store. */
import { readTLV, readTLVs } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { describe, expect, test } from 'vitest';
import { parseCertificate } from '../../../drivers/emrtd/pki/certificate.ts';
import { parseRevocationList } from '../../../drivers/emrtd/pki/crl.ts';
import { openDefectList } from '../../../drivers/emrtd/pki/defect-list.ts';
import { openMasterList } from '../../../drivers/emrtd/pki/master-list.ts';
import { authenticatePassively } from '../../../drivers/emrtd/pki/passive-authentication.ts';
import { parseSecurityObject } from '../../../drivers/emrtd/pki/security-object.ts';
import { createTrustStore } from '../../../drivers/emrtd/pki/trust-store.ts';
import { writeCRL } from '../../../simulator/passport/crl.ts';
import { DEFECT_LIST_SIGNING, DefectType, writeDefectList } from '../../../simulator/passport/defect-list.ts';
import { type IssuerOptions, createIssuer, withNewCSCA, withNewSigner } from '../../../simulator/passport/issuer.ts';
import { keyKindNames } from '../../../simulator/passport/keys.ts';
import { createListSigner } from '../../../simulator/passport/list-signer.ts';
import { type SecurityObjectOptions, writeDG1, writeSOD } from '../../../simulator/passport/logical-data-structure.ts';
import { writeMasterList } from '../../../simulator/passport/master-list.ts';
import { NOW_MS, seededEntropy } from '../../emrtd/simulated-document.ts';
import { needsOpenSSL, openssl, pem, verifyCMS } from './openssl.ts';

const DAY_MS = 86_400_000;
/** Named curves: openssl follows no chain through keys that spell their curve out, as most of the world's do. */
const options = (seed: string, more: Partial<IssuerOptions> = {}): IssuerOptions => ({
  state: 'UTO',
  country: 'UT',
  now_ms: () => NOW_MS,
  entropy: seededEntropy(seed),
  curveParameters: 'named',
  ...more,
});
const utopia = createIssuer(options('utopia'));
const group = new Map([[1, writeDG1(['P<UTO'])]]);
/** The CMS inside the file's tag. */
const cmsIn = (file: Uint8Array): Uint8Array => Uint8Array.from(readTLV(file).value);

describe.each(keyKindNames)('with keys %s', (kind) => {
  // The slowest keys only for the signer: the certificate above it is the same whatever it signs.
  const isSlow = kind.startsWith('rsa');
  const issuer = createIssuer(options(kind, { keyKind: kind, ...(isSlow ? { cscaKeyKind: 'ecdsa-p256' } : {}) }));
  const sod = writeSOD(group, issuer, NOW_MS);

  test('openssl verifies EF.SOD up to the CSCA, and no longer when a byte of it changed', (context) => {
    needsOpenSSL(context);
    const signed = cmsIn(sod);
    expect(verifyCMS(signed, [issuer.cscaCertificate], NOW_MS)).toMatchObject({ code: 0 });
    const changed = Uint8Array.from(signed, (octet, i) => (i === signed.length - 1 ? octet ^ 1 : octet));
    expect(verifyCMS(changed, [issuer.cscaCertificate], NOW_MS).code).not.toBe(0);
  });

  test('the reader verifies EF.SOD up to the CSCA', () => {
    const { trust } = createTrustStore([issuer.cscaCertificate]);
    const found = authenticatePassively({ securityObject: parseSecurityObject(sod), trust, now_ms: NOW_MS });
    expect([found.hash, found.signature, found.issuer].map(({ result }) => result)).toEqual(Array(3).fill('passed'));
  });
});

test.for(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const)(
  'openssl verifies a signature over %s',
  (hash, context) => {
    needsOpenSSL(context);
    const issuer = createIssuer(options(hash, { hash }));
    const signed = cmsIn(writeSOD(group, issuer, NOW_MS));
    expect(verifyCMS(signed, [issuer.cscaCertificate], NOW_MS)).toMatchObject({ code: 0 });
  },
);

test('openssl verifies the signature of a signer whose certificate spells its curve out', (context) => {
  needsOpenSSL(context);
  const issuer = createIssuer(options('explicit', { curveParameters: 'explicit' }));
  const words = ['-verify', '-inform', 'DER', '-noverify', '-out', '/dev/null', '-in'];
  expect(openssl('cms', ...words, cmsIn(writeSOD(group, issuer, NOW_MS)))).toMatchObject({ code: 0 });
});

test('EF.SOD may have other hashes, name its signer by key, leave out its certificate or say plain RSA', (context) => {
  needsOpenSSL(context);
  const issuer = createIssuer(options('forms', { keyKind: 'rsa-2048', cscaKeyKind: 'ecdsa-p256' }));
  const sod = (o: SecurityObjectOptions): Uint8Array => writeSOD(group, issuer, NOW_MS, o);
  const verdict = (o: SecurityObjectOptions): number | null =>
    verifyCMS(cmsIn(sod(o)), [issuer.cscaCertificate], NOW_MS).code;
  expect(verdict({ dataGroupHash: 'sha512' })).toBe(0);
  expect(parseSecurityObject(sod({ dataGroupHash: 'sha512' }))).toMatchObject({
    dataGroupHash: 'sha512',
    digest: 'sha256',
  });
  expect(verdict({ form: { signerBy: 'subject-key-id' } })).toBe(0);
  expect(parseSecurityObject(sod({ form: { signerBy: 'subject-key-id' } })).signer.by).toBe('subject-key-id');
  expect(verdict({ form: { namesPlainRSA: true } })).toBe(0);
  expect(verdict({ form: { embedsCertificate: false } })).not.toBe(0);
  expect(parseSecurityObject(sod({ form: { embedsCertificate: false } })).certificates).toEqual([]);
});

test('a certificate says its curve in full or by name, as the issuer likes', (context) => {
  needsOpenSSL(context);
  const text = (curveParameters: 'explicit' | 'named'): string =>
    openssl(
      'x509',
      '-inform',
      'DER',
      '-noout',
      '-text',
      '-in',
      createIssuer(options('c', { curveParameters })).cscaCertificate,
    ).output;
  expect(text('explicit')).toContain('Field Type: prime-field');
  expect(text('named')).toContain('ASN1 OID: prime256v1');
});

test('openssl reads every extension that a document signer can carry', (context) => {
  needsOpenSSL(context);
  const crlURL = 'http://csca.example/uto.crl';
  const issuer = createIssuer(options('x', { documentTypes: ['P', 'PO'], signerUse_days: 90, crlURL }));
  const { code, output } = openssl('x509', '-inform', 'DER', '-noout', '-text', '-in', issuer.signerCertificate);
  expect(code).toBe(0);
  expect(output).toContain(`URI:${crlURL}`);
  expect(output).toContain('X509v3 Private Key Usage Period');
  expect(output).toContain('Not Before: Nov 21 09:00:00 2026 GMT, Not After: Feb 19 09:00:00 2027 GMT');
  const { documentTypes } = parseCertificate(issuer.signerCertificate);
  expect(documentTypes).toEqual(['P', 'PO']);
});

test('an expired signer is expired, under an authority that is not', () => {
  const old = withNewSigner(utopia, { ...options('old'), validityShift_days: -2000 });
  const { trust } = createTrustStore([utopia.cscaCertificate]);
  const securityObject = parseSecurityObject(writeSOD(group, old, NOW_MS));
  const found = authenticatePassively({ securityObject, trust, now_ms: NOW_MS });
  expect([found.issuer.result, found.signerValidity.result, found.issuerValidity.result]).toEqual([
    'passed',
    'failed',
    'passed',
  ]);
});

test('a link certificate leads from the old key of an authority to the new one', (context) => {
  needsOpenSSL(context);
  const { issuer, linkCertificate } = withNewCSCA(utopia, options('renewed'));
  const anchor = pem(utopia.cscaCertificate);
  const verify = (untrusted: Uint8Array): number | null =>
    openssl(
      'verify',
      '-attime',
      `${NOW_MS / 1000}`,
      '-CAfile',
      anchor,
      '-untrusted',
      pem(untrusted),
      pem(linkCertificate),
    ).code;
  expect(verify(linkCertificate)).toBe(0);
  const link = parseCertificate(linkCertificate);
  const renewed = parseCertificate(issuer.cscaCertificate);
  expect([link.issuer, link.subject]).toEqual([renewed.subject, renewed.subject]);
  expect(link.subjectKeyId).toBe(renewed.subjectKeyId);
  expect(link.authorityKeyId).toBe(parseCertificate(utopia.cscaCertificate).subjectKeyId);
});

describe('a revocation list', () => {
  const another = withNewSigner(utopia, options('another'));
  const revoked = [{ serialNumber: another.signerSerialNumber, at_ms: NOW_MS - DAY_MS, reason: 1 }];
  const list = { revoked, thisUpdate_ms: NOW_MS, nextUpdate_ms: NOW_MS + 30 * DAY_MS, number: 7 };

  test('is verified by openssl, which finds the revoked signer and no other', (context) => {
    needsOpenSSL(context);
    const crl = writeCRL(utopia, list);
    const shown = openssl(
      'crl',
      '-inform',
      'DER',
      '-noout',
      '-text',
      '-in',
      crl,
      '-CAfile',
      pem(utopia.cscaCertificate),
    );
    expect(shown.code).toBe(0);
    expect(shown.output).toContain('verify OK');
    expect(shown.output).toContain(
      `Serial Number: ${Buffer.from(another.signerSerialNumber).toString('hex').toUpperCase()}`,
    );
    expect(shown.output).toContain('Key Compromise');
    const crlPEM = openssl('crl', '-inform', 'DER', '-outform', 'PEM', '-in', crl).output;
    const judge = (certificate: Uint8Array): string =>
      openssl(
        'verify',
        '-crl_check',
        '-attime',
        `${NOW_MS / 1000}`,
        '-CRLfile',
        Buffer.from(crlPEM),
        '-CAfile',
        pem(utopia.cscaCertificate),
        pem(certificate),
      ).output;
    expect(judge(utopia.signerCertificate)).toContain(': OK');
    expect(judge(another.signerCertificate)).toContain('certificate revoked');
  });

  test('of nobody is a list all the same', (context) => {
    needsOpenSSL(context);
    const crl = writeCRL(utopia, { ...list, revoked: [] });
    const { code, output } = openssl('crl', '-inform', 'DER', '-noout', '-text', '-in', crl);
    expect(code).toBe(0);
    expect(output).toContain('No Revoked Certificates');
    expect(parseRevocationList(crl).entries.size).toBe(0);
    // RFC 5280 section 5.1.2.6: the field is left out, not empty.
    const fields = readTLVs(readTLV(readTLV(crl).value).value).map(({ tag }) => tag);
    expect(fields).toEqual([0x02, 0x30, 0x30, 0x17, 0x17, 0xa0]);
  });
});

describe('a master list', () => {
  const neighbour = createIssuer(options('neighbour', { state: 'XXB', country: 'XB' }));
  const namesake = createIssuer(options('namesake'));
  const signer = createListSigner(utopia, options('list'));
  const certificates = [utopia, neighbour, namesake].map((issuer) => issuer.cscaCertificate);
  const list = writeMasterList(signer, { certificates, signedAt_ms: NOW_MS });

  test('is verified by openssl under the CSCA of its signer, and under no other', (context) => {
    needsOpenSSL(context);
    expect(verifyCMS(list, [utopia.cscaCertificate], NOW_MS)).toMatchObject({ code: 0 });
    expect(verifyCMS(list, [neighbour.cscaCertificate], NOW_MS).code).not.toBe(0);
  });

  test('gives the reader every certificate, two of one name among them', () => {
    const roots = [parseCertificate(utopia.cscaCertificate)];
    const opened = openMasterList(list, { roots, importedAt_ms: NOW_MS });
    const texts = (ders: readonly Uint8Array[]): string[] => ders.map((der) => Buffer.from(der).toString('hex')).sort();
    expect(texts(opened.certificates)).toEqual(texts(certificates));
    expect(opened.issued_ms).toBe(NOW_MS);
  });
});

test('a defect list tells the reader which signer is revoked, and openssl who signed it', (context) => {
  needsOpenSSL(context);
  const signer = createListSigner(utopia, { ...options('defects'), purposes: [DEFECT_LIST_SIGNING] });
  const subject = {
    by: 'issuer-and-serial',
    issuer: utopia.cscaName,
    serialNumber: utopia.signerSerialNumber,
  } as const;
  const list = writeDefectList(signer, {
    signedAt_ms: NOW_MS,
    defects: [
      {
        signer: subject,
        certificate: utopia.signerCertificate,
        known: [
          { type: DefectType.CERTIFICATE_REVOKED, status: 3 },
          { type: DefectType.DATA_GROUP_MALFORMED, dataGroups: [2, 11] },
          { type: DefectType.CHIP_AUTHENTICATION_KEY_REVOKED },
        ],
      },
      {
        signer: { by: 'subject-key-id', keyId: new Uint8Array(20) },
        known: [{ type: DefectType.COM_SOD_DISCREPANCY }],
      },
    ],
  });
  expect(verifyCMS(list, [utopia.cscaCertificate], NOW_MS)).toMatchObject({ code: 0 });
  const opened = openDefectList(list, { roots: [parseCertificate(utopia.cscaCertificate)], importedAt_ms: NOW_MS });
  expect(opened.entries).toBe(2);
  const defects = opened.defectsOf(parseCertificate(utopia.signerCertificate));
  expect(defects.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
    'chip-authentication-keys-compromised null',
    'data-group-malformed null',
    'signer-revoked revoked',
  ]);
  expect(defects.flatMap(({ dataGroups }) => dataGroups).sort((a, b) => a - b)).toEqual([2, 11]);
});
