/** Writes the MRZ of travel documents and visas (ICAO 9303-4 to 9303-7) for an invented holder. */
import { checkDigit } from '../../drivers/emrtd/mrz/mrz.ts';
import { transliterate } from '../../drivers/emrtd/mrz/transliteration.ts';

export type Holder = {
  readonly surname: string;
  readonly givenNames: string;
  /** Three letters, as in the MRZ; 'D' for Germany. */
  readonly nationality: string;
  readonly sex: 'M' | 'F' | 'X';
  /** YYYY-MM-DD. */
  readonly birthDate: string;
  readonly expiryDate: string;
  /** Letters and digits: at most 9, and in TD1 up to 22, in TD2 up to 14. */
  readonly documentNumber: string;
  /** Letters and digits, as many as the document has room for; default none. */
  readonly optionalData?: string;
};

export type MRZKind = 'TD1' | 'TD2' | 'TD3' | 'MRV-A' | 'MRV-B';

const NUMBER_LENGTH = 9;

type Writer = (holder: Holder, issuingState: string, documentCode?: string) => readonly string[];

const writers: Readonly<Record<MRZKind, Writer>> = {
  TD1: writeTD1,
  TD2: writeTD2,
  TD3: writeTD3,
  'MRV-A': (holder, issuingState, documentCode) => writeVisa(44, holder, issuingState, documentCode),
  'MRV-B': (holder, issuingState, documentCode) => writeVisa(36, holder, issuingState, documentCode),
};

/** The lines. Throws RangeError for a holder that does not fit. `documentCode` default: 'P', 'I' or 'V'. */
export function writeMRZ(
  kind: MRZKind,
  holder: Holder,
  issuingState: string,
  documentCode?: string,
): readonly string[] {
  return writers[kind](holder, issuingState, documentCode);
}

/** Booklet (ICAO 9303-4 section 4.2). */
export function writeTD3(holder: Holder, issuingState: string, documentCode = 'P'): readonly [string, string] {
  const number = withCheckDigit(filled(plain(holder.documentNumber), NUMBER_LENGTH));
  const { birth, sex, expiry } = personalFields(holder);
  const optional = withCheckDigit(filled(plain(holder.optionalData ?? ''), 14));
  const composite = checkDigit(number + birth + expiry + optional);
  return [
    nameLine(44, holder, issuingState, documentCode),
    number + filled(holder.nationality, 3) + birth + sex + expiry + optional + composite,
  ];
}

/** Card of 36 characters a line (ICAO 9303-6 section 4.2). */
export function writeTD2(holder: Holder, issuingState: string, documentCode = 'I'): readonly [string, string] {
  const { number, optional } = numberAndOptional(holder, 7);
  const { birth, sex, expiry } = personalFields(holder);
  const composite = checkDigit(number + birth + expiry + optional);
  return [
    nameLine(36, holder, issuingState, documentCode),
    number + filled(holder.nationality, 3) + birth + sex + expiry + optional + composite,
  ];
}

/** Card of three lines (ICAO 9303-5 section 4.2). */
export function writeTD1(holder: Holder, issuingState: string, documentCode = 'I'): readonly [string, string, string] {
  const { number, optional } = numberAndOptional(holder, 15);
  const { birth, sex, expiry } = personalFields(holder);
  const moreOptional = filled('', 11);
  const composite = checkDigit(number + optional + birth + expiry + moreOptional);
  return [
    filled(documentCode, 2) + filled(issuingState, 3) + number + optional,
    birth + sex + expiry + filled(holder.nationality, 3) + moreOptional + composite,
    filled(nameOf(holder).slice(0, 30), 30),
  ];
}

/** Visas (ICAO 9303-7 section 4.2): no composite check digit, none for the optional data. */
function writeVisa(length: number, holder: Holder, issuingState: string, documentCode = 'V'): readonly string[] {
  const number = withCheckDigit(filled(plain(holder.documentNumber), NUMBER_LENGTH));
  const { birth, sex, expiry } = personalFields(holder);
  const optional = filled(plain(holder.optionalData ?? ''), length - 28);
  return [
    nameLine(length, holder, issuingState, documentCode),
    number + filled(holder.nationality, 3) + birth + sex + expiry + optional,
  ];
}

/**
 * Number with check digit, and optional data. A longer number leaves a filler in place of the digit and goes on in the
 * optional data, where digit and filler follow it (ICAO 9303-5 section 4.2.2.2 note j, 9303-6 likewise).
 */
function numberAndOptional(holder: Holder, optionalLength: number): { number: string; optional: string } {
  const number = plain(holder.documentNumber);
  const optional = plain(holder.optionalData ?? '');
  if (number.length <= NUMBER_LENGTH) {
    return { number: withCheckDigit(filled(number, NUMBER_LENGTH)), optional: filled(optional, optionalLength) };
  }
  const continuation = `${withCheckDigit(number).slice(NUMBER_LENGTH)}<${optional}`;
  return { number: `${number.slice(0, NUMBER_LENGTH)}<`, optional: filled(continuation, optionalLength) };
}

function personalFields(holder: Holder): { birth: string; sex: string; expiry: string } {
  return {
    birth: withCheckDigit(yymmdd(holder.birthDate)),
    sex: holder.sex === 'X' ? '<' : holder.sex,
    expiry: withCheckDigit(yymmdd(holder.expiryDate)),
  };
}

function nameLine(length: number, holder: Holder, issuingState: string, documentCode: string): string {
  const start = filled(documentCode, 2) + filled(issuingState, 3);
  return filled((start + nameOf(holder)).slice(0, length), length);
}

function nameOf(holder: Holder): string {
  return `${transliterate(holder.surname)}<<${transliterate(holder.givenNames)}`;
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
