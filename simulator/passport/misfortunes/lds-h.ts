/** Unit LDS_H, first part: EF.SOD under every algorithm, and forms of it that are in order. */
import { sign } from 'node:crypto';
import { FileId } from '../../../drivers/emrtd/lds/data-groups.ts';
import { contextPrimitive, integer, nullValue, oid, printableString, sequence } from '../der.ts';
import type { HashName, SigningKey } from '../keys.ts';
import { writeCOM } from '../logical-data-structure.ts';
import { profileNamed } from '../profiles.ts';
import { signedAs, withFile } from './document-files.ts';
import { unchanged, withoutSigner } from './expectations.ts';
import type { Arrangement, Expectation, Misfortune, Outcomes } from './misfortune.ts';
import type { Part, SecurityObjectParts } from './security-object.ts';
import { type CertificateParts, createSigner } from './signer-certificate.ts';
import type { Algorithm, Workshop } from './workshop.ts';

export const profile = profileNamed('bac-only');

export type Entry = Pick<Misfortune, 'name' | 'cases' | 'sentence' | 'expected'> & { readonly tolerated?: string };

export const entry = (name: string, number: string, sentence: string, expected: Expectation = unchanged): Entry => ({
  name,
  cases: [`LDS_H_${number}`],
  sentence,
  expected,
});

/** EF.SOD with other parts, signed by a signer with such a certificate. */
export function signed(
  entryOf: Entry,
  certificate: CertificateParts,
  parts: (workshop: Workshop) => SecurityObjectParts = () => ({}),
  more: (signerCertificate: Uint8Array) => Partial<Arrangement> = () => ({}),
): Misfortune {
  return {
    ...entryOf,
    profile,
    arrange: (workshop) => {
      const { signer, trusted } = createSigner(workshop, certificate);
      const passport = signedAs(workshop, workshop.issue(profile), { signer, ...parts(workshop) });
      return workshop.arrange(passport, { trusted: [trusted], ...more(signer.certificate) });
    },
  };
}

const usedSHA1: Outcomes = {
  'security-object-hash': 'passed SHA1_USED',
  'security-object-signature': 'passed SHA1_USED',
  'issuer-certificate': 'passed SHA1_USED',
  'signer-trust': 'passed SHA1_USED',
  'data-group-1-hash': 'passed SHA1_USED',
  'data-group-2-hash': 'passed SHA1_USED',
};

const schemeWords = { ecdsa: 'ECDSA', rsa: 'RSASSA-PKCS1-v1_5', 'rsa-pss': 'RSASSA-PSS' } as const;
const evidenceWords = { ecdsa: 'ecdsa', rsa: 'rsa-pkcs1', 'rsa-pss': 'rsa-pss' } as const;

function expectedOf({ scheme, hash }: Algorithm, checks: Outcomes = usedSHA1): Expectation {
  const algorithm = `${evidenceWords[scheme]} ${hash}`;
  const evidence = { 'security-object-signature': { algorithm } };
  return hash === 'sha1' ? { checks, evidence } : { evidence };
}

/** Everything in one document is signed so. */
function under(scheme: Algorithm['scheme'], hash: HashName, number: string): Misfortune {
  const algorithm = { scheme, hash };
  const words = `${schemeWords[scheme]} with ${hash.toUpperCase()}`;
  const sentence = `EF.SOD, its hashes and its signer's certificate rest on ${words}.`;
  const described = entry(`signed-with-${scheme}-${hash}`, number, sentence, expectedOf(algorithm));
  return signed(described, { signsWith: algorithm, signedWith: algorithm });
}

const everyAlgorithm: readonly Misfortune[] = [
  under('rsa', 'sha1', '01'),
  under('rsa', 'sha224', '04'),
  under('rsa', 'sha256', '05'),
  under('rsa', 'sha384', '06'),
  under('rsa', 'sha512', '07'),
  under('rsa-pss', 'sha1', '02'),
  under('rsa-pss', 'sha224', '94'),
  under('rsa-pss', 'sha256', '03'),
  under('rsa-pss', 'sha384', '95'),
  under('rsa-pss', 'sha512', '96'),
  under('ecdsa', 'sha1', '09'),
  under('ecdsa', 'sha224', '70'),
  under('ecdsa', 'sha256', '71'),
  under('ecdsa', 'sha384', '72'),
  under('ecdsa', 'sha512', '73'),
];

const hashes = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
const PLAIN_ECDSA = '0.4.0.127.0.7.1.1.4.1';
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';

/** ecdsa-plain-SHA… (BSI TR-03111 section 5.2.1): r and s one after the other. */
export function plainAlgorithm(hash: HashName): Uint8Array {
  return sequence(oid(`${PLAIN_ECDSA}.${hashes.indexOf(hash) + 1}`));
}

export function signPlainly(content: Uint8Array, { privateKey, hash }: SigningKey): Uint8Array {
  return sign(hash, content, { key: privateKey, dsaEncoding: 'ieee-p1363' });
}

function plainSignature(hash: HashName): SecurityObjectParts {
  return { signatureAlgorithm: [plainAlgorithm(hash)], sign: signPlainly };
}

const plain = hashes.map((hash, i) => {
  const algorithm: Algorithm = { scheme: 'ecdsa', hash };
  const words = `plain ECDSA with ${hash.toUpperCase()}, under the identifiers of BSI TR-03111`;
  return signed(
    entry(
      `signed-with-plain-ecdsa-${hash}`,
      String(10 + i),
      `EF.SOD, its hashes and its signer's certificate rest on ${words}.`,
      {
        ...(hash === 'sha1' ? { checks: usedSHA1 } : {}),
        evidence: { 'security-object-signature': { algorithm: `ecdsa-plain ${hash}` } },
      },
    ),
    { signsWith: algorithm, signedWith: algorithm, signature: [plainAlgorithm(hash)], sign: signPlainly },
    () => plainSignature(hash),
  );
});

/** Only what the document signer signed rests on SHA-1. */
function signerKeepsSHA256(outcomes: Outcomes): Outcomes {
  const { 'issuer-certificate': _issuer, 'signer-trust': _trust, ...rest } = outcomes;
  return rest;
}

const plainRSA = hashes.map((hash, i) =>
  signed(
    entry(
      `signed-with-plain-rsa-${hash}`,
      String(79 + i),
      `The signature names rsaEncryption only; its hash, ${hash.toUpperCase()}, follows from the digest algorithm.`,
      hash === 'sha1' ? { checks: signerKeepsSHA256(usedSHA1) } : unchanged,
    ),
    { signsWith: { scheme: 'rsa', hash } },
    () => ({ signatureAlgorithm: [sequence(oid(RSA_ENCRYPTION), nullValue())] }),
  ),
);

const mixed = (
  [
    ['75', { scheme: 'ecdsa', hash: 'sha256' }, { scheme: 'rsa', hash: 'sha256' }],
    ['76', { scheme: 'rsa', hash: 'sha256' }, { scheme: 'ecdsa', hash: 'sha384' }],
    ['77', { scheme: 'rsa-pss', hash: 'sha256' }, { scheme: 'rsa', hash: 'sha512' }],
    ['78', { scheme: 'rsa', hash: 'sha512' }, { scheme: 'rsa-pss', hash: 'sha256' }],
  ] as const
).map(([number, signsWith, signedWith]) =>
  signed(
    entry(
      `signed-with-${signsWith.scheme}-under-${signedWith.scheme}`,
      number,
      `EF.SOD is signed with ${schemeWords[signsWith.scheme]}, its signer under ${schemeWords[signedWith.scheme]}.`,
      expectedOf(signsWith),
    ),
    { signsWith, signedWith },
  ),
);

const elsewhere = (
  name: string,
  number: string,
  words: string,
  certificate: CertificateParts,
  parts: SecurityObjectParts,
) => [
  signed(
    entry(
      `${name}-signer-elsewhere`,
      number,
      `EF.SOD holds no certificate of its ${words} signer; the reader has it from elsewhere.`,
    ),
    certificate,
    () => ({ certificates: [], ...parts }),
    (signerCertificate) => ({ documentSigners: [signerCertificate] }),
  ),
  signed(
    entry(
      `${name}-signer-nowhere`,
      number,
      `EF.SOD holds no certificate of its ${words} signer, and the reader has none.`,
      withoutSigner('SIGNER_ABSENT'),
    ),
    certificate,
    () => ({ certificates: [], ...parts }),
  ),
];

const withoutCertificate: readonly Misfortune[] = [
  ...elsewhere('rsa', '15', 'RSA', { signsWith: { scheme: 'rsa', hash: 'sha256' } }, {}),
  ...elsewhere(
    'plain-ecdsa',
    '16',
    'ECDSA',
    { signsWith: { scheme: 'ecdsa', hash: 'sha224' } },
    plainSignature('sha224'),
  ),
];

/** The list of versions that LDS 1.8 brought into the signed object. */
const versionInfo = (lds: string): Part => [sequence(printableString(lds), printableString('040000'))];
const oddVersion =
  'nothing rests on the version; RFC 5652 and ICAO 9303-10 bind it to fields that are looked at themselves';

const forms: readonly Misfortune[] = [
  signed(
    entry(
      'data-groups-under-another-hash',
      '74',
      'The data groups are hashed with SHA-512 and the content of EF.SOD with SHA-256.',
      {
        evidence: { 'data-group-1-hash': { algorithm: 'sha512' } },
      },
    ),
    {},
    () => ({ dataGroupHash: 'sha512' }),
  ),
  {
    ...signed(
      entry(
        'signer-by-name-in-version-3',
        '84',
        'The signer is named by issuer and serial number, and the version says 3.',
      ),
      {},
      () => ({ signerVersion: [integer(3)] }),
    ),
    tolerated: oddVersion,
  },
  {
    ...entry('signer-by-key-in-version-1', '85', 'The signer is named by its key identifier, and the version says 1.'),
    profile,
    arrange: (workshop) => {
      const { keyId } = workshop.issuer.signerKey;
      const parts = { signerIdentifier: [contextPrimitive(0, keyId)], signerVersion: [integer(1)] };
      return workshop.arrange(signedAs(workshop, workshop.issue(profile), parts));
    },
    tolerated: oddVersion,
  },
  signed(
    entry('sod-lds-1-8', '86', 'EF.SOD is of LDS 1.8: version 1, with the versions of LDS and Unicode.'),
    {},
    () => ({
      ldsVersion: [integer(1)],
      ldsVersionInfo: versionInfo('0108'),
    }),
  ),
  {
    ...signed(
      entry('sod-lds-1-8-in-version-0', '87', 'EF.SOD holds the versions of LDS 1.8 and says version 0.'),
      {},
      () => ({
        ldsVersionInfo: versionInfo('0108'),
      }),
    ),
    tolerated: oddVersion,
  },
  {
    ...signed(
      entry('sod-lds-1-7-in-version-1', '88', 'EF.SOD says version 1 and lacks the versions that belong to it.'),
      {},
      () => ({
        ldsVersion: [integer(1)],
      }),
    ),
    tolerated: oddVersion,
  },
  signed(entry('sod-lds-1-9', '89', 'EF.SOD is of an LDS that is yet to come, 1.9.'), {}, () => ({
    ldsVersion: [integer(1)],
    ldsVersionInfo: versionInfo('0109'),
  })),
];

/** Data groups that EF.COM lists, against DG1, DG2 and those that EF.SOD lists beside them. */
const listing = (
  name: string,
  number: string,
  sentence: string,
  inCOM: readonly number[],
  inSOD: readonly (12 | 11)[],
  expected: Expectation,
): Misfortune => {
  const kind = { ...profile, name: `bac-${[1, 2, ...inSOD].join('-')}`, dataGroups: [1, 2, ...inSOD] as const };
  return {
    ...entry(name, number, sentence, expected),
    profile: kind,
    arrange: (workshop) => workshop.arrange(withFile(workshop.issue(kind), FileId.COM, writeCOM(inCOM))),
  };
};
const incomplete: Expectation = {
  checks: { 'files-consistent': 'failed COM_INCOMPLETE' },
  evidence: { 'files-consistent': { missing: ['DG11'] } },
};

const inconsistent: readonly Misfortune[] = [
  listing('sod-lists-more', '90', 'EF.SOD lists a data group that EF.COM does not.', [1, 2], [11], incomplete),
  listing(
    'sod-lists-less',
    '91',
    'EF.COM lists a data group that EF.SOD does not: it is not read.',
    [1, 2, 12],
    [],
    unchanged,
  ),
  listing('sod-lists-other', '92', 'EF.COM lists another data group than EF.SOD.', [1, 2, 12], [11], incomplete),
];

export const ldsHForms: readonly Misfortune[] = [
  ...everyAlgorithm,
  ...plain,
  ...plainRSA,
  ...mixed,
  ...withoutCertificate,
  ...forms,
  ...inconsistent,
];
