/** Names in the letters of the MRZ (ICAO 9303-3 sections 4.6 and 6), and whether a name in full is that of an MRZ. */
import {
  type CyrillicLanguage,
  FINAL_TEH_MARBUTA,
  SHADDA,
  TEH_MARBUTA,
  arabic,
  cyrillic,
  cyrillicOf,
  latin,
  ukrainianInitials,
} from './transliteration-tables.ts';

import type { MRZ, MRZFormat } from './mrz.ts';

export type { CyrillicLanguage } from './transliteration-tables.ts';

export type TransliterationOptions = {
  /** Whose writing of Cyrillic is meant; default the common one of ICAO 9303-3 section 6 B. */
  readonly language?: CyrillicLanguage;
};

/** Letters A to Z that one character may become, best first; an empty string when it is left out. */
type Writings = readonly string[];

/**
 * A name in the letters of the MRZ: A to Z, and single fillers for spaces and hyphens. Apostrophes, commas and full
 * stops vanish (section 4.6), as do characters of scripts for which the standard has no table.
 */
export function transliterate(name: string, options: TransliterationOptions = {}): string {
  return charactersOf(name, options)
    .map((writings) => writings?.[0] ?? '')
    .join('')
    .replace(/<+/g, '<')
    .replace(/^<|<$/g, '');
}

/**
 * Whether a full name, as in DG11, is the name of an MRZ, in any of the writings that the standard allows.
 * `not-comparable`: there is no name, or it holds letters that no table has; it is longer than the zone, where states
 * abbreviate in ways of their own (section 4.6); or it differs in a script other than Latin, which states may
 * transcribe by rules of their own.
 */
export function compareNames(
  full: { readonly primary: string; readonly secondary: string },
  mrz: Pick<MRZ, 'surname' | 'givenNames' | 'format'>,
  options: TransliterationOptions = {},
): 'same' | 'different' | 'not-comparable' {
  const name = `${full.primary} ${full.secondary}`.trim();
  const characters = charactersOf(name, options);
  if (characters.length === 0 || characters.includes(undefined)) return 'not-comparable';
  const zone = `${mrz.surname} ${mrz.givenNames}`.trim().replace(/[ <]+/g, '<');
  const { isWhole, isStart } = isWriting(characters, zone);
  // The double filler between the identifiers takes a character more than the space here.
  const isTooLong = transliterate(name, options).length + 1 > nameLengths[mrz.format];
  if (isWhole || (isStart && isTooLong)) return 'same';
  return isLatin(name) && !isTooLong ? 'different' : 'not-comparable';
}

/** Characters of the name in each format. */
const nameLengths: Readonly<Record<MRZFormat, number>> = { TD1: 30, TD2: 31, TD3: 39, 'MRV-A': 39, 'MRV-B': 31 };

/** Undefined for a character that no table has. */
function charactersOf(name: string, options: TransliterationOptions): readonly (Writings | undefined)[] {
  const characters = Array.from(name.normalize('NFC').toUpperCase());
  const writings: (Writings | undefined)[] = [];
  for (const [i, character] of characters.entries()) {
    if (character === SHADDA) {
      // Vowel marks may stand between the letter and the mark that doubles it.
      writings.push(writings.findLast((letter) => letter?.[0] !== ''));
      continue;
    }
    const isStart = i === 0 || isSeparator(characters[i - 1] ?? '');
    const isEnd = i === characters.length - 1 || isSeparator(characters[i + 1] ?? '');
    writings.push(writingsOf(character, { isStart, isEnd }, options));
  }
  return writings;
}

function writingsOf(
  character: string,
  place: { readonly isStart: boolean; readonly isEnd: boolean },
  { language }: TransliterationOptions,
): Writings | undefined {
  if (/^[A-Z]$/.test(character)) return [character];
  if (isSeparator(character)) return ['<'];
  if (/^[\p{M}\p{P}\p{Cf}]$/u.test(character)) return [''];
  if (character === TEH_MARBUTA && place.isEnd) return [FINAL_TEH_MARBUTA];
  const initial = language === 'uk' && place.isStart ? ukrainianInitials[character] : undefined;
  const special = language === undefined ? undefined : cyrillicOf[language][character];
  const one = initial ?? special ?? cyrillic[character] ?? arabic[character];
  return one === undefined ? latinOf(character) : [one];
}

function latinOf(character: string): Writings | undefined {
  const listed = latin[character];
  if (listed !== undefined) return listed;
  const plain = character.normalize('NFD').replace(/\p{M}/gu, '');
  return /^[A-Z]+$/.test(plain) ? [plain] : undefined;
}

function isSeparator(character: string): boolean {
  return /^[\s<\p{Pd}]$/u.test(character);
}

function isLatin(name: string): boolean {
  return /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*$/u.test(name);
}

/**
 * Whether `zone` is one of the writings of the characters, or the start of one. Goes through the zone once for each
 * character with all the places reached so far, so its time is bounded by the product of both lengths.
 */
function isWriting(
  characters: readonly (Writings | undefined)[],
  zone: string,
): { readonly isWhole: boolean; readonly isStart: boolean } {
  let places: ReadonlySet<number> = new Set([0]);
  let isStart = false;
  for (const writings of characters) {
    const next = new Set<number>();
    for (const place of places) {
      for (const writing of writings ?? []) {
        // Several separators in a row are a single filler.
        if (writing === '<' && zone[place - 1] === '<') next.add(place);
        else if (zone.startsWith(writing, place)) next.add(place + writing.length);
        else isStart ||= writing.startsWith(zone.slice(place));
      }
    }
    if (next.has(zone.length)) isStart = true;
    places = next;
  }
  return { isWhole: places.has(zone.length), isStart };
}
