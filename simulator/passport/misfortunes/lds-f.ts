/** Unit LDS_F: DG14. Every altered DG14 is signed. */
import { integer, oid, sequence } from '../der.ts';
import { profileNamed } from '../profiles.ts';
import {
  dataGroup,
  infosOfDG14,
  retagged,
  withLengthOff,
  withSignedGroups,
  writeInfosAsDG14,
} from './document-files.ts';
import { isCopy, proofOpen } from './expectations.ts';
import type { Expectation, Misfortune, Outcome } from './misfortune.ts';

const profile = profileNamed('bac-ca-ecdh');
const CHIP_AUTHENTICATION = '0.4.0.127.0.7.2.2.3.2.2';

const dg14 = (
  name: string,
  number: string,
  sentence: string,
  expected: Expectation,
  alter: (file: Uint8Array) => Uint8Array,
): Misfortune => ({
  name,
  cases: [`LDS_F_${number}`],
  sentence,
  profile,
  arrange: (workshop) => {
    const passport = workshop.issue(profile);
    return workshop.arrange(withSignedGroups(workshop, passport, { 14: alter(dataGroup(passport, 14)) }));
  },
  expected,
});

/** What a file that cannot be used leaves open. */
const unusable = (finding: Outcome): Expectation => ({
  checks: {
    'data-group-14-hash': finding,
    'card-access-matches': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
    'chip-authentication': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
    'chip-authenticity': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
  },
});
const malformed: Expectation = {
  checks: {
    'card-access-matches': 'undetermined SECURITY_INFOS_MALFORMED',
    'chip-authentication': 'undetermined SECURITY_INFOS_MALFORMED',
    'chip-authenticity': 'undetermined SECURITY_INFOS_MALFORMED',
  },
};

/** The information about the protocol, which is shorter than that with the key, in other words. */
const withProtocolInfo =
  (...fields: readonly Uint8Array[]) =>
  (file: Uint8Array): Uint8Array => {
    const infos = infosOfDG14(file);
    const [shortest] = [...infos].sort((one, other) => one.length - other.length);
    return writeInfosAsDG14(infos.map((info) => (info === shortest ? sequence(...fields) : info)));
  };

export const ldsF: readonly Misfortune[] = [
  dg14('dg14-mislabelled', '01', 'DG14 has tag 6F.', unusable('undetermined FILE_MALFORMED'), (file) =>
    retagged(file, 0x6f),
  ),
  dg14(
    'dg14-length-too-small',
    '02',
    'DG14 says one byte less than it has; what can be read is not what was signed.',
    unusable('failed DATA_GROUP_HASH_MISMATCH'),
    (file) => withLengthOff(file, -1),
  ),
  dg14(
    'dg14-length-too-big',
    '03',
    'DG14 says one byte more than it has.',
    unusable('undetermined FILE_TRUNCATED'),
    (file) => withLengthOff(file, 1),
  ),
  dg14(
    'protocol-unknown',
    '04',
    'DG14 holds a key and names a protocol that does not exist; the one that older documents mean, the chip refuses.',
    isCopy('chip-authentication', 'CHIP_AUTHENTICATION_REFUSED'),
    withProtocolInfo(oid('0.4.0.127.0.7.2.2.3.9.9'), integer(1)),
  ),
  dg14(
    'protocol-absent',
    '05',
    'DG14 holds information that names no protocol.',
    malformed,
    withProtocolInfo(integer(1)),
  ),
  dg14(
    'protocol-version-wrong',
    '06',
    'DG14 names a version of chip authentication that travel documents do not have.',
    proofOpen('chip-authentication', 'CHIP_AUTHENTICATION_UNSUPPORTED'),
    withProtocolInfo(oid(CHIP_AUTHENTICATION), integer(9)),
  ),
  dg14(
    'protocol-version-absent',
    '07',
    'DG14 names a protocol without its version.',
    malformed,
    withProtocolInfo(oid(CHIP_AUTHENTICATION)),
  ),
];
