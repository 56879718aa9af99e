/** Unit LDS_K: EF.ATR/INFO, which says how long commands and answers may be. */
import { Instruction } from '../../../drivers/emrtd/iso7816/apdu.ts';
import { writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { FileId } from '../../../drivers/emrtd/lds/data-groups.ts';
import type { DocumentProfile } from '../document-profile.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import { type When, aboutFile, silent } from '../misbehaviour-ingredients.ts';
import { profileNamed } from '../profiles.ts';
import { withMasterFile } from './document-files.ts';
import { unchanged } from './expectations.ts';
import type { Misfortune } from './misfortune.ts';

const profile: DocumentProfile = {
  ...profileNamed('bac-only'),
  name: 'bac-extended-length',
  extendedLength_bytes: 1000,
};
const capabilities = writeTLV(0x47, Uint8Array.of(0x94, 0x01, 0xe0));
const limit = (...octets: readonly number[]): Uint8Array => writeTLV(0x02, Uint8Array.from(octets));

const readingDG2 = aboutFile(FileId.DG2);
/** DG2, which is long, asked for from its begin in a command of short length. */
const isShortBlock: When = (moment) => {
  const { command } = moment;
  if (command?.ins !== Instruction.READ_BINARY || moment.isExtended) return false;
  return readingDG2(moment) && command.p2 === 0 && (command.p1 === 0 || command.p1 >= 0x80);
};
const isExtended: When = (moment) => moment.isExtended;

const atrInfo = (
  name: string,
  number: string,
  sentence: string,
  limits: Uint8Array,
  misbehaviour: Misbehaviour,
): Misfortune => ({
  name,
  cases: [`LDS_K_${number}`],
  sentence,
  profile,
  arrange: (workshop) => {
    const file = Uint8Array.from([...capabilities, ...limits]);
    return workshop.arrange(withMasterFile(workshop.issue(profile), FileId.ATRInfo, file), { misbehaviour });
  },
  expected: unchanged,
});

export const ldsK: readonly Misfortune[] = [
  atrInfo(
    'length-limits-of-two-bytes',
    '01',
    'EF.ATR/INFO says with two bytes each how long commands and answers may be; the reader makes use of it.',
    writeTLV(0x7f66, limit(0x03, 0xe8), limit(0x03, 0xe8)),
    silent(isShortBlock),
  ),
  atrInfo(
    'length-limits-of-three-bytes',
    '02',
    'The same with three bytes each.',
    writeTLV(0x7f66, limit(0x00, 0x03, 0xe8), limit(0x00, 0x03, 0xe8)),
    silent(isShortBlock),
  ),
  atrInfo(
    'length-limit-of-answers-absent',
    '03',
    'EF.ATR/INFO says how long a command may be and not how long an answer: the reader keeps to short length.',
    writeTLV(0x7f66, limit(0x03, 0xe8)),
    silent(isExtended),
  ),
  atrInfo(
    'length-limits-mislabelled',
    '04',
    'The limits in EF.ATR/INFO stand under another tag: the reader keeps to short length.',
    writeTLV(0x7f67, limit(0x03, 0xe8), limit(0x03, 0xe8)),
    silent(isExtended),
  ),
];
