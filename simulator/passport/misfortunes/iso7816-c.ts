/** Unit ISO7816_C: files are selected and read. */
import { StatusWord } from '../../../drivers/emrtd/iso7816/apdu.ts';
import { FileId } from '../../../drivers/emrtd/lds/data-groups.ts';
import type { Portrait } from '../face-record.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import { type EndOfFile, aboutFile, endingFilesWith, refusing } from '../misbehaviour-ingredients.ts';
import { profileNamed } from '../profiles.ts';
import { unchanged, unusableDG1 } from './expectations.ts';
import type { Expectation, Misfortune } from './misfortune.ts';
import type { Workshop } from './workshop.ts';

const profile = profileNamed('bac-only');
/** READ BINARY with offset in P1 and P2 reaches this far. */
const EVEN_OFFSET_LIMIT = 0x8000;

const chip = (
  name: string,
  number: string,
  sentence: string,
  misbehaviour: Misbehaviour,
  expected: Expectation = unchanged,
): Misfortune => ({
  name,
  cases: [`ISO7816_C_${number}`],
  sentence,
  profile,
  arrange: (workshop) => workshop.arrange(workshop.issue(profile), { misbehaviour }),
  expected,
});

const portrait = (
  name: string,
  number: string,
  sentence: string,
  bytes: (own: Uint8Array) => Uint8Array,
  expected: Expectation = unchanged,
): Misfortune => ({
  name,
  cases: [`ISO7816_C_${number}`],
  sentence,
  profile,
  arrange: (workshop) => workshop.arrange(workshop.issue(profile, { portrait: withBytes(workshop, bytes) })),
  expected,
});

const ending = (name: string, number: string, style: EndOfFile, how: string): Misfortune =>
  chip(name, number, `Asked for more than the file has, the chip answers ${how}.`, endingFilesWith(style));

export const iso7816C: readonly Misfortune[] = [
  chip(
    'data-group-not-found',
    '01',
    'The chip says that it has no DG1, which EF.SOD lists.',
    refusing(aboutFile(FileId.DG1), StatusWord.FILE_NOT_FOUND),
    unusableDG1('failed FILE_ABSENT'),
  ),
  chip(
    'data-group-locked',
    '01',
    'The chip does not let the reader have DG1.',
    refusing(aboutFile(FileId.DG1), StatusWord.SECURITY_STATUS_NOT_SATISFIED),
    unusableDG1('undetermined FILE_REFUSED'),
  ),
  portrait('large-portrait', '02', 'DG2 has some 20,000 bytes.', (own) => padded(own, 20_000)),
  ending('file-ends-with-9000', '03', '9000', 'with what there is and 9000'),
  ending('file-ends-with-6b00', '04', '6b00', '6B00 and nothing'),
  ending('file-ends-with-6282', '05', '6282 without data', '6282 and nothing'),
  chip('file-ends-with-6282-and-data', '05', 'Asked for more than the file has, the chip gives all and 6282.', {}),
  ending('file-ends-with-6cxx', '06', '6cxx', '6C and the length that would do'),
  portrait(
    'portrait-beyond-32-kib',
    '07',
    'DG2 is so long that its end can be read with the odd instruction only.',
    (own) => padded(own, EVEN_OFFSET_LIMIT + 2000),
  ),
  portrait('empty-portrait', '08', 'DG2 holds a picture of no bytes.', () => new Uint8Array(0), {
    portraitUnavailable: 'DG2_MALFORMED',
  }),
];

function withBytes({ o }: Workshop, bytes: (own: Uint8Array) => Uint8Array): Portrait {
  return { ...o.portrait, bytes: bytes(o.portrait.bytes) };
}

function padded(own: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => own[i] ?? i % 251);
}
