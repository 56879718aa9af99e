/** Defect lists: what a known production error changes in the checks of the documents it touches. */
import { expect, test } from 'vitest';
import { type Finding, failed, passed } from '../../drivers/emrtd/finding.ts';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import { withDefects } from '../../drivers/emrtd/pki/defect-effects.ts';
import { openDefectList } from '../../drivers/emrtd/pki/defect-list.ts';
import { type PassiveAuthentication, authenticatePassively } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { type Defect, DefectType, type KnownDefect, writeDefectList } from '../../simulator/passport/defect-list.ts';
import { integer, octetString, oid, sequence, setOf } from '../../simulator/passport/der.ts';
import { type ListSigner, signList } from '../../simulator/passport/list-signer.ts';
import { type SignerReference, writeSignerReference } from '../../simulator/passport/signed-data.ts';
import { NOW_MS, passportOf, utopia } from './simulated-document.ts';
import { DAY_MS, DEFECT_LIST_SIGNING, listSigner, publisher, refusalOf, trustIn } from './trust-material.ts';
import { csca, securityObject, signer as forgedSigner } from './forged-document.ts';

const signer = listSigner({ purposes: [DEFECT_LIST_SIGNING] });
const pinned = trustIn(publisher.cscaCertificate);
const utopiaSigner: SignerReference = {
  by: 'issuer-and-serial',
  issuer: utopia.cscaName,
  serialNumber: utopia.signerSerialNumber,
};
const byKey: SignerReference = { by: 'subject-key-id', keyId: utopia.signerKey.keyId };
const listOf = (...defects: readonly Defect[]): Uint8Array =>
  writeDefectList(signer, { defects, signedAt_ms: NOW_MS - DAY_MS });
const about = (...known: readonly KnownDefect[]): Uint8Array => listOf({ signer: utopiaSigner, known });

const genuine = passportOf().files.get(0x011d) ?? new Uint8Array(0);

function authenticate(
  lists: readonly Uint8Array[],
  sod = genuine,
  anchors = [utopia.cscaCertificate],
): PassiveAuthentication {
  const { trust } = createTrustStore(anchors, { defectLists: lists.map((list) => openDefectList(list, pinned)) });
  return authenticatePassively({ securityObject: parseSecurityObject(sod), trust, now_ms: NOW_MS });
}

const said = ({ result, because }: Finding): string => (because === null ? result : `${result} ${because}`);
const revoked = (status: number): KnownDefect => ({ type: DefectType.CERTIFICATE_REVOKED, status });

test.each([0, 2, 3, 4])('a signer that is listed as revoked with status %i is nobody to trust', (status) => {
  const { revocation, trustStatus, issuer, evidence } = authenticate([about(revoked(status))]);
  expect([revocation, trustStatus].map(said)).toEqual(['failed SIGNER_REVOKED', 'failed SIGNER_REVOKED']);
  expect(issuer).toEqual(passed);
  expect(evidence.revocationListIssued_ms).toBe(NOW_MS - DAY_MS);
});

test.each([1, 5, 32, 99])('a signer that is listed with status %i is in doubt, not revoked', (status) => {
  const { revocation, trustStatus } = authenticate([about(revoked(status))]);
  expect([revocation, trustStatus].map(said)).toEqual(['undetermined SIGNER_ON_HOLD', 'undetermined SIGNER_ON_HOLD']);
});

test('a signer that is listed as revoked is so also where its issuer is not known', () => {
  const { revocation, trustStatus } = authenticate([about(revoked(3))], genuine, []);
  expect([revocation, trustStatus].map(said)).toEqual(['failed SIGNER_REVOKED', 'failed SIGNER_REVOKED']);
});

test('an entry names its signer by key, by name, or by the hash of one certificate of that name', () => {
  const known = [revoked(3)];
  const outcome = (...defects: readonly Defect[]): string => said(authenticate([listOf(...defects)]).revocation);
  expect(outcome({ signer: { ...utopiaSigner, serialNumber: Uint8Array.of(5) }, known })).toBe(
    'undetermined REVOCATION_UNKNOWN',
  );
  expect(outcome({ signer: byKey, known })).toBe('failed SIGNER_REVOKED');
  const certificate = utopia.signerCertificate;
  expect(outcome({ signer: utopiaSigner, certificate, known })).toBe('failed SIGNER_REVOKED');
  expect(outcome({ signer: utopiaSigner, certificate: utopia.cscaCertificate, known })).toBe(
    'undetermined REVOCATION_UNKNOWN',
  );
});

test('a wrong signature over EF.SOD says nothing where such errors are known, and is a forgery where they are not', () => {
  const broken = securityObject({ sign: () => new Uint8Array(70) });
  const reference: SignerReference = {
    by: 'issuer-and-serial',
    issuer: { country: 'UT', organisation: 'Simulated issuer', commonName: 'Authority' },
    serialNumber: Uint8Array.of(7),
  };
  const known = listOf({ signer: reference, known: [{ type: DefectType.SECURITY_OBJECT_INVALID }] });
  expect(said(authenticate([], broken, [csca()]).signature)).toBe('failed SIGNATURE_INVALID');
  expect(said(authenticate([about({ type: DefectType.SECURITY_OBJECT_INVALID })], broken, [csca()]).signature)).toBe(
    'failed SIGNATURE_INVALID',
  );
  expect(said(authenticate([known], broken, [csca()]).signature)).toBe('undetermined DEFECT_EXPLAINS_FAILURE');
});

test('a malformed signer certificate is replaced by the one in the list, which has to come from a trusted issuer', () => {
  const replaced = { country: 'UT', organisation: 'Simulated issuer', commonName: 'Authority' };
  const reference: SignerReference = { by: 'issuer-and-serial', issuer: replaced, serialNumber: Uint8Array.of(7) };
  const replacement = (certificate: Uint8Array): Uint8Array =>
    listOf({ signer: reference, known: [{ type: DefectType.CERTIFICATE_REPLACED, certificate }] });
  const withGarbage = securityObject({ certificates: [sequence(integer(1))] });
  expect(said(authenticate([], withGarbage, [csca()]).signature)).toBe('undetermined SIGNER_MALFORMED');
  const findings = authenticate([replacement(forgedSigner())], withGarbage, [csca()]);
  expect([findings.signature, findings.issuer, findings.trustStatus].map(said)).toEqual([
    'passed',
    'passed',
    'passed SIGNER_REPLACED',
  ]);
  const untrusted = authenticate([replacement(forgedSigner())], withGarbage, [utopia.cscaCertificate]);
  expect(said(untrusted.trustStatus)).toBe('undetermined ISSUER_UNKNOWN');
});

test('a defect that nobody here knows leaves the trust open; one of another application does not', () => {
  const other = (type: string): Uint8Array =>
    signList(signer, {
      contentType: '0.4.0.127.0.7.3.1.5',
      content: sequence(
        integer(0),
        oid('2.16.840.1.101.3.4.2.1'),
        setOf(sequence(writeSignerReference(utopiaSigner), setOf(sequence(oid(type))))),
      ),
      signedAt_ms: NOW_MS,
    });
  expect(said(authenticate([other('0.4.0.127.0.7.3.1.5.1.77')]).trustStatus)).toBe(
    'undetermined SIGNER_DEFECT_UNKNOWN',
  );
  expect(said(authenticate([other('0.4.0.127.0.7.3.1.5.3.1')]).trustStatus)).toBe('passed');
});

test('keys in other hands prove nothing, whatever the chip answers; a known difference of EF.COM is no forgery', () => {
  const { defects } = authenticate([
    about(
      { type: DefectType.CHIP_AUTHENTICATION_KEY_REVOKED },
      { type: DefectType.ACTIVE_AUTHENTICATION_KEY_REVOKED },
      { type: DefectType.COM_SOD_DISCREPANCY },
      { type: DefectType.DATA_GROUP_MALFORMED, dataGroups: [11, 12] },
    ),
  ]);
  const effect = (check: Parameters<typeof withDefects>[0], finding: Finding): string =>
    said(withDefects(check, finding, defects));
  expect(effect('chip-authentication', passed)).toBe('failed CHIP_AUTHENTICATION_KEYS_COMPROMISED');
  expect(effect('active-authentication', passed)).toBe('failed ACTIVE_AUTHENTICATION_KEYS_COMPROMISED');
  expect(effect('files-consistent', failed('COM_INCOMPLETE'))).toBe('undetermined DEFECT_EXPLAINS_FAILURE');
  expect(effect('files-consistent', failed('COM_MALFORMED'))).toBe('failed COM_MALFORMED');
  const notOffered: Finding = { result: 'not-supported', because: 'COM_ABSENT' };
  expect(effect('chip-authentication', notOffered)).toBe('not-supported COM_ABSENT');
  expect(defects.flatMap(({ dataGroups }) => [...dataGroups])).toEqual([11, 12]);
  expect(said(withDefects('chip-authentication', passed, []))).toBe('passed');
});

test('a defect list counts only when a list signer under a pinned root signed it', () => {
  const list = (by: ListSigner): Uint8Array => writeDefectList(by, { defects: [], signedAt_ms: NOW_MS });
  expect(refusalOf(() => openDefectList(list(signer), pinned))).toBe('taken');
  expect(refusalOf(() => openDefectList(list(signer), trustIn()))).toBe('LIST_SIGNER_UNTRUSTED');
  expect(refusalOf(() => openDefectList(list(listSigner()), pinned))).toBe('LIST_SIGNER_NOT_PERMITTED');
  expect(refusalOf(() => openDefectList(list(listSigner({ purposes: [] })), pinned))).toBe('LIST_SIGNER_NOT_PERMITTED');
  const asMasterList = signList(signer, { contentType: '2.23.136.1.1.2', content: sequence(), signedAt_ms: NOW_MS });
  expect(refusalOf(() => openDefectList(asMasterList, pinned))).toBe('LIST_CONTENT_TYPE_WRONG');
  for (const content of [sequence(), sequence(integer(1), oid('1.2.3'), setOf()), sequence(integer(0), oid('1.2.3'))]) {
    const odd = signList(signer, { contentType: '0.4.0.127.0.7.3.1.5', content, signedAt_ms: NOW_MS });
    expect(refusalOf(() => openDefectList(odd, pinned))).toBe('LIST_MALFORMED');
  }
});

test('an entry with the hash of a certificate by an algorithm that nobody knows is not taken for one without', () => {
  const entry = sequence(writeSignerReference(utopiaSigner), octetString(new Uint8Array(32)), setOf());
  const content = sequence(integer(0), oid('1.2.3'), setOf(entry));
  const list = signList(signer, { contentType: '0.4.0.127.0.7.3.1.5', content, signedAt_ms: NOW_MS });
  expect(refusalOf(() => openDefectList(list, pinned))).toBe('LIST_MALFORMED');
});

test('EF.SOD without a certificate finds its signer among those put beside the trusted ones, as trusted as its issuer', () => {
  const bare = securityObject({ certificates: [] });
  const findings = (anchors: readonly Uint8Array[]): PassiveAuthentication => {
    const { trust } = createTrustStore(anchors, { documentSigners: [parseCertificate(forgedSigner())] });
    return authenticatePassively({ securityObject: parseSecurityObject(bare), trust, now_ms: NOW_MS });
  };
  expect(said(authenticate([], bare, [csca()]).signature)).toBe('undetermined SIGNER_ABSENT');
  expect([findings([csca()]).signature, findings([csca()]).trustStatus].map(said)).toEqual(['passed', 'passed']);
  expect(said(findings([]).trustStatus)).toBe('undetermined ISSUER_UNKNOWN');
});
