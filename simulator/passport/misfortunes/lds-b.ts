/** Unit LDS_B: DG1. Every altered DG1 is signed; the printed lines stay what they were unless a case is about both. */
import { checkDigit } from '../../../drivers/emrtd/mrz/mrz.ts';
import { writeTLV } from '../../../drivers/emrtd/iso7816/tlv.ts';
import { writeDG1 } from '../logical-data-structure.ts';
import type { Holder } from '../mrz-writer.ts';
import { profileNamed } from '../profiles.ts';
import { dataGroup, retagged, withLengthOff, withSignedGroups } from './document-files.ts';
import { unchanged, unreadableDG1, unusableDG1 } from './expectations.ts';
import type { Expectation, Misfortune } from './misfortune.ts';

const profile = profileNamed('bac-only');
type Lines = readonly [string, string];

/** Where the fields of TD3 stand (ICAO 9303-4 section 4.2), and their check digits. */
const Field = {
  documentCode: [0, 0, 2],
  issuingState: [0, 2, 5],
  name: [0, 5, 44],
  documentNumber: [1, 0, 9],
  documentNumberDigit: [1, 9, 10],
  nationality: [1, 10, 13],
  birthDate: [1, 13, 19],
  birthDateDigit: [1, 19, 20],
  sex: [1, 20, 21],
  expiryDate: [1, 21, 27],
  expiryDateDigit: [1, 27, 28],
  optionalData: [1, 28, 42],
  optionalDataDigit: [1, 42, 43],
  compositeDigit: [1, 43, 44],
} as const;
type FieldName = keyof typeof Field;

const digits = [
  ['documentNumber', 'documentNumberDigit'],
  ['birthDate', 'birthDateDigit'],
  ['expiryDate', 'expiryDateDigit'],
  ['optionalData', 'optionalDataDigit'],
] as const;

function fieldOf(lines: Lines, name: FieldName): string {
  const [line, from, to] = Field[name];
  return lines[line].slice(from, to);
}

/** The field, filled up, in place of what stood there. */
function put(lines: Lines, name: FieldName, text: string): Lines {
  const [line, from, to] = Field[name];
  const field = text.padEnd(to - from, '<');
  const changed = lines[line].slice(0, from) + field + lines[line].slice(to);
  return line === 0 ? [changed, lines[1]] : [lines[0], changed];
}

function withComposite(lines: Lines): Lines {
  const [, second] = lines;
  return put(lines, 'compositeDigit', checkDigit(second.slice(0, 10) + second.slice(13, 20) + second.slice(21, 43)));
}

/** The field changed and every check digit right. */
function edited(lines: Lines, name: FieldName, text: string): Lines {
  const changed = put(lines, name, text);
  const right = digits.reduce((made, [field, digit]) => put(made, digit, checkDigit(fieldOf(made, field))), changed);
  return withComposite(right);
}

/** Another digit there; that over the whole fits the wrong one. */
function wrongDigit(lines: Lines, name: FieldName): Lines {
  const wrong = String((Number(fieldOf(lines, name)) + 1) % 10);
  return name === 'compositeDigit' ? put(lines, name, wrong) : withComposite(put(lines, name, wrong));
}

type Entry = Pick<Misfortune, 'name' | 'cases' | 'sentence' | 'expected'>;
const entry = (name: string, number: string, sentence: string, expected: Expectation = unchanged): Entry => ({
  name,
  cases: [`LDS_B_${number}`],
  sentence,
  expected,
});

/** DG1 as it is signed, from the file or the lines that it would be. */
const inChip = (entryOf: Entry, alter: (file: Uint8Array, lines: Lines) => Uint8Array): Misfortune => ({
  ...entryOf,
  profile,
  arrange: (workshop) => {
    const passport = workshop.issue(profile);
    const dg1 = alter(dataGroup(passport, 1), linesOf(passport.mrzLines));
    return workshop.arrange(withSignedGroups(workshop, passport, { 1: dg1 }));
  },
});

const lines = (entryOf: Entry, alter: (own: Lines) => Lines): Misfortune =>
  inChip(entryOf, (_file, own) => writeDG1(alter(own)));

/** The same lines in print and in DG1. */
const inPrintToo = (entryOf: Entry, alter: (own: Lines) => Lines): Misfortune => ({
  ...entryOf,
  profile,
  arrange: (workshop) => {
    const passport = workshop.issue(profile);
    const mrzLines = alter(linesOf(passport.mrzLines));
    return workshop.arrange({ ...withSignedGroups(workshop, passport, { 1: writeDG1(mrzLines) }), mrzLines });
  },
});

const holder = (entryOf: Entry, alter: (own: Holder) => Holder): Misfortune => ({
  ...entryOf,
  profile,
  arrange: (workshop) => workshop.arrange(workshop.issue(profile, { holder: alter(workshop.o.holder) })),
});

const differing: Expectation = { checks: { 'mrz-matches-chip': 'failed MRZ_DIFFERS' } };

const names: readonly Misfortune[] = [
  holder(entry('optional-data', '01', 'The MRZ has optional data.'), (own) => ({ ...own, optionalData: 'ZE184226B' })),
  holder(entry('name-cut-short', '02', 'The given names are longer than their line.'), (own) => ({
    ...own,
    givenNames: 'Annabella Leontine Wilhelmina Philippa Eleonora',
  })),
  holder(entry('one-name-only', '03', 'The holder has no given name.'), (own) => ({ ...own, givenNames: '' })),
  inPrintToo(entry('no-optional-data-digit-zero', '04', 'Without optional data their check digit is 0.'), (own) =>
    withComposite(put(put(own, 'optionalData', ''), 'optionalDataDigit', '0')),
  ),
  inPrintToo(
    entry('no-optional-data-digit-filler', '04', 'Without optional data their check digit is a filler.'),
    (own) => withComposite(put(put(own, 'optionalData', ''), 'optionalDataDigit', '<')),
  ),
];

const files: readonly Misfortune[] = [
  inChip(entry('dg1-mislabelled', '05', 'DG1 has tag 62.', unusableDG1('undetermined FILE_MALFORMED')), (file) =>
    retagged(file, 0x62),
  ),
  inChip(
    entry(
      'dg1-length-too-small',
      '06',
      'DG1 says one byte less than it has; what can be read is not what was signed.',
      unusableDG1('failed DATA_GROUP_HASH_MISMATCH'),
    ),
    (file) => withLengthOff(file, -1),
  ),
  inChip(
    entry(
      'dg1-length-too-big',
      '07',
      'DG1 says one byte more than it has.',
      unusableDG1('undetermined FILE_TRUNCATED'),
    ),
    (file) => withLengthOff(file, 1),
  ),
  inChip(entry('dg1-without-lines', '24', 'DG1 has no object for the MRZ.', unreadableDG1), () => writeTLV(0x61)),
];

const wrongLines: readonly Misfortune[] = [
  lines(entry('document-code-unknown', '08', 'DG1 has a document code that no standard knows.', differing), (own) =>
    edited(own, 'documentCode', 'XX'),
  ),
  lines(entry('issuing-state-malformed', '09', 'The issuing state of DG1 is no code.', unreadableDG1), (own) =>
    edited(own, 'issuingState', 'U1O'),
  ),
  lines(entry('name-void', '10', 'DG1 has no name.', unreadableDG1), (own) => edited(own, 'name', '')),
  lines(entry('name-differs', '11', 'DG1 has another name than the data page.', differing), (own) =>
    edited(own, 'name', 'EICHENHAIN<<ANNA'),
  ),
  lines(
    entry('document-number-differs', '12', 'DG1 has another document number than the data page.', differing),
    (own) => edited(own, 'documentNumber', 'SIM999999'),
  ),
  lines(entry('nationality-malformed', '14', 'The nationality of DG1 is no code.', unreadableDG1), (own) =>
    edited(own, 'nationality', 'U<O'),
  ),
  lines(entry('birth-date-malformed', '15', 'The birth date of DG1 has a letter in it.', unreadableDG1), (own) =>
    edited(own, 'birthDate', '91O417'),
  ),
  lines(entry('birth-date-impossible', '16', 'The birth date of DG1 is in the month 13.', differing), (own) =>
    edited(own, 'birthDate', '911317'),
  ),
  lines(entry('sex-unknown', '18', 'DG1 has a letter for the sex that does not exist.', unreadableDG1), (own) =>
    edited(own, 'sex', 'Z'),
  ),
  lines(entry('expiry-date-malformed', '19', 'The expiry date of DG1 has a letter in it.', unreadableDG1), (own) =>
    edited(own, 'expiryDate', '31O802'),
  ),
  lines(entry('expiry-date-impossible', '20', 'The expiry date of DG1 is in the month 13.', differing), (own) =>
    edited(own, 'expiryDate', '311302'),
  ),
  ...(
    [
      ['13', 'documentNumberDigit', 'document-number-digit-wrong', 'of the document number'],
      ['17', 'birthDateDigit', 'birth-date-digit-wrong', 'of the birth date'],
      ['21', 'expiryDateDigit', 'expiry-date-digit-wrong', 'of the expiry date'],
      ['22', 'optionalDataDigit', 'optional-data-digit-wrong', 'of the optional data'],
      ['23', 'compositeDigit', 'composite-digit-wrong', 'over the whole line'],
    ] as const
  ).map(([number, field, name, words]) =>
    lines(entry(name, number, `In DG1 the check digit ${words} is wrong.`, unreadableDG1), (own) =>
      wrongDigit(own, field),
    ),
  ),
];

const unknownBirthDates = (
  [
    ['25', 'day', '9104<<'],
    ['26', 'month', '91<<17'],
    ['27', 'year', '<<0417'],
    ['28', 'date', '<<<<<<'],
  ] as const
).map(([number, part, date]) =>
  inPrintToo(
    entry(`birth-${part}-unknown`, number, `The ${part} of birth is unknown: fillers in print and in DG1.`),
    (own) => edited(own, 'birthDate', date),
  ),
);

export const ldsB: readonly Misfortune[] = [...names, ...files, ...wrongLines, ...unknownBirthDates];

function linesOf([first = '', second = '']: readonly string[]): Lines {
  return [first, second];
}
