/** Writes the MRZ of a TD3 document (ICAO 9303-4 section 4.2) for an invented holder. */
import { checkDigit } from '../../drivers/emrtd/mrz/mrz.ts';

export type Holder = {
  readonly surname: string;
  readonly givenNames: string;
  /** Three letters, as in the MRZ; 'D' for Germany. */
  readonly nationality: string;
  readonly sex: 'M' | 'F' | 'X';
  /** YYYY-MM-DD. */
  readonly birthDate: string;
  readonly expiryDate: string;
  /** At most 9 letters and digits. */
  readonly documentNumber: string;
  /** At most 14 letters and digits; default none. */
  readonly optionalData?: string;
};

const LINE_LENGTH = 44;

/** Letters that lose more than an accent (ICAO 9303-3 section 6 part A, recommended transliterations). */
const transliterations: Readonly<Record<string, string>> = {
  Ä: 'AE',
  Å: 'AA',
  Æ: 'AE',
  Ð: 'D',
  Đ: 'D',
  Ħ: 'H',
  Ĳ: 'IJ',
  Ł: 'L',
  Ñ: 'N',
  Ö: 'OE',
  Ø: 'OE',
  Œ: 'OE',
  ẞ: 'SS',
  Þ: 'TH',
  Ü: 'UE',
};

/** The two lines. Throws RangeError for a holder that does not fit. */
export function writeTD3(holder: Holder, issuingState: string): readonly [string, string] {
  const name = `${transliterate(holder.surname)}<<${transliterate(holder.givenNames)}`;
  const first = filled(`P<${filled(issuingState, 3)}${name}`.slice(0, LINE_LENGTH), LINE_LENGTH);
  const number = withCheckDigit(filled(plain(holder.documentNumber), 9));
  const birth = withCheckDigit(yymmdd(holder.birthDate));
  const expiry = withCheckDigit(yymmdd(holder.expiryDate));
  const optional = withCheckDigit(filled(plain(holder.optionalData ?? ''), 14));
  const sex = holder.sex === 'X' ? '<' : holder.sex;
  const composite = checkDigit(number + birth + expiry + optional);
  return [first, number + filled(holder.nationality, 3) + birth + sex + expiry + optional + composite];
}

/** A name in the letters of the MRZ. Apostrophes vanish, hyphens and spaces become fillers. */
export function transliterate(name: string): string {
  return Array.from(name.toUpperCase().normalize('NFC'))
    .map((letter) => transliterations[letter] ?? letter.normalize('NFD').replace(/\p{M}/gu, ''))
    .join('')
    .replace(/['’.,]/g, '')
    .replace(/[\s-]+/g, '<')
    .replace(/[^A-Z<]/g, '');
}

function plain(field: string): string {
  if (!/^[A-Z0-9]*$/.test(field)) throw new RangeError('letters and digits only');
  return field;
}

function filled(field: string, length: number): string {
  if (field.length > length) throw new RangeError(`field longer than ${length}`);
  return field.padEnd(length, '<');
}

function withCheckDigit(field: string): string {
  return field + checkDigit(field);
}

function yymmdd(date: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new RangeError('date as YYYY-MM-DD');
  return date.slice(2).replaceAll('-', '');
}
