/** Unit ISO7816_F: Active Authentication. */
import { constants, createHash, privateEncrypt } from 'node:crypto';
import { Instruction, StatusWord } from '../../../drivers/emrtd/iso7816/apdu.ts';
import { concatBytes } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { integer, oid, sequence } from '../der.ts';
import type { ActiveAuthenticationOffer, DocumentProfile } from '../document-profile.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import { instruction } from '../misbehaviour-ingredients.ts';
import type { Passport } from '../passport.ts';
import { profileNamed } from '../profiles.ts';
import { withSignedGroups, writeInfosAsDG14 } from './document-files.ts';
import { isCopy, proofOpen } from './expectations.ts';
import type { Misfortune } from './misfortune.ts';

const signedWith = (activeAuthentication: ActiveAuthenticationOffer): DocumentProfile => ({
  ...profileNamed('bac-only'),
  name: `bac-aa-${activeAuthentication.kind}-${activeAuthentication.hash}`,
  activeAuthentication,
});

const withRSA = signedWith({ kind: 'rsa-1024', hash: 'sha256' });
const withECDSA = signedWith({ kind: 'ecdsa-prime256v1', hash: 'sha256' });

const genuine = (
  number: string,
  kind: ActiveAuthenticationOffer['kind'],
  hash: ActiveAuthenticationOffer['hash'],
): Misfortune => {
  const profile = signedWith({ kind, hash });
  const scheme = kind.startsWith('rsa') ? 'rsa' : 'ecdsa';
  return {
    name: `active-authentication-${scheme}-${hash}`,
    cases: [`ISO7816_F_${number}`],
    sentence: `The chip signs the challenge with ${scheme.toUpperCase()} and ${hash.toUpperCase()}.`,
    profile,
    arrange: (workshop) => workshop.arrange(workshop.issue(profile)),
    expected: { evidence: { 'active-authentication': { hash } } },
  };
};

export const iso7816F: readonly Misfortune[] = [
  genuine('01', 'rsa-1024', 'sha1'),
  genuine('02', 'ecdsa-prime256v1', 'sha256'),
  genuine('04', 'rsa-1024', 'sha224'),
  genuine('05', 'rsa-1024', 'sha256'),
  genuine('06', 'rsa-1024', 'sha384'),
  genuine('07', 'rsa-1024', 'sha512'),
  {
    name: 'signature-trailer-wrong',
    cases: ['ISO7816_F_08'],
    sentence: 'The trailer of the signature names another hash than the one in it.',
    profile: withRSA,
    arrange: (workshop) => {
      const passport = workshop.issue(withRSA);
      return workshop.arrange(passport, { misbehaviour: signingWithTrailer(passport, [0x38, 0xcc]) });
    },
    expected: isCopy('active-authentication', 'ACTIVE_AUTHENTICATION_UNPROVEN'),
  },
  {
    name: 'signature-trailer-unknown',
    cases: ['ISO7816_F_08'],
    sentence: 'The trailer of the signature is none of the standard.',
    profile: withRSA,
    arrange: (workshop) => {
      const passport = workshop.issue(withRSA);
      return workshop.arrange(passport, { misbehaviour: signingWithTrailer(passport, [0x34, 0xcd]) });
    },
    expected: isCopy('active-authentication', 'ACTIVE_AUTHENTICATION_UNPROVEN'),
  },
  {
    name: 'signature-algorithm-unknown',
    cases: ['ISO7816_F_09'],
    sentence: 'DG14 names an algorithm for active authentication that does not exist.',
    profile: withECDSA,
    arrange: (workshop) => {
      const info = sequence(oid('2.23.136.1.1.5'), integer(1), oid('0.4.0.127.0.7.1.1.4.1.99'));
      const dg14 = writeInfosAsDG14([info]);
      return workshop.arrange(withSignedGroups(workshop, workshop.issue(withECDSA), { 14: dg14 }));
    },
    expected: proofOpen('active-authentication', 'ALGORITHM_UNKNOWN'),
  },
];

/** ISO/IEC 9796-2 scheme 1 with SHA-256 and this trailer. */
function signingWithTrailer({ chipKeys }: Passport, trailer: readonly number[]): Misbehaviour {
  const isSigning = instruction(Instruction.INTERNAL_AUTHENTICATE);
  const key = chipKeys.activeAuthentication;
  return {
    answer: (moment, honest) => {
      if (!isSigning(moment) || key === null) return honest();
      const modulus_bytes = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
      const nonce = new Uint8Array(modulus_bytes - 35).fill(0x5a);
      const digest = createHash('sha256')
        .update(nonce)
        .update(moment.command?.data ?? new Uint8Array(0))
        .digest();
      const message = concatBytes(Uint8Array.of(0x6a), nonce, digest, Uint8Array.from(trailer));
      const data = privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, message);
      return { statusWord: StatusWord.OK, data: Uint8Array.from(data) };
    },
  };
}
