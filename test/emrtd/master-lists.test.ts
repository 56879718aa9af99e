/** Master lists: what a forger, a careless authority and time itself do to them. */
import { expect, test } from 'vitest';
import { MASTER_LIST, openMasterList } from '../../drivers/emrtd/pki/master-list.ts';
import { DEFECT_LIST } from '../../drivers/emrtd/pki/defect-list.ts';
import { withNewCSCA } from '../../simulator/passport/issuer.ts';
import { type ListSigner, signList } from '../../simulator/passport/list-signer.ts';
import { writeMasterList } from '../../simulator/passport/master-list.ts';
import { writeSignedData } from '../../simulator/passport/signed-data.ts';
import { integer, oid, sequence, setOf } from '../../simulator/passport/der.ts';
import { generateSigningKey } from '../../simulator/passport/keys.ts';
import { certificate, certificateAuthority, cscaKey, extension, keyUsage } from './forged-document.ts';
import { NOW_MS, issuerOf, seededEntropy, utopia } from './simulated-document.ts';
import { DAY_MS, DEFECT_LIST_SIGNING, listSigner, publisher, refusalOf, trustIn } from './trust-material.ts';

const other = issuerOf();
const certificates = [utopia.cscaCertificate, other.cscaCertificate];
const signer = listSigner();
const pinned = trustIn(publisher.cscaCertificate);
const listOf = (by: ListSigner, signedAt_ms = NOW_MS - DAY_MS / 2): Uint8Array =>
  writeMasterList(by, { certificates, signedAt_ms });
const list = listOf(signer);

test('a list whose signer a pinned root vouches for gives its certificates, its date and its issuer', () => {
  const opened = openMasterList(list, pinned);
  expect(opened.certificates).toHaveLength(2);
  expect(opened.certificates.map((der) => Buffer.from(der).toString('hex')).sort()).toEqual(
    certificates.map((der) => Buffer.from(der).toString('hex')).sort(),
  );
  expect(opened).toMatchObject({ issuerCountry: 'XM', issued_ms: NOW_MS - DAY_MS / 2 });
});

test('the root that a list carries itself proves nothing, nor does another pinned root of the same name', () => {
  expect(refusalOf(() => openMasterList(list, trustIn()))).toBe('LIST_SIGNER_UNTRUSTED');
  expect(refusalOf(() => openMasterList(list, trustIn(utopia.cscaCertificate)))).toBe('LIST_SIGNER_UNTRUSTED');
  const namesake = issuerOf({ state: 'XOM', country: 'XM', entropy: seededEntropy('namesake') });
  expect(refusalOf(() => openMasterList(listOf(listSigner({}, namesake)), pinned))).toBe('LIST_SIGNER_UNTRUSTED');
});

test('a signer that is pinned itself needs no root and no purpose', () => {
  const plain = listSigner({ purposes: [] });
  expect(refusalOf(() => openMasterList(listOf(plain), trustIn(plain.certificate)))).toBe('taken');
});

test('a pinned root vouches for its successor through a link certificate, not without it', () => {
  const renewal = { now_ms: () => NOW_MS, entropy: seededEntropy('renewal') };
  const { issuer: renewed, linkCertificate } = withNewCSCA(publisher, renewal);
  const newSigner = listSigner({}, renewed);
  const linked = listOf({ ...newSigner, cscaCertificate: linkCertificate });
  expect(refusalOf(() => openMasterList(linked, pinned))).toBe('taken');
  expect(refusalOf(() => openMasterList(listOf(newSigner), pinned))).toBe('LIST_SIGNER_UNTRUSTED');
});

test('a certificate that is no authority vouches for nobody, pinned or below a root', () => {
  const purpose = extension('2.5.29.37', true, sequence(oid('2.23.136.1.1.3')));
  const middle = { country: 'XM', organisation: 'Simulated issuer', commonName: 'Middle' };
  const key = generateSigningKey('ecdsa-p256');
  const below: ListSigner = { ...signer, key, cscaName: middle, serialNumber: Uint8Array.of(7) };
  const certificateBelow = certificate({
    issuer: middle,
    issuerKey: cscaKey,
    publicKey: key.publicKey,
    extensions: [keyUsage(0x80), purpose],
  });
  const middleOf = (...extensions: readonly Uint8Array[]): Uint8Array =>
    certificate({
      issuer: publisher.cscaName,
      issuerKey: publisher.cscaKey,
      subject: middle,
      publicKey: cscaKey.publicKey,
      extensions,
    });
  const outcome = (between: Uint8Array, roots: readonly Uint8Array[]): string => {
    const forged = listOf({ ...below, certificate: certificateBelow, cscaCertificate: between });
    return refusalOf(() => openMasterList(forged, trustIn(...roots)));
  };
  const authority = middleOf(keyUsage(0x06), certificateAuthority);
  expect(outcome(authority, [publisher.cscaCertificate])).toBe('taken');
  expect(outcome(authority, [authority])).toBe('taken');
  expect(outcome(middleOf(), [publisher.cscaCertificate])).toBe('LIST_SIGNER_UNTRUSTED');
  expect(outcome(middleOf(keyUsage(0x80)), [middleOf(keyUsage(0x80))])).toBe('LIST_SIGNER_UNTRUSTED');
});

test.each([
  ['has no purpose', { purposes: [] }],
  ['is for defect lists', { purposes: [DEFECT_LIST_SIGNING] }],
])('a list whose signer %s is refused', (_, o) => {
  expect(refusalOf(() => openMasterList(listOf(listSigner(o)), pinned))).toBe('LIST_SIGNER_NOT_PERMITTED');
});

test('a document signer of the pinned authority signs no lists', () => {
  const asSigner: ListSigner = {
    certificate: publisher.signerCertificate,
    cscaCertificate: publisher.cscaCertificate,
    cscaName: publisher.cscaName,
    serialNumber: publisher.signerSerialNumber,
    key: publisher.signerKey,
  };
  expect(refusalOf(() => openMasterList(listOf(asSigner), pinned))).toBe('LIST_SIGNER_NOT_PERMITTED');
});

test('a signer that was not valid when the list was imported is refused, whatever the list says of its date', () => {
  const expired = listSigner({ validityShift_days: -400 });
  const future = listSigner({ validityShift_days: 2 });
  expect(refusalOf(() => openMasterList(listOf(expired, NOW_MS - 100 * DAY_MS), pinned))).toBe('LIST_SIGNER_NOT_VALID');
  expect(refusalOf(() => openMasterList(listOf(future), pinned))).toBe('LIST_SIGNER_NOT_VALID');
  expect(refusalOf(() => openMasterList(list, { ...pinned, importedAt_ms: Number.NaN }))).toBe('LIST_SIGNER_NOT_VALID');
});

test('a list from the future is refused: every later one would seem older', () => {
  expect(refusalOf(() => openMasterList(listOf(signer, NOW_MS + 2 * DAY_MS), pinned))).toBe('LIST_FROM_THE_FUTURE');
});

test('content that was signed as something else, or is something else, is no master list', () => {
  const content = sequence(integer(0), setOf(...certificates));
  const signed = (contentType: string, bytes: Uint8Array): Uint8Array =>
    signList(signer, { contentType, content: bytes, signedAt_ms: NOW_MS });
  expect(refusalOf(() => openMasterList(signed(DEFECT_LIST, content), pinned))).toBe('LIST_CONTENT_TYPE_WRONG');
  for (const wrong of [
    sequence(integer(1), setOf(...certificates)),
    sequence(integer(0), sequence(...certificates)),
    sequence(integer(0), setOf(integer(7))),
    sequence(integer(0)),
    new Uint8Array(0),
  ]) {
    expect(refusalOf(() => openMasterList(signed(MASTER_LIST, wrong), pinned))).toBe('LIST_MALFORMED');
  }
});

test('a list under the certificate of another signer of the same name is refused', () => {
  const reference = { by: 'issuer-and-serial', issuer: signer.cscaName, serialNumber: signer.serialNumber } as const;
  const forged = (embedded: readonly Uint8Array[]): Uint8Array =>
    writeSignedData({
      contentType: MASTER_LIST,
      content: sequence(integer(0), setOf(...certificates)),
      key: listSigner().key,
      signer: reference,
      signedAt_ms: NOW_MS,
      certificates: embedded,
    });
  expect(refusalOf(() => openMasterList(forged([signer.certificate]), pinned))).toBe('LIST_SIGNATURE_INVALID');
  expect(refusalOf(() => openMasterList(forged([]), pinned))).toBe('LIST_SIGNER_ABSENT');
});

test('a list that is cut short anywhere is refused', () => {
  for (let length = 0; length < list.length; length += 37) {
    expect(
      refusalOf(() => openMasterList(list.subarray(0, length), pinned)),
      `${length} bytes`,
    ).toBe('LIST_MALFORMED');
  }
});

test('a byte changed anywhere either refuses the list or changes nothing in it', () => {
  const genuine = openMasterList(list, pinned).certificates;
  let refusals = 0;
  for (let at = 0; at < list.length; at += 11) {
    const changed = Uint8Array.from(list);
    changed[at] = (changed[at] ?? 0) ^ 0x01;
    let opened: readonly Uint8Array[] | undefined;
    const refusal = refusalOf(() => {
      opened = openMasterList(changed, pinned).certificates;
    });
    if (refusal === 'taken') expect(opened, `byte ${at}`).toEqual(genuine);
    else refusals++;
  }
  // What stays free: the second certificate, which is carried along, and version numbers beside the signature.
  expect(refusals).toBeGreaterThan(list.length / 11 / 2);
});
