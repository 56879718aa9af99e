/** Unit LDS_I: DG15. Every altered DG15 is signed. */
import type { DocumentProfile } from '../document-profile.ts';
import { profileNamed } from '../profiles.ts';
import { dataGroup, retagged, withLengthOff, withSignedGroups } from './document-files.ts';
import type { Expectation, Misfortune, Outcome } from './misfortune.ts';

const profile: DocumentProfile = {
  ...profileNamed('bac-only'),
  name: 'bac-aa-ecdsa-p256',
  activeAuthentication: { kind: 'ecdsa-prime256v1', hash: 'sha256' },
};

const unusable = (finding: Outcome): Expectation => ({
  checks: {
    'data-group-15-hash': finding,
    'active-authentication': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
    'chip-authenticity': 'undetermined CHIP_AUTHENTICITY_UNVERIFIED',
  },
});

const dg15 = (
  name: string,
  number: string,
  sentence: string,
  finding: Outcome,
  alter: (file: Uint8Array) => Uint8Array,
): Misfortune => ({
  name,
  cases: [`LDS_I_${number}`],
  sentence,
  profile,
  arrange: (workshop) => {
    const passport = workshop.issue(profile);
    return workshop.arrange(withSignedGroups(workshop, passport, { 15: alter(dataGroup(passport, 15)) }));
  },
  expected: unusable(finding),
});

export const ldsI: readonly Misfortune[] = [
  dg15('dg15-mislabelled', '01', 'DG15 has tag 70.', 'undetermined FILE_MALFORMED', (file) => retagged(file, 0x70)),
  dg15(
    'dg15-length-too-small',
    '02',
    'DG15 says one byte less than it has; what can be read is not what was signed.',
    'failed DATA_GROUP_HASH_MISMATCH',
    (file) => withLengthOff(file, -1),
  ),
  dg15('dg15-length-too-big', '03', 'DG15 says one byte more than it has.', 'undetermined FILE_TRUNCATED', (file) =>
    withLengthOff(file, 1),
  ),
];
