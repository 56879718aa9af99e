/** What would give a simulated holder away, wherever it were found: numbers, names as printed and as written, dates of birth. */
import { transliterate } from '../../drivers/emrtd/mrz/transliteration.ts';
import { expired, listIdentities } from '../../simulator/scenarios/identities.ts';

const today = new Date();

export const identities: readonly (readonly string[])[] = listIdentities(today).map((identity) => [
  identity.documentNumber,
  expired(identity, today).documentNumber,
  identity.surname,
  transliterate(identity.surname),
  transliterate(identity.givenNames),
  identity.birthDate,
]);
