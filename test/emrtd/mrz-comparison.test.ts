/** Printed zone against DG1 (BSI TR-03135-1 section 5.7.2): character by character, not by what the fields mean. */
import { expect, test } from 'vitest';
import { compareZones } from '../../drivers/emrtd/mrz/mrz-comparison.ts';
import { checkDigit } from '../../drivers/emrtd/mrz/mrz.ts';
import { writeDG1 } from '../../simulator/passport/logical-data-structure.ts';
import { inspectForged } from './forged-document.ts';
import { mrzOf, outcomeOf } from './simulated-document.ts';

type Fields = {
  readonly code?: string;
  readonly state?: string;
  readonly name?: string;
  readonly number?: string;
  readonly nationality?: string;
  readonly birth?: string;
  readonly sex?: string;
  readonly expiry?: string;
  readonly optional?: string;
  readonly optionalDigit?: string;
  /** TD1 only: optional data of the first line. */
  readonly firstOptional?: string;
};

const checked = (field: string): string => field + checkDigit(field);
const number = (f: Fields): string => checked((f.number ?? 'SIM482913').padEnd(9, '<'));
const birth = (f: Fields): string => checked(f.birth ?? '910417');
const expiry = (f: Fields): string => checked(f.expiry ?? '310802');

function td3(f: Fields = {}): readonly string[] {
  const optional = (f.optional ?? '').padEnd(14, '<');
  const optionalField = optional + (f.optionalDigit ?? checkDigit(optional));
  const composite = checkDigit(number(f) + birth(f) + expiry(f) + optionalField);
  const first = `${f.code ?? 'P<'}${f.state ?? 'UTO'}${f.name ?? 'TANNENWALD<<MIRA<SOLVEIG'}`.padEnd(44, '<');
  return [
    first,
    number(f) + (f.nationality ?? 'UTO') + birth(f) + (f.sex ?? 'F') + expiry(f) + optionalField + composite,
  ];
}

function td1(f: Fields = {}): readonly string[] {
  const first = `I<UTO${number(f)}${f.firstOptional ?? ''}`.padEnd(30, '<');
  const optional = (f.optional ?? '').padEnd(11, '<');
  const composite = checkDigit(first.slice(5) + birth(f) + expiry(f) + optional);
  return [
    first,
    `${birth(f)}${f.sex ?? 'F'}${expiry(f)}UTO${optional}${composite}`,
    'TANNENWALD<<MIRA'.padEnd(30, '<'),
  ];
}

function compare(printed: readonly string[], chip: readonly string[]): string {
  const { result, because } = compareZones(mrzOf(printed), mrzOf(chip)).finding;
  return because === null ? result : `${result} ${because}`;
}

test.each<[string, Fields]>([
  ['document code', { code: 'PD' }],
  ['issuing state', { state: 'D<<' }],
  ['nationality', { nationality: 'FRA' }],
  ['surname', { name: 'TANNENWALDE<<MIRA<SOLVEIG' }],
  ['given names', { name: 'TANNENWALD<<MIRA<SOLVEIGH' }],
  ['border between surname and given names', { name: 'TANNENWALD<MIRA<<SOLVEIG' }],
  ['names after a second double filler', { name: 'TANNENWALD<<MIRA<SOLVEIG<<EICHENHAIN' }],
  ['number of fillers in the name', { name: 'TANNENWALD<<<MIRA<SOLVEIG' }],
  ['document number', { number: 'SIM482914' }],
  ['date of birth', { birth: '910418' }],
  ['sex', { sex: 'M' }],
  ['date of expiry', { expiry: '310803' }],
])('a difference in the %s alone is a difference', (_, fields) => {
  expect(compare(td3(), td3(fields))).toBe('failed MRZ_DIFFERS');
  expect(compare(td3(fields), td3())).toBe('failed MRZ_DIFFERS');
  expect(compare(td3(fields), td3(fields))).toBe('passed');
});

test('the fields that differ are named, and nothing of what stands in them', () => {
  const differing = (printed: Fields, chip: Fields): readonly string[] =>
    compareZones(mrzOf(td3(printed)), mrzOf(td3(chip))).differingFields;
  expect(differing({}, {})).toEqual([]);
  expect(differing({ sex: 'M', expiry: '310803' }, {})).toEqual(['sex', 'expiryDate']);
  expect(differing({ code: 'PD', name: 'TANNENWALD<<MIRO', number: 'SIM482914' }, {})).toEqual([
    'documentCode',
    'name',
    'documentNumber',
  ]);
  expect(differing({ birth: '9104<<' }, {})).toEqual([]);
  expect(differing({ birth: '9204<<', optional: 'A1' }, {})).toEqual(['birthDate', 'optionalData']);
  expect(compareZones(mrzOf(td3()), mrzOf(td1()))).toMatchObject({ differingFields: ['format'] });
});

test('two names that differ only after a second double filler are two names', () => {
  const [one, other] = ['A<<B<<C', 'A<<B<<D'].map((name) => td3({ name }));
  expect(compare(one ?? [], other ?? [])).toBe('failed MRZ_DIFFERS');
  expect(mrzOf(one ?? [])).toMatchObject({ surname: 'A', givenNames: 'B C' });
  expect(mrzOf(td3({ name: 'A<<<B<<<C' })).givenNames).toBe('B C');
  expect(mrzOf(td3({ name: 'A<<<<B' }))).toMatchObject({ surname: 'A', givenNames: 'B' });
});

test('an X for the sex and a filler for it are not the same character', () => {
  expect(compare(td3({ sex: 'X' }), td3({ sex: '<' }))).toBe('failed MRZ_DIFFERS');
});

test('fillers in the date of birth agree with anything, the rest of the date does not', () => {
  expect(compare(td3({ birth: '9104<<' }), td3())).toBe('passed');
  expect(compare(td3(), td3({ birth: '91<<17' }))).toBe('passed');
  expect(compare(td3({ birth: '9204<<' }), td3())).toBe('failed MRZ_DIFFERS');
});

test('a difference in optional data alone leaves the question open, also one of its place', () => {
  const open = 'undetermined MRZ_OPTIONAL_DATA_DIFFERS';
  expect(compare(td3({ optional: 'A1' }), td3())).toBe(open);
  expect(compare(td3({ optional: 'A<B' }), td3({ optional: 'A<<B' }))).toBe(open);
  expect(compare(td1({ firstOptional: 'ABC' }), td1({ optional: 'ABC' }))).toBe(open);
  expect(compare(td1({ firstOptional: 'A<B' }), td1({ firstOptional: 'A', optional: 'B' }))).toBe(open);
  expect(compare(td1({ firstOptional: 'A', optional: 'B' }), td1({ firstOptional: 'A', optional: 'B' }))).toBe(
    'passed',
  );
  expect(compare(td3({ optional: 'A1', sex: 'M' }), td3())).toBe('failed MRZ_DIFFERS');
});

test('a filler and a zero as check digit of empty optional data say the same', () => {
  expect(compare(td3({ optionalDigit: '<' }), td3({ optionalDigit: '0' }))).toBe('passed');
});

test('the part of a long card number that stands in the optional data belongs to the number', () => {
  const long = (continuation: string): readonly string[] => {
    const first = `I<UTOD23145890<${continuation}`.padEnd(30, '<');
    const second = `${birth({})}F${expiry({})}UTO<<<<<<<<<<<`;
    const composite = checkDigit(first.slice(5) + birth({}) + expiry({}) + '<'.repeat(11));
    return [first, second + composite, 'TANNENWALD<<MIRA'.padEnd(30, '<')];
  };
  const [one, other] = ['D23145890734', 'D23145890735'].map((whole) => long(whole.slice(9) + checkDigit(whole)));
  expect(compare(one ?? [], other ?? [])).toBe('failed MRZ_DIFFERS');
  expect(compare(one ?? [], one ?? [])).toBe('passed');
  const sameNumber = long(`734${checkDigit('D23145890734')}<X`);
  expect(compare(one ?? [], sameNumber)).toBe('undetermined MRZ_OPTIONAL_DATA_DIFFERS');
});

test('a card and a passport are never the same', () => {
  expect(compare(td3(), td1())).toBe('failed MRZ_DIFFERS');
});

test('a name that was printed longer than the chip has it is noticed in an inspection', async () => {
  const printed = td3({ name: 'TANNENWALD<<MIRA<SOLVEIG<<EICHENHAIN' });
  const inspection = await inspectForged({ dg1: writeDG1(td3()) }, undefined, { mrz: mrzOf(printed) });
  expect(outcomeOf(inspection, 'mrz-matches-chip')).toBe('failed MRZ_DIFFERS');
});
