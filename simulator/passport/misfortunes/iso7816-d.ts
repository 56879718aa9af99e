/** Unit ISO7816_D: Chip Authentication. */
import { Instruction, StatusWord } from '../../../drivers/emrtd/iso7816/apdu.ts';
import { writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { bitString, integer, oid, sequence } from '../der.ts';
import type { ChipAuthenticationOffer, DocumentProfile } from '../document-profile.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import { type When, all, instruction, refusing, underProtection } from '../misbehaviour-ingredients.ts';
import { profileNamed } from '../profiles.ts';
import { chipAuthenticationProtocol } from '../security-info-writer.ts';
import { dataGroup, flipped, infosOfDG14, withSignedGroups, writeInfosAsDG14 } from './document-files.ts';
import { isCopy, proofOpen, unchanged } from './expectations.ts';
import type { Expectation, Misfortune } from './misfortune.ts';

const ecdh: ChipAuthenticationOffer = {
  group: 'prime256v1',
  suite: 'aes-128',
  keyId: 'none',
  form: 'general-authenticate',
};
const dh: ChipAuthenticationOffer = { ...ecdh, group: 'rfc5114-1024-160' };
const withKeys = (name: string, ...chipAuthentication: readonly ChipAuthenticationOffer[]): DocumentProfile => ({
  ...profileNamed('bac-ca-ecdh'),
  name,
  chipAuthentication,
});

/** id-PK, 0.4.0.127.0.7.2.2.1, without tag and length. */
const PUBLIC_KEY = Uint8Array.of(0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x01);

const withDH = withKeys('bac-ca-dh-1024', dh);
const withECDH = withKeys('bac-ca-p256', ecdh);
const withOneReference = withKeys('bac-ca-key-1', { ...ecdh, keyId: 1 });
const withTwoReferences = withKeys(
  'bac-ca-keys-1-2',
  { ...ecdh, keyId: 1, suite: '3des' },
  { ...ecdh, keyId: 2, group: 'brainpoolP256r1' },
);
const withThreeReferences = withKeys(
  'bac-ca-keys-1-2-3',
  { ...ecdh, keyId: 1, suite: '3des' },
  { ...ecdh, keyId: 2 },
  { ...ecdh, keyId: 3, group: 'brainpoolP256r1', suite: 'aes-256' },
);

const agreeing: When = all(underProtection, instruction(Instruction.GENERAL_AUTHENTICATE));
/** Dynamic authentication data without anything in it: how a chip says that it has agreed. */
const agreed = { statusWord: StatusWord.OK, data: writeTLV(0x7c, new Uint8Array(0)) };

type Entry = Pick<Misfortune, 'name' | 'cases' | 'sentence' | 'profile' | 'expected'>;

const genuine = (entry: Entry): Misfortune => ({
  ...entry,
  arrange: (workshop) => workshop.arrange(workshop.issue(entry.profile)),
});

const chip = (entry: Entry, misbehaviour: () => Misbehaviour): Misfortune => ({
  ...entry,
  arrange: (workshop) => workshop.arrange(workshop.issue(entry.profile), { misbehaviour: misbehaviour() }),
});

/** DG14 with other SecurityInfos, signed. */
const signed = (entry: Entry, alter: (infos: readonly Uint8Array[]) => readonly Uint8Array[]): Misfortune => ({
  ...entry,
  arrange: (workshop) => {
    const passport = workshop.issue(entry.profile);
    const dg14 = writeInfosAsDG14(alter(infosOfDG14(dataGroup(passport, 14))));
    return workshop.arrange(withSignedGroups(workshop, passport, { 14: dg14 }));
  },
});

const unusableKey: Expectation = proofOpen('chip-authentication', 'CHIP_AUTHENTICATION_KEY_UNUSABLE');

export const iso7816D: readonly Misfortune[] = [
  genuine({
    name: 'chip-authentication-dh',
    cases: ['ISO7816_D_01'],
    sentence: 'The chip proves itself with a key over a prime field.',
    profile: withDH,
    expected: { evidence: { 'chip-authentication': { group: 'rfc5114-1024-160' } } },
  }),
  genuine({
    name: 'chip-authentication-ecdh',
    cases: ['ISO7816_D_02'],
    sentence: 'The chip proves itself with a key over a curve.',
    profile: withECDH,
    expected: { evidence: { 'chip-authentication': { group: 'prime256v1' } } },
  }),
  genuine({
    name: 'one-key-reference',
    cases: ['ISO7816_D_03'],
    sentence: 'The one key of DG14 has a number.',
    profile: withOneReference,
    expected: unchanged,
  }),
  genuine({
    name: 'two-key-references',
    cases: ['ISO7816_D_04'],
    sentence: 'DG14 holds two keys; the stronger one is used.',
    profile: withTwoReferences,
    expected: { evidence: { 'chip-authentication': { group: 'brainpoolP256r1', suite: 'aes-128' } } },
  }),
  genuine({
    name: 'three-key-references',
    cases: ['ISO7816_D_05'],
    sentence: 'DG14 holds three keys; the strongest one is used.',
    profile: withThreeReferences,
    expected: { evidence: { 'chip-authentication': { group: 'brainpoolP256r1', suite: 'aes-256' } } },
  }),
  {
    name: 'key-reference-unknown-to-chip',
    cases: ['ISO7816_D_06'],
    sentence: 'DG14 gives the key a number that the chip does not know.',
    profile: withOneReference,
    arrange: (workshop) => {
      const passport = workshop.issue(withOneReference);
      const chipAuthentication = passport.chipKeys.chipAuthentication.map((key) => ({ ...key, keyId: 9 }));
      return workshop.arrange({ ...passport, chipKeys: { ...passport.chipKeys, chipAuthentication } });
    },
    expected: isCopy('chip-authentication', 'CHIP_AUTHENTICATION_REFUSED'),
  },
  signed(
    {
      name: 'dh-key-outside-the-group',
      cases: ['ISO7816_D_07'],
      sentence: 'The public key of DG14 is no member of its prime-field group.',
      profile: withDH,
      expected: unusableKey,
    },
    (infos) => infos.map((info) => (isPublicKeyInfo(info) ? flipped(info, -1) : info)),
  ),
  signed(
    {
      name: 'ecdh-key-off-the-curve',
      cases: ['ISO7816_D_08'],
      sentence: 'The public key of DG14 is no point of its curve.',
      profile: withECDH,
      expected: unusableKey,
    },
    (infos) => infos.map((info) => (isPublicKeyInfo(info) ? flipped(info, -1) : info)),
  ),
  ...[withDH, withECDH].map(
    (profile, i): Misfortune => ({
      name: i === 0 ? 'dh-key-of-another-chip' : 'ecdh-key-of-another-chip',
      cases: [i === 0 ? 'ISO7816_D_07' : 'ISO7816_D_08'],
      sentence: 'The public key of DG14 is a sound one, but not the one to the private key in the chip.',
      profile,
      arrange: (workshop) => {
        const dg14 = dataGroup(workshop.issue(profile), 14);
        return workshop.arrange(withSignedGroups(workshop, workshop.issue(profile), { 14: dg14 }));
      },
      expected: isCopy('chip-authentication', 'CHIP_AUTHENTICATION_UNPROVEN'),
    }),
  ),
  chip(
    {
      name: 'chip-keeps-old-session',
      cases: ['ISO7816_D_09'],
      sentence: 'After chip authentication the chip goes on under the old session keys.',
      profile: withECDH,
      expected: isCopy('chip-authentication', 'CHIP_AUTHENTICATION_UNPROVEN'),
    },
    () => ({ answer: (moment, honest) => (agreeing(moment) ? agreed : honest()) }),
  ),
  chip(
    {
      name: 'ephemeral-key-used-once',
      cases: ['ISO7816_D_10'],
      sentence: 'The chip breaks the session at the first ephemeral key and refuses one that it has seen before.',
      profile: withECDH,
      expected: unchanged,
    },
    onlyFreshKeys,
  ),
  signed(
    {
      name: 'dh-key-without-parameters',
      cases: ['ISO7816_D_11'],
      sentence: 'The prime-field key of DG14 does not say its group.',
      profile: withDH,
      expected: unusableKey,
    },
    (infos) =>
      infos.map((info) => (isPublicKeyInfo(info) ? publicKeyInfo(1, sequence(oid('1.2.840.10046.2.1'))) : info)),
  ),
  signed(
    {
      name: 'ecdh-key-on-unknown-curve',
      cases: ['ISO7816_D_12'],
      sentence: 'The elliptic-curve key of DG14 names a curve that is not a standardized one.',
      profile: withECDH,
      expected: unusableKey,
    },
    (infos) =>
      infos.map((info) =>
        isPublicKeyInfo(info) ? publicKeyInfo(2, sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.10'))) : info,
      ),
  ),
  signed(
    {
      name: 'key-references-disagree',
      cases: ['ISO7816_D_13'],
      sentence: 'In DG14 the key has one number and the protocol names another.',
      profile: withOneReference,
      expected: proofOpen('chip-authentication', 'CHIP_AUTHENTICATION_UNSUPPORTED'),
    },
    (infos) => infos.map((info) => (isPublicKeyInfo(info) ? info : protocolInfo(withOneReference, 2))),
  ),
  genuine({
    name: 'chip-authentication-with-extended-length',
    cases: ['ISO7816_D_14'],
    sentence: 'The ephemeral key is too long for a command of short length.',
    profile: profileNamed('bac-ca-dh'),
    expected: { evidence: { 'chip-authentication': { group: 'rfc5114-2048-256' } } },
  }),
  ...[0x6300, 0x6700, 0x6982, 0x6985, 0x6a80, 0x6a86, 0x6a88, 0x6f00].map((statusWord) =>
    chip(
      {
        name: `stronger-key-refused-with-${statusWord.toString(16)}`,
        cases: ['ISO7816_D_15'],
        sentence: `The chip refuses the reference to its stronger key with ${statusWord.toString(16).toUpperCase()}.`,
        profile: withTwoReferences,
        expected: { evidence: { 'chip-authentication': { group: 'prime256v1', suite: '3des' } } },
      },
      () => refusing(referringTo(2), statusWord),
    ),
  ),
];

/** By the object identifier at its begin: id-PK and whatever stands below it. */
function isPublicKeyInfo(info: Uint8Array): boolean {
  return Buffer.from(info.subarray(0, 16)).includes(Buffer.from(PUBLIC_KEY));
}

function publicKeyInfo(agreement: 1 | 2, algorithm: Uint8Array): Uint8Array {
  const key = bitString(agreement === 1 ? integer(2) : Uint8Array.of(0x04, ...new Uint8Array(64).fill(1)));
  return sequence(oid(`0.4.0.127.0.7.2.2.1.${agreement}`), sequence(algorithm, key));
}

function protocolInfo({ chipAuthentication: [offer = ecdh] }: DocumentProfile, keyId: number): Uint8Array {
  return sequence(oid(chipAuthenticationProtocol(offer)), integer(1), integer(keyId));
}

/** MSE:Set AT with this key reference. */
function referringTo(keyId: number): When {
  const reference = writeTLV(0x84, Uint8Array.of(keyId));
  return ({ command }) =>
    command?.ins === Instruction.MANAGE_SECURITY_ENVIRONMENT &&
    Buffer.from(command.data ?? []).includes(Buffer.from(reference));
}

function onlyFreshKeys(): Misbehaviour {
  const seen = new Set<string>();
  return {
    answer: (moment, honest) => {
      if (!agreeing(moment)) return honest();
      const key = Buffer.from(moment.command?.data ?? []).toString('hex');
      if (seen.has(key)) return { statusWord: StatusWord.WRONG_DATA };
      seen.add(key);
      return seen.size === 1 ? agreed : honest();
    },
  };
}
