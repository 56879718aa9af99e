/** EF.SODs whose signature does not hold, or that are built so that more than one reading is possible. */
import { expect, test } from 'vitest';
import { parseASN1 } from '../../drivers/emrtd/pki/asn1.ts';
import type { DocumentInspection } from '../../drivers/emrtd/inspection.ts';
import { concatBytes, writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { oid, sequence } from '../../simulator/passport/der.ts';
import { generateSigningKey } from '../../simulator/passport/keys.ts';
import {
  authorityKeyId,
  authority,
  csca,
  inspectForged,
  keyUsage,
  sha256,
  signer,
  signerInfo,
} from './forged-document.ts';
import { outcomeOf } from './simulated-document.ts';

const forgerKey = generateSigningKey('ecdsa-p256');
const PLAIN_DATA = '1.2.840.113549.1.7.1';

/** Nothing on the chip counts as signed. */
function expectNothingUsed(inspection: DocumentInspection): void {
  expect(outcomeOf(inspection, 'data-group-1-hash')).toBe('undetermined SECURITY_OBJECT_UNUSABLE');
  expect(outcomeOf(inspection, 'data-group-2-hash')).toBe('undetermined SECURITY_OBJECT_UNUSABLE');
  expect(outcomeOf(inspection, 'mrz-matches-chip')).toBe('undetermined DATA_GROUP_UNVERIFIED');
  expect(outcomeOf(inspection, 'issuing-state-matches')).toBe('undetermined DATA_GROUP_UNVERIFIED');
  expect(outcomeOf(inspection, 'chip-authenticity')).toBe('undetermined SECURITY_OBJECT_UNUSABLE');
  expect([inspection.dg1, inspection.portrait]).toEqual([null, null]);
  expect(inspection.aborted).toBeNull();
}

test.each([
  ['carries no certificate of its signer', { certificates: [] }, 'undetermined SIGNER_ABSENT'],
  [
    'is signed with an algorithm that nobody knows',
    { algorithm: sequence(oid('2.16.840.1.101.3.4.3.10')) },
    'undetermined ALGORITHM_UNKNOWN',
  ],
  ['has a wrong signature', { sign: () => Uint8Array.of(1) }, 'failed SIGNATURE_INVALID'],
])('the data groups of an EF.SOD that %s are not used', async (_, parts, outcome) => {
  const inspection = await inspectForged(parts);
  expect(outcomeOf(inspection, 'security-object-hash')).toBe('passed');
  expect(outcomeOf(inspection, 'security-object-signature')).toBe(outcome);
  expectNothingUsed(inspection);
});

test('the data groups of an unknown issuer are used while its signature holds', async () => {
  const inspection = await inspectForged({}, []);
  expect(outcomeOf(inspection, 'data-group-2-hash')).toBe('passed');
  expect(outcomeOf(inspection, 'mrz-matches-chip')).toBe('passed');
  expect(inspection.portrait).not.toBeNull();
});

test('EF.SOD with two signers is malformed, whoever the second is', async () => {
  for (const moreSigners of [[signerInfo({ key: forgerKey })], [signerInfo()]]) {
    const inspection = await inspectForged({ moreSigners });
    expect(outcomeOf(inspection, 'security-object-hash')).toBe('failed SECURITY_OBJECT_MALFORMED');
  }
});

test('of several embedded certificates with the number of the signer, the one that really signed counts', async () => {
  const namesake = signer({ publicKey: forgerKey.publicKey, issuerKey: forgerKey });
  const sameKey = signer({ issuerKey: forgerKey, extensions: [authorityKeyId(forgerKey.keyId), keyUsage(0x80)] });
  for (const certificates of [
    [namesake, signer()],
    [signer(), namesake],
    [sameKey, namesake, signer()],
  ]) {
    const inspection = await inspectForged({ certificates });
    expect(outcomeOf(inspection, 'security-object-signature')).toBe('passed');
    expect(outcomeOf(inspection, 'issuer-certificate')).toBe('passed');
    expect(outcomeOf(inspection, 'certificate-validity')).toBe('passed');
  }
});

test('plain data as signed content is accepted from China, whose documents have it, and from nobody else', async () => {
  const inspection = await inspectForged({ contentType: PLAIN_DATA });
  expect(outcomeOf(inspection, 'security-object-hash')).toBe('failed CONTENT_TYPE_WRONG');
  expectNothingUsed(inspection);
  const china = { ...authority, country: 'CN' };
  const chinese = await inspectForged(
    { contentType: PLAIN_DATA, issuer: china, certificates: [signer({ issuer: china })] },
    [csca({ issuer: china, subject: china })],
  );
  expect(outcomeOf(chinese, 'security-object-hash')).toBe('passed');
  expect(outcomeOf(chinese, 'issuer-certificate')).toBe('passed');
});

test('a digest that is no octet string is malformed', async () => {
  const inspection = await inspectForged({ messageDigest: writeTLV(0x02, sha256(Uint8Array.of(1))) });
  expect(outcomeOf(inspection, 'security-object-hash')).toBe('failed SECURITY_OBJECT_MALFORMED');
});

test('an octet string in pieces is read whole at any depth, in both forms of length', () => {
  const piece = (...octets: readonly number[]): Uint8Array => writeTLV(0x04, Uint8Array.from(octets));
  const nested = writeTLV(0x24, piece(1), writeTLV(0x24, piece(2), writeTLV(0x24, piece(3), piece(4))), piece(5));
  expect([...parseASN1(nested).octets]).toEqual([1, 2, 3, 4, 5]);
  const open = (...inner: readonly Uint8Array[]): Uint8Array =>
    concatBytes(Uint8Array.of(0x24, 0x80), ...inner, Uint8Array.of(0, 0));
  expect([...parseASN1(open(piece(1), open(piece(2), piece(3)), piece(4))).octets]).toEqual([1, 2, 3, 4]);
  expect(() => parseASN1(writeTLV(0x02, Uint8Array.of(1))).octets).toThrowError(/octets/);
  expect(() => parseASN1(writeTLV(0x24, writeTLV(0x02, Uint8Array.of(1)))).octets).toThrowError();
  expect(() => parseASN1(writeTLV(0x02, Uint8Array.of(0xff))).integer).toThrowError(/small number/);
});
