/** What a traveller can be doing. */
export type TravellerState =
  | 'approaching'
  | 'waitingToPresent'
  | 'swiping'
  | 'laying'
  | 'waitingForReading'
  | 'waitingForEntry'
  | 'enteringChamber'
  | 'standingAtMark'
  | 'leaving'
  | 'comingBackIn'
  | 'walkingBack'
  | 'goingToDesk'
  | 'gone';

/** In words, for whoever watches. */
export const words: Readonly<Record<TravellerState, string>> = {
  approaching: 'walks to the document reader',
  waitingToPresent: 'waits until a document may be placed',
  swiping: 'passes the data page over the reader',
  laying: 'lays the document on the reader',
  waitingForReading: 'waits while the document is read',
  waitingForEntry: 'waits for the entry door',
  enteringChamber: 'walks in',
  standingAtMark: 'stands in front of the camera',
  leaving: 'walks out through the exit',
  comingBackIn: 'turns round and walks back in',
  walkingBack: 'walks back to the public hall',
  goingToDesk: 'goes to the desk',
  gone: 'has left',
};
