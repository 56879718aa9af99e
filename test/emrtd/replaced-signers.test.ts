/** Signers whose certificate a defect list replaces: what is known of their documents stays known. */
import { expect, test } from 'vitest';
import type { Finding } from '../../drivers/emrtd/finding.ts';
import { openDefectList } from '../../drivers/emrtd/pki/defect-list.ts';
import { type PassiveAuthentication, authenticatePassively } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { DefectType, type KnownDefect, writeDefectList } from '../../simulator/passport/defect-list.ts';
import { authority, csca, securityObject, signer } from './forged-document.ts';
import { NOW_MS } from './simulated-document.ts';
import { DAY_MS, DEFECT_LIST_SIGNING, listSigner, publisher, trustIn } from './trust-material.ts';

const listedBy = listSigner({ purposes: [DEFECT_LIST_SIGNING] });
const original = signer();
const replacement = signer();
const REPLACED: KnownDefect = { type: DefectType.CERTIFICATE_REPLACED, certificate: replacement };

/** With one entry, which names the original certificate by its hash. */
function authenticate(...known: readonly KnownDefect[]): PassiveAuthentication {
  const reference = { by: 'issuer-and-serial', issuer: authority, serialNumber: Uint8Array.of(7) } as const;
  const list = writeDefectList(listedBy, {
    defects: [{ signer: reference, certificate: original, known }],
    signedAt_ms: NOW_MS - DAY_MS,
  });
  const defectLists = [openDefectList(list, trustIn(publisher.cscaCertificate))];
  const { trust } = createTrustStore([csca()], { defectLists });
  const sod = securityObject({ certificates: [original] });
  return authenticatePassively({ securityObject: parseSecurityObject(sod), trust, now_ms: NOW_MS });
}

const said = ({ result, because }: Finding): string => (because === null ? result : `${result} ${because}`);

test('a replaced certificate under a trusted issuer is trusted', () => {
  const { signature, trustStatus, evidence } = authenticate(REPLACED);
  expect([signature, trustStatus].map(said)).toEqual(['passed', 'passed SIGNER_REPLACED']);
  expect(evidence.signer?.sha256).toBeDefined();
});

test('a signer that is revoked and replaced is revoked', () => {
  const { revocation, trustStatus } = authenticate(REPLACED, { type: DefectType.CERTIFICATE_REVOKED, status: 3 });
  expect([revocation, trustStatus].map(said)).toEqual(['failed SIGNER_REVOKED', 'failed SIGNER_REVOKED']);
});

test('a signer that is on hold and replaced is in doubt', () => {
  const { trustStatus } = authenticate(REPLACED, { type: DefectType.CERTIFICATE_REVOKED, status: 1 });
  expect(said(trustStatus)).toBe('undetermined SIGNER_ON_HOLD');
});

test('chip keys in other hands stay so when the certificate of their signer is replaced', () => {
  const { defects } = authenticate(REPLACED, { type: DefectType.CHIP_AUTHENTICATION_KEY_REVOKED });
  expect(defects.map(({ kind }) => kind)).toContain('chip-authentication-keys-compromised');
});
