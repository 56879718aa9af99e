/** Invented holders. Surnames say "invented" or "nobody" in many languages, with the letters that MRZs spell out. */

export type Identity = {
  /** Whose face the document shows: an id of `travellers/people.ts`. */
  readonly person: string;
  readonly surname: string;
  readonly givenNames: string;
  readonly documentNumber: string;
  /** Three letters as in the MRZ; UTO is the specimen state of ICAO 9303. */
  readonly issuingState: string;
  readonly nationality: string;
  readonly sex: 'F' | 'M';
  /** ISO 8601. */
  readonly birthDate: string;
  readonly expiryDate: string;
};

type Row = readonly [person: string, surname: string, givenNames: string, age_years: number, sex: 'F' | 'M'];

const rows: readonly Row[] = [
  ['p01', 'Blåbærlund', 'Åse Mørk', 34, 'F'],
  ['p02', 'Nieistniejąca-Łąkowa', 'Żaneta', 27, 'F'],
  ['p03', 'Fiktivović', 'Đurđa', 41, 'F'],
  ['p04', 'Võdanh', 'Thị Ước', 38, 'F'],
  ['p05', 'Ficțiunescu', 'Ștefania', 52, 'F'],
  ['p06', 'Inventada y Peña', 'María Ilusión', 29, 'F'],
  ['p07', 'Erfundenweiß', 'Jördis Käthe', 45, 'F'],
  ['p08', 'Hayalioğlu', 'Işıl Gül', 31, 'F'],
  ['p09', 'Neexistujová', 'Kateřina', 48, 'F'],
  ['p10', "O'Ímynduð", 'Þórunn Síle', 36, 'F'],
];

/** Everybody's documents run out so many days from today; an expired one ran out so many days ago. */
const validFor_days = 1700;
const expiredFor_days = 40;

const day_ms = 86_400_000;

function isoDate(today: Date, days: number): string {
  return new Date(today.getTime() + days * day_ms).toISOString().slice(0, 10);
}

/** Everybody, as of `today`. Document numbers differ from those of expired documents. */
export function listIdentities(today: Date): readonly Identity[] {
  return rows.map(([person, surname, givenNames, age_years, sex], index) => ({
    person,
    surname,
    givenNames,
    documentNumber: `UX${String(4_100_017 + index * 1_307)}`,
    issuingState: 'UTO',
    nationality: 'UTO',
    sex,
    birthDate: isoDate(today, -Math.round(age_years * 365.2425) - 17 * (index + 1)),
    expiryDate: isoDate(today, validFor_days - 31 * index),
  }));
}

/** Throws a RangeError for a person without an identity. */
export function identityOf(person: string, today: Date): Identity {
  const identity = listIdentities(today).find((candidate) => candidate.person === person);
  if (identity === undefined) throw new RangeError(`no identity for ${person}`);
  return identity;
}

const lastDays = { 'weeks-ago': -expiredFor_days, yesterday: -1, today: 0 } as const;
const numberPrefixes = { 'weeks-ago': 'UA', yesterday: 'UB', today: 'UC' } as const;

/** Another document of the same holder, valid until then. */
export function expiring(identity: Identity, validUntil: keyof typeof lastDays, today: Date): Identity {
  return {
    ...identity,
    documentNumber: `${numberPrefixes[validUntil]}${identity.documentNumber.slice(2)}`,
    expiryDate: isoDate(today, lastDays[validUntil]),
  };
}

/** Somebody of the same name who is so old, with a document of their own. */
export function ofAge(identity: Identity, age_years: number, today: Date): Identity {
  return {
    ...identity,
    documentNumber: `UD${identity.documentNumber.slice(2)}`,
    birthDate: isoDate(today, -Math.round(age_years * 365.2425) - 40),
  };
}
