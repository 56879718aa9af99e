import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accessKeySeed, accessSecret, birthISO, checkDigit, expiryISO, parseMRZ } from '../../drivers/emrtd/mrz/mrz.ts';
import { transliterate } from '../../drivers/emrtd/mrz/transliteration.ts';
import { writeMRZ, writeTD3 } from '../../simulator/passport/mrz-writer.ts';
import { holder, mrzOf } from './simulated-document.ts';

/** Specimens of ICAO 9303-4, -5 and -6 and of 9303-11 appendix D. */
const td3 = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'];
const td2 = ['I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'D231458907UTO7408122F1204159<<<<<<<6'];
const td1 = ['I<UTOD231458907<<<<<<<<<<<<<<<', '7408122F1204159UTO<<<<<<<<<<<6', 'ERIKSSON<<ANNA<MARIA<<<<<<<<<<'];
const longNumber = [
  'I<UTOD23145890<7349<<<<<<<<<<<',
  '3407127M9507122UTO<<<<<<<<<<<2',
  'STEVENSON<<PETER<JOHN<<<<<<<<<',
];

test('the passport specimen is read field by field', () => {
  expect(mrzOf(td3)).toEqual({
    kind: 'travel-document',
    format: 'TD3',
    lines: td3,
    documentCode: 'P',
    issuingState: 'UTO',
    nationality: 'UTO',
    surname: 'ERIKSSON',
    givenNames: 'ANNA MARIA',
    documentNumber: 'L898902C3',
    birthDate: '740812',
    sex: 'F',
    expiryDate: '120415',
    optionalData: 'ZE184226B',
  });
});

test('the card specimens of both sizes are read', () => {
  expect(mrzOf(td1)).toMatchObject({
    format: 'TD1',
    documentNumber: 'D23145890',
    surname: 'ERIKSSON',
    optionalData: '',
  });
  expect(mrzOf(td2)).toMatchObject({ format: 'TD2', documentNumber: 'D23145890', givenNames: 'ANNA MARIA' });
});

test('a card number that goes on in the optional data is one number, also for the access key', () => {
  const mrz = mrzOf(longNumber);
  expect(mrz).toMatchObject({ documentNumber: 'D23145890734', optionalData: '' });
  const seed = accessKeySeed({ ...mrz, documentNumber: 'D23145890734' });
  expect(accessKeySeed(mrz)).toEqual(seed);
  expect(accessKeySeed({ ...mrz, documentNumber: 'D23145890' })).not.toEqual(seed);
});

test('a German document has the one-letter state D', () => {
  const lines = ['P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<', 'C11T002JM4D<<9608122F1310317<<<<<<<<<<<<<<<6'];
  expect(mrzOf(lines)).toMatchObject({ issuingState: 'D', nationality: 'D', optionalData: '' });
});

test('a holder with one name only has no given names', () => {
  const [, second = ''] = td3;
  expect(mrzOf(['P<UTOARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<', second])).toMatchObject({
    surname: 'ARKFREITH',
    givenNames: '',
  });
});

test('a digit of number, dates or composite that was read wrongly is named', () => {
  const [first = '', second = ''] = td3;
  const withDigit = (at: number): string => {
    const changed = (Number(second[at]) + 1) % 10;
    return second.slice(0, at) + String(changed) + second.slice(at + 1);
  };
  expect(parseMRZ([first, withDigit(1)])).toEqual({
    ok: false,
    because: 'check-digit',
    wrongFields: ['documentNumber', 'composite'],
  });
  expect(parseMRZ([first, withDigit(13)])).toMatchObject({ wrongFields: ['birthDate', 'composite'] });
  expect(parseMRZ([first, withDigit(21)])).toMatchObject({ wrongFields: ['expiryDate', 'composite'] });
  expect(parseMRZ([first, withDigit(30)])).toMatchObject({ wrongFields: ['optionalData', 'composite'] });
  expect(parseMRZ([first, withDigit(43)])).toMatchObject({ wrongFields: ['composite'] });
});

test('a digit where only letters may stand is a bad character in a named field', () => {
  const [first = '', second = ''] = td3;
  expect(parseMRZ([first.replace('ERIKSSON', 'ER1KSSON'), second])).toEqual({
    ok: false,
    because: 'bad-character',
    wrongFields: ['name'],
  });
  expect(parseMRZ([first, second.replace('UTO', 'UT0')])).toMatchObject({ wrongFields: ['nationality'] });
  expect(parseMRZ([first, second.replace('740812', '74O812')])).toMatchObject({ wrongFields: ['birthDate'] });
  expect(parseMRZ([first, second.replace('L898902C3', 'l898902C3')])).toMatchObject({ because: 'bad-character' });
});

test('lines of another number or length are no zone, nor is a visa of three lines', () => {
  const [first = '', second = ''] = td3;
  const [one = '', two = '', three = ''] = td1;
  for (const lines of [[], [first], [first, second, second], [first, `${second}<`], [`V${one.slice(1)}`, two, three]]) {
    expect(parseMRZ(lines)).toEqual({ ok: false, because: 'bad-shape' });
  }
});

/** Specimens of ICAO 9303-7. */
const visaA = ['V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L8988901C4XXX4009078F96121096ZE184226B<<<<<<'];
const visaB = ['V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'L8988901C4XXX4009078F9612109<<<<<<<<'];

test('visas of both sizes are read as visas, though they have no composite check digit', () => {
  expect(mrzOf(visaA)).toMatchObject({
    kind: 'visa',
    format: 'MRV-A',
    documentCode: 'V',
    documentNumber: 'L8988901C',
    nationality: 'XXX',
    expiryDate: '961210',
    optionalData: '6ZE184226B',
  });
  expect(mrzOf(visaB)).toMatchObject({ kind: 'visa', format: 'MRV-B', surname: 'ERIKSSON', optionalData: '' });
});

test('a wrong digit of a visa is named, and its number never goes on in the optional data', () => {
  const [first = '', second = ''] = visaA;
  expect(parseMRZ([first, second.replace('L8988901C4', 'L8988901C5')])).toMatchObject({
    because: 'check-digit',
    wrongFields: ['documentNumber'],
  });
  const whole = 'L8988901C734';
  const continued = second.slice(10, 28) + `734${checkDigit(whole)}`.padEnd(16, '<');
  expect(parseMRZ([first, `L8988901C<${continued}`])).toMatchObject({ because: 'check-digit' });
});

test('a passport number that goes on in the optional data, against the standard, is whole only with a right digit', () => {
  const [first = '', second = ''] = td3;
  const whole = 'L898902C3734';
  const withNumber = (continuation: string): readonly string[] => {
    const optional = continuation.padEnd(14, '<');
    const fields = [`${whole.slice(0, 9)}<`, second.slice(13, 20), second.slice(21, 28)];
    const optionalField = optional + checkDigit(optional);
    const composite = checkDigit([...fields, optionalField].join(''));
    return [first, `${fields[0]}${second.slice(10, 28)}${optionalField}${composite}`];
  };
  expect(mrzOf(withNumber(`734${checkDigit(whole)}`))).toMatchObject({ documentNumber: whole, optionalData: '' });
  const wrong = (Number(checkDigit(whole)) + 1) % 10;
  expect(parseMRZ(withNumber(`734${wrong}`))).toMatchObject({
    because: 'check-digit',
    wrongFields: ['documentNumber'],
  });
});

test.each(['TD1', 'TD2', 'TD3', 'MRV-A', 'MRV-B'] as const)('a %s is read back as the issuer wrote it', (format) => {
  const letters = fc.stringMatching(/^[A-Z]{1,12}$/);
  const longest = { TD1: 22, TD2: 14, TD3: 9, 'MRV-A': 9, 'MRV-B': 9 }[format];
  const number = fc.stringMatching(/^[A-Z0-9]+$/, { maxLength: longest });
  const date = fc.date({ min: new Date('1930-01-01'), max: new Date('2026-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(letters, letters, number, date, (surname, givenNames, documentNumber, birth) => {
      const birthDate = birth.toISOString().slice(0, 10);
      const written = { ...holder, surname, givenNames, documentNumber, birthDate };
      const parsed = mrzOf(writeMRZ(format, written, 'UTO'));
      expect(parsed).toMatchObject({ format, surname, documentNumber, issuingState: 'UTO', expiryDate: '310802' });
      expect(birthISO(parsed, '2026-11-22')).toBe(birthDate);
    }),
    { numRuns: 300, seed: 10 },
  );
});

test('PACE takes the whole hash of which BAC takes the start', () => {
  // ICAO 9303-11 appendix D.2: the seed of BAC; appendix G has the same rule for PACE.
  const mrz = { documentNumber: 'L898902C', birthDate: '690806', expiryDate: '940623' };
  expect(Buffer.from(accessSecret(mrz)).toString('hex')).toBe('239ab9cb282daf66231dc5a4df6bfbaedf477565');
  expect(accessKeySeed(mrz)).toEqual(accessSecret(mrz).subarray(0, 16));
});

test('any text in any number of lines is parsed or refused, never thrown at', () => {
  const line = fc.oneof(fc.string(), fc.stringMatching(/^[A-Z0-9<]{44}$/), fc.stringMatching(/^[A-Z0-9<]{30}$/));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
      expect(typeof parseMRZ(lines).ok).toBe('boolean');
    }),
    { numRuns: 2000 },
  );
});

test('an expiry year up to 15 years ahead lies ahead, every other lies in the past', () => {
  const today = '2026-11-22';
  expect(expiryISO({ expiryDate: '261121' }, today)).toBe('2026-11-21');
  expect(expiryISO({ expiryDate: '411231' }, today)).toBe('2041-12-31');
  expect(expiryISO({ expiryDate: '420101' }, today)).toBe('1942-01-01');
  expect(expiryISO({ expiryDate: '251231' }, today)).toBe('2025-12-31');
  expect(expiryISO({ expiryDate: '991231' }, today)).toBe('1999-12-31');
});

test('a birth date is the latest one that is not after today', () => {
  const today = '2026-11-22';
  expect(birthISO({ birthDate: '261122' }, today)).toBe('2026-11-22');
  expect(birthISO({ birthDate: '261123' }, today)).toBe('1926-11-23');
  expect(birthISO({ birthDate: '740812' }, today)).toBe('1974-08-12');
  expect(birthISO({ birthDate: '000229' }, today)).toBe('2000-02-29');
});

test('dates that are unknown in part, or no dates, stay unresolved', () => {
  expect(birthISO({ birthDate: '74<<<<' }, '2026-11-22')).toBeNull();
  expect(expiryISO({ expiryDate: '270229' }, '2026-11-22')).toBeNull();
  expect(expiryISO({ expiryDate: '271301' }, '2026-11-22')).toBeNull();
});

test('the check digit is that of the standard', () => {
  // ICAO 9303-3 section 4.9, examples 1 and 2.
  expect(checkDigit('520727')).toBe('3');
  expect(checkDigit('AB2134<<<')).toBe('5');
});

test('what the simulated issuer prints is read back, also with letters that the zone does not know', () => {
  const lines = writeTD3({ ...holder, surname: "Å-Blåbær d'Ørsted", givenNames: 'Jürgen Łukasz' }, 'UTO');
  expect(mrzOf(lines)).toMatchObject({
    surname: 'AA BLAABAER DOERSTED',
    givenNames: 'JUERGEN LUKASZ',
    documentNumber: 'SIM482913',
    birthDate: '910417',
    expiryDate: '310802',
  });
});

test('any name can be printed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
      const lines = writeTD3({ ...holder, surname: `X${name}`, givenNames: name }, 'UTO');
      expect(transliterate(name)).toMatch(/^[A-Z<]*$/);
      expect(lines.map((line) => line.length)).toEqual([44, 44]);
      expect(parseMRZ(lines).ok).toBe(true);
    }),
    { numRuns: 500 },
  );
});
