/** Comparison of personal names that came through different spellings and transliterations. */

/** Letters that NFD does not take apart; variants because MRZ (ICAO 9303-3 section 6) and everyday spelling differ. */
const spelledOut: Readonly<Record<string, readonly [string, string]>> = {
  Æ: ['AE', 'A'],
  Ø: ['OE', 'O'],
  Œ: ['OE', 'O'],
  ß: ['SS', 'SS'],
  Ð: ['D', 'D'],
  Đ: ['D', 'D'],
  Þ: ['TH', 'T'],
  Ł: ['L', 'L'],
  Ä: ['AE', 'A'],
  Ö: ['OE', 'O'],
  Ü: ['UE', 'U'],
  Å: ['AA', 'A'],
  Ñ: ['N', 'N'],
  Ħ: ['H', 'H'],
  İ: ['I', 'I'],
  ı: ['I', 'I'],
};

const particles = new Set(['DE', 'DA', 'DI', 'DEL', 'LA', 'AL', 'EL', 'BIN', 'IBN', 'BEN', 'VON', 'VAN', 'DER']);

/** Both usual spellings of a name in capital A–Z and spaces: long (Ü = UE) and short (Ü = U). */
export function foldName(name: string): readonly [string, string] {
  const fold = (variant: 0 | 1): string =>
    Array.from(name.normalize('NFC'))
      .map((character) => {
        const upper = character === 'ß' || character === 'ı' ? character : character.toUpperCase();
        return spelledOut[upper]?.[variant] ?? upper;
      })
      .join('')
      .normalize('NFD')
      .replace(/[\u0300-\u036f’'`]/g, '')
      .replace(/[^A-Z0-9]+/g, ' ')
      .trim();
  return [fold(0), fold(1)];
}

/** Jaro-Winkler similarity of two words, 0…1. */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return a === '' ? 0 : 1;
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = Array.from({ length: b.length }, () => false);
  const matchedA: string[] = [];
  for (let i = 0; i < a.length; i++) {
    const to = Math.min(b.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= to; j++) {
      if (taken[j] || a[i] !== b[j]) continue;
      taken[j] = true;
      matchedA.push(a.charAt(i));
      break;
    }
  }
  const matches = matchedA.length;
  if (matches === 0) return 0;
  const matchedB = Array.from(b).filter((_, j) => taken[j]);
  const transpositions = matchedA.filter((character, i) => character !== matchedB[i]).length / 2;
  const jaro = (matches / a.length + matches / b.length + (matches - transpositions) / matches) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

/** A pair of words that are less alike than this is no pair. */
const pairMin = 0.8;

function tokens(folded: string): string[] {
  const all = folded.split(' ').filter((token) => token !== '');
  const telling = all.filter((token) => !particles.has(token));
  return telling.length > 0 ? telling : all;
}

function similarityOfFolded(a: string, b: string): number {
  const [few = [], many = []] = [tokens(a), tokens(b)].sort((x, y) => x.length - y.length);
  if (few.length === 0) return 0;
  const free = new Set(many.keys());
  let similarity = 0;
  let weight = 0;
  for (const word of few) {
    let best = { index: -1, similarity: 0 };
    for (const index of free) {
      const other = many[index] ?? '';
      const isInitial = Math.min(word.length, other.length) === 1 && word[0] === other[0];
      const found = isInitial ? 0.85 : jaroWinkler(word, other);
      if (found >= pairMin && found > best.similarity) best = { index, similarity: found };
    }
    if (best.index >= 0) free.delete(best.index);
    similarity += best.similarity * word.length;
    weight += word.length;
  }
  const unpaired = [...free].reduce((letters, index) => letters + (many[index] ?? '').length, 0);
  const all = many.reduce((letters, word) => letters + word.length, 0);
  // Somebody may carry more names on one list than on the other: words left over cost something, not everything.
  return (similarity / weight) * (1 - 0.35 * (unpaired / all));
}

/** Similarity of two full names, 0…1, whatever the order of their words. */
export function nameSimilarity(a: string, b: string): number {
  let best = 0;
  for (const x of foldName(a)) for (const y of foldName(b)) best = Math.max(best, similarityOfFolded(x, y));
  return best;
}
