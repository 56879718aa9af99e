/**
 * The machine readable zone (ICAO 9303-3 section 4.9; TD1 9303-5, TD2 9303-6, TD3 9303-4, visas 9303-7): of a document
 * with a chip, the same lines are printed on the page and stored in DG1. Visas have no chip.
 */
import { createHash } from 'node:crypto';
import { type Cut, type Layout, type MRZFormat, cutterOf, following, layouts } from './layouts.ts';

export type { MRZFormat } from './layouts.ts';

export type MRZ = {
  /** A visa is pasted into a travel document and is none itself: it has no chip, and no composite check digit. */
  readonly kind: 'travel-document' | 'visa';
  readonly format: MRZFormat;
  readonly lines: readonly string[];
  /** Without fillers: 'P', 'PD', 'ID', 'V'. */
  readonly documentCode: string;
  /** Three-letter code without fillers ('D' for Germany). */
  readonly issuingState: string;
  readonly nationality: string;
  readonly surname: string;
  /** Separated by single spaces; empty when the document has none. */
  readonly givenNames: string;
  /** Whole number without fillers, also where it goes on in the optional data. */
  readonly documentNumber: string;
  /** YYMMDD as printed; unknown parts are fillers. */
  readonly birthDate: string;
  /** X: not specified. */
  readonly sex: 'M' | 'F' | 'X';
  /** YYMMDD as printed. */
  readonly expiryDate: string;
  /** Without trailing fillers; on TD1 that of line 1 and that of line 2, joined by a filler when both are there. */
  readonly optionalData: string;
};

export type MRZProblem = 'bad-shape' | 'check-digit' | 'bad-character';

export type MRZResult =
  | { readonly ok: true; readonly mrz: MRZ }
  | { readonly ok: false; readonly because: MRZProblem; readonly wrongFields?: readonly string[] };

/** Check digit of ICAO 9303-3 section 4.9: weights 7, 3, 1; letters count from A = 10, fillers 0. */
export function checkDigit(field: string): string {
  const weights = [7, 3, 1];
  let sum = 0;
  for (let i = 0; i < field.length; i++) sum += characterValue(field.charCodeAt(i)) * (weights[i % 3] ?? 0);
  return String(sum % 10);
}

/**
 * Parses the lines of one document. `bad-character`: a character where the standard allows none such (fields named);
 * `check-digit`: digits that do not agree (fields named). Nothing is corrected.
 */
export function parseMRZ(lines: readonly string[]): MRZResult {
  const format = formatOf(lines);
  if (format === undefined) return { ok: false, because: 'bad-shape' };
  const layout = layouts[format];
  const cut = cutterOf(lines);

  const badFields = fieldsWithBadCharacters(lines, layout, cut);
  if (badFields.length > 0) return { ok: false, because: 'bad-character', wrongFields: badFields };

  const number = documentNumberOf(layout, cut);
  const wrongFields = fieldsWithWrongCheckDigit(layout, cut, number);
  if (wrongFields.length > 0) return { ok: false, because: 'check-digit', wrongFields };

  const { surname, givenNames } = namesOf(cut(layout.name));
  const sex = cut(layout.sex);
  return {
    ok: true,
    mrz: {
      kind: isVisa(format) ? 'visa' : 'travel-document',
      format,
      lines: [...lines],
      documentCode: withoutFillers(cut(layout.documentCode)),
      issuingState: withoutFillers(cut(layout.issuingState)),
      nationality: withoutFillers(cut(layout.nationality)),
      surname,
      givenNames,
      documentNumber: number.value,
      birthDate: cut(layout.birthDate),
      sex: sex === 'M' || sex === 'F' ? sex : 'X',
      expiryDate: cut(layout.expiryDate),
      optionalData: optionalDataOf(layout, cut, number.continuation),
    },
  };
}

export const comparedFields = [
  'documentCode',
  'issuingState',
  'nationality',
  'name',
  'documentNumber',
  'birthDate',
  'sex',
  'expiryDate',
  'optionalData',
] as const;
export type ComparedField = (typeof comparedFields)[number];

/**
 * Fields as they stand in the lines, fillers included: what a comparison of two zones goes by. Check digits are left
 * out, for they follow from the fields; that of the number may say instead that it goes on. Optional data are those
 * of line 1 and of line 2 with their places, without what continues the document number.
 */
export function rawFieldsOf(mrz: Pick<MRZ, 'format' | 'lines'>): Readonly<Record<ComparedField, string>> {
  const layout = layouts[mrz.format];
  const cut = cutterOf(mrz.lines);
  const { continuation } = documentNumberOf(layout, cut);
  const { documentCode, issuingState, nationality, name, documentNumber, birthDate, sex, expiryDate } = layout;
  const optional = layout.optional.map((span, i) => cut(span).slice(i === 0 ? continuation.length : 0));
  return {
    documentCode: cut(documentCode),
    issuingState: cut(issuingState),
    nationality: cut(nationality),
    name: cut(name),
    documentNumber: cut(documentNumber) + (continuation === '' ? '' : `<${continuation}`),
    birthDate: cut(birthDate),
    sex: cut(sex),
    expiryDate: cut(expiryDate),
    optionalData: optional.join('/'),
  };
}

/**
 * What PACE takes as its password when that is the MRZ: all 20 bytes of SHA-1 over document number, birth date and
 * expiry date with their check digits (ICAO 9303-11 sections 4.4.4 and 9.7.3).
 */
export function accessSecret(mrz: Pick<MRZ, 'documentNumber' | 'birthDate' | 'expiryDate'>): Uint8Array {
  const number = mrz.documentNumber.padEnd(9, '<');
  const fields = [number, mrz.birthDate, mrz.expiryDate].map((field) => field + checkDigit(field));
  return Uint8Array.from(createHash('sha1').update(fields.join(''), 'ascii').digest());
}

/** What Basic Access Control derives its keys from: 16 bytes of `accessSecret` (ICAO 9303-11 section 4.3.2, D.2). */
export function accessKeySeed(mrz: Pick<MRZ, 'documentNumber' | 'birthDate' | 'expiryDate'>): Uint8Array {
  return accessSecret(mrz).slice(0, 16);
}

/**
 * Expiry date as YYYY-MM-DD, or null when it is no date. A year from that of `today` (YYYY-MM-DD) to 15 years ahead is
 * meant as such, any other lies in the past (BSI TR-03135-1 section 5.7.1).
 */
export function expiryISO(mrz: Pick<MRZ, 'expiryDate'>, today: string): string | null {
  return resolveYear(mrz.expiryDate, Number(today.slice(0, 4)) + 15);
}

/** Birth date as YYYY-MM-DD, the latest one that is not after `today` (YYYY-MM-DD); null when parts are unknown. */
export function birthISO(mrz: Pick<MRZ, 'birthDate'>, today: string): string | null {
  const year = Number(today.slice(0, 4));
  const date = resolveYear(mrz.birthDate, year);
  return date !== null && date > today ? resolveYear(mrz.birthDate, year - 1) : date;
}

/** The date with the latest year up to `latestYear` that ends in the two given digits. */
function resolveYear(yymmdd: string, latestYear: number): string | null {
  if (!/^\d{6}$/.test(yymmdd)) return null;
  const year = latestYear - ((latestYear - Number(yymmdd.slice(0, 2))) % 100);
  const date = `${year}-${yymmdd.slice(2, 4)}-${yymmdd.slice(4, 6)}`;
  const instant = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(instant.getTime()) || !instant.toISOString().startsWith(date) ? null : date;
}

/** A `V` at the start makes a visa of two lines (ICAO 9303-7 section 4.2.2); there is none of three. */
function formatOf(lines: readonly string[]): MRZFormat | undefined {
  const hasLength = (length: number): boolean => lines.every((line) => line.length === length);
  const isV = lines[0]?.startsWith('V') ?? false;
  if (lines.length === 3 && hasLength(30)) return isV ? undefined : 'TD1';
  if (lines.length === 2 && hasLength(36)) return isV ? 'MRV-B' : 'TD2';
  if (lines.length === 2 && hasLength(44)) return isV ? 'MRV-A' : 'TD3';
  return undefined;
}

function isVisa(format: MRZFormat): boolean {
  return format === 'MRV-A' || format === 'MRV-B';
}

/** ICAO 9303-3 section 4.6: the first double filler parts the primary from the secondary identifier. */
function namesOf(field: string): Pick<MRZ, 'surname' | 'givenNames'> {
  const border = field.indexOf('<<');
  const [surname, givenNames] = border < 0 ? [field, ''] : [field.slice(0, border), field.slice(border)];
  const readable = (name: string): string => name.replace(/<+/g, ' ').trim();
  return { surname: readable(surname), givenNames: readable(givenNames) };
}

function fieldsWithBadCharacters(lines: readonly string[], layout: Layout, cut: Cut): readonly string[] {
  const rules: readonly (readonly [name: string, text: string, pattern: RegExp])[] = [
    ['documentCode', cut(layout.documentCode), /^[A-Z][A-Z<]$/],
    ['issuingState', cut(layout.issuingState), /^[A-Z]{1,3}<*$/],
    ['nationality', cut(layout.nationality), /^[A-Z]{1,3}<*$/],
    ['name', cut(layout.name), /^[A-Z][A-Z<]*$/],
    ['birthDate', cut(layout.birthDate), /^[0-9<]{6}$/],
    ['sex', cut(layout.sex), /^[MFX<]$/],
    ['expiryDate', cut(layout.expiryDate), /^\d{6}$/],
    ['lines', lines.join(''), /^[A-Z0-9<]*$/],
  ];
  return rules.filter(([, text, pattern]) => !pattern.test(text)).map(([name]) => name);
}

type DocumentNumber = { readonly value: string; readonly checkDigit: string; readonly continuation: string };

/**
 * ICAO 9303-5 note j, 9303-6 likewise: a filler instead of the check digit says that the number goes on in the
 * optional data, its check digit at the end. 9303-4 knows no such thing for TD3: a filler there is an error of the
 * issuer, and is read in the same way only when the check digit found so is right.
 */
function documentNumberOf(layout: Layout, cut: Cut): DocumentNumber {
  const principal = cut(layout.documentNumber);
  const digit = following(layout.documentNumber, cut);
  const optional = layout.optional[0] === undefined ? '' : cut(layout.optional[0]);
  const continuation = /^[A-Z0-9]+/.exec(optional)?.[0] ?? '';
  const short = { value: withoutFillers(principal), checkDigit: digit, continuation: '' };
  if (layout.numberContinues === 'never' || digit !== '<' || principal.includes('<')) return short;
  if (continuation.length < 2) return short;
  const long = { value: principal + continuation.slice(0, -1), checkDigit: continuation.slice(-1), continuation };
  return layout.numberContinues === 'by-standard' || checkDigit(long.value) === long.checkDigit ? long : short;
}

function fieldsWithWrongCheckDigit(layout: Layout, cut: Cut, number: DocumentNumber): readonly string[] {
  const numberField = number.continuation === '' ? cut(layout.documentNumber) : number.value;
  const wrong: string[] = [];
  if (checkDigit(numberField) !== number.checkDigit) wrong.push('documentNumber');
  for (const name of ['birthDate', 'expiryDate'] as const) {
    if (checkDigit(cut(layout[name])) !== following(layout[name], cut)) wrong.push(name);
  }
  const [optional] = layout.optional;
  if (layout.optionalHasCheckDigit && optional !== undefined) {
    const digit = following(optional, cut);
    const isEmpty = withoutFillers(cut(optional)) === '';
    // ICAO 9303-4 section 4.2.2.2: with no optional data the issuer may print 0 or a filler.
    if (checkDigit(cut(optional)) !== digit && !(isEmpty && digit === '<')) wrong.push('optionalData');
  }
  const { compositeCheckDigit } = layout;
  if (compositeCheckDigit === null) return wrong;
  if (checkDigit(layout.composite.map(cut).join('')) !== cut(compositeCheckDigit)) wrong.push('composite');
  return wrong;
}

function optionalDataOf(layout: Layout, cut: Cut, continuation: string): string {
  const fields = layout.optional.map((span, i) => (i === 0 ? cut(span).slice(continuation.length) : cut(span)));
  return fields
    .map((field) => field.replace(/<+$/, ''))
    .filter((field) => field !== '')
    .join('<');
}

function withoutFillers(field: string): string {
  return field.replace(/<+$/, '');
}

function characterValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 65 && code <= 90 ? code - 55 : 0;
}
