/** Unit LDS_C: DG2. Every altered DG2 is signed: it is what the issuer made, and not what the standard asks. */
import { concatBytes, writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { type Portrait, writeFaceRecord19794 } from '../face-record.ts';
import { profileNamed } from '../profiles.ts';
import { retagged, withLengthOff, withSignedGroups } from './document-files.ts';
import { unchanged } from './expectations.ts';
import type { Expectation, Misfortune } from './misfortune.ts';

const profile = profileNamed('bac-only');

/** Bytes of ISO/IEC 19794-5:2005 from the start of the record. */
const At = {
  formatIdentifier: 0,
  version: 4,
  recordLength: 8,
  faceLength: 14,
  featurePoints: 18,
  gender: 20,
  eyeColour: 21,
  hairColour: 22,
  yaw: 28,
  pitch: 29,
  roll: 30,
  yawUncertainty: 31,
  pitchUncertainty: 32,
  rollUncertainty: 33,
  imageType: 34,
  imageFormat: 35,
} as const;
const IMAGE_INFORMATION_AT = 34;
const FEATURE_POINT_BYTES = 8;

type Parts = {
  readonly count?: Uint8Array | null;
  readonly biometricType?: Uint8Array;
  readonly formatOwner?: Uint8Array | null;
  readonly formatType?: Uint8Array | null;
  /** The face record; null: there is none. */
  readonly record?: Uint8Array | null;
};

/** DG2 with one template, in which parts can be others. */
function writeTemplate(portrait: Portrait, parts: Parts): Uint8Array {
  const { count = Uint8Array.of(1), biometricType = Uint8Array.of(2) } = parts;
  const { formatOwner = Uint8Array.of(1, 1), formatType = Uint8Array.of(0, 8) } = parts;
  const { record = writeFaceRecord19794(portrait) } = parts;
  const header = writeTLV(
    0xa1,
    writeTLV(0x81, biometricType),
    writeTLV(0x82, Uint8Array.of(0)),
    ...(formatOwner === null ? [] : [writeTLV(0x87, formatOwner)]),
    ...(formatType === null ? [] : [writeTLV(0x88, formatType)]),
  );
  const template = writeTLV(0x7f60, header, ...(record === null ? [] : [writeTLV(0x5f2e, record)]));
  return writeTLV(0x75, writeTLV(0x7f61, ...(count === null ? [] : [writeTLV(0x02, count)]), template));
}

type Entry = Pick<Misfortune, 'name' | 'cases' | 'sentence' | 'expected' | 'tolerated'>;

const dg2 = (entry: Entry, write: (portrait: Portrait) => Uint8Array): Misfortune => ({
  ...entry,
  profile,
  arrange: (workshop) =>
    workshop.arrange(withSignedGroups(workshop, workshop.issue(profile), { 2: write(workshop.o.portrait) })),
});

const entry = (name: string, number: string, sentence: string, expected: Expectation = unchanged): Entry => ({
  name,
  cases: [`LDS_C_${number}`],
  sentence,
  expected,
});

const unreadable: Expectation = { portraitUnavailable: 'DG2_MALFORMED' };

const jpeg2000 = ({ bytes, ...portrait }: Portrait): Portrait => ({
  ...portrait,
  format: 'jpeg2000',
  bytes: concatBytes(Uint8Array.of(0xff, 0x4f, 0xff, 0x51), bytes.subarray(4)),
});

const pictures: readonly Misfortune[] = [
  dg2(
    entry('portrait-in-jpeg2000', '01', 'A genuine DG2 with a JPEG 2000 picture.', {
      evidence: { 'data-group-2-hash': { image: 'jpeg2000' } },
    }),
    (own) => writeTemplate(jpeg2000(own), {}),
  ),
  dg2(
    entry('portrait-in-jpeg', '02', 'A genuine DG2 with a JPEG picture.', {
      evidence: { 'data-group-2-hash': { image: 'jpeg' } },
    }),
    (own) => writeTemplate(own, {}),
  ),
  dg2(
    entry('portrait-with-feature-points', '03', 'A genuine DG2 with a JPEG 2000 picture and feature points.', {
      evidence: { 'data-group-2-hash': { image: 'jpeg2000' } },
    }),
    (own) => writeTemplate(own, { record: withFeaturePoints(jpeg2000(own), 3, 3) }),
  ),
];

const unusable = (
  finding: 'undetermined FILE_MALFORMED' | 'failed DATA_GROUP_HASH_MISMATCH' | 'undetermined FILE_TRUNCATED',
) => ({
  checks: { 'data-group-2-hash': finding },
});

const files: readonly Misfortune[] = [
  dg2(entry('dg2-mislabelled', '04', 'DG2 has tag 76.', unusable('undetermined FILE_MALFORMED')), (own) =>
    retagged(writeTemplate(own, {}), 0x76),
  ),
  dg2(
    entry(
      'dg2-length-too-small',
      '05',
      'DG2 says one byte less than it has; what can be read is not what was signed.',
      unusable('failed DATA_GROUP_HASH_MISMATCH'),
    ),
    (own) => withLengthOff(writeTemplate(own, {}), -1),
  ),
  dg2(
    entry('dg2-length-too-big', '06', 'DG2 says one byte more than it has.', unusable('undetermined FILE_TRUNCATED')),
    (own) => withLengthOff(writeTemplate(own, {}), 1),
  ),
];

const headers: readonly Misfortune[] = (
  [
    ['07', 'portrait-count-absent', 'The number of templates is missing.', { count: null }],
    [
      '08',
      'format-owner-wrong',
      'The header names an owner of the format that is none.',
      { formatOwner: Uint8Array.of(9, 9) },
    ],
    ['09', 'format-owner-absent', 'The header names no owner of the format.', { formatOwner: null }],
    [
      '10',
      'format-type-wrong',
      'The header names a format that faces do not have.',
      { formatType: Uint8Array.of(0, 7) },
    ],
    ['11', 'format-type-absent', 'The header names no format.', { formatType: null }],
    [
      '12',
      'biometric-type-deprecated',
      'The header names the kind of biometrics in an old way.',
      { biometricType: Uint8Array.of(0, 2) },
    ],
    [
      '13',
      'biometric-type-wrong',
      'The header says that the template is of a fingerprint.',
      { biometricType: Uint8Array.of(8) },
    ],
  ] as const
).map(([number, name, sentence, parts]) => ({
  ...dg2(entry(name, number, sentence), (own) => writeTemplate(own, parts)),
  tolerated: 'what a signed record is, its own first bytes say',
}));

/** The record with another value in bytes of its header. */
const record = (
  name: string,
  number: string,
  sentence: string,
  at: number,
  bytes: readonly number[],
  expected?: Expectation,
) =>
  dg2(entry(name, number, sentence, expected), (own) =>
    writeTemplate(own, { record: patched(writeFaceRecord19794(own), at, bytes) }),
  );

const records: readonly Misfortune[] = [
  record(
    'face-format-unknown',
    '14',
    'The face record does not begin as one.',
    At.formatIdentifier,
    [0x46, 0x41, 0x44],
    unreadable,
  ),
  record(
    'face-edition-unknown',
    '15',
    'The face record is of an edition that does not exist.',
    At.version,
    [0x39, 0x39, 0x39],
    {
      portraitUnavailable: 'DG2_ENCODING_UNSUPPORTED',
    },
  ),
  {
    ...dg2(
      entry('face-length-without-points', '16', 'The face record has feature points that its lengths do not count.'),
      (own) => writeTemplate(own, { record: withFeaturePoints(own, 3, 0) }),
    ),
    tolerated: 'the picture is cut where the record says that it ends; a decoder has to show whether it is whole',
  },
  ...(
    [
      ['17', 'gender', 'gender-wrong', 'gender', 0x7f],
      ['18', 'eyeColour', 'eye-colour-wrong', 'eye colour', 0x7f],
      ['19', 'hairColour', 'hair-colour-wrong', 'hair colour', 0x7f],
      ['20', 'yaw', 'yaw-wrong', 'yaw', 0xff],
      ['21', 'pitch', 'pitch-wrong', 'pitch', 0xff],
      ['22', 'roll', 'roll-wrong', 'roll', 0xff],
      ['23', 'yawUncertainty', 'yaw-uncertainty-wrong', 'uncertainty of the yaw', 0xff],
      ['24', 'pitchUncertainty', 'pitch-uncertainty-wrong', 'uncertainty of the pitch', 0xff],
      ['25', 'rollUncertainty', 'roll-uncertainty-wrong', 'uncertainty of the roll', 0xff],
      ['26', 'imageType', 'image-type-wrong', 'type of the picture', 0x7f],
      ['27', 'imageFormat', 'image-format-wrong', 'format of the picture', 0x7f],
    ] as const
  ).map(([number, field, name, words, value]) => ({
    ...record(name, number, `The face record gives a value for the ${words} that is none.`, At[field], [value]),
    tolerated: 'no check rests on what the record says about the picture beside it',
  })),
  dg2(entry('face-absent', '28', 'DG2 has a template without a face record.', unreadable), (own) =>
    writeTemplate(own, { record: null }),
  ),
];

export const ldsC: readonly Misfortune[] = [...pictures, ...files, ...headers, ...records];

function patched(bytes: Uint8Array, at: number, by: readonly number[]): Uint8Array {
  return bytes.map((octet, i) => by[i - at] ?? octet);
}

/** `points` of them in the record, `counted` of them in its lengths. */
function withFeaturePoints(portrait: Portrait, points: number, counted: number): Uint8Array {
  const plain = writeFaceRecord19794(portrait);
  const added = new Uint8Array(points * FEATURE_POINT_BYTES).fill(1);
  const whole = concatBytes(plain.subarray(0, IMAGE_INFORMATION_AT), added, plain.subarray(IMAGE_INFORMATION_AT));
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  view.setUint16(At.featurePoints, points);
  view.setUint32(At.recordLength, plain.length + counted * FEATURE_POINT_BYTES);
  view.setUint32(At.faceLength, plain.length - 14 + counted * FEATURE_POINT_BYTES);
  return whole;
}
