/** Passive authentication against published EF.SODs of real issuers and their published CSCA certificates. */
import { expect, test } from 'vitest';
import { parseCertificate } from '../../drivers/emrtd/pki/certificate.ts';
import { DocumentError } from '../../drivers/emrtd/codes.ts';
import { countryOfIssuingState } from '../../drivers/emrtd/mrz/issuing-states.ts';
import {
  type PassiveAuthentication,
  authenticatePassively,
  checkDataGroupHash,
} from '../../drivers/emrtd/pki/passive-authentication.ts';
import { type SecurityObject, parseSecurityObject } from '../../drivers/emrtd/pki/security-object.ts';
import { createTrustStore } from '../../drivers/emrtd/pki/trust-store.ts';
import {
  isDataAbsent,
  masterListCertificates,
  recorded,
  recordedCertificates,
  recordedNames,
} from './recorded-data.ts';

const lists = ['DE_ML_2026-05-28-08-28-45.ml', 'NL_ML_2026-07-22.ml', 'DE_ML_2024-08-07-07-38-24.ml'];
const published = isDataAbsent ? [] : lists.flatMap(masterListCertificates);
const { trust, refused } = createTrustStore(published);
const noTrust = createTrustStore([]).trust;
const DAY_MS = 86_400_000;

/** Checked on the day after its signer's certificate became valid. */
function authenticate(securityObject: SecurityObject, store = trust): PassiveAuthentication {
  const [signer] = securityObject.certificates;
  const now_ms = signer === undefined ? 0 : parseCertificate(signer).validFrom_ms + DAY_MS;
  return authenticatePassively({ securityObject, trust: store, now_ms });
}

function resultsOf(o: PassiveAuthentication): readonly string[] {
  return [o.hash.result, o.signature.result, o.issuer.result, o.validity.result];
}

/** File number by issuer; several signature schemes, BER with indefinite length (NZ), SHA-1 (RU), plain data (CN). */
const genuine = { AT: 0, AU: 3, CN: 6, DE: 9, FI: 12, FR: 15, MY: 18, NZ: 21, PH: 24, RU: 27, SG: 30, GB: 33, US: 36 };

test.skipIf(isDataAbsent)('every certificate of the published lists can serve as a trust anchor', () => {
  expect(published).toHaveLength(588 + 411 + 541);
  expect(refused).toEqual([]);
  expect(trust.certificates).toHaveLength(685);
});

test.skipIf(isDataAbsent)('every country of the published lists is in the table of issuing states', () => {
  const known = new Set(['D', 'EUE', 'UNO', 'RKS'].map(countryOfIssuingState));
  const missing = trust.certificates
    .map((certificate) => certificate.subjectCountry ?? '')
    .filter((country) => !known.has(country) && !isAlpha2InTable(country));
  expect([...new Set(missing)]).toEqual([]);
});

function isAlpha2InTable(country: string): boolean {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return Array.from(letters).some((first) =>
    Array.from(letters).some((second) =>
      Array.from(letters).some((third) => countryOfIssuingState(first + second + third) === country),
    ),
  );
}

test.skipIf(isDataAbsent).each(Object.entries(genuine))(
  'a document of %s is what its issuer signed, and its issuer is known',
  (country, number) => {
    const object = parseSecurityObject(recorded(`sod/gmrtd/sod_TestNewSod_${number}.bin`));
    const findings = authenticate(object);
    expect(resultsOf(findings)).toEqual(['passed', 'passed', 'passed', 'passed']);
    expect(findings.revocation).toEqual({ result: 'undetermined', because: 'REVOCATION_UNKNOWN' });
    expect(findings.issuerCountry).toBe(country);
    expect(findings.signature.because).toBe(country === 'RU' ? 'SHA1_USED' : null);
  },
);

test.skipIf(isDataAbsent)('the same documents have an unknown issuer where no list is loaded, and do not fail', () => {
  for (const number of Object.values(genuine)) {
    const findings = authenticate(parseSecurityObject(recorded(`sod/gmrtd/sod_TestNewSod_${number}.bin`)), noTrust);
    expect(findings.issuer).toEqual({ result: 'undetermined', because: 'ISSUER_UNKNOWN' });
    expect(resultsOf(findings)).toEqual(['passed', 'passed', 'undetermined', 'undetermined']);
  }
});

test.skipIf(isDataAbsent)('a document whose signature or content was damaged is refused', () => {
  const invalid = parseSecurityObject(recorded('sod/gmrtd/sod_TestNewSodInvalidCases_0.bin'));
  expect(resultsOf(authenticate(invalid)).slice(0, 2)).toEqual(['failed', 'failed']);
  const unreadable = recorded('sod/gmrtd/sod_TestNewSodInvalidCases_1.bin');
  expect(() => parseSecurityObject(unreadable)).toThrowError(DocumentError);
});

/** By content: which of the published specimen files were broken on purpose, and how. */
const brokenSpecimens: Readonly<Record<string, string>> = {
  'pymrtd_SOD_3c290f28.bin': 'hash',
  'pymrtd_SOD_4b359e63.bin': 'hash',
  'pymrtd_SOD_531a15d2.bin': 'hash',
  'pymrtd_SOD_cf5a759a.bin': 'hash',
  'pymrtd_SOD_514be318.bin': 'signature',
  'pymrtd_SOD_592393cf.bin': 'hash',
  // Its signature is wrong, too; its signed content is plain data, and it is no Chinese document.
  'pymrtd_SOD_65b554ab.bin': 'hash',
  'pymrtd_SOD_9f06780e.bin': 'form',
  'pymrtd_SOD_b66e4276.bin': 'form',
};

test.skipIf(isDataAbsent)('specimens that were broken on purpose fail, the others hold', () => {
  const specimens = recordedNames('sod').filter((name) => name.startsWith('pymrtd_SOD_'));
  expect(specimens).toHaveLength(15);
  for (const name of specimens) {
    const broken = brokenSpecimens[name];
    if (broken === 'form') {
      expect(() => parseSecurityObject(recorded(`sod/${name}`)), name).toThrowError(/SECURITY_OBJECT_MALFORMED/);
      continue;
    }
    const [hash, signature] = resultsOf(authenticate(parseSecurityObject(recorded(`sod/${name}`))));
    expect(hash, name).toBe(broken === 'hash' ? 'failed' : 'passed');
    if (broken !== 'hash') expect(signature, name).toBe(broken === 'signature' ? 'failed' : 'passed');
  }
});

test.skipIf(isDataAbsent)('data groups of a reference document agree with its EF.SOD, and with no other', () => {
  const object = parseSecurityObject(recorded('lds/bsi2008/EF_SOD.bin'));
  const file = (number: number): Uint8Array => recorded(`lds/bsi2008/Datagroup${number}.bin`);
  for (const number of [1, 2, 3, 14]) expect(checkDataGroupHash(object, number, file(number)).result).toBe('passed');
  expect(checkDataGroupHash(object, 1, file(2))).toEqual({ result: 'failed', because: 'DATA_GROUP_HASH_MISMATCH' });
  expect(checkDataGroupHash(object, 15, file(15))).toEqual({ result: 'failed', because: 'DATA_GROUP_NOT_LISTED' });
});

test.skipIf(isDataAbsent)('a bit changed in any signed part of a real EF.SOD is noticed', () => {
  const original = recorded('sod/gmrtd/sod_TestNewSod_9.bin');
  const signed = parseSecurityObject(original);
  const part = (bytes: Uint8Array): readonly [number, number] => {
    const at = Buffer.from(original).indexOf(Buffer.from(bytes));
    return [at, at + bytes.length];
  };
  // The attributes stand in the file under another tag than the one they are signed with.
  const parts = [part(signed.content), part(signed.signedAttributes.subarray(1)), part(signed.signature)];
  for (const [from, to] of parts) {
    expect(from).toBeGreaterThan(0);
    for (let at = from; at < to; at += 5) {
      const changed = Uint8Array.from(original);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      expect(isAccepted(changed), `byte ${at}`).toBe(false);
    }
  }
});

function isAccepted(file: Uint8Array): boolean {
  try {
    return resultsOf(authenticate(parseSecurityObject(file))).every((result) => result === 'passed');
  } catch (error) {
    if (error instanceof DocumentError) return false;
    throw error;
  }
}

test.skipIf(isDataAbsent)(
  'document signers of every algorithm in use verify under their own CSCA and under no other',
  () => {
    const folder = 'mock/selfxyz_mock_certificates/';
    const pairs = recordedNames(folder).flatMap((name) => {
      const [csca] = recordedCertificates(`${folder}${name}/mock_csca.pem`);
      const [signer] = recordedCertificates(`${folder}${name}/mock_dsc.pem`);
      return csca === undefined || signer === undefined
        ? []
        : [{ csca: parseCertificate(csca), signer: parseCertificate(signer) }];
    });
    expect(pairs.length).toBeGreaterThan(30);
    for (const { csca, signer } of pairs) {
      expect(csca.key.ok && signer.key.ok).toBe(true);
      const signedBy = pairs.filter(({ csca: other }) => other.key.ok && signer.wasSignedBy(other.key.value));
      expect(signedBy.some((pair) => pair.csca === csca)).toBe(true);
      expect(signedBy.every((pair) => pair.csca.subjectKeyId === csca.subjectKeyId)).toBe(true);
    }
  },
);
