/** Unit LDS_H, third part: the certificate of the document signer is wrong, and EF.SOD signed as it should be. */
import { generateKeyPairSync } from 'node:crypto';
import { writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { writeName } from '../certificates.ts';
import { bitString, context, integer, oid, printableString, sequence, setOf } from '../der.ts';
import { flipped, signedAs } from './document-files.ts';
import { signerNotTrusted, unchanged, unsigned, withoutSigner } from './expectations.ts';
import { entry, plainAlgorithm, profile, signPlainly, signed } from './lds-h.ts';
import type { Expectation, Misfortune } from './misfortune.ts';
import { type CertificateParts, authorityKeyIdOf, createSigner, keyUsageOf, validityOf } from './signer-certificate.ts';
import { DAY_MS, type Workshop } from './workshop.ts';

const unreadable = withoutSigner('SIGNER_MALFORMED');

const certificate = (
  name: string,
  number: string,
  sentence: string,
  expected: Expectation,
  parts: CertificateParts | ((workshop: Workshop) => CertificateParts),
): Misfortune => {
  const described = entry(name, number, sentence, expected);
  if (typeof parts !== 'function') return signed(described, parts);
  return {
    ...described,
    profile,
    arrange: (workshop) => {
      const { signer, trusted } = createSigner(workshop, parts(workshop));
      return workshop.arrange(signedAs(workshop, workshop.issue(profile), { signer }), { trusted: [trusted] });
    },
  };
};

const ECDSA_SHA384 = sequence(oid('1.2.840.10045.4.3.3'));
const MD5_WITH_RSA = sequence(oid('1.2.840.113549.1.1.4'));
const wrongIssuerSignature = signerNotTrusted('failed ISSUER_SIGNATURE_INVALID');
const notPermitted: Expectation = {
  checks: {
    'issuer-certificate': 'failed SIGNER_NOT_PERMITTED',
    'signer-trust': 'failed SIGNER_NOT_PERMITTED',
    'issuing-state-matches': 'undetermined SIGNER_NOT_PERMITTED',
  },
};
const expired: Expectation = {
  checks: { 'signer-validity': 'failed SIGNER_EXPIRED', 'certificate-validity': 'failed SIGNER_EXPIRED' },
};

const fields: readonly Misfortune[] = [
  {
    ...certificate(
      'signer-certificate-version-wrong',
      '48',
      'The certificate says version 2, which has no extensions.',
      unchanged,
      {
        version: [context(0, integer(1))],
      },
    ),
    tolerated: 'the issuer signed it, and everything that the version stands for is looked at itself',
  },
  {
    ...certificate(
      'signer-certificate-version-absent',
      '49',
      'The certificate says no version: 1, which has no extensions.',
      unchanged,
      {
        version: [],
      },
    ),
    tolerated: 'the issuer signed it, and everything that the version stands for is looked at itself',
  },
  certificate('signer-serial-number-absent', '50', 'The certificate has no serial number.', unreadable, {
    serialNumber: [],
  }),
  certificate(
    'signer-algorithms-disagree',
    '51',
    'The certificate names one signature algorithm inside what is signed and another outside.',
    wrongIssuerSignature,
    { signature: [ECDSA_SHA384], signatureAlgorithm: [sequence(oid('1.2.840.10045.4.3.2'))] },
  ),
  certificate(
    'signer-plain-algorithms-disagree',
    '51',
    'The same with plain ECDSA: SHA-384 inside, and outside SHA-256, with which it is signed.',
    wrongIssuerSignature,
    { signature: [plainAlgorithm('sha384')], signatureAlgorithm: [plainAlgorithm('sha256')], sign: signPlainly },
  ),
  certificate(
    'signer-inner-algorithm-absent',
    '52',
    'The signed part of the certificate names no signature algorithm.',
    unreadable,
    {
      signature: [],
      signatureAlgorithm: [sequence(oid('1.2.840.10045.4.3.2'))],
    },
  ),
  certificate(
    'signer-issuer-without-country',
    '53',
    'The issuer of the certificate is named against the rules, without a country.',
    signerNotTrusted('failed ISSUER_COUNTRY_DIFFERS'),
    { issuer: [sequence(setOf(sequence(oid('2.5.4.3'), printableString('Simulated CSCA'))))] },
  ),
  {
    ...certificate(
      'signer-issuer-of-another-name',
      '54',
      'The certificate names an issuer that is not the subject of the CSCA that signed it; both are of one country.',
      unchanged,
      (workshop) => ({ issuer: [writeName({ ...workshop.authority().name, commonName: 'Another CSCA' })] }),
    ),
    tolerated: 'BSI TR-03135-1 section 5.6.4.3.3: key identifiers and country decide, for CSCAs change their names',
  },
  certificate('signer-issuer-absent', '55', 'The certificate names no issuer.', unreadable, { issuer: [] }),
  certificate(
    'signer-validity-impossible',
    '56',
    'The certificate is valid until a day that no calendar has.',
    unreadable,
    ({ now_ms }) => ({
      validity: [sequence(timeOf(now_ms), writeTLV(0x17, Buffer.from('310230120000Z', 'ascii')))],
    }),
  ),
  certificate('signer-expired', '56', 'The certificate was valid until yesterday.', expired, ({ now_ms }) => ({
    validity: [validityOf(now_ms - 100 * DAY_MS, now_ms - DAY_MS)],
  })),
  certificate(
    'signer-validity-backwards',
    '56',
    'The validity of the certificate ends before it begins.',
    expired,
    ({ now_ms }) => ({
      validity: [validityOf(now_ms + 10 * DAY_MS, now_ms - 10 * DAY_MS)],
    }),
  ),
  certificate('signer-validity-absent', '57', 'The certificate has no validity.', unreadable, { validity: [] }),
  certificate(
    'signer-key-not-allowed',
    '58',
    'The public key of the certificate is an Edwards curve key.',
    { checks: { ...unsigned, 'security-object-signature': 'undetermined KEY_UNUSABLE' } },
    () => ({ publicKey: [generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' })] }),
  ),
  certificate('signer-key-absent', '59', 'The certificate has no public key.', unreadable, { publicKey: [] }),
];

const extensions: readonly Misfortune[] = [
  certificate(
    'authority-key-id-empty',
    '60',
    'The authority key identifier holds no key identifier; the issuer is found by name.',
    unchanged,
    {
      authorityKeyId: [authorityKeyIdOf()],
    },
  ),
  certificate(
    'authority-key-id-absent',
    '61',
    'There is no authority key identifier; the issuer is found by name.',
    unchanged,
    {
      authorityKeyId: [],
    },
  ),
  certificate('key-usage-of-a-csca', '62', 'The key usage is that of a CSCA.', notPermitted, {
    keyUsage: [keyUsageOf(0x06)],
  }),
  certificate('key-usage-without-signing', '63', 'The key usage does not allow to sign.', notPermitted, {
    keyUsage: [keyUsageOf(0x40)],
  }),
  certificate('key-usage-absent', '64', 'The certificate has no key usage.', notPermitted, { keyUsage: [] }),
];

const signatures: readonly Misfortune[] = [
  certificate(
    'signer-algorithm-not-allowed',
    '65',
    'The certificate is said to be signed with MD5 and RSA.',
    signerNotTrusted('undetermined ALGORITHM_UNKNOWN'),
    { signature: [MD5_WITH_RSA] },
  ),
  certificate(
    'signer-outer-algorithm-absent',
    '66',
    'The certificate names no signature algorithm outside what is signed.',
    unreadable,
    {
      signatureAlgorithm: [],
    },
  ),
  certificate(
    'signer-certificate-signature-wrong',
    '67',
    'The signature of the certificate is wrong.',
    wrongIssuerSignature,
    {
      signatureValue: [bitString(sequence(integer(5), integer(7)))],
    },
  ),
  certificate(
    'signer-certificate-plain-signature-wrong',
    '67',
    'The certificate is said to be signed with plain ECDSA, and its signature is wrong.',
    wrongIssuerSignature,
    { signature: [plainAlgorithm('sha256')], sign: (body, key) => signPlainly(flipped(body, -1), key) },
  ),
  certificate('signer-certificate-signature-absent', '68', 'The certificate has no signature.', unreadable, {
    signatureValue: [],
  }),
];

export const ldsHCertificate: readonly Misfortune[] = [...fields, ...extensions, ...signatures];

function timeOf(at_ms: number): Uint8Array {
  return validityOf(at_ms, at_ms).subarray(2, 17);
}
