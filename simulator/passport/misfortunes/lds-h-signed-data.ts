/** Unit LDS_H, second part: something in EF.SOD itself is wrong. */
import { createHash } from 'node:crypto';
import { writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { FileId } from '../../../drivers/emrtd/lds/data-groups.ts';
import { writeName } from '../certificates.ts';
import { contextPrimitive, integer, octetString, oid, sequence, setOf } from '../der.ts';
import { signWith } from '../keys.ts';
import type { Passport } from '../passport.ts';
import { dataGroupsOf, fileOf, flipped, retagged, signedAs, withFile, withLengthOff } from './document-files.ts';
import { unchanged, unsigned, unusableDG1, withoutSecurityObject, withoutSigner } from './expectations.ts';
import { entry, profile } from './lds-h.ts';
import type { Expectation, Misfortune } from './misfortune.ts';
import { type SecurityObjectParts, attribute } from './security-object.ts';
import type { Workshop } from './workshop.ts';

const malformed = withoutSecurityObject('failed SECURITY_OBJECT_MALFORMED');

const sod = (
  name: string,
  number: string,
  sentence: string,
  expected: Expectation,
  parts: SecurityObjectParts | ((workshop: Workshop, passport: Passport) => SecurityObjectParts),
): Misfortune => ({
  ...entry(name, number, sentence, expected),
  profile,
  arrange: (workshop) => {
    const passport = workshop.issue(profile);
    const changed = typeof parts === 'function' ? parts(workshop, passport) : parts;
    return workshop.arrange(signedAs(workshop, passport, changed));
  },
});

const file = (
  name: string,
  number: string,
  sentence: string,
  expected: Expectation,
  alter: (own: Uint8Array) => Uint8Array,
): Misfortune => ({
  ...entry(name, number, sentence, expected),
  profile,
  arrange: (workshop) => {
    const passport = workshop.issue(profile);
    return workshop.arrange(withFile(passport, FileId.SOD, alter(fileOf(passport.files, FileId.SOD))));
  },
});

/** Algorithm identifiers that no document may use. */
const MD5 = sequence(oid('1.2.840.113549.2.5'));
const MD5_WITH_RSA = sequence(oid('1.2.840.113549.1.1.4'));
const oddVersion = 'nothing rests on the version; RFC 5652 binds it to fields that are looked at themselves';

const files: readonly Misfortune[] = [
  file('sod-mislabelled', '17', 'EF.SOD has tag 78.', withoutSecurityObject('undetermined FILE_MALFORMED'), (own) =>
    retagged(own, 0x78),
  ),
  file('sod-length-too-small', '18', 'EF.SOD says one byte less than it has.', malformed, (own) =>
    withLengthOff(own, -1),
  ),
  file(
    'sod-length-too-big',
    '19',
    'EF.SOD says one byte more than it has.',
    withoutSecurityObject('undetermined FILE_TRUNCATED'),
    (own) => withLengthOff(own, 1),
  ),
];

const signedData: readonly Misfortune[] = [
  {
    ...sod('signed-data-version-wrong', '20', 'SignedData says version 9.', unchanged, { version: [integer(9)] }),
    tolerated: oddVersion,
  },
  sod('signed-data-version-absent', '21', 'SignedData says no version.', malformed, { version: [] }),
  {
    ...sod('digest-list-names-md5', '22', 'SignedData lists MD5 as its only digest algorithm.', unchanged, {
      digestAlgorithms: [setOf(MD5)],
    }),
    tolerated: 'RFC 5652 section 5.1 leaves it to the reader whether the list counts; the signer says what it used',
  },
  sod('digest-list-absent', '23', 'SignedData has no list of digest algorithms.', malformed, { digestAlgorithms: [] }),
  sod(
    'content-type-wrong',
    '24',
    'The signed content is named as something else than an LDS security object.',
    { checks: { ...unsigned, 'security-object-hash': 'failed CONTENT_TYPE_WRONG' } },
    { contentType: [oid('2.23.136.1.1.9')] },
  ),
  sod('content-type-absent', '25', 'The signed content has no type.', malformed, { contentType: [] }),
];

const wrongDigest = (workshop: Workshop): Uint8Array =>
  createHash(workshop.issuer.signerKey.hash).update('another content').digest();

const signerInfo: readonly Misfortune[] = [
  {
    ...sod('signer-info-version-wrong', '26', 'SignerInfo says version 9.', unchanged, { signerVersion: [integer(9)] }),
    tolerated: oddVersion,
  },
  sod('signer-info-version-absent', '27', 'SignerInfo says no version.', malformed, { signerVersion: [] }),
  sod(
    'signer-name-wrong',
    '28',
    'The name and number of the signer are those of no certificate in EF.SOD.',
    withoutSigner('SIGNER_ABSENT'),
    ({ issuer }) => ({ signerIdentifier: [sequence(writeName(issuer.cscaName), integer(99))] }),
  ),
  sod(
    'signer-key-id-wrong',
    '29',
    'The key identifier of the signer is that of no certificate in EF.SOD.',
    withoutSigner('SIGNER_ABSENT'),
    { signerIdentifier: [contextPrimitive(0, new Uint8Array(20).fill(1))], signerVersion: [integer(3)] },
  ),
  sod(
    'signer-digest-md5',
    '30',
    'SignerInfo names MD5 as its digest algorithm.',
    { checks: { ...unsigned, 'security-object-hash': 'undetermined ALGORITHM_UNKNOWN' } },
    { signerDigest: [MD5] },
  ),
  sod('signer-digest-absent', '31', 'SignerInfo names no digest algorithm.', malformed, { signerDigest: [] }),
  sod(
    'message-digest-wrong',
    '32',
    'The digest that was signed is not that of the content.',
    { checks: { ...unsigned, 'security-object-hash': 'failed CONTENT_HASH_MISMATCH' } },
    (workshop) => ({ messageDigest: [attribute('MESSAGE_DIGEST', octetString(wrongDigest(workshop)))] }),
  ),
  sod('message-digest-absent', '33', 'No digest was signed.', malformed, { messageDigest: [] }),
  {
    ...sod('signing-time-malformed', '34', 'The time of signing is no time.', unchanged, {
      signingTime: [attribute('SIGNING_TIME', writeTLV(0x17, Buffer.from('991399999999Z', 'ascii')))],
    }),
    tolerated: 'the attribute is optional, and only the signer vouches for it: nothing rests on it',
  },
  sod('signing-time-absent', '35', 'The time of signing is not said, which is allowed.', unchanged, {
    signingTime: [],
  }),
  sod(
    'signature-algorithm-not-allowed',
    '36',
    'The signature is said to be one with MD5 and RSA.',
    { checks: { ...unsigned, 'security-object-signature': 'undetermined ALGORITHM_UNKNOWN' } },
    { signatureAlgorithm: [MD5_WITH_RSA] },
  ),
  sod(
    'signature-wrong',
    '37',
    'The signature is a sound one over something else.',
    { checks: { ...unsigned, 'security-object-signature': 'failed SIGNATURE_INVALID' } },
    { sign: (attributes, key) => signWith(key, flipped(attributes, -1)) },
  ),
  sod('signature-absent', '38', 'There is no signature.', malformed, { signature: [] }),
];

const listedHash = (number: number): Uint8Array => sequence(integer(number), octetString(new Uint8Array(32).fill(7)));
const without = (passport: Passport, number: number): ReadonlyMap<number, Uint8Array> =>
  new Map([...dataGroupsOf(passport)].filter(([listed]) => listed !== number));

const securityObject: readonly Misfortune[] = [
  {
    ...sod('sod-version-wrong', '39', 'The LDS security object says version 9.', unchanged, {
      ldsVersion: [integer(9)],
    }),
    tolerated: oddVersion,
  },
  sod('sod-version-absent', '40', 'The LDS security object says no version.', malformed, { ldsVersion: [] }),
  sod(
    'data-group-hash-md5',
    '41',
    'The hashes of the data groups are said to be MD5.',
    {
      checks: {
        ...unusableDG1('undetermined ALGORITHM_UNKNOWN').checks,
        'data-group-2-hash': 'undetermined ALGORITHM_UNKNOWN',
      },
    },
    { ldsAlgorithm: [MD5] },
  ),
  sod('data-group-hash-unnamed', '42', 'How the data groups are hashed is not said.', malformed, { ldsAlgorithm: [] }),
  sod(
    'dg2-hash-wrong',
    '43',
    'The signed hash of DG2 is not that of DG2.',
    { checks: { 'data-group-2-hash': 'failed DATA_GROUP_HASH_MISMATCH' } },
    (_workshop, passport) => ({
      dataGroups: new Map(dataGroupsOf(passport)).set(2, new Uint8Array(40)),
    }),
  ),
  sod(
    'dg1-hash-absent',
    '44',
    'EF.SOD has no hash of DG1.',
    unusableDG1('failed DATA_GROUP_NOT_LISTED'),
    (_workshop, passport) => ({ dataGroups: without(passport, 1) }),
  ),
  sod(
    'dg10-hash-besides',
    '45',
    'EF.SOD has a hash of DG10, which the document does not have.',
    {
      checks: { 'files-consistent': 'failed COM_INCOMPLETE' },
      evidence: { 'files-consistent': { missing: ['DG10'] } },
    },
    { moreHashes: [listedHash(10)] },
  ),
  sod('data-group-number-wrong', '46', 'EF.SOD has a hash of a data group 17.', malformed, {
    moreHashes: [listedHash(17)],
  }),
  sod('dg2-number-absent', '47', 'The hash of DG2 stands in EF.SOD without its number.', malformed, (_w, passport) => ({
    dataGroups: without(passport, 2),
    moreHashes: [sequence(octetString(new Uint8Array(32).fill(7)))],
  })),
  {
    ...entry(
      'signature-and-data-group-wrong',
      '69',
      'The signature is wrong and DG1 altered: the signature decides, and DG1 is not judged by unsigned hashes.',
      { checks: { ...unsigned, 'security-object-signature': 'failed SIGNATURE_INVALID' } },
    ),
    profile,
    arrange: (workshop) => {
      const passport = workshop.issue(profile);
      const forged = signedAs(workshop, passport, { sign: (attributes, key) => signWith(key, flipped(attributes, 4)) });
      const dg1 = flipped(fileOf(passport.files, FileId.DG1), -10);
      return workshop.arrange(withFile(forged, FileId.DG1, dg1));
    },
  },
];

export const ldsHSignedData: readonly Misfortune[] = [...files, ...signedData, ...signerInfo, ...securityObject];
