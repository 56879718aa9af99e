/** Unit ISO7816_G, second part: what can go wrong in each step of PACE. */
import { Instruction, StatusWord } from '../../../drivers/emrtd/iso7816/apdu.ts';
import { concatBytes, readTLV, readTLVs, writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { type FiniteGroup, bytesFrom } from '../../../drivers/emrtd/access/domain-parameters.ts';
import { paceStepOf } from '../chip-pace.ts';
import { groupOfParameterId } from '../document-keys.ts';
import type { DocumentProfile } from '../document-profile.ts';
import type { Misbehaviour } from '../misbehaviour.ts';
import { type When, refusing, withData, wrongTag } from '../misbehaviour-ingredients.ts';
import { flipped } from './document-files.ts';
import { isCopy, paceFailed, unchanged } from './expectations.ts';
import * as pace from './iso7816-g-profiles.ts';
import type { Expectation, Misfortune } from './misfortune.ts';

type Step = 1 | 2 | 3 | 4;

const chip = (
  entry: { readonly name: string; readonly cases: readonly string[]; readonly sentence: string },
  profile: DocumentProfile,
  misbehaviour: Misbehaviour,
  expected: Expectation,
): Misfortune => ({
  ...entry,
  profile,
  arrange: (workshop) => workshop.arrange(workshop.issue(profile), { misbehaviour }),
  expected,
});

const at =
  (step: Step): When =>
  ({ command, isProtected }) =>
    !isProtected && command !== undefined && paceStepOf(command) === step;
const isSetting: When = ({ command, isProtected }) =>
  !isProtected && command?.ins === Instruction.MANAGE_SECURITY_ENVIRONMENT;

/** The value of the one object in the answer of a step, altered. */
const altered = (step: Step, alter: (value: Uint8Array) => Uint8Array): Misbehaviour =>
  withData(at(step), (data) => {
    const object = readTLV(readTLV(data).value);
    return writeTLV(0x7c, writeTLV(object.tag, alter(object.value)));
  });

/** Cases of each step: an error in the answer, another tag, and an error status. */
const numbersOfStep: Readonly<Record<Step, readonly [error: string, tag: string, status: string]>> = {
  1: ['10', '11', '10'],
  2: ['12', '13', '14'],
  3: ['18', '19', '20'],
  4: ['24', '25', '26'],
};

const inEveryStep = ([1, 2, 3, 4] as const).flatMap((step): readonly Misfortune[] => {
  const [error, tag, status] = numbersOfStep[step].map((number) => `ISO7816_G_${number}`);
  const entry = (name: string, number: string | undefined, sentence: string) => ({
    name: `pace-step-${step}-${name}`,
    cases: number === undefined ? [] : [number],
    sentence,
  });
  const malformed = paceFailed('PACE_MALFORMED');
  return [
    chip(
      entry('refused', status, `The chip ends PACE with an error in step ${step}.`),
      pace.generic,
      refusing(at(step), StatusWord.WRONG_DATA),
      paceFailed('PACE_INTERRUPTED'),
    ),
    chip(
      entry('cut-short', error, `The answer of step ${step} ends too early.`),
      pace.generic,
      withData(at(step), (data) => data.subarray(0, -1)),
      malformed,
    ),
    chip(
      entry('empty', error, `The answer of step ${step} holds nothing.`),
      pace.generic,
      withData(at(step), () => writeTLV(0x7c, new Uint8Array(0))),
      malformed,
    ),
    chip(
      entry('mislabelled', tag, `The object in the answer of step ${step} has another tag.`),
      pace.generic,
      wrongTag(at(step)),
      malformed,
    ),
  ];
});

/** Step 3 answered with the key that the reader has just sent. */
const echoing: Misbehaviour = {
  answer: (moment, honest) => {
    const answer = honest();
    if (!at(3)(moment)) return answer;
    const readerKey = readTLV(readTLV(moment.command?.data ?? new Uint8Array(0)).value).value;
    return { ...answer, data: writeTLV(0x7c, writeTLV(0x84, readerKey)) };
  },
};

const single: readonly Misfortune[] = [
  ...[StatusWord.WRONG_DATA, StatusWord.REFERENCED_DATA_NOT_FOUND, 0x6f00].map((statusWord) =>
    chip(
      {
        name: `pace-not-begun-${statusWord.toString(16)}`,
        cases: ['ISO7816_G_08'],
        sentence: `The chip refuses to begin PACE, which it offers, with ${statusWord.toString(16).toUpperCase()}.`,
      },
      pace.generic,
      refusing(isSetting, statusWord),
      paceFailed('ACCESS_PROTOCOL_UNSUPPORTED'),
    ),
  ),
  chip(
    {
      name: 'nonce-altered',
      cases: ['ISO7816_G_09'],
      sentence: 'The reader gets another nonce than the chip goes on with.',
    },
    pace.generic,
    altered(1, (nonce) => flipped(nonce, 0)),
    paceFailed('ACCESS_REFUSED'),
  ),
  chip(
    {
      name: 'integrated-mapping-refused',
      cases: ['ISO7816_G_15'],
      sentence: 'The chip ends the integrated mapping with an error.',
    },
    pace.integrated,
    refusing(at(2), StatusWord.WRONG_DATA),
    paceFailed('PACE_INTERRUPTED'),
  ),
  chip(
    {
      name: 'reader-key-sent-back',
      cases: ['ISO7816_G_23'],
      sentence: 'The chip sends the ephemeral key of the reader back as its own.',
    },
    pace.generic,
    echoing,
    paceFailed('PACE_MALFORMED'),
  ),
  chip(
    {
      name: 'password-refused',
      cases: ['ISO7816_G_26'],
      sentence: 'The chip says in step 4 that the password is wrong.',
    },
    pace.generic,
    refusing(at(4), StatusWord.AUTHENTICATION_FAILED),
    paceFailed('ACCESS_REFUSED'),
  ),
  chip(
    {
      name: 'token-wrong',
      cases: ['ISO7816_G_24'],
      sentence: 'The token by which the chip proves that it knows the password is wrong.',
    },
    pace.generic,
    altered(4, (token) => flipped(token, 0)),
    paceFailed('ACCESS_UNPROVEN'),
  ),
];

type KeyVariants = Readonly<Record<string, readonly [words: string, alter: (key: Uint8Array) => Uint8Array]>>;

const pointVariants: KeyVariants = {
  'off-the-curve': ['is no point of the curve', (key) => flipped(key, -1)],
  'at-infinity': ['is the point at infinity', () => Uint8Array.of(0)],
  'at-zero': ['has the coordinates zero', (key) => key.map((octet, i) => (i === 0 ? octet : 0))],
  compressed: [
    'is a compressed point',
    (key) => concatBytes(Uint8Array.of(2 + ((key.at(-1) ?? 0) & 1)), key.subarray(1, (key.length + 1) / 2)),
  ],
  'cut-short': ['lacks its last byte', (key) => key.subarray(0, -1)],
  'on-another-curve': ['has the length of another curve', (key) => concatBytes(key, new Uint8Array(32).fill(1))],
};

const { p, p_bytes } = groupOfParameterId(pace.DH_1024) as FiniteGroup;
const numberVariants: KeyVariants = {
  'of-zero': ['is zero', () => new Uint8Array(p_bytes)],
  'of-one': ['is one', () => bytesFrom(1n, p_bytes)],
  'of-order-two': ['is p - 1', () => bytesFrom(p - 1n, p_bytes)],
  'of-the-prime': ['is p', () => bytesFrom(p, p_bytes)],
  'outside-the-subgroup': ['is no member of the subgroup', () => bytesFrom(2n, p_bytes)],
  'too-long': ['is longer than p', (key) => concatBytes(Uint8Array.of(1), key, new Uint8Array(1))],
};

function withKeys(step: 2 | 3, number: string, profile: DocumentProfile, variants: KeyVariants): readonly Misfortune[] {
  const kind = step === 2 ? 'mapping' : 'ephemeral';
  const of = profile === pace.overDH ? 'dh' : 'ecdh';
  return Object.entries(variants).map(([variant, [words, alter]]) =>
    chip(
      {
        name: `${of}-${kind}-key-${variant}`,
        cases: [`ISO7816_G_${number}`],
        sentence: `The ${kind} key of the chip ${words}.`,
      },
      profile,
      altered(step, alter),
      paceFailed('PACE_MALFORMED'),
    ),
  );
}

const AUTHENTICATION_DATA = 0x8a;

/** The answer of step 4 with another object in place of that with the proof; undefined leaves it out. */
const withProof = (alter: (proof: Uint8Array) => Uint8Array | undefined): Misbehaviour =>
  withData(at(4), (data) => {
    const objects = readTLVs(readTLV(data).value).map(({ tag, value, raw }) =>
      tag === AUTHENTICATION_DATA ? (alter(value) ?? new Uint8Array(0)) : raw,
    );
    return writeTLV(0x7c, ...objects);
  });

const proof = (
  name: string,
  number: string,
  sentence: string,
  alter: (proof: Uint8Array) => Uint8Array | undefined,
  expected: Expectation = paceFailed('PACE_MALFORMED'),
): Misfortune => chip({ name, cases: [`ISO7816_G_${number}`], sentence }, pace.chipMapping, withProof(alter), expected);

const proofs: readonly Misfortune[] = [
  proof('chip-proof-without-tag', '29', 'The proof of the chip stands in the answer without a tag.', (bytes) => bytes),
  proof('chip-proof-not-whole-blocks', '30', 'The proof of the chip is not a whole number of cipher blocks.', (bytes) =>
    writeTLV(AUTHENTICATION_DATA, bytes, new Uint8Array(1)),
  ),
  proof(
    'chip-proof-wrong',
    '31',
    'The proof of the chip is another number.',
    (bytes) => writeTLV(AUTHENTICATION_DATA, flipped(bytes, 0)),
    isCopy('pace-chip-authentication-mapping', 'CHIP_MAPPING_UNPROVEN'),
  ),
  proof('chip-proof-mislabelled', '32', 'The proof of the chip has the tag 8B.', (bytes) => writeTLV(0x8b, bytes)),
  proof('chip-proof-empty', '33', 'The object for the proof of the chip holds nothing.', () =>
    writeTLV(AUTHENTICATION_DATA, new Uint8Array(0)),
  ),
  proof('chip-proof-absent', '33', 'The chip offers to prove itself in PACE and does not.', () => undefined),
  chip(
    {
      name: 'chip-proof-unasked',
      cases: ['ISO7816_G_35'],
      sentence: 'With the generic mapping the chip sends a proof that nobody asked for: it proves nothing.',
    },
    pace.generic,
    withData(at(4), (data) =>
      writeTLV(0x7c, readTLV(data).value, writeTLV(AUTHENTICATION_DATA, new Uint8Array(48).fill(7))),
    ),
    unchanged,
  ),
];

export const iso7816GSteps: readonly Misfortune[] = [
  ...inEveryStep,
  ...single,
  ...withKeys(2, '16', pace.generic, pointVariants),
  ...withKeys(2, '17', pace.overDH, numberVariants),
  ...withKeys(3, '21', pace.generic, pointVariants),
  ...withKeys(3, '22', pace.overDH, numberVariants),
  ...proofs,
];
