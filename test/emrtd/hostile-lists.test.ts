/** Lists and signed objects as random damage leaves them: refused with a code, in bounded time, never anything else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import { parseRevocationList } from '../../drivers/emrtd/pki/crl.ts';
import { openDefectList } from '../../drivers/emrtd/pki/defect-list.ts';
import { openMasterList } from '../../drivers/emrtd/pki/master-list.ts';
import { authenticatePassively, authenticateSignedObject } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseCardSecurity, parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { TrustError } from '../../drivers/emrtd/pki/trust-codes.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { writeTLV } from '../../drivers/emrtd/iso7816/tlv.ts';
import { writeCRL } from '../../simulator/passport/crl.ts';
import { DefectType, writeDefectList } from '../../simulator/passport/defect-list.ts';
import { integer, sequence } from '../../simulator/passport/der.ts';
import { writeMasterList } from '../../simulator/passport/master-list.ts';
import { writeSignedData } from '../../simulator/passport/signed-data.ts';
import { NOW_MS, passportOf, utopia } from './simulated-document.ts';
import { DEFECT_LIST_SIGNING, listSigner, publisher, refusalOf, trustIn } from './trust-material.ts';

const pinned = trustIn(publisher.cscaCertificate);
const { trust } = createTrustStore([utopia.cscaCertificate]);
const signer = {
  by: 'issuer-and-serial',
  issuer: utopia.cscaName,
  serialNumber: utopia.signerSerialNumber,
} as const;

const kinds: Readonly<Record<string, { readonly genuine: Uint8Array; open(bytes: Uint8Array): unknown }>> = {
  'a master list': {
    genuine: writeMasterList(listSigner(), { certificates: [utopia.cscaCertificate], signedAt_ms: NOW_MS }),
    open: (bytes) => openMasterList(bytes, pinned),
  },
  'a defect list': {
    genuine: writeDefectList(listSigner({ purposes: [DEFECT_LIST_SIGNING] }), {
      defects: [
        { signer, known: [{ type: DefectType.CERTIFICATE_REVOKED, status: 3 }] },
        { signer, known: [{ type: DefectType.DATA_GROUP_MALFORMED, dataGroups: [2] }] },
      ],
      signedAt_ms: NOW_MS,
    }),
    open: (bytes) => openDefectList(bytes, pinned),
  },
  'a revocation list': {
    genuine: writeCRL(utopia, {
      revoked: [{ serialNumber: utopia.signerSerialNumber, at_ms: NOW_MS, reason: 1 }],
      thisUpdate_ms: NOW_MS,
      nextUpdate_ms: NOW_MS + 1000,
      number: 1,
    }),
    open: parseRevocationList,
  },
  'EF.SOD': {
    genuine: passportOf().files.get(0x011d) ?? new Uint8Array(0),
    open: (bytes) =>
      authenticatePassively({ securityObject: parseSecurityObject(bytes), trust, now_ms: NOW_MS }).hash.result,
  },
  'EF.CardSecurity': {
    genuine: writeSignedData({
      contentType: '0.4.0.127.0.7.3.2.1',
      content: sequence(integer(1)),
      key: utopia.signerKey,
      signer,
      signedAt_ms: NOW_MS,
      certificates: [utopia.signerCertificate],
    }),
    open: (bytes) => authenticateSignedObject({ signed: parseCardSecurity(bytes), trust, now_ms: NOW_MS }).hash.result,
  },
};

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof TrustError || error instanceof DocumentError) return error.code;
    throw error;
  }
  return 'taken';
}

test.each(Object.entries(kinds))(
  '%s with damage anywhere is refused with a code or read, and nothing else',
  (_, kind) => {
    expect(codeOf(() => kind.open(kind.genuine))).toBe('taken');
    const { length } = kind.genuine;
    const change = fc.record({ at: fc.nat({ max: length - 1 }), value: fc.nat({ max: 255 }) });
    const cut = fc.record({ from: fc.nat({ max: length }), bytes: fc.integer({ min: 1, max: 40 }) });
    const damage = fc.record({ changes: fc.array(change, { minLength: 1, maxLength: 6 }), cut: fc.option(cut) });
    fc.assert(
      fc.property(damage, (o) => {
        const bytes = Uint8Array.from(kind.genuine);
        for (const { at, value } of o.changes) bytes[at] = value;
        const parts =
          o.cut === null ? [bytes] : [bytes.subarray(0, o.cut.from), bytes.subarray(o.cut.from + o.cut.bytes)];
        expect(codeOf(() => kind.open(Buffer.concat(parts)))).toMatch(/^taken$|^[A-Z0-9_]+$/);
      }),
      { numRuns: 300, seed: 20261122 },
    );
  },
);

test.each(Object.entries(kinds))('bytes of no meaning in place of %s are refused with a code', (_, kind) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(codeOf(() => kind.open(bytes))).not.toBe('taken');
      expect(codeOf(() => kind.open(writeTLV(0x30, bytes)))).not.toBe('taken');
    }),
    { numRuns: 200, seed: 20261122 },
  );
});

/** Sequences within sequences, each begun and never ended in its own bytes. */
function nested(levels: number): Uint8Array {
  let inner = new Uint8Array(0);
  for (let level = 0; level < levels; level++) inner = Uint8Array.from(writeTLV(0x30, inner));
  return inner;
}

test('elements within elements without end, and more elements than any list has, are refused', () => {
  for (const bytes of [nested(2000), Buffer.alloc(4000, Buffer.from('3080', 'hex'))]) {
    for (const kind of Object.values(kinds)) expect(codeOf(() => kind.open(bytes))).not.toBe('taken');
  }
  // Two bytes an element: a million of them in two megabytes.
  const many = writeTLV(0x30, Buffer.alloc(2_000_000, Buffer.from('0500', 'hex')));
  for (const kind of Object.values(kinds)) expect(codeOf(() => kind.open(many))).not.toBe('taken');
});

test('a signed list of certificates that hold nothing is read, and none of them is trusted', () => {
  const empty = Array.from({ length: 300 }, (_, i) => sequence(integer(i + 1)));
  const list = writeMasterList(listSigner(), { certificates: empty, signedAt_ms: NOW_MS });
  const { certificates } = openMasterList(list, pinned);
  const store = createTrustStore(certificates);
  expect(store.trust.certificates).toEqual([]);
  expect(store.refused).toHaveLength(300);
  const tooMany = Array.from({ length: 5001 }, (_, i) => sequence(integer(i + 1)));
  const large = writeMasterList(listSigner(), { certificates: tooMany, signedAt_ms: NOW_MS });
  expect(refusalOf(() => openMasterList(large, pinned))).toBe('LIST_MALFORMED');
});
