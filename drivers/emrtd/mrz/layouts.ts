/** Where the fields stand in each format of the machine readable zone (ICAO 9303-4, -5, -6 and -7, data structure). */

/** Travel documents in three sizes, and visas of the two larger ones. */
export type MRZFormat = 'TD1' | 'TD2' | 'TD3' | 'MRV-A' | 'MRV-B';

/** Characters `from` up to but not including `to` of a line. */
export type Span = readonly [line: number, from: number, to: number];

export type Layout = {
  readonly lineLength: number;
  readonly documentCode: Span;
  readonly issuingState: Span;
  readonly nationality: Span;
  readonly name: Span;
  readonly documentNumber: Span;
  readonly birthDate: Span;
  readonly sex: Span;
  readonly expiryDate: Span;
  readonly optional: readonly Span[];
  /** Whether a document number of more than nine characters goes on in the first of these fields. */
  readonly numberContinues: 'by-standard' | 'by-error' | 'never';
  readonly optionalHasCheckDigit: boolean;
  readonly composite: readonly Span[];
  /** Null for visas, which have none. */
  readonly compositeCheckDigit: Span | null;
};

export const layouts: Record<MRZFormat, Layout> = {
  TD1: {
    lineLength: 30,
    documentCode: [0, 0, 2],
    issuingState: [0, 2, 5],
    nationality: [1, 15, 18],
    name: [2, 0, 30],
    documentNumber: [0, 5, 14],
    birthDate: [1, 0, 6],
    sex: [1, 7, 8],
    expiryDate: [1, 8, 14],
    optional: [
      [0, 15, 30],
      [1, 18, 29],
    ],
    numberContinues: 'by-standard',
    optionalHasCheckDigit: false,
    composite: [
      [0, 5, 30],
      [1, 0, 7],
      [1, 8, 15],
      [1, 18, 29],
    ],
    compositeCheckDigit: [1, 29, 30],
  },
  TD2: {
    ...twoLines(36),
    optional: [[1, 28, 35]],
    numberContinues: 'by-standard',
    optionalHasCheckDigit: false,
    ...compositeUpTo(35),
  },
  TD3: {
    ...twoLines(44),
    optional: [[1, 28, 42]],
    numberContinues: 'by-error',
    optionalHasCheckDigit: true,
    ...compositeUpTo(43),
  },
  'MRV-A': visa(44),
  'MRV-B': visa(36),
};

type CommonFields = Omit<
  Layout,
  'optional' | 'numberContinues' | 'optionalHasCheckDigit' | 'composite' | 'compositeCheckDigit'
>;

/** Where all documents of two lines have the same fields. */
function twoLines(lineLength: number): CommonFields {
  return {
    lineLength,
    documentCode: [0, 0, 2],
    issuingState: [0, 2, 5],
    nationality: [1, 10, 13],
    name: [0, 5, lineLength],
    documentNumber: [1, 0, 9],
    birthDate: [1, 13, 19],
    sex: [1, 20, 21],
    expiryDate: [1, 21, 27],
  };
}

/** The composite check digit at this place of line 2, over everything with a check digit and the optional data. */
function compositeUpTo(place: number): Pick<Layout, 'composite' | 'compositeCheckDigit'> {
  return {
    composite: [
      [1, 0, 10],
      [1, 13, 20],
      [1, 21, place],
    ],
    compositeCheckDigit: [1, place, place + 1],
  };
}

/** ICAO 9303-7 sections 4.2.2 and 5.2.2: no composite check digit, and no other use of the optional data. */
function visa(lineLength: number): Layout {
  return {
    ...twoLines(lineLength),
    optional: [[1, 28, lineLength]],
    numberContinues: 'never',
    optionalHasCheckDigit: false,
    composite: [],
    compositeCheckDigit: null,
  };
}

/** Takes a field out of the lines. */
export type Cut = (span: Span) => string;

export function cutterOf(lines: readonly string[]): Cut {
  return ([line, from, to]) => (lines[line] ?? '').slice(from, to);
}

/** The character after a field: its check digit, where it has one. */
export function following([line, , to]: Span, cut: Cut): string {
  return cut([line, to, to + 1]);
}
