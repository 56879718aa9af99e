/** What would give a simulated holder away, wherever it were found: numbers, names as printed and as written, dates of birth. */
import { transliterate } from '../../drivers/emrtd/mrz/transliteration.ts';
import { expiring, listIdentities, ofAge } from '../../simulator/scenarios/identities.ts';
import { scenarios } from '../../simulator/scenarios/scenarios.ts';

const today = new Date();
const ages = [
  ...new Set(scenarios.flatMap(({ document: { age_years } }) => (age_years === undefined ? [] : [age_years]))),
];

export const identities: readonly (readonly string[])[] = listIdentities(today).map((identity) => [
  identity.documentNumber,
  ...(['weeks-ago', 'yesterday', 'today'] as const).map((until) => expiring(identity, until, today).documentNumber),
  ...ages.flatMap((age_years) => [
    ofAge(identity, age_years, today).documentNumber,
    ofAge(identity, age_years, today).birthDate,
  ]),
  identity.surname,
  transliterate(identity.surname),
  transliterate(identity.givenNames),
  identity.birthDate,
]);
