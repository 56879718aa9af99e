/** The secrets that open a chip, from what is printed on the document (ICAO 9303-11 sections 4.3.2 and 9.7.3). */
import { createHash } from 'node:crypto';

/** Document number, birth date and expiry date, each with its check digit as printed. Where they stand, by format. */
const places = {
  TD1: { lineLengths: [30, 30, 30], number: [0, 5], birth: [1, 0], expiry: [1, 8], optional: [0, 15, 30] },
  TD2: { lineLengths: [36, 36], number: [1, 0], birth: [1, 13], expiry: [1, 21], optional: [1, 28, 35] },
  TD3: { lineLengths: [44, 44], number: [1, 0], birth: [1, 13], expiry: [1, 21], optional: [1, 28, 42] },
} as const;

const NUMBER_LENGTH = 9;
const DATE_WITH_CHECK_DIGIT = 7;

/**
 * SHA-1 over the MRZ information, 20 bytes: PACE derives from all of them, Basic Access Control from the first 16. Throws
 * RangeError when the lines have no format of ICAO 9303.
 */
export function passwordOfMRZ(lines: readonly string[]): Uint8Array {
  const lengths = lines.map((line) => line.length).join();
  const format = Object.values(places).find(({ lineLengths }) => lineLengths.join() === lengths);
  if (format === undefined) throw new RangeError('MRZ lines of no known format');
  const cut = ([line, from]: readonly [number, number], length: number): string =>
    (lines[line] ?? '').slice(from, from + length);
  const number = cut(format.number, NUMBER_LENGTH + 1);
  const [line, from, to] = format.optional;
  const information =
    wholeNumber(number, cut([line, from], to - from)) +
    cut(format.birth, DATE_WITH_CHECK_DIGIT) +
    cut(format.expiry, DATE_WITH_CHECK_DIGIT);
  return Uint8Array.from(createHash('sha1').update(information, 'ascii').digest());
}

/** The characters of the card access number (section 9.7.3, table 14). */
export function passwordOfCAN(can: string): Uint8Array {
  return Uint8Array.from(Buffer.from(can, 'latin1'));
}

/**
 * A number longer than nine characters has a filler for its check digit and goes on in the optional data, check digit
 * last, up to the next filler (9303-5 section 4.2.2 note j).
 */
function wholeNumber(number: string, optional: string): string {
  if (number[NUMBER_LENGTH] !== '<') return number;
  const rest = optional.split('<')[0] ?? '';
  return rest === '' ? number : number.slice(0, NUMBER_LENGTH) + rest;
}
