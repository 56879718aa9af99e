/** What the reader makes of a printed zone that is presented badly, worn or printed over. */
import type { DocumentOptions } from './scenario.ts';

type Misreading = NonNullable<DocumentOptions['zone']>['reads'];

/** What an OCR reader says of a character that it cannot make out. */
const rejected = '?';
/** In the second line of a booklet: the last digit of the year of expiry (ICAO 9303-4 section 4.2). */
const expiryYear_at = 22;

const misreadings: Readonly<Record<Misreading, (lines: readonly string[]) => readonly string[]>> = {
  // Characters that stand on their heads: most are none, some are others.
  upsideDown: (lines) =>
    lines
      .toReversed()
      .map((line) => Array.from(line, (letter) => ('HINOSXZ0'.includes(letter) ? letter : rejected)).join('')),
  inCover: (lines) => lines.slice(0, 1),
  zeroForO: (lines) => [...lines.slice(0, -1), (lines.at(-1) ?? '').replace('0', 'O')],
  forged: (lines) => [...lines.slice(0, -1), withOtherDigit(lines.at(-1) ?? '', expiryYear_at)],
};

const withOtherDigit = (line: string, at: number): string =>
  `${line.slice(0, at)}${(Number(line.charAt(at)) + 3) % 10}${line.slice(at + 1)}`;

/** What is read at the `nth` presentation, from 1. */
export function zoneAsRead(lines: readonly string[], nth: number, zone: DocumentOptions['zone']): readonly string[] {
  return zone === undefined || nth > zone.times ? lines : misreadings[zone.reads](lines);
}
