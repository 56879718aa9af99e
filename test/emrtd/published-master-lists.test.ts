/** Published master lists through the trust folder, and published EF.SODs against what they bring in. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import { openMasterList } from '../../drivers/emrtd/pki/master-list.ts';
import { authenticatePassively } from '../../drivers/emrtd/pki/passive-authentication.ts';
import { parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { loadTrustFolder } from '../../drivers/emrtd/pki/trust-folder.ts';
import { listTrust, renderTrust } from '../../drivers/emrtd/pki/trust-report.ts';
import type { TrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import { isDataAbsent, recorded } from './recorded-data.ts';
import { DAY_MS, emptyFolder, importBytes, importRefusal, refusalOf, trustIn } from './trust-material.ts';

const now_ms = Date.UTC(2026, 10, 22);
const lists = {
  DE2026: 'masterlists/DE_ML_2026-05-28-08-28-45.ml',
  NL2026: 'masterlists/NL_ML_2026-07-22.ml',
  DE2024: 'masterlists/DE_ML_2024-08-07-07-38-24.ml',
} as const;
const roots = ['masterlists/DE_ROOT_CA_CSCA07.cer', 'masterlists/NL_ROOT_CA.cer'] as const;

/** A folder with the pinned roots and the two lists of 2026, as an administrator would fill it. */
async function publishedTrust(): Promise<string> {
  const folder = await emptyFolder();
  for (const root of roots) await importBytes(folder, recorded(root), { now_ms, root: true });
  await importBytes(folder, recorded(lists.DE2026), { now_ms });
  await importBytes(folder, recorded(lists.NL2026), { now_ms });
  return folder;
}

/** Codes of the hash and the signature of published specimens that were broken on purpose. */
const broken = {
  'sod/gmrtd/sod_TestNewSodInvalidCases_0.bin': ['CONTENT_TYPE_WRONG', 'SIGNATURE_INVALID'],
  'sod/pymrtd_SOD_3c290f28.bin': ['CONTENT_HASH_MISMATCH', null],
  'sod/pymrtd_SOD_4b359e63.bin': ['CONTENT_HASH_MISMATCH', null],
  'sod/pymrtd_SOD_531a15d2.bin': ['CONTENT_HASH_MISMATCH', null],
  'sod/pymrtd_SOD_cf5a759a.bin': ['CONTENT_HASH_MISMATCH', null],
  'sod/pymrtd_SOD_514be318.bin': [null, 'SIGNATURE_INVALID'],
  'sod/pymrtd_SOD_592393cf.bin': ['CONTENT_TYPE_WRONG', 'SIGNATURE_INVALID'],
  'sod/pymrtd_SOD_65b554ab.bin': ['CONTENT_TYPE_WRONG', 'SIGNATURE_INVALID'],
} as const;
const unreadable = [
  'sod/gmrtd/sod_TestNewSodInvalidCases_1.bin',
  'sod/pymrtd_SOD_9f06780e.bin',
  'sod/pymrtd_SOD_b66e4276.bin',
] as const;

/** Checked on the day after its signer's certificate became valid. */
function authenticate(name: string, trust: TrustStore): ReturnType<typeof authenticatePassively> {
  const securityObject = parseSecurityObject(recorded(name));
  const [signer] = securityObject.certificates;
  const at_ms = signer === undefined ? 0 : parseCertificate(signer).validFrom_ms + DAY_MS;
  return authenticatePassively({ securityObject, trust, now_ms: at_ms });
}

const genuine = { AT: 0, AU: 3, CN: 6, DE: 9, FI: 12, FR: 15, MY: 18, NZ: 21, PH: 24, RU: 27, SG: 30, GB: 33, US: 36 };

test.skipIf(isDataAbsent)(
  'under lists that pinned roots vouch for, documents of 13 issuers are authentic and broken ones say why they are not',
  async () => {
    const folder = await publishedTrust();
    const { trust, refused } = await loadTrustFolder(folder);
    expect(refused).toEqual([]);
    expect(trust.lists.map(({ kind, issuerCountry, entries }) => [kind, issuerCountry, entries])).toEqual([
      ['master-list', 'DE', 588],
      ['master-list', 'NL', 411],
    ]);
    for (const [country, number] of Object.entries(genuine)) {
      const findings = authenticate(`sod/gmrtd/sod_TestNewSod_${number}.bin`, trust);
      const { hash, signature, issuer, signerValidity, issuerValidity, trustStatus, revocation, evidence } = findings;
      for (const finding of [hash, signature, issuer, signerValidity, issuerValidity, trustStatus]) {
        expect(finding.result, country).toBe('passed');
      }
      expect(revocation, country).toEqual({ result: 'undetermined', because: 'REVOCATION_UNKNOWN' });
      expect([evidence.signer?.issuerCountry, evidence.issuer?.subjectCountry]).toEqual([country, country]);
      expect(evidence.issuer?.key, country).toMatch(/^(rsa|rsa-pss) \d{4}$|^ec \w+$/);
    }
    for (const [name, codes] of Object.entries(broken)) {
      const findings = authenticate(name, trust);
      expect([findings.hash.because, findings.signature.because], name).toEqual(codes);
    }
    for (const name of unreadable) {
      expect(() => parseSecurityObject(recorded(name)), name).toThrowError(/SECURITY_OBJECT_MALFORMED/);
    }
  },
);

test.skipIf(isDataAbsent)('a published list is refused while the root of its issuer is not pinned', async () => {
  const folder = await emptyFolder();
  for (const list of Object.values(lists)) {
    expect(await importRefusal(folder, recorded(list), { now_ms })).toBe('LIST_SIGNER_UNTRUSTED');
  }
  await importBytes(folder, recorded(roots[1]), { now_ms, root: true });
  expect(await importRefusal(folder, recorded(lists.DE2026), { now_ms })).toBe('LIST_SIGNER_UNTRUSTED');
  expect((await loadTrustFolder(folder)).trust.certificates).toEqual([]);
});

test.skipIf(isDataAbsent)(
  'a list whose root is only in the list itself is refused beside every root at hand',
  async () => {
    const at_ms = Date.UTC(2024, 9, 20);
    const trust = { ...trustIn(...roots.map(recorded)), importedAt_ms: at_ms };
    expect(refusalOf(() => openMasterList(recorded(lists.DE2024), trust))).toBe('LIST_SIGNER_UNTRUSTED');
  },
);

test.skipIf(isDataAbsent)('a published list with one changed byte in its certificates is refused', async () => {
  const folder = await publishedTrust();
  const changed = recorded(lists.DE2026);
  const middle = Math.floor(changed.length / 2);
  changed[middle] = (changed[middle] ?? 0) ^ 0x01;
  expect(await importRefusal(folder, changed, { now_ms })).toBe('LIST_CONTENT_ALTERED');
});

test.skipIf(isDataAbsent)('the table says where the trust comes from, in words and in data', async () => {
  const folder = await publishedTrust();
  const listing = await listTrust(folder, now_ms);
  expect(listing.rows.map(({ kind, country, state }) => [kind, country, state])).toEqual([
    ['root', 'DE', 'fresh'],
    ['root', 'NL', 'fresh'],
    ['master-list', 'DE', 'fresh'],
    ['master-list', 'NL', 'fresh'],
  ]);
  expect(listing).toMatchObject({ anchors: 627, countries: 129, refused: [] });
  const text = renderTrust(listing);
  expect(text).toMatch(/^master-list {2}DE +2026-05-28 +- +fresh +588 +2026-11-22 +an officer +master-lists\/DE-/m);
  const journal = (await readFile(`${folder}/imports.jsonl`, 'utf8')).trim().split('\n');
  expect(journal).toHaveLength(4);
});
