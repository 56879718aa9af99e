/** Unit LDS_A: EF.COM. It is not signed; all that is asked of it is that it lists what EF.SOD lists. */
import { FileId } from '../../../drivers/emrtd/lds/data-groups.ts';
import { writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { writeCOM } from '../logical-data-structure.ts';
import { profileNamed } from '../profiles.ts';
import { retagged, withFile, withLengthOff } from './document-files.ts';
import { unchanged } from './expectations.ts';
import type { Expectation, Misfortune, Outcome } from './misfortune.ts';

const profile = profileNamed('bac-only');
const genuine = writeCOM([1, 2]);
const ascii = (text: string): Uint8Array => Buffer.from(text, 'ascii');
const versions = { lds: ascii('0107'), unicode: ascii('040000') };

/** EF.COM with these parts; null leaves one out. */
function commonData(o: {
  readonly lds?: Uint8Array | null;
  readonly unicode?: Uint8Array | null;
  readonly tags?: readonly number[] | null;
}): Uint8Array {
  const { lds = versions.lds, unicode = versions.unicode, tags = [0x61, 0x75] } = o;
  const parts = [
    lds && writeTLV(0x5f01, lds),
    unicode && writeTLV(0x5f36, unicode),
    tags && writeTLV(0x5c, Uint8Array.from(tags)),
  ];
  return writeTLV(0x60, ...parts.filter((part) => part !== null));
}

const com = (
  name: string,
  number: string,
  sentence: string,
  file: Uint8Array,
  expected: Expectation = unchanged,
): Misfortune => ({
  name,
  cases: [`LDS_A_${number}`],
  sentence,
  profile,
  arrange: (workshop) => workshop.arrange(withFile(workshop.issue(profile), FileId.COM, file)),
  expected,
});

const consistency = (outcome: Outcome): Expectation => ({ checks: { 'files-consistent': outcome } });
/** The list of data groups is what counts; the rest of an unsigned file proves nothing either way. */
const tolerated = 'EF.COM is not signed, and odd versions occur in documents in use';

export const ldsA: readonly Misfortune[] = [
  com(
    'com-mislabelled',
    '01',
    'EF.COM has tag 61.',
    retagged(genuine, 0x61),
    consistency('undetermined FILE_MALFORMED'),
  ),
  com('com-length-too-small', '02', 'EF.COM says one byte less than it has.', withLengthOff(genuine, -1), {
    checks: { 'files-consistent': 'failed COM_MALFORMED' },
  }),
  com(
    'com-length-too-big',
    '03',
    'EF.COM says one byte more than it has.',
    withLengthOff(genuine, 1),
    consistency('undetermined FILE_TRUNCATED'),
  ),
  { ...com('com-lds-version-3', '04', 'EF.COM names LDS version 3.0.', commonData({ lds: ascii('0300') })), tolerated },
  { ...com('com-without-lds-version', '05', 'EF.COM names no LDS version.', commonData({ lds: null })), tolerated },
  {
    ...com('com-unicode-version-5', '06', 'EF.COM names Unicode 5.0.', commonData({ unicode: ascii('050000') })),
    tolerated,
  },
  {
    ...com('com-without-unicode-version', '07', 'EF.COM names no Unicode version.', commonData({ unicode: null })),
    tolerated,
  },
  com(
    'com-without-dg1',
    '08',
    'EF.COM does not list DG1.',
    commonData({ tags: [0x75] }),
    consistency('failed COM_INCOMPLETE'),
  ),
  com(
    'com-without-list',
    '09',
    'EF.COM has no list of data groups.',
    commonData({ tags: null }),
    consistency('failed COM_MALFORMED'),
  ),
  com('com-lds-version-1-8', '10', 'EF.COM names LDS version 1.8.', commonData({ lds: ascii('0108') })),
];
