/** Unit ISO7816_B: Basic Access Control, secure messaging after it, and a signer that was revoked. */
import { deriveKey, macOf } from '../../../drivers/emrtd/access/cipher-suite.ts';
import { Instruction, StatusWord } from '../../../drivers/emrtd/iso7816/apdu.ts';
import { concatBytes } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { passwordOfMRZ } from '../chip-passwords.ts';
import { writeCRL } from '../crl.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import {
  all,
  instruction,
  refusing,
  underProtection,
  unprotectedStatus,
  withData,
  without,
  wrongChecksum,
  wrongCryptogram,
} from '../misbehaviour-ingredients.ts';
import type { Passport } from '../passport.ts';
import { profileNamed } from '../profiles.ts';
import { flipped } from './document-files.ts';
import { basicAccessFailed, endedAfterAccess, withoutSecurityObject } from './expectations.ts';
import type { Expectation, Misfortune } from './misfortune.ts';
import { DAY_MS } from './workshop.ts';

const profile = profileNamed('bac-only');
const authenticating = instruction(Instruction.EXTERNAL_AUTHENTICATE);
const reading = all(underProtection, instruction(Instruction.READ_BINARY));
const CRYPTOGRAM_BYTES = 32;

type Entry = Pick<Misfortune, 'name' | 'cases' | 'sentence' | 'expected'>;

const chip = (entry: Entry, misbehaviour: (passport: Passport) => Misbehaviour): Misfortune => ({
  ...entry,
  profile,
  arrange: (workshop) => {
    const passport = workshop.issue(profile);
    return workshop.arrange(passport, { misbehaviour: misbehaviour(passport) });
  },
});

const sealing = (
  name: string,
  number: string,
  sentence: string,
  misbehaviour: Misbehaviour,
  expected: Expectation = endedAfterAccess('SECURE_MESSAGING_FAILED'),
): Misfortune => chip({ name, cases: [`ISO7816_B_${number}`], sentence, expected }, () => misbehaviour);

export const iso7816B: readonly Misfortune[] = [
  chip(
    {
      name: 'access-checksum-wrong',
      cases: ['ISO7816_B_01'],
      sentence: 'The answer in which the chip proves that it knows the access keys has a wrong checksum.',
      expected: basicAccessFailed('ACCESS_UNPROVEN'),
    },
    () => withData(authenticating, (data) => flipped(data, -1)),
  ),
  chip(
    {
      name: 'access-cryptogram-wrong',
      cases: ['ISO7816_B_02'],
      sentence: 'The same answer with a right checksum over a wrong cryptogram.',
      expected: basicAccessFailed('ACCESS_UNPROVEN'),
    },
    (passport) => withData(authenticating, (data) => withWrongCryptogram(passport, data)),
  ),
  chip(
    {
      name: 'access-refused',
      cases: ['ISO7816_B_03'],
      sentence: 'The chip says that the access keys of the reader are wrong.',
      expected: basicAccessFailed('ACCESS_REFUSED'),
    },
    () => refusing(authenticating, StatusWord.AUTHENTICATION_FAILED),
  ),
  ...[StatusWord.SECURE_MESSAGING_OBJECT_MISSING, StatusWord.SECURE_MESSAGING_OBJECT_WRONG].map((statusWord) =>
    sealing(
      `session-ended-with-${statusWord.toString(16)}`,
      '04',
      `The chip ends secure messaging by a bare status word ${statusWord.toString(16)}.`,
      unprotectedStatus(statusWord, reading),
    ),
  ),
  sealing('answer-without-checksum', '05', 'A protected answer has no checksum.', without('checksum', reading)),
  sealing(
    'answer-without-cryptogram',
    '06',
    'Protected answers that should bring data bring none; their checksum fits what is left.',
    without('cryptogram', reading),
    withFilesRefused(),
  ),
  sealing(
    'answer-without-status',
    '07',
    'A protected answer has no protected status word.',
    without('status', reading),
  ),
  sealing('answer-checksum-wrong', '08', 'A protected answer has a wrong checksum.', wrongChecksum(reading)),
  sealing(
    'answer-cryptogram-wrong',
    '09',
    'A protected answer has a wrong cryptogram under a checksum that fits it.',
    wrongCryptogram(reading),
  ),
  {
    name: 'signer-revoked',
    cases: ['ISO7816_B_10'],
    sentence: 'The document signer stands in the revocation list of its CSCA.',
    profile,
    arrange: (workshop) => {
      const { issuer, now_ms } = workshop;
      const list = writeCRL(issuer, {
        revoked: [{ serialNumber: issuer.signerSerialNumber, at_ms: now_ms - DAY_MS }],
        thisUpdate_ms: now_ms - DAY_MS,
        nextUpdate_ms: now_ms + DAY_MS,
        number: 1,
      });
      return workshop.arrange(workshop.issue(profile), { revocationLists: [list] });
    },
    expected: {
      checks: { 'certificate-revocation': 'failed SIGNER_REVOKED', 'signer-trust': 'failed SIGNER_REVOKED' },
    },
  },
];

function withWrongCryptogram({ mrzLines }: Passport, data: Uint8Array): Uint8Array {
  const key = deriveKey('3des', passwordOfMRZ(mrzLines).subarray(0, 16), 2);
  const cryptogram = flipped(data.subarray(0, CRYPTOGRAM_BYTES), 0);
  return concatBytes(cryptogram, macOf('3des', key, cryptogram));
}

function withFilesRefused(): Expectation {
  return withoutSecurityObject('undetermined FILE_REFUSED');
}
