import type { MRZ } from '../../drivers/emrtd/mrz/mrz.ts';

/** Parts of a name shorter than this are in half of all sentences, characters. */
const part_min = 3;
/** From this length a part of a name counts inside another word too ("Müllers"). */
const inside_min = 5;

/**
 * Letters that decomposition leaves as they are, and how a document prints the ones with marks (ICAO 9303-3 section 6,
 * table of transliterations): ü is UE or U in the zone, and an officer writes it either way.
 */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
  þ: 'th',
};
const printedLetters: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe', ñ: 'nxx' };

const replaced = (text: string, letters: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\p{L}/gu, (letter) => letters[letter] ?? letter);

/** Small letters and digits without marks; everything else separates words. */
const wordsOf = (text: string): readonly string[] =>
  replaced(text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase(), plainLetters)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** True when a text contains the holder's surname, a given name or the document number, however written. */
export function namesHolder(text: string, { surname, givenNames, documentNumber }: MRZ): boolean {
  const composed = text.normalize('NFC').toLowerCase();
  const parts = wordsOf(`${surname} ${givenNames}`).filter((part) => part.length >= part_min);
  const number = wordsOf(documentNumber).join('');
  return [composed, replaced(composed, printedLetters)].some((written) => {
    const words = wordsOf(written);
    const isNumberIn = number.length >= part_min && words.join('').includes(number);
    return isNumberIn || parts.some((part) => words.some((word) => isPartOf(word, part)));
  });
}

const isPartOf = (word: string, part: string): boolean =>
  part.length >= inside_min ? word.includes(part) : word === part;
