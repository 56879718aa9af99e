/** Halls of a finite alphabet: one of each kind that the machines can tell apart. */
import * as questions from '../../gate-controller/safety/hall.ts';
import { type DoorState, type Hall, unknownHall } from '../../gate-controller/safety/hall.ts';
import type { Labelled } from './explore.ts';

const booleans = [false, true] as const;
const states: readonly DoorState[] = ['closed', 'open', 'between'];

/** Everything the machines ask of a hall, and what they read of it themselves. */
const asked: readonly Question[] = [
  ...Object.values(questions).filter(
    (question): question is (hall: Hall) => boolean =>
      typeof question === 'function' && question.name.startsWith('is') && question.length === 1,
  ),
  ({ isKnown }) => isKnown,
  ({ entry }) => entry === 'closed',
  ({ exit }) => exit === 'closed',
  ({ exit }) => exit === 'open',
  ({ isCabinOccupied }) => isCabinOccupied,
  ({ isObjectLeft }) => isObjectLeft,
];

type Question = (hall: Hall) => boolean;

/** What a hall is to whoever asks these questions of it. Two halls of one kind are answered alike, whatever else differs. */
const kindAmong = (hall: Hall, questions: readonly Question[]): string =>
  questions.map((question) => (question(hall) ? 1 : 0)).join('');

export const hallKind = (hall: Hall): string => kindAmong(hall, asked);

/**
 * A second person and a thing without its owner are seen in an occupied cabin only, and never together. Two doors that both
 * are not shut are a fault whatever else is seen: how far the exit is open makes no difference then.
 */
const isPossible = ({ entry, exit, isCabinOccupied, isSecondPersonSeen, isObjectLeft }: Hall): boolean =>
  (isCabinOccupied || (!isSecondPersonSeen && !isObjectLeft)) &&
  !(isSecondPersonSeen && isObjectLeft) &&
  !(entry !== 'closed' && exit === 'between');

function* combinations(): Generator<Hall> {
  for (const entry of states)
    for (const exit of states)
      for (const isCabinOccupied of booleans)
        for (const isEntryFree of [true, false])
          for (const isExitFree of [true, false])
            for (const isSecondPersonSeen of booleans)
              for (const isObjectLeft of booleans)
                yield {
                  ...unknownHall,
                  isKnown: true,
                  entry,
                  exit,
                  isCabinOccupied,
                  isEntryFree,
                  isExitFree,
                  isSecondPersonSeen,
                  isObjectLeft,
                };
}

/** The plainest hall of each kind, and the one that is not known. */
function oneOfEach(kind: (hall: Hall) => string): readonly Hall[] {
  const found = new Map<string, Hall>();
  for (const hall of combinations()) if (isPossible(hall) && !found.has(kind(hall))) found.set(kind(hall), hall);
  return [...found.values(), unknownHall];
}

export const halls: readonly Hall[] = oneOfEach(hallKind);

/** The lane asks less of a hall than a passage does: it compares nobody and counts no people. */
const askedByLane: readonly Question[] = [
  questions.isAllShut,
  questions.isUnshut,
  questions.isLeftByEntry,
  questions.isOccupied,
  questions.isShutOnObject,
  questions.isEmergency,
  ({ isKnown }) => isKnown,
  ({ exit }) => exit === 'closed',
  // Asked by the rules: what is shut already is not shut behind anybody.
  ({ entry }) => entry === 'closed',
  ({ isObjectLeft }) => isObjectLeft,
];

export const laneHallKind = (hall: Hall): string => kindAmong(hall, askedByLane);
export const laneHalls: readonly Hall[] = oneOfEach(laneHallKind);

const words = (hall: Hall): string =>
  hall.isKnown
    ? [
        `entry ${hall.entry}`,
        `exit ${hall.exit}`,
        ...(hall.isCabinOccupied ? ['occupied'] : []),
        ...(hall.isEntryFree ? [] : ['in the entry']),
        ...(hall.isExitFree ? [] : ['in the exit']),
        ...(hall.isSecondPersonSeen ? ['second person'] : []),
        ...(hall.isObjectLeft ? ['thing left'] : []),
        ...(questions.isEmergency(hall) ? ['alarm'] : []),
      ].join(', ')
    : 'hall unknown';

export const hallChanged = (hall: Hall, at_ms: number): Labelled => [
  words(hall),
  { type: 'HALL_CHANGED', hall, at_ms },
];
