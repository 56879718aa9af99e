/** The invented watchlist. Nobody on it exists; one entry is a holder of the simulator under another spelling. */
import type { ListedPerson } from '../services/watchlist-matching.ts';
import type { Identity } from './identities.ts';

export const watchlistDataset = 'default';

/** The holder who is on it. */
export const watchlistedPerson = 'p09';

/** Namesakes and strangers: alike enough to be candidates of somebody, not enough to be a match of a holder here. */
const strangers: readonly ListedPerson[] = [
  {
    id: 'inv-0002',
    caption: 'Nina Utopia',
    listed: '2024-03-01',
    properties: { name: ['Nina Utopia'], birthDate: ['1951-02-03'], nationality: ['uto', 'ut'] },
  },
  {
    id: 'inv-0003',
    caption: 'Jordi Erfundener',
    listed: '2023-11-19',
    properties: { name: ['Jordi Erfundener'], birthDate: ['1969'], nationality: ['uto', 'ut'] },
  },
  {
    id: 'inv-0004',
    caption: 'Marie Illusion Invent',
    listed: '2025-01-07',
    properties: { name: ['Marie Illusion Invent'], alias: ['M. Invent'], birthDate: ['1980-12-30'] },
  },
  {
    id: 'inv-0005',
    caption: 'Zedekiah Quillfeather',
    listed: '2022-06-30',
    properties: { name: ['Zedekiah Quillfeather'], birthDate: ['1975-04-21'], nationality: ['uto', 'ut'] },
  },
  {
    id: 'inv-0006',
    caption: 'Oona Whistlecombe',
    listed: '2025-08-15',
    properties: { name: ['Oona Whistlecombe'], idNumber: ['UX0000001'] },
  },
];

/** Without diacritics, as an old list may have it: the reason why names are compared and not looked up. */
const plain = (name: string): string => name.normalize('NFD').replace(/[\u0300-\u036f]/g, '');

/** `wanted` is the holder whom the scenario `watchlist-hit` brings. */
export function listPersons(wanted: Identity): readonly ListedPerson[] {
  const name = `${plain(wanted.givenNames).replace(/^Katerina$/, 'Katarina')} ${plain(wanted.surname)}`;
  const entry: ListedPerson = {
    id: 'inv-0001',
    caption: name,
    listed: '2025-05-12',
    properties: { name: [name], birthDate: [wanted.birthDate], nationality: ['uto', 'ut'], topics: ['wanted'] },
  };
  return [entry, ...strangers];
}
