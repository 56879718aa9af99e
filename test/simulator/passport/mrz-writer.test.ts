/** MRZs written for simulated documents: against the specimens of ICAO 9303, and against the reader of this project. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDigit, parseMRZ } from '../../../drivers/emrtd/mrz/mrz.ts';
import { type Holder, writeMRZ } from '../../../simulator/passport/mrz-writer.ts';

/** The invented holder of the specimens in ICAO 9303-4 to 9303-7. */
const specimen: Holder = {
  surname: 'Eriksson',
  givenNames: 'Anna Maria',
  nationality: 'UTO',
  sex: 'F',
  birthDate: '1974-08-12',
  expiryDate: '2012-04-15',
  documentNumber: 'D23145890',
};
const visitor: Holder = {
  ...specimen,
  nationality: 'XXX',
  birthDate: '1940-09-07',
  expiryDate: '1996-12-10',
  documentNumber: 'L8988901C',
};

test('the writer gives the lines that the standard prints as examples', () => {
  expect(writeMRZ('TD1', specimen, 'UTO')).toEqual([
    'I<UTOD231458907<<<<<<<<<<<<<<<',
    '7408122F1204159UTO<<<<<<<<<<<6',
    'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
  ]);
  expect(writeMRZ('TD2', specimen, 'UTO')).toEqual([
    'I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<',
    'D231458907UTO7408122F1204159<<<<<<<6',
  ]);
  const booklet = { ...specimen, documentNumber: 'L898902C3', optionalData: 'ZE184226B' };
  expect(writeMRZ('TD3', booklet, 'UTO')).toEqual([
    'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
    'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
  ]);
  expect(writeMRZ('MRV-A', { ...visitor, optionalData: '6ZE184226B' }, 'UTO')).toEqual([
    'V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
    'L8988901C4XXX4009078F96121096ZE184226B<<<<<<',
  ]);
  expect(writeMRZ('MRV-B', visitor, 'UTO')).toEqual([
    'V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<',
    'L8988901C4XXX4009078F9612109<<<<<<<<',
  ]);
});

test('a number of more than nine characters goes on in the optional data, as ICAO 9303-11 appendix D.2 has it', () => {
  const holder: Holder = {
    ...specimen,
    surname: 'Stevenson',
    givenNames: 'Peter John',
    sex: 'M',
    birthDate: '1934-07-12',
    expiryDate: '1995-07-12',
    documentNumber: 'D23145890734',
  };
  expect(writeMRZ('TD1', holder, 'UTO')).toEqual([
    'I<UTOD23145890<7349<<<<<<<<<<<',
    '3407127M9507122UTO<<<<<<<<<<<2',
    'STEVENSON<<PETER<JOHN<<<<<<<<<',
  ]);
});

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const plain = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...letters, ...Array.from('0123456789')), minLength, maxLength });
const name = fc
  .array(fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 2 })
  .map((words) => words.join(' '));
const date = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));
const holders = (number_max: number): fc.Arbitrary<Holder> =>
  fc.record({
    surname: name,
    givenNames: name,
    nationality: fc.constantFrom('UTO', 'D', 'XXB'),
    sex: fc.constantFrom('M', 'F', 'X'),
    birthDate: date,
    expiryDate: date,
    documentNumber: plain(1, number_max),
  });

test.each([
  ['TD1', 22],
  ['TD2', 14],
  ['TD3', 9],
] as const)('whatever holder a %s is written for, the reader finds the same holder in it', (format, number_max) => {
  fc.assert(
    fc.property(holders(number_max), fc.constantFrom('UTO', 'D', 'XOM'), (holder, state) => {
      const parsed = parseMRZ(writeMRZ(format, holder, state));
      expect(parsed.ok && { ...parsed.mrz, lines: [] }).toMatchObject({
        format,
        issuingState: state,
        nationality: holder.nationality,
        documentNumber: holder.documentNumber,
        surname: holder.surname,
        givenNames: holder.givenNames,
        birthDate: holder.birthDate.slice(2).replaceAll('-', ''),
        sex: holder.sex,
        optionalData: '',
      });
    }),
  );
});

test.each([
  ['MRV-A', 44],
  ['MRV-B', 36],
] as const)('every %s has two full lines and its three check digits', (kind, length) => {
  fc.assert(
    fc.property(holders(9), (holder) => {
      const [first = '', second = ''] = writeMRZ(kind, holder, 'UTO');
      expect([first.length, second.length]).toEqual([length, length]);
      for (const [from, to] of [
        [0, 9],
        [13, 19],
        [21, 27],
      ] as const) {
        expect(second[to]).toBe(checkDigit(second.slice(from, to)));
      }
    }),
  );
});

test('a number that fits no field is refused, never cut', () => {
  expect(() => writeMRZ('TD3', { ...specimen, documentNumber: 'D231458907' }, 'UTO')).toThrow(RangeError);
  expect(() => writeMRZ('TD1', { ...specimen, documentNumber: 'D'.repeat(23) }, 'UTO')).toThrow(RangeError);
  expect(() => writeMRZ('TD2', { ...specimen, documentNumber: 'D'.repeat(15) }, 'UTO')).toThrow(RangeError);
});
